"""What a run finds to read: patterns, web pages, rows and archives, and what is wrong with them."""

from __future__ import annotations

import gzip
import json
import os
import random
import zipfile
from pathlib import Path

import pytest
from pyarrow import parquet

from onrecord.document import Article
from onrecord.errors import InputError, NotEnglishError
from onrecord.reading import ArticleReader, File, Input, ReadSettings, find_inputs, read_article
from onrecord.reading.rows import open_rows
from tests.reading.making import write_archive, write_lines, write_parquet

TEXT = "The mayor said on Monday that the city would not close the old pool. “It stays,” she said.\r\nNº 7 – café.\n"
PARAGRAPHS = (
    "Mayor Ada Brandt said the harbour would stay open for the whole of next year.",
    "“We will not close it,” Brandt said on Monday. “Nobody wants that, nobody asked us – café owners least of all.”",
    "The council rejected the plan by twelve votes to three. Critics called it a waste of money and of time.",
)
HEAD = (
    '<title>Harbour stays open</title><meta property="og:site_name" content="The Post">'
    '<meta property="article:published_time" content="2015-03-02T10:00:00Z">'
    '<link rel="canonical" href="https://post.example/harbour.html">'
)


def page(body: str, head: str = '<meta charset="windows-1252">') -> str:
    menu = '<nav><a href="/">Home</a><a href="/sport">Sport</a></nav>'
    return f"<html><head>{head}{HEAD}</head><body>{menu}<article>{body}</article></body></html>"


BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def found(path: Path, settings: ReadSettings | None = None) -> dict[str, Input]:
    return {item.doc: item for item in find_inputs([path], settings)}


def read_all(path: Path, settings: ReadSettings | None = None) -> dict[str, Article | str]:
    """Each article, or what is wrong with it, by its name."""
    read: dict[str, Article | str] = {}
    with ArticleReader() as reader:
        for item in find_inputs([path], settings):
            try:
                read[item.doc] = reader.read(item)
            except InputError as error:
                assert "\n" not in str(error)
                read[item.doc] = str(error)
    return read


def texts(path: Path, settings: ReadSettings | None = None) -> dict[str, str]:
    return {doc: it.text if isinstance(it, Article) else f"! {it}" for doc, it in read_all(path, settings).items()}


ARCHIVES = ("a.zip", "a.tar.gz", "a.tgz")


