"""Variants of training articles: whatever changes, the labels stay on their words."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from onrecord.document import Mention, Span, Statement
from onrecord_training.quotes.augmentation import Variant, vary

TEXT = """Harbour to stay open

“The harbour will stay open,” Ada Brandt said. “We need it.”

According to the port authority, fares would fall, Brandt said on Monday.

Omar Diallo said he had asked the mayor, who says “no” to everything.
"""


def statement(content: list[str], cue: str, source: str, near: str) -> Statement:
    """A statement whose cue and source are looked for from the words ``near`` on."""
    base = TEXT.index(near)

    def at(words: str, start: int = 0) -> Span:
        found = TEXT.index(words, start)
        return Span(found, found + len(words))

    spans = tuple(at(piece) for piece in content)
    cue_mention, source_mention = (Mention(words, (at(words, base),)) for words in (cue, source))
    return Statement("t", "t", "", spans, "indirect", Span(0, 1), cue_mention, source_mention)


STATEMENTS = (
    statement(["“The harbour will stay open,”", "“We need it.”"], "said", "Ada Brandt", "Ada Brandt"),
    statement(["fares would fall"], "said", "Brandt", "Brandt said on"),
    statement(["he had asked the mayor, who says “no” to everything"], "said", "Omar Diallo", "Omar"),
    statement(["“no” to everything"], "says", "who", "who says"),
)


def words(text: str, spans: tuple[Span, ...]) -> list[str]:
    return [re.sub(r"\W+", " ", text[start:end]).strip().lower() for start, end in spans]


@given(st.integers(0, 5000))
def test_every_label_stays_on_its_words(seed: int) -> None:
    varied = vary(TEXT, STATEMENTS, random.Random(seed))
    for before, after in zip(STATEMENTS, varied.statements, strict=True):
        for one, other in ((before.cue, after.cue), (before.source, after.source)):
            assert one is not None and other is not None
            found = words(varied.text, other.spans)
            assert all(found)
            if one is before.source:
                assert found == words(TEXT, one.spans)
        if before is not STATEMENTS[2]:  # in its content stands a cue that may be reworded
            assert words(varied.text, after.content) == words(TEXT, before.content)


def variants() -> list[Variant]:
    return [vary(TEXT, STATEMENTS, random.Random(seed)) for seed in range(400)]


def test_variants_invert_reword_furnish_join_and_requote() -> None:
    texts = [variant.text for variant in variants()]
    assert any("said Ada Brandt." in text for text in texts)
    assert any("Ada Brandt stated." in text for text in texts)
    assert any("Share this article\n" in text for text in texts)
    assert any("“We need it.”  According" in text for text in texts)
    assert any("«The harbour" in text for text in texts)
    assert any("HARBOUR TO STAY OPEN" in text for text in texts)


def test_an_attribution_before_its_content_is_not_inverted() -> None:
    assert not any("said Omar Diallo" in variant.text for variant in variants())
