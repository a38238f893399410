"""The report as a reader and as an attacker would look at its pages, and the command as a user runs it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from onrecord.document import Meta, Stance, StanceScores, Statement
from onrecord.errors import InputError, RecordError
from onrecord.files.records import read_statements, to_line
from onrecord.queries.speakers import SpeakerQueries
from onrecord.queries.store import Store
from onrecord.report.site import write_report
from onrecord.report.views import page_name, speaker_page
from onrecord.tables.speakers import json_lines
from onrecord.text.addresses import web_address
from tests.command import assert_one_clear_line, onrecord
from tests.conftest import ARTICLES
from tests.labelled import labelled, statements_of
from tests.report_pages import (
    ADA,
    FIRST,
    GOLD,
    HOSTILE,
    PORT,
    SECOND,
    Element,
    easton,
    hostile,
    put,
    read_page,
    read_site,
)

ISOLATING = ("bdi", "blockquote", "p")
TAGS = frozenset(
    """html head meta title link script body a header nav svg defs pattern rect circle g main footer p h1 h2 h3 ul ol li
    b strong small span bdi table thead tbody tr th td div section details summary label select option input output
    button aside blockquote mark dl dt dd del ins kbd code time noscript datalist i""".split()  # noqa: SIM905
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_report(easton(), tmp_path / "report", put([FIRST, SECOND], tmp_path / "articles"))
    return tmp_path / "report"


def article_page(site: Path, doc: str) -> Element:
    return read_page(site / "articles" / f"{page_name(doc, doc)}.html")


def words_of(item: Element) -> str:
    """The statement's own words, which stand in their sentences."""
    return " … ".join(mark.text for mark in item.all("blockquote")[0].all("mark"))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def check_links(pages: dict[str, Element]) -> None:
    """Every link leads to a page and a place on it that are there; those to the web say that they lead outside."""
    for name, page in pages.items():
        for link in page.all("a") + page.all("link"):
            target, fragment = urldefrag(link.attributes["href"])
            if target.startswith(("http://", "https://")):
                assert "noopener" in link.attributes["rel"]
                continue
            parts = [*Path(name).parent.parts, *Path(unquote(target)).parts] if target else list(Path(name).parts)
            while ".." in parts:
                at = parts.index("..")
                assert at > 0, f"{name}: {target} leads out of the report"
                del parts[at - 1 : at + 1]
            there = "/".join(parts)
            if there.startswith("assets/"):
                continue
            assert there in pages, f"{name}: no {there}"
            if there.startswith("search/"):
                continue  # what is asked
            assert not fragment or fragment in [one.attributes.get("id") for one in pages[there].all()], (
                f"{name}: {link}"
            )


def check_harmless(pages: dict[str, Element]) -> None:
    """Nothing but the report's own script runs, and no text can turn round what stands around it."""
    for name, page in pages.items():
        policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0].attributes["content"]
        assert policy.startswith("default-src 'none'; script-src 'self' file:; style-src 'self' file:;")
        own = {"search/index.html": ("collection", "search"), "search/compare.html": ("collection", "compare")}
        scripts = [
            "../" * name.count("/") + f"assets/{script}.js"
            for script in ("saving", "dates", *own.get(name, ("report", "lists")))
        ]
        assert [one.attributes["src"] for one in page.all("script")] == scripts
        assert policy.endswith("trusted-types onrecord" if name in own else "trusted-types 'none'")
        assert not any(script.text for script in page.all("script"))
        for element in page.all():
            assert element.tag in TAGS, f"{name}: <{element.tag}>"
            for attribute, value in element.attributes.items():
                assert not attribute.startswith("on"), f"{name}: {attribute}"
                assert attribute not in {"style", "srcdoc", "formaction", "action", "background"}
                assert "\u202e" not in value, f"{name}: {attribute} turns round"
                if attribute in {"href", "src"}:
                    assert ":" not in value or value.startswith("https://"), f"{name}: {value}"
        for text, element in page.strings():
            assert not set(text) & {"\x00", "\x07", "\x1b", "\x9f", "\ufffe"}
            if "\u202e" in text:
                isolating = [one for one in element.above() if one.tag in ISOLATING]
                assert any(one.tag == "bdi" or "dir" in one.attributes for one in isolating), f"{name}: {element.tag}"


def test_every_link_leads_somewhere(site: Path) -> None:
    check_links(read_site(site))


