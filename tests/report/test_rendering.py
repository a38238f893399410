"""Pages written by several processes: the same as by one, and gone with it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from onrecord.document import Article, Meta, Statement
from onrecord.errors import InputError, OutputError, RecordError
from onrecord.report.pages import encoded
from onrecord.report.rendering.workers import Workers
from onrecord.report.site import write_report
from tests.report_pages import ADA, FIRST, OMAR, SECOND, easton, put, said


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def many() -> tuple[list[Statement], list[Article]]:
    """Statements of 130 articles by two speakers, with clusters, copies and two sides."""
    statements, articles = [], []
    for number in range(130):
        meta = Meta(f"Part {number}", f"2026-01-{number % 28 + 1:02}", f"Outlet {number % 3}")
        if number == 129:
            meta = replace(meta, duplicate_of="000.txt")
        words = f"the port {number % 60} will never close"
        article = Article(f"{number:03}.txt", f"She said {words}.\n\nHe agreed.", meta)
        articles.append(article)
        stance = ("oppose", 0.9) if number % 2 else ("support", 0.5)
        speakers = (ADA, OMAR) if number % 5 == 0 else (ADA,)
        statements.append(said(article, 1, words, *speakers, stance=stance, cluster=f"c{number % 60}"))  # type: ignore[arg-type]
    return statements, articles


@pytest.mark.slow
def test_any_number_of_processes_makes_the_same_files(tmp_path: Path) -> None:
    statements, articles = many()
    folder = put(articles, tmp_path / "articles")
    counts = [
        write_report(statements, tmp_path / str(processes), folder, processes=processes) for processes in (1, 2, 3)
    ]
    assert counts[0] == counts[1] == counts[2]
    assert len(list((tmp_path / "1").rglob("*.html"))) == counts[0].pages
    assert files_of(tmp_path / "1") == files_of(tmp_path / "2") == files_of(tmp_path / "3")


def test_what_goes_wrong_in_a_process_is_raised_and_nothing_is_left(tmp_path: Path) -> None:
    articles = put([FIRST, replace(SECOND, text="Another text.")], tmp_path / "articles")
    with pytest.raises(RecordError, match=r"news/b\.txt#1: its text is not what its spans hold"):
        write_report(easton(), tmp_path / "report", articles, processes=2)
    (articles / "news" / "b.txt").unlink()
    with pytest.raises(InputError, match=r"b\.txt: cannot read the article"):
        write_report(easton(), tmp_path / "report", articles, processes=2)
    assert [path.name for path in tmp_path.iterdir()] == ["articles"]


@dataclass
class Doubled:
    number: int

    def run(self, shared: int) -> int:
        return shared * self.number


@dataclass
class Killed:
    def run(self, shared: int) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return shared


@dataclass
class Identified:
    def run(self, shared: int) -> int:
        return os.getpid()


def test_results_come_in_the_order_of_the_jobs() -> None:
    for processes in (1, 3):
        with Workers(processes, partial(int, "2")) as workers:
            assert list(workers.results(map(Doubled, range(100)))) == [2 * number for number in range(100)]
            assert workers.do(map(Doubled, range(3))) == 3
            assert list(workers.results([])) == []


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_process_that_is_killed_is_an_error_in_one_line() -> None:
    with (
        pytest.raises(OutputError, match=r"a process that writes pages ended too early .* or use --processes 1"),
        Workers(2, partial(int, "2")) as workers,
    ):
        workers.do([Killed()])


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_no_process_outlives_a_parent_that_is_killed() -> None:
    read, write = os.pipe()
    parent = os.fork()
    if not parent:
        with Workers(2, partial(int, "2")) as workers:
            os.write(write, str(next(iter(workers.results([Identified()])))).encode())
            os.kill(os.getpid(), signal.SIGKILL)
    child = int(os.read(read, 20))
    os.waitpid(parent, 0)
    deadline = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and "\nState:\tZ" not in Path(f"/proc/{child}/status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_characters_that_pages_cannot_hold_are_replaced_wherever_they_are() -> None:
    harmless = "“é” \t\n 😀 \u00a0\ufffd"
    assert encoded(harmless) == harmless.encode()
    for sign in ("\x00", "\x0b", "\x1f", "\x7f", "\x80", "\x9f", "\ufffe", "\uffff", "\ud800"):
        assert encoded(f"a{sign}b") in ("a\ufffdb".encode(), b"a?b")
