"""The checker axe-core finds no fault on any kind of page of the report, narrow or wide, light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from onrecord.document import Article, Meta
from onrecord.report.site import write_report
from onrecord.report.views import page_name, speaker_page
from tests.report.conftest import open_page
from tests.report_pages import FIRST, PORT, SECOND, easton, put

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = {
    "index.html": "main h1",
    "articles/index.html": ".rows",
    "articles/without.html": "main h1",
    f"articles/{page_name('a.txt', 'a.txt')}.html": ".reader",
    "speakers/index.html": ".rows",
    f"speakers/{speaker_page('id' + chr(10) + 'ada-lund')}.html": ".quote",
    f"stances/{page_name(PORT, PORT)}-oppose.html": ".quote",
    "words/index.html": ".wordings",
    "search/index.html#q=port&confidence=0.5": "[data-results] li",
    "search/compare.html": ".column li",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("axe")
    empty = Article("empty.txt", "It rained.", Meta())
    statements = [replace(one, act=one.act or "expressed") for one in easton()]
    write_report(statements, folder / "report", put([FIRST, SECOND, empty], folder / "articles"))
    yield folder / "report"


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light"), (1440, "light"), (1440, "dark")])
def test_axe_finds_no_fault(browser: Browser, site: Path, faults: list[str], width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(browser, faults, width, scheme)
    found = []
    for address, ready in PAGES.items():
        file = address.partition("#")[0]
        page.goto("about:blank")
        page.goto(f"{(site / file).as_uri()}{address[len(file) :]}")
        page.wait_for_selector(ready)
        for each in axe.run(page, options={"preload": False}).response["violations"]:
            found.append((file, each["id"], [node["html"][:200] for node in each["nodes"]]))
    page.context.close()
    assert not found
    assert not faults
