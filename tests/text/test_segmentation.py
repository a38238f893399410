"""Paragraphs and sentences: the pieces join back to the text, and the cuts are where a reader would make them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onrecord.document import Span
from onrecord.text.segmentation import context_of, segment, split_paragraphs, split_sentences, trim, whole_words
from onrecord_eval.benchmarks.long_texts import MARK_UNITS, SENTENCE_UNITS, repeated
from tests.counting import count_calls

ARTICLES = sorted((Path(__file__).parents[2] / "data" / "articles").glob("*.txt"))

# Plain random text hardly ever holds two marks in a row, so half of it is drawn from what the rules look at.
newsy = st.text(st.sampled_from(" \n\r\t.!?…,-—aAsS9'\"’‘“”`´«»()[]\u00a0\u2028\x0b\x0c\x85\u3000\ufeffüß中😀"))
texts = st.one_of(st.text(), newsy)


def paragraphs(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in split_paragraphs(text)]


def sentences(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in split_sentences(text, Span(0, len(text)))]


@given(texts)
@example("")
@example(" ")
@example("\r\n\r\n")
@example("\ufeffA.\rB.\n\x0cC.")
@example("a\ud800b. C")
def test_pieces_join_back_to_the_text(text: str) -> None:
    segmentation = segment(text)
    assert "".join(text[slice(*paragraph.span)] for paragraph in segmentation.paragraphs) == text
    pieces = [sentence for paragraph in segmentation.paragraphs for sentence in paragraph.sentences]
    assert "".join(text[slice(*sentence)] for sentence in pieces) == text
    assert all(start < end for start, end in pieces)
    for paragraph in segmentation.paragraphs:
        assert paragraph.sentences[0].start == paragraph.span.start
        assert paragraph.sentences[-1].end == paragraph.span.end


@given(texts)
def test_white_space_belongs_to_the_earlier_piece(text: str) -> None:
    """But for the white space that indents a line, or opens the text."""
    segmentation = segment(text)
    for paragraph in segmentation.paragraphs:
        assert text[slice(*paragraph.span)].strip() or len(segmentation.paragraphs) == 1
        assert paragraph.span.start == 0 or text[paragraph.span.start - 1] in "\n\r\x0b\x0c\x85\u2028\u2029"
        for sentence in paragraph.sentences[1:]:
            assert not text[sentence.start].isspace()


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name[:3])
def test_articles_join_back_and_hold_one_paragraph_a_line(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    segmentation = segment(text)
    assert "".join(text[slice(*s)] for p in segmentation.paragraphs for s in p.sentences) == text
    assert len(segmentation.paragraphs) == sum(bool(line.strip()) for line in text.split("\n"))


@given(texts, st.data())
def test_trim_takes_white_space_only(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = trim(text, Span(start, end))
    assert start <= span.start <= span.end <= end
    assert text[slice(*span)] == text[start:end].strip()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\x0c", "\u2028", "\u2029", "\x85"])
def test_every_kind_of_line_end_ends_a_paragraph(newline: str) -> None:
    assert paragraphs(f"One.{newline}Two.{newline}{newline}Three.") == ["One.", "Two.", "Three."]


def test_carriage_return_and_line_feed_are_one_line_end() -> None:
    assert split_paragraphs("A.\r\nB.\r\n") == [Span(0, 4), Span(4, 8)]


HARD_WRAPPED = """\
The council voted on Tuesday night to close the old swimming pool on
Harbour Road, ending a debate that has divided the town for the better
part of four years and has cost two mayors their office, and it will
sell the land.

