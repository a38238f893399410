"""Shards on Ray Data: many processes on one machine or on a cluster, each with a model of its own.

Shards go out as tasks and come back as texts, which the spool stores as it does those of `local`. Tasks, not actors:
what a lost machine was doing is repeated wherever there is room, whereas an actor would wait for a machine of its own.
A process keeps its model for later tasks.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from functools import lru_cache, partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from onrecord import errors
from onrecord.errors import OnrecordError, SettingsError
from onrecord.runs.local import LocalEngine, NumberedInputs, NumberedShard
from onrecord.runs.settings import Keep
from onrecord.runs.spool import Shard
from onrecord.settings import PipelineSettings, deciding_files
from onrecord_models.inference import use_threads

_WAVE: Final = 4096
"""Shards that are handed to Ray at a time, because what it keeps for each must not grow with the collection."""
_WANTS_TOKEN: Final = re.compile("authenticat|unauthori[sz]ed|token", re.IGNORECASE)
_LOCALHOST: Final = "127.0.0.1"


class RayEngine:
    """A context manager that starts Ray on this machine or connects to the cluster at ``address``.

    Articles, and a model folder that does not come with onrecord, must have the same path on every machine.
    """

    def __init__(
        self,
        settings: PipelineSettings,
        address: str | None = None,
        threads: int | None = None,
        keep: Keep = "none",
    ) -> None:
        """Each worker process has ``threads`` processors (one if None), and a GPU if the cluster has any.

        Raises:
            SettingsError: Ray is not installed, or cannot be reached at the address.
        """
        self.loading = 0.0
        self._threads = threads or 1
        self._keep = keep
        if address is None:  # Ray reads this on import; without it, Ray on Linux listens on every interface
            os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        try:
            import ray
            import ray.data
        except ImportError as error:
            raise SettingsError("--engine ray needs Ray; install it with: pip install 'onrecord[ray]'") from error
        self._ray: Any = ray
        with ExitStack() as stack:
            stack.callback(ray.shutdown)
            self._connect(address)
            gpus = self._ray.cluster_resources().get("GPU", 0) >= 1 and settings.device != "cpu"
            self._needs: dict[str, Any] = {"num_cpus": self._threads, "num_gpus": 1 if gpus else 0}
            # A worker decides what "auto" means.
            self.settings = ray.get(self._ray.remote(**self._needs)(_resolved).remote(settings))
            self._leave = stack.pop_all()

    def _connect(self, address: str | None) -> None:
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "error", "ignore_reinit_error": True}
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        handler = signal.getsignal(signal.SIGTERM)
        try:
            if address is None:
                self._ray.init("local", include_dashboard=False, _node_ip_address=_LOCALHOST, **quiet)
            else:
                host, _, port = address.rpartition(":")
                if port.isdigit() and "//" not in host:  # Ray itself tries for minutes
                    socket.create_connection((host, int(port)), timeout=10).close()
                self._ray.init(address, **quiet)
        except Exception as error:  # Ray raises types of many kinds, among them the plain one
            raise SettingsError(_unreachable(address, error)) from error
        if threading.current_thread() is threading.main_thread():  # Ray puts in a handler of its own
            signal.signal(signal.SIGTERM, handler)
        for name in ("ray", "ray.data"):
            logging.getLogger(name).setLevel(logging.ERROR)
        context = self._ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave.close()

    def release(self) -> None:
        """Nothing: the models are in other processes."""

    def shards(self, pending: Iterable[NumberedInputs], strict: bool) -> Iterator[NumberedShard]:
        """The result of each pending shard, in the order in which they are finished."""
        here = {"folder": str(Path.cwd()), "weights": deciding_files(self.settings), "version": version("onrecord")}
        options = {
            "settings": self.settings,
            "threads": self._threads,
            "strict": strict,
            "here": here,
            "keep": self._keep,
        }
        numbered = iter(pending)
        while wave := list(islice(numbered, _WAVE)):
            rows = [{"number": number, "inputs": inputs} for number, inputs in wave]
            data = self._ray.data.from_items(rows, override_num_blocks=len(rows))
            done = data.map(partial(_do, **options), **self._needs)
            for row in done.iter_rows():
                if row["fault"]:
                    raise getattr(errors, row["fault"])(row["message"])
                yield row["number"], Shard(**{name: row[name] for name in Shard.__slots__})


def _unreachable(address: str | None, error: Exception) -> str:
    """Why Ray could not be reached: a cluster that asks for a token answers, so its own words come first."""
    reason = " ".join(str(error).split())
    if "Authentication" in type(error).__name__ or _WANTS_TOKEN.search(reason):
        return (
            f"--address {address}: the Ray cluster there asks for another token ({reason[:400]}); "
            "set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH as its administrator says"
        )
    if address is None:
        return f"--engine ray: Ray cannot be started on this machine ({reason[:400]}); leave --engine out, or fix that"
    return f"--address {address}: no Ray cluster answers there ({reason[:400]}); check the address"


def _resolved(settings: PipelineSettings) -> PipelineSettings:
    return settings.resolved()


@lru_cache(1)
def _engine(settings: PipelineSettings, keep: Keep) -> LocalEngine:
    """The engine of this process, with its model, which all shards of a run share."""
    return LocalEngine(settings, keep)


def _do(
    row: dict[str, Any],
    settings: PipelineSettings,
    threads: int,
    strict: bool,
    here: dict[str, Any],
    keep: Keep,
) -> dict[str, Any]:
    """Extracts one shard in a worker process; an error for the user also comes back as a row."""
    number, inputs = row["number"], row["inputs"]
    done = {"number": number, "fault": "", "message": "", **asdict(Shard("", "", ""))}
    try:
        use_threads(threads)
        _check(settings, here)
        ((_, shard),) = _engine(settings, keep).shards([(number, inputs)], strict)
    except OnrecordError as error:
        return done | {"fault": type(error).__name__, "message": f"on {socket.gethostname()}: {error}"}
    return done | asdict(shard)


def _check(settings: PipelineSettings, here: dict[str, Any]) -> None:
    """Raises SettingsError if this machine would give other results than the one that started the run."""
    try:
        os.chdir(here["folder"])
    except OSError as error:
        raise SettingsError(
            f"there is no folder {here['folder']}; articles must have the same path on every machine"
        ) from error
    if version("onrecord") != here["version"]:
        raise SettingsError(
            f"this machine has onrecord {version('onrecord')}, the one that started the run has {here['version']}"
        )
    if _weights(settings) != here["weights"]:
        raise SettingsError(f"model {settings.model!r} has other files here than on the machine that started the run")


@lru_cache(1)
def _weights(settings: PipelineSettings) -> dict[str, str]:
    return deciding_files(settings)