def test_the_overview_counts_what_there_is(site: Path) -> None:
    page = read_page(site / "index.html")
    tiles = squeezed(page.all("ul", **{"class": "tiles"})[0].text)
    assert "6 statements in 2 articles" in tiles
    assert "3 speakers with a name, 1 without" in tiles
    assert "1 group of the same words, ≠ 1 attributed to different speakers" in tiles
    bars = [bar.attributes["aria-label"] for bar in page.all("svg", role="img")]
    assert f"All statements, stance towards {PORT}: 1 support, 2 oppose, 1 neutral, 1 unclear" in bars
    assert f"Ada Lund, stance towards {PORT}: 2 oppose, 1 unclear" in bars
    assert {"direct: 2", "mixed: 1", "indirect: 3", "Easton Times: 3", "Harbour Wire: 3"} <= set(bars)
    assert any(bar.startswith("Statements from 2026-03-02 to 2026-03-05") for bar in bars)


def test_the_figures_are_those_of_onrecord_speakers(site: Path) -> None:
    with Store(easton()) as store:
        records = [json.loads(line) for line in json_lines(SpeakerQueries(store))]
    named = [record for record in records if record["name"]]
    rows = read_page(site / "speakers" / "index.html").all("tbody")
    assert len(rows) == len(named)
    for row, record in zip(rows, named, strict=True):
        cells = {
            cell.attributes["data-label"]: squeezed(cell.text)
            for cell in row.all("td")
            if "data-label" in cell.attributes
        }
        assert row.all("bdi")[0].text == record["name"]
        assert (cells["statements"], cells["articles"]) == (str(record["statements"]), str(record["articles"]))
        for stance in record["stance"]:
            assert cells["mean"] == f"{round(stance['mean'], 2):+.2f}".replace("-", "−").replace("+0.00", "0.00")
            for label, count in stance["counts"].items():
                share = f"{count} {stance['shares'][label]:.0%}".replace("%", " %")
                assert cells[label] == (squeezed(share) if count else "–")


def test_an_article_shows_its_text_with_the_parts_of_statements(site: Path) -> None:
    page = article_page(site, "a.txt")
    text = page.all("div", **{"class": "text"})[0]
    for pin in text.all("a"):
        pin.children.clear()
    for again in text.all("span", **{"class": "again"}):
        again.children.clear()
    shown = "".join(paragraph.text for paragraph in text.all("p"))
    assert squeezed(shown) == squeezed(FIRST.text.replace("\n\n", ""))
    pieces = {piece.text: piece.attributes for piece in text.all("span") if "piece" in piece.attributes["class"]}
    assert pieces["Ada Lund"]["class"] == "piece source"
    assert pieces["a mistake"]["data-content"] == pieces["the plan"]["data-content"] == "2"
    assert "oppose" in pieces["a mistake"]["class"]


def test_nested_statements_share_a_piece_that_has_the_inner_ones_stance(site: Path) -> None:
    text = article_page(site, "news/b.txt").all("div", **{"class": "text"})[0]
    inner = next(piece for piece in text.all("span") if piece.text == "the port would grow")
    assert inner.attributes["data-content"] == "3 2"
    assert {"nested", "said"} <= set(inner.attributes["class"].split())


def test_what_a_statement_shows_says_who_in_which_role_with_which_stance_and_how_sure(site: Path) -> None:
    card = article_page(site, "a.txt").all("div", id="f1")[0]
    words = squeezed(card.text)
    for shown in (
        "Ada Lund",
        "mayor of Easton",
        "▼ oppose 0.90",
        "direct",
        "confidence 0.97",
        "attributed to different speakers",
    ):
        assert shown in words


def test_a_speakers_page_has_everything_newest_first(site: Path) -> None:
    page = read_page(site / "speakers" / f"{speaker_page('id' + chr(10) + 'ada-lund')}.html")
    said = [words_of(quote) for quote in page.all("li") if "data-statement" in quote.attributes]
    assert said == ["NATO said that the port would grow", easton()[0].text, "the plan … a mistake"]


def test_a_stances_page_says_who_in_which_words_and_where(site: Path) -> None:
    page = read_page(site / "stances" / f"{page_name(PORT, PORT)}-oppose.html")
    (section,) = page.all("section")
    assert "2 of 5 statements with a stance, by 1 speaker, most statements first" in squeezed(page.text)
    assert "2 of 3 statements oppose" in squeezed(section.text)
    assert [words_of(quote) for quote in section.all("li")] == [easton()[0].text, "the plan … a mistake"]
    assert "Easton Times" in section.text