"We could not go on like this," said the mayor, Ana Ruiz. "Nobody wants
to see it go, but the roof alone would have cost us more than the whole
budget for the schools."
"""


def test_hard_wrapped_lines_are_joined_to_blocks() -> None:
    found = paragraphs(HARD_WRAPPED)
    assert [found[0][:11], found[1][:9]] == ["The council", '"We could']
    assert len(found) == 2
    assert paragraphs(HARD_WRAPPED.replace("\n", "\r\n"))[1].endswith('schools."')


def test_a_quotation_crosses_the_lines_of_a_hard_wrapped_block() -> None:
    second = segment(HARD_WRAPPED).quotations[1]
    assert HARD_WRAPPED[slice(*second.inner)].startswith("Nobody wants\nto see")
    assert second.closed


def test_one_long_line_tells_that_a_text_is_not_hard_wrapped() -> None:
    text = "A short line that ends without any mark at all and goes to sixty\n" * 4 + "word " * 40
    assert len(paragraphs(text)) == 5


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith met Dr. Jones and Gov. Lee.",
        "J. R. R. Tolkien wrote it.",
        "George W. Bush and John F. Kennedy were presidents.",
        "The U.S. Senate and the U.N. General Assembly met.",
        "They met on Jan. 5 and again on Sept. 11 in Washington.",
        "It rose by 3.5 percent to $1.25 million.",
        "She lives in St. Petersburg, Fla.",
        "Acme Corp. Chairman Lee resigned.",
        "He waited ... and then he left.",
        "He waited… and then he left.",
        '"Why?" he asked.',
        "“Stop!” she cried, “or I shoot!” and ran.",
        "The case Smith vs. Jones is No. 4 on the list.",
        "Jane Roe, Ph.D. Candidate, spoke.",
        "See example.com.au for more.",
        "He works for Yahoo! and likes it.",
    ],
)
def test_no_cut_inside(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He came. She left.", ["He came.", "She left."]),
        ("Why? Because! So.", ["Why?", "Because!", "So."]),
        ('"I know." He left.', ['"I know."', "He left."]),
        ("“I know.” “So do I,” he said.", ["“I know.”", "“So do I,” he said."]),
        ("He left the U.S. The tour was over.", ["He left the U.S.", "The tour was over."]),
        ("It fell 2.5. Then it rose.", ["It fell 2.5.", "Then it rose."]),
        ("They waited... Nobody came.", ["They waited...", "Nobody came."]),
        ("(It rained.) We stayed.", ["(It rained.)", "We stayed."]),
        ("It is 1984. 1985 comes next.", ["It is 1984.", "1985 comes next."]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("One.\u00a0 Two.", ["One.", "Two."]),
    ],
)
def test_cut_between_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_context_is_the_sentences_touched() -> None:
    text = "First here. Second here. Third here.\n\nFourth here. Fifth here."
    segmentation = segment(text)

    def context(*words: str) -> str:
        spans = tuple(Span(text.index(word), text.index(word) + len(word)) for word in words)
        return text[slice(*context_of(segmentation, spans))].strip()

    assert context("Second") == "Second here."
    assert context("First here.") == "First here."
    assert context("First", "Third") == "First here. Second here. Third here."
    assert context("Third", "Fourth") == "Third here.\n\nFourth here."
    assert context("Fifth", "Second") == "Second here. Third here.\n\nFourth here. Fifth here."


@given(newsy.filter(bool), st.data())
def test_context_is_the_smallest_run_of_sentences_around(text: str, data: st.DataObject) -> None:
    segmentation = segment(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    pieces = [sentence for paragraph in segmentation.paragraphs for sentence in paragraph.sentences]
    touched = [piece for piece in pieces if piece.overlaps(Span(start, end))]
    assert context_of(segmentation, (Span(start, end),)) == Span(touched[0].start, touched[-1].end)


@pytest.mark.parametrize("unit", SENTENCE_UNITS + MARK_UNITS)
def test_work_grows_with_the_length_of_the_text_and_no_faster(unit: str) -> None:
    """Inside of regular expressions nothing can be counted: there, quadratic behaviour shows as a test that hangs."""
    short, long = (count_calls(segment, repeated(unit, length)) for length in (5_000, 20_000))
    assert 0 < long <= 4.1 * short
    text = repeated(unit, 100_000)
    assert "".join(text[slice(*paragraph.span)] for paragraph in segment(text).paragraphs) == text


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("at 4 a.m", "at 4 a.m."),
        ("in the U.S", "in the U.S."),
        ("in Spain", "in Spain"),
        ("version 2.1", "version 2.1"),
    ],
)
def test_the_last_point_of_initials_is_part_of_the_word(words: str, whole: str) -> None:
    text = f"It closed {words}. It was late."
    start = text.index(words)
    assert text[slice(*whole_words(text, Span(start, start + len(words))))] == whole


@given(texts, st.data())
def test_whole_words_only_widens_and_cuts_no_word(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = whole_words(text, Span(start, end))
    assert span.covers(Span(start, end))
    added = text[span.start : start] + text[end : span.end].removesuffix(".")
    assert all(character.isalnum() for character in added)
    if span.start < span.end:
        for place in (span.start, span.end):
            assert not (0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum())


@given(st.integers(34, 90), st.lists(st.integers(1, 14), min_size=240, max_size=400))
def test_a_text_in_columns_has_the_paragraphs_it_had_before(width: int, lengths: list[int]) -> None:
    words = ["w" * length for length in lengths]
    blocks = [" ".join(words[start : start + 60]) + "." for start in range(0, len(words), 60)]
    wrapped = "\n\n".join(textwrap.fill(block, width) for block in blocks)
    assert [" ".join(paragraph.split()) for paragraph in paragraphs(wrapped)] == blocks


def test_a_list_of_short_lines_is_no_text_in_columns() -> None:
    lines = [
        "Harbour Cup, results",
        "Lund beat Brandt",
        "Sten beat Olsen after extra time",
        "Venn, Ada",
        "Ruud",
        "Holm beat Berg",
    ]
    assert paragraphs("\n".join(lines)) == lines
