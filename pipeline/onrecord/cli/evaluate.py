"""The commands that measure: ``evaluate`` and ``agreement``."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onrecord.cli.options import Device, Model, Precision
from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.files.console import one_line_errors, say

if TYPE_CHECKING:
    from onrecord_eval.metrics.result import Evaluation
    from onrecord_eval.metrics.statements import ScoredArticle

_GOLD = Path("data/gold/gold.jsonl")
_ARTICLES = Path("data/articles")


_own = partial(typer.Option, rich_help_panel="Your own labels")
_corpus = partial(typer.Option, rich_help_panel="Public corpora")
_results = partial(typer.Option, rich_help_panel="Results")


def evaluate(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="PATH", show_default=False, help="Folder or file of the corpus; needs --corpus."),
    ] = None,
    gold: Annotated[Path | None, _own(metavar="FILE", help="Labelled statements, in the format of `extract`.")] = None,
    pred: Annotated[
        Path | None, _own(metavar="FILE", help="Statements to score; by default, the model extracts them.")
    ] = None,
    articles: Annotated[Path | None, _own(metavar="DIR", help="Folder of the labelled articles.")] = None,
    corpus: Annotated[
        str | None,
        _corpus(
            metavar="NAME",
            help="Score on the corpus at PATH: polnear, newswire, articles, acts, worldwide, conll2003, gum, gap, "
            "newsmtsc, perspectrum, speakers, audit, stances, positions or pages.",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        _corpus(
            metavar="FILE",
            help="Labels for newswire, articles, acts, speakers, audit, stances or positions: a file below data/.",
        ),
    ] = None,
    cut: Annotated[
        str,
        _corpus(
            metavar="CUT", help="Score PolNeAR in whole articles (article), or in paragraphs as CofeNet (cofenet)."
        ),
    ] = "article",
    held_out: Annotated[
        bool, _corpus("--held-out", help="Score only what training leaves out; for polnear (its train split) and gum.")
    ] = False,
    model: Model = "small",
    device: Device = "auto",
    precision: Precision = "auto",
    json_file: Annotated[Path | None, _results("--json", metavar="FILE", help="Write every figure as JSON.")] = None,
    errors: Annotated[
        Path | None, _results(metavar="FILE", help="Write an HTML page that shows what was missed or wrong.")
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        _results(metavar="METRIC=VALUE", help="Exit with status 1 if the figure is lower; may be repeated."),
    ] = None,
) -> None:
    """Score a model against labels; without options, in a clone of onrecord, against its gold set."""
    with one_line_errors():
        from onrecord.tables.text import terminal_width
        from onrecord_eval.metrics.result import check_floors, parse_floor
        from onrecord_eval.tables import evaluation_record, evaluation_table

        for floor in fail_under or ():
            parse_floor(floor)
        _check_together(corpus, path, gold, pred, errors, cut)
        for wanted in (json_file, errors):
            if wanted is not None:
                _make_place(wanted)
        choice = {"model": model, "device": device, "precision": precision}
        if corpus is not None and path is not None:
            only = {"cut": cut, "labels": labels, "held_out": held_out}
            result, scored = _evaluate_corpus(corpus, path, only, choice)
        else:
            result, scored = _evaluate_gold(gold, pred, articles, choice)
        typer.echo(evaluation_table(result, terminal_width(80, 100)))
        if gold is not None and (doubt := _doubt(gold, result)) is not None:
            say(f"warning: {doubt}")
        if json_file is not None:
            _write(json_file, json.dumps(evaluation_record(result), indent=2, ensure_ascii=False) + "\n")
        if errors is not None:
            from onrecord_eval.browser import write_browser

            write_browser(errors, scored, result)
        if fallen := check_floors(result, fail_under or ()):
            for sentence in fallen:
                say(f"error: {sentence}")
            raise typer.Exit(1)


def _make_place(path: Path) -> None:
    """Makes the folder of a file that is written in the end, so that a fault shows before the work is done."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); choose another place for it") from error


