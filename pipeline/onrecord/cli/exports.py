"""What ``export`` prints after writing formats of other fields: annotation, editions, the web, databases, sheets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from onrecord.errors import SettingsError
from onrecord.files.console import counted


def _web_annotation(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.web_annotation import write_web_annotations

    return f"{counted(write_web_annotations(statements, output, articles), 'annotation')} in {output}"


def _tei(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.tei import write_tei

    found, texts = write_tei(statements, output, articles)
    return f"{counted(found, 'statement')} from {counted(texts, 'article')} in {output}"


def _schema_org(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.quotations import write_quotations

    counts = write_quotations(statements, output, articles)
    left = f"; left out {counted(counts.reported, 'indirect statement')}" if counts.reported else ""
    return f"{counted(counts.quotations, 'quotation')} in {output}{left}"


def _sqlite(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.sqlite import metadata_path, write_sqlite

    metadata = metadata_path(output)
    if any(metadata.exists() and path.exists() and path.samefile(metadata) for path in (statements, output)):
        raise SettingsError(f"{metadata} would be overwritten; choose another output with -o")
    counts = write_sqlite(statements, output, articles)
    found = f"{counted(counts.statements, 'statement')} from {counted(counts.articles, 'article')} in {output}"
    return f"{found}; browse it with: datasette {output} --metadata {counts.metadata}"


def _xlsx(statements: Path, output: Path, articles: Path | None) -> str:
    from onrecord.export.xlsx import write_xlsx

    found, cut = write_xlsx(statements, output, articles)
    shortened = f"; {counted(cut, 'cell')} cut to what a spreadsheet holds" if cut else ""
    return f"{counted(found, 'statement')} in {output}{shortened}"


def _graphml(statements: Path, output: Path, _: Path | None) -> str:
    from onrecord.export.network import write_graphml

    return f"{counted(write_graphml(statements, output), 'position')} in {output}"


def _network_csv(statements: Path, output: Path, _: Path | None) -> str:
    from onrecord.export.network import write_edges

    return f"{counted(write_edges(statements, output), 'position')} in {output}"


STANDARD_WRITERS: Final[dict[str, Callable[[Path, Path, Path | None], str]]] = {
    "xlsx": _xlsx,
    "sqlite": _sqlite,
    "web-annotation": _web_annotation,
    "tei": _tei,
    "schema-org": _schema_org,
    "graphml": _graphml,
    "network-csv": _network_csv,
}
