"""Wordings: what of a statement counts when its words are compared with those of others."""

from __future__ import annotations

import pytest

from onrecord.document import Form, Span, Statement
from onrecord.text.normalization import content_words, plain_words, wording_of


def statement(text: str, form: Form = "direct") -> Statement:
    return Statement("a.txt", "a.txt#1", text, (Span(0, len(text)),), form, Span(0, len(text)))


def words(text: str, form: Form = "direct") -> str | None:
    wording = wording_of(statement(text, form))
    return " ".join(wording.words) if wording else None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The harbour’s quay", "a Harbour quay"), ("1,000 ships", "1000 ships"), ("don’t close", "don't close"),
        ("Café Ørsted", "cafe\u0301 Ørsted"), ("in D.C. by noon", "in DC by noon"), ("Ada B. Lund", "Ada Lund"),
    ],
)  # fmt: skip
def test_what_newsrooms_spell_differently_is_the_same(one: str, other: str) -> None:
    assert content_words(one) == content_words(other) != []


def test_a_negation_is_never_left_out() -> None:
    assert content_words("We will not close it") != content_words("We will close it")


def test_a_statement_of_few_content_words_has_no_wording() -> None:
    assert words("“We are very happy that this is here.”") is None
    assert words("“The old harbour has to remain open today.”") == "old harbour remain open today"


def test_what_is_reported_needs_more_words_than_a_quotation() -> None:
    text = "the old harbour has to remain open today"
    assert words(text, "direct") and words(text, "indirect") is None
    assert words(f"{text} despite storms", "indirect") == "old harbour remain open today despite storms"


def test_of_a_mixed_statement_the_quoted_words_count_if_they_are_enough() -> None:
    text = "that the council “will keep the old harbour open for every ship”, come what may this winter"
    assert words(text, "mixed") == "keep old harbour open every ship"
    few = "that the council and all who work on the old quay found the plan “illegal”"
    assert words(few, "mixed") == "council work old quay found plan illegal"


def test_a_quotation_that_is_never_closed_ends_with_its_sentence() -> None:
    text = "that it “will keep the old harbour open for every ship. Council spokeswoman Ada Lund"
    assert words(text, "mixed") == "keep old harbour open every ship"


def test_a_text_without_words_has_none() -> None:
    assert list(plain_words("… — “” 😀")) == []
    assert words("", "direct") is None
