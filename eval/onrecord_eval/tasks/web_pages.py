"""Web pages: the article is found on each, and its words, paragraphs and facts are compared with what is right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.documents.html import read
from onrecord_eval.corpora.web_pages import FACTS, WebPage
from onrecord_eval.metrics.scores import BootstrapSettings, Figure, Totals, ratio
from onrecord_eval.run import summarise
from onrecord_eval.tasks.base import CorpusEvaluation, Parts

WHOLE: Final = 0.95
"""The recall and the precision of its words from which on a body is right."""
_PROSE: Final = 10
"""Words of a line that is prose and not a label."""
_GRAM: Final = 4
_WORD: Final = re.compile(r"\w+")


def score_web_pages(
    title: str, pages: Iterable[WebPage], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """How much of each body is found, and how much else; no model takes part."""
    counts = [_count(page) for page in pages]
    figures: dict[str, Figure] = {
        name: partial(_share, name) for name in ("recall", "precision", "whole", "lost_prose", "doubled_prose")
    }
    figures |= {fact: partial(_share, fact) for fact in FACTS if any(f"{fact}.of" in each for each in counts)}
    return CorpusEvaluation(
        summarise(title, ("pages", len(counts)), counts, scores=(), figures=figures, settings=settings)
    )


def _share(name: str, counts: Totals) -> float | None:
    return ratio(counts[name], counts[f"{name}.of"])


def _count(page: WebPage) -> Totals:
    try:
        text, meta = read(page.data, page.name)
    except InputError:  # nothing was found
        text, meta = "", Meta()
    counts = Totals(float)
    recall, precision = overlap(page.body, text)
    measured = {
        "recall": recall,
        "precision": precision,
        "whole": recall >= WHOLE and precision >= WHOLE,
        "lost_prose": bool(lost_prose(page.body, text)),
        "doubled_prose": bool(doubled_prose(page.body, text)),
    }
    for fact, right in page.facts.items():
        measured[fact] = _plain(getattr(meta, fact)) in {_plain(each) for each in right}
    for name, value in measured.items():
        counts[name] = float(value)
        counts[f"{name}.of"] = 1.0
    return counts


def overlap(body: str, text: str) -> tuple[float, float]:
    """Recall and precision of the words of ``body`` in ``text``, each counted as often as it comes."""
    gold, found = Counter(_words(body)), Counter(_words(text))
    common = (gold & found).total()
    return common / max(1, gold.total()), common / max(1, found.total())


def lost_prose(body: str, text: str) -> list[str]:
    """The lines of ``body`` that are prose and of which less than half, in groups of four words, is in ``text``."""
    found = _grams(_words(text))
    lines = ((line, _grams(words)) for line in body.split("\n") if len(words := _words(line)) >= _PROSE)
    return [line for line, grams in lines if sum(gram in found for gram in grams) < len(grams) / 2]


def doubled_prose(body: str, text: str) -> list[str]:
    """The lines of ``text`` that are prose and most of which comes more often in ``text`` than in ``body``."""
    gold, found = _grams(_words(body)), _grams(_words(text))
    lines = ((line, _grams(words)) for line in dict.fromkeys(text.split("\n")) if len(words := _words(line)) >= _PROSE)
    return [line for line, grams in lines if sum(found[g] > max(gold[g], 1) for g in grams) > len(grams) / 2]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _grams(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(_GRAM)), strict=False))


def _plain(value: str | None) -> str | None:
    """Without differences of case and punctuation."""
    return None if value is None else " ".join(_words(value))
