"""Runs over files and corpora with stand-ins for the models; tables, JSON and floors."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Article, Meta, Name, Span, Statement
from onrecord.errors import InputError, RecordError, SettingsError
from onrecord.files.records import to_line
from onrecord_eval.corpora.polnear import read_polnear
from onrecord_eval.corpus_run import Parts, evaluate_corpus
from onrecord_eval.result import check_floors
from onrecord_eval.run import evaluate_files, evaluate_statements, pair_up, read_files
from onrecord_eval.scores import BootstrapSettings
from onrecord_eval.tables import evaluation_record, evaluation_table
from tests.eval.making import GAP_HEADER, make_statement, write

TEXT = "“The bridge is safe,” Ada Lund said. Critics called it a costly mistake.\r\nWork stops on Friday."
QUICK = BootstrapSettings(samples=20)


def gold() -> list[Statement]:
    return [
        make_statement(TEXT, "“The bridge is safe,”", source="Ada Lund", speakers=["Ada Lund"], stance="support"),
        make_statement(
            TEXT, "it a costly mistake", source="Critics", speakers=["Critics"], form="indirect", stance="oppose"
        ),
    ]


def save(path: Path, statements: list[Statement]) -> Path:
    path.write_text("".join(to_line(statement) + "\n" for statement in statements), encoding="utf-8", newline="")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Gold, predictions (the first statement, without its mark) and the folder of articles."""
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_bytes(TEXT.encode("cp1252"))
    meta = Meta(encoding="cp1252")
    predicted = make_statement(
        TEXT, "The bridge is safe", source="Lund", speakers=["Lund"], stance="support", confidence=0.8
    )
    return (
        save(tmp_path / "gold.jsonl", [replace(statement, meta=meta) for statement in gold()]),
        save(tmp_path / "pred.jsonl", [replace(predicted, meta=meta)]),
        articles,
    )


def test_files_with_and_without_articles_score_alike(files: tuple[Path, Path, Path]) -> None:
    expected, predicted, articles = files
    result = evaluate_files(expected, predicted, articles, QUICK)
    metrics = result.metrics()
    assert metrics["content_exact.f1"].value == pytest.approx(2 / 3)  # one of two found, one of one right
    assert metrics["linked.f1"].value == pytest.approx(2 / 3)
    assert metrics["speaker.f1"].value == 0  # "Lund" is no alias in this gold
    assert metrics["stance.accuracy"].value == 1
    assert metrics["calibration.error"].value == pytest.approx(0.2)
    assert evaluate_files(expected, predicted, None, QUICK) == result


def test_same_seed_same_result(files: tuple[Path, Path, Path]) -> None:
    assert evaluate_files(*files, QUICK) == evaluate_files(*files, QUICK)


