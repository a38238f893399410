"""Evaluations on corpora made for the tests, with an oracle in place of the models."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from onrecord.cli.app import app
from onrecord.document import Article, Name, Span, Stance, Statement
from onrecord.errors import InputError, SettingsError
from onrecord_eval.corpora.gum import MEASURED_PARTS, part_of
from onrecord_eval.corpora.polnear import read_polnear
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.registry import CORPORA, evaluate_corpus
from tests.eval.making import GAP_HEADER, write

QUICK = BootstrapSettings(samples=20)


class Oracle:
    """Takes the place of every part of a pipeline and gives the answers it was made with."""

    def __init__(self, answers: dict[Any, Any] | None = None) -> None:
        self.answers = answers or {}
        self.extractor = self.name_finder = self.stance_scorer = self.stance_judge = self.coreference = self

    def extract(self, article: Article, targets: tuple[str, ...] = ()) -> Sequence[Statement]:
        return self.answers.get(article.doc, ())

    def names(self, text: str) -> Sequence[Name]:
        return [
            Name(Span(text.index(words), text.index(words) + len(words)), label, 1.0)
            for words, label in self.answers.items()
        ]

    def score(self, target: str, statement_text: str, context: str) -> tuple[float, float, float]:
        return self.answers[target, statement_text]

    def clusters(self, text: str, mentions: Sequence[Span], choice: Sequence[Span] = ()) -> Sequence[Hashable | None]:
        return [self.answers.get(text[start:end]) for start, end in mentions]

    def stances(self, article: Article, statements: Sequence[Statement]) -> list[list[Stance]]:
        return [
            [Stance(stance.target, self.answers[stance.target], 0.75) for stance in statement.stance]
            for statement in statements
        ]


def test_polnear_by_annotator(polnear: Path) -> None:
    [annotated] = read_polnear(polnear)
    found = Oracle({"ferry.txt": annotated.annotations["anna"]})
    steps: list[tuple[int, int]] = []
    evaluated = evaluate_corpus(
        "polnear",
        polnear,
        found,
        settings=QUICK,
        on_progress=lambda done, every: steps.append((done, every)),
    )
    result = evaluated.evaluation
    # Two of two by one annotator's labels, none of none by the other's: 1 matched of 1 gold and 2 predicted.
    assert result.metrics()["content_iou.f1"].value == pytest.approx(2 * 1 / (1 + 2))
    assert "speaker.f1" not in result.metrics()
    assert [len(article.gold) for article in evaluated.articles] == [2]
    assert steps == [(0, 1), (1, 1)]


def test_polnear_in_cofenets_cut(polnear: Path) -> None:
    evaluated = evaluate_corpus("polnear", polnear, Oracle({}), cut="cofenet", settings=QUICK)
    result = evaluated.evaluation
    assert evaluated.articles == ()
    assert set(result.scores) == {
        f"{kind}.{part}" for kind in ("component", "component_trimmed") for part in ("source", "cue", "content")
    }
    assert result.scores["component.content"].gold == 1.5  # three pieces by one of two annotators
    assert "CofeNet" in result.title and "4 instances" in result.notes[0]


def test_worldwide_scores_names(tmp_path: Path) -> None:
    write(tmp_path / "a.txt.tsv", "Ada\tB-Person\nleft\tO\nNorhaven\tB-Location\n")
    finder = Oracle({"Ada": "person", "Norhaven": "organization"})
    result = evaluate_corpus("worldwide", tmp_path, finder, settings=QUICK).evaluation
    assert result.metrics()["ner.f1"].value == 1 / 2
    assert result.metrics()["ner.person.f1"].value == 1


def test_gum_scores_clusters_and_pronouns(gum: Path) -> None:
    result = evaluate_corpus("gum", gum, Oracle({"Mayor Lund": 1, "her": 1}), settings=QUICK).evaluation
    assert result.metrics()["b_cubed.f1"].value == 1
    assert result.metrics()["resolution.pronoun.f1"].value == 1


def test_gap_scores_pronouns(tmp_path: Path) -> None:
    row = "test-1\tWhen Ada met Eva, she smiled.\tshe\t18\tAda\t5\tTRUE\tEva\t13\tFALSE\thttp://example.org"
    path = write(tmp_path / "gap.tsv", f"{GAP_HEADER}\n{row}\n")
    right = evaluate_corpus("gap", path, Oracle({"she": 1, "Ada": 1}), settings=QUICK).evaluation
    assert right.metrics()["gap.f1"].value == 1
    # Mentions that stand alone are not brought together by having no cluster.
    alone = evaluate_corpus("gap", path, Oracle({}), settings=QUICK).evaluation
    assert alone.metrics()["gap.recall"].value == 0


def test_newsmtsc_scores_stances_on_targets(tmp_path: Path) -> None:
    sentence = "Lund thanked Berg."
    targets = [{"from": 0, "to": 4, "polarity": 4}, {"from": 13, "to": 17, "polarity": 6}]
    path = write(tmp_path / "dev.jsonl", json.dumps({"sentence_normalized": sentence, "targets": targets}))
    scorer = Oracle({("Lund", sentence): (0.5, 0.1, 0.4), ("Berg", sentence): (0.7, 0.1, 0.2)})
    result = evaluate_corpus("newsmtsc", path, scorer, settings=QUICK).evaluation
    assert result.units == ("sentences", 1)
    assert result.metrics()["accuracy"].value == 1 / 2
    assert result.confusion is not None and result.confusion.counts == ((1, 0, 0), (0, 0, 0), (1, 0, 0))


def test_perspectrum_run_never_answers_neutral(tmp_path: Path) -> None:
    rows = [{"claim_id": 1, "claim": "Build it", "perspective": word, "stance": "support"} for word in ("Yes", "Maybe")]
    path = write(tmp_path / "dev.jsonl", "\n".join(map(json.dumps, rows)))
    scorer = Oracle({("Build it", "Yes"): (0.3, 0.1, 0.6), ("Build it", "Maybe"): (0.1, 0.2, 0.7)})
    result = evaluate_corpus("perspectrum", path, scorer, settings=QUICK).evaluation
    assert result.metrics()["accuracy"].value == 1 / 2
    assert result.metrics()["label.support.recall"].value == 1 / 2


def test_stances_run_judges_given_statements_on_each_target(tmp_path: Path) -> None:
    text = "Lund praised the port."
    write(tmp_path / "one.txt", text)
    statement = {"content": [[13, 21]], "cue": [[5, 12]], "source": [[0, 4]], "stance": ["support", None, "oppose"]}
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = {"doc": "one.txt", "sha256": digest, "targets": ["port", "ships", "closing"], "statements": [statement]}
    labels = write(tmp_path / "labels.jsonl", json.dumps(row))

    judge = Oracle({"port": "support", "closing": "neutral"})  # "ships" has no label, so it is not asked for
    result = evaluate_corpus("stances", tmp_path, judge, labels=labels, settings=QUICK).evaluation
    assert result.units == ("articles", 1)
    metrics = result.metrics()
    assert metrics["accuracy"].value == 1 / 2
    assert metrics["wrong_side"].value == 0
    assert (metrics["precision_0.7"].value, metrics["recall_0.7"].value) == (1, 1 / 2)
    assert (metrics["precision_0.8"].value, metrics["recall_0.8"].value) == (None, 0)
    assert metrics["calibration.error"].value == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("corpus", "options", "message"),
    [
        ("polnaer", {}, "no corpus 'polnaer'; choose one of polnear, newswire"),
        ("polnear", {"cut": "sentence"}, "no cut 'sentence'; choose one of article, cofenet"),
        ("gum", {"cut": "cofenet"}, "--cut cofenet goes with --corpus polnear, not with gum"),
        ("gap", {"held_out": True}, "--held-out goes with --corpus polnear or gum, not with gap"),
        (
            "gap",
            {"labels": Path("x.jsonl")},
            "--labels goes with --corpus newswire, articles, acts, speakers, audit, stances or positions, not with gap",
        ),
        ("stances", {}, "--corpus stances needs --labels FILE, one of data/stance/"),
    ],
)
def test_options_that_a_corpus_does_not_take_are_refused(
    tmp_path: Path, corpus: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        evaluate_corpus(corpus, tmp_path, Oracle(), **options)


def test_a_corpus_without_items_is_refused_before_a_model_is_loaded(tmp_path: Path) -> None:
    class Unloaded:
        def __getattr__(self, name: str) -> None:
            raise AssertionError(f"{name} was loaded")

    parts: Any = Unloaded()
    with pytest.raises(InputError, match=r"empty\.jsonl: nothing to evaluate"):
        evaluate_corpus("newsmtsc", write(tmp_path / "empty.jsonl", ""), parts)


def test_held_out_leaves_out_what_training_has_seen(gum: Path) -> None:
    (gum / "conllu" / "doc.conllu").rename(gum / "conllu" / "learned.conllu")
    (gum / "ontogum-conll" / "doc.conll").rename(gum / "ontogum-conll" / "learned.conll")
    assert part_of("learned") not in MEASURED_PARTS
    assert evaluate_corpus("gum", gum, Oracle(), settings=QUICK).evaluation.units == ("documents", 1)
    with pytest.raises(InputError, match="nothing to evaluate"):
        evaluate_corpus("gum", gum, Oracle(), held_out=True, settings=QUICK)


def test_the_help_of_evaluate_names_every_corpus() -> None:
    said = CliRunner().invoke(app, ["evaluate", "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    assert [name for name in CORPORA if name not in said] == []
