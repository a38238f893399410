"""The commands that take statements to other tools, and labels back: ``export`` and ``import``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from onrecord.errors import OutputError, SettingsError
from onrecord.files.console import one_line_errors, say

_FORMATS = ("csv", "parquet", "brat", "label-studio", "conll")
_LABELLING = ("brat", "label-studio")


def export(
    statements: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `onrecord extract` wrote.")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help=f"{', '.join(_FORMATS)}.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write: a file; for brat a new folder.")],
    articles: Annotated[
        Path | None, typer.Option(help="Folder of the articles; csv and parquet can do without.")
    ] = None,
) -> None:
    """Write statements for spreadsheets, data frames, labelling tools or taggers (docs/exports.md)."""
    with one_line_errors():
        if to not in _FORMATS:
            raise SettingsError(f"no format {to!r} to export to; there are {', '.join(_FORMATS)}")
        if to != "brat" and output.is_dir():
            raise OutputError(f"{output}: a folder; name a file to write")
        if output.resolve() == statements.resolve():
            raise SettingsError(f"{output}: would overwrite the statements; name another file")
        say(_WRITERS[to](statements, output, articles))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _csv(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.csv import write_csv

    return f"{_counted(write_csv(statements, output, articles), 'statement')} in {output}"


def _parquet(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.parquet import write_parquet

    return f"{_counted(write_parquet(statements, output), 'statement')} in {output}"


def _conll(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.conll import write_conll
    from onrecord.export.labels import read_labelled

    counts = write_conll(read_labelled(statements, _needed(articles, "conll")), output)
    lost = f"; {counts.cut} of them share tokens with an earlier one, which keeps those" if counts.cut else ""
    return f"{_counted(counts.statements, 'statement')} in {output}{lost}"


def _brat(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.brat import write_brat
    from onrecord.export.labels import read_labelled

    labelled = read_labelled(statements, _needed(articles, "brat"))
    write_brat(labelled, output)
    count = sum(len(one.statements) for one in labelled)
    return f"{_counted(count, 'statement')} of {_counted(len(labelled), 'article')} in {output}"


def _label_studio(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord import __version__
    from onrecord.export.label_studio import write_label_studio
    from onrecord.export.labels import read_labelled

    labelled = read_labelled(statements, _needed(articles, "label-studio"))
    settings = write_label_studio(labelled, output, f"onrecord-{__version__}")
    count = sum(len(one.statements) for one in labelled)
    tasks = f"{_counted(count, 'statement')} in {_counted(len(labelled), 'task')} in {output}"
    return f"{tasks}; the project's labelling interface: {settings}"


_WRITERS: dict[str, Callable[[Path, Path, Path | None], str]] = {
    "csv": _csv,
    "parquet": _parquet,
    "brat": _brat,
    "label-studio": _label_studio,
    "conll": _conll,
}


def _needed(articles: Path | None, to: str) -> Path:
    if articles is None:
        raise SettingsError(f"{to} shows the articles; add --articles with the folder that they are in")
    return articles


def import_labels(
    labels: Annotated[Path, typer.Argument(metavar="PATH", help="The brat folder, or what Label Studio exported.")],
    source: Annotated[str, typer.Option("--from", metavar="TOOL", help=f"{' or '.join(_LABELLING)}.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the statements.")],
) -> None:
    """Bring labels back that were corrected in a labelling tool (docs/your-labels.md)."""
    with one_line_errors():
        from onrecord.files.records import to_line

        if source not in _LABELLING:
            raise SettingsError(f"labels cannot be imported from {source!r}; there are {' and '.join(_LABELLING)}")
        if output.is_dir():
            raise OutputError(f"{output}: a folder; name a file to write")
        if output.resolve() == labels.resolve():
            raise SettingsError(f"{output}: would overwrite the labels; name another file")
        if source == "brat":
            from onrecord.export.brat import read_brat

            corrected = list(read_brat(labels))
        else:
            from onrecord.export.label_studio import read_label_studio

            corrected = list(read_label_studio(labels))
        lines = [to_line(statement) for one in corrected for statement in one.statements]
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
        for one in corrected:
            for words in one.unattached:
                say(f"{one.article.doc}: left out {words!r}, which no content is joined to")
        if untouched := sum(not one.annotated for one in corrected):
            say(f"not annotated, their predictions stand as they were: {untouched} of {len(corrected)} articles")
        say(f"{_counted(len(lines), 'statement')} of {_counted(len(corrected), 'article')} in {output}")
