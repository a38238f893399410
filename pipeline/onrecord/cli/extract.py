"""The command ``extract``: its options, and what it prints. `extract_folder` does the work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from onrecord.cli.options import takes
from onrecord.cli.project import DEFAULT, choose_project, project_of
from onrecord.errors import SettingsError
from onrecord.files.console import counted, is_logged, say, standard_output
from onrecord_models.labels import STANCES

if TYPE_CHECKING:
    from onrecord.cli.project import Project
    from onrecord.runs.settings import RunResult
    from onrecord.targets.target import Target

_FEW_TARGETS: Final = 5

_input = partial(typer.Option, rich_help_panel="Input")
_stance = partial(typer.Option, rich_help_panel="Stance")
_statements = partial(typer.Option, rich_help_panel="Statements")
_model = partial(typer.Option, rich_help_panel="Models")
_output = partial(typer.Option, rich_help_panel="Output")
_run = partial(typer.Option, rich_help_panel="Run")


def _field(what: str) -> Any:
    """The option that names the column or field of rows that holds ``what``."""
    return _input(metavar="NAME", help=f"Column or field that holds {what}; by default, it is guessed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractOptions:
    """The options of ``onrecord extract``, as they were given or as the project's settings file has them."""

    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            show_default=False,
            help="Articles as text, web pages, documents, tables or rows; folders or archives of them; or - for "
            "standard input.",
        ),
    ] = None

    config: Annotated[
        Path | None,
        _input(
            metavar="FILE",
            is_eager=True,
            callback=choose_project,
            help="Settings file to use; by default onrecord.toml in this folder, if there is one (`onrecord init`).",
        ),
    ] = None
    glob: Annotated[
        list[str] | None, _input(metavar="PATTERN", help="Read only files that match PATTERN; may be repeated.")
    ] = None
    exclude: Annotated[
        list[str] | None,
        _input(metavar="PATTERN", help="Leave out files and folders that match PATTERN; may be repeated."),
    ] = None
    text_field: Annotated[str | None, _field("a row's text")] = None
    title_field: Annotated[str | None, _field("the title")] = None
    date_field: Annotated[str | None, _field("the date")] = None
    outlet_field: Annotated[str | None, _field("the outlet")] = None
    url_field: Annotated[str | None, _field("the URL")] = None
    id_field: Annotated[
        str | None, _input(metavar="NAME", help="Field that holds the row's id; by default, rows are numbered.")
    ] = None
    meta: Annotated[
        Path | None,
        _input(metavar="FILE", help="Take titles, dates, outlets and URLs from this CSV file (doc,title,…)."),
    ] = None
    path_meta: Annotated[
        str | None,
        _input(metavar="PATTERN", help="Take them from the articles' paths, for instance {outlet}/{date}/*."),
    ] = None
    limit: Annotated[int | None, _input(min=1, metavar="N", help="Read only the first N articles.")] = None
    skip_duplicates: Annotated[
        bool, _input("--skip-duplicates", help="Leave out articles that are near copies of another.")
    ] = False
    dry_run: Annotated[bool, _input("--dry-run", help="List the articles that would be read, and stop.")] = False

    target: Annotated[
        list[str] | None, _stance(metavar="TEXT", help="Judge each statement's stance towards TEXT; may be repeated.")
    ] = None
    targets: Annotated[
        Path | None, _stance(metavar="FILE", help="Read targets, and other names for them, from a TOML file.")
    ] = None
    min_stance_score: Annotated[
        float | None, _stance(metavar="P", help="Report stances with a probability below P as `unclear`.")
    ] = None

    min_speaker_score: Annotated[
        float | None,
        typer.Option(
            rich_help_panel="Speakers", metavar="P", help="Leave speakers unnamed whose probability is below P."
        ),
    ] = None

    only: Annotated[
        list[str] | None,
        _statements(
            metavar="ACT",
            help="Keep only statements that report this act: expressed, attitude or decision; may be repeated.",
        ),
    ] = None
    min_confidence: Annotated[
        float | None, _statements(metavar="P", help="Leave out statements whose confidence is below P.")
    ] = None

    model: Annotated[
        str,
        _model(
            metavar="MODEL", help="small, base, auto (base if it is fetched and a target is given), or a model folder."
        ),
    ] = "small"
    ner_model: Annotated[
        str | None, _model(metavar="MODEL", help="Find names with this token classifier (folder or Hugging Face id).")
    ] = None
    stance_model: Annotated[
        str | None,
        _model(metavar="MODEL", help="Judge stances with this text-pair classifier (folder or Hugging Face id)."),
    ] = None
    stance_label: Annotated[
        list[str] | None,
        _model(
            metavar="LABEL=STANCE",
            help="What a label of --stance-model means, such as LABEL_0=oppose; may be repeated.",
        ),
    ] = None
    device: Annotated[str, _model(metavar="DEVICE", help="auto, cpu or cuda.")] = "auto"
    precision: Annotated[str, _model(metavar="PRECISION", help="auto, bf16, int8 or fp32.")] = "auto"

    output: Annotated[
        Path | None,
        _output("--output", "-o", metavar="FILE", help="File to write; by default, lines go to standard output."),
    ] = None
    people: Annotated[
        Path | None,
        _output(metavar="FILE", help="Use the speakers' names and ids from this CSV file or list of people."),
    ] = None
    keep_texts: Annotated[
        bool,
        _output(
            "--texts/--no-texts",
            help="Keep the texts of web pages, rows and documents beside the output, for `report` and `export`.",
        ),
    ] = True
    save_text: Annotated[
        Path | None,
        _output(metavar="DIR", help="Also save the text of every article in DIR, as a text file."),
    ] = None
    append_live: Annotated[
        bool, _output("--append-live", help="Write provisional lines to the output file during the run.")
    ] = False

    strict: Annotated[bool, _run("--strict", help="Stop at the first article that cannot be read.")] = False
    restart: Annotated[
        bool, _run("--restart", help="Discard an interrupted run of other articles or options, and start again.")
    ] = False
    shard_size: Annotated[
        int, _run(min=1, metavar="N", help="Number of articles in a shard, the unit that is saved and resumed.")
    ] = 32
    threads: Annotated[
        int | None,
        _run(min=1, metavar="N", help="Processor threads; by default all, or with Ray one per process."),
    ] = None
    engine: Annotated[str, _run(metavar="ENGINE", help="local, or ray for many processes or machines.")] = "local"
    address: Annotated[
        str | None,
        _run(metavar="ADDRESS", help="Ray cluster to run on: host:port or auto; by default, this machine."),
    ] = None
    quiet: Annotated[bool, _run("--quiet", "-q", help="Print errors only, no progress.")] = False


