"""Quotation marks: what they enclose, in every style newsrooms use and with every mistake they make."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onrecord.document import Span
from onrecord.text.quotations import find_quotations, form_of, quotation_states
from onrecord.text.segmentation import segment

newsy = st.text(st.sampled_from(" \n.,?…-—aAsS90'\"’‘‚“”„`«»″([{\u00a0\u2009\u2028"))
texts = st.one_of(st.text(), newsy)


def inner(text: str) -> list[str]:
    """The inner texts of the quotations of one paragraph."""
    return [text[slice(*quotation.inner)] for quotation in find_quotations(text, [Span(0, len(text))])]


@given(texts)
@example("'")
@example('"')
@example("''''")
@example("“\n”")
@example("‘a‘’")
def test_quotations_are_in_order_disjoint_and_inside_one_paragraph(text: str) -> None:
    segmentation = segment(text)
    position = 0
    for quotation in segmentation.quotations:
        span, inside = quotation.span, quotation.inner
        assert position <= span.start < inside.start <= inside.end <= span.end
        assert span.covers(inside)
        assert (inside.end < span.end) == quotation.closed
        assert inside.start - span.start <= 2
        assert span.end - inside.end <= 2
        assert any(paragraph.span.covers(span) for paragraph in segmentation.paragraphs)
        position = span.end


@given(texts)
def test_states_follow_the_quotations(text: str) -> None:
    quotations = segment(text).quotations
    states = quotation_states(text, quotations)
    assert len(states) == len(text)
    inside = sum(quotation.span.end - quotation.span.start for quotation in quotations)
    assert sum(state != 0 for state in states) == inside
    assert all(states[position] == 2 for quotation in quotations for position in range(*quotation.inner))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # double marks of every kind
        ('"Yes," he said.', ["Yes,"]),
        ("“Yes,” he said, “and no.”", ["Yes,", "and no."]),
        ("''Yes,'' he said.", ["Yes,"]),
        ("``Yes,'' he said.", ["Yes,"]),
        ("„Yes,“ he said.", ["Yes,"]),
        ("«Yes,» he said.", ["Yes,"]),
        ("He said:“Yes.”She left.", ["Yes."]),
        ('He said:"Yes." She left.', ["Yes."]),
        ("(“Yes,” he said)", ["Yes,"]),
        ('—"Yes," he said', ["Yes,"]),
        ('"I—" he began.', ["I—"]),
        # mixed closers, and marks turned the wrong way
        ('“Yes," he said.', ["Yes,"]),
        ('"Yes,” he said.', ["Yes,"]),
        ("“Yes,'' he said.", ["Yes,"]),
        ("”Yes,” he said.", ["Yes,"]),
        ("“Yes,“ he said.", ["Yes,"]),
        # nested: only the outermost counts
        ("“He said ‘yes’ to me,” she said.", ["He said ‘yes’ to me,"]),
        ("\"He said 'yes' to me,\" she said.", ["He said 'yes' to me,"]),
        ("‘He said “yes” to me,’ she said.", ["He said “yes” to me,"]),
        # single in place of double
        ("‘Yes,’ he said.", ["Yes,"]),
        ("'Yes,' he said, 'and no.'", ["Yes,", "and no."]),
        ("‘It’s the workers’ choice,’ he said.", ["It’s the workers’ choice,"]),
        ("'It's the workers' choice,' he said.", ["It's the workers' choice,"]),
        ("‘Don’t’ was all he said.", ["Don’t"]),
        ("‘Outrageous’", ["Outrageous"]),
        ("They are ‘heroes’ to us.", ["heroes"]),
        ("They are ‘heroes’, not ‘saints’.", ["heroes", "saints"]),
        ("He called them ‘heroes’ and said ‘we agree.’", ["heroes", "we agree."]),
        ("He called them 'heroes' and said 'we agree.'", ["heroes", "we agree."]),
        # apostrophes
        ("The boys’ mother’s car wasn’t theirs.", []),
        ("The boys' mother's car wasn't theirs.", []),
        ("In the ’90s and '80s, and the 1990s’ end.", []),
        ("Rock ’n’ roll and fish 'n' chips.", []),
        ("’Tis the season for the boys’ choir.", []),
        ("“In the ’90s we didn’t,” he said.", ["In the ’90s we didn’t,"]),
        ("O'Brien and D’Angelo agreed", []),
        ("'", []),
        ("' '", []),
        # inches and feet
        ('A 27" screen and a 6\'2" man.', []),
        ('"He is 6\'2" tall," she said.', ["He is 6'2\" tall,"]),
        ('"It was 2015" and "it was 2016" were heard.', ["It was 2015", "it was 2016"]),
        # unbalanced
        ("“Yes, he said.", ["Yes, he said."]),
        ("Yes,” he said.", []),
        ("“Yes, he said. “No, she said.", ["Yes, he said.", "No, she said."]),
        ("“Yes,” he said. “No", ["Yes,", "No"]),
        ('"', [""]),
    ],
)
def test_quotations_are_found_under_every_style_of_marks(text: str, expected: list[str]) -> None:
    assert inner(text) == expected


def test_a_paragraph_end_closes_and_the_next_reopens() -> None:
    text = "“One goes on.\n\n“Two goes on.\n\n“Three ends,” he said.\n\nFour is outside."
    quotations = segment(text).quotations
    assert [text[slice(*quotation.inner)] for quotation in quotations] == [
        "One goes on.",
        "Two goes on.",
        "Three ends,",
    ]
    assert [quotation.closed for quotation in quotations] == [False, False, True]


def test_an_open_quotation_ends_before_the_white_space() -> None:
    text = '"Left open  \r\nNext.'
    (quotation,) = segment(text).quotations
    assert quotation.span == Span(0, 10)
    assert not quotation.closed


def test_a_single_mark_does_not_close_in_another_paragraph() -> None:
    assert segment("‘Left open\nand closed.’").quotations == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (["“we will win,”"], "direct"),
        (["“we will ", "win,”"], "direct"),
        (["it would rain"], "indirect"),
        (["it would “rain”"], "mixed"),
        (["that “we will win,”"], "mixed"),
        (["2015"], "indirect"),
    ],
)
def test_the_form_follows_from_what_lies_between_marks(content: list[str], expected: str) -> None:
    text = "He said “we will win,” that “we will win,” and it would “rain” but it would rain in 2015."
    segmentation = segment(text)
    spans, position = [], 0
    for piece in content:
        position = text.rindex(piece) if expected == "indirect" else text.index(piece, position)
        spans.append(Span(position, position + len(piece)))
    assert form_of(text, tuple(spans), quotation_states(text, segmentation.quotations)) == expected


@pytest.mark.parametrize("quoted", [4, 5, 6, 89, 90])
def test_form_is_decided_at_five_and_ninety_percent_of_the_letters(quoted: int) -> None:
    text = "“" + "q" * quoted + "” " + "n" * (100 - quoted)
    states = quotation_states(text, segment(text).quotations)
    expected = "indirect" if quoted <= 5 else "direct" if quoted >= 90 else "mixed"
    assert form_of(text, (Span(0, len(text)),), states) == expected
