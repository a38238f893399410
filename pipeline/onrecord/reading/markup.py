"""Text that turns out to be HTML, whatever it was called: in a text file, in a row's field, on standard input."""

from __future__ import annotations

import re
from typing import Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.documents.fragment import fragment_text, is_page
from onrecord.reading.documents.html import read_page

_TAG: Final = re.compile(
    r"</?(?:p|div|br|span|a|b|i|em|strong|h[1-6]|ul|ol|li|blockquote|figure|figcaption|img|section|article|table|tr|td)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.I,
)
_BLOCK: Final = re.compile(
    r"\s*<(?:p|div|h[1-6]|section|article|figure|blockquote|ul|ol|table)(?:\s[^<>]{0,2000})?>", re.I
)
_ENOUGH: Final = 20_000
"""Characters that are looked at: prose does not turn into markup later on."""
_CHARACTERS_A_TAG: Final = 400
"""With fewer tags than one in this many characters, it is a text about HTML."""


def is_markup(text: str) -> bool:
    """Whether a text is plainly a web page, or a fragment of one, and not prose with a few tags in it.

    >>> is_markup("<p>One.</p><p>Two.</p>"), is_markup("She typed <b> and said that <br> is a line break.")
    (True, False)
    """
    if "<" not in text:
        return False
    if is_page(text):
        return True
    start = text[:_ENOUGH]
    tags = len(_TAG.findall(start))
    if _BLOCK.match(start):
        return tags >= 2
    return tags >= 4 and tags * _CHARACTERS_A_TAG >= len(start)


def read_markup(markup: str, where: str, encoding: str) -> tuple[str, Meta]:
    """The text of a page or fragment, and what a page says of itself.

    Raises:
        InputError: there is no article in it.
    """
    if is_page(markup):
        return read_page(markup, where, encoding)
    try:
        text = fragment_text(markup)
    except ValueError as error:
        raise InputError(f"{where}: {error}; save the article as text") from error
    return text, Meta(encoding=encoding)
