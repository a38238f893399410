"""Speakers that a source only refers to, by a pronoun or a description."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from onrecord.document import Speaker
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.salience import Anaphor, Candidate, EntityResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.text.positions import Layout
from tests.stages.making import make_analysis, names_of, speakers_of

# Pronouns


def test_a_pronoun_is_the_subject_before() -> None:
    text = "Ada Lund met Bo Berg in Easton. She said that it went well."
    assert names_of(text, [("that it went well", "She")], person=["Ada Lund", "Bo Berg"]) == [["Ada Lund"]]


def test_a_pronoun_agrees_in_gender() -> None:
    text = "Mr. Bo Berg met Mrs. Ada Lund. “It was short,” she said. “It was long,” he said."
    said = [("“It was short,”", "she"), ("“It was long,”", "he")]
    assert names_of(text, said, person=["Bo Berg", "Ada Lund"]) == [["Ada Lund"], ["Bo Berg"]]


def test_who_is_named_in_the_quotation_is_not_its_speaker() -> None:
    text = "Ada Lund spoke to reporters.\n\n“Bo Berg built it. Bo Berg must mend it,” she said."
    said = [("“Bo Berg built it. Bo Berg must mend it,”", "she")]
    assert names_of(text, said, person=["Ada Lund", "Bo Berg"]) == [["Ada Lund"]]


def test_a_relative_pronoun_is_the_name_that_it_follows() -> None:
    text = "The visit angered Ada Lund, who called it a farce."
    assert names_of(text, [("a farce", "who")], person=["Ada Lund"]) == [["Ada Lund"]]


def test_they_are_those_who_spoke_before() -> None:
    text = "Ada Lund and Bo Berg called it safe. They said the tests were thorough."
    said = [("safe", "Ada Lund and Bo Berg"), ("the tests were thorough", "They")]
    assert names_of(text, said, person=["Ada Lund", "Bo Berg"])[1] == ["Ada Lund", "Bo Berg"]


def test_they_are_the_two_of_the_sentence_before() -> None:
    text = "Ada Lund met Bo Berg. They said the tests were thorough."
    assert names_of(text, [("the tests were thorough", "They")], person=["Ada Lund", "Bo Berg"]) == [
        ["Ada Lund", "Bo Berg"]
    ]


def test_it_is_the_organization_that_spoke_before() -> None:
    text = "The Harbour Board called it safe. It said the tests were thorough."
    said = [("safe", "The Harbour Board"), ("the tests were thorough", "It")]
    assert names_of(text, said, organization=["Harbour Board"])[1] == ["Harbour Board"]


def test_an_i_inside_a_quotation_is_its_speaker() -> None:
    text = "“I think it is safe,” Ada Lund said."
    said = [("it is safe", "I"), ("“I think it is safe,”", "Ada Lund")]
    assert names_of(text, said, person=["Ada Lund"]) == [["Ada Lund"], ["Ada Lund"]]


def test_a_pronoun_without_anybody_before_it_stays_unnamed() -> None:
    ((speaker,),) = speakers_of("“It is safe,” he said.", [("“It is safe,”", "he")])
    assert (speaker.name, speaker.id, speaker.kind, speaker.description) == (None, None, "person", "he")


def test_another_resolver_takes_over_the_choice() -> None:
    class Last(EntityResolver):
        def choose(
            self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
        ) -> Candidate | None:
            return candidates[-1]

    text = "Ada Lund met Bo Berg in Easton. “It went well,” she said."
    analysis = make_analysis(text, [("“It went well,”", "she")], person=["Ada Lund", "Bo Berg"])
    (done,) = SpeakersStage(Last()).process([analysis])
    assert [speaker.name for speaker in done.statements[0].speakers] == ["Bo Berg"]


# Descriptions and the unnamed


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Kenya’s president", "Ada Lund"),
        ("The Kenyan president", "Ada Lund"),
        ("The Kenyan leader", "Ada Lund"),
        ("The president", "Ada Lund"),
        ("The finance minister", "Bo Berg"),
        ("Norway’s president", None),
        ("The vice president", None),
        ("A president", None),
    ],
)
def test_a_description_is_who_the_article_calls_that(source: str, name: str | None) -> None:
    text = f"Kenya’s president, Ada Lund, met finance minister Bo Berg.\n\n{source} said that the talks went well."
    assert names_of(
        text, [("that the talks went well", source)], person=["Ada Lund", "Bo Berg"], location=["Kenya", "Norway"],
        norp=["Kenyan"],
    ) == [[name]]  # fmt: skip


def test_unnamed_sources_keep_their_description_and_are_one_where_it_is_the_same() -> None:
    text = (
        "A senior official called it safe. Critics disagreed that it was tested. "
        "The official said the tests were thorough."
    )
    said = [
        ("safe", "A senior official"),
        ("that it was tested", "Critics"),
        ("the tests were thorough", "The official"),
    ]
    (official,), (critics,), (again,) = speakers_of(text, said)
    assert official == Speaker(None, None, "person", None, "A senior official", ())
    assert (critics.name, critics.kind, critics.description) == (None, "group", "Critics")
    assert again == official


@pytest.mark.parametrize(
    "source", ["the treaty", "a report", "court papers", "a statement by the Harbour Board", "The poll"]
)
def test_a_document_is_a_speaker_without_a_name(source: str) -> None:
    ((speaker,),) = speakers_of(f"It is safe, {source} says.", [("It is safe", source)], organization=["Harbour Board"])
    assert (speaker.name, speaker.kind, speaker.description) == (None, "document", source)


def test_a_document_with_a_title_is_named() -> None:
    text = "It is safe, the Easton Bridge Report says."
    ((speaker,),) = speakers_of(text, [("It is safe", "the Easton Bridge Report")], misc=["Easton Bridge Report"])
    assert (speaker.name, speaker.kind) == ("Easton Bridge Report", "document")


# Descriptions of those spoken of


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("the official", "Ada Lund"),
        ("the artist", "Ada Lund"),
        ("the spokeswoman", None),
        ("the victim", None),
        ("his lawyer", None),
        ("the senator", None),
        ("the doctor", None),
        ("the Kenyan minister", "Ada Lund"),
        ("Harbour minister", "Ada Lund"),
    ],
)
def test_a_description_may_go_back_to_who_spoke_last(source: str, name: str | None) -> None:
    text = f"Ada Lund, the harbour minister, met a doctor. “It is safe,” Lund said.\n\nIt was tested, {source} said."
    said = [("“It is safe,”", "Lund"), ("It was tested", source)]
    assert names_of(text, said, person=["Ada Lund", "Lund"], norp=["Kenyan"])[1] == [name]


def test_a_description_may_come_before_the_name() -> None:
    text = "The bridge is safe, the Easton director of the HB said.\n\nThe HB’s Easton director Ada Lund called it new."
    said = [("The bridge is safe", "the Easton director of the HB"), ("it new", "The HB’s Easton director Ada Lund")]
    assert names_of(text, said, person=["Ada Lund"], organization=["HB"], location=["Easton"]) == [["Ada Lund"]] * 2


def test_a_description_that_was_resolved_gives_a_role() -> None:
    text = "Ada Lund likes bridges. This one is safe, the founder of the Harbour Club said."
    ((speaker,),) = speakers_of(
        text, [("This one is safe", "the founder of the Harbour Club")], person=["Ada Lund"],
        organization=["Harbour Club"],
    )  # fmt: skip
    assert (speaker.name, speaker.role) == ("Ada Lund", "founder of the Harbour Club")


def test_a_relative_clause_behind_a_description() -> None:
    text = "Ada Lund, director of the inn, came. It is old, according to its director, who called it unsafe."
    said = [("It is old", "its director"), ("unsafe", "who")]
    assert names_of(text, said, person=["Ada Lund"]) == [["Ada Lund"], ["Ada Lund"]]
