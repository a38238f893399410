"""The network of speakers and targets, read back as other tools read it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from onrecord.document import Stance, StanceScores, Statement
from onrecord.errors import SettingsError
from onrecord.export.network import write_edges, write_graphml
from tests.command import onrecord
from tests.report_pages import ADA, OMAR, PORT, easton

G = "{http://graphml.graphdrawing.org/xmlns}"


def put(statements: list[Statement], folder: Path) -> Path:
    path = folder / "s.jsonl"
    path.write_text("".join(f"{one.to_json()}\n" for one in statements), encoding="utf-8")
    return path


def sides(name: str = "Ada Lund") -> list[Statement]:
    """Ada Lund clearly opposes, Omar Diallo clearly supports, and a driver without a name does, too."""
    first, _, third, fourth, *_ = easton()
    against = Stance(PORT, "oppose", 0.98, StanceScores(0.01, 0.98, 0.01))
    in_favour = Stance(PORT, "support", 0.98, StanceScores(0.98, 0.01, 0.01))
    return [
        replace(first, speakers=(replace(ADA, name=name),), stance=(against,)),
        replace(fourth, speakers=(OMAR,), stance=(in_favour,)),
        replace(third, stance=(in_favour,)),
    ]


def read(path: Path) -> tuple[dict[str, dict[str, str]], list[tuple[str, str, dict[str, str]]]]:
    root = ElementTree.parse(path).getroot()
    keys = {key.attrib["id"]: key.attrib["attr.name"] for key in root.iter(f"{G}key")}

    def data(element: ElementTree.Element) -> dict[str, str]:
        return {keys[one.attrib["key"]]: one.text or "" for one in element.iter(f"{G}data")}

    nodes = {node.attrib["id"]: data(node) for node in root.iter(f"{G}node")}
    edges = [(edge.attrib["source"], edge.attrib["target"], data(edge)) for edge in root.iter(f"{G}edge")]
    return nodes, edges


def test_speakers_with_a_name_are_tied_to_targets_by_their_sides(tmp_path: Path) -> None:
    path = tmp_path / "new" / "network.graphml"
    assert write_graphml(put(sides(), tmp_path), path) == 2
    nodes, edges = read(path)
    assert sorted((node["label"], node["kind"]) for node in nodes.values()) == [
        ("Ada Lund", "speaker"),
        ("Omar Diallo", "speaker"),
        (PORT, "target"),
    ]
    found = {(nodes[source]["label"], nodes[target]["label"]): data["side"] for source, target, data in edges}
    assert found == {("Ada Lund", PORT): "oppose", ("Omar Diallo", PORT): "support"}
    assert all(0.5 < float(data["weight"]) <= 1 and data["statements"] == "1" for *_, data in edges)


def test_edges_as_csv_have_the_columns_that_gephi_reads(tmp_path: Path) -> None:
    assert write_edges(put(sides(), tmp_path), tmp_path / "edges.csv") == 2
    with (tmp_path / "edges.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["Source"], row["Target"], row["Type"], row["Side"]) for row in rows} == {
        ("Ada Lund", PORT, "Directed", "oppose"),
        ("Omar Diallo", PORT, "Directed", "support"),
    }


@pytest.mark.parametrize("name", ['"><x/>&amp;', "]]>", "=1+1", "a\x07\ufffeb"])
def test_names_stay_names(name: str, tmp_path: Path) -> None:
    statements = put(sides(name), tmp_path)
    write_graphml(statements, tmp_path / "n.graphml")
    nodes, _ = read(tmp_path / "n.graphml")
    assert len(nodes) == 3
    write_edges(statements, tmp_path / "n.csv")
    assert "\n=" not in (tmp_path / "n.csv").read_text(encoding="utf-8-sig")


def test_two_people_of_one_name_are_two_nodes(tmp_path: Path) -> None:
    first, second, _ = sides()
    second = replace(second, speakers=(replace(ADA, id="ada-lund-2"),))
    write_graphml(put([first, second], tmp_path), tmp_path / "n.graphml")
    nodes, edges = read(tmp_path / "n.graphml")
    assert sorted(node["id"] for node in nodes.values() if node["kind"] == "speaker") == ["ada-lund", "ada-lund-2"]
    assert len({source for source, *_ in edges}) == 2


def test_without_stances_there_is_no_network(tmp_path: Path) -> None:
    statements = put([replace(one, stance=()) for one in easton()], tmp_path)
    with pytest.raises(SettingsError, match="give `onrecord extract` a --target"):
        write_graphml(statements, tmp_path / "n.graphml")
    assert not (tmp_path / "n.graphml").exists()


@pytest.mark.parametrize("kind", ["graphml", "network-csv"])
def test_the_command_counts_positions(kind: str, tmp_path: Path) -> None:
    made = onrecord("export", put(sides(), tmp_path), "--to", kind, "-o", tmp_path / "out")
    assert made.returncode == 0
    assert "2 positions in" in made.stderr
