"""What a run writes never takes the place of what it reads, nor of a file that is not its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.command import assert_one_clear_line, onrecord
from tests.runs.running import docs_of

ROW = json.dumps({"text": "Mayor Ada Brandt said the harbour would stay open.\n\n“No,” said Omar Diallo.\n"}) + "\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["news.jsonl", "news.errors.jsonl", "news.run.json", "news.texts.sqlite"])
def test_an_article_at_a_place_that_the_run_writes_is_refused(tiny_model: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "a.txt").write_text(json.loads(ROW)["text"])
    (folder / name).write_text(ROW)
    before = contents(tmp_path)
    command = ("extract", folder / "a.txt", folder / name, "-o", folder / "news.jsonl", "--model", tiny_model)
    assert_one_clear_line(onrecord(*command), str(folder / name), "choose another")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["out.errors.jsonl", "out.run.json", "out.texts.sqlite"])
def test_a_file_of_somebody_else_beside_the_output_is_never_replaced(
    tiny_model: Path, news: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text('{"mine": 1}\n')
    before = contents(tmp_path)
    result = onrecord("extract", news, "-o", tmp_path / "out.jsonl", "--model", tiny_model)
    assert_one_clear_line(result, str(tmp_path / name), "not of an earlier run", "move it")
    assert contents(tmp_path) == before


def test_what_an_earlier_run_left_is_replaced(tiny_model: Path, tmp_path: Path) -> None:
    folder, output = tmp_path / "news", tmp_path / "out.jsonl"
    folder.mkdir()
    (folder / "rows.jsonl").write_text(ROW)
    (folder / "bad.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    command = ("extract", folder, "-o", output, "--model", tiny_model)
    assert onrecord(*command).returncode == 1
    assert {"out.errors.jsonl", "out.run.json", "out.texts.sqlite"} <= set(contents(tmp_path))
    (folder / "bad.txt").unlink()
    (folder / "rows.jsonl").rename(tmp_path / "rows")
    (folder / "a.txt").write_text(json.loads(ROW)["text"])
    assert onrecord(*command).returncode == 0
    assert docs_of(output) == {"a.txt"}
    assert not {"out.errors.jsonl", "out.texts.sqlite"} & set(contents(tmp_path))  # of the run before


@pytest.mark.parametrize("option", ["--targets", "--people"])
def test_a_file_that_an_option_names_is_not_overwritten(
    tiny_model: Path, news: Path, tmp_path: Path, option: str
) -> None:
    given = tmp_path / "t.toml"
    given.write_text('[[target]]\nname = "the plan"\n' if option == "--targets" else "name,id\nAda Brandt,1\n")
    before = contents(tmp_path)
    result = onrecord("extract", news, "-o", given, option, given, "--model", tiny_model)
    assert_one_clear_line(result, f"{given} is the file given with {option}; choose another output with -o")
    (tmp_path / "t.run.json").hardlink_to(given)  # another name of the same file
    result = onrecord("extract", news, "-o", tmp_path / "t.jsonl", option, given, "--model", tiny_model)
    assert_one_clear_line(result, "t.run.json is the file given with")
    (tmp_path / "t.run.json").unlink()
    assert contents(tmp_path) == before


@pytest.mark.parametrize(("first", "second"), [("run", "run.jsonl"), ("run.jsonl", "run")])
def test_two_outputs_never_share_the_files_beside_them(
    tiny_model: Path, news: Path, tmp_path: Path, first: str, second: str
) -> None:
    command = ("extract", news, "--model", tiny_model, "-o")
    (tmp_path / "notes").write_text("Not a run's.")
    assert onrecord(*command, tmp_path / "notes.jsonl").returncode == 0
    assert onrecord(*command, tmp_path / first).returncode == 0
    before = contents(tmp_path)
    result = onrecord(*command, tmp_path / second)
    assert_one_clear_line(result, f"{tmp_path / first} is there", "choose another name with -o")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("options", [(), ("--targets", "t.toml")])
def test_the_current_folder_is_no_output(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.toml").write_text('[[target]]\nname = "the plan"\n')
    result = onrecord("extract", news, "-o", ".", *options, "--model", tiny_model)
    assert_one_clear_line(result, ". is a folder; name a file with -o")
    for command in (("report", "."), ("export", ".", "--to", "tei")):
        assert_one_clear_line(onrecord(*command, "-o", "made"), ". is a folder; read it first")


def test_texts_are_saved_in_a_folder_of_their_own_and_replace_only_what_a_run_saved(
    tiny_model: Path, news: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "b.txt").write_text("My corrected copy.")
    command = ("extract", news, "-o", tmp_path / "out.jsonl", "--model", tiny_model, "--save-text", mine)
    assert_one_clear_line(onrecord(*command), "mine holds files that no run saved there; name a new folder")
    assert contents(mine) == {"b.txt": b"My corrected copy."}
    (mine / "b.txt").unlink()
    assert onrecord(*command).returncode == 0
    saved = contents(mine)
    assert {"b.txt", "c.txt"} <= saved.keys()
    (mine / "b.txt").write_text("")
    assert onrecord(*command).returncode == 0
    assert contents(mine) == saved


def test_a_file_of_the_model_is_not_overwritten(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    before = contents(tmp_path)
    result = onrecord("extract", news, "-o", model / "quotes" / "config.json", "--model", model)
    assert_one_clear_line(result, "config.json is a file of the model; choose another output")
    assert contents(tmp_path) == before
