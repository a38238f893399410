"""The commands that measure: ``evaluate`` and ``agreement``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.files.console import one_line_errors, say

if TYPE_CHECKING:
    from onrecord_eval.metrics import ScoredArticle
    from onrecord_eval.result import Evaluation

_GOLD = Path("data/gold/gold.jsonl")
_ARTICLES = Path("data/articles")


def evaluate(
    gold: Annotated[Path | None, typer.Option(help="Labelled statements, in the schema of the output.")] = None,
    pred: Annotated[Path | None, typer.Option(help="Statements to score; without it the pipeline is run.")] = None,
    articles: Annotated[Path | None, typer.Option(help="Folder of the articles.")] = None,
    corpus: Annotated[
        str | None,
        typer.Option(
            help="polnear, newswire, worldwide, conll2003, gum, gap, newsmtsc, perspectrum or stances, with its PATH."
        ),
    ] = None,
    path: Annotated[Path | None, typer.Argument(help="Folder or file of the corpus.")] = None,
    cut: Annotated[
        str, typer.Option(help="article, or cofenet for instances of CofeNet's kind (PolNeAR).")
    ] = "article",
    labels: Annotated[
        Path | None,
        typer.Option(help="Our labels of others' texts: data/newswire for --corpus newswire, data/stance for stances."),
    ] = None,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Only what training leaves out of PolNeAR's training split, or of GUM.")
    ] = False,
    model: Annotated[str, typer.Option(help="`small`, `base`, or a model folder.")] = "small",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, bf16 or fp32.")] = "auto",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as JSON.")] = None,
    errors: Annotated[Path | None, typer.Option(help="Write an error browser here (HTML).")] = None,
    fail_under: Annotated[
        list[str] | None, typer.Option(metavar="METRIC=VALUE", help="Exit with 1 if the figure is lower; repeatable.")
    ] = None,
) -> None:
    """Score the system against labels: without arguments, in a clone, against the gold set."""
    with one_line_errors():
        from onrecord_eval.result import check_floors, parse_floor
        from onrecord_eval.tables import evaluation_record, evaluation_table

        for floor in fail_under or ():
            parse_floor(floor)
        _check_together(corpus, path, gold, pred, errors, cut)
        for wanted in (json_file, errors):
            if wanted is not None and (wanted.is_dir() or not wanted.parent.is_dir()):
                raise OutputError(f"{wanted}: cannot be written; name a file in a folder that exists")
        if corpus is not None and path is not None:
            only = {"cut": cut, "labels": labels, "held_out": held_out}
            result, scored = _evaluate_corpus(corpus, path, only, (model, device, precision))
        else:
            result, scored = _evaluate_gold(gold, pred, articles, (model, device, precision))
        typer.echo(evaluation_table(result))
        say("What each figure means: docs/evaluation.md")
        if json_file is not None:
            _write(json_file, json.dumps(evaluation_record(result), indent=2, ensure_ascii=False) + "\n")
        if errors is not None:
            from onrecord_eval.browser import write_browser

            write_browser(errors, scored, result)
        if fallen := check_floors(result, fail_under or ()):
            for sentence in fallen:
                say(f"error: {sentence}")
            raise typer.Exit(1)


def _check_together(
    corpus: str | None, path: Path | None, gold: Path | None, pred: Path | None, errors: Path | None, cut: str
) -> None:
    if (corpus is None) != (path is None):
        raise SettingsError("--corpus NAME and the corpus's PATH go together: onrecord evaluate --corpus polnear DIR")
    if corpus is not None and (gold or pred):
        raise SettingsError("--corpus brings its own labels; leave out --gold and --pred")
    if pred is not None and gold is None:
        raise SettingsError("--pred needs --gold, the labels to score it against")
    if corpus is None and cut != "article":
        raise SettingsError("--cut is for --corpus polnear; leave it out")
    if errors is not None and corpus is not None:
        from onrecord_eval.registry import WHOLE, corpus_named

        if not corpus_named(corpus).shows_articles or cut != WHOLE:
            raise SettingsError(
                "--errors shows whole articles with statements: the gold set's, newswire's, or PolNeAR's without --cut"
            )


def _evaluate_corpus(
    corpus: str, path: Path, only: dict[str, Any], model: tuple[str, str, str]
) -> tuple[Evaluation, list[ScoredArticle]]:
    from onrecord_eval.registry import corpus_named, evaluate_corpus

    corpus_named(corpus).check(**only)

    from onrecord.pipeline import PipelineSettings
    from onrecord_eval.adapters import PipelineParts

    say(f"{corpus}: loading model {model[0]!r} …")

    def on_progress(done: int, every: int) -> None:
        if done % 100 == 0 or done == every:
            say(f"{corpus}: {done} of {every}")

    evaluated = evaluate_corpus(corpus, path, PipelineParts(PipelineSettings(*model)), on_progress=on_progress, **only)
    return evaluated.evaluation, list(evaluated.articles)


def _evaluate_gold(
    gold: Path | None, pred: Path | None, articles: Path | None, model: tuple[str, str, str]
) -> tuple[Evaluation, list[ScoredArticle]]:
    from onrecord_eval.run import evaluate_statements, pair_up, read_files

    labels = gold or _GOLD
    if gold is None and not labels.is_file():
        raise InputError(
            f"{labels}: not here; run this in a clone of onrecord, or give --gold and --articles or --pred"
        )
    if pred is not None:
        scored = read_files(labels, pred, articles)
        return evaluate_statements(f"{pred} against {labels}", scored), scored

    if articles is None and gold is not None:
        raise SettingsError("--gold needs --pred FILE to score, or --articles DIR to run the pipeline on")

    from onrecord.files.records import read_statements, read_texts
    from onrecord.pipeline import PipelineSettings
    from onrecord_eval.adapters import extract_folder

    folder = articles or _ARTICLES
    expected = list(read_statements(labels))
    targets = tuple(dict.fromkeys(stance.target for statement in expected for stance in statement.stance))
    say(f"extracting from {folder} with model {model[0]!r} …")
    found = extract_folder(folder, PipelineSettings(*model, targets=targets))
    scored = pair_up(expected, found, read_texts(folder, [*expected, *found]))
    return evaluate_statements(f"model {model[0]} on {folder} against {labels}", scored), scored


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


def agreement(
    first: Annotated[Path, typer.Argument(help="One labeller's statements.")],
    second: Annotated[Path, typer.Argument(help="Another's, of the same articles.")],
    articles: Annotated[Path | None, typer.Option(help="Folder of the articles, to check the spans against.")] = None,
) -> None:
    """Print how far two labellings agree."""
    with one_line_errors():
        from onrecord_eval.agreement import agreement_table

        typer.echo(agreement_table(first, second, articles))
