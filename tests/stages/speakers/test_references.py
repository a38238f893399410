"""Speakers that a source only refers to: what the resolver is asked, whom it is offered, and what its answer becomes.

Whether the trained model answers rightly is measured, not tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from onrecord.document import Kind, Mention, Span, Speaker
from onrecord.names.forms import Gender
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Anaphor, AnaphorKind, Candidate, Choice, EntityResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.text.positions import Layout
from tests.stages.making import Answering, Nearest, make_analysis, named, names_of, resolved, speakers_of, who_alone


def asked(text: str, source: str, said: str = "it was safe", **forms: list[str]) -> tuple[Anaphor, list[str]]:
    """The question about a source: the mention, and the names or descriptions of the candidates."""
    resolver = Nearest()
    resolved(make_analysis(text, [(said, source)], **forms), resolver)
    anaphor, candidates = resolver.asked[-1]
    return anaphor, [named(each) for each in candidates]


# What is asked


@pytest.mark.parametrize(
    ("source", "kind", "gender", "plural"),
    [
        ("she", "he or she", "feminine", False),
        ("he", "he or she", "masculine", False),
        ("they", "they", None, True),
        ("it", "it", None, False),
        ("the mayor", "person", None, False),
        ("his lawyer", "person", None, False),
        ("the company", "organization", None, False),
        ("the report", "document", None, False),
        ("the two leaders", "several", None, True),
    ],
)
def test_pronouns_and_descriptions_are_asked_about_as_what_they_are(
    source: str, kind: AnaphorKind, gender: Gender | None, plural: bool
) -> None:
    text = f"Ada Lund met Bo Berg. Later {source} said it was safe."
    anaphor, _ = asked(text, source, person=["Ada Lund", "Bo Berg"])
    assert (anaphor.kind, anaphor.gender, anaphor.plural) == (kind, gender, plural)
    assert text[slice(*anaphor.span)] == anaphor.words == source
    assert [text[slice(*span)] for span in anaphor.content] == ["it was safe"]


@pytest.mark.parametrize("source", ["Ada Lund", "a driver", "an official", "I", "we"])
def test_names_the_indefinite_and_first_persons_are_not_asked_about(source: str) -> None:
    resolver = Nearest()
    text = f"Bo Berg came. Later {source} said it was safe."
    resolved(make_analysis(text, [("it was safe", source)], person=["Ada Lund", "Bo Berg"]), resolver)
    assert resolver.asked == []


def test_two_statements_of_one_source_are_one_question_about_all_that_is_said() -> None:
    text = "Ada Lund came. She said it was safe and that it was new."
    resolver = Nearest()
    analysis = make_analysis(text, [("it was safe", "She"), ("that it was new", "She")], person=["Ada Lund"])
    done = resolved(analysis, resolver)
    ((anaphor, _),) = resolver.asked
    assert [text[slice(*span)] for span in anaphor.content] == ["it was safe", "that it was new"]
    assert [each.speakers[0].name for each in done.statements] == ["Ada Lund", "Ada Lund"]


def test_the_resolver_is_told_of_all_articles_before_it_is_asked() -> None:
    told: list[list[str]] = []

    class Prepared(Nearest):
        def prepare(self, articles: Sequence[tuple[Analysis, Layout, Sequence[Span]]]) -> None:
            assert not self.asked or not articles
            told.extend([layout.text[slice(*span)] for span in spans] for _, layout, spans in articles)

    resolver = Prepared()
    texts = ["Ada Lund came. She said it was safe.", "Ada Lund said it was safe. The mayor said that it was new."]
    said = [[("it was safe", "She")], [("it was safe", "Ada Lund"), ("that it was new", "The mayor")]]
    analyses = [make_analysis(text, own, person=["Ada Lund"]) for text, own in zip(texts, said, strict=True)]
    SpeakersStage(resolver).process(analyses)
    assert told == [["She"], ["The mayor"]]
    assert len(resolver.asked) == 2


# Who is offered


@pytest.mark.parametrize(
    ("source", "offered"),
    [
        ("he", ["Bo Berg", "Kim Ek"]),
        ("she", ["Ada Lund", "Kim Ek"]),
        ("it", ["Harbour Board", "Norland"]),
        ("they", ["Ada Lund", "Bo Berg", "Kim Ek", "Harbour Board", "Norland"]),
        ("the mayor", ["Ada Lund", "Bo Berg", "Kim Ek"]),
        ("the board", ["Harbour Board", "Norland"]),
        ("the two leaders", ["Ada Lund", "Bo Berg", "Kim Ek", "Harbour Board", "Norland"]),
    ],
)
def test_candidates_agree_in_kind_and_in_the_gender_that_the_article_shows(source: str, offered: list[str]) -> None:
    text = f"Ms. Ada Lund met Mr. Bo Berg, Kim Ek and the Harbour Board in Norland. Later {source} said it was safe."
    _, names = asked(
        text, source, person=["Ada Lund", "Bo Berg", "Kim Ek"], organization=["Harbour Board"], location=["Norland"]
    )
    assert sorted(names) == sorted(offered)


def test_a_candidate_may_be_named_only_behind_the_mention() -> None:
    _, names = asked("Later she said it was safe. Ada Lund left.", "she", person=["Ada Lund"])
    assert names == ["Ada Lund"]


@pytest.mark.parametrize(("source", "is_offered"), [("he", True), ("they", True), ("the mayor", False)])
def test_somebody_unnamed_is_only_offered_for_a_pronoun(source: str, is_offered: bool) -> None:
    text = f"An official called it new. Ada Lund left. Later {source} said it was safe."
    resolver = Nearest()
    analysis = make_analysis(text, [("it new", "An official"), ("it was safe", source)], person=["Ada Lund"])
    resolved(analysis, resolver)
    offered = [named(each) for each in resolver.asked[-1][1]]
    assert ("An official" in offered) is is_offered
    assert "Ada Lund" in offered


def test_a_candidate_comes_with_its_mentions_in_order_and_how_they_are_worded() -> None:
    text = "Ada Lund came. Lund called it new. Then she said it was safe."
    resolver = Nearest()
    analysis = make_analysis(text, [("it new", "Lund"), ("it was safe", "she")], person=["Ada Lund", "Lund"])
    resolved(analysis, resolver)
    ((candidate,),) = [candidates for _, candidates in resolver.asked]
    assert [(text[slice(*span)], form) for span, form in candidate.mentions] == [
        ("Ada Lund", "full name"),
        ("Lund", "short name"),
    ]


@pytest.mark.parametrize(("apart", "spoke_last"), [(" ", True), ("\n\n", True), ("\n\nIt rained.\n\n", False)])
def test_a_candidate_comes_with_whether_it_spoke_last_and_near(apart: str, spoke_last: bool) -> None:
    text = f"Eva Ek came. Ada Lund called it new.{apart}Then she said it was safe."
    analysis = make_analysis(text, [("it new", "Ada Lund"), ("it was safe", "she")], person=["Ada Lund", "Eva Ek"])
    called = Mention("called", (Span(text.index("called"), text.index("called") + 6),))
    first, second = analysis.statements
    resolver = Nearest()
    resolved(replace(analysis, statements=(replace(first, cue=called), second)), resolver)
    assert {named(each): each.spoke_last for each in resolver.asked[-1][1]} == {"Ada Lund": spoke_last, "Eva Ek": False}


@pytest.mark.parametrize(
    ("source", "fit"), [("the mayor of Easton", 3), ("the mayor", 3), ("the president", 0), ("the founder", 1)]
)
def test_a_candidate_comes_with_how_well_a_description_fits_it(source: str, fit: int) -> None:
    text = f"Ada Lund, the mayor of Easton, came. Later {source} said it was safe."
    resolver = Nearest()
    said, roles = [("it was safe", source)], [("mayor of Easton", "after")]
    resolved(make_analysis(text, said, roles, person=["Ada Lund"], location=["Easton"]), resolver)
    (candidate,) = [each for each in resolver.asked[-1][1] if named(each) == "Ada Lund"]
    assert candidate.fit == fit


@pytest.mark.parametrize(("source", "shares"), [("the board", True), ("the council", False), ("the army", True)])
def test_a_candidate_comes_with_whether_it_has_the_words_of_the_description(source: str, shares: bool) -> None:
    text = f"The Harbour Board and the Norland Military met. Later {source} said it was safe."
    resolver = Nearest()
    names = ["Harbour Board", "Norland Military"]
    resolved(make_analysis(text, [("it was safe", source)], organization=names), resolver)
    assert any(each.shares for each in resolver.asked[-1][1]) is shares


# What the answer becomes


def test_an_answer_is_one_more_mention_for_the_questions_after_it() -> None:
    text = "Ada Lund met Eva Ek. She called it new. Then she said it was safe."
    resolver = Answering(lambda name: name == "Ada Lund")
    analysis = make_analysis(text, [("it new", "She"), ("it was safe", "she")], person=["Ada Lund", "Eva Ek"])
    resolved(analysis, resolver)
    (ada,) = [each for each in resolver.asked[-1][1] if named(each) == "Ada Lund"]
    assert [(text[slice(*span)], form) for span, form in ada.mentions] == [
        ("Ada Lund", "full name"),
        ("She", "pronoun"),
    ]


def test_a_pronoun_outside_of_statements_is_a_mention_for_the_questions_after_it() -> None:
    text = "Ada Lund met Eva Ek. She was late. Then she said it was safe."
    resolver = Answering(lambda name: name == "Ada Lund")
    resolved(make_analysis(text, [("it was safe", "she")], person=["Ada Lund", "Eva Ek"]), resolver)
    free, last = resolver.asked
    assert (free[0].words, free[0].content) == ("She", ())
    (ada,) = [each for each in last[1] if named(each) == "Ada Lund"]
    assert [form for _, form in ada.mentions] == ["full name", "pronoun"]


def test_a_description_that_was_resolved_gives_a_role() -> None:
    text = "Ada Lund likes bridges. This one is safe, the founder of the Harbour Club said."
    said = [("This one is safe", "the founder of the Harbour Club")]
    analysis = make_analysis(text, said, person=["Ada Lund"], organization=["Harbour Club"])
    ((speaker,),) = [each.speakers for each in resolved(analysis, Answering(lambda name: True)).statements]
    assert (speaker.name, speaker.role) == ("Ada Lund", "founder of the Harbour Club")


INTERVIEW = """Bo Berg met Ada Lund, who runs the harbour.

