"""SQLite and XLSX as the programs read them that they are for, and the new formats as a user meets them."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from onrecord.document import Speaker
from onrecord.export.labels import LabelledArticle
from onrecord.export.quotations import write_quotations
from onrecord.export.sqlite import write_sqlite
from onrecord.export.tei import write_tei
from onrecord.export.web_annotation import write_web_annotations
from onrecord.export.xlsx import write_xlsx
from onrecord.files.records import to_line
from tests.command import assert_one_clear_line, onrecord
from tests.export.exported import ASKED, HARBOUR, LABELLED_HARBOUR, STATEMENTS, write
from tests.labelled import LABELLED


@pytest.fixture
def statements(tmp_path: Path) -> Path:
    return write(tmp_path, [LABELLED_HARBOUR, *LABELLED])


def opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def test_the_database_is_whole_and_its_keys_lead_somewhere(statements: Path, tmp_path: Path) -> None:
    counts = write_sqlite(statements, tmp_path / "out.db", tmp_path / "news")
    assert counts[:2] == (9, 2)
    with opened(tmp_path / "out.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        keys = {
            (table, key[2])
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for key in database.execute(f"PRAGMA foreign_key_list({table})")
        }
        assert {("statements", "articles"), ("statement_speakers", "speakers"), ("stances", "targets")} <= keys
    assert sorted(path.name for path in tmp_path.iterdir()) == ["news", "out.db", "out.jsonl", "out.metadata.json"]


def test_every_statement_can_be_had_again(statements: Path, tmp_path: Path) -> None:
    write_sqlite(statements, tmp_path / "out.db", tmp_path / "news")
    with opened(tmp_path / "out.db") as database:
        rows = database.execute(
            "SELECT identifier, text, form, act, confidence, content, context_begins, context_ends, context "
            "FROM statements WHERE article = 1 ORDER BY id"
        ).fetchall()
        assert [row[:5] for row in rows] == [(s.id, s.text, s.form, s.act, s.confidence) for s in STATEMENTS]
        for row, statement in zip(rows, STATEMENTS, strict=True):
            assert json.loads(row[5]) == [list(span) for span in statement.content]
            assert HARBOUR.text[row[6] : row[7]] == row[8]
        assert database.execute("SELECT text, title FROM articles WHERE id = 1").fetchone() == (
            HARBOUR.text,
            HARBOUR.meta.title,
        )
        stances = database.execute(
            "SELECT targets.name, label, support, about FROM stances JOIN targets ON targets.id = target "
            "JOIN statements ON statements.id = statement WHERE identifier = ? ORDER BY place",
            (STATEMENTS[4].id,),
        ).fetchall()
        assert stances == [("the <port>", "support", 0.8, 0.9), ("jobs", "neutral", None, None)]


def test_full_text_search_finds_statements(statements: Path, tmp_path: Path) -> None:
    write_sqlite(statements, tmp_path / "out.db", tmp_path / "news")
    query = (
        "SELECT identifier FROM statements JOIN statements_fts ON statements_fts.rowid = statements.id "
        "WHERE statements_fts MATCH ? ORDER BY rank"
    )
    with opened(tmp_path / "out.db") as database:
        assert database.execute(query, ("text: growing",)).fetchall() == [(STATEMENTS[0].id,)]
        assert len(database.execute(query, ("critics",)).fetchall()) == len(STATEMENTS)  # in the context
        assert database.execute(query, ("zebra",)).fetchall() == []


def test_views_count_speakers_and_stances(statements: Path, tmp_path: Path) -> None:
    write_sqlite(statements, tmp_path / "out.db")
    with opened(tmp_path / "out.db") as database:
        counts = dict(database.execute("SELECT name, statements FROM speaker_counts"))
        assert counts == {"Ada Lund": 2, "Omar Diallo": 2, "Ada Brandt": 2, "Port Authority": 1}
        assert database.execute("SELECT target, speaker, support, oppose FROM stance_counts").fetchall() == [
            ("the plan", "Ada Brandt", 0, 2),
            ("the <port>", "Ada Lund", 1, 0),
        ]
        said = database.execute("SELECT speaker FROM said ORDER BY statement, speaker").fetchall()
        assert len(said) == 10  # one statement has two speakers, one has none
        assert (None,) in said
        assert database.execute("SELECT COUNT(text), COUNT(*) FROM articles").fetchone() == (0, 2)
        roles = dict(database.execute("SELECT name, role FROM speakers WHERE name IS NOT NULL"))
        assert roles["Ada Lund"] == "a Democrat"


def test_the_database_tells_what_the_article_says_of_each_speaker(statements: Path, tmp_path: Path) -> None:
    write_sqlite(statements, tmp_path / "out.db")
    columns = "source_type, gender, anonymous, reason"
    with opened(tmp_path / "out.db") as database:
        rows = database.execute(
            f"SELECT {columns}, reason_spans, score FROM statement_speakers "
            "JOIN statements ON statements.id = statement WHERE article = 1 ORDER BY statement, place"
        ).fetchall()
        critics = json.dumps([list(span) for span in ASKED.spans])
        assert rows[0] == ("named person", "feminine", 0, None, None, 0.9)
        assert rows[2] == ("unnamed group", None, 1, "Nobody asked us", critics, None)
        assert rows[3] == (None, None, 0, None, None, None)
        said = database.execute(f"SELECT {columns}, act_score FROM said ORDER BY statement").fetchall()
        assert said[2] == ("unnamed group", None, 1, "Nobody asked us", None)
        assert said[3] == (None, None, 0, None, 0.7)


def test_a_new_database_replaces_the_old_one_whole(statements: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.db"
    write_sqlite(statements, output, tmp_path / "news")
    before = output.read_bytes()
    statements.write_text(statements.read_text(encoding="utf-8") + "{}\n", encoding="utf-8")
    assert onrecord("export", statements, "--to", "sqlite", "-o", output).returncode == 1
    assert output.read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    write(tmp_path, [LABELLED_HARBOUR])
    write_sqlite(statements, output)
    with opened(output) as database:
        assert database.execute("SELECT COUNT(*) FROM articles").fetchone() == (1,)


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
@pytest.mark.parametrize("to", ["sqlite", "xlsx", "csv", "parquet", "tei", "graphml"])
def test_a_link_at_the_outputs_place_stays_and_what_it_leads_to_is_replaced(
    to: str, statements: Path, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    real, link = tmp_path / "disk" / "real", tmp_path / "out"
    real.write_bytes(b"old")
    link.symlink_to(real)
    result = onrecord("export", statements, "--to", to, "-o", link, "--articles", tmp_path / "news")
    assert result.returncode == 0, result.stderr
    assert link.is_symlink()
    assert real.read_bytes() not in (b"old", b"")
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["real"]


def test_the_metadata_replaces_no_file_of_something_else(statements: Path, tmp_path: Path) -> None:
    output, metadata = tmp_path / "out.db", tmp_path / "out.metadata.json"
    metadata.write_text('{"title": "mine"}')
    result = onrecord("export", statements, "--to", "sqlite", "-o", output)
    assert_one_clear_line(result, f"{metadata}: a file of something else is there", "choose another name with -o")
    assert metadata.read_text() == '{"title": "mine"}'
    assert not output.exists()
    metadata.unlink()
    for _ in range(2):  # its own is replaced
        assert onrecord("export", statements, "--to", "sqlite", "-o", output).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="names of files that are not UTF-8")
def test_a_database_may_have_a_name_that_is_not_utf_8(statements: Path, tmp_path: Path) -> None:
    output = Path(os.fsdecode(os.fsencode(tmp_path) + b"/out\xff.db"))
    (name,) = json.loads(write_sqlite(statements, output).metadata.read_text(encoding="utf-8"))["databases"]
    assert name == output.stem


def test_the_metadata_describes_tables_that_exist(statements: Path, tmp_path: Path) -> None:
    counts = write_sqlite(statements, tmp_path / "out.db")
    (database_name,) = metadata = json.loads(counts.metadata.read_text(encoding="utf-8"))["databases"]
    assert database_name == "out"
    with opened(tmp_path / "out.db") as database:
        for table, known in metadata_tables(counts.metadata).items():
            columns = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
            assert columns, table
            named = {*known.get("columns", {}), *known.get("facets", []), known.get("label_column", "")}
            assert named - {""} <= columns
    assert metadata


def metadata_tables(path: Path) -> dict[str, dict[str, dict[str, str]]]:
    (database,) = json.loads(path.read_text(encoding="utf-8"))["databases"].values()
    tables: dict[str, dict[str, dict[str, str]]] = database["tables"]
    return tables


def sheets(path: Path) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(path)
    for sheet in book:
        assert all(cell.data_type in {"s", "n", "inlineStr"} for row in sheet.iter_rows() for cell in row)
        assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_workbook_has_statements_speakers_and_positions(statements: Path, tmp_path: Path) -> None:
    result = onrecord(
        "export", statements, "--to", "xlsx", "-o", tmp_path / "out.xlsx", "--articles", tmp_path / "news"
    )
    assert result.returncode == 0, result.stderr
    found = sheets(tmp_path / "out.xlsx")
    assert list(found) == ["statements", "speakers", "positions"]
    header, *rows = found["statements"]
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    assert [cell["id"] for cell in cells[:7]] == [one.id for one in STATEMENTS]
    assert cells[0]["text"] == STATEMENTS[0].text
    assert cells[0]["confidence"] == 0.75  # a number
    assert (cells[4]["stance: the <port>"], cells[4]["stance: jobs"]) == ("support", "neutral")
    assert cells[5]["speakers"] == "Ada Lund; Omar Diallo"
    assert cells[0]["speaker_scores"] == 0.9  # a number, if there is one speaker
    columns = ("speaker_scores", "source_types", "genders", "anonymous", "reasons")
    assert [cells[5][column] for column in columns] == [
        *("0.9; ", "named person; named person", "feminine; ", "false; false", "; "),
    ]
    assert [cells[2][column] for column in columns] == [None, "unnamed group", None, "true", "Nobody asked us"]
    assert cells[0]["context"] == HARBOUR.text.strip().replace("\r\n", "\n")
    names = [row[0] for row in found["speakers"][1:]]
    assert {"Ada Lund", "Omar Diallo", "Ada Brandt"} <= set(names)
    header, *rows = found["positions"]
    assert {(row[0], row[3]) for row in rows} >= {("Ada Brandt", "the plan"), ("Ada Lund", "the <port>")}


EVIL = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "http://example.org",
    "mailto:x",
    "1e9",
    "007",
    "_x0041_",
    "{=1}",
    "#N/A",
    "TRUE",
)


def test_no_cell_is_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    doc = "e.txt"
    found = []
    for number, evil in enumerate(EVIL):
        plain = replace(STATEMENTS[3], doc=doc, id=f"{doc}#{number}", speakers=(Speaker(evil, evil, "person", evil),))
        found.append(replace(plain, meta=replace(plain.meta, title=evil, outlet=f"\x01\x1b{evil}\ufffe")))
    path = tmp_path / "out.jsonl"
    path.write_text("".join(f"{to_line(one)}\n" for one in found), encoding="utf-8")
    assert onrecord("export", path, "--to", "xlsx", "-o", tmp_path / "out.xlsx").returncode == 0
    header, *rows = sheets(tmp_path / "out.xlsx")["statements"]
    for evil, row in zip(EVIL, rows, strict=True):
        cells = dict(zip(header, row, strict=True))
        shown = evil.replace("_x0041_", "_x005F_x0041_") if "x005F" in str(cells["title"]) else evil
        assert (cells["title"], cells["outlet"], cells["roles"]) == (shown, shown, shown)


def test_a_cell_that_is_too_long_is_cut_and_that_is_said(tmp_path: Path) -> None:
    long = "😀" * 20_000
    statement = replace(STATEMENTS[3], speakers=(Speaker(long),))
    path = tmp_path / "out.jsonl"
    path.write_text(f"{to_line(statement)}\n", encoding="utf-8")
    result = onrecord("export", path, "--to", "xlsx", "-o", tmp_path / "out.xlsx")
    assert "cells cut" in result.stderr
    (shown,) = [row[10] for row in sheets(tmp_path / "out.xlsx")["statements"][1:]]
    assert isinstance(shown, str)
    assert shown.endswith("😀…")
    assert len(shown.encode("utf-16-le")) // 2 <= 32_767


@pytest.mark.parametrize("to", ["xlsx", "sqlite", "web-annotation", "tei", "schema-org"])
def test_export_writes_the_format_and_says_so_in_one_line(to: str, statements: Path, tmp_path: Path) -> None:
    output = tmp_path / "there" / "out"
    result = onrecord("export", statements, "--to", to, "--articles", tmp_path / "news", "-o", output)
    assert result.returncode == 0, result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert str(output) in result.stderr
    assert output.is_file()


def test_the_same_statements_make_the_same_bytes(statements: Path, tmp_path: Path) -> None:
    for write_it, name in ((write_sqlite, "out.db"), (write_xlsx, "out.xlsx")):
        written = []
        for folder in ("first", "second"):
            write_it(statements, tmp_path / folder / name, tmp_path / "news")
            written.append((tmp_path / folder / name).read_bytes())
        assert written[0] == written[1]
    with ZipFile(tmp_path / "first" / "out.xlsx") as book:  # nor does it say when it was made
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {*re.findall(rb"[0-9]{4}-[0-9-]+T[0-9:]+", book.read("docProps/core.xml"))} == {b"1980-01-01T00:00:00"}


@pytest.mark.parametrize("to", ["web-annotation", "tei"])
def test_what_holds_texts_asks_for_them(to: str, statements: Path, tmp_path: Path) -> None:
    result = onrecord("export", statements, "--to", to, "-o", tmp_path / "out")
    assert_one_clear_line(result, "--articles", status=1)
    assert not (tmp_path / "out").exists()


WRITERS: list[Callable[[Path, Path, Path], object]] = [
    *(write_web_annotations, write_tei, write_quotations, write_sqlite, write_xlsx),
]


@pytest.mark.parametrize("write_it", WRITERS)
def test_memory_does_not_grow_with_the_collection(
    write_it: Callable[[Path, Path, Path], object], tmp_path: Path
) -> None:
    def peak(articles: int) -> int:
        path = write(tmp_path, [copy_of(number) for number in range(articles)])
        tracemalloc.start()
        try:
            write_it(path, tmp_path / "written", tmp_path / "news")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)  # what is imported and kept
    few, many = peak(20), min(peak(200), peak(200))
    assert many < few + 1_500_000  # bytes; the statements of 180 articles, read into memory, are ten million


def copy_of(number: int) -> LabelledArticle:
    doc = f"{number}.txt"
    statements = tuple(replace(one, doc=doc, id=f"{doc}#{place}") for place, one in enumerate(STATEMENTS, 1))
    return LabelledArticle(replace(HARBOUR, doc=doc), statements)
