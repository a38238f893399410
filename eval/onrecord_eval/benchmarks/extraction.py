"""Speed and memory of a whole run, and how close it comes to what this machine can compute.

    onrecord bench [DIR]

The yardstick is the rate at which this process multiplies matrices of the encoder's shapes. For a window of n tokens,
an encoder with L layers of size h and inner size f must compute n · L · (8h² + 4hf + 4nh) operations, where a
multiplication and an addition count as two: 8h² for the projections to queries, keys, values and output, 4hf for the
two inner ones, 4nh for the scores and sums of attention (Kaplan et al., arXiv:2001.08361, table 1, where the last is
halved for causal masks; Hoffmann et al., arXiv:2203.15556, appendix F). Norms, activations and padding are not counted.
"""

from __future__ import annotations

import io
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from onrecord.document import Article
from onrecord.errors import InputError, OnrecordError
from onrecord.pipeline import PipelineSettings
from onrecord.reading import Input, find_inputs, read_article
from onrecord.runs.run import RunResult, RunSettings, run
from onrecord.settings import PRECISIONS
from onrecord_eval.benchmarks.made.articles import synthetic_articles, write_articles
from onrecord_eval.benchmarks.measuring import peak_memory, pinned, processor
from onrecord_models.inference import batch_tokens, lacking
from onrecord_models.transformer.int8 import Int8Linear
from onrecord_models.transformer.layers import Layers

_MEASURED = ("onrecord", "torch", "transformers")
_PRODUCTS = 40
"""How many products are timed; the fastest counts."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What was measured; rates in operations a second, times in seconds, memory in bytes.

    ``product_rate`` is the rate of matrix products at the encoder's shapes. ``operations`` are those that all encoders
    need for one run over the articles; ``share`` compares their rate over the whole run with ``product_rate``, and
    ``encoder_share`` their rate over the time spent in encoders. Times are the best of several runs; ``first_article``
    counts from the start of a fresh process to its first line; ``peak_memory`` is that of this process, None where the
    system does not say.
    """

    date: str
    machine: str
    versions: dict[str, str]
    model: str
    device: str
    precision: str
    threads: int
    articles: int
    words: int
    tokens: int
    statements: int
    seconds: float
    loading: float
    words_per_second: float
    articles_per_second: float
    product_rate: float
    operations: float
    share: float
    encoder_share: float
    first_article: float
    peak_memory: int | None


def operations(lengths: Sequence[int], layers: int, hidden: int, inner: int) -> int:
    """Floating-point operations that an encoder needs for windows of these lengths in tokens; see the module."""
    return sum(n * layers * (8 * hidden**2 + 4 * hidden * inner + 4 * n * hidden) for n in lengths)


def benchmark(
    folder: Path | None,
    settings: PipelineSettings,
    *,
    threads: int | None = None,
    articles: int = 128,
    repeats: int = 3,
) -> Benchmark:
    """Measures a pipeline of these settings on the articles of ``folder``, or on synthetic ones if that is None.

    Args:
        threads: processor threads; None leaves the number to torch.
        articles: how many synthetic articles, if there is no folder.
        repeats: how many runs; the fastest counts.

    Raises:
        InputError: there is no article, or none that can be read.
        WeightsError: the model is missing or damaged.
    """
    settings = settings.resolved()
    meter = _EncoderMeter()
    results: list[tuple[float, RunResult]] = []
    with tempfile.TemporaryDirectory(prefix="onrecord-bench-") as scratch, meter.attached():
        if folder is None:
            folder = write_articles(Path(scratch) / "articles", synthetic_articles(articles))
        inputs = find_inputs([folder])
        readable = next((item for item in inputs if any(_readable([item]))), inputs[0])
        first_article = min(_first_article(readable, settings, threads) for _ in range(repeats))
        for _ in range(repeats):
            meter.reset()
            run_settings = RunSettings(Path(scratch) / "statements.jsonl", threads=threads)
            result = run(inputs, settings, run_settings, io.StringIO())
            results.append((meter.seconds, result))
        words = sum(len(article.text.split()) for article in _readable(inputs))
    seconds = min(result.seconds - result.loading for _, result in results)
    _, hidden, inner = meter.shape
    rate = product_rate(hidden or 768, inner or 3072, settings)
    result = results[-1][1]
    return Benchmark(
        date=time.strftime("%Y-%m-%d"),
        machine=_machine(settings.device),
        versions={"python": platform.python_version()} | {name: version(name) for name in _MEASURED},
        model=settings.model,
        device=settings.device,
        precision=settings.precision,
        threads=torch.get_num_threads(),
        articles=result.articles,
        words=words,
        tokens=meter.tokens,
        statements=result.statements,
        seconds=seconds,
        loading=min(result.loading for _, result in results),
        words_per_second=words / seconds,
        articles_per_second=result.articles / seconds,
        product_rate=rate,
        operations=meter.operations,
        share=meter.operations / seconds / rate,
        encoder_share=meter.operations / min(in_encoders for in_encoders, _ in results) / rate,
        first_article=first_article,
        peak_memory=peak_memory(),
    )


