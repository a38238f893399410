"""What the quote model learns from, as examples: annotated articles in variants, and texts with labelled names."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from onrecord.document import Span, Statement
from onrecord.errors import InputError
from onrecord.reading.encodings import decode
from onrecord.text.quotations import Quotation
from onrecord.text.segmentation import Segmentation, segment
from onrecord.text.windows import Window, build_windows
from onrecord_eval.corpora.conll2003 import NamedText, read_conll2003
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.corpora.worldwide import read_worldwide
from onrecord_models.labels import NAME_LABELS
from onrecord_models.transformer.tokenizer import FastTokenizer
from onrecord_training.quotes.augmentation import vary
from onrecord_training.quotes.examples import IGNORED, Example, statement_example

NAMED_CORPORA: Final = ("worldwide-newswire/train", "crossner/conll2003/train.txt")
"""The corpora with labelled names, below the folder of corpora."""

_SHORT_WINDOWS: Final = 0.2
"""Share of articles cut into short windows, so that statements are found where little text surrounds them, too."""

_SHORT_WINDOW: Final = 80


def statement_examples(
    articles: list[AnnotatedArticle],
    tokenizer: FastTokenizer,
    size: int,
    generator: random.Random,
    *,
    cues_only: bool = False,
) -> list[Example]:
    """One variant of each article, labelled by one of its annotators, in windows of at most ``size`` tokens.

    With ``cues_only`` the annotators marked no statement without a cue, as in PolNeAR: nothing is learned of
    quotations that begin a sentence and that they left alone.
    """
    examples: list[Example] = []
    for annotated in articles:
        statements: tuple[Statement, ...] = generator.choice(list(annotated.annotations.values()))
        varied = vary(annotated.article.text, statements, generator)
        wanted = _SHORT_WINDOW if generator.random() < _SHORT_WINDOWS else size
        segmentation = segment(varied.text)
        silent = _opening_a_sentence(segmentation) if cues_only else ()
        windows = build_windows(varied.text, segmentation, frozenset(), tokenizer, wanted)
        examples += [statement_example(window, varied.statements, silent) for window in windows]
    return examples


def _opening_a_sentence(segmentation: Segmentation) -> tuple[Quotation, ...]:
    starts = {sentence.start for paragraph in segmentation.paragraphs for sentence in paragraph.sentences}
    return tuple(quotation for quotation in segmentation.quotations if quotation.span.start in starts)


def text_examples(texts: list[str], tokenizer: FastTokenizer, size: int, generator: random.Random) -> list[Example]:
    """One variant of each text that nobody labelled, in windows of at most ``size`` tokens."""
    varied = (vary(text, (), generator).text for text in texts)
    windows = (build_windows(text, segment(text), frozenset(), tokenizer, size) for text in varied)
    return [Example(window, [], [], []) for cut in windows for window in cut]


def read_texts(folder: Path, labelled: list[AnnotatedArticle]) -> list[str]:
    """The ``.txt`` files below a folder, sorted by name, except those that are labelled or no plain text.

    Raises:
        InputError: there are none.
    """
    known = {annotated.article.text for annotated in labelled}
    texts: list[str] = []
    for path in sorted(folder.rglob("*.txt")):
        with suppress(InputError):  # a document of another format under this name
            texts.append(decode(path.read_bytes(), str(path))[0])
    if not (kept := [text for text in texts if text not in known]):
        raise InputError(f"{folder}: no unlabelled .txt file in it; name a folder of articles without labels")
    return kept


def read_named_texts(corpora: Path) -> list[NamedText]:
    """The Worldwide newswire and CoNLL-2003 training texts below ``corpora``."""
    newswire, conll = (corpora / name for name in NAMED_CORPORA)
    texts = [NamedText(labelled.article.text, tuple(labelled.names())) for labelled in read_worldwide(newswire)]
    return [*texts, *read_conll2003(conll)]


def name_examples(
    texts: list[NamedText],
    tokenizer: FastTokenizer,
    size: int,
    generator: random.Random,
    tokens: float = math.inf,
    labels: Sequence[str] = NAME_LABELS,
) -> list[Example]:
    """Examples of random texts until there are ``tokens`` tokens; ``labels`` are those of the head that learns."""
    examples: list[Example] = []
    total = 0
    for named in generator.sample(texts, len(texts)):
        if total >= tokens:
            break
        text = named.text.upper() if generator.random() < 0.05 else named.text
        if len(text) != len(named.text):
            text = named.text
        for window in build_windows(text, segment(text), frozenset(), tokenizer, size):
            examples.append(_name_example(window, named.names, labels))
            total += len(window.input_ids)
    return examples


def _name_example(window: Window, names: Sequence[tuple[Span, str | None]], kinds: Sequence[str]) -> Example:
    labels = [0] * len(window.spans)
    first, last = window.spans[0].start, window.spans[-1].end
    for span, name in names:
        if span.end <= first or span.start >= last:
            continue
        inside = [i for i, token in enumerate(window.spans) if token.end > token.start and token.overlaps(span)]
        for position, token in enumerate(inside):
            # What the corpus leaves open is neither right nor wrong.
            labels[token] = kinds.index(f"{'I' if position else 'B'}-{name}") if name else IGNORED
    return Example(window, [], [], [], labels)
