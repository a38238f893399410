"""Files of targets: what they say, and what is wrong with those that say something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from onrecord.cli.app import app
from onrecord.errors import InputError, SettingsError
from onrecord.pipeline import PipelineSettings
from onrecord.targets.target import Target, read_targets


def written(folder: Path, text: str) -> Path:
    path = folder / "targets.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_targets_is_read_in_order(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[[target]]\nname = "the port expansion"\nsynonyms = ["Port 2030"]\ndescription = "a plan"\n'
        'files = ["easton/*"]\n[[target]]\nname = "Ada Brandt"\n',
    )
    assert read_targets(path) == (
        Target("the port expansion", ("Port 2030",), "a plan", ("easton/*",)),
        Target("Ada Brandt"),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", r"expected \[\[target\]\] tables"),
        ('[[targets]]\nname = "a"', r"nothing else; it has 'targets'"),
        ('[[target]]\nname = "a"\nfile = ["b"]', "target 1: unknown key 'file'; there are name"),
        ('[[target]]\nsynonyms = ["a"]', "target 1 has no name"),
        ('[[target]]\nname = "a"\n[[target]]\nname = 7', "target 2: name is not a text"),
        ('[[target]]\nname = "a"\nfiles = "b"', "target 1: files is not a list of texts"),
        ('[[target]]\nname = "a"\nsynonyms = [" "]', "target 1: a target is empty"),
        ('[[target]]\nname = "a"\n[[target]]\nname = "a"', "two targets are named 'a'"),
        ('target = ["a"]', r"target 1 is not a table; write \[\[target\]\]"),
        ("[[target]\n", "not TOML"),
    ],
)
def test_another_file_is_refused_with_what_is_wrong_in_it(tmp_path: Path, text: str, fault: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=fault) as raised:
        read_targets(path)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value).strip()


def test_a_byte_order_mark_is_no_fault_and_utf_16_is_named(tmp_path: Path) -> None:
    path = tmp_path / "targets.toml"
    text = '[[target]]\nname = "the port"\n'
    path.write_text(text, encoding="utf-8-sig")
    assert [target.name for target in read_targets(path)] == ["the port"]
    path.write_text(text, encoding="utf-16")
    with pytest.raises(InputError, match=r"targets\.toml: not UTF-8; save it as UTF-8"):
        read_targets(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: cannot be read"):
        read_targets(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("files", "doc", "concerned"),
    [
        ((), "any.txt", True),
        (("easton/*",), "easton/2026/a.txt", True),
        (("easton/*",), "weston/a.txt", False),
        (("*-harbour.txt", "b?.txt"), "b1.txt", True),
    ],
)
def test_patterns_say_which_articles_a_target_concerns(files: tuple[str, ...], doc: str, concerned: bool) -> None:
    assert Target("the plan", files=files).concerns(doc) is concerned


def test_one_target_twice_is_refused() -> None:
    with pytest.raises(SettingsError, match="'the plan' is given twice"):
        PipelineSettings(targets=("the plan", Target("the plan", description="of June")))


def test_stance_options_without_a_target_are_refused(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("“It is wrong,” said Ada Brandt.", encoding="utf-8")
    result = CliRunner().invoke(app, ["extract", str(article), "--min-stance-score", "0.7"])
    assert result.exit_code == 2
    assert "--min-stance-score needs a target" in result.stderr


def test_a_label_without_a_meaning_is_refused(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("“It is wrong,” said Ada Brandt.", encoding="utf-8")
    options = ["--target", "it", "--stance-model", str(tmp_path), "--stance-label", "LABEL_0"]
    result = CliRunner().invoke(app, ["extract", str(article), *options])
    assert result.exit_code == 2
    assert "as LABEL_0=oppose" in result.stderr
