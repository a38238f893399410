"""Links to an article's web page that go to the words of a statement: text fragments (``#:~:text=``).

A browser scrolls to the words and marks them. Whether it finds them depends on the page, so the words are taken as
they are, in whole words and within a paragraph; of long ones, only the first and the last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import quote

from onrecord.document import Span, Spans

_WHOLE: Final = 12
"""Words that are named in full, at most."""
_ENDS: Final = 5
_AROUND: Final = 6
"""Words before and after that are named where the words occur more than once, at most."""
_PIECES: Final = 3
_SEARCHED: Final = 200_000
"""Characters of an article, at most, that are searched for other places with the same words."""

_WORD: Final = re.compile(r"\w+(?:[^\s\w]+\w+)*")


@dataclass(frozen=True, slots=True)
class _Words:
    """A range of whole words within one line."""

    text: str
    start: int
    end: int


def source_link(url: str, text: str, content: Spans) -> str:
    """``url`` with a text fragment for each piece of ``content`` in the article's ``text``, the first three.

    >>> source_link("https://example.org/a", "“We will close it - now,” she said.", (Span(0, 25),))
    'https://example.org/a#:~:text=We%20will%20close%20it%20%2D%20now'
    """
    directives = [directive for span in content[:_PIECES] if (directive := _directive(text, span))]
    if not directives:
        return url
    address = url.partition(":~:")[0].rstrip("#")
    mark = ":~:" if "#" in address else "#:~:"
    return address + mark + "&".join(f"text={directive}" for directive in directives)


def _directive(text: str, span: Span) -> str | None:
    words = list(_WORD.finditer(text, span.start, min(span.end, len(text))))
    words = [word for word in words if not _is_cut(text, word)]
    if not words:
        return None
    if len(words) <= _WHOLE and "\n" not in text[words[0].start() : words[-1].end()]:
        first = _range(text, words)
        before, after = _around(text, first)
        parts = [f"{_encoded(before)}-" if before else "", _encoded(first.text), f"-{_encoded(after)}" if after else ""]
    else:
        first, last = _range(text, _line(text, words[:_ENDS])), _range(text, _line(text, words[-_ENDS:], last=True))
        parts = [_encoded(first.text), _encoded(last.text)]
    return ",".join(part for part in parts if part)


def _is_cut(text: str, word: re.Match[str]) -> bool:
    """Whether the span ends in the middle of a word: browsers find whole words only."""
    start, end = word.span()
    return (start > 0 and text[start - 1].isalnum()) or (end < len(text) and text[end].isalnum())


def _line(text: str, words: list[re.Match[str]], last: bool = False) -> list[re.Match[str]]:
    """Those of the words that are on the line of the first, or of the last: a phrase must not leave its paragraph."""
    home = words[-1] if last else words[0]
    return [word for word in words if "\n" not in text[min(home.start(), word.start()) : max(home.end(), word.end())]]


def _range(text: str, words: list[re.Match[str]]) -> _Words:
    start, end = words[0].start(), words[-1].end()
    return _Words(text[start:end], start, end)


def _around(text: str, words: _Words) -> tuple[str, str]:
    """The fewest words before and after, of one line, that tell this place from others with the same words.

    In an article so long that looking for those takes too long, some words are named in any case.
    """
    is_searched = len(text) <= _SEARCHED
    if is_searched and not _is_repeated(text, words.text):
        return "", ""
    line_start, line_end = text.rfind("\n", 0, words.start) + 1, text.find("\n", words.end)
    line_end = len(text) if line_end < 0 else line_end
    before = list(_WORD.finditer(text, max(line_start, words.start - 200), words.start))[-_AROUND:]
    after = list(_WORD.finditer(text, words.end, min(line_end, words.end + 200)))[:_AROUND]
    before = [word for word in before if not _is_cut(text, word)]
    after = [word for word in after if not _is_cut(text, word)]
    for number in range(1 if is_searched else _AROUND, _AROUND + 1):
        left = text[before[-number:][0].start() : words.start] if before else ""
        right = text[words.end : after[:number][-1].end()] if after else ""
        if is_searched and not _is_repeated(text, f"{left}{words.text}{right}"):
            break
    return left.strip(), right.strip()


def _is_repeated(text: str, words: str) -> bool:
    """Whether the words occur more than once, as a browser compares them: without case, as whole words."""
    pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, words.split())) + r"(?!\w)"
    return sum(1 for _ in islice(re.finditer(pattern, text, re.IGNORECASE), 2)) > 1


def _encoded(words: str) -> str:
    """Percent-encoded, and so are the hyphen, comma and ampersand, which have a meaning in a fragment."""
    return quote(" ".join(words.split()), safe="", errors="replace").replace("-", "%2D")
