"""Names that the tagger has cut into pieces or run together, put right by what stands around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from onrecord.document import Name, Span
from onrecord.names.countries import country_in, country_named
from onrecord.names.forms import fold, is_acronym, is_title, without_lead, without_possessive, without_postnominals
from onrecord.names.lexicon import ORGANIZATION_NAME_WORDS
from onrecord.text.positions import Layout
from onrecord.text.word_lists import read_lists

_HOLDER: Final = re.compile(r"(?:[a-z]|[A-Z]\w+) of (?:the )?$")
_NICKNAME: Final = re.compile(r" [“\"(‘'][A-Z]\w+[”\")’'] ([A-Z][\w’'\-]*\w)")
"""``“Tata” Lund`` behind a given name."""

_ARTICLE: Final = re.compile(r"(?<!\w)(?:Al|El|An|As|Ash|Ar|Ad|At)[-‐‑]$")
_PLACES: Final = frozenset(["organization", "location"])
_TOWNS: Final = read_lists("onrecord.stages.speakers", "names")["towns"]
_LONGEST_GIVEN: Final = 2
_INSIDE_WORD: Final = re.compile(r"(?:[’'](?!s(?!\w))[^\W\d_]{2,})+")
"""What an apostrophe other than a possessive separates from a name: ``Wet`` in ``Wet'suwet'en``."""


def repaired_names(layout: Layout, names: Sequence[Name]) -> list[Name]:
    """``names`` with pieces joined and runs split; in order."""
    text = layout.text
    ordered = sorted(names, key=lambda name: (name.span.start, -name.span.end))
    alone = {fold(text[slice(*name.span)]): name.label for name in ordered}
    split = [part for name in ordered for part in _split(text, name, alone)]
    found: list[Name] = []
    for name in (_whole_word(text, _with_article(text, part)) for part in split):
        if found and name.span.start < found[-1].span.end:
            continue  # a piece of the one before
        if found and (whole := _joined(text, found[-1], name)) is not None:
            found[-1] = whole
        else:
            found.append(name)
    return found


def _whole_word(text: str, name: Name) -> Name:
    """``name`` up to the end of the word that it breaks at an apostrophe."""
    rest = _INSIDE_WORD.match(text, name.span.end)
    return name if rest is None else Name(Span(name.span.start, rest.end()), name.label, name.score)


def _with_article(text: str, name: Name) -> Name:
    """The Arabic article that the tagger left off: ``Rai`` of ``Al-Rai``."""
    article = _ARTICLE.search(text, max(0, name.span.start - 5), name.span.start)
    return name if article is None else Name(Span(article.start(), name.span.end), name.label, name.score)


def _split(text: str, name: Name, alone: dict[str, str]) -> list[Name]:
    """An organization's acronym and the person behind it: ``HB Ada Lund``, where the article has both on their own."""
    words = list(re.finditer(r"\S+", text[slice(*name.span)]))
    if name.label != "organization" or not 3 <= len(words) <= 4 or not is_acronym(words[0].group()):
        return [name]
    # The article must bear it out: with a role before it, or the surname on its own.
    before = text[max(0, name.span.start - 60) : name.span.start]
    known = alone.get(fold(words[0].group())) == "organization"
    person = alone.get(fold(words[-1].group())) == "person" or _HOLDER.search(before)
    rest = [word.group() for word in words[1:]]
    if not known or not person or any(is_acronym(word) or not word[0].isupper() for word in rest):
        return [name]
    if any(fold(word) in ORGANIZATION_NAME_WORDS for word in rest):
        return [name]
    start, middle = name.span.start, name.span.start + words[1].start()
    organization = Name(Span(start, start + words[0].end()), "organization", name.score)
    return [organization, Name(Span(middle, name.span.end), "person", name.score)]


def _joined(text: str, name: Name, following: Name) -> Name | None:
    """Two pieces of one name with a space between: a given name and a surname, or words of an organization; or None."""
    between = text[name.span.end : following.span.start]
    nickname = _NICKNAME.match(text, name.span.end) if name.label == "person" else None
    if nickname is not None and nickname.end() >= following.span.end and following.label in ("person", "misc"):
        return Name(Span(name.span.start, nickname.end()), "person", min(name.score, following.score))
    if between in (" of ", " of the ") and fold(text[slice(*name.span)]) in _TOWNS and following.label in _PLACES:
        return Name(Span(name.span.start, following.span.end), "organization", min(name.score, following.score))
    if between not in (" ", "\u00a0") or not text[following.span.start].isupper():
        return None
    first_words, following_words = text[slice(*name.span)], text[slice(*following.span)]
    whole = Span(name.span.start, following.span.end)
    score = min(name.score, following.score)
    if name.label == following.label == "person":
        given = (
            len(first_words.split()) == 1
            and len(following_words.split()) <= _LONGEST_GIVEN
            and not is_title(first_words)
        )
        return Name(whole, "person", score) if given else None
    last = fold(following_words).split()[-1:]
    if (
        {name.label, following.label} <= _PLACES
        and last
        and last[0] in ORGANIZATION_NAME_WORDS
        and not country_in(first_words)
    ):
        return Name(whole, "organization", score)
    return None


def cleaned(text: str, names: Iterable[Name]) -> list[Name]:
    """The names in order without overlap, spans without titles and possessives; pieces of a person's name joined."""
    found: list[Name] = []
    for name in sorted(names, key=lambda name: (name.span.start, -name.span.end)):
        span = _trim(text, name)
        if span is None or (found and span.start < found[-1].span.end):
            continue
        last = found[-1] if found else None
        if (
            last is not None
            and last.label == name.label == "person"
            and text[last.span.end : span.start] == " "
            and last.span.end - last.span.start <= 5
        ):
            found[-1] = Name(Span(last.span.start, span.end), "person", max(last.score, name.score))
        else:
            found.append(Name(span, name.label, name.score))
    return found


def _trim(text: str, name: Name) -> Span | None:
    words = text[name.span.start : name.span.end]
    bare = without_possessive(words)
    if name.label == "person":
        bare = without_postnominals(without_lead(bare))
        # A title is not a name by itself if a name follows; in "King said" it may be.
        if is_title(bare) and re.match(r"\.?\s+[A-Z]", text[name.span.end : name.span.end + 4]):
            return None
    else:
        bare = re.sub(r"^[Tt]he\s+|(?:\s+(?:of|for|the|and|in|at))+$", "", bare)
    offset = words.find(bare) if bare else -1
    if offset < 0:  # odd spacing inside: keep the words as they stand
        return name.span if fold(words) else None
    start = name.span.start + offset
    return Span(start, start + len(bare)) if fold(bare) else None


def voted_labels(text: str, names: Sequence[Name]) -> dict[str, str]:
    """One label for every form, by the tagger's scores."""
    votes: dict[str, Counter[str]] = {}
    for name in names:
        form = fold(text[name.span.start : name.span.end])
        votes.setdefault(form, Counter())[name.label] += max(name.score, 0.01)  # type: ignore[assignment]
    full = [words for form, count in votes.items() if count["person"] and len(words := form.split()) > 1]
    people = {words[-1] for words in full}
    chosen: dict[str, str] = {}
    for form, count in votes.items():
        best = max(count, key=lambda label: (count[label], label))
        # A surname on its own is what a tagger gets wrong most.
        if best in ("misc", "norp", "organization") and form in people:
            best = "person"
        elif best == "person" and country_named(form) and not any(form in words for words in full):
            best = "location"
        chosen[form] = best
    return chosen
