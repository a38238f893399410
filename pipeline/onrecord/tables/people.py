"""What a file of people holds, in lines for the terminal: how many, who shares a name, and what cannot be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from onrecord.collection.listed_people import Given, People
from onrecord.collection.namesakes import told_apart
from onrecord.collection.people_file import PeopleCheck
from onrecord.document import Kind

_SHOWN: Final = 20
_NOUNS: Final[dict[Kind | None, tuple[str, str]]] = {
    "person": ("person", "people"),
    "organization": ("organization", "organizations"),
    "group": ("group", "groups"),
    "document": ("document", "documents"),
    "unknown": ("entry of unknown kind", "entries of unknown kind"),
    None: ("entry without a kind", "entries without a kind"),
}
_MOST_FACTS: Final = 3


def people_lines(check: PeopleCheck, every: bool = False) -> Iterator[str]:
    """The lines; of names and faults the first few, or all of them if ``every``."""
    people = check.people
    yield f"format: {people.format}"
    yield _counts(people)
    shared = list(people.shared_names())
    if shared:
        noun = "name is shared" if len(shared) == 1 else "names are shared"
        yield f"{len(shared):,} {noun}; where an article does not tell whom it means, there is no id:"
        yield from _limited(_shared(people, shared), len(shared), every)
    unusable = len(check.faults) + check.more_faults
    if unusable:
        yield f"{_several(unusable, 'entry', 'entries')} cannot be used:"
        faults = (f"  {fault.where}: {fault.reason}" for fault in check.faults)
        yield from _limited(faults, unusable, every)


def _limited(lines: Iterable[str], total: int, every: bool) -> Iterator[str]:
    shown = total if every else min(total, _SHOWN)
    written = 0
    for line in islice(lines, shown):
        written += 1
        yield line
    if total > written:
        yield f"  … and {total - written:,} more" + ("" if every else " (--all)")


def _counts(people: People) -> str:
    kinds = Counter(people[number].kind for number in range(len(people)))
    return ", ".join(_several(kinds[kind], *nouns) for kind, nouns in _NOUNS.items() if kinds[kind]) or "nobody"


def _several(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _shared(people: People, shared: Sequence[tuple[str, tuple[int, ...]]]) -> Iterator[str]:
    for name, numbers in shared:
        apart = told_apart([people.facts(number) for number in numbers])
        bearers = "; ".join(map(_described, (people[number] for number in numbers)))
        yield f"  {name}: {bearers}" + ("" if apart else " – nothing here tells them apart")


def _described(given: Given) -> str:
    facts = [*given.roles[:_MOST_FACTS], *given.parties[:_MOST_FACTS], *given.places[:_MOST_FACTS]]
    return (given.id or "no id") + (f" ({', '.join(facts)})" if facts else "")
