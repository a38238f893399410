"""Where a report may be written, and what a failure or a kill leaves there."""

from __future__ import annotations

from pathlib import Path

import pytest

from onrecord.errors import InputError, OutputError
from onrecord.report.site import write_report
from onrecord.report.views import page_name
from tests.report_pages import (
    FIRST,
    easton,
    put,
)


def test_nothing_but_a_report_is_ever_replaced(tmp_path: Path) -> None:
    report = tmp_path / "report"
    write_report(easton(), report)
    with pytest.raises(OutputError, match="--force"):
        write_report(easton(), report)
    write_report(easton()[:3], report, force=True)
    assert len(list((report / "articles").glob("a-*"))) == 0
    assert not (report / "articles" / f"{page_name('news/b.txt', 'news/b.txt')}.html").exists()
    (report / "speakers" / "notes.html").write_text("<p>mine</p>", encoding="utf-8")
    with pytest.raises(OutputError, match=r"notes\.html, which is not part of a report"):
        write_report(easton(), report, force=True)
    assert (report / "speakers" / "notes.html").read_text(encoding="utf-8") == "<p>mine</p>"


def test_a_failure_leaves_the_earlier_report_as_it_was(tmp_path: Path) -> None:
    write_report(easton(), tmp_path / "report")
    before = {path: path.read_bytes() for path in (tmp_path / "report").rglob("*.html")}
    with pytest.raises(InputError, match=r"b\.txt: cannot read the article"):
        write_report(easton(), tmp_path / "report", put([FIRST], tmp_path / "articles"), force=True)
    assert {path: path.read_bytes() for path in (tmp_path / "report").rglob("*.html")} == before
    assert sorted(path.name for path in (tmp_path / "report").iterdir())[0] == "articles"


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "report" / ".onrecord-report" / "articles").mkdir(parents=True)
    write_report(easton(), tmp_path / "report")
    assert not (tmp_path / "report" / ".onrecord-report").exists()


def test_an_empty_folder_is_filled_in_place(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    write_report(easton(), tmp_path / "report")
    assert (tmp_path / "report" / "index.html").is_file()
