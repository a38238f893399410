"""What the record of a training says of where it started."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from onrecord_training.manifest import digest, digests, lineage


def _run(folder: Path) -> Path:
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "model.safetensors").write_bytes(b"weights")
    return folder


def test_the_run_that_a_training_started_from_is_noted_with_its_record(tmp_path: Path) -> None:
    run = _run(tmp_path)
    (run / "manifest.json").write_text(json.dumps({"command": "before"}), encoding="utf-8")
    weights = digest(run / "model" / "model.safetensors")
    assert lineage("stance", None, run) == {"initial_sha256": weights, "initial": {"command": "before"}}


def test_weights_without_a_record_do_not_end_a_training_that_is_done(tmp_path: Path) -> None:
    run = _run(tmp_path)
    assert lineage("stance", None, run) == {"initial_sha256": digest(run / "model" / "model.safetensors")}


def test_labels_are_noted_without_where_somebody_keeps_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "press" / "train.jsonl"
    path.parent.mkdir()
    path.write_text("{}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    relative = Path("press/train.jsonl")
    assert digests([path]) == digests([relative]) == {"press/train.jsonl": digest(path)}


def test_a_command_is_noted_without_where_somebody_keeps_files(monkeypatch: pytest.MonkeyPatch) -> None:
    from onrecord.cli.train import _command_line

    words = ["onrecord", "train", "quotes", "--corpora", "/home/ada/corpora", "-o", "runs/a", "--epochs", "2"]
    monkeypatch.setattr(sys, "argv", words)
    assert _command_line() == "onrecord train quotes --corpora corpora -o runs/a --epochs 2"
