"""The command line: parses, checks options against each other, calls, prints. Nothing else happens here.

Exit status: 0 all went well, 1 something could not be read or written or a floor was missed, 2 wrong usage.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.bench import bench
from onrecord.cli.evaluate import agreement, evaluate
from onrecord.cli.labels import export, import_labels
from onrecord.cli.train import train
from onrecord.errors import InputError, SettingsError
from onrecord.files.console import one_line_errors, say, standard_output

if TYPE_CHECKING:
    from onrecord.reading import Input

app = typer.Typer(
    help="Who said what in news articles, and where they stand.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_SKIP = "Do not count articles that are nearly a copy of another."


def _print_version(wanted: bool) -> None:
    if wanted:
        from onrecord import __version__

        typer.echo(f"onrecord {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def extract(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…", help="Articles, folders or archives of them (docs/folders.md), or - for standard input."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write; standard output if not given.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", help="What the stance is towards; may be repeated.")
    ] = None,
    targets_file: Annotated[
        Path | None, typer.Option("--targets", metavar="FILE", help="Targets from a TOML file, see docs/stance.md.")
    ] = None,
    min_stance_score: Annotated[
        float | None, typer.Option(help="A stance less probable than this becomes `unclear`.")
    ] = None,
    model: Annotated[str, typer.Option(help="`small`, `base`, or a model folder.")] = "small",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, bf16 or fp32.")] = "auto",
    ner_model: Annotated[
        str | None, typer.Option(help="Find names with this token classifier (folder or hub id) instead.")
    ] = None,
    stance_model: Annotated[
        str | None, typer.Option(help="Tell the stance with another classifier (folder or hub id), see docs/stance.md.")
    ] = None,
    stance_label: Annotated[
        list[str] | None, typer.Option(metavar="LABEL=STANCE", help="What one of its labels means; may be repeated.")
    ] = None,
    glob: Annotated[
        list[str] | None, typer.Option("--glob", metavar="PATTERN", help="Read only such files; may be repeated.")
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Leave such files or folders out; may be repeated."),
    ] = None,
    text_field: Annotated[str, typer.Option(help="Where the text is in rows of JSON lines or Parquet.")] = "text",
    id_field: Annotated[str | None, typer.Option(help="What rows are called by; their number if not given.")] = None,
    save_text: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the texts that offsets count in, for --articles.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would be read, and stop.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Read this many articles at most.")] = None,
    people: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Names and ids of your own: a CSV file, see docs/speakers.md.")
    ] = None,
    skip_duplicates: Annotated[
        bool, typer.Option("--skip-duplicates", help="Leave out articles that are nearly a copy of another.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first article that can't be read.")] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Start anew where a stopped run of other articles or options lies.")
    ] = False,
    append_live: Annotated[
        bool, typer.Option("--append-live", help="Show provisional lines in the output while the run goes on.")
    ] = False,
    shard_size: Annotated[int, typer.Option(min=1, help="Articles that are finished, and resumed, together.")] = 32,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Processor threads; all cores if not given, one a process with Ray.")
    ] = None,
    engine: Annotated[str, typer.Option(help="local, or ray for many processes, see docs/scaling.md.")] = "local",
    address: Annotated[
        str | None, typer.Option(help="The Ray cluster to run on (host:port or auto); this machine if not given.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, errors only.")] = False,
) -> None:
    """Write one JSON line for every statement in the articles."""
    with one_line_errors():
        from onrecord.reading import ReadSettings, find_inputs
        from onrecord.targets.target import Target, read_targets

        if "" in paths:
            raise SettingsError("a path is empty; name a file, a folder, or - for standard input")
        output = None if output == Path("-") else output
        listed = () if targets_file is None else read_targets(targets_file)
        asked: tuple[str | Target, ...] = (*dict.fromkeys(target or ()), *listed)
        meanings = tuple(_meaning(label) for label in stance_label or ())
        if not asked and (stance_model or min_stance_score is not None):
            raise SettingsError("there is no target to tell the stance towards; name one with --target or --targets")
        reading = ReadSettings(tuple(glob or ()), tuple(exclude or ()), text_field, id_field)
        if save_text is not None:
            for path in paths:
                if path != "-" and save_text.resolve().is_relative_to(Path(path).resolve()):
                    raise SettingsError(f"{save_text} lies in {path}, which is read; choose another with --save-text")
        inputs = find_inputs([Path(path) for path in paths], reading)[:limit]
        if dry_run:
            _list(inputs)
            return
        from onrecord.runs.progress import choose_monitor

        with choose_monitor(quiet, output is not None) as monitor:
            if output is not None:
                monitor.say(f"{len(inputs)} article{'s' if len(inputs) > 1 else ''}; loading model {model!r} …")

            from onrecord.pipeline import PipelineSettings
            from onrecord.runs.run import RunSettings, companion, run

            settings = PipelineSettings(
                model,
                device,
                precision,
                targets=asked,
                ner_model=ner_model,
                stance_model=stance_model,
                stance_labels=meanings,
                min_stance_score=min_stance_score,
            )
            run_settings = RunSettings(
                output,
                shard_size,
                people,
                skip_duplicates,
                strict,
                restart,
                append_live,
                engine,
                address,
                threads,
                save_text,
            )
            result = run(inputs, settings, run_settings, standard_output(), monitor)
        if output is not None and not quiet:
            if result.duplicates:
                what = "left out" if skip_duplicates else "marked as meta.duplicate_of"
                are = "article is" if result.duplicates == 1 else "articles are"
                say(f"{result.duplicates} {are} nearly a copy of another: {what}")
            read = f"{result.articles} article{'s' if result.articles > 1 else ''}"
            say(f"{result.statements} statements of {read} in {output} ({result.seconds:.1f} s)")
        if result.failed:
            where = "see above" if output is None else f"see {companion(output, 'errors.jsonl')}"
            say(f"skipped {result.failed} of {len(inputs)}, {where}")
            raise typer.Exit(1)


def _list(inputs: list[Input]) -> None:
    from onrecord.reading.listing import listing, summary

    stream = standard_output()
    stream.writelines(f"{line}\n" for line in listing(inputs))
    stream.flush()
    faults = [item.fault for item in inputs if item.fault is not None]
    for fault in faults:
        say(fault)
    say(summary(inputs))
    if faults:
        raise typer.Exit(1)


def _meaning(text: str) -> tuple[str, str]:
    label, _, stance = text.rpartition("=")
    if not label:
        raise SettingsError(f"--stance-label {text}: write the model's label and what it means, as LABEL_0=oppose")
    return label, stance


@app.command()
def show(
    statements: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `onrecord extract` wrote.")],
    limit: Annotated[int | None, typer.Option(min=1, help="Show this many statements at most.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Whole statements, however long.")] = False,
) -> None:
    """Show a statements file as a table: who said what, and with which stance."""
    with one_line_errors():
        from onrecord.files.records import read_statements
        from onrecord.tables.statements import statement_table

        stream = standard_output()
        for line in statement_table(read_statements(statements), limit, full):
            stream.write(f"{line}\n")
        stream.flush()


@app.command()
def speakers(
    statements: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `onrecord extract` wrote.")],
    sort: Annotated[str, typer.Option(help="statements, articles, name or stance.")] = "statements",
    limit: Annotated[int | None, typer.Option(min=1, help="Show this many speakers at most.")] = None,
    target: Annotated[str | None, typer.Option(help="Show the stance towards this target alone.")] = None,
    unnamed: Annotated[bool, typer.Option("--unnamed", help="List the speakers without a name, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines with all fields, the unnamed included.")] = False,
    skip_duplicates: Annotated[bool, typer.Option("--skip-duplicates", help=_SKIP)] = False,
) -> None:
    """Show who spoke: how often, in how many articles, and with which stance."""
    with one_line_errors():
        from onrecord.files.records import read_statements, without_duplicates
        from onrecord.queries.speakers import SpeakerQueries
        from onrecord.queries.store import Store
        from onrecord.tables.speakers import json_lines, speaker_table

        stream = standard_output()
        read = read_statements(statements)
        with Store(without_duplicates(read) if skip_duplicates else read) as store:
            queries = SpeakerQueries(store)
            table = speaker_table(queries, sort, limit, target, unnamed)
            for line in json_lines(queries, sort, limit, target) if as_json else table:
                stream.write(f"{line}\n")
        stream.flush()


@app.command()
def clusters(
    statements: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `onrecord extract` wrote.")],
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Only those whose words are given to different speakers.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Show this many clusters at most.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Whole statements, however long, and all of them.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines with all fields.")] = False,
    skip_duplicates: Annotated[bool, typer.Option("--skip-duplicates", help=_SKIP)] = False,
) -> None:
    """Show statements that share their words: who cut them, and who gives them to somebody else."""
    with one_line_errors():
        from onrecord.files.records import read_statements, without_duplicates
        from onrecord.queries.clusters import ClusterQueries
        from onrecord.queries.store import Store
        from onrecord.tables.clusters import cluster_table, json_lines

        stream = standard_output()
        read = read_statements(statements)
        with Store(without_duplicates(read) if skip_duplicates else read) as store:
            queries = ClusterQueries(store)
            found = queries.clusters(conflicts, limit)
            for line in json_lines(found) if as_json else cluster_table(found, queries, full):
                stream.write(f"{line}\n")
        stream.flush()


@app.command()
def targets(
    statements: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `onrecord extract` wrote.")],
    limit: Annotated[int, typer.Option(min=1, help="Propose this many at most.")] = 20,
    at_least: Annotated[int, typer.Option(min=1, help="Leave out what fewer statements have.")] = 2,
    as_toml: Annotated[bool, typer.Option("--toml", help="A file for `extract --targets`, to choose from.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines with all examples.")] = False,
    skip_duplicates: Annotated[bool, typer.Option("--skip-duplicates", help=_SKIP)] = False,
) -> None:
    """Propose targets: what most statements are about, with counts and examples, for you to choose from."""
    with one_line_errors():
        from onrecord.files.records import read_statements, without_duplicates
        from onrecord.targets.mining import proposal_lines, proposal_table, proposal_toml, propose_targets

        if as_toml and as_json:
            raise SettingsError("--toml and --json: give one of them")
        if statements.is_dir():
            raise InputError(
                f"{statements}: a folder; read it first: onrecord extract {statements} -o statements.jsonl"
            )
        keep = without_duplicates if skip_duplicates else iter
        found = propose_targets(lambda: keep(read_statements(statements)), limit, at_least)
        stream = standard_output()
        write = proposal_toml if as_toml else proposal_lines if as_json else proposal_table
        for line in write(found):
            stream.write(f"{line}\n")
        stream.flush()


@app.command()
def report(
    statements: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `onrecord extract` wrote.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A new or empty folder for the report.")],
    articles: Annotated[
        Path | None, typer.Option(help="Folder of the articles; without it, statements are shown alone.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the report that the folder holds.")] = False,
    skip_duplicates: Annotated[bool, typer.Option("--skip-duplicates", help=_SKIP)] = False,
) -> None:
    """Write a site for reading: who said what, in which words, and what others make of them (docs/report.md)."""
    with one_line_errors():
        from onrecord.files.records import read_statements, without_duplicates
        from onrecord.report.site import write_report

        read = read_statements(statements)
        made = write_report(without_duplicates(read) if skip_duplicates else read, output, articles, force)
        if articles is None:
            say("made without --articles: statements are shown, the articles' texts are not")
        what = f"{made.statements} statement{'' if made.statements == 1 else 's'}"
        say(f"{what} of {made.articles} article{'' if made.articles == 1 else 's'}: open {output / 'index.html'}")


app.command()(export)
app.command("import")(import_labels)
app.command()(evaluate)
app.command()(agreement)
app.command()(bench)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the output lines."""
    with one_line_errors():
        from onrecord.files.records import json_schema

        standard_output().write(json.dumps(json_schema(), indent=2) + "\n")


@app.command()
def fetch(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="`base`; `small` needs nothing.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="Take the encoder from this model.safetensors, without a network.")
    ] = None,
) -> None:
    """Download the encoder that a model needs, once; it is checked and kept in your cache folder."""
    with one_line_errors():
        from onrecord_models.fetching import fetch_encoder

        if model == "small":
            say("small: comes with onrecord, nothing to fetch")
        elif model == "base":
            say(f"base: encoder ready in {fetch_encoder(source, say)}")
        else:
            raise SettingsError(f"no model {model!r} to fetch; there is `base`")


app.add_typer(train, name="train")
