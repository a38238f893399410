"""The commands that read a statements file, from ``speakers`` to ``report``; ``show`` has a module of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.options import SkipDuplicates, Statements
from onrecord.errors import SettingsError
from onrecord.files.console import counted, one_line_errors, say, standard_output

if TYPE_CHECKING:
    from onrecord.document import Statement

_Json = Annotated[bool, typer.Option("--json", help="Print JSON lines with every field.")]


def _read(path: Path, skip_duplicates: bool) -> Iterator[Statement]:
    from onrecord.files.records import read_statements, without_duplicates

    statements = read_statements(path)
    return without_duplicates(statements) if skip_duplicates else statements


def _print(lines: Iterable[str]) -> None:
    stream = standard_output()
    for line in lines:
        stream.write(f"{line}\n")
    stream.flush()


def speakers(
    statements: Statements,
    sort: Annotated[
        str, typer.Option(metavar="KEY", help="Order of the speakers: statements, articles, name or stance.")
    ] = "statements",
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Show only the first N speakers.")] = None,
    target: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Show only the stance towards this target.")
    ] = None,
    unnamed: Annotated[bool, typer.Option("--unnamed", help="Include speakers without a name.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON lines with every field, including speakers without a name.")
    ] = False,
    skip_duplicates: SkipDuplicates = False,
) -> None:
    """Show who spoke: how often, in how many articles, and with which stance."""
    with one_line_errors():
        from onrecord.queries.speakers import SpeakerQueries
        from onrecord.queries.store import Store
        from onrecord.tables.speakers import json_lines, speaker_table

        with Store(_read(statements, skip_duplicates)) as store:
            queries = SpeakerQueries(store)
            table = speaker_table(queries, sort, limit, target, unnamed)
            _print(json_lines(queries, sort, limit, target) if as_json else table)


def positions(
    statements: Statements,
    target: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Show only the side taken towards this target.")
    ] = None,
    by_article: Annotated[
        bool, typer.Option("--by-article", help="Show the side taken in each article, not in all of them together.")
    ] = False,
    min_score: Annotated[
        float | None, typer.Option(metavar="P", help="Show a side as unclear if its probability is below P, 0 to 1.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Include speakers who take no side, and speakers without a name.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Show only the first N positions.")] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL", help="Model that judged the stances, if it has weights of its own for positions."
        ),
    ] = None,
    as_json: _Json = False,
    skip_duplicates: SkipDuplicates = False,
) -> None:
    """Show where speakers stand: the side that all their statements towards a target add up to."""
    with one_line_errors():
        from onrecord.positions.model import load_position_model
        from onrecord.queries.positions import PositionQueries
        from onrecord.queries.speakers import SpeakerQueries
        from onrecord.queries.store import Store
        from onrecord.tables.positions import Shown, json_lines, position_table

        weights = load_position_model(_stance_folder(model) if model else None)
        shown = Shown(target=target, by_article=by_article, min_score=min_score, every=every, limit=limit)
        with Store(_read(statements, skip_duplicates)) as store:
            queries = PositionQueries(store, SpeakerQueries(store), weights)
            _print(json_lines(queries, shown) if as_json else position_table(queries, shown))


def _stance_folder(model: str) -> Path:
    """The model folder whose stance model a model uses; this imports torch."""
    from onrecord_models.loading import model_folder, part_folder

    return part_folder(model_folder(model), "stance")


def clusters(
    statements: Statements,
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Show only clusters whose words are attributed to different speakers.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Show only the first N clusters.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Print every statement of each cluster, in full.")] = False,
    as_json: _Json = False,
    skip_duplicates: SkipDuplicates = False,
) -> None:
    """Show statements that share their words: who shortens them, and who attributes them to somebody else."""
    with one_line_errors():
        from onrecord.queries.clusters import ClusterQueries
        from onrecord.queries.store import Store
        from onrecord.tables.clusters import cluster_table, json_lines

        with Store(_read(statements, skip_duplicates)) as store:
            queries = ClusterQueries(store)
            found = queries.clusters(conflicts, limit)
            _print(json_lines(found) if as_json else cluster_table(found, queries, full))


def targets(
    statements: Statements,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Propose at most N targets.")] = 20,
    at_least: Annotated[
        int, typer.Option(min=1, metavar="N", help="Leave out targets with fewer than N statements.")
    ] = 2,
    as_toml: Annotated[
        bool, typer.Option("--toml", help="Print a file for `extract --targets`, to choose from.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines with every example.")] = False,
    skip_duplicates: SkipDuplicates = False,
) -> None:
    """Propose targets to choose from: what statements are most often about, with counts and examples."""
    with one_line_errors():
        from onrecord.targets.mining import proposal_lines, proposal_table, proposal_toml, propose_targets

        if as_toml and as_json:
            raise SettingsError("--toml and --json cannot be combined; use one of them")
        found = propose_targets(lambda: _read(statements, skip_duplicates), limit, at_least)
        write = proposal_toml if as_toml else proposal_lines if as_json else proposal_table
        _print(write(found))


def report(
    statements: Statements,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            show_default=False,
            help="Folder for the report: new, empty, or with --force an old report.",
        ),
    ],
    articles: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the articles; without it, only texts kept beside FILE are shown."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a report that is already in the folder.")] = False,
    title: Annotated[str | None, typer.Option(metavar="TEXT", show_default=False, help="Title of the report.")] = None,
    count_copies: Annotated[
        bool, typer.Option("--count-copies", help="Count what near copies of an article repeat each time, not once.")
    ] = False,
    skip_duplicates: SkipDuplicates = False,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", show_default=False, help="Processes that write pages: by default, one for each core."
        ),
    ] = None,
) -> None:
    """Write a site to read in the browser: who said what, in which words, and how other articles report it."""
    with one_line_errors():
        from onrecord.files.article_texts import ArticleTexts
        from onrecord.files.records import read_statements
        from onrecord.report.run_record import read_run_record
        from onrecord.report.site import write_report

        texts = ArticleTexts(statements, articles)
        made = write_report(
            read_statements(statements),
            *(output, texts, force),
            title=title,
            record=read_run_record(statements),
            count_copies=count_copies,
            skip_duplicates=skip_duplicates,
            processes=processes,
        )
        if made.without_text:
            some = "" if made.without_text == made.articles else f" of {counted(made.without_text, 'article')}"
            say(f"the report shows statements only{some}; add --articles DIR to include the articles' texts")
        contents = f"{counted(made.statements, 'statement')} from {counted(made.articles, 'article')}"
        say(f"{contents}: open {output / 'index.html'}")
