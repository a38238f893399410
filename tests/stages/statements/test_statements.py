"""The rules between the quote model's token ranges and statements, on drafts made by hand."""

from __future__ import annotations

import re

import pytest

from onrecord.document import Article, Span
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.resolution import source_span
from onrecord.stages.statements.quotation_rules import (
    add_bare_quotations,
    give_whole_quotations,
    join,
    snap,
    split_paragraphs,
)
from onrecord.stages.statements.relays import _RELAY, resolve_relays
from onrecord.stages.statements.stage import QuotesStage
from onrecord.text.segmentation import segment
from onrecord.text.windows import Window
from onrecord_models.decoding import CueRange, StatementRange, WindowReading
from tests.stages.statements.drafts import analysis_of, at, draft, mention, shown


def test_content_takes_the_marks_that_its_ends_touch() -> None:
    text = "“We will stay,” she said."
    assert snap(text, (at(text, "We will stay"),), segment(text).quotations) == (at(text, "“We will stay,”"),)


def test_pieces_join_over_spaces_but_not_over_lines() -> None:
    assert join("one two", [Span(0, 3), Span(4, 7)]) == (Span(0, 7),)
    assert join("one\ntwo", [Span(0, 3), Span(4, 7)]) == (Span(0, 3), Span(4, 7))
    assert join("one , two", [Span(4, 5)]) == ()


def test_a_quotation_goes_whole_to_the_statement_that_owns_most_of_it() -> None:
    text = "Brandt said it was over. “We know that this is the end of it all,” Diallo said."
    first = draft(text, "it was over. “We know", cue="said", source="Brandt")
    second = draft(text, "that this is the end of it all,”", cue="Diallo said")
    found = give_whole_quotations(analysis_of(text), [first, second])
    assert shown(text, found) == [["it was over."], ["“We know that this is the end of it all,”"]]


def test_a_quotation_of_many_windows_goes_whole_to_the_only_one_who_says_any_of_it() -> None:
    text = "“It is a bad day. " + "Nobody wanted it. " * 4000 + "It ends here,” Brandt said."
    first = draft(text, "It ends here,”", cue="said", source="Brandt")
    (found,) = give_whole_quotations(analysis_of(text), [draft(text, "“It is a bad day."), first])
    assert found.source == mention(text, "Brandt")
    assert found.content == (Span(0, text.index(" Brandt")),)


def test_a_quotation_with_a_quoted_speaker_in_it_stays_divided() -> None:
    text = "“My mother said we must never ever give up the house,” he said."
    inner = draft(text, "we must never ever give up the house", cue="said", source="My mother")
    assert give_whole_quotations(analysis_of(text), [inner]) == [inner]


CLOSED = "“It is a bad day,” Brandt said.\n\n“Nobody wanted it to end like this.”\n"
OPEN = "“It is a bad day, Brandt said.\n\n“Nobody wanted it to end like this.”\n"


def test_a_bare_quotation_after_a_closed_one_is_a_statement_without_cue() -> None:
    first = draft(CLOSED, "“It is a bad day,”", cue="said", source="Brandt")
    found = add_bare_quotations(analysis_of(CLOSED), [first])
    assert shown(CLOSED, found) == [["“It is a bad day,”"], ["“Nobody wanted it to end like this.”"]]
    assert found[1].cue is found[1].source is None


def test_a_bare_quotation_after_an_open_one_carries_it_on() -> None:
    first = draft(OPEN, "“It is a bad day, Brandt said.", cue="said", source="Brandt")
    (found,) = add_bare_quotations(analysis_of(OPEN), [first])
    assert len(found.content) == 2


def test_a_paragraph_that_carries_an_open_quotation_on_is_no_statement_of_its_own() -> None:
    first = draft(OPEN, "“It is a bad day, Brandt said.", cue="said", source="Brandt")
    second = draft(OPEN, "“Nobody wanted it to end like this.”")
    (found,) = add_bare_quotations(analysis_of(OPEN), [first, second])
    assert found.cue is not None
    assert len(found.content) == 2


def test_a_bare_quotation_that_the_quote_model_added_to_a_closed_one_is_split_off() -> None:
    whole = draft(CLOSED, "“It is a bad day,”", "“Nobody wanted it to end like this.”", cue="said", source="Brandt")
    found = split_paragraphs(analysis_of(CLOSED), [whole])
    assert shown(CLOSED, found) == [["“It is a bad day,”"], ["“Nobody wanted it to end like this.”"]]


