"""The commands that take statements to other tools and bring labels back: ``export`` and ``import``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.options import Statements
from onrecord.errors import OutputError, SettingsError, expected
from onrecord.files.console import counted, one_line_errors, say

_FORMATS = ("csv", "parquet", "brat", "label-studio", "conll")
_LABELLING_TOOLS = ("brat", "label-studio")


def export(
    statements: Statements,
    to: Annotated[
        str,
        typer.Option("--to", metavar="FORMAT", show_default=False, help="csv, parquet, brat, label-studio or conll."),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="PATH", show_default=False, help="File to write; for brat, a new folder."
        ),
    ],
    articles: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the articles; needed for brat, label-studio and conll."),
    ] = None,
) -> None:
    """Write statements for spreadsheets, data frames, labelling tools or taggers."""
    with one_line_errors():
        if to not in _FORMATS:
            raise SettingsError(f"cannot export to {to!r}; {expected(to, _FORMATS)}")
        if to != "brat" and output.is_dir():
            raise OutputError(f"{output} is a folder; name a file with -o")
        if output.resolve() == statements.resolve():
            raise SettingsError(f"{output} would overwrite the statements; choose another output with -o")
        say(_WRITERS[to](statements, output, articles))


def _csv(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.csv import write_csv

    return f"{counted(write_csv(statements, output, articles), 'statement')} in {output}"


def _parquet(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.parquet import write_parquet

    return f"{counted(write_parquet(statements, output), 'statement')} in {output}"


def _conll(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.conll import write_conll
    from onrecord.export.labels import read_labelled

    counts = write_conll(read_labelled(statements, _needed(articles, "conll")), output)
    lost = f"; {counts.cut:,} lost tokens to an earlier statement that shares them" if counts.cut else ""
    return f"{counted(counts.statements, 'statement')} in {output}{lost}"


def _brat(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.brat import write_brat
    from onrecord.export.labels import read_labelled

    labelled = read_labelled(statements, _needed(articles, "brat"))
    write_brat(labelled, output)
    count = sum(len(article.statements) for article in labelled)
    return f"{counted(count, 'statement')} from {counted(len(labelled), 'article')} in {output}"


def _label_studio(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord import __version__
    from onrecord.export.label_studio import write_label_studio
    from onrecord.export.labels import read_labelled

    labelled = read_labelled(statements, _needed(articles, "label-studio"))
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
}


def _needed(articles: Path | None, to: str) -> Path:
    if articles is None:
        raise SettingsError(f"--to {to} needs the articles' texts; add --articles DIR")
    return articles


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
        from onrecord.files.records import to_line

        if source not in _LABELLING_TOOLS:
            raise SettingsError(f"cannot import from {source!r}; {expected(source, _LABELLING_TOOLS)}")
        if output.is_dir():
            raise OutputError(f"{output} is a folder; name a file with -o")
        if output.resolve() == labels.resolve():
            raise SettingsError(f"{output} would overwrite the labels; choose another output with -o")
        if source == "brat":
            from onrecord.export.brat import read_brat

            corrected = list(read_brat(labels))
        else:
            from onrecord.export.label_studio import read_label_studio

            corrected = list(read_label_studio(labels))
        lines = [to_line(statement) for labelled in corrected for statement in labelled.statements]
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
        for labelled in corrected:
            for words in labelled.unattached:
                say(f"{labelled.article.doc}: left out {words!r}, which is not linked to any content")
        if untouched := sum(not labelled.annotated for labelled in corrected):
            of_all = f"{untouched:,} of {counted(len(corrected), 'article')}"
            say(f"not annotated: {of_all}; the predictions for them were kept")
        say(f"{counted(len(lines), 'statement')} from {counted(len(corrected), 'article')} in {output}")
