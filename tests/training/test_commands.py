"""The commands under ``onrecord train``: their options are the settings, each with an example in its help."""

from __future__ import annotations

import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from onrecord.cli import train as commands
from onrecord.cli.app import app
from onrecord.errors import SettingsError
from onrecord_models.loading import WEIGHTS
from onrecord_training.coreference.settings import CoreferenceTraining
from onrecord_training.distillation.settings import Distillation
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.loop.reading import ReadingReport
from onrecord_training.packing.settings import Averaging, Packing, PartPacking
from onrecord_training.quotes.settings import QuoteTraining, QuoteTuning
from onrecord_training.settings import build, options_of
from onrecord_training.stance.settings import StanceTraining
from tests.command import assert_one_clear_line, onrecord

RUNNER = CliRunner()
SETTINGS: dict[str, tuple[type[Any], ...]] = {
    "quotes": (QuoteTraining, FineTuning),
    "stance": (StanceTraining, FineTuning),
    "coreference": (CoreferenceTraining,),
    "soft-labels": (Distillation,),
    "average": (Averaging,),
    "tune": (QuoteTuning,),
    "pack": (Packing,),
    "add-stance": (PartPacking,),
    "add-coreference": (PartPacking,),
}


def help_of(command: str) -> str:
    result = RUNNER.invoke(app, ["train", command, "--help"], env={"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"})
    assert result.exit_code == 0, result.output
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", re.sub(r"\x1b\[[0-9;]*m", "", result.output)).split())


@pytest.mark.parametrize("command", SETTINGS)
def test_every_setting_is_an_option_with_its_default_and_help(command: str) -> None:
    shown = help_of(command)
    options = [option for kind in SETTINGS[command] for option in options_of(kind)]
    assert options
    assert not re.search(r"<\w+[>\[]|docs/", shown)  # neither types of Python nor files of the repository
    for option in options:
        if not option.is_argument:
            assert option.flag in shown
            if option.default not in (None, False, ()):
                assert str(option.default) in shown
    for option in options_of(SETTINGS[command][0]):
        assert " ".join(option.help.split()) in shown


@pytest.mark.parametrize("command", SETTINGS)
def test_every_help_has_an_example_that_the_command_understands(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = help_of(command)
    example = shlex.split(shown[shown.index("Example: onrecord") :].removeprefix("Example: onrecord"))
    assert example[:2] == ["train", command]
    built: list[Any] = []

    def note(kind: type[Any], given: dict[str, Any]) -> Any:
        built.append(build(kind, given))
        raise SettingsError("enough")

    monkeypatch.setattr(commands, "build", note)
    result = RUNNER.invoke(app, example)
    assert "enough" in result.output, result.output
    assert isinstance(built[0], SETTINGS[command])


def test_a_value_that_is_not_given_is_the_settings_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Any] = []

    def note(kind: type[Any], given: dict[str, Any]) -> Any:
        built.append(build(kind, given))
        raise SettingsError("enough")

    monkeypatch.setattr(commands, "build", note)
    common = ["train", "quotes", "-o", str(tmp_path)]
    RUNNER.invoke(app, [*common, "--gold", "g", "--articles", "a"])
    RUNNER.invoke(app, [*common, "--encoder", "e", "--corpora", "c", "--epochs", "7", "--device", "auto"])
    own, general = built
    assert own == FineTuning(gold=Path("g"), articles=Path("a"), output=tmp_path)
    assert general == QuoteTraining(encoder=Path("e"), corpora=Path("c"), output=tmp_path, epochs=7, device="auto")
    assert (own.learning_rate, general.learning_rate) == (1e-4, 3e-4)


def test_the_stance_model_is_trained_over_a_model_or_further_on_own_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Any] = []

    def note(kind: type[Any], given: dict[str, Any]) -> Any:
        built.append(build(kind, given))
        raise SettingsError("enough")

    monkeypatch.setattr(commands, "build", note)
    common = ["train", "stance", "-o", str(tmp_path)]
    labels = ["--stance-labels", "one", "--stance-labels", "two", "--measure", "dev"]
    RUNNER.invoke(app, [*common, "--gold", "g", "--articles", "a", "--init", "base", "--seed", "3"])
    RUNNER.invoke(app, [*common, "--model", "small", "--corpora", "c", *labels, "--init", "runs/before"])
    own, general = built
    assert own == FineTuning(gold=Path("g"), articles=Path("a"), output=tmp_path, initial="base", seed=3)
    assert isinstance(general, StanceTraining)
    assert (general.model, general.corpora, general.initial) == ("small", Path("c"), Path("runs/before"))
    assert tuple(general.stance_labels) == (Path("one"), Path("two"))
    assert tuple(general.measured_labels) == (Path("dev"),)


def test_help_imports_no_torch() -> None:
    probe = "import sys, onrecord.cli.app; assert not {'torch', 'transformers', 'safetensors'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


@pytest.mark.parametrize(("command", "options"), [("tune", []), ("positions", ["--stance-labels", "labels.jsonl"])])
def test_a_model_that_comes_with_onrecord_is_not_changed_unasked(command: str, options: list[str]) -> None:
    for model in ("small", str(WEIGHTS / "small")):
        result = onrecord("train", command, model, "--corpora", "no-such-folder", *options)
        assert_one_clear_line(result, "comes with onrecord", "name the copy, or add --change-installed", status=2)


def test_reading_says_how_much_has_been_read_every_ten_seconds() -> None:
    lines: list[str] = []
    times = iter([0.0, 4.0, 11.0, 12.0, 25.0])
    on_read = ReadingReport(lines.append, lambda: next(times))
    for texts in (32, 1000, 5, 1):
        on_read(texts)
    assert lines == [
        "reading the corpora with the model …",
        "reading the corpora with the model: 1,032 texts so far …",
        "reading the corpora with the model: 1,038 texts so far …",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["average", "runs/one", "-o", "out"], ["1 run", "two or more"]),
        (["quotes", "--articles", "a", "-o", "out"], ["--articles needs --gold"]),
        (["quotes", "--gold", "g", "--articles", "a", "-o", "o", "--dropout", "0"], ["leave out --dropout"]),
        (["stance", "--model", "m", "--corpora", "c", "-o", "o", "--epochs", "0"], ["epochs is 0", "1 or more"]),
        (["stance", "--corpora", "c", "-o", "o"], ["give --gold and --articles", "--model and --corpora"]),
        (["quotes", "--corpora", "c", "-o", "o"], ["give --gold and --articles", "--encoder and --corpora"]),
        (["stance", "--gold", "g", "--articles", "a", "--model", "m", "-o", "o"], ["leave out --model"]),
        (["coreference", "small", "--corpora", "c", "-o", "o", "--device", "gpu"], ["'gpu'", "cuda"]),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_is_expected(arguments: list[str], said: list[str]) -> None:
    result = onrecord("train", *arguments)
    assert_one_clear_line(result, *said, status=2)


def test_a_run_that_is_not_finished_is_named_with_the_command_that_makes_one() -> None:
    for part in ("stance", "coreference"):
        result = onrecord("train", f"add-{part}", "runs/none", "no-model")
        assert_one_clear_line(result, f"runs/none: no finished {part} model", f"`onrecord train {part}`", status=1)


def test_settings_are_documented() -> None:
    for kinds in SETTINGS.values():
        for kind in kinds:
            assert inspect.getdoc(kind)
