"""What the lists of the report do in a real browser: sort, narrow, give CSV and citations."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from onrecord.document import Article, Meta, Statement
from onrecord.report.site import write_report
from onrecord.report.views import page_name, speaker_page
from tests.report.conftest import open_page
from tests.report_pages import ADA, FIRST, OMAR, PORT, SECOND, easton, put, said

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

A = f"articles/{page_name('a.txt', 'a.txt')}.html"
LUND = f"speakers/{speaker_page('id' + chr(10) + 'ada-lund')}.html"


def many() -> list[Statement]:
    """Articles of several outlets, dates and lengths."""
    statements = []
    outlets = ("The Easton Times and Harbour Gazette", "Wire", "=cmd()")
    for number, count in enumerate((1, 3, 2)):
        words = [f"word{place} again" for place in range(count)]
        meta = Meta(f"Part {number}", f"2026-03-1{number}", outlets[number])
        article = Article(f"{number}.txt", " ".join(words), meta)
        who = OMAR if number == 0 else ADA
        statements += [said(article, place + 1, text, who, stance=("oppose", 0.9)) for place, text in enumerate(words)]
    return statements


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("lists")
    write_report(many(), folder / "many")
    write_report(easton(), folder / "easton", put([FIRST, SECOND], folder / "articles"))
    yield folder


def column(page: Page, selector: str) -> list[str]:
    return page.locator(f"{selector}:visible").all_inner_texts()


def csv_of(page: Page) -> list[dict[str, str]]:
    details = page.locator("details.filters").first
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    with page.expect_download() as download:
        page.locator("[data-csv]").first.click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_tables_sort_up_and_down_with_the_keyboard(page: Page, site: Path) -> None:
    page.goto((site / "many" / "articles" / "index.html").as_uri())
    counts = ".rows tbody td.figure"
    button = page.locator("thead button", has_text="Statements")
    button.focus()
    page.keyboard.press("Enter")
    assert column(page, counts) == ["3", "2", "1"]
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    page.keyboard.press("Enter")
    assert column(page, counts) == ["1", "2", "3"]
    page.locator("thead button", has_text="Article").click()
    assert column(page, ".rows tbody th a") == ["Part 0", "Part 1", "Part 2"]
    page.goto((site / "many" / "speakers" / "index.html").as_uri())
    page.locator("thead button", has_text="Speaker").click()
    assert column(page, ".rows tbody th a") == ["Ada Lund", "Omar Diallo"]
    page.locator("thead button", has_text="Speaker").click()
    assert column(page, ".rows tbody th a") == ["Omar Diallo", "Ada Lund"]


def test_tables_are_narrowed_by_words_outlet_and_date_and_given_as_csv(page: Page, site: Path) -> None:
    page.goto((site / "many" / "articles" / "index.html").as_uri())
    titles = ".rows tbody th a"
    page.fill("[data-narrow=words]", "easton part")
    assert column(page, titles) == ["Part 0"]
    page.fill("[data-narrow=words]", "")
    page.select_option("[data-narrow=outlet]", "Wire")
    assert column(page, titles) == ["Part 1"]
    assert page.inner_text("[data-narrowed]") == "1 of 3 shown"
    page.select_option("[data-narrow=outlet]", "")
    page.fill("[data-narrow=from]", "2026-03-11")
    assert column(page, titles) == ["Part 2", "Part 1"]
    page.fill("[data-narrow=to]", "2026-03-11")
    assert column(page, titles) == ["Part 1"]
    page.fill("[data-narrow=to]", "")
    rows = csv_of(page)
    assert [(row["Article"], row["Outlet"], row["Date"], row["Statements"]) for row in rows] == [
        ("Part 2", "'=cmd()", "2026-03-12", "2"),
        ("Part 1", "Wire", "2026-03-11", "3"),
    ]


def test_lists_leave_out_and_count_what_may_not_be_in_the_period(page: Page, tmp_path: Path) -> None:
    dates = ("2026-03-10", "2026-03", None)
    made = [replace(one, meta=replace(one.meta, date=date)) for one, date in zip(many()[::-1], dates, strict=False)]
    made = [replace(one, doc=f"{number}.txt", id=f"{number}.txt#1") for number, one in enumerate(made)]
    write_report(made, tmp_path / "report")
    page.goto((tmp_path / "report" / "articles" / "index.html").as_uri())
    page.fill("[data-narrow=to]", "2026-03-30")
    assert page.inner_text("[data-narrowed]") == "1 of 3 shown, 2 without an exact date left out"
    page.fill("[data-narrow=to]", "2026-03-31")
    assert page.inner_text("[data-narrowed]") == "2 of 3 shown, 1 without an exact date left out"
    page.goto((tmp_path / "report" / "stances" / f"{page_name(PORT, PORT)}-oppose.html").as_uri())
    page.fill("[data-filter=from]", "2026-03-02")
    assert page.inner_text("[data-shown]") == "1 of 3 shown, 2 without an exact date left out"
    page.fill("[data-filter=from]", "2026-03-01")
    assert page.inner_text("[data-shown]") == "2 of 3 shown, 1 without an exact date left out"


def test_figures_are_numbers_in_csv_and_names_are_alone(page: Page, site: Path) -> None:
    page.goto((site / "many" / "speakers" / "index.html").as_uri())
    (lund, _) = csv_of(page)
    (oppose,) = (lund[name] for name in lund if name.endswith("oppose"))
    assert (lund["Speaker"], oppose, lund["Mean"], lund["notes"]) == ("Ada Lund", "5", "-0.85", ADA.role)


def test_csv_tells_who_speaks_and_which_target_a_stance_is_towards(page: Page, tmp_path: Path) -> None:
    first = replace(easton()[0], speakers=(replace(ADA, name="50 Cent"), OMAR))
    (stance,) = first.stance
    stances = (replace(stance, target="the mayor", label="support"), stance)
    write_report([replace(first, stance=stances)], tmp_path / "report")
    for path in (A, f"stances/{page_name(PORT, PORT)}-oppose.html"):
        page.goto((tmp_path / "report" / path).as_uri())
        assert {(row["speaker"], row["stance"]) for row in csv_of(page)} == {
            ("50 Cent and Omar Diallo", f"support on the mayor; oppose on {PORT}")
        }


def test_statements_with_one_stance_have_no_filter_for_it(page: Page, site: Path) -> None:
    page.goto((site / "many" / "stances" / f"{page_name(PORT, PORT)}-oppose.html").as_uri())
    assert page.locator("[data-filter=form]").count() == 1
    assert page.locator("[data-filter=stance]").count() == 0


def test_statements_are_filtered_by_outlet_and_date_and_given_as_csv(page: Page, site: Path) -> None:
    page.goto((site / "many" / LUND).as_uri())
    assert page.locator(".quote:visible").count() == 5
    page.select_option("[data-filter=outlet]", "Wire")
    assert page.locator(".quote:visible").count() == 3
    page.select_option("[data-filter=outlet]", "")
    page.fill("[data-filter=from]", "2026-03-12")
    rows = csv_of(page)
    assert [(row["speaker"], row["statement"], row["outlet"], row["stance"]) for row in rows] == [
        ("Ada Lund", "word0 again", "'=cmd()", "oppose"),
        ("Ada Lund", "word1 again", "'=cmd()", "oppose"),
    ]
    page.click("[data-reset]")
    assert page.locator(".quote:visible").count() == 5


def test_a_list_by_speaker_hides_speakers_without_shown_statements(page: Page, site: Path) -> None:
    page.goto((site / "many" / "stances" / f"{page_name(PORT, PORT)}-oppose.html").as_uri())
    assert column(page, ".of-speaker h2") == ["Ada Lund", "Omar Diallo"]
    page.fill("[data-filter=to]", "2026-03-10")
    assert column(page, ".of-speaker h2") == ["Omar Diallo"]
    assert {row["speaker"] for row in csv_of(page)} == {"Omar Diallo"}


@pytest.mark.parametrize("path", [A, LUND])
def test_a_citation_says_who_what_where_when_and_leads_to_the_words(page: Page, site: Path, path: str) -> None:
    page.goto((site / "easton" / path).as_uri())
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.locator("[data-statement='2']", has_text="called the plan").locator("button.cite").click()
    copied = page.evaluate("window.copied")
    assert copied.startswith(
        "Ada Lund (partly quoted): “the plan … a mistake” “Easton argues”, Easton Times, 2026-03-02."
    )
    assert copied.endswith(" https://example.org/easton#:~:text=the%20plan&text=a%20mistake")


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_dates_and_outlets_are_not_broken_within_a_word(
    browser: Browser,
    site: Path,
    faults: list[str],
    width: int,
) -> None:
    page = open_page(browser, faults, width)
    page.goto((site / "many" / "articles" / "index.html").as_uri())
    lines = """all => all.map(one => {
        const range = document.createRange(), words = one.textContent.matchAll(/\\S+/g), node = one.firstChild;
        return [...words].map(word => {
            range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
            return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
        });
    }).flat()"""
    found = page.eval_on_selector_all("td[data-label=outlet] bdi, td[data-label=date] bdi", lines)
    assert set(found) == {1}
    page.context.close()


def test_a_target_gives_pale_and_sure_colours_anew(page: Page, tmp_path: Path) -> None:
    first = easton()[0]
    (stance,) = first.stance
    doubtful = replace(stance, target="the mayor", score=0.4)
    write_report([replace(first, stance=(stance, doubtful))], tmp_path / "report", put([FIRST], tmp_path / "articles"))
    page.goto((tmp_path / "report" / A).as_uri())
    card = page.locator(".card")
    assert "pale" not in (card.get_attribute("class") or "")
    page.select_option("[data-filter=target]", label="the mayor")
    assert "pale" in (card.get_attribute("class") or "").split()
