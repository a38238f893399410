"""Forms of names: words, titles, acronyms, roles and descriptions."""

from __future__ import annotations

import pytest

from onrecord.names.countries import (
    country_in,
    country_named,
    country_of_adjective,
    country_of_seat,
    organization_key,
)
from onrecord.names.forms import (
    acronyms,
    fold,
    fullest,
    is_acronym,
    person_words,
    slug,
    split_title,
    title_gender,
    without_lead,
    without_possessive,
    without_postnominals,
)
from onrecord.names.similarity import is_part, same_person
from onrecord.stages.speakers.phrases import is_definite, number_of
from onrecord.stages.speakers.role_phrases import fits, make_role, role_noun


@pytest.mark.parametrize(
    ("name", "title", "rest"),
    [
        ("Prime Minister Ada Lund", "Prime Minister", "Ada Lund"),
        ("Mrs. Lund", "Mrs.", "Lund"),
        ("Ada Lund", "", "Ada Lund"),
        ("President", "", "President"),
        ("Secretary-General Bo Berg", "Secretary-General", "Bo Berg"),
    ],
)
def test_titles_come_off_but_a_name_always_stays(name: str, title: str, rest: str) -> None:
    assert split_title(name) == (title, rest)


def test_a_title_inside_a_tagged_name_takes_what_stands_before_it_along() -> None:
    assert without_lead("Norland Sen. Ada Lund") == "Ada Lund"
    assert without_lead("Coleman King Jr.") == "Coleman King Jr."


@pytest.mark.parametrize(
    ("name", "bare"),
    [("Ada Lund AM", "Ada Lund"), ("Ada Lund, OBE, MP", "Ada Lund"), ("Ada Am", "Ada Am"), ("AM", "AM")],
)
def test_honours_behind_a_name_come_off(name: str, bare: str) -> None:
    assert without_postnominals(name) == bare


@pytest.mark.parametrize("form", ["Georgia’s", "Georgia's", "Georgia,", "“Georgia”"])
def test_possessives_and_punctuation_come_off(form: str) -> None:
    assert without_possessive(form) == "Georgia"


@pytest.mark.parametrize(
    ("title", "gender"),
    [
        ("Mrs.", "feminine"),
        ("Mr", "masculine"),
        ("Spokeswoman", "feminine"),
        ("Congressman", "masculine"),
        ("Dr.", None),
    ],
)
def test_titles_tell_a_gender(title: str, gender: str | None) -> None:
    assert title_gender(title) == gender


@pytest.mark.parametrize("form", ["H D Kumara", "H.D. Kumara", "HD Kumara", "H. D. Kumara", "Mr H D Kumara"])
def test_initials_are_the_same_however_they_are_spaced(form: str) -> None:
    assert person_words(form) == ("h", "d", "kumara")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Lund", "Ada B. Lund", True),
        ("A. Lund", "Ada Lund", True),
        ("Alex Lund", "Alexander Lund", True),
        ("Volodymyr Zelenskyy", "Volodymyr Zelenskiy", True),
        ("Enrique Peña Nieto", "Peña Nieto", True),
        ("Ada Lund", "Eva Lund", False),
        ("Ada B. Lund", "Ada C. Lund", False),
        ("Paul Lund", "Paula Lund", False),
        ("Ada Lund", "Ada Berg", False),
    ],
)
def test_full_names_of_one_person(one: str, other: str, same: bool) -> None:
    assert same_person(person_words(one), person_words(other)) is same
    assert same_person(person_words(other), person_words(one)) is same


def test_a_part_is_a_run_of_the_words_of_a_name() -> None:
    assert is_part(("pena", "nieto"), person_words("Enrique Peña Nieto"))
    assert is_part(("ban",), person_words("Ban Ki-moon"))
    assert not is_part(("enrique", "nieto"), person_words("Enrique Peña Nieto"))
    assert not is_part((), ("ada", "lund"))


def test_an_acronym_is_of_the_first_letters() -> None:
    assert "nato" in acronyms("North Atlantic Treaty Organization")
    assert "uc" in acronyms("University of California")
    assert acronyms("Norland") == frozenset()
    assert is_acronym("NATO")
    assert is_acronym("E.U.")
    assert not is_acronym("Nato Lund")
    assert not is_acronym("Lund")


