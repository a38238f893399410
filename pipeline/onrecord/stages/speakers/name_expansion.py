"""Names of organizations that the tagger found only in part, expanded to all of their words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from onrecord.document import Name, Span
from onrecord.names.countries import country_named, country_of_adjective
from onrecord.names.forms import fold, is_title
from onrecord.stages.speakers.phrases import QUANTIFIERS
from onrecord.stages.speakers.role_phrases import role_noun
from onrecord.text.positions import Layout
from onrecord.text.word_lists import read_lists

_DETERMINERS: Final = read_lists("onrecord.stages.speakers", "names")["determiners"]
_CAPITALISED_BEFORE: Final = re.compile(r"(?<![\w’'\-.])(?P<word>[A-Z\u00c0-\u00de][^\W\d_]+)[ \u00a0]$")
_CAPITALISED_BEHIND: Final = re.compile(r"[ \u00a0](?P<word>[A-Z\u00c0-\u00de][^\W\d_]+)(?![\w\-])")


def expanded_names(layout: Layout, sources: Iterable[Span], names: Sequence[Name]) -> list[Name]:
    """``names`` with the words that the tagger left off organizations inside sources: ``Harbour`` of ``Harbour Watch``.

    An organization's name grows over words with capitals, but not over another name, a nation's adjective, a title or
    a role, and not over the first word of a sentence or in a sentence that writes most words with capitals.
    """
    taken = {position for name in names for position in range(*name.span)}
    places = sorted(set(sources))
    ends = list(accumulate((span.end for span in places), max))
    return [_expanded(layout, places, ends, name, taken) if name.label == "organization" else name for name in names]


def _expanded(layout: Layout, sources: Sequence[Span], ends: Sequence[int], name: Name, taken: set[int]) -> Name:
    """``ends`` has for each of ``sources`` how far it and those before it go."""
    index = bisect_left(ends, name.span.end)
    source = sources[index] if index < len(sources) and sources[index].start <= name.span.start else None
    if source is None or layout.is_title_case(name.span.start):
        return name
    text, (start, end) = layout.text, name.span
    opening = layout.sentence_span(start).start
    while (match := _CAPITALISED_BEFORE.search(text, max(source.start, opening), start)) is not None:
        if match.start() in taken or match.start() == opening or not _is_of_a_name(match["word"]):
            break
        start = match.start()
    while (match := _CAPITALISED_BEHIND.match(text, end, source.end)) is not None:
        if match.start("word") in taken or not _is_of_a_name(match["word"]):
            break
        end = match.end()
    return Name(Span(start, end), name.label, name.score)


def _is_of_a_name(word: str) -> bool:
    """Whether a word with a capital can belong to an organization's name: not a title, role, article or nationality."""
    common = is_title(word) or role_noun(word) is not None or fold(word) in _DETERMINERS | QUANTIFIERS
    return not common and country_of_adjective(word) is None and country_named(word) is None
