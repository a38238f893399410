"""Speakers that a source names: people, organizations and countries, and how their names are written."""

from __future__ import annotations

import pytest

from onrecord.document import Speaker
from tests.stages.making import Answering, make_analysis, names_of, resolved, speakers_of

# Names and their parts


def test_a_surname_is_the_full_name_of_the_article() -> None:
    text = "Ada Lund, the mayor of Easton, opened the bridge. “It is safe,” Lund said."
    said, roles = [("“It is safe,”", "Lund")], [("mayor of Easton", "after")]
    ((speaker,),) = speakers_of(text, said, roles, person=["Ada Lund", "Lund"], location=["Easton"])
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
    ("source", "name"),
    [
        ("Harbour Board spokeswoman Ada Lund", "Ada Lund"),
        ("the spokeswoman of the Harbour Board Ada Lund", "Ada Lund"),
        ("Ada Lund, of the Harbour Board,", "Ada Lund"),
        ("Norland’s president, Ada Lund,", "Ada Lund"),
        ("the director of the Harbour Board, Ada Lund,", "Ada Lund"),
        ("Ada Lund, who joined last year,", "Ada Lund"),
        ("Mrs Ada Lund (58)", "Ada Lund"),
        ("the Harbour Board", "Harbour Board"),
        ("a spokesman for Ada Lund", None),
        ("advisers to Ada Lund", None),
        ("Ada Lund’s lawyers", None),
        ("Norland’s Ada Lund", "Ada Lund"),
    ],
)
def test_the_head_of_a_source_speaks(source: str, name: str | None) -> None:
    text = f"On Monday {source} said that the bridge was safe."
    ((speaker,),) = speakers_of(
        text, [("that the bridge was safe", source)], person=["Ada Lund"], organization=["Harbour Board"],
        location=["Norland"],
    )  # fmt: skip
    assert speaker.name == name
    assert speaker.description == (None if name else source)


def test_a_name_in_capitals_is_written_as_a_name() -> None:
    assert names_of("LUND: We agree.", [("We agree", "LUND")], person=["LUND"]) == [["Lund"]]


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
        ("the Easton Herald news site", "Easton Herald"),
        ("the Harbour Board consultancy", "Harbour Board"),
        ("the retailer, Harbour Board", "Harbour Board"),
        ("Norland-based airline, Harbour Board", "Harbour Board"),
        ("a reporter for the Easton Herald newspaper", None),
        ("the lawyer representing the Harbour Board", None),
        ("reports reaching Harbour Board (HB)", None),
        ("a statement issued by the mayor, Mr Ada Lund", None),
        ("the leading Harbour Board", "Harbour Board"),
        ("acting mayor Ada Lund", "Ada Lund"),
        ("a firm running the Harbour Board", None),
        ("the Norland firm", None),
        ("no Norland party", None),
        ("Every Norland ministry", None),
        ("the airlines, Harbour Board", None),
    ],
)
def test_titles_and_what_stands_around_a_name(source: str, name: str | None) -> None:
    text = f"The bridge is safe, according to {source}."
    assert names_of(
        text, [("The bridge is safe", source)], person=["Ada Lund", "Bo Berg"], misc=["Trade"],
        organization=["Harbour Board", "HB", "University of Easton", "Easton Herald"], location=["Norland"],
    ) == [[name]]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "told", "name"),
    [
        ("a specialist in domestic affairs Ada Lund", "specialist in domestic affairs", "Ada Lund"),
        ("a specialist in domestic affairs Ada Lund", "affairs", None),
        ("the aide to the tired mayor Ada Lund", "tired mayor", None),
        ("an aide to mayor Ada Lund", "mayor", None),
    ],
)
def test_what_the_model_reads_before_a_name_tells_whether_it_is_the_source(
    source: str, told: str, name: str | None
) -> None:
    text = f"The bridge is safe, according to {source}."
    ((speaker,),) = speakers_of(text, [("The bridge is safe", source)], [(told, "before")], person=["Ada Lund"])
    assert speaker.name == name


def test_a_given_name_and_a_surname_that_were_tagged_apart_are_one_name() -> None:
    assert names_of("Ada Lund said no.", [("no", "Ada Lund")], person=["Ada", "Lund"]) == [["Ada Lund"]]


