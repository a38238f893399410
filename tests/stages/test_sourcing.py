"""The type of a source, the gender that is told, and names that are kept back."""

from __future__ import annotations

import pytest

from onrecord.document import Kind, Span, Speaker
from onrecord.stages.sourcing.anonymity import Source, kept_back
from onrecord.stages.sourcing.gender import described_gender, told_gender
from onrecord.stages.sourcing.types import source_type
from onrecord.text.positions import Layout
from onrecord.text.segmentation import segment
from tests.stages.making import make_analysis, resolved


def only(text: str, said: str, source: str, **names: list[str]) -> Speaker:
    (statement,) = resolved(make_analysis(text, [(said, source)], **names)).statements
    (speaker,) = statement.speakers
    if speaker.reason is not None:
        (span,) = speaker.reason.spans
        assert text[slice(*span)] == speaker.reason.text
    return speaker


def reason_of(text: str, said: str = "the port was closed", source: str = "a harbour official") -> str | None:
    speaker = only(text, said, source)
    assert speaker.anonymous
    return speaker.reason and speaker.reason.text


REQUESTS = [
    "on condition of anonymity",
    "on the condition of anonymity",
    "under condition of strict anonymity",
    "on condition that he not be named",
    "on condition that her name not be used",
    "on condition of not being identified",
    "under the cloak of anonymity",
    "speaking anonymously",
    "asking for anonymity",
    "requesting anonymity",
    "who requested anonymity",
    "who insisted on anonymity",
    "who was granted anonymity",
    "granted anonymity",
    "who asked not to be named",
    "who asked to not be identified",
    "who asked not to be quoted by name",
    "who wished to remain anonymous",
    "who wanted to stay anonymous",
    "who preferred to be unnamed",
    "who asked that her name be withheld",
    "who asked that his name not be used",
    "who declined to be named",
    "who declined to be identified",
    "who refused to give his name",
    "who declined to give her full name",
    "who did not want to be named",
    "who didn’t wish to be identified",
    "whose name is being withheld",
    "who cannot be named for legal reasons",
    "who could not be identified because of a court order",
    "who spoke on background",
    "who was not authorised to speak",
    "who was not authorized to discuss the matter publicly",
    "who isn't authorized by the company to comment",
    "not being authorised to speak to reporters",
    "who lacked authorization to speak publicly",
    "who was not allowed to speak to the media",
    "who is not permitted to publicly discuss it",
    "who is barred from speaking to reporters",
]


@pytest.mark.parametrize("words", REQUESTS)
@pytest.mark.parametrize(
    "frame",
    [
        "Rain fell. The port was closed, a harbour official {} said.",
        "Rain fell. A harbour official, {}, said the port was closed.",
        "Rain fell. “It is over,” said a harbour official {}. Nobody knew more.",
    ],
)
def test_a_name_that_is_kept_back_is_noticed_however_it_is_said(words: str, frame: str) -> None:
    text = frame.format(words)
    said = next(part for part in ("It is over", "the port was closed", "The port was closed") if part in text)
    source = "A harbour official" if "A harbour official" in text else "a harbour official"
    assert only(text, said, source).anonymous


@pytest.mark.parametrize(
    "text",
    [
        "A harbour official said the anonymous artist Banksy had painted it. The port was closed.",
        "A harbour official said the port was closed after a gift from an anonymous donor.",
        "A harbour official said the port was closed and that a donor had asked not to be named.",
        "A harbour official who declined to be named as a suspect said the port was closed.",
        "A harbour official who refused to be named captain said the port was closed.",
        "A harbour official who asked not to be identified as a Tory said the port was closed.",
        "A harbour official who was not authorised to sign the order said the port was closed.",
        "A harbour official who was not allowed to speak at the meeting said the port was closed.",
        "A harbour official who spoke of an anonymous letter said the port was closed.",
        "A harbour official named the ship and said the port was closed.",
        "A harbour official said the port was closed. The crane's owner, who asked not to be named, had left.",
        "A harbour official said the port was closed. “I asked not to be named,” a sign read.",
    ],
)
def test_what_only_looks_like_it_is_no_anonymity(text: str) -> None:
    said = "the port was closed" if "the port was closed" in text else "had painted it"
    if "and that a donor" in text:
        said = "the port was closed and that a donor had asked not to be named"
    speaker = only(text, said, "A harbour official")
    assert not speaker.anonymous
    assert speaker.reason is None


