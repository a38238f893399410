"""Tables and JSON that is not in lines: an article in each row, whatever its file looks like."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from onrecord.document import Article
from onrecord.errors import InputError
from onrecord.reading import ReadSettings, discover, find_inputs, read_article
from onrecord.reading.rows import json_array
from onrecord.reading.rows import table as tables
from tests.reading.test_inputs import TEXT, read_all, texts

FIRST = "The mayor said on Monday that the pool would stay open.\r\n\r\n“It stays,” she said, “for good; believe me.”"
SECOND = "The council said on Tuesday that the road, which is old, would be mended by the end of the year."
ROWS = [
    {"Headline": "Pool stays", "Published": "2 March 2026", "Publication": "Easton Echo", "Body": FIRST},
    {"Headline": "Road mended", "Published": "2026-03-03", "Publication": "Weston Mail", "Body": SECOND},
]


def table(delimiter: str, rows: list[dict[str, str]] = ROWS, end: str = "\r\n") -> str:
    lines = [[*rows[0]], *([*row.values()] for row in rows)]
    quoted = (delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    return end.join(quoted) + end


def workbook(path: Path, *sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def metas(path: Path, settings: ReadSettings | None = None) -> list[tuple[str | None, str | None, str | None]]:
    articles = [article for article in read_all(path, settings).values() if isinstance(article, Article)]
    return [(article.meta.title, article.meta.date, article.meta.outlet) for article in articles]


EXPECTED = [("Pool stays", "2026-03-02", "Easton Echo"), ("Road mended", "2026-03-03", "Weston Mail")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_whatever_its_delimiter_encoding_and_line_ends(
    tmp_path: Path, delimiter: str, codec: str, end: str
) -> None:
    path = tmp_path / "articles.csv"
    path.write_bytes(table(delimiter, end=end).encode(codec))
    assert texts(path) == {"articles.csv#1": FIRST, "articles.csv#2": SECOND}
    assert metas(path) == EXPECTED


def test_what_was_guessed_is_said_once_for_all_files_and_only_what_was(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_text(table(","), newline="")
    (tmp_path / "d.jsonl").write_text(json.dumps({"text": TEXT, "title": "T"}) + "\n")
    (note,) = discover([tmp_path]).notes
    guessed = "text from 'Body', title from 'Headline', date from 'Published', outlet from 'Publication'"
    assert note.startswith(f"a.csv and 2 more files: {guessed}; ")
    (note,) = discover([tmp_path / "a.csv"], ReadSettings(text_field="Body", title_field="Headline")).notes
    assert note.startswith("a.csv: date from 'Published', outlet from 'Publication'; ")


def test_named_columns_come_before_guessed_ones(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,summary,source,medium\nshort,The long one that was meant here.,wire,Echo\n")
    settings = ReadSettings(text_field="summary", outlet_field="medium")
    (article,) = read_all(tmp_path, settings).values()
    assert isinstance(article, Article)
    assert (article.text, article.meta.outlet) == ("The long one that was meant here.", "Echo")


@pytest.mark.parametrize("option", ["text", "title", "url"])
def test_a_column_that_is_not_there_is_one_fault_of_the_table(tmp_path: Path, option: str) -> None:
    (tmp_path / "a.csv").write_text(table(","), newline="")
    (message,) = texts(tmp_path, ReadSettings(**{f"{option}_field": "Nope"})).values()  # type: ignore[arg-type]
    assert message == (
        f"! a.csv: no column 'Nope'; name one with --{option}-field (Headline, Published, Publication, Body)"
    )


def test_rows_that_are_not_as_wide_as_the_header_cost_no_other_row(tmp_path: Path) -> None:
    lines = [
        "id,text,outlet",
        f"1,{TEXT.split('.')[0]} one,A",
        "2,cut off",
        "3,too,many,cells",
        "4,The last one said so,B",
    ]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    read = texts(tmp_path)
    assert [text for text in read.values() if not text.startswith("!")] == [
        f"{TEXT.split('.')[0]} one",
        "The last one said so",
    ]
    assert read["a.csv#2"].startswith(f"! {tmp_path}/a.csv: row 2 (line 3) has 2 cells and the header 3; ")
    assert "row 3 (line 4) has 4 cells" in read["a.csv#3"]


def test_a_quotation_mark_that_is_never_closed_is_told_with_the_rows_it_takes_along(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text,outlet\nThe first one said so,"A"\n"The second never ends,B\nThe third,C\n')
    first, second = texts(tmp_path).values()
    assert first == "The first one said so"
    assert "row 2 (line 4): an opening quotation mark that is never closed" in second


def test_text_without_quoting_keeps_its_quotation_marks(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(
        'title\ttext\nOne\t"It stays," said the mayor of Easton.\nTwo\tShe said "no" to it.\n'
    )
    assert list(texts(tmp_path).values()) == ['"It stays," said the mayor of Easton.', 'She said "no" to it.']


def test_an_index_without_a_name_and_columns_of_one_name_are_read_as_pandas_does(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",text,text\n0,The first text said so,The other one\n")
    assert list(texts(tmp_path).values()) == ["The first text said so"]
    assert list(texts(tmp_path, ReadSettings(text_field="text.1")).values()) == ["The other one"]
    (tmp_path / "a.csv").write_text("title,text\n0,One,The first text said so\n1,Two,The second said so\n")
    assert list(texts(tmp_path).values()) == ["The first text said so", "The second said so"]


def test_rows_in_another_encoding_cost_no_other_row(tmp_path: Path) -> None:
    rows = [f"The mayor of Zürich said number {n} on Monday" for n in range(9)]
    data = [f"text;n\n{row};1\n".encode() if not n else f"{row};1\n".encode() for n, row in enumerate(rows)]
    data[4] = f"{rows[4]};1\n".encode("cp1252")
    (tmp_path / "a.csv").write_bytes(b"".join(data))
    read = list(texts(tmp_path).values())
    assert [text for text in read if not text.startswith("!")] == [row for n, row in enumerate(rows) if n != 4]
    assert "row 5 (line 6) is not in utf-8" in read[4]


def test_a_table_in_an_archive_and_compressed_has_the_same_rows(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("in/articles.csv", table(","))
    assert texts(tmp_path / "a.zip") == {"a.zip!/in/articles.csv#1": FIRST, "a.zip!/in/articles.csv#2": SECOND}
    inputs = find_inputs([tmp_path / "a.zip"])
    assert [read_article(item).text for item in reversed(inputs)] == [SECOND, FIRST]


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02\x03 no table", b"\x89PNG\r\n\x1a\n" + bytes(100), b"", b"text,title\n"]
)
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
def test_a_file_that_is_no_table_is_one_clear_line(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    (message,) = texts(tmp_path).values()
    assert message.startswith("! ")
    assert name in message


def test_a_workbook_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    header = ["headline", "date", "source", "content", "id"]
    day = datetime(2026, 3, 2)
    workbook(
        tmp_path / "a.xlsx",
        [header, ["Pool", day, "Echo", FIRST, 7], [None] * 5, ["Road", "3 March 2026", "Mail", SECOND, 8.0]],
        [["content", "headline"], ["The third one said so on Monday.", "Third"]],
    )
    read = texts(tmp_path)
    assert list(read) == ["a.xlsx#1", "a.xlsx#2", "a.xlsx#3"]
    assert [text.replace("_x000D_", "\r") for text in read.values()][1:] == [SECOND, "The third one said so on Monday."]
    assert metas(tmp_path) == [("Pool", "2026-03-02", "Echo"), ("Road", "2026-03-03", "Mail"), ("Third", None, None)]
    ids = ReadSettings(id_field="id")
    assert list(
        texts(workbook(tmp_path / "b.xlsx", [header, *([["T", day, "E", SECOND, n] for n in (7, 8.0)])]), ids)
    ) == [
        "b.xlsx#7",
        "b.xlsx#8",
    ]


def test_a_row_of_blanks_is_no_header(tmp_path: Path) -> None:
    read = texts(workbook(tmp_path / "a.xlsx", [[" ", None], ["text", "title"], [" ", " "], [TEXT, "T"]]))
    assert read == {"a.xlsx#1": TEXT}


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", [["text"], ["x"]])
    with zipfile.ZipFile(tmp_path / "a.xlsx", "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings2.xml", bytes(30_000_000))
    (message,) = texts(tmp_path).values()
    assert "unpacks to 30 MB, more than is read" in message


ITEMS = [
    {"headline": f"Title {n}", "source": {"name": "Echo"}, "fields": {"bodyText": f"{SECOND} {n}"}} for n in range(3)
]


@pytest.mark.parametrize(
    "value",
    [
        ITEMS,
        {"status": "ok", "totalResults": 3, "articles": ITEMS},
        {"response": {"status": "ok", "tags": [{"id": 1}], "results": ITEMS}},
        {"hits": {"total": 3, "hits": [{"_id": n, "_source": item} for n, item in enumerate(ITEMS)]}},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_is_found_wherever_an_answer_has_it(tmp_path: Path, value: Any, indent: int | None) -> None:
    (tmp_path / "a.json").write_text(json.dumps(value, indent=indent))
    assert texts(tmp_path) == {f"a.json#{n + 1}": f"{SECOND} {n}" for n in range(3)}
    assert metas(tmp_path) == [(f"Title {n}", None, "Echo") for n in range(3)]


def test_a_single_object_is_an_article_and_objects_in_lines_are_articles(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"tags": [{"name": "x"}], "text": SECOND}))
    lines = "\n".join(json.dumps({"text": f"{SECOND} {n}"}, indent=1) for n in range(2))
    (tmp_path / "b.json").write_text(lines)
    (tmp_path / "c.jsonl").write_text(json.dumps([{"text": f"{SECOND} c"}], indent=1))
    assert list(texts(tmp_path).values()) == [SECOND, f"{SECOND} 0", f"{SECOND} 1", f"{SECOND} c"]


def test_a_broken_item_of_a_list_costs_no_other(tmp_path: Path) -> None:
    items = [json.dumps({"text": f"{SECOND} {n}", "n": None}) for n in range(4)]
    items[1] = items[1].replace("null", "nul")
    (tmp_path / "a.json").write_text(f"[{', '.join(items)}]")
    read = texts(tmp_path)
    assert [text for text in read.values() if not text.startswith("!")] == [f"{SECOND} {n}" for n in (0, 2, 3)]
    assert read["a.json#2"] == f"! {tmp_path}/a.json: item 2: not JSON: Expecting value"
    (tmp_path / "a.json").write_text(f"[{', '.join(items[2:])}")
    *_, last = texts(tmp_path).values()
    assert "the list does not end; the file is cut off, after item 2; the rest was not read" in last


def test_numbers_that_are_none_stop_nothing(tmp_path: Path) -> None:
    long = "9" * 5000
    (tmp_path / "a.json").write_text(
        f'[{{"text": "{SECOND}", "date": NaN, "title": {long}}}, {{"text": "{SECOND} 2"}}]'
    )
    read = list(texts(tmp_path).values())
    assert read[-1] == f"{SECOND} 2"


def test_a_long_list_is_read_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    with path.open("w") as file:
        file.write('{"articles": [')
        for n in range(4_000):
            file.write(("," if n else "") + json.dumps({"text": f"{SECOND * 10} {n}"}))
        file.write("]}")
    monkeypatch.setattr(json_array, "LONGEST_ROW", 200_000)
    tracemalloc.start()
    with path.open("rb") as stream:
        assert sum(not isinstance(row, InputError) for row in json_array.rows(stream, "a")) == 4_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 3_500_000
    assert peak < 1_500_000


def test_a_stream_that_cannot_be_sought_in_is_enough(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._data = io.BytesIO(data)

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self._data.read(size if size < 0 else min(size, 1000))

    assert [row["Body"] for row in tables.rows(Pipe(table(",").encode()), "a")] == [FIRST, SECOND]  # type: ignore[index]
    rows = list(json_array.rows(Pipe(json.dumps(ITEMS).encode()), "a"))
    assert rows == ITEMS