def test_slugs_are_ascii_and_never_empty() -> None:
    assert slug("Carol-Ann Möller") == "carol-ann-moller"
    assert slug("Øystein Łukasz") == "oystein-lukasz"
    assert slug("Путин").startswith("name-")
    assert slug("Путин") != slug("Лунд")


def test_folding_survives_any_character() -> None:
    assert fold("") == ""
    assert fold("\u202e\u0000!") == ""
    assert fold("ﬁne ½") == "fine 12"


def test_the_fullest_form() -> None:
    assert fullest(["Lund", "Ada Lund", "LUND"]) == "Ada Lund"
    assert fullest(["LUND", "Lund"]) == "Lund"
    assert fullest(["A. Lund", "Ada Lund"]) == "Ada Lund"


@pytest.mark.parametrize(
    ("form", "country"),
    [
        ("the United States", "United States"),
        ("U.S.", "United States"),
        ("UK", "United Kingdom"),
        ("Russian Federation", "Russia"),
        ("Republic of Korea", "South Korea"),
        ("Kingdom of Norway", "Norway"),
        ("us", None),
        ("Easton", None),
    ],
)
def test_countries_under_their_names(form: str, country: str | None) -> None:
    assert country_named(form) == country


def test_seats_and_adjectives_of_countries() -> None:
    assert country_of_seat("Ankara") == "Turkey"
    assert country_of_seat("Brussels") == "European Union"
    assert country_of_adjective("Georgians") == "Georgia"
    assert country_in("Kenyan") == country_in("Nairobi") == country_in("Kenya’s") == "Kenya"
    assert country_in("Easton") is None


def test_spellings_of_an_organization_have_one_key() -> None:
    forms = ["U.S. State Department", "US Department of State", "the United States State Department"]
    assert len({organization_key(form) for form in forms}) == 1
    assert organization_key("University of Easton") != organization_key("Easton University")
    assert organization_key("American") != organization_key("United States")


@pytest.mark.parametrize(
    ("phrase", "noun"),
    [
        ("former harbour minister", "minister"),
        ("lawyer representing owners", "lawyer"),
        ("chairman designate", "chairman"),
        ("singer-actress", "actress"),
        ("the harbour", None),
        ("members of the board", "members"),
    ],
)
def test_the_noun_that_heads_a_role(phrase: str, noun: str | None) -> None:
    assert role_noun(phrase) == noun


@pytest.mark.parametrize(
    ("description", "role", "fit"),
    [
        ("Norland president", "president of Norland", True),
        ("Norland leader", "president of Norland", True),
        ("president", "vice president", False),
        ("Kenyan president", "president of Norway", False),
        ("head of state", "president of Kenya", True),
        ("police official", "superintendent of police", True),
        ("commander of the Harbour Guard force", "chief of the Harbour Guard", True),
        ("spokeswoman", "mayor", False),
    ],
)
def test_which_roles_a_description_may_be_of(description: str, role: str, fit: bool) -> None:
    one, other = make_role(description), make_role(role)
    assert one is not None and other is not None
    assert (fits(one, other) > 0) == fit


@pytest.mark.parametrize(
    ("phrase", "definite"),
    [("the mayor", True), ("Norland’s mayor", True), ("Harbour Board secretary", True), ("a mayor", False),
     ("Norland officials", False), ("one guard", False)],
)  # fmt: skip
def test_a_description_is_definite_or_indefinite(phrase: str, definite: bool) -> None:
    assert is_definite(phrase) == definite


@pytest.mark.parametrize(
    ("phrase", "number"),
    [
        ("both", 2),
        ("Both women", 2),
        ("the two leaders", 2),
        ("the pair", 2),
        ("The young couple from Norland", 2),
        ("these three", 3),
        ("the trio", 3),
        ("his four daughters", 4),
        ("the women", None),
        ("two officials", None),
        ("a couple of officials", None),
        ("officials in both cities", None),
        ("the couple’s lawyer", None),
        ("the governors of the two states", None),
    ],
)
def test_a_description_of_all_of_them_tells_how_many_are_meant(phrase: str, number: int | None) -> None:
    assert number_of(phrase) == number