def test_a_named_speaker_is_not_anonymous_because_somebody_else_is() -> None:
    text = "Ada Lund said the port was closed, and a guard who asked not to be named said it was dark."
    said = [("the port was closed", "Ada Lund"), ("it was dark", "a guard who asked not to be named")]
    first, second = (each.speakers[0] for each in resolved(make_analysis(text, said, person=["Ada Lund"])).statements)
    assert not first.anonymous
    assert second.anonymous


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "“The port was closed,” said a harbour official who was not authorised to speak.",
            "who was not authorised to speak",
        ),
        (
            "Said a harbour official, speaking anonymously because he feared for his job: the port was closed.",
            "because he feared for his job:",
        ),
        (
            "Speaking on condition of anonymity because she was not authorised to talk to the media, a harbour "
            "official said the port was closed.",
            "because she was not authorised to talk to the media",
        ),
        (
            "According to a harbour official, who asked not to be named citing company rules, the port was closed.",
            "citing company rules",
        ),
        (
            "The port was closed, a harbour official said. She requested anonymity to discuss internal plans.",
            "to discuss internal plans",
        ),
        (
            "The port was closed, a harbour official said. The official asked not to be identified, fearing reprisals.",
            "fearing reprisals",
        ),
        (
            "Fearing for her job, a harbour official who declined to be named said the port was closed.",
            "Fearing for her job",
        ),
        (
            "The port was closed, a harbour official who cannot be named for legal reasons; nobody else came.",
            "for legal reasons",
        ),
        ("The port was closed, said a harbour official who requested anonymity.", None),
        ("The port was closed, said a harbour official granted anonymity to speak freely.", "to speak freely"),
    ],
)
def test_the_reason_is_the_words_of_the_article(text: str, reason: str | None) -> None:
    said = "The port was closed" if text.startswith(("The port", "“The port")) else "the port was closed"
    assert reason_of(text, said) == (reason and reason.rstrip(":"))


def test_a_sentence_about_several_sources_is_about_each_of_them() -> None:
    text = "A guard said it was dark. A sailor said it was cold. They spoke on condition of anonymity."
    done = resolved(make_analysis(text, [("it was dark", "A guard"), ("it was cold", "A sailor")]))
    assert [speaker.anonymous for each in done.statements for speaker in each.speakers] == [True, True]


@pytest.mark.parametrize(
    ("phrase", "gender"),
    [
        ("the 45-year-old woman from Easton", "feminine"),
        ("a female officer", "feminine"),
        ("his wife", "feminine"),
        ("the spokeswoman for Mr. Lund", "feminine"),
        ("her husband", "masculine"),
        ("Norland's chairman", "masculine"),
        ("a man who spoke for the women", "masculine"),
        ("the woman's lawyer", None),
        ("a German", None),
        ("the human", None),
        ("an official", None),
        ("a man and a woman", None),
    ],
)
def test_words_for_somebody_tell_a_gender_or_none(phrase: str, gender: str | None) -> None:
    assert described_gender(phrase) == gender


def test_pronouns_decide_if_most_of_them_agree() -> None:
    assert told_gender(["she", "Her", "he"]) is None
    assert told_gender(["she", "her", "she", "he"]) == "feminine"
    assert told_gender([], ["the chairman"], {"feminine": 9}) == "feminine"
    assert told_gender(["they", "it"]) is None


@pytest.mark.parametrize(
    ("text", "source", "gender"),
    [
        ("Ada Lund came. The port was closed, Ada Lund said.", "Ada Lund", None),
        ("Ada Lund came. She said the port was closed.", "She", "feminine"),
        ("The port was closed, Mr. Lund said.", "Mr. Lund", "masculine"),
        ("The port was closed, Dame Ada Lund said.", "Ada Lund", "feminine"),
        ("The port was closed, the spokeswoman Ada Lund said.", "Ada Lund", "feminine"),
        ("The port was closed, said a 30-year-old woman.", "a 30-year-old woman", "feminine"),
        ("The port was closed, said a sailor.", "a sailor", None),
    ],
)
def test_a_gender_is_what_the_text_tells_and_no_first_name(text: str, source: str, gender: str | None) -> None:
    said = "the port was closed" if "the port was closed" in text else "The port was closed"
    assert only(text, said, source, person=["Ada Lund", "Lund"]).gender == gender


def test_bodies_and_documents_have_no_gender() -> None:
    speaker = only(
        "The Harbour Board came. She said it was safe.",
        "it was safe",
        "The Harbour Board",
        organization=["Harbour Board"],
    )
    assert (speaker.source_type, speaker.gender) == ("named organization", None)


