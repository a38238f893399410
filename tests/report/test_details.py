"""What the report shows of a statement besides its words: its sentence, source page, shades of stance, and copies."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from onrecord.document import Article, Meta, Span, Stance, StanceScores, Statement
from onrecord.files.article_texts import save_texts
from onrecord.report.in_sentence import in_sentence
from onrecord.report.run_record import RunRecord, measured, read_run_record
from onrecord.report.site import write_report
from onrecord.report.source_links import source_link
from onrecord.report.views import page_name
from tests.command import onrecord
from tests.conftest import ROOT
from tests.report_pages import ADA, FIRST, PORT, SECOND, easton, put, read_page, read_site, said, spans_of

URL = "https://example.org/a"


def link(text: str, *words: str) -> str:
    return source_link(URL, text, spans_of(Article("a.txt", text), *words)).removeprefix(f"{URL}#:~:")


def index(report: Path) -> str:
    return " ".join(read_page(report / "index.html").text.split())


def page_of(report: Path, doc: str) -> Path:
    return report / "articles" / f"{page_name(doc, doc)}.html"


def judged(score: float, about: float | None, label: str = "neutral") -> Stance:
    return Stance(PORT, label, score, StanceScores(0.1, 0.1, 0.8), about)  # type: ignore[arg-type]


def test_a_link_names_whole_words_and_escapes_what_has_a_meaning_in_it() -> None:
    assert link("“Not so fast,” she said.", "“Not so fast,”") == "text=Not%20so%20fast"
    assert link("It is a well-known, old & tired claim.", "well-known, old & tired") == (
        "text=well%2Dknown%2C%20old%20%26%20tired"
    )
    assert link("Die Brücke fällt.", "Brücke fällt") == "text=Br%C3%BCcke%20f%C3%A4llt"


def test_words_that_occur_more_than_once_are_told_apart_by_what_is_around_them() -> None:
    text = "Lund said no to the port.\nDiallo said no to the bridge."
    second = Span(text.index("no to the bridge"), text.index("no to the bridge") + 2)
    found = source_link(URL, text, (second,)).removeprefix(f"{URL}#:~:text=")
    before, words, after = found.split(",")
    assert (before.endswith("-"), words, after.startswith("-")) == (True, "no", True)
    assert f"{unquote(before[:-1])} {words} {unquote(after[1:])}" in text.split("\n")[1]
    assert "," not in link("No port, she said. Port and airport.", "No port").removeprefix("text=")


def test_in_a_very_long_article_words_around_are_named_without_a_search() -> None:
    filler = "\n".join(f"Line {number} of the hearing." for number in range(10_000))
    before, words, after = link(f"{filler}\nShe would never agree to that plan.\n{filler}", "never agree").split(",")
    assert (before, words, after) == ("text=She%20would-", "never%20agree", "-to%20that%20plan")


def test_of_long_or_many_lined_words_only_the_ends_are_named() -> None:
    long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    assert link(long, long) == "text=one%20two%20three%20four%20five,ten%20eleven%20twelve%20thirteen%20fourteen"
    assert link("We will\n\nnever go.", "We will\n\nnever go") == "text=We%20will,never%20go"


def test_pieces_are_linked_one_by_one_and_an_address_keeps_its_own_fragment() -> None:
    text = "the plan, he said, is a mistake"
    assert link(text, "the plan", "a mistake") == "text=the%20plan&text=a%20mistake"
    assert source_link(f"{URL}#top", text, (Span(0, 8),)) == f"{URL}#top:~:text=the%20plan"
    assert source_link(f"{URL}#", text, (Span(0, 8),)) == f"{URL}#:~:text=the%20plan"
    assert source_link(URL, "…", (Span(0, 1),)) == URL


def test_a_statement_is_shown_in_its_sentence() -> None:
    text = f"{'Before. ' * 100}He wanted that, she said."
    at = text.index("that")
    statement = Statement("a", "a#1", "that", (Span(at, at + 4),), "indirect", Span(0, len(text)))
    before, words, after = in_sentence(text, statement)
    assert (words.text, words.said, after.text) == ("that", True, ", she said.")
    assert before.text.startswith("… ")
    assert before.text.endswith("He wanted ")
    assert len(before.text) < 310


def test_lists_show_sentences_and_lead_to_the_words_on_the_source_page(tmp_path: Path) -> None:
    write_report(easton(), tmp_path / "report", put([FIRST, SECOND], tmp_path / "articles"))
    page = read_page(tmp_path / "report" / "stances" / f"{page_name(PORT, PORT)}-support.html")
    (quote,) = page.all("blockquote")
    assert quote.text == FIRST.text  # the context is the whole text here
    assert [mark.text for mark in quote.all("mark")] == ["he liked the port"]
    assert "https://example.org/easton#:~:text=he%20liked%20the%20port" in [
        link.attributes["href"] for link in page.all("a")
    ]


def test_what_is_not_about_the_target_or_doubtful_is_apart_and_pale(tmp_path: Path) -> None:
    stances = [judged(0.9, 0.1), judged(0.9, 0.9), judged(0.5, 0.9, "oppose"), judged(0.9, 0.9, "oppose")]
    statements = [replace(one, stance=(stance,)) for one, stance in zip(easton(), stances, strict=False)]
    write_report(statements, tmp_path / "report")
    page = read_page(tmp_path / "report" / "index.html")
    bar = next(bar.attributes["aria-label"] for bar in page.all("svg") if "All statements" in str(bar.attributes))
    assert bar.endswith(": 1 oppose, 1 oppose doubtful, 1 neutral, 1 not about it")
    assert "pale: doubtful, with a probability below 0.6" in index(tmp_path / "report")
    cards = read_page(page_of(tmp_path / "report", "a.txt")).all("li", tabindex="-1")
    assert [card.attributes["class"] for card in cards] == ["card off", "card neutral", "card oppose pale"]


def test_how_sure_the_model_is_stands_above_the_bars_as_it_was_measured(tmp_path: Path) -> None:
    for name, record in (("known", RunRecord("base")), ("other", RunRecord("base", "mine")), ("none", None)):
        write_report(easton(), tmp_path / name, record=record)
    assert "65 % of the supports and opposes that base gives with a probability of 0.5 or more are right" in index(
        tmp_path / "known"
    )
    assert "Not known: nothing was measured for this model" in index(tmp_path / "other")
    assert "Not known: the file of its run is not beside the statements" in index(tmp_path / "none")


def test_the_figures_of_sureness_are_those_of_the_documentation() -> None:
    rows = (ROOT / "docs" / "stance.md").read_text(encoding="utf-8").splitlines()
    half, sure = (
        next(row.split("|")[2:6] for row in rows if row.startswith(f"| {least} |")) for least in ("0.5", "0.6")
    )
    for at, name in ((0, "small"), (2, "base")):
        figures = measured()[name]
        assert (figures.sides_right, figures.sides_found) == (float(half[at]), float(half[at + 1]))
        assert figures.sure_right == float(sure[at])


def test_title_dates_model_precision_and_targets_are_at_the_top(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text("".join(f"{one.to_json()}\n" for one in easton()), encoding="utf-8")
    settings = {"model": "small", "precision": "fp32", "stance_model": None}
    (tmp_path / "s.run.json").write_text(json.dumps({"settings": settings, "articles": 5}), encoding="utf-8")
    onrecord("report", tmp_path / "s.jsonl", "-o", tmp_path / "report", "--title", "The <port>")
    page = read_page(tmp_path / "report" / "index.html")
    assert page.all("h1")[0].text == "The <port>"
    top = " ".join(page.all("dl")[0].text.split())
    assert top == f"Dates2026-03-02 to 2026-03-05Modelsmall Precisionfp32Target{PORT}"
    assert "3 articles without statements" in " ".join(
        read_page(tmp_path / "report" / "articles" / "index.html").text.split()
    )


@pytest.mark.parametrize(
    "record", ["", "[1]", "{", '{"settings": [], "articles": -1}', '{"settings": {"model": 7}}', "[" * 99999]
)
def test_a_record_that_is_none_says_nothing(record: str, tmp_path: Path) -> None:
    (tmp_path / "s.run.json").write_text(record, encoding="utf-8")
    assert read_run_record(tmp_path / "s.jsonl") == RunRecord()


def test_articles_without_statements_are_listed(tmp_path: Path) -> None:
    articles = put([FIRST, SECOND, Article("quiet & <b>.txt", "Nothing was said.", Meta())], tmp_path / "articles")
    write_report(easton(), tmp_path / "report", articles)
    page = read_page(tmp_path / "report" / "articles" / "without.html")
    assert [name.text for name in page.all("ul", **{"class": "names"})[0].all("li")] == ["quiet & <b>.txt"]
    listed = read_page(tmp_path / "report" / "articles" / "index.html")
    assert "without.html" in [link.attributes["href"] for link in listed.all("a")]


def test_articles_whose_texts_were_saved_are_not_among_those_without_statements(tmp_path: Path) -> None:
    page = replace(FIRST, doc="a.html")
    save_texts(tmp_path / "texts", lambda: [(page.doc, page.text), ("quiet.html", "Nothing was said.")])
    statements = [replace(one, doc=page.doc) for one in easton()[:3]]
    write_report(statements, tmp_path / "report", tmp_path / "texts")
    listed = read_page(tmp_path / "report" / "articles" / "without.html").all("ul", **{"class": "names"})[0]
    assert [name.text for name in listed.all("li")] == ["quiet.html.txt"]


def test_all_targets_are_shown(tmp_path: Path) -> None:
    targets = [f"target {number}" for number in range(9)]
    stance = tuple(Stance(target, "support") for target in targets)
    write_report([replace(one, stance=stance) for one in easton()], tmp_path / "report")
    for name in ("index", "articles/index"):
        page = read_page(tmp_path / "report" / f"{name}.html")
        labels = [bar.attributes.get("aria-label", "") for bar in page.all("svg")]
        assert all(any(target in label for label in labels) for target in targets)


def test_no_page_without_content_is_linked(tmp_path: Path) -> None:
    alone = [replace(one, cluster=None, stance=(), speakers=()) for one in easton()]
    write_report(alone, tmp_path / "report")
    others = [name for name in read_site(tmp_path / "report") if not name.startswith("articles/")]
    assert others == ["index.html", "search/index.html"]
    one_side = [replace(one, cluster=None, stance=(Stance(PORT, "oppose"),)) for one in easton()]
    write_report(one_side, tmp_path / "report", force=True)
    assert [name for name in read_site(tmp_path / "report") if "-support" in name] == []


def test_the_headline_stands_for_the_article(tmp_path: Path) -> None:
    write_report(easton(), tmp_path / "report")
    pages = read_site(tmp_path / "report")
    assert "Easton argues" in pages["speakers/unnamed.html"].text
    for name in ("speakers/unnamed.html", "articles/index.html"):
        assert "a.txt" not in pages[name].text
    assert "news/b.txt" in pages["articles/index.html"].text  # it has no headline


def test_a_speakers_stances_are_shown_over_time(tmp_path: Path) -> None:
    first = easton()[0]
    days = ("2025-01-02", "2025-01-09", "2026-03-01")
    said_on = [
        replace(first, doc=day, id=day, cluster=None, meta=replace(first.meta, date=day), stance=(stance,))
        for day, stance in zip(
            days, [judged(0.9, None, label) for label in ("oppose", "oppose", "support")], strict=True
        )
    ]
    write_report(said_on, tmp_path / "report")
    page = read_page(next((tmp_path / "report" / "speakers").glob("ada*.html")))
    bars = [bar.attributes["aria-label"] for bar in page.all("details")[0].all("svg")]
    assert bars == ["2025-01: 2 oppose", "2026-03: 1 support"]


def copied() -> list[Statement]:
    """A statement, its copy in another outlet, and one that only the copy has."""
    copy = Article("copy.txt", FIRST.text, Meta("Copied", "2026-03-03", "The Copier", duplicate_of="a.txt"))
    first, second, third = easton()[:3]
    return [first, second, said(copy, 1, first.text, ADA, stance=("oppose", 0.9)), said(copy, 2, third.text, ADA)]


def test_what_a_copy_repeats_is_counted_once(tmp_path: Path) -> None:
    write_report(copied(), tmp_path / "once")
    assert "3 statements in 2 articles" in index(tmp_path / "once")
    assert "1 statement of near copies counted with their originals" in index(tmp_path / "once")
    write_report(copied(), tmp_path / "each", count_copies=True)
    assert "4 statements in 2 articles" in index(tmp_path / "each")
    original = read_page(page_of(tmp_path / "once", "a.txt"))
    assert "Nearly copied in Copied (The Copier)." in " ".join(original.text.split())


def test_a_target_that_only_a_copy_repeats_words_about_is_shown(tmp_path: Path) -> None:
    first, second, repeated, other = copied()
    write_report([replace(one, stance=()) for one in (first, second, other)] + [repeated], tmp_path / "report")
    articles = read_page(tmp_path / "report" / "articles" / "index.html")
    assert [bar.attributes["aria-label"] for bar in articles.all("svg", role="img")] == [
        f"Stance towards {PORT}: 1 oppose"
    ]
    assert f"Where they stand on {PORT}" in index(tmp_path / "report")


def test_the_same_words_with_two_stances_are_flagged(tmp_path: Path) -> None:
    first = easton()[0]
    other = replace(easton()[3], stance=(judged(0.9, None, "support"),))
    write_report([first, other], tmp_path / "report")
    assert "1 judged differently" in index(tmp_path / "report")
    assert "judged differently elsewhere" in read_page(page_of(tmp_path / "report", "a.txt")).text
    write_report([first, replace(other, stance=first.stance)], tmp_path / "report", force=True)
    assert "judged differently" not in index(tmp_path / "report")


def test_copies_that_are_left_out_are_not_without_statements(tmp_path: Path) -> None:
    copy = Article("copy.txt", FIRST.text, Meta("Copied", "2026-03-03", "The Copier", duplicate_of="a.txt"))
    articles = put([FIRST, copy, Article("quiet.txt", "Nothing was said.", Meta())], tmp_path / "articles")
    write_report(copied(), tmp_path / "report", articles, skip_duplicates=True)
    without = read_page(tmp_path / "report" / "articles" / "without.html")
    assert [name.text for name in without.all("ul", **{"class": "names"})[0].all("li")] == ["quiet.txt"]
    assert "2 statements in 1 article" in index(tmp_path / "report")
    assert "1 near copy left out" in index(tmp_path / "report")
    write_report(copied(), tmp_path / "other", record=RunRecord(articles=3), skip_duplicates=True)
    assert "1 article without statements" in read_page(tmp_path / "other" / "articles" / "index.html").text


def test_names_that_the_run_did_not_read_are_not_called_without_statements(tmp_path: Path) -> None:
    articles = put([FIRST, SECOND, Article("notes.txt", "Not an article.", Meta())], tmp_path / "articles")
    for name, record, shown in (
        ("glob", RunRecord(articles=2), ""),
        ("whole", RunRecord(articles=3), "1 article without statements"),
        ("failed", RunRecord(articles=2, failed=1), "1 article without statements"),
    ):
        write_report(easton(), tmp_path / name, articles, record=record)
        listed = read_page(tmp_path / name / "articles" / "index.html").text
        assert ("without statements." in listed) == bool(shown)
        assert shown in listed


def test_a_stances_page_says_since_when_and_in_which_outlets(tmp_path: Path) -> None:
    first = easton()[0]
    later = replace(first, doc="b.txt", id="b.txt#1", cluster=None, meta=Meta("B", "2026-05-01", "Harbour Wire"))
    write_report([replace(first, cluster=None), later], tmp_path / "report")
    page = read_page(tmp_path / "report" / "stances" / f"{page_name(PORT, PORT)}-oppose.html")
    (summary,) = page.all("div", **{"class": "summary"})
    assert "2026-03-02 to 2026-05-01, in Easton Times, Harbour Wire." in " ".join(summary.text.split())
