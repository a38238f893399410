"""Which speakers of the same words contradict each other."""

from __future__ import annotations

import pytest

from onrecord.collection.attribution_conflicts import NamedSpeaker, contradict, named_speakers
from onrecord.document import Kind, Mention, Span, Speaker, Statement


def speaker(name: str, kind: Kind = "person", identifier: str | None = None) -> NamedSpeaker:
    return NamedSpeaker(name, identifier or name.lower().replace(" ", "-"), kind)


def conflict(one: NamedSpeaker, other: NamedSpeaker) -> bool:
    found = contradict((one,), (other,))
    assert found == contradict((other,), (one,))
    return found


def test_two_people_of_different_names_contradict_each_other() -> None:
    assert conflict(speaker("Ada Lund"), speaker("Omar Diallo"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (speaker("Ada Lund"), speaker("Ada Lund")),
        (speaker("Ada Lund"), speaker("Lund", identifier="lund-2")),
        (speaker("Sergei Lund"), speaker("Sergey Berg-Lund")),
        (speaker("Ada Lund"), speaker("Harbour Board", "organization")),
        (speaker("Harbour Board", "organization"), speaker("Board of the Harbour", "organization")),
        (speaker("Georgia", "organization"), speaker("Georgian Foreign Ministry", "organization")),
        (speaker("Ankara", "organization"), speaker("Turkish Parliament", "organization")),
        (speaker("Ada Lund"), speaker("the report", "document")),
        (speaker("the report", "document"), speaker("the treaty", "document")),
        (speaker("critics", "group"), speaker("residents", "group")),
    ],
)
def test_speakers_who_may_be_the_same_or_speak_for_each_other_do_not(one: NamedSpeaker, other: NamedSpeaker) -> None:
    assert not conflict(one, other)


def test_two_organizations_without_a_word_or_country_in_common_contradict_each_other() -> None:
    assert conflict(speaker("Harbour Board", "organization"), speaker("Easton Port Union", "organization"))


def test_a_speaker_in_common_is_not_a_conflict() -> None:
    ada, omar, eva = speaker("Ada Lund"), speaker("Omar Diallo"), speaker("Eva Berg")
    assert not contradict((ada, omar), (omar,))
    assert contradict((ada, omar), (eva,))
    assert not contradict((), (eva,))


def test_a_statement_with_an_unnamed_speaker_has_no_named_speakers() -> None:
    speakers = (Speaker("Ada Lund", "ada-lund", "person"), Speaker(None, None, "person", description="an aide"))
    assert named_speakers(sourced("Ada Lund and an aide", *speakers)) == ()


def sourced(source: str | None, *speakers: Speaker) -> Statement:
    mention = Mention(source, (Span(0, len(source)),)) if source else None
    return Statement("a.txt", "a.txt#1", "x", (Span(0, 1),), "direct", Span(0, 1), speakers=speakers, source=mention)


@pytest.mark.parametrize("source", ["Ada Lund", "Lund", "Ms. LUND, the mayor", "mayor Ada Lund’s"])
def test_a_speaker_named_by_the_source_counts(source: str) -> None:
    assert named_speakers(sourced(source, Speaker("Ada Lund", "ada-lund", "person"))) == (speaker("Ada Lund"),)


@pytest.mark.parametrize("source", ["she", "the mayor", "the mayor of Easton, Omar Diallo", None])
def test_a_speaker_whose_name_was_inferred_does_not(source: str | None) -> None:
    assert named_speakers(sourced(source, Speaker("Ada Lund", "ada-lund", "person"))) == ()


def test_an_organization_is_named_by_its_country_too() -> None:
    assert named_speakers(sourced("Turkish officials", Speaker("Turkey", "turkey", "organization"))) != ()
    assert named_speakers(sourced("it", Speaker("Turkey", "turkey", "organization"))) == ()
