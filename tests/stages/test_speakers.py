from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.document import Article, Mention, Name, Span, Speaker, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.names import NerStage
from onrecord.stages.speakers.entities import Entity
from onrecord.stages.speakers.salience import Anaphor, Candidate, EntityResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.text.positions import Layout
from onrecord.text.segmentation import segment
from onrecord.text.windows import Window
from onrecord_models.decoding import NameRange, WindowReading
from tests.stages.making import make_analysis, names_of, speakers_of

# Names and their parts


def test_a_surname_is_the_full_name_of_the_article() -> None:
    text = "Ada Lund, the mayor of Easton, opened the bridge. “It is safe,” Lund said."
    ((speaker,),) = speakers_of(text, [("“It is safe,”", "Lund")], person=["Ada Lund", "Lund"], location=["Easton"])
    assert speaker == Speaker("Ada Lund", "ada-lund", "person", "mayor of Easton", None, ("Lund",))


def test_a_title_tells_two_people_of_one_surname_apart() -> None:
    text = (
        "Mr. Bill Clinton and his wife, Hillary Clinton, came. Mrs. Clinton called it fair. "
        "Later Mr. Clinton called it odd."
    )
    said = [("called it fair", "Mrs. Clinton"), ("called it odd", "Mr. Clinton")]
    forms = ["Bill Clinton", "Hillary Clinton", "Clinton"]
    assert names_of(text, said, person=forms) == [["Hillary Clinton"], ["Bill Clinton"]]


def test_an_ambiguous_surname_is_the_full_name_nearest_before() -> None:
    text = "Ada Lund spoke.\n\n“No,” said Lund.\n\nThen Eva Lund rose.\n\n“Yes, of course,” Lund said."
    said = [("“No,”", "Lund"), ("“Yes, of course,”", "Lund")]
    assert names_of(text, said, person=["Ada Lund", "Eva Lund", "Lund"]) == [["Ada Lund"], ["Eva Lund"]]


def test_a_mrs_before_the_first_full_name_is_somebody_else() -> None:
    text = "Mrs. Berg said no. Her rival, Bo Berg, is a mason. “Never,” Mrs. Berg said."
    said = [("no", "Mrs. Berg"), ("“Never,”", "Mrs. Berg")]
    assert names_of(text, said, person=["Bo Berg", "Berg"]) == [["Berg"], ["Berg"]]


@pytest.mark.parametrize(
    ("source", "name", "role"),
    [
        ("Harbour Board spokeswoman Ada Lund", "Ada Lund", "Harbour Board spokeswoman"),
        ("the spokeswoman of the Harbour Board Ada Lund", "Ada Lund", "spokeswoman of the Harbour Board"),
        ("Ada Lund, of the Harbour Board,", "Ada Lund", "Harbour Board"),
        ("Norland’s president, Ada Lund,", "Ada Lund", "Norland’s president"),
        ("the director of the Harbour Board, Ada Lund,", "Ada Lund", "director of the Harbour Board"),
        ("Ada Lund, who joined last year,", "Ada Lund", None),
        ("Mrs Ada Lund (58)", "Ada Lund", None),
        ("the Harbour Board", "Harbour Board", None),
        ("a spokesman for Ada Lund", None, None),
        ("advisers to Ada Lund", None, None),
        ("Ada Lund’s lawyers", None, None),
        ("Norland’s Ada Lund", "Ada Lund", None),
    ],
)
def test_the_head_of_a_source_speaks(source: str, name: str | None, role: str | None) -> None:
    text = f"On Monday {source} said that the bridge was safe."
    ((speaker,),) = speakers_of(
        text, [("that the bridge was safe", source)], person=["Ada Lund"], organization=["Harbour Board"],
        location=["Norland"],
    )  # fmt: skip
    assert (speaker.name, speaker.role) == (name, role)
    assert speaker.description == (None if name else source)


def test_a_name_in_capitals_is_written_as_a_name() -> None:
    assert names_of("LUND: We agree.", [("We agree", "LUND")], person=["LUND"]) == [["Lund"]]


# Organizations and countries


