"""The trained coreference model: what it is asked, what it scores, and what it learns from."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from onrecord.document import Article, Mention, Name, Span, Speaker, Statement
from onrecord.errors import SettingsError
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.ranking import FEATURE_SIZES, ArticleTokens, RankingResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.text.segmentation import segment
from onrecord_eval.corpora.gap import AmbiguousPronoun
from onrecord_eval.corpora.speaker_labels import LabelledEntity, LabelledSources
from onrecord_models.coreference_model import CoreferenceConfig, CoreferenceModel
from onrecord_models.loading import WEIGHTS, load_coreference_model, load_quote_model, load_tokenizer
from onrecord_training.coreference.labels import (
    gap_analysis,
    gap_labels,
    newswire_labels,
    source_labels,
    sources_analysis,
)
from onrecord_training.coreference.losses import losses, scores
from onrecord_training.coreference.questions import Passage, asking, passages
from onrecord_training.coreference.synthetic import synthetic_questions
from onrecord_training.loop.initialization import load_initial
from tests.stages.making import make_analysis

TEXT = "Ada Lund met Bo Berg in Easton. When she left, Berg said it went well. Later she called him again."

TOKENIZER = load_tokenizer(WEIGHTS / "small")


def read(text: str, **names: list[str]) -> Analysis:
    found = [
        Name(Span(at, at + len(name)), label, 1.0)
        for label, own in names.items()
        for name in own
        for at in range(len(text))
        if text.startswith(name, at)
    ]
    return Analysis(Article("a.txt", text), segment(text), names=tuple(sorted(found, key=lambda name: name.span)))


def span_of(text: str, words: str, number: int = 0) -> Span:
    at = -1
    for _ in range(number + 1):
        at = text.index(words, at + 1)
    return Span(at, at + len(words))


@pytest.fixture
def analysis() -> Analysis:
    return read(TEXT, person=["Ada Lund", "Bo Berg", "Berg"][:2])


def example(refers: tuple[bool, bool]) -> AmbiguousPronoun:
    names = (span_of(TEXT, "Ada Lund"), span_of(TEXT, "Bo Berg"))
    return AmbiguousPronoun("x-1", TEXT, span_of(TEXT, "she"), names, refers, "feminine")


@pytest.mark.parametrize(
    ("refers", "allowed"), [((True, False), [True, False, False]), ((False, False), [False, False, True])]
)
def test_gap_teaches_the_name_or_that_it_is_neither(
    refers: tuple[bool, bool], allowed: list[bool], analysis: Analysis, tiny_model: Path
) -> None:
    one = example(refers)
    found = passages(gap_analysis(analysis, one), gap_labels(one), load_tokenizer(tiny_model), 64)
    ((question,),) = [passage.questions for passage in found]
    assert question.allowed == allowed


def test_newswire_teaches_the_speaker_that_the_label_names(analysis: Analysis, tiny_model: Path) -> None:
    source = Mention("she", (span_of(TEXT, "she", 1),))
    said = Statement(
        "a.txt", "1", "x", (Span(0, 4),), "indirect", Span(0, 4), cue=source, source=source,
        speakers=(Speaker("Ada Lund", kind="person"),),
    )  # fmt: skip
    labelled = asking(analysis, ())
    labelled = Analysis(labelled.article, labelled.segmentation, names=labelled.names, statements=(said,))
    (passage,) = passages(labelled, newswire_labels(labelled), load_tokenizer(tiny_model), 64)
    assert [question.allowed for question in passage.questions] == [[True, False, False]]


def test_a_repeated_name_becomes_a_pronoun_with_its_bearer_for_an_answer(tiny_model: Path) -> None:
    text = "Ada Lund met Mr Bo Berg in Easton on Monday. Berg said that it went well. The board was content."
    synthetic = synthetic_questions(read(text, person=["Ada Lund", "Bo Berg", "Berg said"[:4]]), random.Random(3))
    assert synthetic is not None
    changed, labels = synthetic
    assert changed.article.text == text.replace("Berg said", "He said")
    assert all(changed.article.text[slice(*name.span)] in ("Ada Lund", "Bo Berg", "Berg") for name in changed.names)
    (passage,) = passages(changed, labels, load_tokenizer(tiny_model), 64)
    assert [question.allowed for question in passage.questions] == [[False, True, False]]


def test_a_name_whose_gender_the_article_does_not_show_becomes_no_pronoun() -> None:
    text = "Ada Lund met Bo Berg in Easton on Monday. Berg said that it went well. The board was content."
    assert synthetic_questions(read(text, person=["Ada Lund", "Bo Berg", "Berg said"[:4]]), random.Random(3)) is None


def test_most_names_of_whoever_is_named_first_stay_names() -> None:
    text = "Ms Ada Lund met Bo Berg in Easton on Monday. Bo Berg was content. Lund said that it went well."
    analysis = read(text, person=["Ada Lund", "Bo Berg", "Lund said"[:4]])
    made = [synthetic_questions(analysis, random.Random(seed)) is not None for seed in range(100)]
    assert 20 < sum(made) < 60


@pytest.mark.parametrize(("name", "allowed"), [("Ada Lund", [True, False, False]), (None, [False, False, True])])
def test_speaker_labels_teach_whom_each_pronoun_mentions_or_that_nobody_is_named(
    name: str | None, allowed: list[bool], analysis: Analysis, tiny_model: Path
) -> None:
    pronouns = (span_of(TEXT, "she"), span_of(TEXT, "she", 1))
    her = LabelledEntity(Speaker(name, kind="person", description="a guest"), "f", pronouns)
    him = LabelledEntity(Speaker("Bo Berg", kind="person"), "m", (span_of(TEXT, "Berg said"),))
    labelled = LabelledSources(analysis.article, (her, him), (), ())
    asked = sources_analysis(analysis, labelled)
    found = passages(asked, source_labels(labelled), load_tokenizer(tiny_model), 64)
    questions = [question for passage in found for question in passage.questions]
    assert [question.allowed for question in questions] == [allowed, allowed]


def test_features_are_within_their_tables(analysis: Analysis, tiny_model: Path) -> None:
    one = example((True, False))
    (passage,) = passages(gap_analysis(analysis, one), gap_labels(one), load_tokenizer(tiny_model), 64)
    pairs = [pair for question in passage.questions for own in question.options for pair in own]
    assert pairs
    for pair in pairs:
        assert len(pair.features) == len(FEATURE_SIZES)
        assert all(0 <= value < size for value, size in zip(pair.features, FEATURE_SIZES, strict=True))


def test_a_few_steps_learn_one_question(analysis: Analysis, tiny_model: Path) -> None:
    one = example((True, False))
    found = passages(gap_analysis(analysis, one), gap_labels(one), load_tokenizer(tiny_model), 64)
    model, _ = load_coreference_model(tiny_model)
    model.eval()
    before = float(losses(model, found).detach().sum())
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.05)
    for _ in range(10):
        optimizer.zero_grad()
        losses(model, found).sum().backward()
        optimizer.step()
    assert float(losses(model, found).detach().sum()) < before / 2


def test_a_coreference_model_can_start_from_another_if_the_sizes_agree(tiny_model: Path) -> None:
    quote_model, _ = load_quote_model(tiny_model)
    stored = load_file(tiny_model / "coreference" / "model.safetensors")
    config = CoreferenceConfig(quote_model.config.encoder, pair_size=8, adapter_rank=2, feature_sizes=FEATURE_SIZES)
    model = CoreferenceModel(config)
    load_initial(model, tiny_model, "coreference")
    state = model.state_dict()
    assert stored
    assert all(torch.equal(state[name], tensor.float()) for name, tensor in stored.items())
    with pytest.raises(SettingsError, match="a different size"):
        load_initial(
            CoreferenceModel(CoreferenceConfig(quote_model.config.encoder, feature_sizes=FEATURE_SIZES)),
            tiny_model,
            "coreference",
        )


def test_running_scores_what_training_scores(analysis: Analysis, tiny_model: Path) -> None:
    one = example((True, False))
    model, tokenizer = load_coreference_model(tiny_model)
    model.eval()
    asked = gap_analysis(analysis, one)
    (passage,) = passages(asked, gap_labels(one), tokenizer, model.config.window_size)
    expected = scores(model, [Passage(passage.window, passage.questions[:1])])[0].tolist()
    coreference = RankingResolver(model, tokenizer)
    seen: list[list[float]] = []
    original = coreference._scores

    def spy(*arguments: object) -> tuple[list[float], float]:
        own, none = original(*arguments)  # type: ignore[arg-type]
        seen.append([*own, none])
        return own, none

    coreference._scores = spy  # type: ignore[method-assign]
    SpeakersStage(coreference).process([asked])
    assert any(own == pytest.approx(expected, abs=1e-4) for own in seen)


@given(st.data())
def test_tokens_of_a_span_cover_it_and_no_more(data: st.DataObject) -> None:
    words = data.draw(
        st.lists(st.sampled_from(["Ada", "Brandt-Lund", "said", "“no”,", "he", "\n\n"]), min_size=1, max_size=60)
    )
    text = " ".join(words)
    analysis = Analysis(Article("-", text), segment(text))
    tokens = ArticleTokens(analysis, TOKENIZER, 32)
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    found = tokens.of(span)
    if found is None:
        assert not any(character.isalnum() for character in text[slice(*span)])
        return
    spans = tokens.cut((found[0], found[1] + 1)).spans[1:]
    assert spans[0].end > span.start and spans[-1].start < span.end
    asked = (found[0], min(found[1], found[0] + 2))  # a pronoun is short
    window = tokens.around(asked)
    assert window[0] <= asked[0] and asked[1] < window[1] and window[1] - window[0] <= 31


def test_salience_decides_where_the_model_has_no_opinion(analysis: Analysis, tiny_model: Path) -> None:
    class Undecided(RankingResolver):
        def _scores(self, hidden: object, window: object, where: object, options: list[object]) -> object:  # type: ignore[override]
            return [0.0] * len(options), 0.0

    model, tokenizer = load_coreference_model(tiny_model)
    model.config.salience_weight = 1.0
    asked = asking(analysis, [span_of(TEXT, "Ada Lund"), span_of(TEXT, "Bo Berg"), span_of(TEXT, "she")])
    (done,) = SpeakersStage(Undecided(model, tokenizer)).process([asked])
    assert [speaker.name for speaker in done.statements[-1].speakers] == ["Ada Lund"]


def test_pronouns_of_many_articles_are_encoded_together_and_get_the_same_answer_as_alone(tiny_model: Path) -> None:
    texts = [
        f"Ada Lund met Bo Berg in {town}. “It went well,” he said. Then “No,” she said."
        for town in ("Oslo", "Aberdeen")
    ]
    analyses = [
        make_analysis(text, [("“It went well,”", "he"), ("“No,”", "she")], person=["Ada Lund", "Bo Berg"])
        for text in texts
    ]
    coreference = RankingResolver(*load_coreference_model(tiny_model))
    batches: list[int] = []
    coreference._model.register_forward_hook(lambda module, given, hidden: batches.append(len(hidden)))
    together = SpeakersStage(coreference).process(analyses)
    assert batches == [2]
    assert together == [SpeakersStage(coreference).process([analysis])[0] for analysis in analyses]


def test_a_narrow_window_has_the_text_around_all_that_it_is_for(analysis: Analysis) -> None:
    tokens = ArticleTokens(analysis, TOKENIZER, 254)
    asked = [(5, 5), (9, 9)]
    (window,) = tokens.narrowest(asked)
    assert all(tokens.fits(one, window) for one in asked)
