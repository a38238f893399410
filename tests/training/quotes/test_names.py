"""Names to learn from labels of speakers."""

from __future__ import annotations

import pytest

from onrecord.document import Article, Span, Speaker
from onrecord_eval.corpora.speaker_labels import LabelledEntity, LabelledSources
from onrecord_training.quotes.names import named_text


def labelled(
    text: str, *entities: tuple[str | None, str, str | None], aliases: tuple[str, ...] = ()
) -> LabelledSources:
    """An article whose entities are (name, kind, words of the only mention)."""
    found = []
    for name, kind, mention in entities:
        spans = () if mention is None else (Span(text.index(mention), text.index(mention) + len(mention)),)
        found.append(LabelledEntity(Speaker(name, kind=kind, aliases=aliases), None, spans))  # type: ignore[arg-type]
    return LabelledSources(Article("a", text), tuple(found), (), ())


def names(found: LabelledSources) -> dict[str, str | None]:
    """The words of each name, and its class."""
    named = named_text(found)
    assert [span for span, _ in named.names] == sorted(span for span, _ in named.names)
    return {named.text[slice(*span)]: label for span, label in named.names}


def test_people_and_bodies_are_names_of_their_class_and_other_capitals_are_left_open() -> None:
    text = "Then Ada Lund left. On Monday the Harbour Board met in Easton again."
    found = labelled(text, ("Ada Lund", "person", "Ada Lund"), ("Harbour Board", "organization", "Harbour Board"))
    assert names(found) == {
        "Ada Lund": "person",
        "On": None,
        "Monday": None,
        "Harbour Board": "organization",
        "Easton": None,
    }


@pytest.mark.parametrize(
    ("text", "left_open"),
    [
        ("so Datuk Seri Ada Lund left", set()),
        ("so Cllr Ada Lund left", set()),
        ("so Easton Harbour Board Ada Lund left", {"Easton", "Harbour", "Board"}),
        ("so NATO Ada Lund left", {"NATO"}),
        ("so Easton, Ada Lund left", {"Easton"}),
    ],
)
def test_a_word_or_two_before_a_person_are_a_title_and_no_name(text: str, left_open: set[str]) -> None:
    assert names(labelled(text, ("Ada Lund", "person", "Ada Lund"))) == {"Ada Lund": "person"} | dict.fromkeys(
        left_open
    )


def test_what_stands_before_a_body_is_left_open() -> None:
    found = labelled("so Easton Harbour Board left", ("Harbour Board", "organization", "Harbour Board"))
    assert names(found) == {"Easton": None, "Harbour Board": "organization"}


def test_an_alias_is_a_name_and_a_description_is_none() -> None:
    text = "so Lund left, and the mayor stayed"
    found = labelled(text, ("Ada Lund", "person", "Lund"), (None, "person", "the mayor"), aliases=("Lund",))
    assert names(found) == {"Lund": "person"}


@pytest.mark.parametrize(("mention", "is_name"), [("Lund", True), ("Lunds", False), ("The Lund", False)])
def test_words_of_a_name_are_a_name(mention: str, is_name: bool) -> None:
    found = labelled(f"so, {mention} left", ("Ada Lund", "person", mention))
    assert ("person" in names(found).values()) == is_name


def test_a_country_is_left_open_for_it_is_a_place_elsewhere() -> None:
    assert names(labelled("so Kenya left", ("Kenya", "organization", "Kenya"))) == {"Kenya": None}


def test_a_name_without_capitals_is_none() -> None:
    assert names(labelled("so police left", ("police", "organization", "police"))) == {}
