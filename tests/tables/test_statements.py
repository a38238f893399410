"""Statements as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from rich.cells import cell_len

from onrecord.document import Span, Speaker, Stance, Statement
from onrecord.tables.statements import statement_lines


def statement(text: str, *stances: Stance, speaker: Speaker | None = None) -> Statement:
    speakers = (speaker,) if speaker else ()
    return Statement("a.txt", "a.txt#1", text, (Span(0, 1),), "direct", Span(0, 1), speakers=speakers, stance=stances)


def shown(
    statements: Iterable[Statement], limit: int | None = None, full: bool = False, wrap: bool = False
) -> list[str]:
    return [line.plain.rstrip() for line in statement_lines(statements, limit, full, wrap)]


def test_every_target_is_named_and_has_its_stance() -> None:
    stances = Stance("the port", "support", 0.9), Stance("the mayor", "oppose", 0.8)
    lines = shown([statement("x", *stances, speaker=Speaker("Ada"))])
    assert "stance towards: the port | the mayor" in lines[1]
    assert "support 0.90 | oppose 0.80" in lines[2]


def test_a_statement_without_a_speaker_is_shown_as_unknown() -> None:
    assert shown([statement("x")])[1].split() == ["(unknown)", "direct", "x"]


def test_long_statements_are_cut_unless_asked_for_in_full() -> None:
    long = "word " * 100
    assert shown([statement(long)])[1].endswith("…")
    assert long.strip() in shown([statement(long)], full=True)[1]


def test_what_articles_hold_cannot_steer_the_terminal() -> None:
    speaker = Speaker("Ada\x1b[2J\nBrandt")
    _, row = shown([statement("a\x1b]0;title\x07b\r\u202ec", speaker=speaker)])
    assert row.split("  ")[1:2] + row.split("  ")[-1:] == ["Ada [2J Brandt", "a ]0;title b c"]
    assert row.isprintable()


def test_texts_line_up_whatever_the_width_of_the_name() -> None:
    names = ("田中角栄", "Zoe\u0308 Rui\u0301z", "👩 Lund", "田中" * 30, "Ada Lund")
    _, *lines = shown([statement("“Yes”", speaker=Speaker(name)) for name in names])
    assert len(lines) == len(names)
    assert {cell_len(line.partition("“Yes”")[0]) for line in lines} == {2 + 26 + 2 + 8 + 2}


def test_a_long_statement_ends_at_the_edge_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, line = shown([statement("漢字かな " * 40)])
    assert 79 <= cell_len(line) <= 80
    assert line.endswith("…")


def test_what_a_limit_leaves_out_is_counted() -> None:
    assert shown([statement("x"), statement("y"), statement("z")], limit=1)[-1] == "… and 2 more"


def test_words_that_appear_elsewhere_have_a_sign_that_the_end_explains() -> None:
    alone, same = statement("x"), replace(statement("y"), cluster="c1")
    conflict = replace(statement("z"), cluster="c2", attribution_conflict=True)
    lines = shown([alone, same, conflict])
    assert [line[0] for line in lines[1:4]] == [" ", "=", "≠"]
    assert lines[-1].startswith("= the same words elsewhere, ≠ attributed to different speakers")
    assert shown([alone])[-1].endswith("x")
    assert shown([same], full=True)[1].endswith("y  [c1]")