@pytest.mark.parametrize(
    ("kind", "name", "description", "expected"),
    [
        ("person", "Ada Lund", None, "named person"),
        ("organization", "Harbour Board", None, "named organization"),
        ("organization", "Police", None, "unnamed group"),
        ("document", "Harbour Act", None, "document"),
        ("document", None, "a letter", "document"),
        ("person", None, "a driver", "unnamed person"),
        ("group", None, "residents", "unnamed group"),
        ("organization", None, "the board", "unnamed group"),
        ("person", None, "one of the groups", "unnamed group"),
        ("person", None, "one of her ads", "document"),
        ("person", None, "one of the sailors", "unnamed person"),
        ("unknown", None, "60 percent of those asked", "unnamed group"),
        ("unknown", None, "a TV interviewer", "unnamed person"),
        ("unknown", None, "the accused", "unnamed group"),
        ("unknown", None, "harvesters nationwide", "unnamed group"),
        ("unknown", None, "rising rates", None),
        ("unknown", None, "", None),
        ("unknown", "House Bill 12", None, "document"),
        ("unknown", "Something", None, None),
        ("organization", "Harbour Protection Act", None, "document"),
        ("organization", "House Bill 12", None, "document"),
        ("organization", "Easton Post", None, "named organization"),
        ("organization", "Law", None, "named organization"),
    ],
)
def test_the_type_is_that_of_the_kind_or_of_the_words(
    kind: Kind, name: str | None, description: str | None, expected: str | None
) -> None:
    assert source_type(kind, name, description) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        # What explains the noun: clauses, participles, adjectives, times.
        ("many people who saw the video", "unnamed group"),
        ("a letter he wrote to the board", "document"),
        ("a company that helps sailors", "unnamed group"),
        ("superdelegates who’ve decided", "unnamed group"),
        ("an associate, who lives in Easton,", "unnamed person"),
        ("the survey, conducted by the union,", "document"),
        ("posts published on the board’s page", "document"),
        ("the sailors surveyed last week", "unnamed group"),
        ("Republican elected officials", "unnamed group"),
        ("reports reaching the harbour office", "document"),
        ("an official familiar with the plan", "unnamed person"),
        ("a source close to the mayor", "unnamed person"),
        ("candidates such as Ada Lund", "unnamed group"),
        ("a poll this month", "document"),
        ("the old, tired sailors", "unnamed group"),
        ("35 harbour boards - three short of a majority -", "unnamed group"),
        ("from people I’ve met", "unnamed group"),
        # Names with prepositions do not end the phrase.
        ("a University of Easton poll out this week", "document"),
        ("Ministry of Port Affairs records", "document"),
        ("an Easton Court of Appeal judge", "unnamed person"),
        # Parts.
        ("a redacted copy of the memo", "document"),
        ("a large part of the public", "unnamed group"),
        ("a mix of sailors and dockers", "unnamed group"),
        ("none of the videos she was talking about", "document"),
        ("dozens of sailors", "unnamed group"),
        ("the rest of the fleet", "unnamed group"),
        ("six in 10", "unnamed group"),
        ("nearly nine out of 10 voters", "unnamed group"),
        ("no one", "unnamed group"),
        ("you", "unnamed group"),
        ("one", "unnamed person"),
        # Words for people, groups, documents, and things that do not speak.
        ("a 22-year-old", "unnamed person"),
        ("21-year-olds", "unnamed group"),
        ("the union's management", "unnamed group"),
        ("her entourage", "unnamed group"),
        ("harbour and town spokesmen", "unnamed group"),
        ("local businesses", "unnamed group"),
        ("the guidelines", "document"),
        ("federal rules", "document"),
        ("some analyses", "document"),
        ("exit polling", "document"),
        ("a white paper", "document"),
        ("rumours", None),
        ("rising prices", None),
    ],
)
def test_the_noun_of_a_description_tells_the_type_not_what_explains_it(description: str, expected: str | None) -> None:
    assert source_type("unknown", None, description) == expected
    if expected != "unnamed person":
        assert source_type("group", None, description) == expected  # as a plural anywhere in it makes it one


def test_words_without_end_are_read_in_no_time() -> None:
    assert source_type("unknown", None, "some of " * 50_000 + "sailors") == "unnamed group"
    assert source_type("unknown", None, "old, " * 50_000) is None


@pytest.mark.parametrize(
    ("kind", "expected"), [("organization", "unnamed group"), ("person", "unnamed person"), ("unknown", None)]
)
def test_words_that_tell_nothing_leave_it_to_the_kind(kind: Kind, expected: str | None) -> None:
    assert source_type(kind, None, "the haze") == expected
    assert source_type(kind, None, "") == expected


def test_what_is_too_long_for_a_sentence_is_not_searched() -> None:
    text = "A guard said it was dark, asking not to be named, " + "on condition of anonymity because " * 2_000
    layout = Layout(text, segment(text))
    assert kept_back(layout, [Source(Span(0, 7), ("guard",))], [Span(13, 24)]) == {}
