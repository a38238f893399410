"""From characters and where they are on pages to paragraphs: columns, headers and footers, ends of lines.

Lengths are in points, from the lower left corner of a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from onrecord.text.word_lists import read_lists

_MOST_CUTS: Final = 8
_MOST_WORDS: Final = 15_000
"""Words on a page whose layout is looked for; a page of a newspaper has a third of that."""
_DEEPEST: Final = 30
_EDGE: Final = 0.12
"""The part of a page, at its top and bottom, in which headers and footers are."""
_PAGE_NUMBER: Final = re.compile(r"\W*(?:page|p\.?)?\W*(?:\d{1,4}|[ivxl]{1,6})(?:\W*(?:of|/)\W*\d{1,4})?\W*", re.I)
_ENDS: Final = re.compile(r"[.!?…:]['\"”’)\]]*$")
_BULLET: Final = re.compile(r"[•‣▪●◦■–*-]\s|\(?\d{1,2}[.)]\s")
_LIGATURES: Final = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_HYPHENS: Final = "-\u2010\u00ad"
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")


class Glyph(NamedTuple):
    """A character: its left and right edges, its bottom, and the height of its line."""

    text: str
    left: float
    right: float
    bottom: float
    size: float


@dataclass(slots=True)
class Box:
    """A word, or a line of them."""

    text: str
    left: float
    right: float
    bottom: float
    size: float

    @property
    def top(self) -> float:
        return self.bottom + self.size


def article_text(pages: Iterable[tuple[float, Sequence[Glyph]]]) -> str:
    """The paragraphs of all pages, an empty line between them; ``pages`` are heights and characters."""
    heights, regions = [], []
    for height, glyphs in pages:
        heights.append(height)
        regions.append(list(_page_regions(_words(glyphs))))
    edges = [_outermost(height, page) for height, page in zip(heights, regions, strict=True)]
    running = _running_lines(edges)
    paragraphs: list[str] = []
    last: Box | None = None
    for page, edge in zip(regions, edges, strict=True):
        left_out = {id(line) for line in edge if _shape(line) in running}
        for region in page:
            lines = [line for line in region if id(line) not in left_out]
            for paragraph in _paragraphs(lines):
                first = paragraph[0]
                if last is not None and _goes_on(last, first):
                    paragraphs[-1] += "\n" + "\n".join(line.text for line in paragraph)
                else:
                    paragraphs.append("\n".join(line.text for line in paragraph))
                last = paragraph[-1]
    return _joined(paragraphs)


def _words(glyphs: Sequence[Glyph]) -> list[Box]:
    found: list[Box] = []
    open_word: Box | None = None
    begun = 0.0
    for glyph in glyphs:
        text = "-" if glyph.text == "\x02" else _LIGATURES.get(glyph.text, glyph.text)  # pdfium's mark of a hyphen
        if text.isspace() or (not text.isprintable() and text != "\u00ad"):
            open_word = None
            continue
        if (
            open_word is not None
            and abs(glyph.bottom - open_word.bottom) < 0.4 * open_word.size
            and glyph.left - open_word.right < 0.15 * glyph.size
            and glyph.left > begun - 0.1 * glyph.size  # the letters of a ligature begin together
        ):
            open_word.text += text
            open_word.right = max(open_word.right, glyph.right)
        else:
            open_word = Box(text, glyph.left, glyph.right, glyph.bottom, glyph.size)
            found.append(open_word)
        begun = glyph.left
    return found


def _page_regions(words: Sequence[Box]) -> Iterator[list[Box]]:
    """The lines of each column or block, in reading order: the page is cut where it is white, again and again."""
    waiting = [(list(words), 0 if len(words) <= _MOST_WORDS else _DEEPEST)]
    while waiting:
        region, depth = waiting.pop()
        if not region:
            continue
        parts = (_columns(region) or _rows(region)) if depth < _DEEPEST else None
        if parts is None:
            yield _lines(region)
        else:
            waiting.extend((part, depth + 1) for part in reversed(parts))


def _columns(words: list[Box]) -> list[list[Box]] | None:
    """Two parts left and right of the widest white strip, if both are columns of text and not a list's numbers."""
    size = median(word.size for word in words)
    edge, gaps = None, []
    for word in sorted(words, key=lambda each: each.left):
        if edge is not None and word.left - edge > 0.7 * size:
            gaps.append((word.left - edge, (word.left + edge) / 2))
        edge = word.right if edge is None else max(edge, word.right)
    for _, middle in sorted(gaps, reverse=True)[:_MOST_CUTS]:
        parts = [[word for word in words if (word.left < middle) == left] for left in (True, False)]
        if all(_is_column(part) for part in parts):
            return parts
    return None


def _is_column(words: Sequence[Box]) -> bool:
    lines = len(_lines(words))
    return lines >= 3 and len(words) >= 2 * lines