@takes(ExtractOptions)
def extract(options: ExtractOptions, context: typer.Context) -> None:
    """Write one JSON line for every statement in the articles: who said what, and where they stand."""
    targets, stance_labels = _check(options, project_of(context))
    if options.dry_run:
        _list_articles(options)
    else:
        if targets and not options.quiet and (advice := _advice(options)) is not None:
            say(advice)
        _summarise(options, _extract(options, targets, stance_labels))


def _advice(options: ExtractOptions) -> str | None:
    """What there is to know of the model that judges stances, if a better one may be had."""
    from onrecord_models.fetching import encoder_file

    if options.stance_model is not None or options.model not in {"small", "auto"}:
        return None
    if not encoder_file().is_file():
        how = "`onrecord fetch base` gets it once (438 MB)" + (
            "" if options.model == "auto" else ", then add --model auto"
        )
        return f"the model base judges stances better than small; {how}"
    if options.model == "small":
        return "the model base judges stances better than small, and is here; add --model base, which takes longer"
    return "the model is base, as a target is given"


def _check(options: ExtractOptions, project: Project | None) -> tuple[list[str | Target], dict[str, str]]:
    """The targets and the meanings of stance labels that the options give.

    Raises:
        SettingsError: an option is malformed.
    """
    from onrecord.targets.target import Target, read_targets

    if not options.paths:
        raise SettingsError(f"name what to read: files, folders, or - for standard input; or `paths` in {DEFAULT}")
    if "" in options.paths:
        raise SettingsError("a path is empty; name a file, a folder, or - for standard input")
    if project is not None and not options.quiet:
        say(f"settings from {project.path}")
    stance_labels = {}
    for text in options.stance_label or ():
        label, _, stance = text.rpartition("=")
        if not label or stance not in STANCES:
            raise SettingsError(
                f"--stance-label is {text!r}; expected LABEL=STANCE, such as LABEL_0=oppose, with one of "
                f"{', '.join(STANCES)}"
            )
        stance_labels[label] = stance
    given: dict[str, list[Path]] = {} if project is None else project.files
    targets: list[str | Target] = []
    if options.target or options.targets:  # on the command line, which wins
        if options.targets is not None:
            given = {**given, "the file given with --targets": [options.targets]}
        targets += dict.fromkeys(options.target or ())
        targets += () if options.targets is None else read_targets(options.targets)
    elif project is not None:
        targets += project.targets
    names = [(Target(target) if isinstance(target, str) else target).name for target in targets]  # building checks it
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SettingsError(f"the target {twice!r} is given twice; leave one of them out")
    output = _output_file(options)
    if output is not None and given:
        from onrecord.runs.output import refuse_overwriting

        refuse_overwriting(output, given)
    return targets, stance_labels


