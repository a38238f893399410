"""PDFs: the order of columns, words cut at ends of lines, what comes on every page, and files that cannot be read."""

from __future__ import annotations

import sys

import pytest

from onrecord.errors import InputError
from onrecord.reading.documents.pdf import read
from tests.reading.documents.making_pdf import column, make_pdf

LEFT = [
    "The council of Easton approved the port",
    "on Monday after a debate of six hours in",
    "the old town hall, where protesters inter-",
    "rupted the speakers twice.",
    "“We will build it on time,” said Ada",
    "Brandt, the mayor of Easton, after the",
]
RIGHT = [
    "vote. She called it a turning point for a",
    "well-known but poor region.",
    "Luis Ocampo, who leads the harbour",
    "union, said that the plan costs a three-",
    "year wage of 300 jobs in the docks of the",
    "town. Nobody had asked the dockers.",
]
PARAGRAPHS = [
    "The council of Easton approved the port on Monday after a debate of six hours in the old town hall, where "
    "protesters interrupted the speakers twice.",
    "“We will build it on time,” said Ada Brandt, the mayor of Easton, after the vote. She called it a turning point "
    "for a well-known but poor region.",
    "Luis Ocampo, who leads the harbour union, said that the plan costs a three-year wage of 300 jobs in the docks of "
    "the town. Nobody had asked the dockers.",
]


def columns() -> list[tuple[float, float, str]]:
    return [*column(60, 600, LEFT), *column(310, 600, RIGHT)]


@pytest.mark.parametrize("line_by_line", [False, True], ids=["column by column", "line by line across the page"])
def test_columns_are_read_one_after_the_other_however_they_are_drawn(line_by_line: bool) -> None:
    lines = columns()
    if line_by_line:
        lines.sort(key=lambda line: (-line[1], line[0]))
    text, _ = read(make_pdf([[(60, 700, "Council approves port expansion"), *lines]]), "a.pdf")
    assert text.split("\n\n") == ["Council approves port expansion", *PARAGRAPHS]


def test_words_cut_at_the_end_of_a_line_are_whole_and_compounds_keep_their_hyphen() -> None:
    text, _ = read(make_pdf([columns()]), "a.pdf")
    assert "interrupted" in text
    assert "three-year" in text


def test_what_comes_on_every_page_is_left_out_and_paragraphs_go_on_over_pages() -> None:
    pages = [
        [(60, 810, "Easton Echo"), (300, 30, "Page 1"), *column(60, 600, LEFT)],
        [(60, 810, "Easton Echo"), (300, 30, "Page 2"), *column(60, 600, RIGHT)],
    ]
    text, _ = read(make_pdf(pages), "a.pdf")
    assert text.split("\n\n") == PARAGRAPHS


def test_a_list_s_numbers_are_not_a_column() -> None:
    lines = column(90, 600, ["Brandt wants the port.", "Ocampo wants jobs.", "Nobody wants noise.", "Ada is tired."])
    numbers = [(60.0, bottom, f"{number}.") for number, (_, bottom, _) in enumerate(lines, start=1)]
    text, _ = read(make_pdf([[*numbers, *lines]]), "a.pdf")
    assert text.startswith("1. Brandt wants the port.")


@pytest.mark.parametrize(
    ("stated", "title"),
    [("Council approves port", "Council approves port"), ("Microsoft Word - port_v2.docx", None), ("untitled", None)],
)
def test_a_stated_title_is_taken_if_a_person_gave_it(stated: str, title: str | None) -> None:
    assert read(make_pdf([columns()], stated), "a.pdf")[1].title == title


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (make_pdf([[]]), "without a text layer"),
        (make_pdf([columns()], encrypted=True), "encrypted"),
        (b"%PDF-1.4\nnot a PDF", "not a readable PDF"),
        (make_pdf([columns()], stream=bytes(150_000_000)), "unpacks to far more"),
    ],
    ids=["pictures of pages", "encrypted", "damaged", "a stream of 150 MB"],
)
def test_what_cannot_be_read_is_said_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(data, "a.pdf")
    assert str(caught.value).startswith("a.pdf: ")
    assert "\n" not in str(caught.value)


def test_without_the_library_the_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(InputError, match=r"onrecord\[pdf\]"):
        read(make_pdf([columns()]), "a.pdf")
