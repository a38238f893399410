"""What the record of a training says of where it started."""

from __future__ import annotations

import json
from pathlib import Path

from onrecord_training.manifest import digest, lineage


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
