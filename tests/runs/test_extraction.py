"""``onrecord.extract_folder``: what the command does, as a call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import onrecord
from onrecord.cli.extract import ExtractOptions
from onrecord.errors import InputError, SettingsError
from onrecord.files.records import read_statements
from onrecord.runs.extraction import extract_folder
from onrecord.runs.progress import Progress
from onrecord.targets.target import Target
from tests.command import onrecord as command


def extract(model: Path, *arguments: Any, **settings: Any) -> Any:
    return extract_folder(*arguments, model=str(model), device="cpu", precision="fp32", **settings)


def test_it_writes_what_the_command_writes(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    (news / "empty.txt").touch()
    result = extract(tiny_model, news, tmp_path / "call.jsonl", targets=["the plan", Target("the harbour")])
    (tmp_path / "targets.toml").write_text('[[target]]\nname = "the harbour"\n')
    done = command(
        "extract", news, "-o", tmp_path / "command.jsonl", "--model", tiny_model, "--device", "cpu",
        "--precision", "fp32", "--target", "the plan", "--targets", tmp_path / "targets.toml",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    for kind in ("jsonl", "errors.jsonl"):
        written = (tmp_path / f"call.{kind}").read_bytes()
        assert written
        assert written == (tmp_path / f"command.{kind}").read_bytes()
    assert (result.output, result.articles, result.failed) == (tmp_path / "call.jsonl", 4, 1)
    assert result.statements == len(list(read_statements(tmp_path / "call.jsonl"))) > 0
    assert [(error.path, error.stage) for error in result.errors] == [("empty.txt", "decoding")]


def test_progress_is_reported_from_the_list_of_articles_to_the_final_pass(
    tiny_model: Path, news: Path, tmp_path: Path
) -> None:
    (news / "b.txt").write_text(" ")
    seen: list[Progress] = []
    result = extract(tiny_model, news, tmp_path / "out.jsonl", shard_size=2, on_progress=seen.append)
    assert [(progress.phase, progress.done, progress.failed, progress.total) for progress in seen] == [
        ("loading", 0, 0, 4),
        ("reading", 0, 0, 4),
        ("reading", 2, 1, 4),
        ("reading", 4, 1, 4),
        ("finishing", 4, 1, 4),
    ]
    (skipped,) = [line for progress in seen for line in progress.skipped]
    assert "b.txt: empty" in skipped
    assert seen[-1].statements == result.statements > 0
    assert 0 < seen[2].seconds < seen[3].seconds < result.seconds


def test_an_interrupted_call_continues_where_it_stopped(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    output = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        extract(tiny_model, [news], output, shard_size=2, on_progress=stop)
    assert not output.exists()
    seen: list[Progress] = []
    extract(tiny_model, [news], output, shard_size=2, on_progress=seen.append)
    assert [progress.done for progress in seen] == [0, 2, 4, 4]
    extract(tiny_model, [news], tmp_path / "whole.jsonl", shard_size=2)
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes() != b""


def test_without_an_output_the_lines_are_printed(
    tiny_model: Path, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = extract(tiny_model, str(news / "b.txt"))
    assert result.output is None
    assert len(capsys.readouterr().out.splitlines()) == result.statements > 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"min_stance_score": 0.5}, "--min-stance-score needs a target; name one with --target or --targets"),
        ({"stance_model": "x"}, "--stance-model needs a target"),
        ({"engine": "rya"}, "no engine 'rya'; expected local or ray; did you mean 'ray'"),
        ({"restart": True}, "--restart needs an output file"),
        ({"limit": 0}, "limit is 0; expected a whole number, 1 or more"),
    ],
)
def test_settings_that_cannot_be_right_are_refused_before_anything_is_read(
    settings: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=said):
        extract_folder(tmp_path / "not there", **settings)


def test_texts_are_not_saved_in_a_folder_that_is_read(news: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"texts is inside .*news, which is being read; choose another with --save-text"
    ):
        extract_folder(news, save_text=news / "texts")


def test_a_missing_path_is_named_before_a_model_is_loaded(tmp_path: Path) -> None:
    probe = (
        "import sys, onrecord\n"
        f"try:\n    onrecord.extract_folder({str(tmp_path / 'nowhere')!r})\n"
        "except onrecord.OnrecordError as error:\n    print(error)\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'nowhere'}: no such file or folder; check the path\n"


def test_no_article_that_can_be_read_is_an_error(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no articles in this folder"):
        extract(tiny_model, news, tmp_path / "out.jsonl", glob=["*.nothing"])


def test_defaults_are_those_of_the_command() -> None:
    assert onrecord.extract_folder is extract_folder
    assert extract_folder.__kwdefaults__ is not None
    options = ExtractOptions(paths=["x"])
    for name, default in extract_folder.__kwdefaults__.items():
        if name not in ("targets", "stance_labels", "on_progress"):
            assert (getattr(options, name) or None) == (default or None), name
