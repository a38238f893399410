"""Commands killed at random moments: the old file or the new is there, whole. The benchmark `kills` does it oftener."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onrecord_eval.benchmarks.kills import FORMATS, export_commands, kill_at_random

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
]

Commands = dict[str, tuple[list[str | Path], list[Path]]]


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    return dict(export_commands(tmp_path_factory.mktemp("kills"), 12))


@pytest.mark.parametrize(
    "name", [*(f"export --to {name}" for name in FORMATS), "report", "import --from brat", "import --from label-studio"]
)
def test_a_killed_command_leaves_the_old_file_or_the_new(commands: Commands, name: str) -> None:
    killed = kill_at_random(*commands[name], kills=5)
    assert killed.kills
    assert killed.faults == ()
    assert killed.left == ()
