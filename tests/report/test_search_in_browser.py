"""The search and the comparison of speakers in a real browser, from disk."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from onrecord.document import Act, Article, Meta, Stance, StanceLabel, Statement
from onrecord.report.site import write_report
from tests.periods import CASES
from tests.report.conftest import open_page
from tests.report_pages import ADA, DRIVER, HOSTILE, OMAR, PORT, hostile, put, said

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def statements() -> list[Statement]:
    """Sixty-six statements: of Ada Lund against the port in one outlet, of Omar Diallo for it in another."""
    made = []
    for number in range(60):
        meta = Meta(f"Harbour diary {number}", f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}", "Easton Times")
        words = f"the café by the ports must stay, part {number}"
        article = Article(f"a{number:02}.txt", f"Lund said {words}.", meta)
        act: Act = "attitude" if number < 7 else "expressed"
        made.append(said(article, 1, words, ADA, stance=("oppose", 0.9), form="direct", confidence=0.8, act=act))
    for number in range(5):
        meta = Meta("Ports", f"2025-05-0{number + 1}", "Harbour Wire", "https://example.org/wire")
        words = "we must grow" if number else "stay we must"
        article = Article(f"b{number}.txt", f"Diallo said {words}.", meta)
        stance: tuple[StanceLabel, float] = ("support", 0.9 if number else 0.5)
        made.append(said(article, 1, words, OMAR, stance=stance, confidence=0.9, act="decision"))
    article = Article("c.txt", "A driver said it was late.", Meta("Late"))
    made.append(said(article, 1, "it was late", DRIVER))
    return made


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("search")
    all_of_them = statements()
    texts = [Article(one.doc, f"{_said_by(one)} said {one.text}.", one.meta) for one in all_of_them]
    write_report(all_of_them, folder / "report", put(texts, folder / "articles"))
    yield folder / "report"


def _said_by(statement: Statement) -> str:
    name = statement.speakers[0].name
    return name.split()[-1] if name else "A driver"


def search(page: Page, site: Path, asked: str = "") -> None:
    page.goto("about:blank")
    page.goto(f"{(site / 'search' / 'index.html').as_uri()}{asked}")
    page.wait_for_function("!document.querySelector('[data-count]').textContent.includes('loading')")


def count(page: Page, expected: str) -> None:
    page.wait_for_function("expected => document.querySelector('[data-count]').textContent === expected", arg=expected)


def test_words_are_found_in_statements_names_and_titles(page: Page, site: Path) -> None:
    search(page, site)
    count(page, "66 statements")
    for words, found in (
        ("cafe", "60 statements"),  # accents are ignored
        ("POR", "65 statements"),  # "ports" and the title "Ports"
        ("diallo stay", "1 statement"),
        ("harbour diary", "60 statements"),
        ("driver", "1 statement"),
        ("“must stay”", "60 statements"),
        ('"must sta"', "No statement matches."),
        ("zebra", "No statement matches."),
        ("", "66 statements"),
    ):
        page.fill("[data-ask=q]", words)
        count(page, found)


def test_a_result_shows_the_sentence_and_leads_to_the_statement(page: Page, site: Path) -> None:
    search(page, site, "#q=grow")
    item = page.locator("[data-results] li").first
    assert item.locator("blockquote").inner_text() == "Diallo said we must grow."
    assert item.locator("mark").inner_text() == "we must grow"
    assert item.locator(".hit").all_inner_texts() == ["grow"]
    assert "support" in (item.get_attribute("class") or "")
    assert item.locator(".source-link").get_attribute("href") == ("https://example.org/wire#:~:text=we%20must%20grow")
    item.locator(".where a:not(.outside)").click()
    page.wait_for_selector("[data-statement].on")
    assert page.url.endswith("#s1")


@pytest.mark.parametrize(
    ("control", "value", "found"),
    [
        ("stance", "support", "5 statements"),
        ("outlet", "Harbour Wire", "5 statements"),
        ("form", "direct", "60 statements"),
        ("act", "attitude", "7 statements"),
        ("act", "decision", "5 statements"),
        ("sure", "not", "64 statements"),
    ],
)
def test_filters_work_on_all_statements(page: Page, site: Path, control: str, value: str, found: str) -> None:
    search(page, site)
    page.select_option(f"[data-ask={control}]", label=f"▲ {value}" if control == "stance" else value)
    count(page, found)
    page.click("[data-reset]")
    count(page, "66 statements")


def test_speaker_and_dates_filter_and_the_answer_says_who_where_and_since_when(page: Page, site: Path) -> None:
    search(page, site)
    page.fill("[data-ask=speaker]", "lun")
    count(page, "60 statements")
    assert page.inner_text("[data-summary]") == "By 1 speaker in 1 outlet, 2026-01-01 to 2026-03-04."
    page.fill("[data-ask=from]", "2026-03-01")
    count(page, "4 statements")
    page.fill("[data-ask=to]", "2026-03-02")
    count(page, "2 statements")
    assert page.locator("[data-bars] svg").get_attribute("aria-label") == f"Stances on {PORT}: 2 oppose"
    search(page, site, page.evaluate("location.hash"))  # the address keeps what was asked
    count(page, "2 statements")
    assert page.input_value("[data-ask=speaker]") == "lun"


def test_the_least_confidence_is_set_with_the_keyboard_and_kept_in_the_address(page: Page, site: Path) -> None:
    search(page, site)
    slider = page.get_by_role("slider", name="Confidence")
    assert slider.evaluate("slider => slider.nextElementSibling.textContent") == "any"
    slider.focus()
    page.keyboard.press("End")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    count(page, "65 statements")  # one has no confidence
    assert slider.evaluate("slider => slider.nextElementSibling.textContent") == "≥ 0.80"
    page.keyboard.press("ArrowRight")
    count(page, "5 statements")
    assert page.evaluate("location.hash") == "#confidence=0.85"
    search(page, site, "#confidence=0.85")
    count(page, "5 statements")
    page.click("[data-reset]")
    count(page, "66 statements")
    assert page.evaluate("location.hash") in ("", "#")
    assert (slider.input_value(), slider.evaluate("slider => slider.nextElementSibling.textContent")) == ("0", "any")


def test_labels_without_acts_and_confidence_have_no_filters_for_them(page: Page, tmp_path: Path) -> None:
    bare = [replace(one, act=None, confidence=None) for one in statements()[:3]]
    write_report(bare, tmp_path / "report")
    search(page, tmp_path / "report")
    count(page, "3 statements")
    assert page.locator("[data-ask=act]").is_hidden()
    assert page.locator("[data-ask=confidence]").is_hidden()
    assert page.locator("[data-ask=form]").is_visible()


def test_the_browser_tells_what_is_in_a_period_as_python_does(page: Page, site: Path) -> None:
    search(page, site)
    told = page.evaluate("cases => cases.map(([day, from, to]) => onrecord.inPeriod(day, from, to))", CASES)
    wrong = [(case, answer) for case, answer in zip(CASES, told, strict=True) if answer is not case[-1]]
    assert not wrong


def test_dates_that_do_not_tell_are_left_out_and_counted(page: Page, tmp_path: Path) -> None:
    dates = ["2026-03-02", "2026-03", "2026", None, "2025"]
    made = [replace(one, meta=replace(one.meta, date=date)) for one, date in zip(statements(), dates, strict=False)]
    write_report(made, tmp_path / "report")
    search(page, tmp_path / "report", "#from=2026-03-02")
    count(page, "1 statement")
    assert page.inner_text("[data-summary]").endswith(", 2026-03-02. 3 without an exact date left out.")
    page.fill("[data-ask=from]", "2026-03-01")
    count(page, "2 statements")
    page.fill("[data-ask=to]", "2026-03-31")
    assert page.inner_text("[data-summary]").endswith(" 2 without an exact date left out.")
    page.fill("[data-ask=q]", "zebra")
    count(page, "No statement matches.")
    assert page.inner_text("[data-summary]") == ""


def test_the_most_frequent_speakers_narrow_the_search(page: Page, site: Path) -> None:
    search(page, site)
    page.get_by_role("button", name="Omar Diallo 5").click()
    count(page, "5 statements")
    assert page.input_value("[data-ask=speaker]") == "Omar Diallo"


def test_more_is_shown_with_the_keyboard_in_either_order(page: Page, site: Path) -> None:
    search(page, site)
    page.wait_for_selector("[data-results] li")
    assert page.locator("[data-results] li").count() == 50
    assert page.locator("[data-results] time").first.inner_text() == "2026-03-04"
    page.locator("[data-more]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('[data-results] li').length === 66")
    assert page.evaluate("[...document.querySelectorAll('[data-results] li')].indexOf(document.activeElement)") == 50
    assert page.locator("[data-more]").is_hidden()
    page.select_option("[data-ask=order]", "oldest")
    page.wait_for_function("document.querySelector('[data-results] time').textContent === '2025-05-01'")


def test_csv_has_all_that_is_found(page: Page, site: Path) -> None:
    search(page, site, "#speaker=Ada+Lund")
    count(page, "60 statements")
    with page.expect_download() as download:
        page.click("[data-csv]")
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert rows[0] == {
        "speaker": "Ada Lund",
        "statement": "the café by the ports must stay, part 59",
        "context": "Lund said the café by the ports must stay, part 59.",
        "form": "direct",
        "stance": "oppose",
        "confidence": "0.8",
        "title": "Harbour diary 59",
        "outlet": "Easton Times",
        "date": "2026-03-04",
        "url": "",
    }


def test_speakers_stand_side_by_side(page: Page, site: Path) -> None:
    page.goto((site / "search" / "compare.html").as_uri())
    page.wait_for_selector(".column li")
    assert page.locator(".column h3").all_inner_texts() == ["Ada Lund", "Omar Diallo"]
    bars = [bar.get_attribute("aria-label") for bar in page.locator("[data-stances] > table svg").all()]
    assert bars == [f"Ada Lund on {PORT}: 60 oppose", f"Omar Diallo on {PORT}: 4 support, 1 support doubtful"]
    periods = page.locator(".over-time-table tbody th").all_inner_texts()
    assert periods == ["2025-05", "2026-01", "2026-02", "2026-03"]
    assert page.locator(".column").first.locator("li").count() == 10
    page.select_option("[data-ask=stance]", "support")
    page.wait_for_function("document.querySelector('.column .note').textContent === '0 statements'")
    assert page.locator(".column").last.locator(".note").inner_text() == "5 statements"


def test_a_speaker_is_removed_and_added_with_the_keyboard(page: Page, site: Path) -> None:
    page.goto((site / "search" / "compare.html").as_uri())
    page.wait_for_selector(".column li")
    page.locator("[data-chosen] button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.column').length === 1")
    assert page.evaluate("document.activeElement.matches('[data-add]')")
    page.keyboard.type("nobody")
    page.keyboard.press("Enter")
    assert page.inner_text("[data-count]") == "No speaker has that name."
    page.fill("[data-add]", "lund")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.column').length === 2")
    assert page.locator(".column h3").all_inner_texts() == ["Omar Diallo", "Ada Lund"]
    assert page.evaluate("location.hash") == "#s=1%2C0"


def test_a_speakers_page_leads_to_search_and_comparison(page: Page, site: Path) -> None:
    page.goto((site / "speakers" / "index.html").as_uri())
    page.get_by_role("link", name="Omar Diallo").click()
    page.get_by_role("link", name="Compare with another speaker").click()
    page.wait_for_selector(".column li")
    assert page.locator(".column h3").all_inner_texts() == ["Omar Diallo", "Ada Lund"]
    page.go_back()
    page.get_by_role("link", name="Search them").click()
    count(page, "5 statements")


def test_who_opposes_it_is_a_link_from_the_overview(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="Who opposes it").click()
    page.get_by_role("link", name="Filter all by outlet, date and words").click()
    count(page, "60 statements")


def test_of_several_targets_one_is_chosen(page: Page, tmp_path: Path) -> None:
    other = Stance("the mayor", "support", 0.9)
    write_report([replace(one, stance=(*one.stance, other)) for one in statements()[:3]], tmp_path / "report")
    search(page, tmp_path / "report", "#target=0&stance=support")
    count(page, "No statement matches.")
    page.select_option("[data-ask=target]", label="the mayor")
    count(page, "3 statements")
    assert "support" in (page.locator("[data-results] li").first.get_attribute("class") or "")


@pytest.mark.parametrize("payload", HOSTILE[:5])
def test_hostile_words_do_nothing_in_search(page: Page, payload: str, tmp_path: Path) -> None:
    made, _ = hostile(payload)
    write_report([*made, *statements()[:1]], tmp_path / "report")
    search(page, tmp_path / "report", "#q=alert")
    page.wait_for_selector("[data-results] li")
    page.goto((tmp_path / "report" / "search" / "compare.html").as_uri())
    page.wait_for_selector(".column li")
    assert page.locator("img, iframe, [onload], [onmouseover]").count() == 0


def test_a_part_that_is_missing_is_said_and_not_silent(page: Page, tmp_path: Path, faults: list[str]) -> None:
    write_report(statements()[:2], tmp_path / "report")
    (tmp_path / "report" / "search" / "data" / "collection.js").unlink()
    search(page, tmp_path / "report")
    assert page.inner_text("[data-count]") == "search/data/collection.js is missing; make the report again"
    faults.clear()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_and_columns_fit_the_window(
    browser: Browser, site: Path, faults: list[str], width: int, scheme: str
) -> None:
    page = open_page(browser, faults, width, scheme)
    for name, ready in (("index", "[data-results] li"), ("compare", ".column li")):
        page.goto((site / "search" / f"{name}.html").as_uri())
        page.wait_for_selector(ready)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
    assert not faults