@pytest.mark.parametrize(
    ("source", "tagged", "name"),
    [
        ("his Harbour Adventure hiking company", "Adventure", "Harbour Adventure"),
        ("the state-funded Flood Early Warning Network", "Early Warning Network", "Flood Early Warning Network"),
        ("the Easton Harbour Watch", "Easton Harbour", "Easton Harbour Watch"),
        ("the Norwegian Harbour Board", "Harbour Board", "Harbour Board"),
        ("Director Harbour Board", "Harbour Board", "Harbour Board"),
        ("the Har'bour'en", "Har", "Har'bour'en"),
    ],
)
def test_a_body_of_which_the_tagger_saw_a_part_is_named_whole(source: str, tagged: str, name: str) -> None:
    text = f"On Monday {source} said that the bridge was safe."
    found = names_of(text, [("that the bridge was safe", source)], organization=[tagged])
    assert found == [[name]]


def test_capitals_of_a_headline_widen_no_name() -> None:
    text = "Easton Tells Harbour Board Members Bridge Is Safe. It rained."
    assert names_of(text, [("Bridge Is Safe", "Harbour Board Members")], organization=["Harbour Board"]) != [
        ["Harbour Board Members"]
    ]


def test_an_acronym_is_the_organization_that_it_stands_for() -> None:
    text = "The North Atlantic Treaty Organization (NATO) met. It is urgent, NATO said."
    ((speaker,),) = speakers_of(
        text, [("It is urgent", "NATO")], organization=["North Atlantic Treaty Organization", "NATO"]
    )
    assert speaker.name == "North Atlantic Treaty Organization"
    assert (speaker.kind, speaker.aliases) == ("organization", ("NATO",))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Ankara", "Turkey"),
        ("Washington", "United States"),
        ("the U.S.", "United States"),
        ("the Kenyan government", "Kenya"),
        ("Kenya’s government", "Kenya"),
        ("Kenya’s Foreign Ministry", "Kenyan Foreign Ministry"),
        ("the Kenyan Foreign Ministry", "Kenyan Foreign Ministry"),
        ("Easton", "Easton"),
    ],
)
def test_capitals_and_governments_stand_for_their_country(source: str, name: str) -> None:
    text = f"The pact is void, {source} said."
    ((speaker,),) = speakers_of(
        text, [("The pact is void", source)], location=["Ankara", "Washington", "U.S.", "Kenya", "Easton"],
        norp=["Kenyan"], organization=["Foreign Ministry"],
    )  # fmt: skip
    assert (speaker.name, speaker.kind) == (name, "organization")


def test_a_capital_that_is_a_person_stays_one() -> None:
    text = "Dan Washington sings. “I love it,” Washington said."
    said = [("“I love it,”", "Washington")]
    assert names_of(text, said, person=["Dan Washington", "Washington"]) == [["Dan Washington"]]


def test_the_ministry_is_the_one_that_was_named() -> None:
    text = "The Harbour Ministry met. The bridge is safe, the ministry said."
    assert names_of(text, [("The bridge is safe", "the ministry")], organization=["Harbour Ministry"]) == [
        ["Harbour Ministry"]
    ]


# Several speakers


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("both the Harbour Board and Norland", ["Harbour Board", "Norland"]),
        ("Ada Lund and Bo Berg", ["Ada Lund", "Bo Berg"]),
        ("Ada Lund, Bo Berg and Eva Ek", ["Ada Lund", "Bo Berg", "Eva Ek"]),
        ("Presidents of Norland and Sudland, Ada Lund and Bo Berg,", ["Ada Lund", "Bo Berg"]),
        ("Ada Lund, a painter, and Bo Berg, a mason,", ["Ada Lund", "Bo Berg"]),
        ("Ada Lund and her advisers", ["Ada Lund", None]),
        ("the Department of Health and Human Services", ["Department of Health and Human Services"]),
        ("the president of Norland and Sudland", [None]),
        ("Ada Lund and the mayor of Norland, Bo Berg,", ["Ada Lund", "Bo Berg"]),
    ],
)
def test_coordinated_sources_are_several_speakers(source: str, names: list[str | None]) -> None:
    text = f"Yesterday {source} said that the bridge was safe."
    assert names_of(
        text, [("that the bridge was safe", source)], person=["Ada Lund", "Bo Berg", "Eva Ek"],
        organization=["Harbour Board", "Department of Health and Human Services"], location=["Norland", "Sudland"],
    ) == [names]  # fmt: skip


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


