"""Ctrl-C and the signals that ask a run to stop: it says what is kept, and the same command goes on from there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.document import Statement
from onrecord.pipeline import Pipeline, Prepared
from tests.command import onrecord
from tests.runs.running import QUOTED, docs_of


@pytest.fixture(autouse=True)
def signals_as_at_the_start_of_a_program() -> Iterator[None]:
    """Ctrl-C is ignored where the tests run in the background of a shell, and Ray leaves a handler that ends them."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, signal.SIG_DFL if handler is None else handler)


def stop_at(monkeypatch: pytest.MonkeyPatch, shard: int, number: int) -> None:
    """Sends this process a signal when that shard is about to be extracted."""
    shards = 0
    original = Pipeline.extract_prepared

    def extract_prepared(self: Pipeline, prepared: list[Prepared]) -> list[list[Statement]]:
        nonlocal shards
        shards += 1
        if shards == shard:
            assert callable(signal.getsignal(number)), (
                "the run does not listen to the signal, which would end the tests"
            )
            os.kill(os.getpid(), number)
            time.sleep(5)
        return original(self, prepared)

    monkeypatch.setattr(Pipeline, "extract_prepared", extract_prepared)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_stopped_run_says_how_many_articles_are_kept_and_goes_on(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    number = signal.Signals[name]
    output = tmp_path / "out.jsonl"
    command = ("extract", news, "-o", output, "--model", tiny_model, "--shard-size", "2")
    with monkeypatch.context() as patch:
        stop_at(patch, 2, number)
        result = onrecord(*command)
    assert result.returncode == 128 + number
    last = result.stderr.splitlines()[-1]
    assert (
        last == f"stopped: 2 of 4 articles are finished and kept in {output}.spool; the same command goes on from there"
    )
    assert not output.exists()
    again = onrecord(*command)
    assert "continuing an interrupted run: 2 of 4 articles are done" in again.stderr
    assert again.returncode == 0
    assert docs_of(output) == QUOTED


def test_a_run_stopped_before_anything_is_finished_leaves_nothing(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(monkeypatch, 1, signal.SIGINT)
    result = onrecord("extract", news, "-o", tmp_path / "out.jsonl", "--model", tiny_model)
    assert "stopped: nothing was finished yet; the same command begins again" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["news"]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_stopped_run_to_standard_output_leaves_nothing_in_the_temporary_folder(
    tiny_model: Path, tmp_path: Path, name: str
) -> None:
    news, temporary = tmp_path / "news", tmp_path / "tmp"
    news.mkdir()
    temporary.mkdir()
    for number in range(200):
        (news / f"{number}.txt").write_text("Mayor Ada Brandt said the harbour would stay open.\n\n“No,” she said.\n")
    command = [sys.executable, "-m", "onrecord", "extract", news, "--model", tiny_model, "--shard-size", "1"]
    environment = {**os.environ, "TMPDIR": str(temporary), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stderr is not None
        process.stderr.readline()  # the model is being loaded
        time.sleep(3)
        process.send_signal(signal.Signals[name])
        said = process.stderr.read().decode()
    assert process.returncode in {-signal.Signals[name], 128 + signal.Signals[name]}, said  # a shell calls both 128 + n
    assert "Traceback" not in said
    assert list(temporary.iterdir()) == []