def test_a_short_quotation_on_a_line_of_its_own_is_a_subheading() -> None:
    text = "“It is a bad day,” Brandt said.\n\n“A bad day”\n"
    first = draft(text, "“It is a bad day,”", cue="said", source="Brandt")
    assert add_bare_quotations(analysis_of(text), [first]) == [first]


def test_a_quotation_far_from_any_statement_is_not_a_statement() -> None:
    text = "“A line that nobody is said to have spoken.”\n"
    assert add_bare_quotations(analysis_of(text), []) == []


def test_a_relay_makes_the_quoted_person_the_source() -> None:
    text = "The agency quoted Ada Brandt as saying that the port would close."
    found = draft(text, "Ada Brandt as saying that the port would close", cue="quoted", source="The agency")
    (statement,) = resolve_relays(analysis_of(text), [found])
    assert shown(text, [statement]) == [["that the port would close"]]
    assert statement.source == mention(text, "Ada Brandt")
    assert statement.via == mention(text, "The agency")
    assert statement.cue is not None
    assert statement.cue.text == "quoted … as saying"


def test_a_relay_after_its_quotation_takes_it_from_whoever_has_it() -> None:
    text = "Brandt called it a mistake. “The port will close for good,” the agency quoted Ada Brandt as saying."
    first = draft(text, "it a mistake. “The port will close for good,”", cue="called", source="Brandt")
    relay = draft(text, "Ada Brandt as saying", cue="quoted", source="the agency")
    found = resolve_relays(analysis_of(text), [first, relay])
    assert shown(text, found) == [["it a mistake."], ["“The port will close for good,”"]]
    assert found[1].via == mention(text, "the agency")


def test_somebody_who_was_quoted_as_saying_is_the_source_already() -> None:
    text = "Brandt was quoted by the agency as saying the port would close."
    found = draft(text, "the port would close", cue="was quoted by the agency as saying", source="Brandt")
    assert resolve_relays(analysis_of(text), [found]) == [found]


def read(text: str, *, cue: str, content: str, source: str) -> Analysis:
    """What the stage makes of a statement that the quote model found in tokens of words and marks."""
    spans = [Span(*match.span()) for match in re.finditer(r"\w+|[^\w\s]", text)]
    inside = {
        words: [i for i, span in enumerate(spans) if span.overlaps(at(text, words))] for words in (cue, content, source)
    }
    ranges = {words: (tokens[0], tokens[-1] + 1) for words, tokens in inside.items()}
    window = Window(*([0] * len(spans) for _ in range(4)), spans)
    found = StatementRange(CueRange(ranges[cue], 0.9), [ranges[content]], ranges[source], 0.9)
    analysis = Analysis(
        Article("a.txt", text), segment(text), windows=(window,), readings=(WindowReading([], [found]),)
    )
    return QuotesStage().process([analysis])[0]


def test_a_source_keeps_the_comma_that_closes_its_apposition_and_its_speaker_does_not() -> None:
    text = "Ada Lund, the mayor, said the harbour would stay open."
    (found,) = read(text, cue="said", content="the harbour would stay open", source="Ada Lund, the mayor,").statements
    assert found.source == mention(text, "Ada Lund, the mayor,")
    assert text[slice(*source_span(found))] == "Ada Lund, the mayor"


def test_a_colon_may_be_all_of_a_cue_and_belongs_to_one_of_words() -> None:
    text = "Ada Lund: “We are ready for the winter.”"
    (found,) = read(text, cue=":", content="“We are ready for the winter.”", source="Ada Lund").statements
    assert found.cue == mention(text, ":")
    text = "She said: “We are ready for the winter.”"
    (found,) = read(text, cue="said:", content="“We are ready for the winter.”", source="She").statements
    assert found.cue == mention(text, "said:")


def test_marks_alone_are_not_a_source() -> None:
    text = "“We are ready,” it was said."
    (found,) = read(text, cue="was said", content="“We are ready,”", source=".").statements
    assert found.source is None


@pytest.mark.parametrize("gap", [" " * 200_000, "\t" * 200_000, " a" * 100_000])
def test_a_long_gap_behind_a_relays_verb_is_read_once(gap: str) -> None:
    """What is quadratic in it takes minutes, and shows as a test that hangs."""
    assert _RELAY.search(f"The agency quoted{gap} as saying it.") is None
