"""Sentences that stand alone, as articles with one statement: what a stance model learns from beside articles.

NewsMTSC, claims of Perspectrum, and what one party in a sentence thinks of the other.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from onrecord.document import Article, Mention, Span, Stance, Statement
from onrecord_eval.corpora.directed_sentiment import read_directed_sentiment
from onrecord_eval.corpora.newsmtsc import read_newsmtsc
from onrecord_eval.corpora.perspectrum import Perspective, read_perspectrum
from onrecord_eval.corpora.polnear import AnnotatedArticle

_NEWSMTSC: Final = "newsmtsc/train.jsonl"
_PERSPECTRUM: Final = ("perspectrum/train.jsonl", "perspectrum/dev.jsonl")
_DIRECTED: Final = "directed-sentiment/train.txt"
CORPORA: Final = (_NEWSMTSC, *_PERSPECTRUM, _DIRECTED)


def draw_sentences(corpora: Path, most: int, seed: int) -> dict[str, list[AnnotatedArticle]]:
    """At most so many sentences of each corpus below ``corpora``, drawn at random, by the corpus's name.

    Raises:
        InputError: a corpus is missing or damaged.
    """
    dev = list(read_perspectrum(corpora / _PERSPECTRUM[1]))
    claims = without_known(list(read_perspectrum(corpora / _PERSPECTRUM[0])), dev)
    every = {
        "newsmtsc": list(_newsmtsc(corpora / _NEWSMTSC)),
        "perspectrum": list(map(_claim, claims)),
        "directed": list(_directed(corpora / _DIRECTED)),
    }
    generator = random.Random(seed)
    return {name: generator.sample(found, min(len(found), most)) for name, found in every.items()}


def without_known(perspectives: Sequence[Perspective], known_ones: Sequence[Perspective]) -> list[Perspective]:
    """``perspectives`` without claims whose own text, or that of any of their perspectives, is among ``known_ones``.

    Perspectrum's splits share no claim by number, but 771 of the 2,071 dev perspectives appear word for word in train,
    mostly with the same claim in other words: a model would remember them instead of understanding.
    """
    texts = {_plain(text) for other in known_ones for text in (other.claim, other.perspective)}
    known = {each.claim_id for each in perspectives if {_plain(each.claim), _plain(each.perspective)} & texts}
    return [each for each in perspectives if each.claim_id not in known]


def _newsmtsc(path: Path) -> Iterator[AnnotatedArticle]:
    for number, each in enumerate(read_newsmtsc(path)):
        yield _sentence(f"newsmtsc/{number}", each.sentence, each.mention, each.label)


def _claim(each: Perspective) -> AnnotatedArticle:
    return _sentence(f"perspectrum/{each.claim_id}", each.perspective, each.claim, each.label)


def _directed(path: Path) -> Iterator[AnnotatedArticle]:
    for number, each in enumerate(read_directed_sentiment(path)):
        target = each.sentence[slice(*each.target)]
        yield _sentence(f"directed/{number}", each.sentence, target, each.label, each.holder)


def _sentence(doc: str, text: str, target: str, label: str, source: Span | None = None) -> AnnotatedArticle:
    """A sentence as an article with one statement, which is the whole of it."""
    whole = Span(0, len(text))
    mention = Mention(text[slice(*source)], (source,)) if source else None
    stance = (Stance(target, label),)  # type: ignore[arg-type]
    statement = Statement(doc, f"{doc}#1", text, (whole,), "indirect", whole, source=mention, stance=stance)
    return AnnotatedArticle(Article(doc, text), {"labels": (statement,)})


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
