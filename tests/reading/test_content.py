"""What a file holds decides, not what it is called; and what is left out is counted."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from onrecord.document import Article
from onrecord.errors import InputError
from onrecord.reading import File, Input, ReadSettings, discover, find_inputs, read_article
from onrecord.reading.fields.headlines import headline
from onrecord.reading.listing import left_out_line, summary
from tests.reading.making import write_archive, write_lines, write_parquet
from tests.reading.test_inputs import BODY, PARAGRAPHS, TEXT, page, read_all, texts


@pytest.mark.parametrize("name", ["a.txt", "a", "a.unknown"])
@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-16"])
def test_a_web_page_is_one_whatever_its_name(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    path.write_bytes(page(BODY, "").encode(codec))
    (article,) = read_all(path).values()
    assert isinstance(article, Article)
    assert article.text == "\n".join(PARAGRAPHS)
    assert article.meta.title == "Harbour stays open"


def test_a_page_on_standard_input_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, page(BODY, "").encode())
    article = read_article(Input("-", File(None)))
    assert (article.text, article.meta.outlet) == ("\n".join(PARAGRAPHS), "The Post")


def give(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    read, write = os.pipe()
    os.write(write, data)
    os.close(write)
    monkeypatch.setattr("sys.stdin", os.fdopen(read))


def test_rows_on_standard_input_are_refused_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, json.dumps({"text": TEXT}).encode() + b"\n")
    with pytest.raises(
        InputError, match=r"^standard input: many articles \(jsonl\), not one; give them as a file named"
    ):
        read_article(Input("-", File(None)))


@pytest.mark.parametrize("name", ["r.jsonl", "r.parquet", "r.csv"])
def test_html_in_a_field_is_read_as_text(tmp_path: Path, name: str) -> None:
    fragments = [BODY, page(BODY), TEXT, "The rule a < b holds, the mayor said, and so does b > c <for> all of them."]
    rows = [{"text": fragment, "title": f"T{n}"} for n, fragment in enumerate(fragments)]
    path = tmp_path / name
    if name == "r.jsonl":
        write_lines(path, rows)
    elif name == "r.parquet":
        write_parquet(path, rows)
    else:
        cells = ['"' + str(row["text"]).replace('"', '""') + f'",{row["title"]}\n' for row in rows]
        path.write_text("text,title\n" + "".join(cells), newline="")
    read = list(read_all(path).values())
    assert all(isinstance(article, Article) for article in read), read
    found = [article.text for article in read if isinstance(article, Article)]
    assert [text.split() for text in found[:2]] == [" ".join(PARAGRAPHS).split()] * 2
    assert found[2:] == fragments[2:]
    assert [article.meta.title for article in read if isinstance(article, Article)] == ["T0", "T1", "T2", "T3"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n\x00\x01", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00", "a PNG image"),
        (b"\x1f\x8b\x08\x00\x00", "a gzip file"),
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (bytes(range(256)) * 20, "binary data"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.weird", "a"])
def test_binary_is_refused_in_a_line_that_says_what_it_is(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    (message,) = texts(tmp_path / name).values()
    assert message.startswith(f"! {tmp_path / name}: ")
    assert words in message


@pytest.mark.parametrize("name", ["rows.dump", "rows", "rows.txt"])
def test_rows_are_found_under_other_names(tmp_path: Path, name: str) -> None:
    lines = write_lines(tmp_path / name, [{"text": f"{TEXT}{n}"} for n in range(3)])
    assert list(texts(lines)) == [f"{name}#{n}" for n in (1, 2, 3)]
    table = write_parquet(tmp_path / name, [{"text": f"{TEXT}{n}"} for n in range(3)])
    assert list(texts(table)) == [f"{name}#{n}" for n in (1, 2, 3)]
    (tmp_path / name).write_text(json.dumps([{"text": TEXT}], indent=2))
    assert list(texts(tmp_path / name)) == [f"{name}#1"]


def test_a_workbook_is_found_under_another_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["text"])
    book.active.append([TEXT.splitlines()[0]])
    book.save(tmp_path / "a.dat")
    assert texts(tmp_path / "a.dat") == {"a.dat#1": TEXT.splitlines()[0]}


def test_what_is_left_out_is_counted_by_kind(tmp_path: Path) -> None:
    for name in ("a.txt", "b.mp4", "sub/c.MP4", "d.psd", "README", ".hidden.mp4", "e.psd.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    write_archive(tmp_path / "x.zip", {"f.txt": TEXT, "g.mp4": "x", "in/h.exe": "x"})
    (tmp_path / "linked").symlink_to(tmp_path / "sub")
    found = discover([tmp_path])
    assert [item.doc for item in found.inputs] == ["a.txt", "x.zip!/f.txt"]
    assert left_out_line(found.left_out) == (
        "left out: 3 .mp4, 1 .exe, 1 .psd, 1 .psd.gz, 1 link to a folder, 1 without an ending"
    )
    assert left_out_line(discover([tmp_path / "a.txt"]).left_out) is None


def test_what_patterns_leave_out_is_not_counted(tmp_path: Path) -> None:
    for name in ("a.txt", "b.mp4", "c.psd"):
        (tmp_path / name).write_text(TEXT)
    assert discover([tmp_path], ReadSettings(exclude=("*.mp4",))).left_out == {".psd": 1}
    assert discover([tmp_path], ReadSettings(glob=("*.txt",))).left_out == {}


def test_a_folder_with_nothing_to_read_says_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "b.mp4").write_text("x")
    with pytest.raises(
        InputError, match=r"no articles in this folder or below it \(left out: 1 \.mp4\); give a folder"
    ):
        find_inputs([tmp_path])


STATEMENT = {
    "schema": "onrecord/1",
    "doc": "a.txt",
    "id": "a.txt#1",
    "text": "No.",
    "form": "direct",
    "confidence": 0.9,
}


def our_files(folder: Path) -> Iterator[Path]:
    yield write_lines(folder / "out.jsonl", [STATEMENT])
    yield write_lines(folder / "out.errors.jsonl", [{"path": "b.txt", "stage": "reading", "message": "b.txt: empty"}])
    (folder / "out.run.json").write_text(json.dumps({"versions": {"onrecord": "1"}, "settings": {}}, indent=2))
    yield folder / "out.run.json"
    report = '<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<meta name="generator" content="onrecord 1">'
    (folder / "index.html").write_text(f"{report}</head><body>{BODY}</body></html>")
    yield folder / "index.html"
    (folder / "out.csv").write_text("id,doc,title,text,form,act,confidence\na.txt#1,a.txt,,No.,direct,,0.9\n")
    yield folder / "out.csv"
    yield write_parquet(folder / "out.parquet", [STATEMENT])


def test_our_own_output_is_never_read_as_an_article(tmp_path: Path) -> None:
    ours = list(our_files(tmp_path))
    (tmp_path / "a.txt").write_text(TEXT)
    spool = tmp_path / "out.jsonl.spool"
    spool.mkdir()
    (spool / "run.sqlite").write_text("x")
    found = discover([tmp_path])
    assert [item.doc for item in found.inputs] == ["a.txt"]
    assert left_out_line(found.left_out) == f"left out: {len(ours) + 1} our own output"
    for path in ours:
        (message,) = texts(path).values()
        assert message == f"! {path}: our own output, not articles; name the articles that it was made from"


def test_pipes_devices_and_sockets_are_never_opened(tmp_path: Path) -> None:
    (tmp_path / "z.txt").write_text(TEXT)
    os.mkfifo(tmp_path / "a.txt")
    (tmp_path / "b.jsonl").symlink_to("/dev/zero")
    (tmp_path / "c.zip").symlink_to(tmp_path / ".pipe")
    for name in ("pipe", ".pipe"):
        os.mkfifo(tmp_path / name)
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(tmp_path)  # the paths of sockets are short
        listening.bind("d.html")
        os.chdir(here)
        found = discover([tmp_path])
    assert left_out_line(found.left_out) == "left out: 1 without an ending"
    faults = {item.doc: item.fault for item in found.inputs if item.fault}
    kinds = {"a.txt": "a pipe", "b.jsonl": "a link to a device", "c.zip": "a link to a pipe", "d.html": "a socket"}
    assert list(faults) == list(kinds)
    for doc, kind in kinds.items():
        assert str(faults[doc]).startswith(f"{tmp_path}/{doc}: {kind}, not a file; it was not opened")
        (item,) = find_inputs([tmp_path / doc])
        assert item.fault == faults[doc]


def test_two_articles_of_one_name_are_one_fault_and_the_first_is_read(tmp_path: Path) -> None:
    write_lines(tmp_path / "r.jsonl", [{"text": TEXT, "id": "a"}, {"text": TEXT, "id": "a"}, {"text": TEXT, "id": 3}])
    (tmp_path / "r.jsonl#a").write_text(TEXT)
    read = texts(tmp_path, ReadSettings(id_field="id", glob=("r.*",)))
    inputs = find_inputs([tmp_path], ReadSettings(id_field="id", glob=("r.*",)))
    readable = [item.doc for item in inputs if item.fault is None]
    assert len(readable) == len(set(readable)) == 2
    assert [item.fault is None for item in inputs] == [True, False, True, False]
    assert "another article is called r.jsonl#a, too; rename one" in str(inputs[3].fault)
    assert read["r.jsonl#3"] == TEXT


def test_ids_that_are_no_text_are_one_fault(tmp_path: Path) -> None:
    write_lines(tmp_path / "r.jsonl", ['{"text": "x", "id": "\\ud800"}', {"text": TEXT, "id": "a"}])
    first, second = texts(tmp_path, ReadSettings(id_field="id")).values()
    assert "row 1" in first or "#1" in first
    assert "lone surrogates" in first
    assert second == TEXT


def test_the_listing_counts_kinds(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.csv").write_text(f'text,n\n"{TEXT}",1\n"{TEXT}",2\n')
    (tmp_path / "c.txt").write_text(page(BODY))
    assert summary(find_inputs([tmp_path])) == "4 articles: 1 HTML, 2 table row, 1 text"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Council approves port expansion\n\nEASTON - The council approved it.", "Council approves port expansion"),
        ("\n Is the port worth it?\r\n\r\nThe council thinks so.", "Is the port worth it?"),
        ("Council approves port\n" + "The council approved it on Monday after a long debate in which many spoke. " * 2,
         "Council approves port"),
        ("He came.\n\nThen she left.", None),
        ("The first line of a text that is wrapped\nafter so many characters is no title.", None),
        ("By Sam Reed\n\nThe council approved it.", None),
        ("EASTON, March 2 - The council met\n\nIt approved it.", None),
        ("“We will build it,” said Ada Brandt,\n\nwho is the mayor.", None),
        ("Council approves port expansion", None),
        ("* * *\n\nThe council approved it.", None),
        ("word " * 40 + "\n\nThe council approved it.", None),
    ],
)  # fmt: skip
def test_the_first_line_of_a_text_is_its_title_where_it_looks_like_one(
    tmp_path: Path, text: str, title: str | None
) -> None:
    assert headline(text) == title
    long = f"{text} The mayor said that the city would stay as it is for the years to come, and more."
    (tmp_path / "a.txt").write_text(long, newline="")
    (article,) = read_all(tmp_path).values()
    assert isinstance(article, Article)
    assert article.text == long


def test_what_needs_an_extra_is_counted_with_it_and_named_when_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onrecord.reading.formats._is_installed", lambda package: False)
    (tmp_path / "a.txt").write_text(TEXT)
    for name in ("b.pdf", "c.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.7\n")
    assert left_out_line(discover([tmp_path]).left_out) == "left out: 2 .pdf (pip install 'onrecord[pdf]')"
    (item,) = find_inputs([tmp_path / "b.pdf"])
    assert item.fault == f"{tmp_path}/b.pdf: to read .pdf files, pip install 'onrecord[pdf]'"
