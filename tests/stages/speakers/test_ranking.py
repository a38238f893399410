"""The trained resolver over an untrained model: what it is shown, that it is as in training, and how it decides."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from onrecord.document import Span
from onrecord.pipeline import Pipeline
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Anaphor, AnaphorKind, Candidate, Choice, Form, Unnamed
from onrecord.stages.speakers.ranking import Question, RankingResolver, calibrated, decide, names_of, question_of
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.stages.states import ArticleStates
from onrecord.text.positions import Layout
from onrecord.text.segmentation import segment
from onrecord_models.coreference_model import CoreferenceModel
from onrecord_models.loading import load_coreference_model, load_quote_model
from onrecord_training.coreference.losses import batch_scores
from onrecord_training.coreference.questions import passages
from tests.stages.making import make_analysis, read_by, resolved

ADA, BO = (
    Candidate(Unnamed(name, "person"), ((Span(at, at + 3), "full name"),)) for at, name in enumerate(("Ada", "Bo"))
)
FIRM, STATE = (
    Candidate(Unnamed(name, "organization"), ((Span(at, at + 3), "full name"),))
    for at, name in enumerate(("Firm", "State"), 2)
)


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> CoreferenceModel:
    """The tiny coreference model, with heads that tell one question from another."""
    found = load_coreference_model(tiny_model, load_quote_model(tiny_model)[0]).eval()
    generator = torch.Generator().manual_seed(0)
    for name, parameter in found.named_parameters():
        if not name.startswith("encoder.") and parameter.dim() > 1:
            parameter.data = torch.randn(parameter.shape, generator=generator) * 0.5
    return found


class Noting(RankingResolver):
    """Keeps the answers it gives."""

    def __init__(self, model: CoreferenceModel) -> None:
        super().__init__(model)
        self.choices: list[tuple[Anaphor, Choice]] = []

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        choice = super().choose(analysis, layout, anaphor, candidates)
        self.choices.append((anaphor, choice))
        return choice


def met(reader: Pipeline, town: str, source: str = "she") -> Analysis:
    text = f"Ada Lund met Bo Berg and Eva Ek in {town}. “It went well,” {source} said."
    return read_by(reader, make_analysis(text, [("“It went well,”", source)], person=["Ada Lund", "Bo Berg", "Eva Ek"]))


@pytest.mark.parametrize("source", ["she", "they", "the mayor", "the two leaders"])
def test_running_scores_what_training_scores(tiny_reader: Pipeline, model: CoreferenceModel, source: str) -> None:
    analysis = met(tiny_reader, "Oslo", source)
    resolver = Noting(model)
    resolved(analysis, resolver)
    ((anaphor, choice),) = resolver.choices
    (passage,) = passages(analysis, lambda anaphor, candidates: ([True] * len(candidates), False))
    (answered,) = passage.questions
    with torch.inference_mode():
        (logits,) = batch_scores(model, [passage])
    numbered = [replace(ADA) for _ in answered.question.options]
    expected = decide(calibrated(model, logits, answered.question), anaphor, numbered)
    assert choice.score == pytest.approx(expected.score, abs=1e-5)
    assert len(choice.candidates) == len(expected.candidates)
    assert len(set(logits.tolist())) == len(logits) == 4


def test_many_articles_are_encoded_together_and_get_the_same_answers_as_alone(
    tiny_reader: Pipeline, model: CoreferenceModel
) -> None:
    analyses = [met(tiny_reader, town, source) for town in ("Oslo", "Aberdeen by the sea") for source in ("he", "they")]
    batches: list[int] = []
    hook = model.register_forward_hook(lambda module, given, hidden: batches.append(len(hidden)))
    together = SpeakersStage(RankingResolver(model)).process(analyses)
    assert batches == [4]
    hook.remove()
    for analysis, done in zip(analyses, together, strict=True):
        alone = resolved(analysis, RankingResolver(model))
        for one, other in zip(done.statements[0].speakers, alone.statements[0].speakers, strict=True):
            assert replace(one, score=None) == replace(other, score=None)
            assert one.score == pytest.approx(other.score, abs=1e-3)


def test_nothing_of_an_article_is_kept_once_its_speakers_are_known(
    tiny_reader: Pipeline, model: CoreferenceModel
) -> None:
    resolver, analysis = RankingResolver(model), met(tiny_reader, "Oslo")
    window = weakref.ref(analysis.readings[0].states)  # type: ignore[arg-type]
    done = replace(resolved(analysis, resolver), readings=())
    del analysis
    gc.collect()
    assert done.statements[0].speakers
    assert window() is None


def test_only_windows_with_something_to_ask_are_read(tiny_reader: Pipeline, model: CoreferenceModel) -> None:
    filler = "\n\n".join(
        f"He spoke of bridge number {number} and of all the rain that fell on it." for number in range(30)
    )
    text = f"Ada Lund came.\n\n{filler}\n\n“It went well,” she said."
    analysis = read_by(tiny_reader, make_analysis(text, [("“It went well,”", "she")], person=["Ada Lund"]))
    assert len(analysis.windows) > 3
    read: list[int] = []
    hook = model.register_forward_hook(lambda module, given, hidden: read.append(len(hidden)))
    resolver = Noting(model)
    resolved(analysis, resolver)
    hook.remove()
    assert read == [1]
    asides = [choice for anaphor, choice in resolver.choices if anaphor.words == "He"]
    assert len(asides) == 30
    assert asides[0] == Choice((), 0.0)


def test_without_states_nobody_is_named(model: CoreferenceModel, tiny_reader: Pipeline) -> None:
    analysis = met(tiny_reader, "Oslo")
    bare = replace(analysis, readings=tuple(replace(each, states=None) for each in analysis.readings))
    for unread in (bare, replace(analysis, windows=(), readings=())):
        ((speaker,),) = [each.speakers for each in resolved(unread, RankingResolver(model)).statements]
        assert (speaker.name, speaker.description, speaker.score) == (None, "she", 0.0)


def test_a_mention_that_the_model_was_not_shown_is_nobody_and_no_question(tiny_reader: Pipeline) -> None:
    analysis = met(tiny_reader, "Oslo")
    states, layout = ArticleStates(analysis), Layout(analysis.article.text, analysis.segmentation)
    outside = Span(len(analysis.article.text) + 1, len(analysis.article.text) + 4)
    assert question_of(states, layout, Anaphor(outside, "she", "he or she", "feminine"), [ADA]) is None


def test_nobody_to_choose_from_is_nobody(tiny_reader: Pipeline, model: CoreferenceModel) -> None:
    text = "“It went well,” she said."
    analysis = read_by(tiny_reader, make_analysis(text, [("“It went well,”", "she")]))
    ((speaker,),) = [each.speakers for each in resolved(analysis, RankingResolver(model)).statements]
    assert (speaker.name, speaker.score) == (None, 0.0)


def test_of_many_mentions_the_nearest_and_the_first_are_shown(tiny_reader: Pipeline) -> None:
    text = " ".join(f"Lund came on day {number}." for number in range(12)) + " Then she left."
    analysis = read_by(tiny_reader, make_analysis(text, []))
    places = [Span(at, at + 4) for at in range(len(text)) if text.startswith("Lund", at)]
    lund = Candidate(Unnamed("Lund", "person"), tuple((place, "short name") for place in places))
    she = Anaphor(Span(text.index("she"), text.index("she") + 3), "she", "he or she", "feminine")
    question = question_of(ArticleStates(analysis), Layout(text, segment(text)), she, [lund])
    assert question is not None
    assert len(question.options[0].pairs) == 8
    ahead = replace(lund, mentions=lund.mentions[:2])
    question = question_of(ArticleStates(analysis), Layout(text, segment(text)), she, [ahead])
    assert question is not None and len(question.options[0].pairs) == 2


@pytest.mark.parametrize(
    ("forms", "told"),
    [
        (["short name", "full name", "full name"], [1, 2]),
        (["pronoun", "short name"], [1]),
        (["full name"] * 5, [0, 1, 2]),
        (["pronoun", "description"], []),
    ],
)
def test_a_gender_is_told_by_full_names_or_else_by_short_ones(
    tiny_reader: Pipeline, forms: list[Form], told: list[int]
) -> None:
    text = "Ada Bo Cem Dag Eva"
    states = ArticleStates(read_by(tiny_reader, make_analysis(text, [])))
    spans = [Span(text.index(word), text.index(word) + len(word)) for word in text.split()]
    candidate = Candidate(Unnamed("x", "person"), tuple(zip(spans, forms, strict=False)))
    assert names_of(states, candidate) == [states.of(spans[index]) for index in told]


# Deciding


def asked(words: str, kind: AnaphorKind, *, plural: bool = False, number: int | None = None) -> Anaphor:
    return Anaphor(Span(0, 1), words, kind, plural=plural, number=number)


@pytest.mark.parametrize(
    ("number", "logits", "chosen"),
    [
        (2, [-0.5, 0.5, -1.0, -1.0, 0.0], [ADA, BO]),  # each likely enough for one of two
        (2, [-4.0, 2.0, -1.0, -1.0, 0.0], []),  # one of them alone is not the pair
        (2, [-3.0, -3.0, -1.0, -1.5, 0.0], [FIRM, STATE]),  # the two countries
        (2, [0.5, -3.0, 0.4, -3.0, 0.0], []),  # a person and a firm are no pair
        (3, [1.0, 1.0, -3.0, -3.0, 0.0], []),  # there is no third person
        (None, [2.0, -1.0, -3.0, -3.0, 0.0], [ADA, BO]),  # "the sisters" are never one person
        (None, [2.0, -4.0, -3.0, -3.0, 0.0], []),
        (None, [-4.0, -4.0, 2.0, -1.0, 0.0], [FIRM]),  # "the researchers" may be one institute
    ],
)
def test_a_description_of_several_names_so_many_as_it_says_or_nobody(
    number: int | None, logits: list[float], chosen: list[Candidate]
) -> None:
    anaphor = asked("the two", "several", plural=True, number=number)
    choice = decide(torch.tensor(logits), anaphor, [ADA, BO, FIRM, STATE])
    assert choice.candidates == tuple(chosen)
    assert 0.5 < choice.score <= 1


@pytest.mark.parametrize(
    ("logits", "chosen", "score"),
    [([2.0, 0.0, 0.0], [ADA], 0.787), ([0.0, 2.0, 0.0], [BO], 0.787), ([0.0, 0.0, 2.0], [], 0.787)],
)
def test_one_is_the_likeliest_or_nobody(logits: list[float], chosen: list[Candidate], score: float) -> None:
    choice = decide(torch.tensor(logits), asked("she", "he or she"), [ADA, BO])
    assert choice.candidates == tuple(chosen)
    assert choice.score == pytest.approx(score, abs=1e-3)


@pytest.mark.parametrize(
    ("logits", "chosen", "score"),
    [
        ([2.0, 1.0, 0.0], [ADA, BO], 0.731),
        ([2.0, -1.0, 0.0], [ADA], 0.881),
        ([-1.0, -2.0, 0.0], [], 0.731),
        ([3.0, 2.0, 5.0], [], 0.881),
    ],
)
def test_several_are_all_that_are_likelier_than_not_and_as_sure_as_the_least_of_them(
    logits: list[float], chosen: list[Candidate], score: float
) -> None:
    choice = decide(torch.tensor(logits), asked("they", "they", plural=True), [ADA, BO])
    assert choice.candidates == tuple(chosen)
    assert choice.score == pytest.approx(score, abs=1e-3)


def test_what_was_chosen_after_training_is_applied_by_the_kind_of_question(
    model: CoreferenceModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model.config, "none_bias", (1.0, -1.0, *model.config.none_bias[2:]))
    monkeypatch.setattr(model.config, "score_temperature", (2.0, 0.5))
    logits = torch.tensor([1.0, 2.0, 3.0])
    one, many = (Question(0, (0, 1), (kind, 0, kind), bool(kind), []) for kind in (0, 1))
    assert calibrated(model, logits, one).tolist() == [0.5, 1.0, 2.0]
    assert calibrated(model, logits, many).tolist() == [2.0, 4.0, 4.0]
    assert logits.tolist() == [1.0, 2.0, 3.0]


def test_a_name_of_the_other_gender_counts_against_its_bearer(tiny_reader: Pipeline, model: CoreferenceModel) -> None:
    analysis = met(tiny_reader, "Oslo")
    states, layout = ArticleStates(analysis), Layout(analysis.article.text, analysis.segmentation)
    found = {}
    for words, gender in (("she", "feminine"), ("they", None)):
        anaphor = Anaphor(Span(*analysis.statements[0].source.spans[0]), words, "he or she", gender)  # type: ignore[union-attr,arg-type]
        question = question_of(states, layout, anaphor, [replace(ADA, mentions=((Span(0, 8), "full name"),))])
        assert question is not None
        found[words] = question.options[0].names
    assert found == {"she": [states.of(Span(0, 8))], "they": []}
    sure, unsure = torch.tensor(3.0), torch.tensor(0.0)
    for_her, for_him = torch.tensor(1.0), torch.tensor(-1.0)
    assert model.agreement(sure, for_her) > model.agreement(unsure, for_her) > model.agreement(sure, for_him)
