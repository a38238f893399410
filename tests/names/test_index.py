"""The indexes of names: they give all that the rules of names could take, and few others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onrecord.names.countries import organization_key
from onrecord.names.forms import person_words
from onrecord.names.index import MOST, OrganizationIndex, PeopleIndex
from onrecord.names.similarity import is_part, same_person

GIVEN = st.sampled_from(
    ["Ada", "A.", "Adam", "Ada Maria", "Maria", "Alexander", "Alex", "Khristina", "Hristina", "Zelenskyy", "Yitzhak"]
)
FAMILY = st.sampled_from(["Lund", "Zelensky", "Zelenskiy", "Lund Berg", "Berg Lund", "Brandt"])
NAMES = st.lists(st.builds("{} {}".format, GIVEN, FAMILY), min_size=1, max_size=12, unique_by=person_words)


@given(NAMES, st.builds("{} {}".format, GIVEN, FAMILY))
def test_whoever_may_be_the_same_person_is_found(names: list[str], asked: str) -> None:
    index: PeopleIndex[str] = PeopleIndex()
    for name in names:
        index.add(name, person_words(name), is_first=True)
    words = person_words(asked)
    assert {name for name in names if same_person(person_words(name), words)} <= set(index.resembling(words))
    assert index.called(words) == next((name for name in names if person_words(name) == words), None)


@given(NAMES, FAMILY)
def test_whoever_a_surname_may_belong_to_is_found(names: list[str], asked: str) -> None:
    index: PeopleIndex[str] = PeopleIndex()
    for name in names:
        index.add(name, person_words(name), is_first=True)
    words = person_words(asked)
    assert {name for name in names if is_part(words, person_words(name))} <= set(index.with_part(words))


def test_of_very_many_with_one_surname_the_last_are_looked_at() -> None:
    index: PeopleIndex[int] = PeopleIndex()
    for number in range(3 * MOST):
        index.add(number, (f"ada{number}", "lund"), is_first=True)
    assert not index.resembling(("bo", "lund"))
    found = index.resembling(("a", "lund"))
    assert len(found) == MOST
    assert min(found) == 2 * MOST


def test_organizations_are_found_by_key_words_acronym_and_end() -> None:
    index: OrganizationIndex[str] = OrganizationIndex()
    forms = ["Harbour Board", "International Harbour Federation", "Norland Police", "Easton Police"]
    for form in forms:
        index.add(form, form)
    index.add("Norland", "Norland", is_country=True)
    assert index.with_key(organization_key("the Harbour Board")) == "Harbour Board"
    assert index.with_key(organization_key("Norland")) is None
    assert set(index.with_words(("harbour",))) == set(forms[:2])
    assert index.with_acronym("IHF") == "International Harbour Federation"
    index.define("Harbour Board", "IHF")
    assert index.with_acronym("IHF") == "Harbour Board"
    assert index.with_end("police") == forms[2:]
    index.reorder(reversed(forms))
    assert index.with_end("police") == [forms[3], forms[2]]
