"""Where names begin and end, without titles and possessives, and what each of them is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from onrecord.document import Name, Span
from onrecord.names.countries import country_named
from onrecord.names.forms import fold, is_title, without_lead, without_possessive, without_postnominals
from onrecord.names.lexicon import ORGANIZATION_NAME_WORDS


def cleaned(text: str, names: Iterable[Name]) -> list[Name]:
    """The names in order without overlap, spans without titles and possessives."""
    found: list[Name] = []
    for name in sorted(names, key=lambda name: (name.span.start, -name.span.end)):
        span = _trim(text, name)
        if span is None or (found and span.start < found[-1].span.end):
            continue
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
        # A surname on its own is what a tagger gets wrong most; where it doesn't, it tells what the full name is.
        if best in ("misc", "norp", "organization") and (form in people or _ends_with_a_person(form, votes)):
            best = "person"
        elif best == "person" and country_named(form) and not any(form in words for words in full):
            best = "location"
        chosen[form] = best
    return chosen


def _ends_with_a_person(form: str, votes: Mapping[str, Counter[str]]) -> bool:
    """Whether the last of the words of ``form`` is elsewhere plainly a person: ``Hoa`` of ``Ngo Thi Hoa``."""
    *before, last = form.split()
    if not before or ORGANIZATION_NAME_WORDS & {*before, last} or last not in votes:
        return False
    return votes[last].most_common(1)[0][0] == "person" and votes[last]["person"] > votes[form].most_common(1)[0][1]
