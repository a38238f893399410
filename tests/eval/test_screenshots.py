"""The pictures of the docs: which pages they show, and that each is a small WebP of the right width."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onrecord.errors import InputError
from onrecord.report.site import write_report
from onrecord_eval.chromium import find_chromium
from onrecord_eval.screenshots import shots, take
from tests.report_pages import FIRST, SECOND, easton, put


@pytest.fixture
def report(tmp_path: Path) -> Path:
    write_report(easton(), tmp_path / "report", put([FIRST, SECOND], tmp_path / "articles"))
    return tmp_path / "report"


def test_the_pages_are_there(report: Path) -> None:
    found = shots(report)
    assert [shot.name for shot in found] == ["overview", "stance", "article", "search", "compare"]
    assert all((report / shot.path.partition("#")[0]).is_file() for shot in found)


def test_articles_that_nobody_opposes_anything_in_are_refused(tmp_path: Path) -> None:
    write_report([one for one in easton() if one.id == "a.txt#3"], tmp_path / "report")
    with pytest.raises(InputError, match="nobody opposes the port expansion; give articles where somebody does"):
        shots(tmp_path / "report")


@pytest.mark.slow
def test_pictures_are_small_and_wide(report: Path, tmp_path: Path) -> None:
    pytest.importorskip("playwright")
    if find_chromium() is None:
        assert not os.environ.get("REQUIRE_BROWSER"), "REQUIRE_BROWSER is set, but chromium is not installed"
        pytest.skip("chromium is not installed: no pictures are taken")
    pictures = list(take(report, tmp_path / "pictures"))
    assert [path.name for path in pictures] == [f"{shot.name}.webp" for shot in shots(report)]
    for path in pictures:
        data = path.read_bytes()
        assert (data[:4], data[8:12]) == (b"RIFF", b"WEBP")
        assert len(data) < 150_000
