"""The encodings that pages declare: only those in which texts are written are followed."""

from __future__ import annotations

import codecs

import pytest

from onrecord.errors import InputError
from onrecord.reading.encodings import decode, encoding_labelled
from onrecord.text.word_lists import read_table

TEXT = "Mayor Ada Brandt said the café would stay open for the whole summer. "


@pytest.mark.parametrize(
    "label",
    ["undefined", "rot13", "zlib", "bz2", "hex", "base64", "uu", "quopri", "punycode", "idna", "mbcs", "oem", "palmos",
     "unicode_escape", "raw_unicode_escape", "utf-7", "hz", "hz-gb-2312", "iso-2022-kr", "cp037", "utf-16", "utf-8",
     "utf_8_sig", "charmap", "x-user-defined", "no such", "", "İ", "../x"],
)  # fmt: skip
def test_a_label_of_no_text_encoding_is_not_followed(label: str) -> None:
    assert encoding_labelled(label) is None
    assert decode(TEXT.encode("cp1252"), "a.html", label) == (TEXT, "windows-1252")


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("ISO-8859-1", "windows-1252"),
        (" us-ascii ", "windows-1252"),
        ("latin2", "iso-8859-2"),
        ("x-sjis", "cp932"),
        ("GB2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("TIS-620", "cp874"),
        ("macintosh", "mac_roman"),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, encoding: str) -> None:
    assert encoding_labelled(label) == encoding


def test_every_encoding_of_the_list_is_one_that_python_decodes_text_with() -> None:
    rows = read_table("onrecord.reading", "encodings")
    assert len(rows) > 30
    for row in rows:
        assert codecs.lookup(row["encoding"])._is_text_encoding, row
        assert b"Ada Brandt".decode(row["encoding"]) == "Ada Brandt"


def test_a_declared_encoding_is_followed_where_the_bytes_leave_it_open() -> None:
    text = "Der Bürgermeister von Łódź schwieg. "
    assert decode(text.encode("iso-8859-2"), "a.html", "latin2") == (text, "iso-8859-2")


def test_bytes_that_a_declared_encoding_cannot_decode_are_guessed_or_refused_in_a_line() -> None:
    assert decode(TEXT.encode("cp1252"), "a.html", "euc-jp")[1] == "windows-1252"
    with pytest.raises(InputError, match=r"^a\.html: binary data or an unknown encoding; [^\n]+$"):
        decode(b"\x80\x00\x81\xff", "a.html", "undefined")
