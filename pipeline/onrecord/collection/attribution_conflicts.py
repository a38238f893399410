"""Whether two articles attribute the same words to different speakers.

Only speakers that the source names count. An unnamed speaker may be anybody, the name behind ``he`` was inferred, a
person may speak for an organization, and one organization may be part of another: none of these is a conflict.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from onrecord.document import Kind, Statement
from onrecord.names.countries import country_in, organization_key
from onrecord.names.forms import fold, person_words, sounding


class NamedSpeaker(NamedTuple):
    """A speaker whom the source names."""

    name: str
    id: str | None
    kind: Kind


NamedSpeakers = tuple[NamedSpeaker, ...]


def named_speakers(statement: Statement) -> NamedSpeakers:
    """The speakers of a statement, sorted by name; none unless its source names each of them."""
    speakers = [NamedSpeaker(speaker.name, speaker.id, speaker.kind) for speaker in statement.speakers if speaker.name]
    source = statement.source.text if statement.source else ""
    if len(speakers) < len(statement.speakers) or not all(_is_named(speaker, source) for speaker in speakers):
        return ()
    return tuple(sorted(speakers, key=str))


def _is_named(speaker: NamedSpeaker, source: str) -> bool:
    """Whether a source has a word of the name, and so is not a pronoun or a description."""
    if speaker.kind == "person":
        return not _person_words(speaker.name).isdisjoint(map(sounding, fold(source).split()))
    return not _organization_words(speaker.name).isdisjoint(_organization_words(source))


def contradict(speakers: NamedSpeakers, others: NamedSpeakers) -> bool:
    """Whether no speaker of the one group can be a speaker of the other, so that both cannot have said the same words.

    >>> ada = NamedSpeaker("Ada Lund", "ada-lund", "person")
    >>> omar = NamedSpeaker("Omar Diallo", "omar-diallo", "person")
    >>> harbour = NamedSpeaker("Harbour Board", "harbour-board", "organization")
    >>> contradict((ada,), (omar,)), contradict((ada,), (harbour,)), contradict((ada,), (ada, omar))
    (True, False, False)
    """
    return bool(speakers and others) and all(
        _are_different(speaker, another) for speaker in speakers for another in others
    )


def _are_different(first: NamedSpeaker, second: NamedSpeaker) -> bool:
    if first.kind != second.kind or (first.id is not None and first.id == second.id):
        return False
    if first.kind == "person":
        return _person_words(first.name).isdisjoint(_person_words(second.name))
    return first.kind == "organization" and _organization_words(first.name).isdisjoint(_organization_words(second.name))


@lru_cache(4096)
def _person_words(name: str) -> frozenset[str]:
    """The words of a name by their sound, without initials: two Lunds may be one person who has not been joined yet."""
    return frozenset(sounding(word) for word in person_words(name) if len(word) > 1) or frozenset([fold(name)])


@lru_cache(4096)
def _organization_words(name: str) -> frozenset[str]:
    """The words of an organization's name and its country: the Norland ministry speaks for Norland."""
    country = country_in(name)
    return frozenset([*organization_key(name), *([fold(country)] if country else [])])