@pytest.mark.parametrize(
    ("glob", "exclude", "expected"),
    [
        ((), (), ["a.txt", "b.html", "drafts/d.txt", "sub/drafts/e.txt"]),
        (("*.doc",), (), ["notes.doc"]),
        (("*.doc", "a.*"), (), ["a.txt", "notes.doc"]),
        (("sub/*",), (), ["sub/drafts/e.txt"]),
        ((), ("drafts",), ["a.txt", "b.html"]),
        ((), ("drafts/",), ["a.txt", "b.html"]),
        ((), ("sub/drafts", "*.html"), ["a.txt", "drafts/d.txt"]),
        (("*.txt",), ("a*",), ["drafts/d.txt", "sub/drafts/e.txt"]),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_patterns_choose_files(
    tmp_path: Path, glob: tuple[str, ...], exclude: tuple[str, ...], expected: list[str], packed: bool
) -> None:
    names = ("a.txt", "b.html", "drafts/d.txt", "sub/drafts/e.txt", "notes.doc", "c.psd", ".h.txt")
    folder = tmp_path / "news"
    if packed:
        folder.mkdir()
        write_archive(folder / "x.zip", dict.fromkeys(names, TEXT))
        expected = [f"x.zip!/{name}" for name in expected]
    else:
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(TEXT)
    assert sorted(found(folder, ReadSettings(glob, exclude))) == expected


def test_patterns_that_nothing_matches_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    with pytest.raises(InputError, match=r"no articles in this folder or below it \(files that match \*\.md\)"):
        find_inputs([tmp_path], ReadSettings(("*.md",)))


def test_a_page_gives_its_article_and_what_it_says_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(page(BODY).encode("cp1252"))
    (article,) = read_all(tmp_path).values()
    assert isinstance(article, Article)
    assert article.text == "\n".join(PARAGRAPHS)
    meta = article.meta
    assert (meta.title, meta.date, meta.outlet) == ("Harbour stays open", "2015-03-02", "The Post")
    assert (meta.url, meta.encoding, meta.language) == ("https://post.example/harbour.html", "windows-1252", "en")


def test_what_a_page_declares_does_not_outweigh_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(BODY), encoding="utf-8")
    (tmp_path / "b.htm").write_text(f'<?xml version="1.0" encoding="iso-8859-1"?>{page(BODY, "")}', encoding="utf-8")
    read = read_all(tmp_path)
    assert [it.meta.encoding for it in read.values() if isinstance(it, Article)] == ["utf-8", "utf-8"]
    assert set(texts(tmp_path).values()) == {"\n".join(PARAGRAPHS)}


def test_an_encoding_that_only_the_page_knows(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(
        page(BODY.replace("–", "—"), '<meta charset="x-mac-roman">').encode("mac_roman", "xmlcharrefreplace")
    )
    (article,) = read_all(tmp_path).values()
    assert isinstance(article, Article)
    assert (article.meta.encoding, "café" in article.text) == ("mac_roman", True)


def test_scripts_are_not_part_of_the_text(tmp_path: Path) -> None:
    script = "<script>document.write('<p>“Click,” said the script in the page.</p>')</script><style>p{}</style>"
    (tmp_path / "a.html").write_text(page(script * 500 + BODY, ""), encoding="utf-8")
    assert list(texts(tmp_path).values()) == ["\n".join(PARAGRAPHS)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (page("<div>" * 10_000 + BODY + "</div>" * 10_000, ""), "nested too deeply"),
        (page("<div>" * 10_000 + BODY, ""), "nested too deeply"),
        ("<p>" * 500_000, "over 100,000 tags"),
        ("<a " + "x=1 " * 500_000 + ">", "no article found"),
        ("<html><body></body></html>", "no article found"),
        ("<script>var a = 1;</script>", "no article found"),
    ],
)
def test_pages_without_an_article_are_one_clear_line(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "a.html").write_text(content)
    (message,) = texts(tmp_path).values()
    assert words in message
    assert "a.html: " in message


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "rows.parquet"])
def test_rows_are_articles_with_what_they_say_of_themselves(tmp_path: Path, name: str) -> None:
    rows = [
        {"body": f"{TEXT}{n}", "key": f"k/{n}", "title": f"Title {n}", "date": "2015-03-02", "outlet": None, "url": "u"}
        for n in range(200)
    ]
    path = tmp_path / name
    write_parquet(path, rows, 70) if path.suffix == ".parquet" else write_lines(path, rows)
    read = read_all(tmp_path, ReadSettings(text_field="body", id_field="key"))
    assert list(read) == [f"{name}#k/{n}" for n in range(200)]
    article = read[f"{name}#k/137"]
    assert isinstance(article, Article)
    assert article.text == f"{TEXT}137"
    meta = article.meta
    assert (meta.title, meta.date, meta.outlet, meta.url, meta.encoding) == (
        "Title 137",
        "2015-03-02",
        None,
        "u",
        "utf-8",
    )
    numbered = find_inputs([path], ReadSettings(text_field="body"))
    assert [item.doc for item in numbered] == [f"{name}#{n}" for n in range(1, 201)]
    backwards = [read_article(item).text for item in reversed(numbered[60:80])]
    assert backwards == [f"{TEXT}{n}" for n in range(79, 59, -1)]


def test_rows_that_are_wrong_cost_no_other_row(tmp_path: Path) -> None:
    rows = [{"text": TEXT, "id": "a"}, "", {"text": TEXT, "id": "a"}, "{oops", {"id": "c"}, {"text": TEXT}, "[1]"]
    deep = "[" * 100_000
    path = write_lines(tmp_path / "r.jsonl", [*rows, {"text": " ", "id": 8}, '{"text": "\\ud800 a", "id": 9}', deep])
    with path.open("ab") as file:
        file.write(b'{"text": "caf\xe9", "id": 11}\n' + json.dumps({"text": TEXT, "id": 12}).encode())
    read = texts(path, ReadSettings(id_field="id"))
    assert [doc for doc, text in read.items() if text == TEXT] == ["r.jsonl#a", "r.jsonl#12"]
    wrong = {doc: text for doc, text in read.items() if text != TEXT}
    words = {
        "3": "the id of an earlier one",
        "4": "not JSON",
        "c": "no text in the field 'text'",
        "6": "no text or number in 'id'",
        "7": "not a JSON object",
        "8": "only white space",
        "9": "lone surrogates",
        "10": "nested too deeply",
        "11": "not UTF-8",
    }
    assert list(wrong) == [f"r.jsonl#{key}" for key in words]
    for (doc, message), said in zip(wrong.items(), words.values(), strict=True):
        assert message.startswith(f"! {doc}: ")
        assert said in message


