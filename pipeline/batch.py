"""A folder run: shards, progress, errors, and the final pass that writes the output.

Articles are sorted and cut into shards; a shard's lines are spooled as soon as it is done. When all are, one
pass over the spool, in order, gives what needs the whole collection (see `finishing`) and writes the output beside
its final place, then renames it: what stands at that place is always whole. A run that was stopped goes on
from its spool when it is started again with the same articles and options.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO

from onrecord.document import Article
from onrecord.duplicates import sign
from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.finishing import Finished, finishing
from onrecord.models.loading import model_folder, settings_digest
from onrecord.people import NOBODY, People, read_people
from onrecord.pipeline import Pipeline, PipelineSettings, used_weights
from onrecord.reading import Input, read_article
from onrecord.records import to_line
from onrecord.spool import Spool


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run does beside what its pipeline is built from.

    ``output`` None writes to standard output; ``people`` is a file of names and ids that are given;
    ``skip_duplicates`` leaves out the statements of articles that are copies of another.
    """

    output: Path | None
    shard_size: int = 32
    people: Path | None = None
    skip_duplicates: bool = False

    def __post_init__(self) -> None:
        if self.shard_size < 1:
            raise SettingsError(f"shard size is {self.shard_size}; at least one article is needed")


@dataclass(frozen=True, slots=True)
class RunResult:
    """Counts of a finished run; ``failed`` holds one line for each article that could not be read.

    ``duplicates`` counts the articles that are copies of another, as `duplicates` finds them.
    """

    articles: int
    statements: int
    duplicates: int
    failed: tuple[str, ...]
    seconds: float


_LONGEST_NAME = 200
"""Bytes of an output's name: the spool's and the new file's names are a little longer, and 255 is the common limit."""

Report = Callable[[str], None]


def run(
    inputs: list[Input], pipeline_settings: PipelineSettings, settings: RunSettings, report: Report, stdout: TextIO
) -> RunResult:
    """Extracts the statements of all inputs, which must be sorted.

    ``report`` takes progress and errors, a line each; ``stdout`` the statements if there is no output file.

    Raises:
        OutputError: the output cannot be written.
        InputError: not one of the inputs could be read, or the file of people could not.
        WeightsError: the model is missing or damaged.
    """
    started = time.monotonic()
    people = NOBODY if settings.people is None else read_people(settings.people)
    pipeline_settings = pipeline_settings.resolved()
    weights = used_weights(pipeline_settings)
    decoding = settings_digest(model_folder(pipeline_settings.model))
    output = settings.output
    if output is not None:
        check_output(output, inputs)
        if settings.people is not None and os.path.realpath(settings.people) == os.path.realpath(output):
            raise SettingsError(f"{output} is the file of people; choose another output with -o")
        output = Path(os.path.realpath(output))
    size = settings.shard_size
    shards = [inputs[start : start + size] for start in range(0, len(inputs), size)]
    made_of = [version("onrecord"), [_stamp(item) for item in inputs], asdict(pipeline_settings), weights, size]
    key = hashlib.sha256(json.dumps([*made_of, people.digest, decoding]).encode()).hexdigest()
    with Spool(output, key, len(shards)) as spool, _output_errors(output):
        kept = spool.done
        if kept:
            report(f"going on with a stopped run: {kept} of {len(shards)} shards are done")
        if len(inputs) == 1:  # its one error is the run's
            report = _silence
        load = cache(lambda: Pipeline.build(pipeline_settings))
        for number, shard in enumerate(shards):
            if not spool.is_done(number):
                _run_shard(shard, number, load, spool, report)
                report(f"{sum(map(len, shards[: number + 1]))} of {len(inputs)} articles")
        failed = tuple(spool.errors())
        if len(failed) == len(inputs):
            spool.remove()
            none = "nothing was written: none of the articles could be read"
            raise InputError(failed[0] if len(inputs) == 1 else none)
        statements, duplicates = _finalise(spool, people, settings.skip_duplicates, output, stdout)
        seconds = time.monotonic() - started
        result = RunResult(len(inputs) - len(failed), statements, duplicates, failed, seconds)
        if output is not None:
            noted: dict[str, Any] | None = None
            if settings.people is not None:
                noted = {"file": str(settings.people), "sha256": people.digest, "entries": len(people)}
            _write_record(output, pipeline_settings, settings, weights, noted, result)
        spool.remove()
    return result


