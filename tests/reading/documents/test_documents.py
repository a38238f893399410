"""Word, RTF, Markdown and web archives: what of them is the article, and files that are hostile or damaged."""

from __future__ import annotations

import io
import zipfile

import pytest

from onrecord.errors import InputError
from onrecord.reading.documents import docx, markdown, mhtml, rtf

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title></cp:coreProperties>'
)


def make_docx(body: str, title: str = "", prolog: str = "", **parts: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"{prolog}<w:document {WORD}><w:body>{body}</w:body></w:document>")
        archive.writestr("docProps/core.xml", CORE.format(title))
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return packed.getvalue()


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_word_document_gives_headings_paragraphs_and_tables_in_order() -> None:
    cell = "<w:tc>{}</w:tc>"
    row = f"<w:tr>{cell.format(paragraph('Jobs'))}{cell.format(paragraph('300'))}</w:tr>"
    body = paragraph("Port grows again", "Title") + paragraph("Brandt spoke.") + f"<w:tbl>{row}</w:tbl>"
    text, meta = docx.read(make_docx(body + paragraph("Ocampo left.")), "a.docx")
    assert text == "Port grows again\n\nBrandt spoke.\n\nJobs\t300\n\nOcampo left."
    assert meta.title == "Port grows again"


def test_a_word_document_leaves_out_headers_comments_and_what_was_deleted() -> None:
    body = (
        "<w:p><w:r><w:t>She said </w:t></w:r><w:del><w:r><w:delText>no</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>yes</w:t></w:r></w:ins><w:r><w:t>.</w:t><w:footnoteReference w:id='1'/></w:r>"
        "<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>HYPERLINK x</w:instrText></w:r></w:p>"
    )
    other = f"<w:hdr {WORD}>{paragraph('Easton Echo')}</w:hdr>"
    text, _ = docx.read(make_docx(body, header1=other, comments=other, footnotes=other), "a.docx")
    assert text == "She said yes."


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('Boxed.')}</w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p><w:r><w:t>Before.</w:t></w:r><w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>After.</w:t></w:r></w:p>"
    )
    text, _ = docx.read(make_docx(body), "a.docx")
    assert sorted(text.split("\n\n")) == ["Before.After.", "Boxed."]


@pytest.mark.parametrize(
    ("stated", "title"),
    [("Port grows again", "Port grows again"), ("Document1", None), ("port_v2_final.docx", None), ("", None)],
)
def test_a_word_document_s_title_is_taken_if_a_person_gave_it(stated: str, title: str | None) -> None:
    assert docx.read(make_docx(paragraph("Brandt spoke."), stated), "a.docx")[1].title == title


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (make_docx(paragraph("x" * 61_000_000)), "unpacks to far more"),
        (make_docx(paragraph("&b;"), prolog=ENTITIES), "document type"),
        (make_docx("<w:p>")[:-60], "damaged"),
        (make_docx("<w:p>"), "damaged"),
        (make_docx(""), "without text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "encrypted or old"),
        (b"PK\x03\x04 nothing", "damaged"),
    ],
    ids=["a bomb", "entities", "cut off", "bad XML", "empty", "encrypted", "no archive"],
)
def test_a_word_document_that_cannot_be_read_is_said_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        docx.read(data, "a.docx")
    assert str(caught.value).startswith("a.docx: ")
    assert "\n" not in str(caught.value)


def test_rtf_gives_the_text_without_headers_fonts_and_pictures() -> None:
    data = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}{\info{\title Port grows again}}{\header Easton Echo}"
        rb"\f0 \ldblquote Yes,\rdblquote  said Ren\'e9.\par {\*\generator X}{\pict " + b"0a" * 3000 + rb"}Ocampo left.}"
    )
    text, meta = rtf.read(data, "a.rtf")
    assert text == "“Yes,” said René.\n\nOcampo left."
    assert meta.title == "Port grows again"


