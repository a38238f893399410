"""Exports of Nexis, Factiva and ProQuest: recognised, cut into articles, headers apart from what articles say."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from onrecord.errors import InputError
from onrecord.reading import find_inputs, read_article
from onrecord.reading.rows import database_export
from onrecord.reading.rows.database_export import documents
from tests.reading.rows import exports

ECHO = ("Council approves port expansion", "2026-03-02", "Easton Echo")
EXPORTS = {
    "old Nexis": (
        exports.OLD_NEXIS,
        [("PORT IS CLOSED; Mayor Vows to Reopen It", "2001-09-12", "The Easton Times"),
         ("Farmers block road", "2002-03-03", "Weston Press Online")],
    ),
    "Nexis Uni": (
        exports.NEW_NEXIS,
        [("Council approves port expansion", "2026-03-02", "The Easton Echo"),
         ("Farmers block road", "2026-03-03", "Weston Mail (UK)")],
    ),
    "Factiva with codes": (exports.FACTIVA_CODES, [ECHO, ("Farmers block road", "2026-03-03", "Weston Mail")]),
    "Factiva without codes": (
        exports.FACTIVA_PLAIN, [ECHO, ("Farmers block road over fees", "2026-03-03", "Weston Mail")],
    ),
    "ProQuest": (exports.PROQUEST, [ECHO, ("Farmers block road", "2026-03-03", "Weston Mail")]),
}  # fmt: skip
HEADER_WORDS = (
    "load-date", "length:", "section", "byline", "copyright", "publication", "subject: p", "graphic", "photo", "© 2026",
    "document", "language", "search", "812 words", "english", "iport", "uk :", "proquest", "credit",
    "abstract", "pg. 1",
)  # fmt: skip


def rows(text: str, encoding: str = "utf-8") -> list[dict[str, object]]:
    found = list(database_export.rows(io.BytesIO(text.encode(encoding)), "f.txt"))
    assert not [row for row in found if isinstance(row, InputError)]
    return [dict(row) for row in found if not isinstance(row, InputError)]


@pytest.mark.parametrize("kind", EXPORTS)
def test_an_export_gives_its_articles_with_title_date_and_outlet(kind: str) -> None:
    text, expected = EXPORTS[kind]
    assert [(row["title"], row["date"], row["outlet"]) for row in rows(text)] == expected


@pytest.mark.parametrize("kind", EXPORTS)
def test_no_header_or_index_term_is_in_the_text_and_no_sentence_is_lost(kind: str) -> None:
    texts = [str(row["text"]) for row in rows(EXPORTS[kind][0])]
    assert not [word for word in HEADER_WORDS for text in texts if word in text.lower()]
    assert "she said" in texts[0]
    assert texts[1].startswith("“The fees will ruin")


def test_lines_of_a_narrow_print_keep_their_breaks() -> None:
    assert "the port would be\nreopened" in str(rows(exports.OLD_NEXIS)[0]["text"])


def test_a_line_of_the_body_that_looks_like_a_header_stays() -> None:
    assert "Subject: nobody knew" in str(rows(exports.OLD_NEXIS)[0]["text"])
    assert "Note: this is prose." in str(rows(exports.NEW_NEXIS)[0]["text"])
    assert "IN a statement, she said no." in str(rows(exports.FACTIVA_CODES)[0]["text"])


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings_of_windows_change_nothing(kind: str, encoding: str) -> None:
    text = EXPORTS[kind][0]
    data = text.replace("\n", "\r\n").encode(encoding)
    assert database_export.recognises(data[:8192])
    assert rows(text.replace("\n", "\r\n"), encoding) == rows(text)


@pytest.mark.parametrize("kind", EXPORTS)
def test_blank_lines_between_all_paragraphs_as_documents_have_them_change_no_header(kind: str) -> None:
    if kind in {"Nexis Uni", "Factiva without codes", "ProQuest"}:
        text, expected = EXPORTS[kind]
        found = rows("\n\n".join(line for line in text.splitlines() if line.strip()))
        assert [(row["title"], row["date"], row["outlet"]) for row in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Port grows\n\nThe council said that 2 of 3 documents were lost.\n\nLength: long.\n",
        "By Sam Reed\n\nBody\n\nThe body was found on Monday, police said.\n\nSection: 3 of the road is closed.\n",
        "“Copyright is theft,” she said.\n\n812 words\n\nwere cut from the bill on 2 March 2026, he said.\n",
        "HD television is here.\n\nBY 2030 all will have it, said the minister.\n\nIN the end, RE prices fell.\n",
        "Title: mayor\nAuthor: unknown\n\nThe mayor said no.\n____________________\n\nMore tomorrow.\n",
        "Q: Who are you?\n\nA: Ada Brandt.\n\nSource: Easton Echo\nLanguage: English\n",
    ],
)
def test_an_article_is_never_taken_for_an_export(text: str) -> None:
    assert not database_export.looks_like(text)


def test_the_list_of_articles_alone_shows_that_it_is_an_export() -> None:
    lines = [f"{number}. Title\nClient/Matter: -None-\nSearch Terms: port" for number in range(1, 400)]
    cover = exports.NEW_NEXIS.partition("1. Council")[0] + "\n".join(lines)
    text = cover + "\n\n\n" + exports.NEW_NEXIS.partition("-None-\n\n\n")[2]
    assert database_export.looks_like(text[:8192])
    assert len(rows(text)) == 2


def test_a_broken_article_is_its_error_and_the_next_one_is_read() -> None:
    text = exports.PROQUEST.replace("Full text: The mayor said yes on Monday.\n\n“We will build it,” she said.\n", "")
    first, second = database_export.articles_of(text, "f.txt")
    assert isinstance(first, InputError)
    assert str(first) == (
        "f.txt: article 1: no full text (Council approves port expansion); export it with its full text"
    )
    assert not isinstance(second, InputError)


@pytest.mark.parametrize(
    ("above", "title"),
    [
        ("News\nFarmers Protest in Weston", "Farmers Protest in Weston"),
        ("Business Desk; SECTA\nFarmers protest against the new fees\nSam Reed in Weston",
         "Farmers protest against the new fees"),
        ("Farmers protest against the new fees\nBy Sam Reed and Kim Lowe", "Farmers protest against the new fees"),
    ],
)  # fmt: skip
def test_factivas_title_is_told_from_section_and_byline(above: str, title: str) -> None:
    text = exports.FACTIVA_PLAIN.replace("Farmers block road over fees", above)
    assert rows(text)[1]["title"] == title


def test_time_grows_as_length_does() -> None:
    import time

    def seconds(count: int) -> float:
        text = exports.FACTIVA_PLAIN + "812 words\n" * count + exports.PROQUEST + "Publisher: x\n\ny\n\n" * count
        begun = time.process_time()
        list(database_export.articles_of(text, "f.txt"))
        return time.process_time() - begun

    assert seconds(16_000) < 12 * seconds(4_000) + 0.5


def test_an_export_in_a_text_file_is_read_as_its_articles(tmp_path: Path) -> None:
    (tmp_path / "any name.txt").write_text(exports.NEW_NEXIS)
    items = find_inputs([tmp_path / "any name.txt"])
    assert [item.doc for item in items] == ["any name.txt#1", "any name.txt#2"]
    article = read_article(items[1])
    assert (article.text, article.meta.outlet) == ("“The fees will ruin us,” he said.", "Weston Mail (UK)")


@pytest.mark.parametrize("ending", ["docx", "rtf"])
@pytest.mark.parametrize("kind", ["Nexis Uni", "Factiva without codes", "ProQuest"])
def test_an_export_in_a_document_is_read_as_its_articles(tmp_path: Path, kind: str, ending: str) -> None:
    text, expected = EXPORTS[kind]
    path = tmp_path / f"any name.{ending}"
    path.write_bytes(exports.as_docx(text) if ending == "docx" else exports.as_rtf(text))
    items = find_inputs([path])
    assert [item.doc for item in items] == [f"any name.{ending}#1", f"any name.{ending}#2"]
    articles = list(documents.rows(io.BytesIO(path.read_bytes()), "f"))
    found = [(row["title"], row["date"], row["outlet"]) for row in articles if not isinstance(row, InputError)]
    assert found == expected
    assert read_article(items[1]).text == "“The fees will ruin us,” he said."


@pytest.mark.parametrize("ending", ["docx", "rtf"])
def test_a_document_with_one_article_stays_one(tmp_path: Path, ending: str) -> None:
    text = "The mayor said on Monday that she would not go.\n\nEnd of Document\n"
    path = tmp_path / f"a.{ending}"
    path.write_bytes(exports.as_docx(text) if ending == "docx" else exports.as_rtf(text))
    assert [item.doc for item in find_inputs([path])] == [f"a.{ending}"]
