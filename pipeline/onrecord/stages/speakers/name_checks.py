"""Words that the tagger took for names, and repetitions of names that it missed, as case and repetition tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from onrecord.document import Name, Span
from onrecord.names.forms import OFFICES, fold, is_title
from onrecord.names.lexicon import ORGANIZATION_NOUNS
from onrecord.stages.speakers.role_phrases import is_plural_noun
from onrecord.text.positions import Layout

_DIRECTIONS: Final = frozenset(["west", "east", "north", "south"])
_SCORE: Final = 0.3
_SURE: Final = 0.5
"""How likely a first name must be one to make a whole name with the surname behind it."""
_OWNERS: Final = frozenset(["his", "her", "your", "their", "our"])


def is_plausible(layout: Layout, name: Name) -> bool:
    """Whether ``name`` is more than a common noun or a word whose capital only opens its sentence."""
    form = layout.text[slice(*name.span)]
    words = form.casefold().split()
    following = layout.text[name.span.end : name.span.end + 3]
    if len(words) == 1 and is_title(form) and (name.label != "person" or re.match(r"\.? [A-Z]", following)):
        return False  # "Rep. Lund"
    if name.label == "person" and form.casefold() in ORGANIZATION_NOUNS:
        return False  # "the Government"
    if name.label == "person" and _is_style(layout, name.span):
        return False
    if not words or is_plural_noun(form.casefold()) or form.islower():
        return False
    if form.casefold() in _DIRECTIONS or (name.label == "person" and len(words) > 1 and words[-1] in OFFICES):
        return False  # "the West", "High Representative"
    if " " in form or form.upper() == form or layout.follows_letter(name.span.start):
        return True
    common = layout.occurrences.first(form.lower())
    return common is None or layout.occurrences.is_inside_sentence(form)


def _is_style(layout: Layout, span: Span) -> bool:
    """Whether a word only addresses somebody: ``Her Excellency``."""
    return " " not in layout.text[slice(*span)] and fold(layout.word_before(span.start)) in _OWNERS


def repeated_names(layout: Layout, names: Sequence[Name]) -> list[Name]:
    """Repetitions of names of two words or more that the tagger found only in part or not at all.

    A first name directly before a surname that the article also has alone makes one name with it.
    """
    joined = _joined(layout, names)
    names = [*names, *joined]
    taken = {name.span for name in names}
    labels = {layout.text[slice(*name.span)]: name.label for name in names if name.score >= _SCORE}
    forms = [form for form in labels if " " in form and form[0].isupper()]
    again = ((span, layout.text[slice(*span)]) for span in _repetitions(layout, forms))
    found = [Name(span, labels[form], _SCORE) for span, form in again if span not in taken]
    return joined + found


def _repetitions(layout: Layout, forms: Iterable[str]) -> Iterator[Span]:
    """Where any of ``forms`` stands as whole words, in order and without overlaps: the longest at each place."""
    places = sorted((at, -len(form)) for form in forms for at in layout.occurrences.of(form))
    end = 0
    for start, length in places:
        if start >= end:
            end = start - length
            yield Span(start, end)


def _joined(layout: Layout, names: Sequence[Name]) -> list[Name]:
    people = {form for name in names if name.label == "person" and " " not in (form := layout.text[slice(*name.span)])}
    found = []
    for name in names:
        following = re.compile(r" ([^\W\d_][\w’'\-]*\w)").match(layout.text, name.span.end)
        first = layout.text[slice(*name.span)] in people and name.label == "person" and name.score >= _SURE
        if first and following is not None and re.sub("['’]s$", "", following.group(1)) in people:
            end = name.span.end + 1 + len(re.sub("['’]s$", "", following.group(1)))
            found.append(Name(Span(name.span.start, end), "person", _SCORE))
    return found