def test_a_family_name_that_comes_first_is_who_was_named_last() -> None:
    text = (
        "Prime Minister Han Sun-mi and Justice Minister Han Bo-ra met.\n\n“No,” Justice Minister Han said.\n\n"
        "“Why,” said Han.\n\n“Yes, of course,” Prime Minister Han said."
    )
    said = [("“No,”", "Justice Minister Han"), ("“Why,”", "Han"), ("“Yes, of course,”", "Prime Minister Han")]
    forms = ["Han Sun-mi", "Han Bo-ra", "Han"]
    assert names_of(text, said, person=forms) == [["Han Bo-ra"], ["Han Bo-ra"], ["Han Sun-mi"]]


# Organizations and countries


def test_capitals_of_a_headline_do_not_widen_a_name() -> None:
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


# Organizations by common nouns


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
def test_organizations_that_a_name_tells_apart(source: str, name: str | None) -> None:
    text = f"The pact is void, {source} said."
    assert names_of(
        text, [("The pact is void", source)], person=["Ada Lund", "Lund"], location=["Kenya"], norp=["Kenyan"],
        organization=["HF", "Harbour Board"],
    ) == [[name]]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (["Norland Board of Elections"], 0),
        (["Norland Board of Elections", "Easton Board of Elections"], 1),
        (["Norland Board"], 1),
    ],
)
def test_the_last_words_of_the_only_name_they_fit_are_not_asked_about(names: list[str], asked: int) -> None:
    text = f"{' and '.join(f'the {name}' for name in names)} met. The vote is valid, the board of elections said."
    resolver = Answering(lambda name: False)
    analysis = make_analysis(text, [("The vote is valid", "the board of elections")], organization=names)
    (speaker,) = resolved(analysis, resolver).statements[0].speakers
    assert len(resolver.asked) == asked
    assert speaker.name == (None if asked else names[0])


def test_the_police_is_the_one_that_was_named() -> None:
    text = "The Easton Police closed the bridge. It is unsafe, police said."
    assert names_of(text, [("It is unsafe", "police")], organization=["Easton Police"]) == [["Easton Police"]]


# Names beside descriptions


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("a group called Future Norland", "Future Norland"),
        ("a newly formed super PAC called Future Norland", "Future Norland"),
    ],
)
def test_a_body_is_called_by_the_name_that_it_is_introduced_with(source: str, name: str) -> None:
    text = f"In the spring, {source} said it was unsafe."
    assert names_of(text, [("it was unsafe", source)], organization=["Future Norland", "PAC"]) == [[name]]


@pytest.mark.parametrize(
    "source",
    [
        "a man, who identified himself as Commander Bo Berg",
        "a man named Bo Berg",
        "a caller who identified himself only as Bo Berg",
        "a masked man calling himself Bo Berg",
    ],
)
def test_a_person_is_called_as_he_introduced_himself(source: str) -> None:
    text = f"In the spring, {source} said it was unsafe."
    assert names_of(text, [("it was unsafe", source)], person=["Bo Berg"]) == [["Bo Berg"]]


def test_a_group_named_after_somebody_is_not_that_person() -> None:
    text = "An office named for the late Bo Berg said it was unsafe."
    assert names_of(text, [("it was unsafe", "An office named for the late Bo Berg")], person=["Bo Berg"]) == [[None]]


def test_an_abbreviation_in_brackets_is_not_who_is_described() -> None:
    source = "Sub-Inspector (SI) of Easton Police Station"
    text = f"It was late. {source} said it was unsafe."
    station = ["Easton Police Station"]
    assert names_of(text, [("it was unsafe", source)], person=["SI"], organization=station) == [[None]]


@pytest.mark.parametrize("source", ["two outside GOP spending groups", "Many Millennials", "several NATO members"])
def test_a_name_that_says_what_several_are_does_not_speak(source: str) -> None:
    text = f"In the spring, {source} said it was unsafe."
    assert names_of(text, [("it was unsafe", source)], organization=["GOP", "Millennials", "NATO"]) == [[None]]


@pytest.mark.parametrize("style", ["His Majesty", "Her Excellency", "Your Grace"])
def test_a_style_is_no_name(style: str) -> None:
    text = f"It was late. {style} said it was unsafe."
    assert names_of(text, [("it was unsafe", style)], person=[style.split()[1]]) == [[None]]
