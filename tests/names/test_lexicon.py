"""Nouns for people: one table serves the roles of an article and the occupations of a collection."""

from __future__ import annotations

from onrecord.names.lexicon import KIN, ROLE_NOUNS, noun_variants, person_nouns
from onrecord.names.occupations import read_occupation


def test_a_noun_can_be_a_role_without_a_line_of_work_and_the_reverse() -> None:
    nouns = person_nouns()
    assert nouns["citizen"].is_role
    assert nouns["citizen"].field is None
    assert not nouns["cricketer"].is_role
    assert nouns["cricketer"].field == "sport"
    assert "citizen" in ROLE_NOUNS
    assert "cricketer" not in ROLE_NOUNS


def test_every_line_of_work_of_a_noun_is_read_from_a_role() -> None:
    fields = {noun: facts.field for noun, facts in person_nouns().items() if facts.field}
    assert len(fields) > 200
    for noun, field in fields.items():
        if noun not in ("general", "major"):  # "the secretary general", "a major donor"
            assert read_occupation(noun).fields == {noun if field == "trade" else field}


def test_kinship_tells_a_gender() -> None:
    assert (KIN["widow"], KIN["nephew"]) == ("feminine", "masculine")
    assert "friend" not in KIN


def test_variants_depend_on_what_they_are_read_for() -> None:
    assert noun_variants("role")["spokeswoman"] == noun_variants("occupation")["spokeswoman"] == "spokesperson"
    assert "striker" not in noun_variants("role")
    assert noun_variants("occupation")["striker"] == "footballer"
