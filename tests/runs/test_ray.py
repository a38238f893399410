"""The Ray engine on clusters of this machine's own: the bytes of the local engine, whatever is lost on the way."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import SettingsError, WeightsError
from onrecord.pipeline import PipelineSettings
from onrecord.reading import find_inputs
from onrecord.runs.progress import Tally
from onrecord.runs.run import RunSettings, run
from tests.runs.running import PRECISIONS, QUOTED, Recorder, docs_of, extract

pytest.importorskip("ray", reason="Ray is not installed: pip install 'onrecord[ray]'")

from ray.cluster_utils import Cluster

pytestmark = pytest.mark.slow

NODE = {"num_cpus": 1, "object_store_memory": 100_000_000}


@pytest.fixture(scope="module")
def head() -> Iterator[Any]:
    """A head that works on nothing, on this machine."""
    made = Cluster(initialize_head=True, head_node_args={**NODE, "num_cpus": 0, "include_dashboard": False})
    yield made
    made.shutdown()


@pytest.fixture
def cluster(head: Any) -> Iterator[Any]:
    """A head and two nodes with one processor each, all of them on this machine."""
    head.nodes_that_work = [head.add_node(wait=False, **NODE) for _ in range(2)]
    head.wait_for_nodes(timeout=120)
    yield head
    for node in head.nodes_that_work:
        if node in head.list_all_nodes():
            head.remove_node(node)


@pytest.fixture
def folder(news: Path) -> Path:
    for number in range(6):
        shutil.copytree(news / "a", news / f"more-{number}")
    return news


def test_a_node_killed_in_mid_run_loses_nothing_and_doubles_nothing(
    cluster: Any, tiny_model: Path, folder: Path, tmp_path: Path
) -> None:
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    path = folder / "b.txt"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))  # its text is kept

    class Killer(Recorder):
        def advance(self, done: Tally) -> None:
            if len(self.tallies) == 1:
                cluster.remove_node(cluster.nodes_that_work[0], allow_graceful=False)
            super().advance(done)

    monitor = Killer()
    local = extract(tiny_model, folder, tmp_path / "local.jsonl", RunSettings(tmp_path / "local.jsonl", shard_size=1))
    settings = RunSettings(tmp_path / "ray.jsonl", shard_size=1, engine="ray", address=cluster.address)
    spread = extract(tiny_model, folder, tmp_path / "ray.jsonl", settings, monitor)
    assert (tmp_path / "ray.jsonl").read_bytes() == (tmp_path / "local.jsonl").read_bytes()
    assert docs_of(tmp_path / "ray.jsonl") > QUOTED
    assert (tmp_path / "ray.texts.sqlite").read_bytes() == (tmp_path / "local.texts.sqlite").read_bytes()
    assert (tmp_path / "ray.errors.jsonl").read_bytes() == (tmp_path / "local.errors.jsonl").read_bytes()
    assert (spread.articles, spread.failed, spread.statements) == (local.articles, local.failed, local.statements)
    assert [tally.seen for tally in monitor.tallies] == list(range(12))
    assert len(monitor.failures) == 1


def test_what_ray_left_is_finished_by_the_local_engine(
    cluster: Any, tiny_model: Path, folder: Path, tmp_path: Path
) -> None:
    class Stop(Recorder):
        def advance(self, done: Tally) -> None:
            raise KeyboardInterrupt

    extract(tiny_model, folder, tmp_path / "whole.jsonl", RunSettings(tmp_path / "whole.jsonl", shard_size=3))
    output = tmp_path / "out.jsonl"
    settings = RunSettings(output, shard_size=3, engine="ray", address=cluster.address)
    with pytest.raises(KeyboardInterrupt):
        extract(tiny_model, folder, output, settings, Stop())
    monitor = Recorder()
    extract(tiny_model, folder, output, RunSettings(output, shard_size=3), monitor)
    assert monitor.tallies[0].articles == 3
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert docs_of(output) > QUOTED


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_worker_gives_back_what_the_local_engine_gives(tiny_model: Path, news: Path, precision: str) -> None:
    from onrecord.pipeline import PipelineSettings
    from onrecord.reading import find_inputs
    from onrecord.runs.local import LocalEngine
    from onrecord.runs.ray import _do
    from onrecord.runs.spool import Shard
    from onrecord.settings import deciding_files

    (news / "b.txt").write_bytes((news / "b.txt").read_text(encoding="utf-8").encode("utf-16"))
    settings = PipelineSettings(str(tiny_model), "cpu", precision, targets=("the plan",))
    inputs = find_inputs([news])
    here = {"folder": str(Path.cwd()), "weights": deciding_files(settings), "version": version("onrecord")}
    row = _do({"number": 3, "inputs": inputs}, settings, 1, False, here, "extracted")
    assert row["fault"] == ""
    ((_, local),) = LocalEngine(settings, "extracted").shards([(3, inputs)], False)
    given = Shard(**{name: row[name] for name in Shard.__slots__})
    assert (given.lines, given.texts, given.account) == (local.lines, local.texts, local.account)
    assert [doc for doc, *_ in json.loads(given.texts)] == ["b.txt"]


def test_a_cluster_that_asks_for_a_token_is_not_said_to_be_absent() -> None:
    from onrecord.runs.ray import _unreachable

    said = _unreachable("10.0.0.1:6379", RuntimeError("x " * 99 + "\nUnauthenticated: InvalidAuthToken: no token"))
    assert "asks for another token" in said
    assert "InvalidAuthToken" in said
    assert "set RAY_AUTH_MODE=token" in said
    assert "no Ray cluster answers there (refused)" in _unreachable("10.0.0.1:6379", OSError("refused"))
    assert "--engine ray: Ray cannot be started" in _unreachable(None, OSError("refused"))


def test_an_engine_of_another_name_or_an_address_without_ray_is_refused() -> None:
    with pytest.raises(SettingsError, match="no engine 'dask'"):
        RunSettings(None, engine="dask")
    with pytest.raises(SettingsError, match="add --engine ray"):
        RunSettings(None, address="auto")


def test_a_cluster_that_is_not_there_is_named(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1:1: no Ray cluster answers there"):
        extract(tiny_model, news, output, RunSettings(output, engine="ray", address="127.0.0.1:1"))
    assert not list(tmp_path.glob("out*"))


def test_standard_input_is_refused(tiny_model: Path) -> None:
    pipeline = PipelineSettings(str(tiny_model), "cpu", "fp32")
    with pytest.raises(SettingsError, match="reads files only"):
        run(find_inputs([Path("-")]), pipeline, RunSettings(None, engine="ray"), io.StringIO())


def test_a_fault_on_a_worker_ends_the_run_with_the_workers_message(
    tiny_model: Path, news: Path, tmp_path: Path
) -> None:
    broken = shutil.copytree(tiny_model, tmp_path / "model")
    (broken / "quotes" / "model.safetensors").write_bytes(b"no weights")
    output = tmp_path / "out.jsonl"
    with pytest.raises(WeightsError, match=r"on \S+: .*model.safetensors: cannot be loaded"):
        extract(broken, news, output, RunSettings(output, engine="ray"))


def test_a_ray_of_its_own_listens_on_this_machine_alone(tiny_model: Path) -> None:
    script = (
        "import sys; from onrecord.runs.ray import RayEngine; from onrecord.pipeline import PipelineSettings\n"
        "with RayEngine(PipelineSettings(sys.argv[1], 'cpu', 'fp32')) as engine:\n"
        "    import ray; print([node['NodeManagerAddress'] for node in ray.nodes()])"
    )
    command = [sys.executable, "-c", script, str(tiny_model)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines() == ["['127.0.0.1']"]
