"""The names stage: the quote model's names in an article's text."""

from __future__ import annotations

import re

import pytest

from onrecord.document import Article, Name, Span
from onrecord.stages.base import Analysis
from onrecord.stages.names import NerStage, whole_names
from onrecord.stages.speakers.entities import Entity
from onrecord.text.segmentation import segment
from onrecord.text.windows import Window
from onrecord_models.decoding import NameRange, WindowReading
from tests.stages.making import make_analysis, resolved


def read_names(text: str, *names: tuple[int, int, str]) -> Analysis:
    """What the names stage makes of token ranges that the model found."""
    spans = [
        Span(0, 0),
        *(Span(*match.span()) for match in re.finditer(r"[^\W_]{1,4}|[^\w\s]", text)),
        Span(len(text), len(text)),
    ]
    nothing = [0] * len(spans)
    window = Window(nothing, nothing, nothing, nothing, spans)
    reading = WindowReading([NameRange((start, end), label, 0.87654321) for start, end, label in names], [])
    analysis = Analysis(Article("a", text), segment(text), windows=(window,), readings=(reading,))
    return NerStage().process([analysis])[0]


def test_names_are_whole_words_without_what_surrounds_them() -> None:
    text = "“ Hammar ” left ( X 12 )"
    analysis = read_names(text, (1, 3, "person"), (6, 8, "misc"), (8, 9, "misc"))
    assert analysis.names == (Name(Span(2, 8), "person", 0.8765),)


def test_two_names_inside_one_word_are_one() -> None:
    text = "Hammarby won"
    analysis = read_names(text, (1, 2, "person"), (2, 3, "organization"))
    assert analysis.names == (Name(Span(0, 8), "person", 0.8765),)


def test_the_fullest_form_names_an_entity() -> None:
    entity = Entity("person")
    for form in ("Lund", "Ada Lund", "LUND"):
        entity.add(form)
    assert entity.name == "Ada Lund"
    assert Entity("organization", "Kenya").name == "Kenya"


def test_a_source_with_nothing_but_marks_behind_the_and_is_survived() -> None:
    analysis = make_analysis("“No,” said Lund & \u202e.", [("“No,”", "Lund & \u202e")], person=["Lund"])
    done = resolved(analysis)
    assert [speaker.name for speaker in done.statements[0].speakers] == ["Lund"]


@pytest.mark.parametrize(
    ("text", "found", "whole"),
    [
        ("Michael-John Lund said so.", ["Michael", "John Lund"], ["Michael-John Lund"]),
        ("Han Ji-won said so.", ["Han Ji"], ["Han Ji-won"]),
        ("The Ada Lund-led board met.", ["Ada Lund"], ["Ada Lund"]),
        ("The Lund-led board met.", ["Lund"], ["Lund"]),
    ],
)
def test_hyphens_join_the_parts_of_a_name_but_not_what_is_made_of_it(
    text: str, found: list[str], whole: list[str]
) -> None:
    names = tuple(Name(Span(text.index(name), text.index(name) + len(name)), "person", 0.9) for name in found)
    assert [text[slice(*name.span)] for name in whole_names(text, names)] == whole