def test_a_missing_column_is_named_once(tmp_path: Path) -> None:
    write_parquet(tmp_path / "r.parquet", [{"words": TEXT}] * 3)
    (message,) = texts(tmp_path).values()
    assert message.startswith("! r.parquet: no column 'text'; name one with --text-field (words)")


@pytest.mark.parametrize("damage", [b"\xff" * 40, bytes(40)])
def test_a_damaged_group_of_a_parquet_file_costs_no_other_and_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    path = write_parquet(tmp_path / "r.parquet", [{"text": f"{TEXT}{n:03}"} for n in range(300)], 100)
    data = bytearray(path.read_bytes())
    start = parquet.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    data[start : start + len(damage)] = damage
    path.write_bytes(data)
    opened: list[File] = []
    monkeypatch.setattr(
        "onrecord.reading.articles.open_rows", lambda file, archives: opened.append(file) or open_rows(file, archives)
    )
    read = texts(path)
    assert [text for text in read.values() if not text.startswith("!")] == [
        f"{TEXT}{n:03}" for n in (*range(100), *range(200, 300))
    ]
    assert all(read[f"r.parquet#{n}"].startswith(f"! r.parquet#{n}: cannot be read (") for n in range(101, 201))
    assert len(opened) == 1


def test_lines_that_are_not_json_do_not_make_a_compressed_file_be_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[File] = []
    monkeypatch.setattr(
        "onrecord.reading.articles.open_rows", lambda file, archives: opened.append(file) or open_rows(file, archives)
    )
    read = texts(write_lines(tmp_path / "r.jsonl.gz", ["{oops", {"text": TEXT}] * 3))
    assert [text == TEXT for text in read.values()] == [False, True] * 3
    assert len(opened) == 1


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz", "r.parquet", "r.zip", "r.tgz"])
def test_files_of_many_that_are_damaged_are_one_clear_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\x01\x02 no such thing \xff")
    (message,) = texts(tmp_path).values()
    assert message.startswith("! ")
    assert name in message
    (tmp_path / name).write_bytes(b"")
    (message,) = texts(tmp_path).values()
    assert name in message


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_are_read_as_folders(tmp_path: Path, name: str) -> None:
    inner = write_lines(tmp_path / "rows.jsonl", [{"text": f"{TEXT}{n}"} for n in range(50)]).read_bytes()
    members: dict[str, str | bytes] = {
        "z.txt": TEXT,
        "in/a.txt": TEXT,
        "page.html": page(BODY, ""),
        "rows.jsonl": inner,
        "rows.jsonl.gz": gzip.compress(inner),
        "t.parquet": write_parquet(tmp_path / "t.parquet", [{"text": f"{TEXT}{n}"} for n in range(5)]).read_bytes(),
        "__MACOSX/._z.txt": "x",
        "photo.jpg": "x",
    }
    path = write_archive(tmp_path / name, members)
    read = texts(path)
    assert len(read) == 108
    assert (read[f"{name}!/z.txt"], read[f"{name}!/in/a.txt"]) == (TEXT, TEXT)
    assert read[f"{name}!/page.html"] == "\n".join(PARAGRAPHS)
    assert read[f"{name}!/rows.jsonl#50"] == read[f"{name}!/rows.jsonl.gz#50"] == f"{TEXT}49"
    assert read[f"{name}!/t.parquet#5"] == f"{TEXT}4"
    assert [read_article(item).text for item in reversed(find_inputs([path]))] == list(reversed(read.values()))