def test_a_stances_page_has_the_colours_of_its_own_target(tmp_path: Path) -> None:
    other = Stance("the mayor", "support", 0.7, StanceScores(0.7, 0.1, 0.2))
    write_report([replace(one, stance=(other, *one.stance)) for one in easton()], tmp_path / "report")
    page = read_page(tmp_path / "report" / "stances" / f"{page_name(PORT, PORT)}-oppose.html")
    assert {one.attributes["class"] for one in page.all("li") if "data-statement" in one.attributes} == {"quote oppose"}


def test_the_same_words_stand_side_by_side_with_their_differences(site: Path) -> None:
    page = read_page(site / "words" / "index.html")
    first, second = page.all("li", **{"class": "wording"})
    assert [one.text for one in second.all("del")] == ["[cut: “Our harbour fed]"]
    assert "3 words cut" in second.text
    assert "said by Omar Diallo" in squeezed(second.text)
    assert not first.all("del")
    who = squeezed(page.all("dl")[0].text)
    assert "Ada Lundaccording to Easton Times" in who
    assert "Omar Dialloaccording to Harbour Wire" in who


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_words_in_every_field_stay_words(payload: str, tmp_path: Path) -> None:
    (one, other), article = hostile(payload)
    with_text = tmp_path / "with"
    write_report([one, other], with_text, put([article], tmp_path / "articles"))
    write_report([replace(one, doc=payload), replace(other, doc=f"{payload} 2")], tmp_path / "without")
    for report in (with_text, tmp_path / "without"):
        pages = read_site(report)
        check_harmless(pages)
        check_links(pages)
        assert all(
            path.name.isascii() and path.name.replace("-", "").replace(".", "").isalnum() for path in report.rglob("*")
        )
    shown = article_page(with_text, "a.txt").all("div", **{"class": "text"})[0].text
    harmless = "".join("\N{REPLACEMENT CHARACTER}" if one in "\x00\x07\x1b\x9f\ufffe" else one for one in payload)
    assert harmless in shown


# Each example makes a site; shrinking one that fails would take minutes.
@settings(max_examples=10, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labelled.map(statements_of).filter(bool))
def test_whatever_statements_say_the_pages_are_whole_and_harmless(tmp_path: Path, statements: list[Statement]) -> None:
    write_report(statements, tmp_path / "report", force=True)
    pages = read_site(tmp_path / "report")
    check_links(pages)
    check_harmless(pages)


def test_a_speaker_without_a_name_shares_the_page_of_the_named_one_with_its_id(tmp_path: Path) -> None:
    nameless = replace(ADA, name="")
    write_report([replace(easton()[0], speakers=(ADA, nameless))], tmp_path / "report")
    pages = read_site(tmp_path / "report")
    check_links(pages)
    assert f"speakers/{speaker_page('id' + chr(10) + 'ada-lund')}.html" in pages


def test_only_addresses_on_the_web_become_links(site: Path) -> None:
    (link,) = article_page(site, "a.txt").all("a", **{"class": "outside"})
    assert link.attributes["href"] == "https://example.org/easton"
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "JaVaScRiPt:x",
        "http:///x",
        "https://a b",
        "https://x\u202e",
    ):
        assert web_address(url) is None
    for url in (
        "file:///etc/passwd",
        " https://example.org",
        "https://user@example.org",
        "http://[",
        "//example.org",
        "",
    ):
        assert web_address(url) is None


def test_a_long_list_is_paged(tmp_path: Path) -> None:
    statements = [
        replace(easton()[0], doc=f"{number:04}.txt", id=f"{number:04}.txt#1", cluster=None, meta=Meta())
        for number in range(230)
    ]
    write_report(statements, tmp_path / "report")
    pages = read_site(tmp_path / "report")
    check_links(pages)
    for name in ("articles/index", f"speakers/{speaker_page('id' + chr(10) + 'ada-lund')}"):
        assert [f"{name}{rest}.html" in pages for rest in ("", "-2", "-3", "-4")] == [True, True, True, False]
    assert len(pages["articles/index-3.html"].all("tbody")[0].all("tr")) == 30


def test_without_articles_statements_stand_alone_and_the_page_says_so(tmp_path: Path) -> None:
    write_report(easton(), tmp_path / "report")
    page = article_page(tmp_path / "report", "a.txt")
    assert "without the articles" in page.text
    assert easton()[0].text in [quote.text for quote in page.all("blockquote")]
    check_links(read_site(tmp_path / "report"))


