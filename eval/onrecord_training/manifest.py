"""The record of a training: the data, the settings, the command, and how long it took."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from onrecord_training.loop.initialization import initial_weights


def write_manifest(
    path: Path,
    model: str,
    settings: Mapping[str, Any],
    data: Sequence[str],
    sizes: Mapping[str, int],
    history: Sequence[Mapping[str, Any]],
    command: str,
    **more: Any,
) -> None:
    """Writes ``manifest.json``.

    ``settings`` has the base ``encoder``, if the training began with one, and the folder of ``corpora`` among them,
    ``data`` are files and folders below the latter, ``sizes`` counts of what was in them, ``history`` one entry an
    epoch. A folder is hashed as the sorted names and hashes of its files.
    """
    record = {
        "model": model,
        "command": command,
        "settings": {name: value for name, value in settings.items() if not isinstance(value, Path)},
        **({"encoder_sha256": digest(settings["encoder"] / "model.safetensors")} if "encoder" in settings else {}),
        "data_sha256": {name: digest(settings["corpora"] / name) for name in data},
        "sizes": dict(sizes),
        "epochs": list(history),
        **more,
    }
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def lineage(part: str, labels: Path | None, initial: Path | None) -> dict[str, Any]:
    """What a manifest says about the user's labels and the training it started from.

    Weights made by hand have no manifest of their own: then only their hash is noted.
    """
    more: dict[str, Any] = {}
    if labels:
        more["labels_sha256"] = digest(labels)
    if initial:
        more["initial_sha256"] = digest(initial_weights(initial, part))
        if (path := initial / "manifest.json").is_file():
            record = json.loads(path.read_text(encoding="utf-8"))
            more["initial"] = record.get(part, record)
    return more


def digests(paths: Iterable[Path]) -> dict[str, str]:
    """The hashes of files by their paths; of absolute paths only the last two parts, as models are given away."""
    return {Path(*path.parts[-2:] if path.is_absolute() else path.parts).as_posix(): digest(path) for path in paths}


def digest(path: Path) -> str:
    """SHA-256 of a file, or of a folder's sorted names and hashes."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    files = sorted(file for file in path.rglob("*") if file.is_file())
    lines = "".join(f"{file.relative_to(path).as_posix()} {digest(file)}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()