def _rows(words: list[Box]) -> list[list[Box]] | None:
    """The parts above and below the widest white strips, if there is one wider than between lines."""
    size = median(word.size for word in words)
    ordered = sorted(words, key=lambda each: -each.top)
    edge, strips = ordered[0].bottom, []
    for place, word in enumerate(ordered):
        strips.append((edge - word.top, place))
        edge = min(edge, word.bottom)
    widest = max(strips)[0]
    if widest <= 0.45 * size:
        return None
    cuts = [0, *(place for width, place in strips if width >= 0.8 * widest), len(ordered)]
    return [ordered[start:end] for start, end in pairwise(cuts) if start < end]


def _lines(words: Sequence[Box]) -> list[Box]:
    rows: list[list[Box]] = []
    for word in sorted(words, key=lambda each: -each.bottom):
        if rows and abs(rows[-1][0].bottom - word.bottom) < 0.5 * min(word.size, rows[-1][0].size):
            rows[-1].append(word)
        else:
            rows.append([word])
    lines = []
    for row in rows:
        row.sort(key=lambda each: each.left)
        text = " ".join(word.text for word in row)
        lines.append(
            Box(
                text,
                row[0].left,
                max(word.right for word in row),
                median(word.bottom for word in row),
                median(word.size for word in row),
            )
        )
    return lines


def _running_lines(pages: Sequence[Sequence[Box]]) -> set[str]:
    """The shapes of the lines at the edges that come on every other page or more, and of numbers of pages.

    ``pages`` are the outermost lines of each.
    """
    seen: Counter[str] = Counter()
    numbers: set[str] = set()
    for lines in pages:
        shapes = {_shape(line) for line in lines}
        seen.update(shapes)
        numbers.update(_shape(line) for line in lines if _PAGE_NUMBER.fullmatch(line.text))
    return numbers | {shape for shape, count in seen.items() if count >= max(2, 0.4 * len(pages))}


def _outermost(height: float, regions: Sequence[Sequence[Box]]) -> list[Box]:
    """What stands near the edges of a page, on its first or last two lines, and apart from what is within."""
    lines = sorted((line for region in regions for line in region), key=lambda line: -line.bottom)
    found: list[Box] = []
    for ordered in (lines, lines[::-1]):
        levels: list[list[Box]] = []
        for line in ordered:
            if levels and abs(levels[-1][0].bottom - line.bottom) < 0.5 * line.size:
                levels[-1].append(line)
            elif len(levels) < 3:
                levels.append([line])
            else:
                break
        for count in (2, 1):
            outer, inner = levels[:count], levels[count : count + 1]
            if len(outer) < count or not all(_at_edge(line, height) for level in outer for line in level):
                continue
            step = abs(outer[-1][0].bottom - inner[0][0].bottom) if inner else height
            if step > 1.6 * outer[-1][0].size:
                found += [line for level in outer for line in level]
                break
    return found


def _at_edge(line: Box, height: float) -> bool:
    return line.bottom < _EDGE * height or line.top > (1 - _EDGE) * height


def _shape(line: Box) -> str:
    return re.sub(r"\d+", "#", " ".join(line.text.split())).casefold()


def _paragraphs(lines: Sequence[Box]) -> Iterator[list[Box]]:
    if not lines:
        return
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    steps = [above.bottom - below.bottom for above, below in pairwise(lines)]
    leading = median(steps) if steps else 0.0
    paragraph = [lines[0]]
    for above, line in pairwise(lines):
        size = max(line.size, 1.0)
        indented = line.left - left > 0.5 * size and above.left - left < 0.5 * size
        short = right - above.right > 0.2 * (right - left) and _ENDS.search(above.text) is not None
        apart = above.bottom - line.bottom > 1.3 * leading
        other_size = abs(above.size - line.size) > 0.15 * size
        if indented or short or apart or other_size or _BULLET.match(line.text):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    yield paragraph


def _goes_on(last: Box, first: Box) -> bool:
    """Whether a paragraph is cut by the end of a column or page between these lines."""
    if abs(last.size - first.size) > 0.15 * max(last.size, 1.0) or _BULLET.match(first.text):
        return False
    if last.bottom > first.bottom and last.bottom - first.bottom < 4 * last.size and last.left < first.right:
        return False  # one above the other, so that the space between them says where a paragraph ends
    return last.text[-1:] in _HYPHENS or (_ENDS.search(last.text) is None and first.text[:1].islower())


def _joined(paragraphs: Sequence[str]) -> str:
    """Lines become paragraphs; a word that a line's end cuts is one again."""
    known = Counter(word.casefold() for text in paragraphs for word in _WORD.findall(text.replace("\n", " ")))
    starts = read_lists("onrecord.reading", "compound_starts")["compound starts"]

    def join(match: re.Match[str]) -> str:
        start, hyphen, end = match[1], match[2], match[3]
        whole, compound = (start + end).casefold(), f"{start}-{end}".casefold()
        if hyphen == "\u00ad" or known[whole] > known[compound]:
            return start + end
        return f"{start}-{end}" if known[compound] or start.casefold() in starts else start + end

    cut = re.compile(rf"(?<![^\W\d_])([^\W\d_]{{1,40}})([{re.escape(_HYPHENS)}])\n([^\W\d_]+)")
    whole = (cut.sub(join, text) for text in paragraphs)
    return "\n\n".join(" ".join(text.replace("\u00ad", "").split()) for text in whole)