def test_a_long_stretch_of_digits_that_no_group_ends_after_takes_no_longer() -> None:
    digits = b"\n".join([b"0a" * 64] * 20_000)
    assert rtf.read(b"{\\rtf1 " + digits + b"\\par The port stays open.}", "a.rtf")[0].endswith("The port stays open.")


def test_braces_in_the_binary_data_of_rtf_do_not_count() -> None:
    text, _ = rtf.read(rb"{\rtf1 One.\par {\pict\bin5 }}}}}}Two.\par}", "a.rtf")
    assert text == "One.\n\nTwo."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{\\rtf1 " + b"{" * 5000 + b"x" + b"}" * 5001, "too deeply"),
        (b"hello", "not an RTF"),
        (b"{\\rtf1 }", "empty|space"),
    ],
    ids=["deep groups", "no RTF", "empty"],
)
def test_rtf_that_cannot_be_read_is_said_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        rtf.read(data, "a.rtf")
    assert str(caught.value).startswith("a.rtf: ")


def test_markdown_gives_text_without_marks_pictures_and_code() -> None:
    source = (
        "# Port grows\n\nAda *Brandt* [spoke](https://example.org/a) ![photo](a.png).\n\n```\nx = 1\n```\n\n"
        "- One\n- Two\n\n> “No.”\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>x()</script>\n"
    )
    text, meta = markdown.read(source.encode(), "a.md")
    assert text == "Port grows\n\nAda Brandt spoke .\n\nOne\n\nTwo\n\n“No.”\n\na\tb\n\n1\t2"
    assert meta.title == "Port grows"


def test_front_matter_becomes_metadata() -> None:
    source = (
        '---\r\ntitle: "Council: the port grows"\r\ndate: 2026-03-02T10:00:00Z # Monday\r\npublication: Easton Echo\r\n'
        "link: https://example.org/a\r\ntags: [port, jobs]\r\n---\r\nBrandt spoke.\r\n"
    )
    text, meta = markdown.read(source.encode(), "a.md")
    assert text == "Brandt spoke."
    assert (meta.title, meta.date, meta.outlet, meta.url) == (
        "Council: the port grows",
        "2026-03-02",
        "Easton Echo",
        "https://example.org/a",
    )


@pytest.mark.parametrize(
    ("data", "message"), [(b"x" * 200_000, "line of over"), (b"![a](b.png)\n", "no text"), (b"", "empty")]
)
def test_markdown_that_cannot_be_read_is_said_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        markdown.read(data, "a.md")


PAGE = (
    "<!DOCTYPE html><html><head><title>Port grows | Easton Echo</title></head><body><nav>Home</nav><article>"
    "<h1>Port grows</h1><p>The council of Easton approved the port on Monday after a debate of six hours.</p>"
    "<p>“We will build it on time,” said Ada Brandt, the mayor of Easton, to reporters after the vote.</p>"
    "</article></body></html>"
)


def make_mhtml(page: str = PAGE, kind: str = "text/html") -> bytes:
    head = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/port\r\nMIME-Version: 1.0\r\n"
    body = page.replace("=", "=3D").replace("“", "=E2=80=9C").replace("”", "=E2=80=9D")
    return (
        f'{head}Content-Type: multipart/related;boundary="--x"\r\n\r\n----x\r\nContent-Type: {kind}\r\n'
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{body}\r\n----x\r\nContent-Type: image/png\r\n\r\n"
        "x\r\n----x--\r\n"
    ).encode()


def test_a_web_archive_gives_the_article_on_its_page_and_where_it_was_saved_from() -> None:
    text, meta = mhtml.read(make_mhtml(), "a.mhtml")
    assert text.startswith("The council of Easton")
    assert "“We will build it on time,” said Ada Brandt" in text
    assert (meta.title, meta.url) == ("Port grows", "https://example.org/port")


@pytest.mark.parametrize("data", [make_mhtml(kind="image/gif"), b"\r\n--x" * 30_000], ids=["no page", "too many parts"])
def test_a_web_archive_without_a_page_is_said_in_one_line(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^a.mhtml: .*web archive"):
        mhtml.read(data, "a.mhtml")
