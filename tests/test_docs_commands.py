"""Commands and Python of pages of the docs, run as printed, with a tiny model for `small`."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from onrecord.cli.app import app
from onrecord.files.records import json_schema, read_statements
from onrecord_models import loading
from tests.conftest import ROOT
from tests.stages.making import make_analysis

RUNNER = CliRunner()


def blocks_of(page: str, language: str = "") -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    fenced = re.findall(r"^```([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    blocks = [block for of, block in fenced if of == language]
    assert blocks
    return blocks


def commands(page: str, but: Sequence[str] = ()) -> list[list[str]]:
    """The page's commands without their program and comments; ``but`` are blocks for another program."""
    blocks = [block for block in blocks_of(page) if block.strip() not in but]
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    assert all(line[0] == "onrecord" for line in lines)
    return [line[1:] for line in lines]


def run(command: list[str]) -> None:
    """Runs a command as a shell would, with ``> FILE`` at its end; it must succeed."""
    command, target = (command[:-2], command[-1]) if ">" in command else (command, None)
    result = RUNNER.invoke(app, command)
    assert result.exit_code == 0, f"{command}: {result.output}"
    if target is not None:
        Path(target).write_text(result.stdout, encoding="utf-8")


def annotate(tasks: Path, done: Path) -> None:
    """Submits every task of a file as it is, with the first stance changed to ``oppose``."""
    record = json.loads(tasks.read_text(encoding="utf-8"))
    for task in record:
        result = task.pop("predictions")[0]["result"]
        next(one for one in result if one.get("from_name") == "stance-1")["value"]["choices"] = ["oppose"]
        task["annotations"] = [{"result": result}]
    done.write_text(json.dumps(record), encoding="utf-8")


@pytest.fixture
def folder(tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(tiny_model, tmp_path / "weights" / "small")
    monkeypatch.setattr(loading, "WEIGHTS", tmp_path / "weights")
    shutil.copytree(news, tmp_path / "train")
    shutil.copytree(news, tmp_path / "test")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_walk_from_extracting_to_evaluating(folder: Path) -> None:
    ran: list[str] = []
    for command in commands("your-labels.md"):
        if command[:3] == ["import", "--from", "label-studio"]:
            done = folder / command[3]
            annotate(folder / done.name.replace("-done", "-tasks"), done)
        result = RUNNER.invoke(app, command)
        assert result.exit_code == 0, f"{command}: {result.output}"
        ran.append(" ".join(command[:2]))
    assert {"train quotes", "train stance"} <= set(ran)
    exported, gold = (list(read_statements(folder / name)) for name in ("train.jsonl", "train-gold.jsonl"))
    assert [statement.content for statement in gold] == [statement.content for statement in exported]
    assert gold[0].stance[0].label == "oppose"
    assert list(read_statements(folder / "again.jsonl"))
    assert (folder / "my-model" / "stance" / "model.safetensors").is_file()


def test_exports_and_the_python_that_reads_them(folder: Path) -> None:
    shutil.copytree(folder / "train", folder / "my-articles")
    extract = ["extract", "my-articles/", "-o", "statements.jsonl", "--target", "the port expansion"]
    for command in [extract, *commands("exports.md")]:
        run(command)
    assert list(read_statements(folder / "statements.jsonl"))
    for block in blocks_of("exports.md", "python"):
        exec(block, {})


def test_the_python_of_the_page_for_python(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("spacy", reason="spacy is not installed")
    shutil.copytree(folder / "train", folder / "my-articles")
    names: dict[str, Any] = {}
    for block in blocks_of("python.md", "python"):
        exec(block, names)
    printed = capsys.readouterr().out
    assert names["result"].statements == len(list(read_statements(folder / "statements.jsonl"))) > 0
    assert f"{names['result'].statements} statements; 0 articles skipped" in printed
    assert names["doc"].spans["statements"]
    assert "no-such-model" in printed


INSTALLING = """\
make run
source .venv/bin/activate"""

INSTALLING_IN_README = """\
make run                    # installs into .venv, then reads the five articles in data/articles
source .venv/bin/activate   # puts the onrecord command on your path"""


@pytest.mark.parametrize(
    ("page", "written"),
    [
        ("../README.md", "statements.jsonl"),
        ("index.md", "report/index.html"),
        ("settings.md", "statements.jsonl"),
        ("folders.md", "statements.run.json"),
        ("stance.md", "targets.toml"),
        ("speakers.md", "statements.jsonl"),
        ("clusters.md", "statements.jsonl"),
        ("report.md", "report/index.html"),
        ("verify.md", "findings.jsonl"),
        ("versions.md", "changes.jsonl"),
    ],
)
def test_commands_of_a_page(folder: Path, page: str, written: str) -> None:
    for name in ("articles", "my-articles"):
        shutil.copytree(folder / "train", folder / name)
    for name in ("transcripts", "monday", "tuesday"):
        shutil.copytree(folder / "train", folder / name)
    (folder / "tuesday" / "new.txt").write_text("The council will meet again on Tuesday.", encoding="utf-8")
    drafts = [folder / name for name in ("draft.txt", "draft-1.txt", "draft-2.txt", "release.html")]
    for draft in drafts:
        shutil.copy(next((folder / "train").glob("*.txt")), draft)
    (folder / "people.csv").write_text(blocks_of("speakers.md", "text")[0], encoding="utf-8")
    if page == "clusters.md":
        run(["extract", "articles", "-o", "statements.jsonl"])
    for command in commands(page, but=[INSTALLING, INSTALLING_IN_README]):
        run(command)
        if command[0] == "extract" and "-o" in command:
            assert list(read_statements(folder / command[command.index("-o") + 1])), command
    assert (folder / written).stat().st_size > 0


def test_the_python_of_the_readme(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(blocks_of("../README.md", "python")[0], {})
    assert "the port expansion" in capsys.readouterr().out


def test_the_stage_of_the_page_for_developers(folder: Path) -> None:
    names: dict[str, Any] = {}
    exec(blocks_of("developing.md", "python")[0], names)
    analyses = [
        make_analysis(text, [(text, None)]) for text in ("“We will build it,” she said.", "She said that it is built.")
    ]
    direct, indirect = names["OnlyDirectSpeech"]().process(
        [
            replace(a, statements=(replace(a.statements[0], form=form),))
            for a, form in zip(analyses, ("direct", "indirect"), strict=True)
        ]
    )
    assert [len(direct.statements), len(indirect.statements)] == [1, 0]


def test_every_field_of_a_line_is_on_the_page_of_the_output_line() -> None:
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    for field in json_schema()["properties"]:
        assert f"`{field}`" in page
