"""Runs that are killed, two at once, full disks: what stands at the output's place is whole, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onrecord.errors import OutputError
from onrecord.runs.spool import Spool
from tests.faults import small_disk, unprivileged
from tests.runs.test_run import extract

# Imports once, then makes a process for every line it is sent, so that a kill costs no import of torch.
_SERVER = """
import os, sys
from pathlib import Path
import io
from onrecord.runs.run import RunSettings, run
from onrecord.pipeline import PipelineSettings
from onrecord.reading import find_inputs
model, folder = sys.argv[1:3]
print("ready", flush=True)
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        try:
            run(find_inputs([Path(folder)]), PipelineSettings(model, "cpu", "fp32", ("the harbour",)),
                RunSettings(Path(line.strip()), shard_size=3), io.StringIO())
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class _Server:
    def __init__(self, model: Path, folder: Path) -> None:
        command = [sys.executable, "-c", _SERVER, str(model), str(folder)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def run(self, output: Path, kill_after: float | None = None) -> int:
        """The exit status of a run, negative if it was killed."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{output}\n")
        self._process.stdin.flush()
        pid = int(self._answer())
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(pid, signal.SIGKILL)  # not yet waited for: the number cannot be another process's
        return int(self._answer())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_run_killed_at_random_moments_ends_with_the_same_bytes(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(40):
        text = f"Mayor Ada Brandt said the harbour would stay open for {number} days.\n\n“No,” said Omar Diallo.\n"
        (folder / f"{number:02}.txt").write_text("" if number % 9 == 4 else text, encoding="utf-8")
    server = _Server(tiny_model, folder)
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    started = time.monotonic()
    assert server.run(whole) == 0
    duration = time.monotonic() - started
    moments = random.Random(7)
    outcomes = []
    for _ in range(12):
        outcomes.append(server.run(output, kill_after=moments.uniform(0, duration * 0.7)))
        if outcomes[-1] == 0:
            break
        if output.exists():  # killed between the output's appearance and the end
            assert output.read_bytes() == whole.read_bytes()
    assert outcomes[0] == -signal.SIGKILL
    assert server.run(output) == 0
    server.close()
    assert output.read_bytes() == whole.read_bytes()
    errors = [path.with_name(path.name.replace(".jsonl", ".errors.jsonl")).read_bytes() for path in (whole, output)]
    assert errors[0] == errors[1] != b""
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".", "out"))) == [
        "out.errors.jsonl",
        "out.jsonl",
        "out.run.json",
    ]


def test_a_spool_cut_off_while_it_was_made_or_removed_does_no_harm(
    tiny_model: Path, news: Path, tmp_path: Path
) -> None:
    extract(tiny_model, news, tmp_path / "whole.jsonl")
    for number, names in enumerate(
        (
            [],
            ["pid"],
            ["pid", ".key.json.new"],
            ["shard-000000.json"],
            ["shard-000000.json", "shard-000000.jsonl"],
            ["collection.sqlite"],
        )
    ):
        output = tmp_path / f"out{number}.jsonl"
        spool = output.with_name(f"{output.name}.spool")
        spool.mkdir()
        for name in names:
            (spool / name).write_text("half a thi")
        extract(tiny_model, news, output)
        assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_read_only_output_folder_is_one_clear_error() -> None:
    with unprivileged() as folder:
        folder.chmod(0o500)
        with pytest.raises(OutputError, match=r"^[^\n]*out\.jsonl: cannot be written \(Permission denied\); choose"):
            Spool(folder / "out.jsonl", {})


def test_a_run_on_a_full_disk_goes_on_when_there_is_room(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    for number in range(60):
        (news / f"more{number:02}.txt").write_bytes((news / "a" / "first.txt").read_bytes())
    extract(tiny_model, news, tmp_path / "whole.jsonl")
    with small_disk(tmp_path / "disk", 2048) as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(1_920 * 1024))
        output = disk / "out.jsonl"
        with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\)[^\n]*same command again"):
            extract(tiny_model, news, output)
        assert not output.exists()
        assert list((disk / "out.jsonl.spool").glob("shard-*.jsonl"))
        ballast.unlink()
        extract(tiny_model, news, output)
        assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
        assert json.loads((disk / "out.run.json").read_text())["articles"] == 64
