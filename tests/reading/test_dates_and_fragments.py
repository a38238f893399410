"""Dates as news writes them, and fragments of HTML as text."""

from __future__ import annotations

import pytest

from onrecord.reading.dates import iso_day
from onrecord.reading.documents.fragment import fragment_text, has_markup, is_page


@pytest.mark.parametrize(
    "text",
    [
        "March 2, 2026 Monday", "2 March 2026", "Monday, 2nd of March 2026", "Mon, 02 Mar 2026 09:00:00 GMT",
        "2026-03-02T09:00:00Z", "20260302T090000Z", "20260302", "Mar. 2, 2026", "2026/3/2", "02-Mar-2026",
        "Published on March 2, 2026 at 9:00",
    ],
)  # fmt: skip
def test_a_date_is_read_in_the_forms_of_the_us_and_the_uk(text: str) -> None:
    assert iso_day(text) == "2026-03-02"


@pytest.mark.parametrize("text", ["", None, "03/02/2026", "February 30, 2026", "March 2026", "٢٠٢٦-٠٣-٠٢", "soon"])
def test_what_is_no_day_or_could_be_two_is_none(text: str | None) -> None:
    assert iso_day(text) is None


def test_blocks_become_paragraphs_and_breaks_become_lines() -> None:
    markup = "Lead <b>one</b>.<p>Two&nbsp;words,<br/>\n three.</p><ul><li>Four</li><li>Five</li></ul><style>p{}</style>"
    assert fragment_text(markup) == "Lead one.\n\nTwo\xa0words,\nthree.\n\nFour\n\nFive"


def test_text_without_markup_keeps_its_lines() -> None:
    assert fragment_text(" 1 < 2 and 3 > 2\n\nAT&T said so.\n") == "1 < 2 and 3 > 2\n\nAT&T said so."
    assert fragment_text("Ada &amp; Bo&#8217;s\nboat") == "Ada & Bo’s\nboat"
    assert not has_markup("a < b & c")


def test_lines_under_an_entry_are_left_out_unless_they_are_all_there_is() -> None:
    tail = "<p>The post <a href='x'>Port</a> appeared first on <a href='y'>Echo</a>.</p>"
    assert fragment_text(f"<p>Yes.</p>{tail}") == "Yes."
    assert fragment_text("<p>Read more</p>") == "Read more"


def test_too_many_or_too_deep_tags_are_refused() -> None:
    with pytest.raises(ValueError, match="tags"):
        fragment_text("<p>x</p>" * 60_000)
    with pytest.raises(ValueError, match="deep"):
        fragment_text("<div>" * 3000 + "x")


def test_a_page_is_told_from_a_fragment() -> None:
    assert is_page('<?xml version="1.0"?>\n<!-- x --><!DOCTYPE html><html>')
    assert not is_page("<p>x</p>") and not is_page("<header>x</header>")
    assert not is_page("<!---->" * 200 + "x"), "also where it could be cut into comments in very many ways"
