"""What the tests of trainings share: the weights of a run, and a run that is killed after an epoch and goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor


class KilledError(Exception):
    pass


def quiet(line: str) -> None:
    pass


def weights(run: Path) -> dict[str, Tensor]:
    return load_file(run / "model" / "model.safetensors")


def assert_killed_run_ends_alike(train: Callable[..., Path], settings: Any, after: str, output: Path) -> None:
    """``train`` gives the same weights and settings undisturbed, and killed at the line ``after`` and started again."""

    def die(line: str) -> None:
        if line.startswith(after):
            raise KilledError

    train(settings, quiet)
    broken = replace(settings, output=output)
    with pytest.raises(KilledError):
        train(broken, die)
    assert not (output / "model").exists()
    train(broken, quiet)
    whole, resumed = weights(settings.output), weights(output)
    assert whole
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    one, other = ((run / "model" / "config.json").read_text() for run in (settings.output, output))
    assert one == other
