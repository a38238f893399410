"""Who speaks: one speaker or several, their roles, and whatever the text is like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings

from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Anaphor, Candidate, Choice
from onrecord.text.positions import Layout
from onrecord_models.labels import Side
from tests.stages.making import Nearest, analyses, make_analysis, names_of, resolved, speakers_of

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
        ("Ada Lund and allies", ["Ada Lund", None]),
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


# Several, listed


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("two guards – Ada Lund, Bo Berg and Eva Ek", ["Ada Lund", "Bo Berg", "Eva Ek"]),
        ("the mayor, Ada Lund; the treasurer, Bo Berg and the clerk, Eva Ek", ["Ada Lund", "Bo Berg", "Eva Ek"]),
        ("bodies such as the Harbour Board and Norland", [None, "Harbour Board", "Norland"]),
        ("critics, including Ada Lund and Bo Berg", [None, "Ada Lund", "Bo Berg"]),
        ("several owners like Ada Lund", [None, "Ada Lund"]),
        ("a critic like Ada Lund", [None]),
        ("Norland lawyers and the Harbour Board", [None, "Harbour Board"]),
    ],
)
def test_a_list_has_one_speaker_for_each_item(source: str, names: list[str | None]) -> None:
    text = f"Yesterday {source} said that the bridge was safe."
    assert names_of(
        text, [("that the bridge was safe", source)], person=["Ada Lund", "Bo Berg", "Eva Ek"],
        organization=["Harbour Board"], location=["Norland"],
    ) == [names]  # fmt: skip


# Roles


@pytest.mark.parametrize(
    ("text", "found", "role"),
    [
        ("Ada Lund, a harvester from Easton, came.", [("harvester from Easton", "after")], "harvester from Easton"),
        ("Ada Lund, who runs a ferry, came.", [("runs a ferry", "after")], "runs a ferry"),
        ("The chairman of the Harbour Board, Ada Lund, came.", [("The chairman of the Harbour Board,", "before")],
         "chairman of the Harbour Board"),
        ("Mayor Ada Lund, a mason, came.", [("Mayor", "before"), ("mason", "after")], "Mayor"),
        ("Mayor Ada Lund, a former lawyer, came.", [("Mayor", "before"), ("former lawyer", "after")], "former lawyer"),
        ("Ada Lund met mayor Bo Berg.", [("mayor", "before")], None),
        ("Bo Berg, the mayor, met Ada Lund.", [("mayor", "after")], None),
        ("Sens. Ada Lund and Bo Berg came.", [("Sens.", "before")], None),
        ("Mayors came.\n\nAda Lund came.", [("Mayors", "before")], None),
        ("The mayor " + "came and " * 12 + "left; Ada Lund came.", [("mayor", "before")], None),
        ("Ada Lund came, –.", [("–", "after")], None),
        ("Ada Lund, the mayor of Easton, came.", [("the mayor of Eas", "after")], "mayor of Easton"),
        ("Ada Lund, an adviser to Mr. Bo Berg, came.", [("adviser to Mr", "after")], "adviser to Mr. Bo Berg"),
        ("Ada Lund, mayor of late, came.", [("mayor of", "after")], "mayor"),
        ("“Ada Lund, the lying queen, is late.” Ada Lund, a mason, laughed.",
         [("lying queen", "after"), ("mason", "after")], "mason"),
    ],
)  # fmt: skip
def test_a_role_is_that_of_the_nearest_name_on_its_side(
    text: str, found: list[tuple[str, Side]], role: str | None
) -> None:
    said = [("“It is safe,”", "Lund")]
    ((speaker,),) = speakers_of(
        f"{text}\n\n“It is safe,” Lund said.", said, found, person=["Ada Lund", "Lund", "Bo Berg"]
    )
    assert (speaker.name, speaker.role) == ("Ada Lund", role)


@pytest.mark.parametrize(
    ("text", "found", "name"),
    [
        ("Ada Lund, Municipal Chief Executive (MCE), came.", [("Municipal Chief Executive (", "after")], "Ada Lund"),
        ("District Chief Executive (MCE) Ada Lund came.", [("District Chief Executive (MCE)", "before")], "MCE"),
        ("The chair of Mid-City Estate (MCE), Ada Lund, came.", [("chair of Mid-City Estate (MCE)", "before")], "MCE"),
        ("Main City Editor (MCE) Ada Lund met Bo Berg, Mining Chief Engineer (MCE).",
         [("Main City Editor (MCE)", "before"), ("Mining Chief Engineer (MCE)", "after")], None),
    ],
)  # fmt: skip
def test_the_acronym_of_a_post_is_who_holds_it(text: str, found: list[tuple[str, Side]], name: str | None) -> None:
    whole, people = f"{text}\n\nThe MCE said it was safe.", ["Ada Lund", "Bo Berg"]
    ((speaker,),) = speakers_of(whole, [("it was safe", "The MCE")], found, person=people, organization=["MCE"])
    assert speaker.name == name


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


class Hearing(Nearest):
    """Hears the candidate named last in every quotation that has no source."""

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        if anaphor.kind != "quotation":
            return super().choose(analysis, layout, anaphor, candidates)
        self.asked.append((anaphor, tuple(candidates)))
        return Choice(tuple(candidates[-1:]), self.score)


def test_who_is_heard_in_a_quotation_without_a_source_is_asked_of_the_resolver() -> None:
    text = "Ada Lund opens the barn.\n\nThe price of milk has halved.\n\n“You cannot live on that.”"
    resolver = Hearing(score=0.7)
    done = resolved(make_analysis(text, [("“You cannot live on that.”", None)], person=["Ada Lund"]), resolver)
    ((speaker,),) = [statement.speakers for statement in done.statements]
    assert (speaker.name, speaker.score) == ("Ada Lund", 0.7)
    assert [text[slice(*anaphor.span)] for anaphor, _ in resolver.asked] == ["“"]
    done = resolved(make_analysis(text, [("“You cannot live on that.”", None)], person=["Ada Lund"]), resolver, 0.8)
    assert done.statements[0].speakers == ()


@pytest.mark.parametrize(("label", "name"), [("AL", "Ada Lund"), ("OB", "Olu Bright"), ("X", None)])
def test_the_initials_before_a_turn_are_whoever_has_them(label: str, name: str | None) -> None:
    text = f"We spoke to Ada Lund and Olu Bright.\n\n{label}: It is safe."
    assert names_of(text, [("It is safe.", label)], person=["Ada Lund", "Olu Bright"]) == [[name]]


# Robustness


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


def test_a_group_and_its_examples_are_described_in_their_own_words() -> None:
    text = "It is unsafe, according to critics, including Ada Lund."
    ((critics, ada),) = speakers_of(text, [("It is unsafe", "critics, including Ada Lund")], person=["Ada Lund"])
    assert (critics.description, critics.kind) == ("critics", "group")
    assert (ada.name, ada.description) == ("Ada Lund", None)


def test_a_name_that_is_half_of_a_compound_speaks_for_nobody() -> None:
    text = "The bridge is safe, a Star/Gazette poll showed."
    ((poll,),) = speakers_of(text, [("The bridge is safe", "a Star/Gazette poll")], organization=["Star", "Gazette"])
    assert (poll.name, poll.kind, poll.description) == (None, "document", "a Star/Gazette poll")


def test_ids_are_unique_in_an_article() -> None:
    text = "Mr. Berg said no. Mrs. Berg said yes."
    (mister,), (missis,) = speakers_of(text, [("no", "Mr. Berg"), ("yes", "Mrs. Berg")], person=["Berg"])
    assert (mister.id, missis.id) == ("berg", "berg-2")


def test_an_article_without_statements_is_left_alone() -> None:
    analysis = make_analysis("Nobody spoke.", [])
    assert resolved(analysis) == analysis


@settings(max_examples=60)
@given(analyses())
def test_any_text_and_any_spans_are_survived_and_give_the_same_twice(analysis: Analysis) -> None:
    first = resolved(analysis)
    assert resolved(analysis) == first
    for before, after in zip(analysis.statements, first.statements, strict=True):
        assert replace(after, speakers=()) == before
        assert all((speaker.name is None) == (speaker.id is None) for speaker in after.speakers)