def test_without_targets_there_are_no_stances(tmp_path: Path) -> None:
    write_report([replace(one, stance=()) for one in easton()], tmp_path / "report")
    pages = read_site(tmp_path / "report")
    check_links(pages)
    assert not [name for name in pages if name.startswith("stances/")]
    assert "Mean" not in pages["index.html"].text


def test_copies_say_what_they_are_copies_of(tmp_path: Path) -> None:
    copies = [replace(one, meta=replace(one.meta, duplicate_of="a.txt")) for one in easton()[3:]]
    write_report([*easton()[:3], *copies], tmp_path / "report")
    assert "Nearly a copy of Easton argues" in squeezed(article_page(tmp_path / "report", "news/b.txt").text)


def test_the_gold_set_makes_a_report(tmp_path: Path) -> None:
    counts = write_report(read_statements(GOLD), tmp_path / "report", ARTICLES)
    assert counts.articles == 5
    pages = read_site(tmp_path / "report")
    check_links(pages)
    check_harmless(pages)


def test_an_article_that_is_missing_or_another_version_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    articles = put([FIRST], tmp_path / "articles")
    with pytest.raises(InputError, match=r"b\.txt: cannot read the article of statement news/b\.txt#1"):
        write_report(easton(), tmp_path / "report", articles)
    put([replace(SECOND, text="Another text.")], articles)
    with pytest.raises(RecordError, match=r"news/b\.txt#1: its text is not what its spans hold"):
        write_report(easton(), tmp_path / "report", articles)
    with pytest.raises(InputError, match="nowhere: not a folder; name the folder that holds the articles"):
        write_report(easton(), tmp_path / "report", tmp_path / "nowhere")
    assert [path.name for path in tmp_path.iterdir()] == ["articles"]


@pytest.mark.parametrize("doc", ["../secret.txt", "x/../../secret.txt", "{secret}", "a\x00b"])
def test_no_file_outside_the_articles_is_shown(doc: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(FIRST.text, encoding="utf-8")
    (tmp_path / "articles").mkdir()
    doc = doc.format(secret=tmp_path / "secret.txt")
    with pytest.raises(InputError, match=r"not in|cannot read"):
        write_report([replace(easton()[0], doc=doc)], tmp_path / "report", tmp_path / "articles")


def test_the_same_statements_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_report(easton(), tmp_path / name)
    one, other = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "other")
    )
    assert one == other


def test_the_command_says_where_to_look_and_errors_are_one_line(tmp_path: Path) -> None:
    statements = tmp_path / "out.jsonl"
    statements.write_text("".join(f"{to_line(one)}\n" for one in easton()), encoding="utf-8")
    made = onrecord(
        "report", statements, "-o", tmp_path / "report", "--articles", put([FIRST, SECOND], tmp_path / "news")
    )
    assert made.returncode == 0
    assert f"6 statements from 2 articles: open {tmp_path / 'report' / 'index.html'}" in made.stderr
    missing = onrecord("report", statements, "-o", tmp_path / "r", "--articles", put([FIRST], tmp_path / "half"))
    assert_one_clear_line(missing, "cannot read the article of statement news/b.txt#1")
    assert len(missing.stderr.splitlines()) == 1
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "other.txt").write_text("no json", encoding="utf-8")
    for file, words in (
        ("empty.jsonl", "there are no statements to report"),
        ("other.txt", "line 1: not a statement"),
        ("no", "cannot be read"),
    ):
        assert_one_clear_line(onrecord("report", tmp_path / file, "-o", tmp_path / "r"), words)
    assert_one_clear_line(
        onrecord("report", statements, "-o", tmp_path / "report"),
        "already holds a report; name another folder, or replace the report with --force",
    )
    assert_one_clear_line(
        onrecord("report", statements, "-o", statements), "a file, not a folder; name a folder for the report"
    )
    assert_one_clear_line(
        onrecord("report", statements, "-o", tmp_path / "news", "--force"), "which is not part of a report"
    )


def test_half_a_surrogate_pair_is_refused(tmp_path: Path) -> None:
    line = to_line(replace(easton()[0], speakers=(ADA,))).replace("Ada Lund", "\\ud800")
    (tmp_path / "out.jsonl").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(RecordError, match="hex escape"):
        list(read_statements(tmp_path / "out.jsonl"))
