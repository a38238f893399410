"""Whether two articles that have the same words disagree on who said them.

Only names that stand with the words can stand against each other. Whom an article leaves unnamed may be anybody, who
``he`` is may have been read wrongly, a person may speak for a body, and one body may be part of another; none of these
is a disagreement.
"""

from __future__ import annotations

from typing import NamedTuple

from onrecord.document import Kind, Statement
from onrecord.names.countries import country_in, organization_key
from onrecord.names.forms import fold, person_words, sounding


class NamedSpeaker(NamedTuple):
    """A named speaker, as far as it matters who it is."""

    name: str
    id: str | None
    kind: Kind


NamedSpeakers = tuple[NamedSpeaker, ...]


def named_speakers(statement: Statement) -> NamedSpeakers:
    """The speakers of a statement in the order of their names; none unless its source names each of them."""
    speakers = [NamedSpeaker(speaker.name, speaker.id, speaker.kind) for speaker in statement.speakers if speaker.name]
    source = statement.source.text if statement.source else ""
    if len(speakers) < len(statement.speakers) or not all(_is_named(speaker, source) for speaker in speakers):
        return ()
    return tuple(sorted(speakers, key=str))


def _is_named(speaker: NamedSpeaker, source: str) -> bool:
    """Whether a mention has a word of the name, and so is no pronoun or description."""
    if speaker.kind == "person":
        return not _person(speaker.name).isdisjoint(map(sounding, fold(source).split()))
    return not _body(speaker.name).isdisjoint(_body(source))


def stand_against(some: NamedSpeakers, others: NamedSpeakers) -> bool:
    """Whether words cannot be those of ``some`` and of ``others``: each is against each.

    >>> ada, omar, harbour = (NamedSpeaker(*one) for one in (
    ...     ("Ada Lund", "ada-lund", "person"), ("Omar Diallo", "omar-diallo", "person"),
    ...     ("Harbour Board", "harbour-board", "organization")))
    >>> stand_against((ada,), (omar,)), stand_against((ada,), (harbour,)), stand_against((ada,), (ada, omar))
    (True, False, False)
    """
    return bool(some and others) and all(_is_against(one, other) for one in some for other in others)


def _is_against(one: NamedSpeaker, other: NamedSpeaker) -> bool:
    if one.kind != other.kind or (one.id is not None and one.id == other.id):
        return False
    if one.kind == "person":
        return _person(one.name).isdisjoint(_person(other.name))
    return one.kind == "organization" and _body(one.name).isdisjoint(_body(other.name))


def _person(name: str) -> set[str]:
    """The words of a name as they sound, initials left out: two Lunds may be one person, not yet joined."""
    return {sounding(word) for word in person_words(name) if len(word) > 1} or {fold(name)}


def _body(name: str) -> set[str]:
    """The words of a body's name and the country it is of: the Norland ministry speaks for Norland."""
    country = country_in(name)
    return {*organization_key(name), *([fold(country)] if country else [])}
