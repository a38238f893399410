"""What a run finds across its articles: full names, wire copy, clusters."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from onrecord.document import Span, Speaker, Statement
from onrecord.pipeline import Pipeline, PipelineSettings, Prepared
from onrecord.reading import find_inputs
from onrecord.runs.run import RunSettings, run
from tests.runs.running import extract


def test_a_surname_in_one_article_gets_the_full_name_of_another(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for doc, name in (("a.txt", "Ada Brandt"), ("b.txt", "Brandt")):
        (folder / doc).write_text(f"Mayor {name} said on Monday that the harbour would stay open.\n", encoding="utf-8")

    def one_statement(self: Pipeline, prepared: list[Prepared]) -> list[list[Statement]]:
        articles = [one.analysis.article for one in prepared]
        names = ["Ada Brandt" if "Ada" in article.text else "Brandt" for article in articles]
        return [
            [
                Statement(
                    a.doc, f"{a.doc}#1", "x", (Span(0, 1),), "indirect", Span(0, 1), speakers=(Speaker(n, n, "person"),)
                )
            ]
            for a, n in zip(articles, names, strict=True)
        ]

    monkeypatch.setattr(Pipeline, "extract_prepared", one_statement)
    extract(tiny_model, folder, tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["speakers"][0]["name"] for line in lines] == ["Ada Brandt", "Ada Brandt"]
    assert [line["speakers"][0]["id"] for line in lines] == ["ada-brandt", "ada-brandt"]


WIRE = (
    "Mayor Ada Brandt said on Monday that the harbour would stay open through the winter, whatever the council in the "
    "capital may decide about the ferry tax, the northern quay and the fishermen who have worked there for years.\n"
)


def write_wire(folder: Path) -> None:
    folder.mkdir()
    for doc, text in (("a.txt", WIRE), ("b.txt", f"Agency\n\n{WIRE}"), ("c.txt", "Omar Diallo said it was over.\n")):
        (folder / doc).write_text(text, encoding="utf-8")


def test_wire_copy_is_marked_and_its_statements_share_clusters(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wire(tmp_path / "news")

    def whole_text(self: Pipeline, prepared: list[Prepared]) -> list[list[Statement]]:
        return [
            [Statement(a.doc, f"{a.doc}#1", a.text, (Span(0, len(a.text)),), "direct", Span(0, 1))]
            for a in (one.analysis.article for one in prepared)
        ]

    monkeypatch.setattr(Pipeline, "extract_prepared", whole_text)
    result = extract(tiny_model, tmp_path / "news", tmp_path / "out.jsonl")
    first, second, third = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert [line["meta"]["duplicate_of"] for line in (first, second, third)] == [None, "a.txt", None]
    assert first["cluster"] == second["cluster"] is not None
    assert third["cluster"] is None
    assert result.duplicates == 1


def test_wire_copy_can_be_left_out(tiny_model: Path, tmp_path: Path) -> None:
    write_wire(tmp_path / "news")
    settings = PipelineSettings(str(tiny_model), "cpu", "fp32")
    run_settings = RunSettings(tmp_path / "out.jsonl", shard_size=1, skip_duplicates=True)
    result = run(find_inputs([tmp_path / "news"]), settings, run_settings, io.StringIO())
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert "a.txt" in {line["doc"] for line in lines}
    assert "b.txt" not in {line["doc"] for line in lines}
    assert result.statements == len(lines)
    record = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert record["duplicates"] == {"articles": 1, "skipped": True}