def test_it_is_the_body_that_spoke_before() -> None:
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


def test_a_resolver_takes_over_the_choice() -> None:
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
def test_documents(source: str) -> None:
    ((speaker,),) = speakers_of(f"It is safe, {source} says.", [("It is safe", source)], organization=["Harbour Board"])
    assert (speaker.name, speaker.kind, speaker.description) == (None, "document", source)


def test_a_document_with_a_title_is_named() -> None:
    text = "It is safe, the Easton Bridge Report says."
    ((speaker,),) = speakers_of(text, [("It is safe", "the Easton Bridge Report")], misc=["Easton Bridge Report"])
    assert (speaker.name, speaker.kind) == ("Easton Bridge Report", "document")


# Names as other countries' press writes them


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Mr Ada Lund AM", "Ada Lund"),
        ("the director, Dr Ada Lund", "Ada Lund"),
        ("Counselor Ada Lund", "Ada Lund"),
        ("Security Analyst Maj Gen (retd) Ada Lund", "Ada Lund"),
        ("the Minister of Tourism, Ada Lund", "Ada Lund"),
        ("the Harbour Board (HB) chairman Ada Lund", "Ada Lund"),
        ("Harbour Board “HB” Secretary General Ada Lund", "Ada Lund"),
        ("University of Easton physicist Dr Ada Lund", "Ada Lund"),
        ("Trade and Tourism Minister Ada Lund", "Ada Lund"),
        ("Bo Berg's wife, singer-actress Ada Lund, 38", "Ada Lund"),
        ("Ada Lund former harbour minister", "Ada Lund"),
        ("Ada Lund’s remarks", "Ada Lund"),
        ("the Easton Herald newspaper", "Easton Herald"),
    ],
)
def test_titles_and_what_stands_around_a_name(source: str, name: str) -> None:
    text = f"The bridge is safe, according to {source}."
    assert names_of(
        text, [("The bridge is safe", source)], person=["Ada Lund", "Bo Berg"], misc=["Trade"],
        organization=["Harbour Board", "HB", "University of Easton", "Easton Herald"],
    ) == [[name]]  # fmt: skip


def test_a_given_name_and_a_surname_that_were_tagged_apart_are_one_name() -> None:
    assert names_of("Ada Lund said no.", [("no", "Ada Lund")], person=["Ada", "Lund"]) == [["Ada Lund"]]


def test_a_body_and_a_person_that_were_tagged_as_one_are_two() -> None:
    text = "The Harbour Board (HB) met. Chairman of the HB Ada Lund said it was safe. “Tested,” Lund said."
    said = [("it was safe", "Chairman of the HB Ada Lund"), ("“Tested,”", "Lund")]
    forms = {"organization": ["Harbour Board", "HB Ada Lund", "HB"], "person": ["Lund"]}
    assert names_of(text, said, **forms) == [["Ada Lund"], ["Ada Lund"]]


def test_a_nickname_in_quotation_marks_is_no_part_of_the_name() -> None:
    text = "Bo “Ace” Berg called it safe."
    assert names_of(text, [("safe", "Bo “Ace” Berg")], person=["Bo", "Ace", "Berg"]) == [["Bo Berg"]]


def test_a_family_name_that_comes_first_is_who_was_named_last() -> None:
    text = (
        "Prime Minister Han Sun-mi and Justice Minister Han Bo-ra met.\n\n“No,” Justice Minister Han said.\n\n"
        "“Why,” said Han.\n\n“Yes, of course,” Prime Minister Han said."
    )
    said = [("“No,”", "Justice Minister Han"), ("“Why,”", "Han"), ("“Yes, of course,”", "Prime Minister Han")]
    forms = ["Han Sun-mi", "Han Bo-ra", "Han"]
    assert names_of(text, said, person=forms) == [["Han Bo-ra"], ["Han Bo-ra"], ["Han Sun-mi"]]


