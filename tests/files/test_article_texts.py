"""Where the texts of articles are found, and that no name of an article leads anywhere else."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.document import Meta, Span, Statement
from onrecord.errors import InputError
from onrecord.files.article_texts import MARKER, ArticleTexts, file_holds, find_text, save_texts, saved_path
from onrecord.files.kept_texts import KeptTexts, is_kept_texts, packed, texts_path, unpacked, write_kept_texts

HOSTILE = (
    *(
        "a",
        "a.txt",
        "A",
        "a/b",
        "a/b.txt",
        "a.txt/b",
        "..",
        ".",
        "",
        "/",
        "../x",
        "/etc/passwd",
        "a//b",
        "a.",
        "a ",
        ".",
    ),
    *("CON", "nul.txt", "x" * 300, "ü" * 300, "y/" * 3000 + "z", "a\0b", "a\nb", "a\x1b[2J", "%2E", "a~b", "\u202ea"),
    *("-", "--help", "Stra\u00dfe", "STRASSE", "e\u0301", "\u00e9", "a\\b", "C:\\x", "😀"),
)


def statement(doc: str, encoding: str | None = "utf-8") -> Statement:
    return Statement(doc, f"{doc}#1", "No.", (Span(0, 3),), "direct", Span(0, 3), meta=Meta(encoding=encoding))


def kept(path: Path, texts: dict[str, str]) -> Path:
    write_kept_texts(path, ((doc, packed(text)) for doc, text in texts.items()), "")
    return path


def test_hostile_names_are_saved_inside_the_folder_and_found_again(tmp_path: Path) -> None:
    texts = {doc: f"text {number} of {len(doc)}" for number, doc in enumerate(dict.fromkeys(HOSTILE))}
    folder = tmp_path / "deep" / "texts"
    folder.mkdir(parents=True)
    save_texts(folder, lambda: iter(texts.items()))
    assert {doc: find_text(folder, doc, Meta()) for doc in texts} == texts
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != MARKER]
    assert len({str(path).casefold() for path in written}) == len(texts)
    assert all(path.is_relative_to(folder) for path in written)
    assert all(len(part.encode()) < 256 and part[-1] not in ". " for path in written for part in path.parts)


@given(st.dictionaries(st.text(st.sampled_from("aA./\\ %~\0ßé"), max_size=6), st.just(""), max_size=8))
def test_no_two_names_share_a_file(docs: dict[str, str]) -> None:
    paths = [saved_path(Path("texts"), doc, unique=True) for doc in docs]
    assert len({path.as_posix().casefold() for path in paths}) == len(docs)
    assert all(".." not in path.parts and path.parts[0] == "texts" for path in paths)


def test_hostile_names_are_kept_and_found_again(tmp_path: Path) -> None:
    texts = {doc: f"text {number}" for number, doc in enumerate(dict.fromkeys(HOSTILE))}
    with_store = KeptTexts(kept(tmp_path / "out.texts.sqlite", texts))
    assert {doc: with_store.find(doc) for doc in texts} == texts
    assert with_store.find("other") is None


def test_the_same_texts_make_the_same_bytes_and_of_equal_names_the_first_stays(tmp_path: Path) -> None:
    rows = [("b", packed("first")), ("a", packed("x" * 100_000)), ("b", packed("second"))]
    for name in ("one", "other"):
        assert write_kept_texts(tmp_path / name, iter(rows), "") == 2
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert KeptTexts(tmp_path / "one").find("b") == "first"


@pytest.mark.parametrize("damage", ["cut", "flipped", "other"])
def test_a_damaged_file_of_texts_is_one_line(tmp_path: Path, damage: str) -> None:
    path = kept(tmp_path / "out.texts.sqlite", {str(number): f"{number} " * 1000 for number in range(50)})
    data = path.read_bytes()
    if damage == "cut":
        path.write_bytes(data[:5000])
    elif damage == "flipped":
        path.write_bytes(data[:2000] + bytes(255 - byte for byte in data[2000:]))
    else:
        path.write_bytes(b"notes")
    with pytest.raises(InputError, match=r"^[^\n]*out\.texts\.sqlite: (damaged|not a file of texts)[^\n]*$"):
        for number in range(50):
            KeptTexts(path).find(str(number))


def test_a_packed_text_that_is_a_bomb_is_refused() -> None:
    assert unpacked(packed("Zoë")) == "Zoë"
    for data in (zlib.compress(bytes(40_000_000)), b"", b"no", packed("Zoë")[:-5]):
        with pytest.raises(ValueError, match=r"\w"):
            unpacked(data)


def test_kept_texts_come_first_then_the_folder_then_nothing(tmp_path: Path) -> None:
    statements, folder = tmp_path / "out.jsonl", tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("from the folder")
    (folder / "b.html").write_text("<p>page")
    assert not ArticleTexts(statements, None)
    assert ArticleTexts(statements, None).find(statement("a.txt")) is None
    kept(texts_path(statements), {"b.html": "page"})
    texts = ArticleTexts(statements, folder)
    assert (texts.get(statement("a.txt")), texts.get(statement("b.html"))) == ("from the folder", "page")
    assert ArticleTexts(None, texts_path(statements)).get(statement("b.html")) == "page"
    with pytest.raises(InputError, match=r"^c\.txt: .* is not kept beside the statements; add --articles DIR"):
        ArticleTexts(statements, None).get(statement("c.txt"))
    with pytest.raises(InputError, match=r"^b\.html: cannot read .*\(a web page, .*leave it there"):
        ArticleTexts(None, folder).get(statement("b.html"))
    with pytest.raises(InputError, match=r"none: not a folder"):
        ArticleTexts(None, tmp_path / "none")


@pytest.mark.parametrize(
    "doc", ["../secret", "{secret}", "sub/../../secret", "link", "links/secret", "a\0b", "", ".", "sub"]
)
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, doc: str) -> None:
    folder = tmp_path / "news"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("No.")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "links").symlink_to(tmp_path)
    with pytest.raises(InputError, match=r"^[^\n]*cannot read the article[^\n]*$"):
        ArticleTexts(None, folder).get(statement(doc.format(secret=tmp_path / "secret")))


@pytest.mark.parametrize(
    "encoding", ["undefined", "zlib", "rot13", "idna", "no such", "\0", "unicode_escape", "x" * 9999]
)
def test_an_encoding_that_a_statements_file_makes_up_is_one_line(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\\x")
    with pytest.raises(InputError, match="cannot read the article"):
        ArticleTexts(None, tmp_path).get(statement("a.txt", encoding))


def test_only_what_the_file_simply_holds_need_not_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfCaf\xc3\xa9")
    assert file_holds(path, "a.txt", "Café", "utf-8-sig")
    assert not file_holds(path, "a.txt", "Café", "utf-8")
    assert not file_holds(path, "b.txt", "Café", "utf-8-sig")
    assert not file_holds(path, "a.txt", "Cafe", "utf-8-sig")
    assert not file_holds(path, "a.txt", "CafÃ©", "latin-1")
    assert not file_holds(tmp_path / "none", "none", "", None)
    page = tmp_path / "a.html"
    page.write_text("Plain text.")
    assert not file_holds(page, "a.html", "Plain text.", "utf-8")  # where it would be looked for, it is a page


def test_what_is_not_ours_is_not_taken_for_kept_texts(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("notes")
    assert not is_kept_texts(tmp_path / "a")
    assert not is_kept_texts(tmp_path)
    (tmp_path / "out.texts.sqlite").write_text("notes")
    assert not ArticleTexts(tmp_path / "out.jsonl", None)
