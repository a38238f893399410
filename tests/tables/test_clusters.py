"""The same words in several articles, as a table and as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from onrecord.document import Meta, Span, Speaker, Statement
from onrecord.files.records import to_line
from onrecord.queries.clusters import ClusterQueries
from onrecord.queries.store import Store
from onrecord.tables.clusters import cluster_table, json_lines
from tests.command import assert_one_clear_line, onrecord

ADA = Speaker("Ada Lund", "ada-lund", "person")
OMAR = Speaker("Omar Diallo", "omar-diallo", "person")
LONG = "“Our harbour fed this town for three hundred years, and no council will close it.”"
SHORT = "“fed this town for three hundred years”"


def said(
    doc: str, text: str, cluster: str | None, *speakers: Speaker, conflict: bool = False, meta: Meta | None = None
) -> Statement:
    return Statement(
        doc,
        f"{doc}#1",
        text,
        (Span(0, len(text)),),
        "direct",
        Span(0, len(text)),
        speakers=speakers,
        cluster=cluster,
        attribution_conflict=conflict,
        meta=meta or Meta(),
    )


MANY = [
    said("a.txt", SHORT, "c1", ADA, conflict=True),
    said("b.txt", LONG, "c1", OMAR, conflict=True, meta=Meta(outlet="Easton Times")),
    said("c.txt", "alone", None, ADA),
    said("d.txt", LONG, "c2", ADA),
    said("e.txt", LONG, "c2", ADA),
    said("f.txt", LONG, "c2", ADA, meta=Meta(duplicate_of="e.txt")),
]


def table(statements: Sequence[Statement], conflicts: bool = False, full: bool = False, **options: Any) -> list[str]:
    with Store(statements) as store:
        queries = ClusterQueries(store)
        return list(cluster_table(queries.clusters(conflicts, **options), queries, full))


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def test_clusters_of_most_articles_come_first_and_the_longest_cut_opens_each() -> None:
    lines = table(MANY)
    assert lines[0] == "c2  3 statements in 3 articles"
    at = lines.index("c1  2 statements in 2 articles  ≠ different speakers")
    assert [word in lines[at + 1] for word in ("Easton Times", "Omar Diallo", "100%", "Our harbour")] == [True] * 4
    assert [word in lines[at + 2] for word in ("a.txt", "Ada Lund", "56%")] == [True] * 3
    assert lines[-1] == "2 clusters, 1 with different speakers"


def test_conflicts_alone_can_be_asked_for() -> None:
    assert [line for line in table(MANY, conflicts=True) if line.startswith("c")] == [
        "c1  2 statements in 2 articles  ≠ different speakers"
    ]


def test_a_file_without_clusters_says_so() -> None:
    assert table([said("c.txt", "alone", None)]) == ["0 clusters, 0 with different speakers"]


def test_a_large_cluster_is_cut_unless_asked_for_in_full() -> None:
    many = [said(f"{number:02}.txt", LONG, "c1") for number in range(14)]
    assert "  … and 4 more (--full)" in table(many)
    assert len(table(many, full=True)) == 17


def test_no_line_is_wider_than_the_terminal() -> None:
    wide = [said(f"{'long-' * 20}{name}", LONG * 5, "c1", Speaker("Ada " * 20)) for name in "ab"]
    widths = [cell_len(line) for line in table(wide)]
    assert len(widths) == 5
    assert 90 < max(widths) <= 100


def test_shares_line_up_whatever_the_width_of_the_characters_before_them() -> None:
    places = ("朝日新聞 " * 20, "Zoe\u0308", "👩 news", "a")
    odd = [said(str(n), LONG, "c1", ADA, meta=Meta(outlet=place)) for n, place in enumerate(places)]
    ends = {cell_len(line.partition("100%")[0]) for line in table(odd) if "100%" in line}
    assert ends == {2 + 26 + 2 + 24 + 2}


def test_what_articles_hold_cannot_steer_the_terminal() -> None:
    nasty = said("a\x1b[2J", f"{LONG}\x1b]0;x\x07\u202e", "c\x1b[1m1", Speaker("Ada\x1b[31m"))
    shown = table([nasty, nasty], full=True)
    assert shown[0] == "c [1m1  2 statements in 1 article"
    assert "a [2J" in shown[1] and "Ada [31m" in shown[1] and shown[1].endswith(f"{LONG} ]0;x")
    assert all(line.isprintable() for line in shown)


def test_json_has_all_fields() -> None:
    with Store(MANY) as store:
        records = [json.loads(line) for line in json_lines(ClusterQueries(store).clusters(conflicts=True))]
    (record,) = records
    assert (record["cluster"], record["statements"], record["articles"]) == ("c1", 2, 2)
    assert record["attribution_conflict"] is True
    assert [speaker["name"] for speaker in record["speakers"]] == ["Omar Diallo", "Ada Lund"]
    assert record["wording"] == LONG
    assert [(cut["doc"], cut["outlet"], cut["share"]) for cut in record["cuts"]] == [
        ("b.txt", "Easton Times", 1.0),
        ("a.txt", None, 0.5556),
    ]


def test_the_command_shows_clusters_and_leaves_out_copies(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("".join(f"{to_line(one)}\n" for one in MANY), encoding="utf-8")
    assert "c2  3 statements" in onrecord("clusters", path).stdout
    assert "c2  2 statements" in onrecord("clusters", path, "--skip-duplicates").stdout
    assert len(onrecord("clusters", path, "--json", "--limit", "1").stdout.splitlines()) == 1
    counted = [
        json.loads(onrecord("speakers", path, "--json", *skip).stdout.splitlines()[0])["statements"]
        for skip in ([], ["--skip-duplicates"])
    ]
    assert counted == [5, 4]


def test_a_missing_file_is_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.jsonl"
    reason = f"error: {path}: cannot be read (No such file or directory); check the path"
    assert_one_clear_line(onrecord("clusters", path), reason)
