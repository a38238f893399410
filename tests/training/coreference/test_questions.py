"""What the coreference model learns from: the questions that the speakers stage asks, and their right answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from onrecord.document import Article, Span, Speaker
from onrecord.errors import SettingsError
from onrecord.pipeline import Pipeline
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Candidate, Unnamed
from onrecord.stages.speakers.entities import Entity
from onrecord.stages.speakers.features import ANAPHOR_SIZES, ENTITY_SIZES, PAIR_SIZES
from onrecord_eval.corpora.gap import AmbiguousPronoun
from onrecord_eval.corpora.speaker_labels import LabelledEntity, LabelledSources
from onrecord_models.coreference_model import CoreferenceConfig, CoreferenceModel
from onrecord_models.loading import load_coreference_model, load_quote_model
from onrecord_training.coreference.labels import (
    gap_analysis,
    gap_genders,
    gap_labels,
    is_entity,
    same_span,
    source_genders,
    source_labels,
    sources_analysis,
)
from onrecord_training.coreference.losses import batch_scores, gender_losses, losses
from onrecord_training.coreference.questions import Answered, Passage, QuestionCollector, asking, passages
from onrecord_training.loop.initialization import load_initial
from tests.stages.making import make_analysis, read_by, resolved

TEXT = "Ada Lund met Bo Berg in Easton. When she left, Berg said it went well. Later she called him again."


def span_of(words: str, number: int = 0, text: str = TEXT) -> Span:
    at = -1
    for _ in range(number + 1):
        at = text.index(words, at + 1)
    return Span(at, at + len(words))


@pytest.fixture
def analysis(tiny_reader: Pipeline) -> Analysis:
    return read_by(tiny_reader, make_analysis(TEXT, [], person=["Ada Lund", "Bo Berg"]))


def example(refers: tuple[bool, bool]) -> AmbiguousPronoun:
    names = (span_of("Ada Lund"), span_of("Bo Berg"))
    return AmbiguousPronoun("x-1", TEXT, span_of("she"), names, refers, "feminine")


def passages_of(analysis: Analysis, one: AmbiguousPronoun) -> list[Passage]:
    return passages(gap_analysis(analysis, one), gap_labels(one), gap_genders(one))


def answered(found: list[Passage]) -> list[Answered]:
    return [each for passage in found for each in passage.questions]


# Answers


@pytest.mark.parametrize(
    ("refers", "allowed"), [((True, False), [True, False, False]), ((False, False), [False, False, True])]
)
def test_gap_teaches_the_name_or_that_it_is_neither(
    refers: tuple[bool, bool], allowed: list[bool], analysis: Analysis
) -> None:
    (passage,) = passages_of(analysis, example(refers))
    assert [each.allowed for each in passage.questions] == [allowed]
    assert [feminine for _, feminine in passage.genders] == [True, True]


@pytest.mark.parametrize(("name", "allowed"), [("Ada Lund", [True, False, False]), (None, [False, False, True])])
def test_speaker_labels_teach_whom_each_pronoun_mentions_or_that_nobody_is_named(
    name: str | None, allowed: list[bool], analysis: Analysis
) -> None:
    pronouns = (span_of("she"), span_of("she", 1))
    her = LabelledEntity(Speaker(name, kind="person", description="a guest"), "f", pronouns)
    him = LabelledEntity(Speaker("Bo Berg", kind="person"), "m", (span_of("Berg said"),))
    labelled = LabelledSources(analysis.article, (her, him), (), ())
    found = passages(sources_analysis(analysis, labelled), source_labels(labelled))
    assert [each.allowed for each in answered(found)] == [allowed, allowed]


def test_a_source_stands_for_the_speakers_of_its_statement_and_for_all_of_them_if_it_is_plural(
    tiny_reader: Pipeline,
) -> None:
    text = "Ada Lund met Bo Berg and Eva Ek. They said it was safe. The mayor said that it was new."
    made = make_analysis(
        text, [("it was safe", "They"), ("that it was new", "The mayor")], person=["Ada Lund", "Bo Berg", "Eva Ek"]
    )
    ada, bo = (
        LabelledEntity(Speaker(name, kind="person"), gender, (span_of(name, text=text),))
        for name, gender in (("Ada Lund", "f"), ("Bo Berg", "m"))
    )
    they, mayor = made.statements
    statements = (replace(they, speakers=(ada.speaker, bo.speaker)), replace(mayor, speakers=(bo.speaker,)))
    labelled = LabelledSources(made.article, (ada, bo), statements, ("several", "description"))
    found = passages(
        sources_analysis(read_by(tiny_reader, made), labelled), source_labels(labelled), source_genders(labelled)
    )
    several, one = answered(found)
    assert (several.question.plural, several.allowed) == (True, [True, True, False, False])
    assert (one.question.plural, one.allowed) == (False, [False, True, False, False])
    assert [feminine for passage in found for _, feminine in passage.genders] == [True, False]


def test_what_the_labels_do_not_say_is_not_learned_from(analysis: Analysis) -> None:
    labelled = LabelledSources(analysis.article, (), (), ())
    asked = asking(analysis, [span_of("she")])
    assert passages(asked, source_labels(labelled)) == []


def test_the_collector_answers_as_the_labels_do(analysis: Analysis) -> None:
    asked = asking(analysis, [span_of("she"), span_of("him")])
    collector = QuestionCollector(lambda anaphor, candidates: ([True, False], anaphor.words == "him"))
    done = resolved(asked, collector)
    assert [[speaker.name for speaker in each.speakers] for each in done.statements] == [["Ada Lund"], [None]]


def test_mentions_are_asked_for_once() -> None:
    made = make_analysis("Ada Lund said it was safe.", [("it was safe", "Ada Lund")])
    asked = asking(made, [Span(0, 8), Span(14, 16)])
    assert [each.source.text for each in asked.statements if each.source] == ["Ada Lund", "it"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Span(0, 8), Span(0, 8), True),
        (Span(0, 12), Span(4, 12), True),
        (Span(0, 20), Span(12, 20), False),
        (Span(0, 8), Span(9, 12), False),
    ],
)
def test_two_spans_are_one_mention_but_for_an_article_or_a_title(one: Span, other: Span, same: bool) -> None:
    assert same_span(one, other) is same_span(other, one) is same


def test_a_candidate_is_the_labelled_entity_by_name_or_by_place() -> None:
    ada = LabelledEntity(Speaker("Ms Ada Lund", kind="person", aliases=("A. Lund",)), "f", (Span(40, 48),))
    by_name, by_alias, by_place, other = Entity("person"), Entity("person"), Entity("person"), Entity("person")
    by_name.add("Ada Lund", Span(0, 8))
    by_alias.add("A Lund", Span(0, 6))
    by_place.add("Lundqvist", Span(40, 49))
    other.add("Eva Lund", Span(0, 8))
    found = [is_entity(ada, Candidate(entity, ())) for entity in (by_name, by_alias, by_place, other)]
    assert found == [True, True, True, False]
    driver = Candidate(Unnamed("a driver", "person"), ((Span(60, 68), "description"),))
    unnamed = LabelledEntity(Speaker(None, kind="person", description="a driver"), None, (Span(60, 68),))
    assert is_entity(unnamed, driver) and not is_entity(ada, driver)


def test_only_full_names_of_people_teach_a_gender() -> None:
    ada = LabelledEntity(Speaker("Ada Lund", kind="person"), "f", (span_of("Ada Lund"), span_of("she")))
    bo = LabelledEntity(Speaker("Bo Berg", kind="person"), None, (span_of("Bo Berg"),))
    labelled = LabelledSources(Article("a", TEXT), (ada, bo), (), ())
    assert source_genders(labelled) == [(span_of("Ada Lund"), True)]


# What is learned


def test_the_length_of_a_passage_is_what_is_read_for_it(analysis: Analysis, tiny_reader: Pipeline) -> None:
    (passage,) = passages_of(analysis, example((True, False)))
    assert len(passage) == len(passage.states.chunk(passage.window))
    long = "\n\n".join([*["It rained on the bridge and on all who stood there to see it."] * 12, TEXT])
    shifted = read_by(tiny_reader, make_analysis(long, [], person=["Ada Lund", "Bo Berg"]))
    (passage,) = passages(asking(shifted, [span_of("she", text=long)]), lambda *_: ([True, False], False))
    assert passage.window > 0
    assert len(passage) == len(passage.states.chunk(passage.window))


def test_a_few_steps_learn_one_question_and_the_genders(analysis: Analysis, tiny_model: Path) -> None:
    found = passages_of(analysis, example((True, False)))
    model = load_coreference_model(tiny_model, load_quote_model(tiny_model)[0]).eval()

    def loss() -> torch.Tensor:
        return losses(model, found).sum() + gender_losses(model, found).sum()

    before = float(loss().detach())
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.05)
    for _ in range(10):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    assert float(loss().detach()) < before / 2


def test_a_plural_question_learns_each_option_on_its_own(analysis: Analysis, tiny_model: Path) -> None:
    (passage,) = passages_of(analysis, example((True, False)))
    (one,) = passage.questions
    model = load_coreference_model(tiny_model, load_quote_model(tiny_model)[0]).eval()
    plural = Answered(replace(one.question, plural=True), [True, True, False])
    (logits,) = batch_scores(model, [replace(passage, questions=[plural])])
    (loss,) = losses(model, [replace(passage, questions=[plural])])
    against = logits[:-1] - logits[-1]
    assert float(loss.detach()) == pytest.approx(float(-against.sigmoid().log().sum().detach()) / 2, abs=1e-5)


def test_passages_without_questions_or_genders_have_no_loss(analysis: Analysis, tiny_model: Path) -> None:
    (passage,) = passages_of(analysis, example((True, False)))
    model = load_coreference_model(tiny_model, load_quote_model(tiny_model)[0]).eval()
    bare = replace(passage, questions=[], genders=[])
    assert len(losses(model, [bare])) == len(gender_losses(model, [bare])) == 0
    alone, beside = losses(model, [passage]), losses(model, [bare, passage])
    assert torch.allclose(alone, beside, atol=1e-6)


def test_a_coreference_model_can_start_from_another_if_the_sizes_agree(tiny_model: Path) -> None:
    encoder = load_quote_model(tiny_model)[0].config.encoder
    sizes = {"anaphor_sizes": ANAPHOR_SIZES, "entity_sizes": ENTITY_SIZES, "pair_sizes": PAIR_SIZES}
    stored = load_file(tiny_model / "coreference" / "model.safetensors")
    model = CoreferenceModel(CoreferenceConfig(encoder, layers=1, pair_size=8, adapter_rank=2, **sizes))
    load_initial(model, tiny_model, "coreference")
    state = model.state_dict()
    assert stored
    assert all(torch.equal(state[name], tensor.float()) for name, tensor in stored.items())
    other = CoreferenceModel(CoreferenceConfig(encoder, layers=1, pair_size=16, adapter_rank=2, **sizes))
    with pytest.raises(SettingsError, match="a different size"):
        load_initial(other, tiny_model, "coreference")
