"""Where exports and imports write: never over what they or a later command read, and nothing leads out of a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onrecord.files.kept_texts import packed, write_kept_texts
from onrecord.files.records import to_line
from tests.command import assert_one_clear_line, onrecord
from tests.labelled import ARTICLE, FIRST, SECOND


@pytest.fixture
def statements(tmp_path: Path) -> Path:
    path = tmp_path / "out.jsonl"
    path.write_text("".join(f"{to_line(one)}\n" for one in (FIRST, SECOND)), encoding="utf-8")
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_bytes(ARTICLE.text.encode("utf-8"))
    write_kept_texts(tmp_path / "out.texts.sqlite", [("a.txt", packed(ARTICLE.text))], "")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["out.jsonl", "out.texts.sqlite", "news/a.txt"])
@pytest.mark.parametrize("to", ["csv", "conll", "label-studio", "parquet"])
def test_an_export_replaces_nothing_that_it_reads(statements: Path, tmp_path: Path, name: str, to: str) -> None:
    before = contents(tmp_path)
    command = ("export", statements, "--to", to, "-o", tmp_path / name, "--articles", tmp_path / "news")
    assert_one_clear_line(onrecord(*command), f"{tmp_path / name} would overwrite", "choose another output with -o")
    assert contents(tmp_path) == before


def test_the_labelling_interface_replaces_no_file_of_somebody_else(statements: Path, tmp_path: Path) -> None:
    (tmp_path / "tasks.xml").write_text("<mine/>")
    before = contents(tmp_path)
    for name in ("tasks.json", "other.xml"):
        result = onrecord("export", statements, "--to", "label-studio", "-o", tmp_path / name)
        assert_one_clear_line(result, ".xml: ", "choose another name with -o")
    assert contents(tmp_path) == before
    for _ in range(2):  # its own is replaced
        assert onrecord("export", statements, "--to", "label-studio", "-o", tmp_path / "t.json").returncode == 0


@pytest.mark.parametrize("name", ["statements.jsonl", "onrecord.json", "annotation.conf", "a.ann", "a.txt", "new.txt"])
def test_an_import_replaces_nothing_that_later_imports_need(statements: Path, tmp_path: Path, name: str) -> None:
    labels = tmp_path / "labels"
    assert onrecord("export", statements, "--to", "brat", "-o", labels).returncode == 0
    before = contents(tmp_path)
    result = onrecord("import", "--from", "brat", labels, "-o", labels / name)
    assert_one_clear_line(result, "is needed to import these labels again; choose another output with -o")
    assert contents(tmp_path) == before
    for _ in range(2):
        assert onrecord("import", "--from", "brat", labels, "-o", labels / "gold.jsonl").returncode == 0
    assert (labels / "gold.jsonl").read_bytes() == statements.read_bytes()


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "{secret}", "link", "a\0b"])
def test_the_index_of_a_collection_names_no_file_outside_it(statements: Path, tmp_path: Path, name: str) -> None:
    labels = tmp_path / "labels"
    assert onrecord("export", statements, "--to", "brat", "-o", labels).returncode == 0
    for suffix in ("txt", "ann"):
        (tmp_path / f"secret.{suffix}").write_bytes((labels / f"a.{suffix}").read_bytes())
        (labels / f"link.{suffix}").symlink_to(tmp_path / f"secret.{suffix}")
    index = json.loads((labels / "onrecord.json").read_text(encoding="utf-8"))
    index["articles"] = {name.format(secret=tmp_path / "secret"): "a.txt"}
    (labels / "onrecord.json").write_text(json.dumps(index), encoding="utf-8")
    result = onrecord("import", "--from", "brat", labels, "-o", tmp_path / "gold.jsonl")
    assert_one_clear_line(result, "onrecord.json: names", "which is not in the folder")
    assert not (tmp_path / "gold.jsonl").exists()


def test_a_failed_brat_export_leaves_no_half_folder(statements: Path, tmp_path: Path) -> None:
    blank = statements.read_text(encoding="utf-8").splitlines()
    record = json.loads(blank[0])
    record["content"], record["text"] = [[0, 0]], ""
    statements.write_text(f"{json.dumps(record)}\n", encoding="utf-8")
    result = onrecord("export", statements, "--to", "brat", "-o", tmp_path / "labels")
    assert_one_clear_line(result, "its content is only white space")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["news", "out.jsonl", "out.texts.sqlite"]
