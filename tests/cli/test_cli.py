"""The command line as a user meets it: a process with arguments, two streams and an exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from onrecord.files.records import json_schema
from tests.command import assert_one_clear_line, onrecord, onrecord_process
from tests.conftest import ROOT


@pytest.mark.parametrize("arguments", [["--help"], ["schema"], ["--version"], ["extract", "--help"]])
def test_commands_that_need_no_model_import_no_torch(arguments: list[str]) -> None:
    probe = (
        "import sys\nfrom onrecord.cli.app import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "assert not {'torch', 'transformers', 'datasets', 'pyarrow', 'pandas'} & set(sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["schema"], ["--version"], ["extract", "--help"]])
def test_commands_that_need_no_model_import_few_modules(arguments: list[str]) -> None:
    """The benchmark `startup` measures the seconds; here, each heavy package would add hundreds of modules."""
    probe = (
        "import sys\nfrom onrecord.cli.app import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit:\n    pass\n"
        "print(len(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert 0 < int(result.stderr) < 700


@pytest.mark.slow
def test_lines_on_standard_output_follow_the_schema_in_utf_8_whatever_the_terminal_speaks(
    tiny_model: Path, news: Path
) -> None:
    (news / "b.txt").rename(news / "😀.txt")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "onrecord", "extract", news, "--model", tiny_model, "--target", "the plan"]
    result = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert result.returncode == 0, result.stderr
    validator = jsonschema.Draft202012Validator(json_schema())
    lines = [json.loads(line) for line in result.stdout.decode("utf-8").splitlines()]
    assert {line["doc"] for line in lines} == {"a/first.txt", "c.txt", "😀.txt"}
    for line in lines:
        validator.validate(line)


@pytest.mark.slow
def test_standard_input_is_read_as_one_article(tiny_model: Path, news: Path) -> None:
    result = onrecord_process("extract", "-", "--model", tiny_model, stdin=(news / "b.txt").read_text(encoding="utf-8"))
    assert result.returncode == 0, result.stderr
    assert {json.loads(line)["doc"] for line in result.stdout.splitlines()} == {"-"}


def test_a_missing_path_is_one_line(tmp_path: Path) -> None:
    assert_one_clear_line(
        onrecord_process("extract", tmp_path / "nowhere"), "nowhere: no such file or folder; check the path"
    )


def test_an_empty_file_is_one_line(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "empty.txt").touch()
    assert_one_clear_line(onrecord("extract", tmp_path / "empty.txt", "--model", tiny_model), "empty.txt: empty")


def test_a_picture_named_txt_is_one_line(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))
    result = onrecord("extract", tmp_path / "picture.txt", "--model", tiny_model)
    assert_one_clear_line(result, "picture.txt: a PNG image")


def test_an_article_in_another_language_is_skipped_with_a_line(tmp_path: Path, tiny_model: Path) -> None:
    german = "Der Bürgermeister sagte am Montag, der Hafen bleibe auch im nächsten Jahr geöffnet. Niemand schließe ihn."
    (tmp_path / "hafen.txt").write_text(german, encoding="utf-8")
    result = onrecord("extract", tmp_path / "hafen.txt", "--model", tiny_model)
    assert_one_clear_line(result, "hafen.txt: not in English (looks like 'de')")


def test_an_unwritable_output_is_one_line_and_leaves_nothing(tmp_path: Path, news: Path, tiny_model: Path) -> None:
    (tmp_path / "file").touch()
    output = tmp_path / "file" / "out.jsonl"
    result = onrecord("extract", news, "--model", tiny_model, "-o", output)
    assert_one_clear_line(result, f"{tmp_path / 'file'} is a file, not a folder; choose another place with -o")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "news"]


def test_the_outputs_folder_is_made(tmp_path: Path, news: Path, tiny_model: Path) -> None:
    output = tmp_path / "new" / "deep" / "out.jsonl"
    result = onrecord("extract", news, "--model", tiny_model, "-o", output)
    assert result.returncode == 0, result.stderr
    assert output.stat().st_size > 0


def test_an_unknown_model_is_named_with_what_there_is(news: Path) -> None:
    assert_one_clear_line(
        onrecord("extract", news, "--model", "enormous"),
        "model 'enormous': no quotes/model.safetensors in enormous; models that come with onrecord: base, small",
    )


def test_show_prints_who_said_what(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    assert onrecord("extract", news, "--model", tiny_model, "-o", output).returncode == 0
    shown = onrecord("show", output)
    assert shown.returncode == 0
    assert {"a/first.txt", "b.txt"} <= set(shown.stdout.split())


def test_an_empty_path_is_wrong_usage() -> None:
    result = onrecord("extract", "")
    assert_one_clear_line(result, "a path is empty; name a file, a folder, or - for standard input", status=2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "onrecord", "schema"]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "error: standard output: No space left on device\n"


def test_a_program_that_stops_reading_the_output_early_is_not_an_error(tmp_path: Path) -> None:
    lines = tmp_path / "many.jsonl"
    lines.write_text((ROOT / "data" / "gold" / "gold.jsonl").read_text(encoding="utf-8") * 40, encoding="utf-8")
    command = f"{sys.executable} -m onrecord show {lines} | head -c 1 | wc -c"  # far more than a pipe holds
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "1"
    assert result.stderr == ""


def test_a_dry_run_lists_what_would_be_read_and_loads_no_model(news: Path) -> None:
    (news / "rows.jsonl").write_text('{"text": "a", "id": "x"}\n{oops\n')
    probe = (
        "import sys\nfrom onrecord.cli.app import app\n"
        f"try:\n    app(['extract', {str(news)!r}, '--dry-run', '--id-field', 'id', '--exclude', 'a'])\n"
        "except SystemExit as stop:\n    assert stop.code == 1\n"
        "assert not {'torch', 'transformers', 'datasets', 'pyarrow', 'pandas'} & set(sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert result.returncode == 0, result.stderr
    lines = [line.split(maxsplit=1) for line in result.stdout.splitlines()]
    size = (news / "b.txt").stat().st_size
    assert [str(size), "text         b.txt"] in lines
    assert ["-", "JSON row     rows.jsonl#x"] in lines
    assert "rows.jsonl#2: not JSON" in result.stderr
    assert "5 articles: 1 JSON row, 3 text, 1 unreadable" in result.stderr


def test_a_dry_run_says_what_is_left_out_and_which_fields_were_guessed(news: Path) -> None:
    (news / "t.csv").write_text("headline,body,source\nT,The mayor said so on Monday.,Echo\n", encoding="utf-8")
    for name in ("film.mp4", "b.mp4", "c.psd"):
        (news / name).write_bytes(b"x")
    result = onrecord("extract", news, "--dry-run")
    assert result.returncode == 0
    said = result.stderr.splitlines()
    guessed = "t.csv: text from 'body', title from 'headline', outlet from 'source'; choose others with --text-field"
    assert any(line.endswith(f"{guessed}, --title-field and the like") for line in said), said
    assert said[-1].endswith("left out: 2 .mp4, 1 .psd")


@pytest.mark.slow
def test_a_run_says_at_its_end_what_is_left_out(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    (news / "film.mp4").write_bytes(b"x")
    (news / "t.csv").write_text("headline;body\nT;“It stays,” said Ada Brandt, the mayor.\n", encoding="utf-8")
    (tmp_path / "meta.csv").write_text("doc,outlet,date\nt.csv#1,Echo,2 March 2026\n", encoding="utf-8")
    output = tmp_path / "out.jsonl"
    extract = ("extract", news, "-o", output, "--model", tiny_model, "--meta", tmp_path / "meta.csv")
    result = onrecord(*extract)
    assert result.returncode == 0, result.stderr
    assert "t.csv: text from 'body', title from 'headline'; " in result.stderr
    assert result.stderr.splitlines()[-1].endswith("left out: 1 .mp4")
    metas = [json.loads(line)["meta"] for line in output.read_text(encoding="utf-8").splitlines() if "t.csv#1" in line]
    assert metas
    assert {(meta["title"], meta["outlet"], meta["date"]) for meta in metas} == {("T", "Echo", "2026-03-02")}
    assert "left out" not in onrecord(*extract, "--quiet").stderr


def test_a_file_of_no_kind_that_is_read_is_one_line_when_named(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(bytes(range(256)) * 40)
    result = onrecord("extract", tmp_path / "film.mp4")
    assert_one_clear_line(result, "film.mp4: binary data")


def test_texts_are_not_saved_in_a_folder_that_is_read(news: Path) -> None:
    result = onrecord("extract", news, "--save-text", news / "texts")
    assert_one_clear_line(result, "is being read; choose another with --save-text")
