"""How fast a pipeline is on this machine, and how near that comes to what the machine can do.

The yardstick is the rate at which this process multiplies matrices of the encoder's shapes. What an encoder must
compute for a window of n tokens, with L layers of size h and inner size f, is n · L · (8h² + 4hf + 4nh) operations, a
multiplication and an addition counted as two: 8h² for the maps to queries, keys, values and output, 4hf for the two
inner ones, 4nh for scores and sums of attention (Kaplan et al., arXiv:2001.08361, table 1, where the last is halved
for causal masks; Hoffmann et al., arXiv:2203.15556, appendix F). Norms, activations and filled-up places count nothing.
"""

from __future__ import annotations

import io
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import torch
from torch import Tensor

from onrecord.document import Article
from onrecord.errors import InputError, OnrecordError
from onrecord.pipeline import PipelineSettings
from onrecord.reading import Input, find_inputs, read_article
from onrecord.runs.run import RunResult, RunSettings, run
from onrecord_eval.benchmarks.synthetic_articles import made_articles
from onrecord_models.encoder import EncoderModel
from onrecord_models.inference import BATCH_TOKENS

_MEASURED = ("onrecord", "torch", "transformers")
_PRODUCTS = 40
"""Products that a rate is the best of."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What was measured; rates in operations a second, times in seconds, memory in bytes.

    ``product_rate`` is that of matrix products at the encoder's shapes; ``operations`` are the necessary ones of all
    encoders in one run over the articles, ``share`` is what that makes of the products' rate over the whole run, and
    ``encoder_share`` over the time in encoders alone. Times are the best of some runs, ``first_article`` from the start
    of a fresh process to its first line, ``peak_memory`` that of this process (None where it cannot be told).
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
    folder: Path | None, settings: PipelineSettings, threads: int | None = None, count: int = 128, repeats: int = 3
) -> Benchmark:
    """Measures a pipeline of these settings on the articles of a folder, or on so many made ones if that is None.

    Raises:
        InputError: there is no article, or none that can be read.
        WeightsError: the model is missing or damaged.
    """
    settings = settings.resolved()
    counter = _Counter()
    results: list[tuple[float, RunResult]] = []
    with tempfile.TemporaryDirectory(prefix="onrecord-bench-") as scratch, counter.watching():
        inputs = find_inputs([_made(Path(scratch), count) if folder is None else folder])
        readable = next((item for item in inputs if any(_readable([item]))), inputs[0])
        first_article = min(_first_article(readable, settings, threads) for _ in range(repeats))
        for _ in range(repeats):
            counter.clear()
            run_settings = RunSettings(Path(scratch) / "statements.jsonl", threads=threads)
            result = run(inputs, settings, run_settings, io.StringIO())
            results.append((counter.seconds, result))
        words = sum(len(article.text.split()) for article in _readable(inputs))
    seconds = min(result.seconds - result.loading for _, result in results)
    rate = product_rate(*counter.shape, settings)
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
        tokens=counter.tokens,
        statements=result.statements,
        seconds=seconds,
        loading=min(result.loading for _, result in results),
        words_per_second=words / seconds,
        articles_per_second=result.articles / seconds,
        product_rate=rate,
        operations=counter.operations,
        share=counter.operations / seconds / rate,
        encoder_share=counter.operations / min(encoding for encoding, _ in results) / rate,
        first_article=first_article,
        peak_memory=_peak_memory(),
    )


def product_rate(layers: int, hidden: int, inner: int, settings: PipelineSettings) -> float:
    """Operations a second at which this process multiplies a batch with the linear maps of an encoder's layers.

    Each shape counts by its share of the operations. The number of layers does not matter.
    """
    rows = BATCH_TOKENS[settings.device.partition(":")[0]]
    precision = torch.bfloat16 if settings.precision == "bf16" else torch.float32
    shapes = {(hidden, hidden): 4, (hidden, inner): 1, (inner, hidden): 1}
    times = {shape: _product_time(rows, *shape, precision, settings.device) for shape in shapes}
    done = sum(2 * rows * shape[0] * shape[1] * number for shape, number in shapes.items())
    return done / sum(times[shape] * number for shape, number in shapes.items())


@torch.inference_mode()
def _product_time(rows: int, size: int, outputs: int, precision: torch.dtype, device: str) -> float:
    values = torch.randn(rows, size, device=device, dtype=precision)
    linear = torch.nn.Linear(size, outputs, device=device, dtype=precision)
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


class _Counter:
    """Counts what goes through encoders while it is watching."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.tokens = 0
        self.operations = 0
        self.seconds = 0.0
        self.shape = (0, 0, 0)

    @contextmanager
    def watching(self) -> Iterator[None]:
        encode = EncoderModel.encode

        def watched(model: EncoderModel, embedded: Tensor, attention_mask: Tensor, **inputs: Tensor) -> Tensor:
            device = embedded.device.type
            _wait(device)
            started = time.perf_counter()
            hidden = encode(model, embedded, attention_mask, **inputs)
            _wait(device)
            self.seconds += time.perf_counter() - started
            lengths = attention_mask.sum(1).tolist()
            config = model.encoder.config
            shape = (config.num_hidden_layers, config.hidden_size, config.intermediate_size)
            self.tokens += sum(lengths)
            self.operations += operations(lengths, *shape)
            self.shape = max(self.shape, shape)  # the quote model's: a smaller model may help it
            return hidden

        EncoderModel.encode = watched  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            EncoderModel.encode = encode  # type: ignore[method-assign]


def _made(scratch: Path, count: int) -> Path:
    folder = scratch / "articles"
    folder.mkdir()
    for number, text in enumerate(made_articles(count)):
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
    return folder


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
    """The kind of processor, as far as the system tells it."""
    if device.startswith("cuda"):
        return str(torch.cuda.get_device_name())
    kind = platform.processor() or platform.machine()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        kind = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), kind)
    return f"{kind}, {os.cpu_count()} processors"


def _peak_memory() -> int | None:
    """The most that this process has had in memory; Windows does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
