"""What a run tells whoever waits: plain lines, a bar, or nothing."""

from __future__ import annotations

import io
import sys

import pytest

from onrecord.runs.progress import Bar, FailuresOnly, Lines, Silent, Tally, choose_monitor


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_tell_articles_statements_speed_failures_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    now = iter([0.0, 0.0, 60.0, 61.0, 62.0])
    lines = Lines(all_failures=True, clock=lambda: next(now))
    lines.start(1000, Tally(articles=100, statements=900))
    lines.advance(Tally(articles=148, failed=2, statements=1300, words=24_000, seconds=6.0))
    lines.advance(Tally(articles=149, failed=2, statements=1301, words=24_010, seconds=6.1))  # too soon after the last
    lines.advance(Tally(articles=998, failed=2, statements=9000, words=500_000, seconds=100.0))
    assert capsys.readouterr().err.splitlines() == [
        "150 of 1,000 articles, 1,300 statements, 4,000 words/s, 2 failed, 0:01:42 left",
        "1,000 of 1,000 articles, 9,000 statements, 5,000 words/s, 2 failed",
    ]


def test_a_flood_of_failures_is_cut_off_where_a_file_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    for all_failures, count in ((False, 21), (True, 500)):
        lines = Lines(all_failures)
        for number in range(500):
            lines.failure(f"{number}.txt: empty")
        *shown, last = capsys.readouterr().err.splitlines()
        assert shown == [f"skipped: {number}.txt: empty" for number in range(count - 1)]
        assert last == (
            "skipped: 499.txt: empty" if all_failures else "more articles were skipped; the error file lists them all"
        )


def test_quiet_says_nothing_but_what_no_file_will_name(capsys: pytest.CaptureFixture[str]) -> None:
    for monitor in (choose_monitor(quiet=True, to_file=True), choose_monitor(quiet=True, to_file=False)):
        monitor.start(2, Tally())
        monitor.advance(Tally(1, 1))
        monitor.say("loading")
        monitor.failure("a.txt: empty")
    assert capsys.readouterr().err == "skipped: a.txt: empty\n"


def test_a_terminal_gets_a_bar_and_a_file_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(choose_monitor(False, True)) is Lines
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert type(choose_monitor(False, True)) is Bar
    assert type(choose_monitor(True, True)) is Silent
    assert type(choose_monitor(True, False)) is FailuresOnly


def test_the_bar_shows_counts_and_what_it_quotes_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    with choose_monitor(False, True) as bar:
        bar.start(10, Tally())
        bar.advance(Tally(articles=6, failed=1, statements=1234, words=5000, seconds=1.0))
        bar.failure("[red]a\x1b[2J.txt: empty")
    shown = terminal.getvalue()
    assert "1,234 statements, 5,000 words/s, 1 failed" in shown
    assert "[red]a\N{REPLACEMENT CHARACTER}[2J.txt: empty" in shown