def compare(
    folder: Path | None, settings: PipelineSettings, *, threads: int = 1, articles: int = 128, repeats: int = 3
) -> dict[str, Benchmark | str]:
    """What `benchmark` measures with each precision, or what this machine lacks for it.

    They run by turns, each in a process of its own on as many processors as ``threads``, so that none has another's
    memory or more processors.

    Raises:
        OnrecordError: one of them fails.
    """
    device = settings.resolved().device
    missing = {name: lacking(name, device) for name in PRECISIONS if name != "auto"}
    runs: dict[str, list[Benchmark]] = {name: [] for name, reason in missing.items() if reason is None}
    command = [sys.executable, "-m", "onrecord", "bench", "--json", "--repeats", "1", "--threads", str(threads)]
    command += ["--model", settings.model, "--device", device, "--articles", str(articles)]
    command += [] if folder is None else [str(folder)]
    with pinned(threads):
        for _ in range(repeats):
            for name, measured in runs.items():
                child = subprocess.run(
                    [*command, "--precision", name], capture_output=True, encoding="utf-8", check=False
                )
                if child.returncode:
                    raise OnrecordError(child.stderr.strip().splitlines()[-1].removeprefix("error: "))
                measured.append(Benchmark(**json.loads(child.stdout)))
    best = {name: min(measured, key=lambda each: each.seconds) for name, measured in runs.items()}
    first = {name: min(each.first_article for each in measured) for name, measured in runs.items()}
    return {
        name: replace(best[name], first_article=first[name]) if reason is None else reason
        for name, reason in missing.items()
    }


def product_rate(hidden: int, inner: int, settings: PipelineSettings) -> float:
    """Operations a second at which this process multiplies a batch with the linear maps of an encoder's layer.

    Each shape counts by its share of the operations.
    """
    rows = batch_tokens(settings.device)
    shapes = {(hidden, hidden): 4, (hidden, inner): 1, (inner, hidden): 1}
    times = {shape: _product_time(rows, *shape, settings) for shape in shapes}
    done = sum(2 * rows * shape[0] * shape[1] * number for shape, number in shapes.items())
    return done / sum(times[shape] * number for shape, number in shapes.items())


@torch.inference_mode()
def _product_time(rows: int, size: int, outputs: int, settings: PipelineSettings) -> float:
    device = settings.device
    precision = torch.bfloat16 if settings.precision == "bf16" else torch.float32
    values = torch.randn(rows, size, device=device, dtype=precision)
    linear: Any = torch.nn.Linear(size, outputs, device=device, dtype=precision)
    if settings.precision == "int8":
        linear = Int8Linear(linear.weight, linear.bias)
    best = float("inf")
    for _ in range(_PRODUCTS):
        _wait(device)
        started = time.perf_counter()
        linear(values)
        _wait(device)
        best = min(best, time.perf_counter() - started)
    return best


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()


class _EncoderMeter:
    """Counts the tokens and operations of all encoders' layers while it is attached, and times them.

    The pipeline is built inside of a run, so the meter listens to every module by torch's global hooks, which are meant
    for profiling, and picks out the layers. Encoders that are built by another library are not counted.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.tokens = 0
        self.operations = 0
        self.seconds = 0.0
        self.shape = (0, 0, 0)
        """Layers, size and inner size of the largest encoder: the quote model's, whatever smaller ones help it."""
        self._started = 0.0

    @contextmanager
    def attached(self) -> Iterator[None]:
        with (
            register_module_forward_pre_hook(self._before),
            register_module_forward_hook(self._after, with_kwargs=True),
        ):
            yield

    def _before(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if isinstance(module, Layers):
            _wait(args[0].device.type)
            self._started = time.perf_counter()

    def _after(self, module: nn.Module, args: tuple[Any, ...], inputs: dict[str, Any], output: Any) -> None:
        if not isinstance(module, Layers):
            return
        _wait(args[0].device.type)
        self.seconds += time.perf_counter() - self._started
        attention_mask: Tensor = inputs["attention_mask"] if "attention_mask" in inputs else args[1]
        lengths = attention_mask.sum(1).tolist()
        config = module.config
        shape = (config.num_hidden_layers, config.hidden_size, config.intermediate_size)
        self.tokens += sum(lengths)
        self.operations += operations(lengths, *shape)
        self.shape = max(self.shape, shape)


def _readable(inputs: Sequence[Input]) -> Iterator[Article]:
    for item in inputs:
        with suppress(InputError):
            yield read_article(item)


def _first_article(item: Input, settings: PipelineSettings, threads: int | None) -> float:
    """Seconds from the start of a fresh process to its first line, or to its end where the article gives none."""
    command = [sys.executable, "-m", "onrecord", "extract", str(item.path), "--model", settings.model, "--quiet"]
    command += ["--device", settings.device, "--precision", settings.precision]
    command += [] if threads is None else ["--threads", str(threads)]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        process.stdout.readline()
        seconds = time.perf_counter() - started
        _, said = process.communicate()
    if process.returncode:
        raise OnrecordError(said.strip().removeprefix("error: "))
    return seconds


def _machine(device: str) -> str:
    """The kind of GPU or processor, as far as the system says."""
    return str(torch.cuda.get_device_name()) if device.startswith("cuda") else processor()
