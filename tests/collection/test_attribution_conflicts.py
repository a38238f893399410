from __future__ import annotations

import pytest

from onrecord.collection.attribution_conflicts import Voice, stand_against, voices_of
from onrecord.document import Kind, Mention, Span, Speaker, Statement


def voice(name: str, kind: Kind = "person", identifier: str | None = None) -> Voice:
    return Voice(name, identifier or name.lower().replace(" ", "-"), kind)


def against(one: Voice, other: Voice) -> bool:
    found = stand_against((one,), (other,))
    assert found == stand_against((other,), (one,))
    return found


def test_two_people_of_different_names_stand_against_each_other() -> None:
    assert against(voice("Ada Lund"), voice("Omar Diallo"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (voice("Ada Lund"), voice("Ada Lund")),
        (voice("Ada Lund"), voice("Lund", identifier="lund-2")),
        (voice("Sergei Lund"), voice("Sergey Berg-Lund")),
        (voice("Ada Lund"), voice("Harbour Board", "organization")),
        (voice("Harbour Board", "organization"), voice("Board of the Harbour", "organization")),
        (voice("Georgia", "organization"), voice("Georgian Foreign Ministry", "organization")),
        (voice("Ankara", "organization"), voice("Turkish Parliament", "organization")),
        (voice("Ada Lund"), voice("the report", "document")),
        (voice("the report", "document"), voice("the treaty", "document")),
        (voice("critics", "group"), voice("residents", "group")),
    ],
)
def test_whoever_may_be_the_same_or_speak_for_the_other_does_not(one: Voice, other: Voice) -> None:
    assert not against(one, other)


def test_two_bodies_without_a_word_or_country_in_common_do() -> None:
    assert against(voice("Harbour Board", "organization"), voice("Easton Port Union", "organization"))


def test_a_speaker_in_common_settles_it() -> None:
    ada, omar, eva = voice("Ada Lund"), voice("Omar Diallo"), voice("Eva Berg")
    assert not stand_against((ada, omar), (omar,))
    assert stand_against((ada, omar), (eva,))
    assert not stand_against((), (eva,))


def test_an_article_that_leaves_a_speaker_unnamed_says_nothing_against_another() -> None:
    speakers = (Speaker("Ada Lund", "ada-lund", "person"), Speaker(None, None, "person", description="an aide"))
    assert voices_of(sourced("Ada Lund and an aide", *speakers)) == ()


def sourced(source: str | None, *speakers: Speaker) -> Statement:
    mention = Mention(source, (Span(0, len(source)),)) if source else None
    return Statement("a.txt", "a.txt#1", "x", (Span(0, 1),), "direct", Span(0, 1), speakers=speakers, source=mention)


@pytest.mark.parametrize("source", ["Ada Lund", "Lund", "Ms. LUND, the mayor", "mayor Ada Lund’s"])
def test_a_speaker_counts_whom_the_source_names(source: str) -> None:
    assert voices_of(sourced(source, Speaker("Ada Lund", "ada-lund", "person"))) == (voice("Ada Lund"),)


@pytest.mark.parametrize("source", ["she", "the mayor", "the mayor of Easton, Omar Diallo", None])
def test_a_speaker_whom_only_reading_on_tells_does_not(source: str | None) -> None:
    assert voices_of(sourced(source, Speaker("Ada Lund", "ada-lund", "person"))) == ()


def test_a_body_is_named_by_its_country_too() -> None:
    assert voices_of(sourced("Turkish officials", Speaker("Turkey", "turkey", "organization"))) != ()
    assert voices_of(sourced("it", Speaker("Turkey", "turkey", "organization"))) == ()