def test_a_surname_that_is_a_title_is_a_surname() -> None:
    text = "Ada King, a painter, came. “It is safe,” King said. Rep. Berg called it odd."
    said = [("“It is safe,”", "King"), ("it odd", "Rep. Berg")]
    assert names_of(text, said, person=["Ada King", "Berg"], organization=["Rep"]) == [["Ada King"], ["Berg"]]


# Bodies by common nouns


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("the Kenyan health ministry", "Kenyan health ministry"),
        ("Lund’s office", "Lund’s office"),
        ("the office of Ada Lund", "office of Ada Lund"),
        ("the government of Kenya", "Kenya"),
        ("the Kenyan side", "Kenya"),
        ("Police", "police"),
        ("the harbour federation (HF)", "harbour federation"),
        ("the Kenyan constitution", "Kenyan constitution"),
        ("a court", None),
        ("the report by the Harbour Board", None),
        ("the director of the Harbour Board", None),
    ],
)
def test_bodies_that_a_name_tells_apart(source: str, name: str | None) -> None:
    text = f"The pact is void, {source} said."
    assert names_of(
        text, [("The pact is void", source)], person=["Ada Lund", "Lund"], location=["Kenya"], norp=["Kenyan"],
        organization=["HF", "Harbour Board"],
    ) == [[name]]  # fmt: skip


def test_the_police_is_the_one_that_was_named() -> None:
    text = "The Easton Police closed the bridge. It is unsafe, police said."
    assert names_of(text, [("It is unsafe", "police")], organization=["Easton Police"]) == [["Easton Police"]]


@pytest.mark.parametrize(
    ("noun", "name"),
    [("firm", "Lundco"), ("company", "Lundco"), ("group", "Lundco"), ("ministry", "Harbour Ministry"), ("court", None)],
)
def test_a_body_called_by_its_kind_is_the_one_spoken_of(noun: str, name: str | None) -> None:
    text = f"The Harbour Ministry paid. Lundco built the bridge. It is safe, the {noun} said."
    assert names_of(text, [("It is safe", f"the {noun}")], organization=["Lundco", "Harbour Ministry"]) == [[name]]


def test_a_court_that_came_in_since_is_another_one() -> None:
    text = "The Easton Court fined him. Later a court let him go. He is free, the court ruled."
    assert names_of(text, [("He is free", "the court")], organization=["Easton Court"]) == [[None]]


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


# Several, listed


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("two guards – Ada Lund, Bo Berg and Eva Ek", ["Ada Lund", "Bo Berg", "Eva Ek"]),
        ("the mayor, Ada Lund; the treasurer, Bo Berg and the clerk, Eva Ek", ["Ada Lund", "Bo Berg", "Eva Ek"]),
        ("bodies such as the Harbour Board and Norland", ["Harbour Board", "Norland"]),
        ("friends, including Ada Lund and Bo Berg", [None]),
        ("Norland lawyers and the Harbour Board", [None, "Harbour Board"]),
    ],
)
def test_lists(source: str, names: list[str | None]) -> None:
    text = f"Yesterday {source} said that the bridge was safe."
    assert names_of(
        text, [("that the bridge was safe", source)], person=["Ada Lund", "Bo Berg", "Eva Ek"],
        organization=["Harbour Board"], location=["Norland"],
    ) == [names]  # fmt: skip


def test_they_are_the_topic_of_the_sentence() -> None:
    text = "As for Ada Lund and Bo Berg, they said the tests were thorough."
    assert names_of(text, [("the tests were thorough", "they")], person=["Ada Lund", "Bo Berg"]) == [
        ["Ada Lund", "Bo Berg"]
    ]


def test_who_wrote_a_letter_in_which_he_says_something() -> None:
    text = "Bo Berg liked it, and Max Ek sent a letter in which he called it unsafe."
    assert names_of(text, [("unsafe", "he")], person=["Bo Berg", "Max Ek"]) == [["Max Ek"]]


def test_sentences_of_a_long_quotation_take_nobody_out_of_mind() -> None:
    quotation = "“" + " ".join(["It was tested again."] * 14) + "”"
    text = f"Ada Lund spoke.\n\n{quotation}\n\nShe called the bridge safe."
    assert names_of(text, [("the bridge safe", "She")], person=["Ada Lund"]) == [["Ada Lund"]]


