"""`onrecord audit`: tables for the terminal, JSON, CSV and a page."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from onrecord.cli.app import app
from onrecord.document import Meta
from onrecord.files.records import to_line
from tests.audit.making import BOARD, MAN, WOMAN, person, said
from tests.report_pages import VOID

HOSTILE = '<script>alert(1)</script> =1+1 \u202e"\x1b[31m'


@pytest.fixture
def statements(tmp_path: Path) -> Path:
    path = tmp_path / "statements.jsonl"
    lines = [
        said("a", WOMAN, meta=Meta(outlet="Times", date="2026-03-02")),
        said("b", MAN, number=1),
        said(
            "b",
            person(None, description="a guard", source_type="unnamed person", anonymous=True, reason="why"),
            number=2,
        ),
        said("c", BOARD, meta=Meta(outlet=HOSTILE)),
        said("d", person(HOSTILE)),
    ]
    path.write_text("".join(f"{to_line(line)}\n" for line in lines), encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["audit", *map(str, arguments), "--draws", "20"])


def test_the_tables_say_who_speaks_in_eighty_columns(statements: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = run(statements)
    assert result.exit_code == 0
    assert result.stdout.startswith("5 statements in 4 articles\n")
    assert "\x1b" not in result.stdout
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    women = next(line for line in lines if line.startswith("  women"))
    assert women.split()[1:3] == ["1", "20.0"]
    assert any(line.startswith("  name kept back, reason given") for line in lines)
    assert any(line.startswith("women's share of women and men") for line in lines)


@pytest.mark.parametrize(("articles", "says"), [(19, True), (20, False)])
def test_with_few_articles_the_table_and_the_page_say_that_intervals_are_too_narrow(
    tmp_path: Path, articles: int, says: bool
) -> None:
    path = tmp_path / "some.jsonl"
    lines = [said(f"{number}", person("Ada Lund")) for number in range(articles)]
    path.write_text("".join(f"{to_line(line)}\n" for line in lines), encoding="utf-8")
    page = tmp_path / "page.html"
    told = " ".join(run(path, "--html", page).stdout.split())
    assert ("So few articles make the intervals too narrow" in told) is says
    assert ("So few articles make the intervals too narrow" in page.read_text(encoding="utf-8")) is says


def test_json_has_every_figure(statements: Path) -> None:
    record = json.loads(run(statements, "--json").stdout)
    assert (record["articles"], record["statements"], record["seed"]) == (4, 5, 13)
    by = {table["dimension"]: table for table in record["tables"]}
    assert set(by) == {"type", "gender", "group", "anonymity", "position", "outlet", "speaker"}
    assert by["gender"]["errors_measured_on"] is not None
    assert by["outlet"]["errors_measured_on"] is None
    women = next(row for row in by["gender"]["rows"] if row["label"] == "women")
    assert women["statements"]["share"] == 0.2
    assert women["statements"]["low"] <= 0.2 <= women["statements"]["high"]
    assert record["women_share"][0]["statements"]["share"] == 0.5


def test_csv_has_the_same_figures(statements: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(statements, "--csv").stdout)))
    women = next(
        row for row in rows if (row["table"], row["label"], row["measure"]) == ("gender", "women", "statements")
    )
    assert women["share"] == "0.2"
    assert any(row["table"] == "women by gender" and row["label"] == "all" for row in rows)


@pytest.mark.parametrize(("outlet", "cell"), [("=1+1", "'=1+1"), ("Times;=1+1", "Times;'=1+1"), ("＋1", "'＋1")])
def test_csv_has_no_formulas(tmp_path: Path, outlet: str, cell: str) -> None:
    path = tmp_path / "statements.jsonl"
    path.write_text(f"{to_line(said('a', WOMAN, meta=Meta(outlet=outlet)))}\n", encoding="utf-8")
    rows = csv.DictReader(io.StringIO(run(path, "--csv").stdout))
    assert cell in {row["label"] for row in rows if row["table"] == "outlet"}


def test_the_page_is_one_file_without_scripts_and_escapes_what_articles_say(statements: Path, tmp_path: Path) -> None:
    page = tmp_path / "new" / "audit.html"
    assert run(statements, "--html", page).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "\x1b" not in text
    assert "&lt;script&gt;" in text
    assert re.search(r"style-src 'sha256-[\w+/]+='", text)
    assert "prefers-color-scheme: dark" in text
    assert 'href="#women"' in text and 'id="women"' in text
    opened: list[str] = []
    for closing, tag in re.findall(r"<(/?)([a-z]\w*)[^>]*>", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)):
        if closing:
            assert opened.pop() == tag
        elif tag not in VOID | {"line"} and tag != "rect":
            opened.append(tag)
    assert opened == []


def test_filters_choose_articles(statements: Path) -> None:
    assert json.loads(run(statements, "--json", "--outlet", "Times").stdout)["articles"] == 1
    result = run(statements, "--json", "--since", "2026")
    assert json.loads(result.stdout)["articles"] == 1
    assert result.stderr == "left out 3 articles whose date does not tell whether it is in the period\n"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--json", "--csv"], 2, "cannot be combined"),
        (["--since", "yesterday"], 2, "is not a date"),
        (["--outlet", "Nobody's"], 1, "no statements to count"),
        (["--errors", "missing.json"], 1, "missing.json"),
    ],
)
def test_wrong_use_is_one_clear_line(statements: Path, arguments: list[str], status: int, words: str) -> None:
    result = run(statements, *arguments)
    assert result.exit_code == status
    assert result.stderr.startswith("error: ")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_page_never_takes_the_place_of_the_statements(statements: Path) -> None:
    before = statements.read_bytes()
    result = run(statements, "--html", statements)
    assert result.exit_code and "is read; choose another file with --html" in result.stderr
    assert statements.read_bytes() == before


def test_a_folder_or_another_file_is_one_clear_line(tmp_path: Path) -> None:
    assert "is a folder" in run(tmp_path).stderr
    (tmp_path / "x.jsonl").write_text("{}\n")
    assert "x.jsonl, line 1" in run(tmp_path / "x.jsonl").stderr