def _doubt(gold: Path, result: Evaluation) -> str | None:
    """Why the labels may not be labels: they are what `extract` wrote, or nothing differs from them."""
    from onrecord.files.records import read_statements

    sure = [statement.confidence is not None for statement in read_statements(gold)]
    if sure and all(sure):
        return (
            f"every statement in {gold} has a confidence, as `extract` writes it: that is a model's output, not "
            "labels, and the scores say nothing about quality"
        )
    if result.scores and all(score.f1.value == 1 for score in result.scores.values()):
        return f"nothing differs from {gold}: are these predictions the labels themselves?"
    return None


def _check_together(
    corpus: str | None, path: Path | None, gold: Path | None, pred: Path | None, errors: Path | None, cut: str
) -> None:
    if (corpus is None) != (path is None):
        raise SettingsError("--corpus needs the PATH of the corpus, and PATH needs --corpus: --corpus polnear DIR")
    if corpus is not None and (gold or pred):
        raise SettingsError("--corpus has labels of its own; leave out --gold and --pred")
    if pred is not None and gold is None:
        raise SettingsError("--pred needs --gold FILE, the labels to score it against")
    if corpus is None and cut != "article":
        raise SettingsError("--cut applies to --corpus polnear only; leave it out")
    if errors is not None and corpus is not None:
        from onrecord_eval.registry import WHOLE, corpus_named

        if not corpus_named(corpus).shows_articles or cut != WHOLE:
            raise SettingsError(
                "--errors needs whole articles with statements: the gold set, newswire, or polnear without --cut"
            )


def _evaluate_corpus(
    corpus: str, path: Path, only: dict[str, Any], choice: dict[str, str]
) -> tuple[Evaluation, list[ScoredArticle]]:
    from onrecord_eval.registry import corpus_named, evaluate_corpus

    corpus_named(corpus).check(**only)

    from onrecord.pipeline import PipelineSettings
    from onrecord_eval.adapters import PipelineParts

    if corpus_named(corpus).needs_model:
        say(f"{corpus}: loading model {choice['model']!r} …")

    def on_progress(done: int, total: int) -> None:
        if done % 100 == 0 or done == total:
            say(f"{corpus}: {done:,} of {total:,}")

    parts = PipelineParts(PipelineSettings(**choice))  # type: ignore[arg-type]
    evaluated = evaluate_corpus(corpus, path, parts, on_progress=on_progress, **only)
    return evaluated.evaluation, list(evaluated.articles)


def _evaluate_gold(
    gold: Path | None, pred: Path | None, articles: Path | None, choice: dict[str, str]
) -> tuple[Evaluation, list[ScoredArticle]]:
    from onrecord_eval.run import evaluate_statements, pair_up, read_files

    labels = gold or _GOLD
    if gold is None and not labels.is_file():
        raise InputError(
            f"{labels}: no such file; run this in a clone of onrecord, or add --gold with --articles or --pred"
        )
    if pred is not None:
        scored = read_files(labels, pred, articles)
        return evaluate_statements(f"{pred} against {labels}", scored), scored

    if articles is None and gold is not None:
        raise SettingsError("--gold needs --pred FILE to score, or --articles DIR to extract statements from")

    from onrecord.files.records import read_statements, read_texts
    from onrecord.pipeline import PipelineSettings
    from onrecord_eval.adapters import extract_folder

    folder = articles or _ARTICLES
    expected = list(read_statements(labels))
    targets = tuple(dict.fromkeys(stance.target for statement in expected for stance in statement.stance))
    say(f"extracting statements from {folder} with model {choice['model']!r} …")
    found = extract_folder(folder, PipelineSettings(**choice, targets=targets))  # type: ignore[arg-type]
    scored = pair_up(expected, found, read_texts(folder, [*expected, *found]))
    return evaluate_statements(f"model {choice['model']} on {folder} against {labels}", scored), scored


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); choose another place for it") from error


def agreement(
    first: Annotated[
        Path, typer.Argument(metavar="FIRST", show_default=False, help="Statements that one annotator labelled.")
    ],
    second: Annotated[
        Path,
        typer.Argument(
            metavar="SECOND", show_default=False, help="Statements that another labelled in the same articles."
        ),
    ],
    articles: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the articles, to check the labels' positions.")
    ] = None,
) -> None:
    """Print how far two annotators' labels agree."""
    with one_line_errors():
        from onrecord_eval.agreement import agreement_table

        typer.echo(agreement_table(first, second, articles))
