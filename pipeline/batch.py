"""A folder run: shards, progress, errors, and the final pass that writes the output.

Articles are sorted and cut into shards; a shard's lines are spooled as soon as it is done. When all are, one
pass over the spool, in order, gives names and ids that hold across the collection and writes the output beside
its final place, then renames it: what stands at that place is always whole. A run that was stopped goes on
from its spool when it is started again with the same articles and options.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from onrecord.collection import Collection
from onrecord.document import Article, Statement
from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.models.loading import hashes, model_folder
from onrecord.pipeline import Pipeline, PipelineSettings
from onrecord.reading import Input, read_article
from onrecord.records import read_statements, to_line


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run does beside what its pipeline is built from. ``output`` None writes to standard output."""

    output: Path | None
    shard_size: int = 32

    def __post_init__(self) -> None:
        if self.shard_size < 1:
            raise SettingsError(f"shard size is {self.shard_size}; at least one article is needed")


@dataclass(frozen=True, slots=True)
class RunResult:
    """Counts of a finished run; ``failed`` holds one line for each article that could not be read."""

    articles: int
    statements: int
    failed: tuple[str, ...]
    seconds: float


Report = Callable[[str], None]


def run(
    inputs: list[Input], pipeline_settings: PipelineSettings, settings: RunSettings, report: Report, stdout: TextIO
) -> RunResult:
    """Extracts the statements of all inputs, which must be sorted.

    ``report`` takes progress and errors, a line each; ``stdout`` the statements if there is no output file.

    Raises:
        OutputError: the output cannot be written.
        InputError: not one of the inputs could be read.
        WeightsError: the model is missing or damaged.
    """
    started = time.monotonic()
    pipeline_settings = pipeline_settings.resolved()
    weights = hashes(model_folder(pipeline_settings.model))
    spool = _Spool(inputs, pipeline_settings, weights, settings)
    try:
        pipeline: Pipeline | None = None
        for number, shard in enumerate(spool.shards):
            if not spool.is_done(number):
                pipeline = pipeline or Pipeline.load(**asdict(pipeline_settings))
                _run_shard(shard, number, pipeline, spool, report, len(inputs))
        failed = tuple(spool.errors())
        if len(failed) == len(inputs):
            raise InputError("nothing was written: none of the articles could be read")
        statements = _finalise(spool, settings, stdout)
        result = RunResult(len(inputs) - len(failed), statements, failed, time.monotonic() - started)
        if settings.output is not None:
            _write_record(settings.output, pipeline_settings, weights, result)
    except OSError as error:
        raise OutputError(f"{error.filename or settings.output}: cannot be written ({error.strerror})") from error
    except InputError:
        spool.remove()
        raise
    spool.remove()
    return result


class _Spool:
    """The folder beside the output that holds the lines of finished shards."""

    def __init__(
        self, inputs: list[Input], pipeline: PipelineSettings, weights: dict[str, str], settings: RunSettings
    ) -> None:
        size = settings.shard_size
        self.shards = [inputs[start : start + size] for start in range(0, len(inputs), size)]
        if settings.output is None:
            self.folder = Path(tempfile.mkdtemp(prefix="onrecord-"))
            return
        self.folder = settings.output.with_name(f"{settings.output.name}.spool")
        described = [version("onrecord"), [_stamp(item) for item in inputs], asdict(pipeline), weights, size]
        key = hashlib.sha256(json.dumps(described).encode()).hexdigest()
        mark = self.folder / "key"
        try:
            if self.folder.exists() and (not mark.is_file() or mark.read_text() != key):
                shutil.rmtree(self.folder)
            self.folder.mkdir(exist_ok=True)
            mark.write_text(key)
        except OSError as error:
            raise OutputError(
                f"{settings.output}: cannot be written ({error.strerror}); choose a folder of yours with -o"
            ) from error

    def lines(self, number: int) -> Path:
        return self.folder / f"shard-{number:06}.jsonl"

    def is_done(self, number: int) -> bool:
        return self.lines(number).exists()

    def write(self, number: int, statements: list[list[Statement]], errors: list[str]) -> None:
        """Stores a shard; it counts as done once its lines have their final name."""
        self._errors(number).write_text(json.dumps(errors), encoding="utf-8")
        fresh = self.lines(number).with_suffix(".new")
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{to_line(statement)}\n" for group in statements for statement in group)
        fresh.replace(self.lines(number))

    def errors(self) -> Iterator[str]:
        for number in range(len(self.shards)):
            yield from json.loads(self._errors(number).read_text(encoding="utf-8"))

    def statements(self) -> Iterator[Statement]:
        for number in range(len(self.shards)):
            yield from read_statements(self.lines(number))

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _errors(self, number: int) -> Path:
        return self.folder / f"shard-{number:06}.errors.json"


def _stamp(item: Input) -> list[str | int]:
    """What tells whether an input is the one that was read before."""
    if item.path is None:
        return [item.doc, time.time_ns()]
    status = item.path.stat()
    return [item.doc, str(item.path.resolve()), status.st_size, status.st_mtime_ns]


def _run_shard(shard: list[Input], number: int, pipeline: Pipeline, spool: _Spool, report: Report, total: int) -> None:
    articles: list[Article] = []
    errors: list[str] = []
    for item in shard:
        try:
            articles.append(read_article(item))
        except InputError as error:
            errors.append(str(error))
            report(f"skipped: {error}")
    statements = pipeline.extract_articles(articles) if articles else []
    spool.write(number, statements, errors)
    done = sum(len(part) for part in spool.shards[: number + 1])
    report(f"{done} of {total} articles, {sum(map(len, statements))} statements in the last {len(shard)}")


def _finalise(spool: _Spool, settings: RunSettings, stdout: TextIO) -> int:
    """The pass over the spool: names and ids across the collection, then the output lines. Returns their number."""
    with Collection(spool.folder / "collection.sqlite") as collection:
        for _, of_one_article in groupby(spool.statements(), lambda statement: statement.doc):
            collection.add(of_one_article)
        collection.settle()
        if settings.output is None:
            return _write_lines(spool, collection, stdout)
        fresh = settings.output.with_name(f".{settings.output.name}.new")
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            count = _write_lines(spool, collection, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(settings.output)
        return count


def _write_lines(spool: _Spool, collection: Collection, file: TextIO) -> int:
    count = 0
    for statement in spool.statements():
        file.write(f"{to_line(collection.rename(statement))}\n")
        count += 1
    return count


def _write_record(output: Path, pipeline: PipelineSettings, weights: dict[str, str], result: RunResult) -> None:
    """``out.run.json`` beside the output: what a later reader needs to know about how it was made."""
    record: dict[str, Any] = {
        "versions": {package: version(package) for package in ("onrecord", "torch", "transformers")},
        "settings": asdict(pipeline),
        "weights": weights,
        "articles": result.articles,
        "statements": result.statements,
        "failed": list(result.failed),
        "seconds": round(result.seconds, 2),
    }
    path = output.with_name(f"{output.stem}.run.json")
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