def check_output(output: Path, inputs: list[Input]) -> None:
    """Raises OutputError or SettingsError for an output that must not be written, before any work is done."""
    try:
        if output.is_dir():
            raise SettingsError(f"{output} is a folder; give -o a file's name, such as {output / 'statements.jsonl'}")
        if not output.parent.is_dir():
            raise OutputError(f"{output}: there is no folder {output.parent}; make it, or choose another with -o")
        if output.exists() and not output.is_file():
            raise SettingsError(f"{output} is no ordinary file; leave -o out to write to standard output")
        if len(os.fsencode(output.name)) > _LONGEST_NAME:
            raise OutputError(f"{output}: the name is too long; choose a shorter one with -o")
    except OSError as error:
        raise OutputError(f"{output}: cannot be written ({error.strerror}); choose another with -o") from error
    real = os.path.realpath(output)
    for item in inputs:
        if item.path is not None and os.path.realpath(item.path) == real:
            raise SettingsError(f"{output} is one of the articles to read; choose another output with -o")


@contextmanager
def _output_errors(output: Path | None) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        where = error.filename or output or "standard output"
        raise OutputError(f"{where}: cannot be written ({error.strerror})") from error


def _stamp(item: Input) -> list[str | int]:
    """What tells whether an input is the one that was read before."""
    if item.path is None:
        return [item.doc, time.time_ns()]
    try:
        status = item.path.stat()
    except OSError:  # reading it will say so
        return [item.doc, str(item.path), time.time_ns()]
    return [item.doc, os.path.realpath(item.path), status.st_size, status.st_mtime_ns]


def _silence(line: str) -> None:
    pass


def _run_shard(shard: list[Input], number: int, load: Callable[[], Pipeline], spool: Spool, report: Report) -> None:
    articles: list[Article] = []
    errors: list[str] = []
    for item in shard:
        try:
            articles.append(read_article(item))
        except InputError as error:
            errors.append(str(error))
            report(f"skipped: {error}")
    statements = load().extract_articles(articles) if articles else []
    said = {statement.doc for of_one_article in statements for statement in of_one_article}
    spool.write(number, statements, [sign(article) for article in articles if article.doc in said], errors)


def _finalise(
    spool: Spool, people: People, skip_duplicates: bool, output: Path | None, stdout: TextIO
) -> tuple[int, int]:
    """What needs the whole collection, then the output lines. Returns their number and that of duplicates."""
    with finishing(spool, people, skip_duplicates) as finished:
        if output is None:
            count = _write_lines(finished, stdout)
            stdout.flush()
            return count, finished.duplicates
        fresh = output.with_name(f".{output.name}.new")
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            count = _write_lines(finished, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(output)
        return count, finished.duplicates


def _write_lines(finished: Finished, file: TextIO) -> int:
    count = 0
    for statement in finished.statements:
        file.write(f"{to_line(statement)}\n")
        count += 1
    return count


def _write_record(
    output: Path,
    pipeline: PipelineSettings,
    settings: RunSettings,
    weights: dict[str, str],
    people: dict[str, Any] | None,
    result: RunResult,
) -> None:
    """``out.run.json`` beside the output: what a later reader needs to know about how it was made."""
    record: dict[str, Any] = {
        "versions": {package: version(package) for package in ("onrecord", "torch", "transformers")},
        "settings": asdict(pipeline),
        "weights": weights,
        "people": people,
        "articles": result.articles,
        "duplicates": {"articles": result.duplicates, "skipped": settings.skip_duplicates},
        "statements": result.statements,
        "failed": list(result.failed),
        "seconds": round(result.seconds, 2),
    }
    path = output.with_name(f"{output.name.removesuffix('.jsonl')}.run.json")
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)
