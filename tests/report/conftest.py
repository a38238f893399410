"""A real browser for the report's tests.

Playwright drives the Chromium of the system (Debian: ``apt-get install chromium``). Where there is none the tests
skip; with ``REQUIRE_BROWSER`` in the environment they fail, so that nobody takes that for a pass.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from onrecord_eval.chromium import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = find_chromium()

_PATIENCE = 180_000
"""Milliseconds that a page may take: on a busy machine, the half minute by default is too short."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None  # type: ignore[assignment]
    if sync_playwright is None or CHROMIUM is None:
        missing = "playwright" if sync_playwright is None else "chromium"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"REQUIRE_BROWSER is set, but {missing} is not installed")
        pytest.skip(f"{missing} is not installed: the report is not tested in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def faults() -> list[str]:
    """What a page complained of, and what it asked for beyond the disk."""
    return []


@pytest.fixture
def page(browser: Browser, faults: list[str]) -> Iterator[Page]:
    page = open_page(browser, faults)
    yield page
    page.context.close()
    assert not faults


def open_page(browser: Browser, faults: list[str], width: int = 1280, scheme: str = "light") -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: (faults.append("a dialog"), dialog.dismiss()))
    page.on("request", lambda one: None if one.url.startswith("file://") else faults.append(one.url))
    return page
