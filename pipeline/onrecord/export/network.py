"""Who stands where as a network of speakers and targets, for Gephi, visone and other tools: GraphML, or CSV of edges.

There is an edge for each position (`queries.positions`) that is a side and of somebody with a name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from onrecord.export.tei_text import xml_attribute, xml_text
from onrecord.files.atomic import replacing
from onrecord.files.records import read_statements
from onrecord.positions.model import load_position_model
from onrecord.queries.positions import PositionQueries
from onrecord.queries.speakers import SpeakerQueries
from onrecord.queries.store import Store
from onrecord.tables.formulas import harmless

_NAMESPACE: Final = "http://graphml.graphdrawing.org/xmlns"
_KEYS: Final = (
    *(("node", "label", "string"), ("node", "kind", "string"), ("node", "id", "string")),
    *(("edge", "side", "string"), ("edge", "weight", "double"), ("edge", "statements", "int")),
)
_COLUMNS: Final = ("Source", "Target", "Type", "Weight", "Side", "Statements")


class Edge(NamedTuple):
    """A position: ``weight`` is the probability of the side, ``identifier`` the speaker's id."""

    speaker: str
    identifier: str | None
    target: str
    side: str
    weight: float
    statements: int


def write_graphml(statements: Path, path: Path) -> int:
    """Writes the network as GraphML, with nodes for speakers and targets, and returns the number of its edges.

    Raises:
        InputError, RecordError: the statements cannot be read.
        SettingsError: no statement has a stance.
        OSError: the file cannot be written.
    """
    edges = list(_edges(statements))
    speakers = {(edge.speaker, edge.identifier): f"s{number}" for number, edge in enumerate(edges)}
    targets = {edge.target: f"t{number}" for number, edge in enumerate(edges)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{_NAMESPACE}">\n')
        for what, name, kind in _KEYS:
            stream.write(f'<key id="{what}-{name}" for="{what}" attr.name="{name}" attr.type="{kind}"/>\n')
        stream.write('<graph edgedefault="directed">\n')
        for (name, identifier), node in speakers.items():
            stream.write(f"<node id={xml_attribute(node)}>{_data('node', label=name, kind='speaker', id=identifier)}")
            stream.write("</node>\n")
        for name, node in targets.items():
            stream.write(f"<node id={xml_attribute(node)}>{_data('node', label=name, kind='target')}</node>\n")
        for edge in edges:
            source, target = speakers[edge.speaker, edge.identifier], targets[edge.target]
            data = _data("edge", side=edge.side, weight=edge.weight, statements=edge.statements)
            stream.write(f"<edge source={xml_attribute(source)} target={xml_attribute(target)}>{data}</edge>\n")
        stream.write("</graph>\n</graphml>\n")
    return len(edges)


def write_edges(statements: Path, path: Path) -> int:
    """Writes the edges as CSV with the columns that Gephi reads; otherwise as `write_graphml`."""
    edges = list(_edges(statements))
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_COLUMNS)
        for edge in edges:
            names = (harmless(edge.speaker), harmless(edge.target))
            writer.writerow([*names, "Directed", edge.weight, edge.side, edge.statements])
    return len(edges)


def _edges(statements: Path) -> Iterator[Edge]:
    with Store(read_statements(statements)) as store:
        queries = PositionQueries(store, SpeakerQueries(store), load_position_model(None))
        for position, _ in queries.positions(every=False):
            yield Edge(
                position.name or "",
                position.speaker,
                position.target,
                position.side,
                position.probability,
                position.statements,
            )


def _data(what: str, **values: object) -> str:
    return "".join(
        f'<data key="{what}-{name}">{xml_text(str(value))}</data>'
        for name, value in values.items()
        if value is not None
    )
