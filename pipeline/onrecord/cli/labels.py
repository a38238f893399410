"""The commands that take statements to other tools and bring labels back: ``export`` and ``import``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.exports import STANDARD_WRITERS
from onrecord.cli.options import Statements
from onrecord.errors import OutputError, SettingsError, expected
from onrecord.files.console import counted, one_line_errors, say

_FORMATS = ("csv", "parquet", "brat", "label-studio", "conll", *STANDARD_WRITERS)
_LABELLING_TOOLS = ("brat", "label-studio")


def export(
    statements: Statements,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            show_default=False,
            help="csv, xlsx, parquet, sqlite, brat, label-studio, conll, web-annotation, tei, schema-org, graphml or "
            "network-csv.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="PATH", show_default=False, help="File to write; for brat, a new folder."
        ),
    ],
    articles: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the articles, if their texts were not kept beside FILE."),
    ] = None,
) -> None:
    """Write statements for spreadsheets, data frames, databases, labelling tools, taggers, editions or the web."""
    with one_line_errors():
        if to not in _FORMATS:
            raise SettingsError(f"cannot export to {to!r}; {expected(to, _FORMATS)}")
        _check_place(to, output, statements, articles)
        say(_WRITERS[to](statements, output, articles))


def _check_place(to: str, output: Path, statements: Path, articles: Path | None) -> None:
    """Checks that an export overwrites nothing that it reads, nor what belongs to the statements."""
    from onrecord.runs.output import places

    if to != "brat" and output.is_dir():
        raise OutputError(f"{output} is a folder; name a file with -o")
    if output.exists() and any(path.exists() and path.samefile(output) for path in (statements, *places(statements))):
        is_file = statements.exists() and statements.samefile(output)
        what = "the statements" if is_file else "what belongs to the statements"
        raise SettingsError(f"{output} would overwrite {what}; choose another output with -o")
    if articles is not None and articles.exists() and output.is_file() and _is_article(output, articles, statements):
        raise SettingsError(f"{output} would overwrite one of the articles; choose another output with -o")


def _is_article(output: Path, articles: Path, statements: Path) -> bool:
    from onrecord.files.records import read_statements

    if output.samefile(articles):
        return True
    if not output.resolve().is_relative_to(articles.resolve()):
        return False
    name = output.resolve().relative_to(articles.resolve()).as_posix()
    return any(statement.doc in {name, name.removesuffix(".txt")} for statement in read_statements(statements))


def _csv(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.csv import write_csv

    return f"{counted(write_csv(statements, output, articles), 'statement')} in {output}"


def _parquet(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.parquet import write_parquet

    return f"{counted(write_parquet(statements, output), 'statement')} in {output}"


def _conll(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.conll import write_conll
    from onrecord.export.labels import read_labelled

    counts = write_conll(read_labelled(statements, articles), output)
    lost = f"; {counts.cut:,} lost tokens to an earlier statement that shares them" if counts.cut else ""
    return f"{counted(counts.statements, 'statement')} in {output}{lost}"


def _brat(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.brat import write_brat
    from onrecord.export.labels import read_labelled

    labelled = read_labelled(statements, articles)
    write_brat(labelled, output)
    count = sum(len(article.statements) for article in labelled)
    return f"{counted(count, 'statement')} from {counted(len(labelled), 'article')} in {output}"


def _label_studio(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord import __version__
    from onrecord.export.label_studio import write_label_studio
    from onrecord.export.labels import read_labelled

    labelled = read_labelled(statements, articles)
    settings = write_label_studio(labelled, output, f"onrecord-{__version__}")
    count = sum(len(article.statements) for article in labelled)
    tasks = f"{counted(count, 'statement')} in {counted(len(labelled), 'task')} in {output}"
    return f"{tasks}; the labelling interface of the project is {settings}"


_WRITERS: dict[str, Callable[[Path, Path, Path | None], str]] = {
    "csv": _csv,
    "parquet": _parquet,
    "brat": _brat,
    "label-studio": _label_studio,
    "conll": _conll,
    **STANDARD_WRITERS,
}


def import_labels(
    labels: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", show_default=False, help="Folder that brat saved, or JSON file that Label Studio exported."
        ),
    ],
    source: Annotated[
        str, typer.Option("--from", metavar="TOOL", show_default=False, help="Labelling tool: brat or label-studio.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", show_default=False, help="Statements file to write.")
    ],
) -> None:
    """Turn labels that were corrected in a labelling tool back into a statements file."""
    with one_line_errors():
        from onrecord.files.atomic import replacing
        from onrecord.files.records import to_line

        if source not in _LABELLING_TOOLS:
            raise SettingsError(f"cannot import from {source!r}; {expected(source, _LABELLING_TOOLS)}")
        if output.is_dir():
            raise OutputError(f"{output} is a folder; name a file with -o")
        if output.resolve() == labels.resolve():
            raise SettingsError(f"{output} would overwrite the labels; choose another output with -o")
        if source == "brat":
            from onrecord.export.brat import is_needed, read_brat

            if is_needed(labels, output):
                raise SettingsError(f"{output} is needed to import these labels again; choose another output with -o")
            corrected = list(read_brat(labels))
        else:
            from onrecord.export.label_studio import read_label_studio

            corrected = list(read_label_studio(labels))
        lines = [to_line(statement) for labelled in corrected for statement in labelled.statements]
        output.parent.mkdir(parents=True, exist_ok=True)
        with replacing(output) as stream:
            stream.writelines(f"{line}\n" for line in lines)
        for labelled in corrected:
            for words in labelled.unattached:
                say(f"{labelled.article.doc}: left out {words!r}, which is not linked to any content")
        if untouched := sum(not labelled.annotated for labelled in corrected):
            of_all = f"{untouched:,} of {counted(len(corrected), 'article')}"
            say(f"not annotated: {of_all}; the predictions for them were kept")
        say(f"{counted(len(lines), 'statement')} from {counted(len(corrected), 'article')} in {output}")
