"""The report in a real browser: what a reader sees and does, and that nothing leaves the disk."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from onrecord.document import Stance, StanceScores
from onrecord.files.records import read_statements
from onrecord.report.site import write_report
from onrecord.report.views import page_name, speaker_page
from tests.conftest import ARTICLES
from tests.report.conftest import open_page
from tests.report_pages import FIRST, GOLD, HOSTILE, PORT, SECOND, easton, hostile, put

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

A = f"articles/{page_name('a.txt', 'a.txt')}.html"
B = f"articles/{page_name('news/b.txt', 'news/b.txt')}.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_report(easton(), folder / "report", put([FIRST, SECOND], folder / "articles"))
    return folder / "report"


def shown(page: Page) -> list[str]:
    """The numbers of the statements that the filters let through."""
    return page.eval_on_selector_all("[data-statement]:not([hidden])", "all => all.map(one => one.dataset.statement)")


def current(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-statement].on", "all => all.map(one => one.dataset.statement)")


def slide(page: Page, value: str) -> None:
    page.eval_on_selector(
        "[data-filter=confidence]",
        "(one, value) => { one.value = value; one.dispatchEvent(new Event('input')); }",
        value,
    )


@pytest.mark.parametrize("width", [360, 800, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_shows_without_complaint_and_without_scrolling_sideways(
    browser: Browser, site: Path, faults: list[str], width: int, scheme: str
) -> None:
    page = open_page(browser, faults, width, scheme)
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri())
        assert page.locator("h1").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(251, 250, 247)", "dark": "rgb(21, 23, 26)"}[scheme]
    page.context.close()
    assert not faults


@pytest.mark.slow
def test_the_gold_sets_report_asks_for_nothing_but_its_own_files(
    browser: Browser, tmp_path: Path, faults: list[str]
) -> None:
    write_report(read_statements(GOLD), tmp_path / "report", ARTICLES)
    page = open_page(browser, faults)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in sorted((tmp_path / "report").rglob("*.html")):
        page.goto(path.as_uri())
    page.context.close()
    assert not faults
    assert all(url.startswith((tmp_path / "report").as_uri()) for url in asked)
    assert any(url.endswith("report.js") for url in asked)


@pytest.mark.parametrize(
    ("control", "value", "left"),
    [
        ("speaker", "Ada Lund (2)", ["1", "2"]),
        ("stance", "▲ support", ["3"]),
        ("form", "mixed", ["2"]),
        ("act", "attitude", ["2"]),
    ],
)
def test_filters_leave_what_matches(page: Page, site: Path, control: str, value: str, left: list[str]) -> None:
    page.goto((site / A).as_uri())
    assert shown(page) == ["1", "2", "3"]
    page.select_option(f"[data-filter={control}]", label=value)
    assert shown(page) == left
    assert page.inner_text("[data-shown]") == f"{len(left)} of 3 shown"
    content = page.eval_on_selector_all(".text p .content", "all => all.flatMap(one => one.dataset.content.split(' '))")
    assert set(content) == set(left)
    assert page.locator(".pin:visible").count() == len(left)
    page.click("[data-reset]")
    assert shown(page) == ["1", "2", "3"]


def test_the_confidence_filter_takes_the_rest_together(page: Page, site: Path) -> None:
    page.goto((site / A).as_uri())
    slide(page, "0.8")
    assert shown(page) == ["1", "2"]
    page.select_option("[data-filter=form]", "direct")
    assert shown(page) == ["1"]
    slide(page, "1")
    assert shown(page) == []
    assert page.locator(".text p .content").count() == 0


def test_a_filter_that_hides_the_inner_statement_shows_the_outer_ones_colour(page: Page, site: Path) -> None:
    page.goto((site / B).as_uri())
    inner = page.locator(".text .piece", has_text="the port would grow").last
    assert "nested" in (inner.get_attribute("class") or "")
    page.select_option("[data-filter=stance]", "unclear")
    assert {"content", "unclear"} <= set((inner.get_attribute("class") or "").split())
    assert "nested" not in (inner.get_attribute("class") or "")


def test_keys_lead_from_statement_to_statement(page: Page, site: Path) -> None:
    page.goto((site / A).as_uri())
    steps = []
    for key in ("n", "n", "n", "n", "p"):
        page.keyboard.press(key)
        steps += current(page)
    assert steps == ["1", "2", "3", "1", "3"]
    assert page.inner_text("[data-position]") == "3 of 3"
    assert page.evaluate("document.activeElement.dataset.pin") == "3"
    page.select_option("[data-filter=speaker]", label="Ada Lund (2)")
    page.locator("h1").click()
    page.keyboard.press("n")
    page.keyboard.press("n")
    assert current(page) == ["2"]
    page.uncheck("[data-keys]")
    page.keyboard.press("n")
    assert current(page) == ["2"]
    page.click("[data-step='-1']")
    assert current(page) == ["1"]


def test_tab_and_escape_show_and_hide_what_is_known_of_a_statement(page: Page, site: Path) -> None:
    page.goto((site / A).as_uri())
    page.locator(".pin").first.focus()
    popover = page.locator("[data-popover]")
    for words in ("Ada Lund", "mayor of Easton", "oppose", "0.90", "confidence", "0.97"):
        assert words in popover.inner_text()
    page.keyboard.press("Escape")
    assert popover.is_hidden()
    page.keyboard.press("Tab")
    assert popover.is_visible()
    assert current(page) == ["2"]


def test_pointing_at_any_part_marks_all_of_the_statement(page: Page, site: Path) -> None:
    page.goto((site / A).as_uri())
    page.locator(".text .piece", has_text="a mistake").hover()
    assert page.locator("[data-popover]").is_visible()
    assert page.locator(".text .piece.on").all_inner_texts() == ["the plan", "a mistake"]
    page.locator("h1").hover()
    page.wait_for_selector("[data-popover]", state="hidden")


def test_a_link_into_an_article_leads_to_the_statement(page: Page, site: Path) -> None:
    page.goto((site / f"speakers/{speaker_page('id' + chr(10) + 'ada-lund')}.html").as_uri())
    page.locator(".quote .where a:not(.outside)").last.click()
    page.wait_for_selector("[data-statement].on")
    assert current(page) == ["2"]
    assert page.url.endswith("#s2")


def test_a_speakers_statements_are_filtered_too(page: Page, site: Path) -> None:
    page.goto((site / f"speakers/{speaker_page('id' + chr(10) + 'ada-lund')}.html").as_uri())
    page.select_option("[data-filter=stance]", "oppose")
    assert page.locator(".quote:visible").count() == 2


def test_one_of_several_targets_gives_the_colours(page: Page, tmp_path: Path) -> None:
    other = Stance("the mayor", "support", 0.7, StanceScores(0.7, 0.1, 0.2))
    statements = [replace(one, stance=(*one.stance, other)) for one in easton()]
    write_report(statements, tmp_path / "report", put([FIRST, SECOND], tmp_path / "articles"))
    page.goto((tmp_path / "report" / A).as_uri())
    piece = page.locator(".text .piece", has_text="the plan")
    assert "oppose" in (piece.get_attribute("class") or "")
    page.select_option("[data-filter=target]", label="the mayor")
    assert {"content", "support"} <= set((piece.get_attribute("class") or "").split())
    assert page.inner_text(".pin >> nth=1").startswith("▲")
    page.select_option("[data-filter=stance]", "oppose")
    assert shown(page) == []


def test_a_phone_shows_the_steps_at_the_bottom(browser: Browser, site: Path, faults: list[str]) -> None:
    page = open_page(browser, faults, width=360)
    page.goto((site / A).as_uri())
    box = page.locator(".steps").bounding_box()
    assert box
    assert box["y"] + box["height"] == pytest.approx(800, abs=2)
    page.click("[data-step='1']")
    popover = page.locator("[data-popover]").bounding_box()
    assert popover
    assert popover["width"] == pytest.approx(360, abs=2)
    assert popover["y"] + popover["height"] <= box["y"] + 2
    page.context.close()
    assert not faults


def test_print_is_light_and_leaves_out_what_paper_cannot_do(page: Page, site: Path) -> None:
    page.goto((site / A).as_uri())
    colour = "getComputedStyle(document.querySelector('.text p .content')).backgroundColor"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) != light
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(colour) == light
    for hidden in (".top", ".steps", ".filters"):
        assert page.locator(hidden).is_hidden()
    assert page.locator(".text").is_visible()
    assert page.locator(".card blockquote").first.is_visible()


def test_without_javascript_text_and_list_are_there(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / A).as_uri())
    assert page.locator(".text p .content").count() == 4
    assert page.locator(".card:visible").count() == 3
    assert page.locator(".filters").is_hidden()
    page.locator(".pin").first.click()
    assert page.url.endswith("#n1")
    context.close()


@pytest.mark.parametrize("payload", HOSTILE[:5])
def test_hostile_words_do_nothing_in_a_browser(page: Page, payload: str, tmp_path: Path) -> None:
    statements, article = hostile(payload)
    write_report(statements, tmp_path / "report", put([article], tmp_path / "articles"))
    for path in sorted((tmp_path / "report").rglob("*.html")):
        page.goto(path.as_uri())
        assert page.locator("img, iframe, svg svg, [onload], [onmouseover]").count() == 0
    assert page.locator("h1").is_visible()


def test_the_policy_stops_scripts_that_are_not_the_reports(
    page: Page, site: Path, tmp_path: Path, faults: list[str]
) -> None:
    report = tmp_path / "report"
    shutil.copytree(site, report)
    marked = "document.documentElement.dataset.ran = 1"
    injected = f'<script>{marked}</script><img src="x" onerror="{marked}"><svg onload="{marked}"></svg>'
    path = report / "index.html"
    path.write_text(path.read_text(encoding="utf-8").replace("</main>", f"{injected}</main>"), encoding="utf-8")
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.dataset.ran") is None
    assert any("Content Security Policy" in fault for fault in faults)
    faults.clear()


def test_what_is_towards_a_target_is_two_steps_from_the_overview(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="Who opposes it").click()
    assert page.inner_text("h1") == f"Who opposes {PORT}"
    assert page.locator("blockquote").count() == 2
    page.get_by_role("link", name="Same words").last.click()
    assert page.locator(".cluster del").count() == 1