# Roles


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Ada Lund, a harvester from Easton, came.", "harvester from Easton"),
        ("Ada Lund, a lawyer representing owners, came.", "lawyer representing owners"),
        ("Ada Lund, former mayor of Easton was there.", "former mayor of Easton"),
        ("Local painter, Dr Ada Lund, came.", "Local painter"),
        ("The chairman of the Harbour Board (HB), Mr Ada Lund, came.", "chairman of the Harbour Board (HB)"),
        ("Director Prof Ada Lund came.", "Director"),
        ("Professor Ada Lund of the Harbour Board came.", "Harbour Board"),
        ("Harbour Board’s Ada Lund came.", "Harbour Board"),
        ("Ada Lund has been named as the patron of the Harbour Board.", "patron of the Harbour Board"),
        ("Trade and Tourism Minister Ada Lund came.", "Trade and Tourism Minister"),
        ("Ada Lund, to help the board, came.", None),
        ("Ada Lund was there.", None),
    ],
)
def test_roles(text: str, role: str | None) -> None:
    whole = f"{text}\n\n“It is safe,” Lund said."
    ((speaker,),) = speakers_of(
        whole, [("“It is safe,”", "Lund")], person=["Ada Lund", "Lund"], organization=["Harbour Board", "HB"],
        location=["Easton"],
    )  # fmt: skip
    assert (speaker.name, speaker.role) == ("Ada Lund", role)


# Quotations that go on


@pytest.mark.parametrize(
    ("between", "goes_on"),
    [("", True), ("‘Outrageous’\n\n", True), ("The crowd had left by then, in the rain.\n\n", False)],
)
def test_a_continued_quotation_keeps_its_speaker(between: str, goes_on: bool) -> None:
    text = f"“The bridge is safe,” Ada Lund said.\n\n{between}“The tests were thorough.”"
    said = [("“The bridge is safe,”", "Ada Lund"), ("“The tests were thorough.”", None)]
    assert names_of(text, said, person=["Ada Lund"])[1] == (["Ada Lund"] if goes_on else [])


def test_a_quotation_may_bear_out_what_was_said_without_one() -> None:
    text = "Ada Lund said the bridge was safe.\n\n“The tests were thorough.”"
    said = [("the bridge was safe", "Ada Lund"), ("“The tests were thorough.”", None)]
    assert names_of(text, said, person=["Ada Lund"])[1] == ["Ada Lund"]


def test_what_has_no_source_and_continues_nothing_has_no_speaker() -> None:
    text = "Ada Lund said it was safe. The bridge is reportedly closed."
    said = [("it was safe", "Ada Lund"), ("The bridge is reportedly closed", None)]
    assert names_of(text, said, person=["Ada Lund"])[1] == []


# Robustness


def test_a_name_that_the_tagger_missed_is_read_from_the_source() -> None:
    text = "“It is safe,” Mayor Ada Lund said. “Tested,” Lund said."
    said = [("“It is safe,”", "Mayor Ada Lund"), ("“Tested,”", "Lund")]
    first, second = speakers_of(text, said)
    assert first == second
    assert (first[0].name, first[0].kind, first[0].role) == ("Ada Lund", "person", "Mayor")


@pytest.mark.parametrize(("source", "name"), [("US", "United States"), ("us", None), ("the West", None)])
def test_words_that_look_like_names_or_pronouns(source: str, name: str | None) -> None:
    text = f"The pact is void, {source} said."
    assert names_of(text, [("The pact is void", source)], location=["US", "West"]) == [[name]]


def test_a_country_that_the_tagger_takes_for_a_person_is_a_country() -> None:
    ((speaker,),) = speakers_of("It is void, Kenya said.", [("It is void", "Kenya")], person=["Kenya"])
    assert (speaker.name, speaker.kind) == ("Kenya", "organization")


def test_a_source_of_punctuation_names_nobody() -> None:
    text = "It is safe — … said."
    assert speakers_of(text, [("It is safe", "…")]) == [()]


