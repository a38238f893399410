"""Names that the tagger missed, and words it took for names, as case and repetition tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from onrecord.document import Name, Span
from onrecord.names.countries import country_of_adjective
from onrecord.names.forms import OFFICES, fold, is_acronym, is_title, without_possessive
from onrecord.names.lexicon import DOCUMENT_NOUNS, ORGANIZATION_NAME_WORDS, ORGANIZATION_NOUNS
from onrecord.stages.speakers.phrases import QUANTIFIERS
from onrecord.stages.speakers.role_phrases import DATES, is_plural_noun, role_noun
from onrecord.text.positions import Layout
from onrecord.text.word_lists import read_lists

_CAPITALISED: Final = r"[A-Z\u00c0-\u00de][^\s,;:()]*"
_RUN: Final = re.compile(
    rf"{_CAPITALISED}(?:(?<![’'])(?<![’']s)[ \u00a0]+(?:(?:of|for|de|al|bin|van|von) )*{_CAPITALISED})*"
)
_PRONOUNS: Final = read_lists("onrecord.stages.speakers", "names")["pronouns"]
_DIRECTIONS: Final = frozenset(["west", "east", "north", "south"])
_PARTS: Final = frozenset(["article", "section", "chapter", "clause", "annex", "appendix", "rule", "paragraph"])
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


def missed_names(layout: Layout, sources: Iterable[Span], names: Sequence[Name]) -> list[Name]:
    """Names of ``sources`` that are not among ``names``, with a low score. A possessive ends a name."""
    known = {fold(layout.text[name.span.start : name.span.end]): name.label for name in names}
    taken = {position for name in names for position in range(*name.span)}
    surnames = {form.split()[-1] for form, label in known.items() if label == "person" and " " in form}
    found: list[Name] = []
    for source in sorted(set(sources)):
        title = _titular_surname(layout, source, surnames)
        if title is not None and not taken & set(range(*title)):
            found.append(Name(title, "person", _SCORE))
            taken.update(range(*title))
        for run in _RUN.finditer(layout.text, source.start, source.end):
            span = _bare(layout.text, Span(*run.span()))
            if span is None or taken & set(range(*span)):
                continue
            if label := known.get(fold(layout.text[span.start : span.end])) or _label(layout, span):
                found.append(Name(span, label, _SCORE))
                taken.update(range(*span))
    return found


def _titular_surname(layout: Layout, source: Span, surnames: set[str]) -> Span | None:
    """A source that is only a title, if it is also the surname of somebody in the article: ``King`` of ``Ada King``."""
    words = layout.text[slice(*source)]
    bare = without_possessive(words)
    if " " in bare or not bare[:1].isupper() or not is_title(bare) or fold(bare) not in surnames:
        return None
    start = source.start + words.index(bare)
    return Span(start, start + len(bare))


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


def _bare(text: str, span: Span) -> Span | None:
    """``span`` without titles, articles and role nouns at its start, and without a possessive at its end."""
    words = list(re.finditer(r"\S+", text[span.start : span.end]))
    while words and (
        is_title(words[0].group())
        or fold(words[0].group()) in _PRONOUNS | _OWNERS | QUANTIFIERS
        or (len(words) > 1 and role_noun(words[0].group()) is not None)
    ):
        words.pop(0)
    # "Minister of Tourism" and "Analyst Maj. Gen." are not names.
    if not words or words[0].group()[0].islower() or is_title(words[-1].group()):
        return None
    start = span.start + words[0].start()
    return Span(start, start + len(without_possessive(text[start : span.end])))


def _label(layout: Layout, span: Span) -> str | None:
    name = layout.text[span.start : span.end]
    words = fold(name).split()
    if (
        not words
        or {words[-1]} & (DOCUMENT_NOUNS | OFFICES | _DIRECTIONS)
        or country_of_adjective(name)
        or role_noun(words[-1])
        or words[0] in _PARTS
        or DATES.intersection(words)
        or (len(words) == 1 and words[0] in ORGANIZATION_NAME_WORDS | ORGANIZATION_NOUNS)
        or (len(words) == 1 and is_plural_noun(words[0]))
        or layout.is_title_case(span.start)
        or _is_style(layout, span)
    ):
        return None
    titled = is_title(layout.word_before(span.start)) and layout.word_before(span.start) != "the"
    if len(words) > 1:
        return "organization" if set(words) & ORGANIZATION_NAME_WORDS else "person"
    if titled:
        return "person"
    if is_acronym(name):
        return "organization"
    if role_noun(name) or words[0] in _PRONOUNS or layout.occurrences.first(name.lower()) is not None:
        return None
    return "person" if layout.occurrences.is_inside_sentence(name) else None
