"""Marking of texts, differences of wordings, charts, and the contrasts of the report's colours."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.document import Article
from onrecord.export.labels import LabelledArticle
from onrecord.report.charts import over_time, stacked
from onrecord.report.highlights import PARTS, mark
from onrecord.report.word_diff import changes, differences
from tests.conftest import ROOT
from tests.labelled import labelled

STYLES = (ROOT / "pipeline" / "onrecord" / "report" / "assets" / "report.css").read_text(encoding="utf-8")
TONES = ("support", "oppose", "neutral", "unclear", "said")
TEXTS = [("ink", "page"), ("ink", "panel"), ("muted", "page"), ("muted", "panel"), ("link", "page"), ("link", "panel")]
TEXTS += [("conflict", "page"), ("conflict", "panel"), ("panel", "link")]
TEXTS += [
    pair for tone in TONES for pair in ((tone, "page"), (tone, "panel"), ("panel", tone), ("ink", f"{tone}-tint"))
]
SHAPES = [("focus", "page"), ("focus", "panel"), ("bar", "page"), ("muted", "page")]
SHAPES += [pair for tone in TONES for pair in ((tone, "page"), (tone, f"{tone}-tint"))]

words = st.lists(st.sampled_from(["the", "Port", "port,", "never", "…", "“closes”", "é"]), min_size=1, max_size=12)


@given(labelled)
def test_pieces_join_to_the_text_and_have_exactly_the_parts_that_cover_them(articles: list[LabelledArticle]) -> None:
    for one in articles:
        check_marks(one)


def check_marks(one: LabelledArticle) -> None:
    at = 0
    started: list[int] = []
    for paragraph in mark(one.article.text, one.statements):
        for piece in paragraph:
            assert one.article.text[at : at + len(piece.text)] == piece.text
            for part in PARTS:
                for number, statement in enumerate(one.statements):
                    spans = statement.content if part == "content" else getattr(statement, part)
                    spans = () if spans is None else getattr(spans, "spans", spans)
                    covered = [position for span in spans for position in range(*span)]
                    inside = set(range(at, at + len(piece.text)))
                    assert (number in piece.parts.get(part, ())) == bool(inside & set(covered))
                    assert not inside & set(covered) or inside <= set(covered)
            assert all(one.statements[number].content[0].start == at for number in piece.starts)
            assert all(at in [span.start for span in one.statements[number].content[1:]] for number in piece.resumes)
            started += piece.starts
            at += len(piece.text)
    assert at == len(one.article.text)
    assert sorted(started) == list(range(len(one.statements)))


def test_an_article_without_text_has_one_empty_paragraph() -> None:
    assert list(mark(Article("a", "").text, [])) == [[]]


@given(words, words)
def test_every_word_of_a_wording_and_of_the_longest_is_accounted_for(longest: list[str], wording: list[str]) -> None:
    runs = differences(" ".join(longest), " ".join(wording))
    shown = " ".join(run.text for run in runs if run.kind != "cut")
    assert shown.split() == wording
    found = changes(" ".join(longest), " ".join(wording))
    same = sum(len(run.text.split()) for run in runs if run.kind == "same")
    assert same + found.changed + found.cut == len(longest)
    assert same + found.changed + found.added == len(wording)


def test_long_cuts_are_shown_by_their_ends() -> None:
    (_, cut) = differences("one " + " ".join(map(str, range(30))), "one")
    assert (cut.kind, cut.text, cut.hidden, cut.tail) == ("cut", "0 1 2 3", 22, "26 27 28 29")


def test_wordings_of_thousands_of_words_are_not_compared() -> None:
    long = "word other " * 2000
    assert [run.kind for run in differences(long, long + "more")] == ["same"]


def test_case_accents_and_punctuation_are_not_differences() -> None:
    assert [run.kind for run in differences("“The café’s PORT,”", "the cafe port")] == ["same"]


@given(st.dictionaries(st.sampled_from(TONES), st.integers(0, 99)))
def test_the_parts_of_a_bar_fill_it(counts: dict[str, int]) -> None:
    parts = stacked(counts)
    assert sum(part.count for part in parts) == sum(counts.values())
    if parts:
        assert parts[0].start == 0
        assert parts[-1].start + parts[-1].share == pytest.approx(1)
    assert all(one.start + one.share == pytest.approx(other.start) for one, other in pairwise(parts))


def test_time_is_cut_into_days_months_or_years() -> None:
    assert [one.name for one in over_time([("2015-03-30", 1), ("2015-04-02", 2)])][-2:] == ["2015-04-01", "2015-04-02"]
    months = over_time([("2014-12-31", 1), ("2015-06-01", 2)])
    assert [one.name for one in months] == [f"2014-{12}", *(f"2015-0{month}" for month in range(1, 7))]
    assert [one.count for one in months] == [1, 0, 0, 0, 0, 0, 2]
    assert [one.name for one in over_time([("2014", 1), ("2015-06-01", 2)])] == ["2014", "2015"]
    assert [one.name for one in over_time([("0001-01-01", 1), ("9999-12-31", 2)])] == ["0001", "9999"]
    assert over_time([]) == []


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def palettes() -> dict[str, dict[str, str]]:
    light, dark = (colours(block) for block in re.findall(r":root \{(.*?)\}", STYLES, re.DOTALL)[:2])
    return {"light": light, "dark": {**light, **dark}}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_the_contrast_that_wcag_aa_asks_for(scheme: str) -> None:
    palette = palettes()[scheme]
    low = {
        (one, other): round(contrast(palette[one], palette[other]), 2)
        for pairs, least in ((TEXTS, 4.5), (SHAPES, 3.0))
        for one, other in pairs
        if contrast(palette[one], palette[other]) < least
    }
    assert not low


def test_dark_has_a_colour_of_its_own_for_each() -> None:
    light, dark = (set(colours(block)) for block in re.findall(r":root \{(.*?)\}", STYLES, re.DOTALL)[:2])
    assert light == dark