def test_missing_and_changed_articles_are_named(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    expected, predicted, articles = files
    with pytest.raises(InputError, match=r"cannot read the article of statement a\.txt#0"):
        read_files(expected, predicted, tmp_path)
    (articles / "a.txt").write_bytes(TEXT.replace("\r", "").replace("“", "").encode("cp1252"))
    with pytest.raises(RecordError, match=r"a\.txt#0: its text is not what its spans hold"):
        read_files(expected, predicted, articles)


def test_folders_that_differ_are_noticed() -> None:
    other = [replace(statement, doc="sub/a.txt") for statement in gold()]
    with pytest.raises(InputError, match=r"share no article: .*'a\.txt'.*'sub/a\.txt'"):
        pair_up(gold(), other)


def test_empty_sides_are_scored() -> None:
    nothing = evaluate_statements("empty", pair_up(gold(), []), QUICK)
    assert nothing.metrics()["content_iou.f1"].value == 0
    false = evaluate_statements("empty", pair_up([], gold()), QUICK)
    assert false.metrics()["content_iou.f1"].value == 0
    assert "nothing in the gold" in false.notes[0]
    assert evaluate_statements("empty", pair_up([], []), QUICK).metrics()["content_iou.f1"].value is None


def test_table_and_json_hold_every_figure(files: tuple[Path, Path, Path]) -> None:
    result = evaluate_files(*files, QUICK)
    table = evaluation_table(result)
    assert max(map(len, table.splitlines()[1:])) <= 100  # beside the title
    for words in (
        "content, exact",
        "indirect",
        "0.667",
        "stance macro-F1",
        "Gold ↓",
        "expected calibration error",
        "≥ 0.5",
    ):
        assert words in table
    record = json.loads(json.dumps(evaluation_record(result)))
    assert record["metrics"]["linked.f1"]["value"] == pytest.approx(2 / 3)
    assert record["confusion"]["counts"][0] == [1, 0, 0]
    assert record["bootstrap"] == {"samples": 20, "seed": 13, "level": 0.95}
    assert record["units"] == {"unit": "articles", "number": 1}


def test_table_without_intervals_and_figures() -> None:
    table = evaluation_table(evaluate_statements("empty", [], BootstrapSettings(samples=0)))
    assert "intervals" not in table and "–" in table


def test_floors(files: tuple[Path, Path, Path]) -> None:
    result = evaluate_files(*files, QUICK)
    assert check_floors(result, ["linked.f1=0.66", "stance.accuracy = 1"]) == []
    fallen = check_floors(result, ["linked.f1=0.7", "content_iou.mixed.f1=0"])
    assert fallen == [
        "linked.f1 is 0.667, under the floor of 0.7",
        "content_iou.mixed.f1 is undefined, for there was nothing to count; the floor is 0",
    ]
    with pytest.raises(SettingsError, match=r"no metric 'linked\.f2'.*did you mean linked\.f1\?.*content_exact\.f1"):
        check_floors(result, ["linked.f2=0.7"])
    for wrong in ("linked.f1", "linked.f1=much", "linked.f1=70"):
        with pytest.raises(SettingsError, match="METRIC=VALUE"):
            check_floors(result, [wrong])


# Corpora


class Oracle:
    """Stands in for every part of a pipeline, and knows the answers it is given."""

    def __init__(self, answers: dict[Any, Any]) -> None:
        self.answers = answers

    def extract(self, article: Article, targets: tuple[str, ...] = ()) -> Sequence[Statement]:
        return self.answers.get(article.doc, ())

    def names(self, text: str) -> Sequence[Name]:
        return [
            Name(Span(text.index(words), text.index(words) + len(words)), label, 1.0)
            for words, label in self.answers.items()
        ]

    def score(self, target: str, statement_text: str, context: str, speaker: str | None) -> tuple[float, float, float]:
        return self.answers[target, statement_text]

    def clusters(self, text: str, mentions: Sequence[Span], choice: Sequence[Span] = ()) -> Sequence[Hashable | None]:
        return [self.answers.get(text[start:end]) for start, end in mentions]


def test_polnear_by_annotator(polnear: Path) -> None:
    [annotated] = read_polnear(polnear)
    found = Oracle({"ferry.txt": annotated.annotations["anna"]})
    steps: list[tuple[int, int]] = []
    result, scored = evaluate_corpus(
        "polnear",
        polnear,
        Parts(extractor=found),
        settings=QUICK,
        on_progress=lambda done, every: steps.append((done, every)),
    )
    # Two of two by one annotator's labels, none of none by the other's: 1 matched of 1 gold and 2 predicted.
    assert result.metrics()["content_iou.f1"].value == pytest.approx(2 * 1 / (1 + 2))
    assert "speaker.f1" not in result.metrics()
    assert len(scored) == 1 and len(scored[0].gold) == 2
    assert steps == [(0, 1), (1, 1)]


def test_polnear_in_cofenets_cut(polnear: Path) -> None:
    result, scored = evaluate_corpus("polnear", polnear, Parts(extractor=Oracle({})), cut="cofenet", settings=QUICK)
    assert scored == []
    assert set(result.scores) == {
        f"{kind}.{part}" for kind in ("component", "component_trimmed") for part in ("source", "cue", "content")
    }
    assert result.scores["component.content"].gold == 1.5  # three pieces by one of two annotators
    assert "CofeNet" in result.title and "4 instances" in result.notes[0]


def test_worldwide(tmp_path: Path) -> None:
    write(tmp_path / "a.txt.tsv", "Ada\tB-Person\nleft\tO\nNorhaven\tB-Location\n")
    finder = Oracle({"Ada": "person", "Norhaven": "organization"})
    result, _ = evaluate_corpus("worldwide", tmp_path, Parts(name_finder=finder), settings=QUICK)
    assert result.metrics()["ner.f1"].value == 1 / 2
    assert result.metrics()["ner.person.f1"].value == 1


def test_gum_run(gum: Path) -> None:
    result, _ = evaluate_corpus("gum", gum, Parts(coreference=Oracle({"Mayor Lund": 1, "her": 1})), settings=QUICK)
    assert result.metrics()["b_cubed.f1"].value == 1
    assert result.metrics()["resolution.pronoun.f1"].value == 1


def test_gap_run(tmp_path: Path) -> None:
    row = "test-1\tWhen Ada met Eva, she smiled.\tshe\t18\tAda\t5\tTRUE\tEva\t13\tFALSE\thttp://example.org"
    path = write(tmp_path / "gap.tsv", f"{GAP_HEADER}\n{row}\n")
    right, _ = evaluate_corpus("gap", path, Parts(coreference=Oracle({"she": 1, "Ada": 1})), settings=QUICK)
    assert right.metrics()["gap.f1"].value == 1
    # Mentions that stand alone are not brought together by having no cluster.
    alone, _ = evaluate_corpus("gap", path, Parts(coreference=Oracle({})), settings=QUICK)
    assert alone.metrics()["gap.recall"].value == 0


def test_newsmtsc_run(tmp_path: Path) -> None:
    sentence = "Lund thanked Berg."
    targets = [{"from": 0, "to": 4, "polarity": 4}, {"from": 13, "to": 17, "polarity": 6}]
    path = write(tmp_path / "dev.jsonl", json.dumps({"sentence_normalized": sentence, "targets": targets}))
    scorer = Oracle({("Lund", sentence): (0.5, 0.1, 0.4), ("Berg", sentence): (0.7, 0.1, 0.2)})
    result, _ = evaluate_corpus("newsmtsc", path, Parts(stance_scorer=scorer), settings=QUICK)
    assert result.units == ("sentences", 1)
    assert result.metrics()["accuracy"].value == 1 / 2
    assert result.confusion is not None and result.confusion.counts == ((1, 0, 0), (0, 0, 0), (1, 0, 0))


def test_perspectrum_run_never_answers_neutral(tmp_path: Path) -> None:
    rows = [{"claim_id": 1, "claim": "Build it", "perspective": word, "stance": "support"} for word in ("Yes", "Maybe")]
    path = write(tmp_path / "dev.jsonl", "\n".join(map(json.dumps, rows)))
    scorer = Oracle({("Build it", "Yes"): (0.3, 0.1, 0.6), ("Build it", "Maybe"): (0.1, 0.2, 0.7)})
    result, _ = evaluate_corpus("perspectrum", path, Parts(stance_scorer=scorer), settings=QUICK)
    assert result.metrics()["accuracy"].value == 1 / 2
    assert result.metrics()["label.support.recall"].value == 1 / 2


def test_stances_run_judges_given_statements_on_each_target(tmp_path: Path) -> None:
    text = "Lund praised the port."
    write(tmp_path / "one.txt", text)
    statement = {"content": [[13, 21]], "cue": [[5, 12]], "source": [[0, 4]], "stance": ["support", None, "oppose"]}
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = {"doc": "one.txt", "sha256": digest, "targets": ["port", "ships", "closing"], "statements": [statement]}
    labels = write(tmp_path / "labels.jsonl", json.dumps(row))

    class Judge:
        def judge(self, article: Article, statements: Sequence[Statement]) -> list[str]:
            assert [stance.target for one in statements for stance in one.stance] == ["port", "closing"]
            return ["support", "neutral"]

    result, _ = evaluate_corpus("stances", tmp_path, Parts(stance_judge=Judge()), labels=labels, settings=QUICK)
    assert result.units == ("articles", 1)
    assert result.metrics()["accuracy"].value == 1 / 2
    with pytest.raises(SettingsError, match="--labels FILE goes with"):
        evaluate_corpus("stances", tmp_path, Parts(stance_judge=Judge()))


def test_corpus_options_are_checked(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no corpus 'polnaer'; there are polnear"):
        evaluate_corpus("polnaer", tmp_path, Parts())  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="cuts PolNeAR only"):
        evaluate_corpus("gum", tmp_path, Parts(), cut="cofenet")
    with pytest.raises(SettingsError, match="no cut 'sentence'"):
        evaluate_corpus("polnear", tmp_path, Parts(), cut="sentence")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="gap needs the part 'coreference'"):
        evaluate_corpus("gap", tmp_path, Parts())
    with pytest.raises(InputError, match="holds nothing to evaluate"):
        evaluate_corpus("newsmtsc", write(tmp_path / "empty.jsonl", ""), Parts(stance_scorer=Oracle({})))


def test_scoring_loads_no_model_code() -> None:
    modules = "agreement browser corpus_run run tables"
    code = (
        f"import sys; from onrecord_eval import {modules.replace(' ', ', ')}; "
        "print(*(sys.modules.keys() & {'torch', 'transformers', 'numpy', 'krippendorff'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_gold_against_itself_is_right_and_forms_add_up() -> None:
    result = evaluate_statements("itself", pair_up(gold(), gold()), QUICK)
    for name, estimate in result.metrics().items():
        assert estimate.value in (None, 1), name
    for name in ("content_exact", "content_iou", "linked", "speaker", "end_to_end"):
        by_form = [result.scores[f"{name}.{form}"] for form in ("direct", "indirect", "mixed")]
        assert result.scores[name].gold == sum(score.gold for score in by_form) == 2
        assert result.scores[name].predicted == sum(score.predicted for score in by_form) == 2
