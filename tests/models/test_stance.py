"""The stance model, its scorers and its stage, on tiny models that know nothing."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

from onrecord.document import Article, Mention, Span, Speaker, StanceScores, Statement
from onrecord.errors import SettingsError, WeightsError
from onrecord.pipeline import PipelineSettings
from onrecord.stages.base import Analysis
from onrecord.stages.stance import StanceStage
from onrecord.targets.target import Target
from onrecord.text.segmentation import context_of, segment
from onrecord_models.stance_model import (
    LABELS,
    ClassifierScorer,
    EncodedInput,
    Part,
    Probabilities,
    StanceConfig,
    StanceInput,
    StanceModel,
    StanceScorer,
    collate,
    encode_input,
    load_stance_scorer,
    map_labels,
)

ENCODER = {
    "model_type": "bert",
    "vocab_size": 60,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 128,
}
WORDS = """the bill harbour mayor said called it a mistake triumph vote is on monday ada brandt we will close
: . , “ ” …""".split()  # noqa: SIM905
INPUTS = [
    StanceInput("the bill", "a mistake", "Ada Brandt called the bill a mistake.", "Ada Brandt"),
    StanceInput("the bill", "the vote is on Monday", "The mayor said the vote is on Monday.", "the mayor"),
    StanceInput("the harbour", "We will close it", "“We will close it,” said Brandt.", ""),
    StanceInput("the harbour", "a triumph"),
]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> BertTokenizerFast:
    folder = tmp_path_factory.mktemp("tokenizer")
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]) + "\n")
    return BertTokenizerFast.from_pretrained(folder)


@pytest.fixture(scope="module")
def model() -> StanceModel:
    torch.manual_seed(3)
    made = StanceModel(StanceConfig(encoder=ENCODER, window_size=32))
    for parameter in made.classifier.parameters():
        torch.nn.init.normal_(parameter, std=0.7)
    return made.eval()


def words(encoded: EncodedInput, tokenizer: BertTokenizerFast, part: Part) -> list[str]:
    ids = [token for token, kind in zip(encoded.input_ids, encoded.parts, strict=True) if kind == part]
    return [str(word) for word in tokenizer.convert_ids_to_tokens(ids)]


def test_parts_mark_target_speaker_and_statement_in_its_context(tokenizer: BertTokenizerFast) -> None:
    encoded = encode_input(INPUTS[0], tokenizer, 64)
    assert words(encoded, tokenizer, Part.TARGET) == ["the", "bill"]
    assert words(encoded, tokenizer, Part.SPEAKER) == ["ada", "brandt", ":"]
    assert words(encoded, tokenizer, Part.STATEMENT) == ["a", "mistake"]
    assert words(encoded, tokenizer, Part.CONTEXT) == ["ada", "brandt", "called", "the", "bill", ".", "[SEP]"]


def test_pieces_are_marked_apart_and_a_statement_missing_from_its_context_comes_first(
    tokenizer: BertTokenizerFast,
) -> None:
    apart = StanceInput("the bill", "the vote … on Monday", "The mayor said the vote , said Ada , is on Monday.")
    encoded = encode_input(replace(apart, statement="the vote … on Monday"), tokenizer, 64)
    assert words(encoded, tokenizer, Part.STATEMENT) == ["the", "vote", "on", "monday"]
    missing = encode_input(StanceInput("the bill", "a triumph", "Ada said it."), tokenizer, 64)
    assert words(missing, tokenizer, Part.STATEMENT) == ["a", "triumph"]
    assert words(missing, tokenizer, Part.CONTEXT)[:3] == ["ada", "said", "it"]


@pytest.mark.parametrize("size", [16, 24, 40])
def test_long_context_is_cut_and_the_statement_kept(tokenizer: BertTokenizerFast, size: int) -> None:
    context = "The vote is on Monday. " * 40 + "Ada called it a triumph."
    encoded = encode_input(StanceInput("the bill", "a triumph", context, "Ada"), tokenizer, size)
    assert len(encoded) == size
    assert words(encoded, tokenizer, Part.STATEMENT) == ["a", "triumph"]


def test_logits_have_three_columns_and_padding_changes_nothing(
    model: StanceModel, tokenizer: BertTokenizerFast
) -> None:
    encoded = [encode_input(one, tokenizer, 32) for one in INPUTS]
    batch = collate(encoded, 0)
    with torch.inference_mode():
        together = model(batch.input_ids, batch.attention_mask, batch.parts)
        alone = collate(encoded[3:], 0)
        apart = model(alone.input_ids, alone.attention_mask, alone.parts)
    assert together.shape == (4, 3)
    assert torch.allclose(together[3], apart[0], atol=1e-5)


def test_scores_are_probabilities_and_do_not_depend_on_order(model: StanceModel, tokenizer: BertTokenizerFast) -> None:
    scorer = StanceScorer(model, tokenizer, batch_size=3)
    inputs = [replace(one, target=target) for one in INPUTS for target in ("the bill", "the harbour", "Ada Brandt")]
    scores = scorer.score(inputs)
    assert all(abs(sum(three) - 1) < 2e-4 and three == tuple(round(p, 4) for p in three) for three in scores)
    order = random.Random(5).sample(range(len(inputs)), len(inputs))
    assert scorer.score([inputs[i] for i in order]) == [scores[i] for i in order]
    assert scorer.score([]) == []


def test_temperature_flattens_and_is_kept_in_the_folder(
    model: StanceModel, tokenizer: BertTokenizerFast, tmp_path: Path
) -> None:
    sharp = StanceScorer(model, tokenizer).score(INPUTS)
    flat = StanceScorer(model, tokenizer, temperature=4.0).score(INPUTS)
    assert all(max(one) < max(other) for one, other in zip(flat, sharp, strict=True))
    assert [one.index(max(one)) for one in flat] == [one.index(max(one)) for one in sharp]
    model.config.calibration = 4.0
    model.save_pretrained(tmp_path)
    model.config.calibration = 1.0
    tokenizer.save_pretrained(tmp_path)
    scorer = load_stance_scorer(tmp_path)
    assert isinstance(scorer, StanceScorer)
    assert scorer.score(INPUTS) == flat


def test_word_embeddings_have_the_name_that_packaging_relies_on(model: StanceModel) -> None:
    assert "encoder.embeddings.word_embeddings.weight" in model.state_dict()


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["support", "oppose", "neutral"], [[0], [1], [2]]),
        (["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], [[2], [0], [1]]),
        (["AGAINST", "FAVOR", "NONE"], [[1], [0], [2]]),
        (["pro", "con"], [[0], [1], []]),
    ],
)
def test_labels_of_other_classifiers(names: list[str], columns: list[list[int]]) -> None:
    assert map_labels(names) == columns


@pytest.mark.parametrize("names", [["LABEL_0", "LABEL_1"], ["entailment", "not_entailment"], ["support", "neutral"]])
def test_labels_that_cannot_be_read(names: list[str]) -> None:
    with pytest.raises(WeightsError, match=r"support: support.*--stance-label") as caught:
        map_labels(names)
    assert ", ".join(names) in str(caught.value)


def test_any_classifier_can_be_swapped_in(tokenizer: BertTokenizerFast, tmp_path: Path) -> None:
    torch.manual_seed(4)
    names = {0: "contradiction", 1: "entailment", 2: "neutral"}
    settings = BertConfig(**{**ENCODER, "id2label": names, "label2id": {name: index for index, name in names.items()}})
    classifier = BertForSequenceClassification(settings)
    torch.nn.init.normal_(classifier.classifier.weight, std=2)
    classifier.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    scorer = load_stance_scorer(tmp_path)
    assert isinstance(scorer, ClassifierScorer)
    scores = scorer.score(INPUTS)
    assert all(abs(sum(three) - 1) < 2e-4 for three in scores)
    assert scorer.score(INPUTS[::-1]) == scores[::-1]
    text, hypothesis = "Ada Brandt: Ada Brandt called the bill a mistake.", "Ada Brandt supports the bill."
    with torch.inference_mode():
        raw = torch.softmax(
            classifier.eval()(**tokenizer(text, hypothesis, return_tensors="pt")).logits[0], dim=-1
        ).tolist()
    assert scores[0] == pytest.approx((raw[1], raw[0], raw[2]), abs=1e-4)


def test_folders_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"config\.json"):
        load_stance_scorer(tmp_path / "nowhere")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (tmp_path / "pytorch_model.bin").write_bytes(b"never unpickled")
    with pytest.raises(WeightsError, match=r"cannot be loaded"):
        load_stance_scorer(tmp_path)


class Fixed:
    """A scorer that remembers what it was asked and always answers the same."""

    def __init__(self, answer: Probabilities) -> None:
        self.answer = answer
        self.asked: list[list[StanceInput]] = []

    def score(self, inputs: list[StanceInput]) -> list[Probabilities]:
        self.asked.append(list(inputs))
        return [self.answer] * len(inputs)


TEXT = "The vote is on Monday. Brandt called the bill a mistake.\n\nIt is a triumph, critics said."


@pytest.fixture
def analyses() -> list[Analysis]:
    segmentation = segment(TEXT)

    def statement(content: str, *speakers: Speaker) -> Statement:
        start = TEXT.index(content)
        spans = (Span(start, start + len(content)),)
        return Statement(
            "a.txt", f"a.txt#{start}", content, spans, "indirect", context_of(segmentation, spans), speakers=speakers
        )

    statements = (
        replace(statement("a mistake", Speaker("Ada Brandt")), cue=Mention("called", (Span(30, 36),))),
        statement("It is a triumph", Speaker(None, kind="group", description="critics")),
        statement("The vote is on Monday"),
    )
    return [Analysis(Article("a.txt", TEXT), segmentation, statements=statements)]


def test_every_statement_gets_a_stance_for_every_target(analyses: list[Analysis]) -> None:
    scorer = Fixed((0.1, 0.7, 0.2))
    [done] = StanceStage(scorer, (Target("the bill"), Target("Ada Brandt"))).process(analyses)
    for statement in done.statements:
        assert [(one.target, one.label, one.score) for one in statement.stance] == [
            ("the bill", "oppose", 0.7),
            ("Ada Brandt", "oppose", 0.7),
        ]
        assert statement.stance[0].scores == StanceScores(0.1, 0.7, 0.2)
    assert len(scorer.asked) == 1
    first, second, third = scorer.asked[0][::2]
    assert first == StanceInput("the bill", "a mistake", TEXT.split("\n", maxsplit=1)[0], "Ada Brandt")
    assert second == StanceInput("the bill", "It is a triumph", "It is a triumph, critics said.", "critics")
    assert third == StanceInput("the bill", "The vote is on Monday", "The vote is on Monday.", "")


def test_what_is_less_sure_than_asked_for_is_unclear(analyses: list[Analysis]) -> None:
    [done] = StanceStage(Fixed((0.1, 0.7, 0.2)), (Target("the bill"),), min_score=0.75).process(analyses)
    assert [(one.label, one.score) for one in done.statements[0].stance] == [("unclear", 0.7)]
    [done] = StanceStage(Fixed((0.1, 0.7, 0.2)), (Target("the bill"),), min_score=0.7).process(analyses)
    assert done.statements[0].stance[0].label == "oppose"


def test_equal_scores_commit_to_nothing(analyses: list[Analysis]) -> None:
    [done] = StanceStage(Fixed((0.4, 0.2, 0.4)), (Target("the bill"),)).process(analyses)
    assert done.statements[0].stance[0].label == "neutral"


def test_without_targets_nothing_is_guessed(analyses: list[Analysis]) -> None:
    scorer = Fixed((1.0, 0.0, 0.0))
    assert StanceStage(scorer, ()).process(analyses) == analyses
    assert scorer.asked == []


def test_a_minimal_score_is_a_probability() -> None:
    with pytest.raises(SettingsError, match="the minimal stance score is 70; it is a probability, 0 to 1"):
        PipelineSettings(targets=("the bill",), min_stance_score=70)


def test_a_target_is_asked_for_only_where_it_concerns_the_article(analyses: list[Analysis]) -> None:
    scorer = Fixed((0.1, 0.7, 0.2))
    targets = (Target("the bill", files=("b*",)), Target("Ada Brandt", files=("a.*",)))
    [done] = StanceStage(scorer, targets).process(analyses)
    assert [[one.target for one in statement.stance] for statement in done.statements] == [["Ada Brandt"]] * 3


def test_the_model_reads_the_name_that_the_context_has_and_the_output_has_the_first(
    analyses: list[Analysis],
) -> None:
    scorer = Fixed((0.1, 0.7, 0.2))
    target = Target("Act 12", synonyms=("the bill",), description="a tax on ports")
    [done] = StanceStage(scorer, (target,)).process(analyses)
    assert [one.target for one in scorer.asked[0]] == [
        "the bill: a tax on ports",
        "Act 12: a tax on ports",
        "Act 12: a tax on ports",
    ]
    assert {one.target for statement in done.statements for one in statement.stance} == {"Act 12"}


def test_labels_of_another_classifier_mean_what_the_user_says() -> None:
    assert map_labels(["LABEL_0", "LABEL_1"], {"LABEL_0": "oppose", "LABEL_1": "support"}) == [[1], [0], []]
    with pytest.raises(WeightsError, match="cannot mean 'good'"):
        map_labels(["LABEL_0", "LABEL_1"], {"LABEL_0": "good"})
    with pytest.raises(WeightsError, match="has no label LABEL_2"):
        map_labels(["LABEL_0", "LABEL_1"], {"LABEL_2": "oppose"})


def test_labels_are_in_the_order_of_the_scores() -> None:
    assert LABELS == ("support", "oppose", "neutral")