def _list_articles(options: ExtractOptions) -> None:
    from onrecord.reading import ReadSettings, discover
    from onrecord.reading.listing import left_out_line, listing, summary

    reading = ReadSettings(
        glob=tuple(options.glob or ()),
        exclude=tuple(options.exclude or ()),
        text_field=options.text_field,
        id_field=options.id_field,
        title_field=options.title_field,
        date_field=options.date_field,
        outlet_field=options.outlet_field,
        url_field=options.url_field,
        meta=options.meta,
        path_meta=options.path_meta,
    )
    found = discover([Path(path) for path in options.paths or ()], reading)
    inputs = found.inputs[: options.limit]
    stream = standard_output()
    stream.writelines(f"{line}\n" for line in listing(inputs))
    stream.flush()
    faults = [item.fault for item in inputs if item.fault is not None]
    for line in (*faults, *found.notes, summary(inputs), left_out_line(found.left_out)):
        if line is not None:
            say(line)
    if faults:
        raise typer.Exit(1)


def _extract(options: ExtractOptions, targets: list[str | Target], stance_labels: dict[str, str]) -> RunResult:
    from onrecord.runs.extraction import extract_folder
    from onrecord.runs.progress import Silent, choose_monitor

    to_file = _output_file(options) is not None
    # The log has all that a monitor shows.
    with Silent() if is_logged() else choose_monitor(options.quiet, to_file) as monitor:
        return extract_folder(
            options.paths or (),
            _output_file(options),
            targets=targets,
            min_stance_score=options.min_stance_score,
            min_speaker_score=options.min_speaker_score,
            only=options.only or (),
            min_confidence=options.min_confidence,
            model=options.model,
            device=options.device,
            precision=options.precision,
            ner_model=options.ner_model,
            stance_model=options.stance_model,
            stance_labels=stance_labels,
            glob=options.glob or (),
            exclude=options.exclude or (),
            text_field=options.text_field,
            id_field=options.id_field,
            title_field=options.title_field,
            date_field=options.date_field,
            outlet_field=options.outlet_field,
            url_field=options.url_field,
            meta=options.meta,
            path_meta=options.path_meta,
            limit=options.limit,
            people=options.people,
            skip_duplicates=options.skip_duplicates,
            strict=options.strict,
            keep_texts=options.keep_texts,
            save_text=options.save_text,
            restart=options.restart,
            append_live=options.append_live,
            shard_size=options.shard_size,
            threads=options.threads,
            engine=options.engine,
            address=options.address,
            on_progress=monitor,
        )


def _about(result: RunResult) -> Iterator[str]:
    """How many articles speak of each target. Of many targets, only those that none does."""
    for name, found in result.targets.items():
        articles = counted(found.articles, "article")
        if not found.about:
            yield (
                f"no statement in {articles} seems to be about {name!r}: is that how they word it? `onrecord targets` "
                "lists what they are about; --targets takes synonyms"
            )
        elif len(result.targets) <= _FEW_TARGETS:
            yield f"statements about {name!r} in {found.about:,} of {articles}"


def _output_file(options: ExtractOptions) -> Path | None:
    return None if options.output == Path("-") else options.output


def _summarise(options: ExtractOptions, result: RunResult) -> None:
    from onrecord.files.companions import companion
    from onrecord.reading.listing import left_out_line

    output = _output_file(options)
    if output is not None and not options.quiet:
        if result.duplicates:
            treatment = "left out" if options.skip_duplicates else "marked in meta.duplicate_of"
            copies = "copies" if result.duplicates == 1 else "copy"
            say(f"{counted(result.duplicates, 'article')} nearly {copies} another: {treatment}")
        found = f"{counted(result.statements, 'statement')} from {counted(result.articles, 'article')}"
        say(f"{found} in {output} ({result.seconds:.1f} s)")
    if result.open_names and not options.quiet:
        name, articles = next(iter(result.open_names.items()))
        more = f" and {counted(len(result.open_names) - 1, 'other name')}" if len(result.open_names) > 1 else ""
        say(f"without an id, as several people listed have the name: {name} in {counted(articles, 'article')}{more}")
    for line in () if options.quiet else _about(result):
        say(line)
    if (left_out := left_out_line(result.left_out)) is not None and not options.quiet:
        say(left_out)
    if result.failed:
        where = "see above" if output is None else f"see {companion(output, 'errors.jsonl')}"
        say(f"skipped {result.failed:,} of {counted(result.articles + result.failed, 'article')}, {where}")
        raise typer.Exit(1)