@pytest.mark.parametrize("name", ARCHIVES)
def test_what_leads_out_of_an_archive_or_is_one_itself_is_not_read(tmp_path: Path, name: str) -> None:
    bad = {
        "../a.txt": "leads out",
        "in/../../b.txt": "leads out",
        "/etc/c.txt": "an absolute path",
        "d.zip": "an archive in",
    }
    path = write_archive(tmp_path / name, {**dict.fromkeys(bad, TEXT), "C:\\e.txt": TEXT, "good.txt": TEXT})
    read = texts(path)
    assert read.pop(f"{name}!/good.txt") == TEXT
    assert "an absolute path" in read.pop(f"{name}!/C:\\e.txt")
    for (doc, message), (member, words) in zip(read.items(), bad.items(), strict=True):
        assert doc == f"{name}!/{member}"
        assert words in message


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_bomb_is_not_unpacked(tmp_path: Path, name: str) -> None:
    path = write_archive(tmp_path / name, {"a.txt": TEXT, "bomb.txt": b"a " * 20_000_000, "c.txt": TEXT})
    read = texts(path)
    assert read[f"{name}!/a.txt"] == TEXT
    assert "unpacks to 40 MB" in read[f"{name}!/bomb.txt"]
    assert (f"{name}!/c.txt" in read) == (path.suffix == ".zip")  # a tar is only reached through what comes before


@pytest.mark.slow
def test_rows_that_unpack_to_much_more_are_read_up_to_there(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl.gz"
    rows.write_bytes(gzip.compress(json.dumps({"text": TEXT}).encode() + b"\n" * 40_000_000))
    *_, last = texts(rows).values()
    assert "over 1,000,000 empty lines; the rest was not read" in last


def test_a_member_that_says_it_is_smaller_than_it_is_gives_no_more_than_it_said(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.zip", {"a.txt": TEXT * 100})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    (message,) = texts(path).values()
    assert message.startswith("! a.zip!/a.txt: cannot be read (Bad CRC-32")


def test_encrypted_members_are_named(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.zip", {"a.txt": TEXT, "b.txt": TEXT})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    read = texts(path)
    assert "encrypted" in read["a.zip!/a.txt"]
    assert read["a.zip!/b.txt"] == TEXT


def test_an_archive_that_is_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    noise = os.urandom(200_000).hex()
    path = write_archive(tmp_path / "a.tgz", {"a.txt": TEXT, "b.txt": f"{TEXT}{noise}", "c.txt": TEXT})
    path.write_bytes(path.read_bytes()[:100_000])
    read = texts(path)
    assert read["a.tgz!/a.txt"] == TEXT
    assert "damaged" in read["a.tgz"]
    assert read["a.tgz!/b.txt"].startswith("! ")


def test_an_archive_without_articles_is_named(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.zip", {"photo.jpg": "x"})
    assert "no article in this archive" in texts(path)["a.zip"]


def test_rows_in_another_language_are_skipped(tmp_path: Path) -> None:
    german = "Der Bürgermeister sagte am Montag, die Stadt werde das alte Schwimmbad nun doch nicht schließen."
    (item,) = find_inputs([write_lines(tmp_path / "r.jsonl", [{"text": german}])])
    with pytest.raises(NotEnglishError, match=r"^r\.jsonl#1: not in English"):
        read_article(item)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_flipped_bytes_in_an_archive_are_clear_lines(tmp_path: Path, compression: int) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", compression) as packed:
        for name in ("a.txt", "r.jsonl", "p.html", "r.jsonl.gz"):
            line = json.dumps({"text": TEXT * 5}).encode()
            packed.writestr(name, gzip.compress(line) if name.endswith("gz") else line)
    whole = path.read_bytes()
    flips = random.Random(compression)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(flips.randint(1, 8)):
            data[flips.randrange(len(data))] = flips.randrange(256)
        path.write_bytes(data)
        assert texts(path)


@pytest.mark.parametrize("name", ["a.tgz", "r.jsonl.gz"])
def test_flipped_bytes_in_what_is_compressed_are_clear_lines(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.tgz":
        write_archive(path, {"a.txt": TEXT * 5, "r.jsonl": json.dumps({"text": TEXT})})
    else:
        write_lines(path, [{"text": f"{TEXT}{n}"} for n in range(20)])
    whole = gzip.decompress(path.read_bytes())
    flips = random.Random(3)
    for number in range(60):
        data = bytearray(path.read_bytes() if number % 2 else whole)
        for _ in range(flips.randint(1, 8)):
            data[flips.randrange(len(data))] = flips.randrange(256)
        path.write_bytes(data if number % 2 else gzip.compress(data))
        assert texts(path)