def test_ids_are_unique_in_an_article() -> None:
    text = "Mr. Berg said no. Mrs. Berg said yes."
    (mister,), (missis,) = speakers_of(text, [("no", "Mr. Berg"), ("yes", "Mrs. Berg")], person=["Berg"])
    assert (mister.id, missis.id) == ("berg", "berg-2")


def test_an_article_without_statements_is_left_alone() -> None:
    analysis = make_analysis("Nobody spoke.", [])
    assert SpeakersStage().process([analysis]) == [analysis]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_text_and_any_spans_are_survived_and_give_the_same_twice(data: st.DataObject) -> None:
    words = st.sampled_from(
        ["Ada", "Lund", "he", "she", "who", "“", "”", ",", ".", "said", "\n\n", "the", "and", "of", "’s", "İ", "ﬁ",
         "\u202e", "U.S.", "president", "Mr.", "(", ")", "–", "NATO", "\u00a0", "’", "I", "they", "it", "é", "𝔄", "&"]
    )  # fmt: skip
    text = data.draw(
        st.one_of(st.lists(words, min_size=1, max_size=40).map(" ".join), st.text(min_size=1, max_size=60))
    )

    def draw_span() -> Span:
        start = data.draw(st.integers(0, len(text) - 1))
        return Span(start, data.draw(st.integers(start + 1, len(text))))

    labels = st.sampled_from(["person", "organization", "location", "norp", "misc"])
    names = tuple(Name(draw_span(), data.draw(labels), 0.5) for _ in range(data.draw(st.integers(0, 5))))
    statements = []
    for number in range(data.draw(st.integers(1, 4))):
        content, source = draw_span(), data.draw(st.one_of(st.none(), st.just(True))) and draw_span()
        mention = Mention(text[slice(*source)], (source,)) if source else None
        statements.append(
            Statement("a", f"a#{number}", text[slice(*content)], (content,), "direct", content, None, mention)
        )
    analysis = Analysis(Article("a", text), segment(text), names=names, statements=tuple(statements))
    first = SpeakersStage().process([analysis])
    assert SpeakersStage().process([analysis]) == first
    for before, after in zip(statements, first[0].statements, strict=True):
        assert replace(after, speakers=()) == before
        assert all((speaker.name is None) == (speaker.id is None) for speaker in after.speakers)


# Names from the quote model


def read_names(text: str, *names: tuple[int, int, str]) -> Analysis:
    """What the names stage makes of token ranges that the model found."""
    spans = [
        Span(0, 0),
        *(Span(*match.span()) for match in re.finditer(r"[^\W_]{1,4}|[^\w\s]", text)),
        Span(len(text), len(text)),
    ]
    nothing = [0] * len(spans)
    window = Window(nothing, nothing, nothing, nothing, spans)
    reading = WindowReading([NameRange((start, end), label, 0.87654321) for start, end, label in names], [])
    analysis = Analysis(Article("a", text), segment(text), windows=(window,), readings=(reading,))
    return NerStage().process([analysis])[0]


def test_names_are_whole_words_without_what_surrounds_them() -> None:
    text = "“ Hammar ” left ( X 12 )"
    analysis = read_names(text, (1, 3, "person"), (6, 8, "misc"), (8, 9, "misc"))
    assert analysis.names == (Name(Span(2, 8), "person", 0.8765),)


def test_two_names_inside_one_word_are_one() -> None:
    text = "Hammarby won"
    analysis = read_names(text, (1, 2, "person"), (2, 3, "organization"))
    assert analysis.names == (Name(Span(0, 8), "person", 0.8765),)


def test_the_fullest_form_names_an_entity() -> None:
    entity = Entity("person")
    for form in ("Lund", "Ada Lund", "LUND"):
        entity.add(form)
    assert entity.name == "Ada Lund"
    assert Entity("organization", "Kenya").name == "Kenya"


def test_a_source_with_nothing_but_marks_behind_the_and_is_survived() -> None:
    analysis = make_analysis("“No,” said Lund & \u202e.", [("“No,”", "Lund & \u202e")], person=["Lund"])
    (done,) = SpeakersStage().process([analysis])
    assert [speaker.name for speaker in done.statements[0].speakers] == ["Lund"]
