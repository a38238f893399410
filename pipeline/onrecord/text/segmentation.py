"""Paragraphs and sentences. Both cut the text into pieces that join back to it exactly.

A paragraph is a line, unless the text is hard-wrapped (lines broken at a column width, paragraphs separated by
blank lines); then it is a block of lines. White space between two pieces belongs to the earlier one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from onrecord.document import Span, Spans
from onrecord.text.quotations import Quotation, find_quotations

_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]*(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]|$)")
# Possessive, and never from the middle of a run of marks: a line of a million dots is scanned once.
_SENTENCE_END = re.compile(r"""(?<![.!?…])[.!?…]++["'”’»)\]]*+\s++""")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“\"‘'])(?:[A-Za-z]|(?:[A-Za-z]\.)+[A-Za-z]|Ph\.D|Messrs|Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Sr|Jr|St|Mt|Gov|Sen|Rep|"
    r"Hon|Fr|Reps|Sens|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Pres|Amb|Supt|Insp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|"
    r"Dec|Ala|Ariz|Calif|Colo|Conn|Fla|Ga|Ill|Ind|Kan|Ky|La|Md|Mass|Mich|Minn|Miss|Mo|Neb|Nev|Okla|Ore|Pa|Tenn|Tex|"
    r"Va|Vt|Wash|Wis|No|Nos|vs|approx|Inc|Ltd|Corp|Co|Bros|cf|al|Art|Sec|Ch|Vol|pp)\.$"
)
# After "U.S." and its like a capital tells nothing, unless it is a word that mostly opens sentences.
_OPENER = re.compile(
    r"[\"'“‘(]*(?:The|A|An|He|She|It|They|We|I|But|And|In|On|At|This|That|These|Those|However|"
    r"Meanwhile|While|When|As|If|There)\b"
)
_WRAP_WIDTHS = range(30, 101)
_LONGEST_WORD = 200
"""Letters that a span is widened by: what is longer is no word."""

_INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]\.)+[^\W\d_]$")

_RAGGED = 8
"""By so many characters columns are uneven, as where words are hyphenated or read by a scanner."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its span, trailing white space included, and the sentences that make it up."""

    span: Span
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Segmentation:
    """An article's text cut up. ``quotations`` are in order and do not overlap."""

    paragraphs: tuple[Paragraph, ...]
    quotations: tuple[Quotation, ...]


def segment(text: str) -> Segmentation:
    """Cuts ``text`` into paragraphs and sentences and finds its quotations."""
    spans = split_paragraphs(text)
    paragraphs = tuple(Paragraph(span, tuple(split_sentences(text, span))) for span in spans)
    return Segmentation(paragraphs, tuple(find_quotations(text, spans)))


def trim(text: str, span: Span) -> Span:
    """``span`` without white space at its ends (empty, at its start, if there is nothing else)."""
    start, end = span
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return Span(start, end)


def whole_words(text: str, span: Span) -> Span:
    """``span`` widened to the ends of the words that it begins and ends in; an empty one stays as it is.

    The last point of ``a.m.`` or ``U.S.`` belongs to the word, also at the end of a sentence.
    """
    start, end = span
    least, most = max(0, start - _LONGEST_WORD), min(len(text), end + _LONGEST_WORD)
    while least < start < end and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while start < end < most and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    if start < end and text[end : end + 1] == "." and _INITIALS.search(text, max(start, end - _LONGEST_WORD), end):
        end += 1
    return Span(start, end)


def split_paragraphs(text: str) -> list[Span]:
    """Spans of the paragraphs; they cover ``text`` without gaps."""
    lines = [Span(*match.span()) for match in _LINE.finditer(text) if match.end() > match.start()]
    blank = [not text[start:end].strip() for start, end in lines]
    wrapped = _is_hard_wrapped(text, lines, blank)
    starts: list[int] = []
    for index, line in enumerate(lines):
        after_blank = index == 0 or blank[index - 1]
        if not blank[index] and (after_blank or not wrapped):
            starts.append(line.start)
    if not starts:
        return [Span(0, len(text))] if text else []
    bounds = [0, *starts[1:], len(text)]
    return [Span(start, end) for start, end in pairwise(bounds)]


def _is_hard_wrapped(text: str, lines: list[Span], blank: list[bool]) -> bool:
    """Whether lines end at a column width: none is much longer, and many break off in mid-sentence.

    A line reaches the width if the next line's first word would not have found room in it.
    """
    contents = [text[line.start : line.end].rstrip() for line in lines]
    width = max((len(content) for content in contents if " " in content), default=0)  # an address cannot be broken
    if width not in _WRAP_WIDTHS:
        return False
    going_on = full = broken = 0
    for index, (content, after) in enumerate(pairwise(contents)):
        if blank[index] or blank[index + 1]:
            continue
        going_on += 1
        if len(content) + 1 + len(after.split(maxsplit=1)[0]) > width - _RAGGED:
            full += 1
            broken += content[-1] not in ".!?:\"'”’…"
    return full >= 3 and full > 0.6 * going_on and broken > 0.6 * full


def split_sentences(text: str, paragraph: Span) -> list[Span]:
    """Spans of the sentences of ``paragraph``; they cover it without gaps."""
    starts = [paragraph.start]
    for match in _SENTENCE_END.finditer(text, paragraph.start, paragraph.end):
        if match.end() < paragraph.end and _ends_sentence(text, starts[-1], match):
            starts.append(match.end())
    bounds = [*starts, paragraph.end]
    return [Span(start, end) for start, end in pairwise(bounds)]


def _ends_sentence(text: str, sentence_start: int, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 20]
    first = following.lstrip("\"'“‘«([—–- ")[:1]
    if first.islower():
        return False
    mark = match.group().rstrip()
    if mark != ".":
        # `"Why?" He asked` is rare, `"Why?" Putin asked` is not, but no rule tells it from a new sentence.
        return True
    before = text[max(sentence_start, match.start() - 20) : match.start() + 1]
    abbreviation = _ABBREVIATION.search(before)
    if abbreviation is None:
        return True
    is_acronym = abbreviation.group().count(".") > 1
    return is_acronym and _OPENER.match(following) is not None


def context_of(segmentation: Segmentation, spans: Spans) -> Span:
    """The sentences that ``spans`` touch, from the first to the last; ``spans`` must not be empty."""
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    paragraphs = segmentation.paragraphs
    index = max(bisect_right(paragraphs, first, key=lambda paragraph: paragraph.span.start) - 1, 0)
    if index == len(paragraphs) or paragraphs[index].span.start >= last:
        return Span(first, last)
    final = max(bisect_left(paragraphs, last, key=lambda paragraph: paragraph.span.start) - 1, index)
    opening = bisect_right(paragraphs[index].sentences, first, key=lambda sentence: sentence.start) - 1
    closing = bisect_left(paragraphs[final].sentences, last, key=lambda sentence: sentence.start) - 1
    start = paragraphs[index].sentences[opening].start if opening >= 0 else first
    end = paragraphs[final].sentences[closing].end if closing >= 0 else last
    return Span(start, end)