Q: Who taught you?

A: Eva Ek did.

Q: And now?

A: Now I teach.
"""


def interview(text: str, people: list[str]) -> tuple[list[list[str | None]], dict[str, list[str]]]:
    """Who speaks, if the resolver means Ada Lund wherever she is offered, and who is offered for each letter."""
    resolver = Answering(lambda name: name == "Ada Lund")
    turns = [("Who taught you?", "Q"), ("Eva Ek did.", "A"), ("And now?", "Q"), ("Now I teach.", "A")]
    done = resolved(make_analysis(text, turns, person=people), resolver)
    offered = {anaphor.words: [named(each) for each in candidates] for anaphor, candidates in resolver.asked}
    return [[speaker.name for speaker in each.speakers] for each in done.statements], offered


def test_turns_with_one_letter_are_one_persons_whom_the_introduction_names() -> None:
    names, offered = interview(INTERVIEW, ["Bo Berg", "Ada Lund", "Eva Ek"])
    assert names == [[None], ["Ada Lund"], [None], ["Ada Lund"]]
    assert offered == {"A": ["Bo Berg", "Ada Lund"], "Q": ["Bo Berg"]}  # Eva Ek is only spoken of


def test_turns_with_a_letter_are_nobodys_if_nobody_is_introduced() -> None:
    names, offered = interview(INTERVIEW.partition("\n\n")[2], ["Eva Ek"])
    assert names == [[None]] * 4
    assert offered == {"A": [], "Q": []}


def test_an_answer_of_several_is_several_speakers() -> None:
    text = "Ada Lund met Bo Berg and Eva Ek. They said it was safe."
    resolver = Answering(lambda name: name != "Eva Ek", 0.7)
    analysis = make_analysis(text, [("it was safe", "They")], person=["Ada Lund", "Bo Berg", "Eva Ek"])
    ((one, other),) = [each.speakers for each in resolved(analysis, resolver).statements]
    assert [(one.name, one.score), (other.name, other.score)] == [("Ada Lund", 0.7), ("Bo Berg", 0.7)]


@pytest.mark.parametrize(
    ("source", "kind"), [("he", "person"), ("The company", "organization"), ("The two leaders", "group")]
)
def test_whom_the_resolver_takes_for_nobody_keeps_the_words_of_the_source(source: str, kind: Kind) -> None:
    text = f"Bo Berg of the Harbour Board came. {source} said it was safe."
    forms = {"person": ["Bo Berg"], "organization": ["Harbour Board"]}
    analysis = make_analysis(text, [("it was safe", source)], **forms)
    ((speaker,),) = [each.speakers for each in resolved(analysis, Answering(lambda name: False, 0.6)).statements]
    assert speaker.score == 0.6
    assert who_alone(speaker) == Speaker(None, None, kind, None, source)


def test_a_pronoun_without_anybody_in_the_article_stays_unnamed() -> None:
    ((speaker,),) = speakers_of("“It is safe,” he said.", [("“It is safe,”", "he")])
    assert (speaker.name, speaker.id, speaker.kind, speaker.description) == (None, None, "person", "he")


def test_unnamed_sources_of_the_same_words_are_one() -> None:
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


# How sure it is


def test_a_score_is_the_resolvers_for_what_it_answers_and_high_for_a_name() -> None:
    text = "Ada Lund called it new. Then she said it was safe."
    analysis = make_analysis(text, [("it new", "Ada Lund"), ("it was safe", "she")], person=["Ada Lund"])
    first, second = resolved(analysis, Nearest(0.61237)).statements
    assert [speaker.score for speaker in first.speakers] == [0.97]
    assert [speaker.score for speaker in second.speakers] == [0.6124]
    assert first.speakers[0].id == second.speakers[0].id


def test_the_score_of_several_parties_is_that_of_the_most_doubtful() -> None:
    text = "Ada Lund, the mayor, met Bo Berg. Then Bo Berg and the mayor said it was safe."
    said, roles = [("it was safe", "Bo Berg and the mayor")], [("mayor", "after")]
    analysis = make_analysis(text, said, roles, person=["Ada Lund", "Bo Berg"])
    (done,) = resolved(analysis, Nearest(0.6)).statements
    assert [(speaker.name, speaker.score) for speaker in done.speakers] == [("Bo Berg", 0.6), ("Ada Lund", 0.6)]


def test_a_continued_quotation_is_as_sure_as_the_one_that_it_continues() -> None:
    text = "Ada Lund came.\n\n“It is safe,” she said.\n\n“It was tested.”"
    analysis = make_analysis(text, [("“It is safe,”", "she"), ("“It was tested.”", None)], person=["Ada Lund"])
    first, second = resolved(analysis, Nearest(0.6)).statements
    assert first.speakers == second.speakers
    assert second.speakers[0].score == 0.6


def test_who_is_less_sure_than_asked_for_stays_unnamed_with_the_words_of_the_source() -> None:
    text = "Ada Lund called it new. Then the young mayor said it was safe."
    said = [("it new", "Ada Lund"), ("it was safe", "the young mayor")]
    analysis = make_analysis(text, said, person=["Ada Lund"])
    resolver = Answering(lambda name: True, 0.6)
    ((ada,), (mayor,)) = [each.speakers for each in resolved(analysis, resolver, min_score=0.7).statements]
    assert ada.name == "Ada Lund"
    assert mayor.score == 0.4
    assert who_alone(mayor) == Speaker(None, None, "person", None, "the young mayor")
    ((_,), (mayor,)) = [each.speakers for each in resolved(analysis, resolver, min_score=0.6).statements]
    assert (mayor.name, mayor.score) == ("Ada Lund", 0.6)


def test_whoever_is_unnamed_anyhow_stays_as_described_however_doubtful() -> None:
    text = "An official called it new. Then he said it was safe."
    analysis = make_analysis(text, [("it new", "An official"), ("it was safe", "he")])
    _, second = resolved(analysis, Nearest(0.2), min_score=0.7).statements
    assert [(speaker.description, speaker.score) for speaker in second.speakers] == [("An official", 0.2)]


# First persons and relative clauses


def test_an_i_inside_a_quotation_is_its_speaker() -> None:
    text = "“I think it is safe,” Ada Lund said."
    said = [("it is safe", "I"), ("“I think it is safe,”", "Ada Lund")]
    assert names_of(text, said, person=["Ada Lund"]) == [["Ada Lund"], ["Ada Lund"]]


@pytest.mark.parametrize(
    ("text", "source", "name"),
    [
        ("The visit angered Ada Lund, who called it a farce.", "who", "Ada Lund"),
        ("It was new to the Harbour Board, which called it a farce.", "which", "Harbour Board"),
        ("Ada Lund met a driver who called it a farce.", "who", None),
        ("Ada Lund met drivers who called it a farce.", "who", None),
    ],
)
def test_a_relative_pronoun_is_what_it_follows(text: str, source: str, name: str | None) -> None:
    forms = {"person": ["Ada Lund"], "organization": ["Harbour Board"]}
    assert names_of(text, [("a farce", source)], **forms) == [[name]]


@pytest.mark.parametrize(
    ("words", "kind", "description"),
    [("a local driver", "person", "a local driver"), ("some angry drivers", "group", "some angry drivers")],
)
def test_a_relative_pronoun_behind_somebody_unnamed_is_described_by_those_words(
    words: str, kind: Kind, description: str
) -> None:
    ((speaker,),) = speakers_of(f"Ada Lund met {words} who called it a farce.", [("a farce", "who")])
    assert (speaker.name, speaker.kind, speaker.description) == (None, kind, description)


def test_a_relative_pronoun_that_follows_no_name_is_asked_about_and_means_people() -> None:
    class First(EntityResolver):
        def choose(
            self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
        ) -> Choice:
            return Choice(tuple(candidates[:1]), 0.6)

    text = "The Harbour Board met Ada Lund. It was her director, back from leave, who called it unsafe."
    analysis = make_analysis(text, [("unsafe", "who")], person=["Ada Lund"], organization=["Harbour Board"])
    (statement,) = resolved(analysis, First()).statements
    assert [(speaker.name, speaker.score) for speaker in statement.speakers] == [("Ada Lund", 0.6)]


# Documents


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
