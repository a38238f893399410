"""Killed runs and full disks: the output is whole or absent, and finished shards are kept."""

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

from onrecord.collection.near_duplicates import Signed
from onrecord.document import Span, Statement
from onrecord.errors import OutputError
from onrecord.runs.progress import Tally
from onrecord.runs.run import RunSettings
from onrecord.runs.spool import Failure, Shard, Spool
from tests.faults import small_disk, unprivileged
from tests.runs.running import QUOTED, Recorder, docs_of, extract

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


@pytest.mark.slow
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
    assert docs_of(output) == {path.name for path in folder.iterdir() if path.stat().st_size}
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".", "out"))) == [
        "out.errors.jsonl",
        "out.jsonl",
        "out.run.json",
    ]


@pytest.mark.parametrize("names", [[], ["pid"], ["run.sqlite"], ["pid", "run.sqlite-journal"]])
def test_a_spool_cut_off_while_it_was_made_or_deleted_does_no_harm(
    tiny_model: Path, news: Path, tmp_path: Path, names: list[str]
) -> None:
    extract(tiny_model, news, tmp_path / "whole.jsonl")
    output = tmp_path / "out.jsonl"
    spool = output.with_name(f"{output.name}.spool")
    spool.mkdir()
    for name in names:
        (spool / name).write_text("" if name == "run.sqlite" else "half a thi")
    extract(tiny_model, news, output)
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert docs_of(output) == QUOTED
    assert not spool.exists()


def shard(number: int) -> Shard:
    doc = f"{number}.txt"
    statement = Statement(doc, f"{doc}#1", "Yes\u2028", (Span(0, 4),), "direct", Span(0, 4))
    failure = Failure(f"{number}.bad", "reading", f"{number} is unreadable")
    return Shard.of([[statement], []], [Signed(doc, None, "ab")], [failure])


def test_shards_come_back_whole_in_order_and_are_counted_once(tmp_path: Path) -> None:
    made_of = {"articles": "a"}
    with Spool(tmp_path / "out.jsonl", made_of) as spool:
        for number in (2, 0, 1):
            spool.write(number, shard(number))
    with Spool(tmp_path / "out.jsonl", made_of) as spool:
        assert [spool.is_done(number) for number in range(4)] == [True, True, True, False]
        assert spool.tally() == Tally(articles=6, failed=3, statements=3)
        assert [(one.doc, one.text) for one in spool.statements()] == [(f"{n}.txt", "Yes\u2028") for n in range(3)]
        assert [failure.path for failure in spool.failures()] == ["0.bad", "1.bad", "2.bad"]
        assert [signed.doc for signed in spool.signatures()] == ["0.txt", "1.txt", "2.txt"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("during", ["a shard", "the final pass"])
def test_a_kill_inside_a_transaction_leaves_whole_shards_and_nothing_else(tmp_path: Path, during: str) -> None:
    made_of = {"articles": "a"}
    pid = os.fork()
    if not pid:
        spool = Spool(tmp_path / "out.jsonl", made_of)
        for number in range(3):
            spool.write(number, shard(number))
        with spool._database.transaction() if during == "a shard" else spool.scratch() as scratch:
            database = scratch or spool._database
            database.execute("PRAGMA cache_size = 1")  # so that pages reach the file before the commit
            database.create("CREATE TABLE other (text TEXT)")
            database.execute_many("INSERT INTO other VALUES (?)", [("x" * 5000,)] * 500)
            if database is spool._database:
                database.execute("DELETE FROM line")
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    left = "run.sqlite-journal" if during == "a shard" else "scratch.sqlite"
    assert (tmp_path / "out.jsonl.spool" / left).stat().st_size > 0
    with Spool(tmp_path / "out.jsonl", made_of) as spool:
        assert [one.doc for one in spool.statements()] == ["0.txt", "1.txt", "2.txt"]
        assert spool.done == 3
        assert (tmp_path / "out.jsonl.spool" / "run.sqlite").stat().st_size < 100_000
        with spool.scratch() as scratch:
            assert scratch.all("SELECT name FROM sqlite_master") == []


def test_a_damaged_spool_is_named_and_restart_drops_it(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    file = tmp_path / "out.jsonl.spool" / "run.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"no database" * 100)
    with pytest.raises(OutputError, match=r"run\.sqlite: damaged \(file is not a database\); delete this file"):
        extract(tiny_model, news, output)
    assert file.exists()
    extract(tiny_model, news, output, RunSettings(output, shard_size=2, restart=True))
    assert docs_of(output) == QUOTED
    assert not file.exists()


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
        ballast.unlink()
        monitor = Recorder()
        extract(tiny_model, news, output, monitor=monitor)
        assert monitor.tallies[0].articles > 0  # some shards of the first run are there
        assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
        assert docs_of(output) > QUOTED
        assert json.loads((disk / "out.run.json").read_text())["articles"] == 64
