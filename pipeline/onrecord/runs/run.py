"""A folder run: shards, errors, and the final pass that writes the output.

Articles come in a fixed order and are cut into shards; a shard's lines are spooled as soon as it is done. When all
are, one pass over the spool, in order, gives what needs the whole collection (see `finishing`) and writes the output
beside its final place, then renames it: what stands at that place is always whole. A run that was stopped, however
rudely, goes on from its spool when it is started again with the same articles and options.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TextIO

from onrecord.collection.people_file import NOBODY, People, read_people
from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.files.article_texts import saved_path
from onrecord.files.atomic import replacing
from onrecord.files.records import to_line
from onrecord.pipeline import PipelineSettings, used_weights
from onrecord.reading import Input
from onrecord.runs.final_pass import Finished, finishing
from onrecord.runs.local import Engine, LocalEngine
from onrecord.runs.progress import Silent, Tally
from onrecord.runs.spool import Failure, Spool
from onrecord_models.inference import use_threads
from onrecord_models.loading import model_folder, settings_digest

ENGINES: Final = ("local", "ray")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run does beside what its pipeline is built from.

    ``output`` None writes to standard output; ``people`` is a file of names and ids that are given;
    ``skip_duplicates`` leaves out the statements of articles that are copies of another; ``strict`` stops
    at the first article that cannot be read; ``restart`` throws away what a stopped run left; ``append_live`` shows
    lines at the output's place while the run goes on, provisional ones, which the final ones replace. ``engine`` is
    ``local`` or ``ray``, then with the ``address`` of a cluster, if it is not to be this machine alone; ``threads``
    are the processors of one process, all there are if None (with Ray: one). ``save_text`` is a folder for the
    articles' texts, which offsets count in.
    """

    output: Path | None
    shard_size: int = 32
    people: Path | None = None
    skip_duplicates: bool = False
    strict: bool = False
    restart: bool = False
    append_live: bool = False
    engine: str = "local"
    address: str | None = None
    threads: int | None = None
    save_text: Path | None = None

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise SettingsError(f"no engine {self.engine!r}; choose one of {', '.join(ENGINES)}")
        if self.address is not None and self.engine != "ray":
            raise SettingsError("--address is of a Ray cluster; add --engine ray")
        if self.shard_size < 1:
            raise SettingsError(f"shard size is {self.shard_size}; at least one article is needed")
        if self.output is None and (self.restart or self.append_live):
            option = "--restart" if self.restart else "--append-live"
            raise SettingsError(f"{option} needs an output file; name one with -o")


@dataclass(frozen=True, slots=True)
class RunResult:
    """Counts of a finished run, and the seconds it took, of them ``loading`` for the model.

    ``failed`` articles could not be read.

    ``duplicates`` counts the articles that are copies of another, as `duplicates` finds them.
    """

    articles: int
    statements: int
    duplicates: int
    failed: int
    seconds: float
    loading: float = 0.0


_LONGEST_NAME = 200
"""Bytes of an output's name: the spool's and the new file's names are a little longer, and 255 is the common limit."""


def run(
    inputs: Sequence[Input],
    pipeline_settings: PipelineSettings,
    settings: RunSettings,
    stdout: TextIO,
    monitor: Silent | None = None,
) -> RunResult:
    """Extracts the statements of all inputs, which must be sorted.

    ``stdout`` takes the statements if there is no output file.

    Raises:
        OutputError: the output cannot be written, or a run of something else was stopped there.
        InputError: not one of the inputs could be read, or one could not and the settings are strict, or the file
            of people could not.
        WeightsError: the model is missing or damaged.
    """
    started = time.monotonic()
    monitor = monitor or Silent()
    people = NOBODY if settings.people is None else read_people(settings.people)
    output = settings.output
    if output is not None:
        check_output(output, inputs)
        if settings.people is not None and os.path.realpath(settings.people) == os.path.realpath(output):
            raise SettingsError(f"{output} is the file of people; choose another output with -o")
        output = Path(os.path.realpath(output))
    if settings.engine == "ray" and any(item.path is None for item in inputs):
        raise SettingsError("--engine ray reads files only; write standard input into one, or leave --engine out")
    if settings.save_text is not None:
        settings = replace(settings, save_text=check_save_text(settings.save_text, inputs))
    with _engine(pipeline_settings, settings) as engine:
        return _run(inputs, engine, settings, people, output, stdout, monitor, started)


def _engine(pipeline: PipelineSettings, settings: RunSettings) -> AbstractContextManager[Engine]:
    if settings.engine == "local":
        use_threads(settings.threads)
        return nullcontext(LocalEngine(pipeline, settings.save_text))
    from onrecord.runs.ray import RayEngine

    return RayEngine(pipeline, settings.address, settings.threads, settings.save_text)


def _run(
    inputs: Sequence[Input],
    engine: Engine,
    settings: RunSettings,
    people: People,
    output: Path | None,
    stdout: TextIO,
    monitor: Silent,
    started: float,
) -> RunResult:
    pipeline_settings = engine.settings
    weights = used_weights(pipeline_settings)
    made_of = _made_of(inputs, pipeline_settings, weights, people, settings)
    with Spool(output, made_of, settings.restart) as spool, _output_errors(output):
        if spool.done:
            monitor.say(f"going on with a stopped run: {spool.done} shards are done")
        total = _run_shards(inputs, engine, spool, settings, output, monitor)
        if output is not None:
            _write_failures(spool, companion(output, "errors.jsonl"))
        if not total.articles:
            failure = next(spool.failures())
            spool.remove()
            raise InputError(
                failure.message if total.failed == 1 else "nothing was written: none of the articles could be read"
            )
        statements, duplicates = _finalise(spool, people, settings.skip_duplicates, output, stdout)
        seconds = time.monotonic() - started
        result = RunResult(total.articles, statements, duplicates, total.failed, seconds, engine.loading)
        if output is not None:
            noted: dict[str, Any] | None = None
            if settings.people is not None:
                noted = {"file": str(settings.people), "sha256": people.digest, "entries": len(people)}
            _write_record(output, pipeline_settings, settings, weights, noted, result)
        spool.remove()
    return result


def companion(output: Path, kind: str) -> Path:
    """A file that a run writes beside its output: ``out.errors.jsonl`` and ``out.run.json`` for ``out.jsonl``."""
    return output.with_name(f"{output.name.removesuffix('.jsonl')}.{kind}")


def check_output(output: Path, inputs: Sequence[Input]) -> None:
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
    if output.exists() and any(path.exists() and path.samefile(output) for path in _files(inputs)):
        raise SettingsError(f"{output} is one of the articles to read; choose another output with -o")


def _files(inputs: Sequence[Input]) -> Iterator[Path]:
    """The files that the inputs lie in, each once for those of it that follow each other."""
    return (path for path, _ in groupby(item.path for item in inputs) if path is not None)


def check_save_text(folder: Path, inputs: Sequence[Input]) -> Path:
    """The real path of a folder for the articles' texts.

    Raises:
        SettingsError: it lies among the articles, or two of them would have one place in it.
    """
    real = Path(os.path.realpath(folder))
    if real.exists() and not real.is_dir():
        raise SettingsError(f"{folder} is no folder; choose another with --save-text")
    for path in _files(inputs):
        if Path(os.path.realpath(path)).is_relative_to(real):
            raise SettingsError(f"{folder} holds articles to read ({path.name}); choose another with --save-text")
    places: dict[Path, str] = {}
    for item in inputs:
        if item.fault is None and (other := places.setdefault(saved_path(real, item.doc), item.doc)) != item.doc:
            raise SettingsError(f"--save-text: {other} and {item.doc} would have one name there; leave one of them out")
    return real


@contextmanager
def _output_errors(output: Path | None) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        where = error.filename or output or "standard output"
        again = "" if output is None else "; mend that and start the same command again: it goes on where it stopped"
        raise OutputError(f"{where}: cannot be written ({error.strerror}){again}") from error


def _made_of(
    inputs: Sequence[Input], pipeline: PipelineSettings, weights: dict[str, str], people: People, settings: RunSettings
) -> dict[str, str]:
    """What the lines of a run depend on, as a user calls it."""
    articles = hashlib.sha256()
    for _, same in groupby(inputs, key=lambda item: item.path):
        of_one_file = list(same)
        articles.update(json.dumps(_stamp(of_one_file[0])).encode())
        for item in of_one_file:
            articles.update(json.dumps([item.doc, item.file.text_field, item.fault]).encode())
    options = {f"--{name.replace('_', '-').removesuffix('s')}": value for name, value in asdict(pipeline).items()}
    model = json.dumps([weights, settings_digest(model_folder(pipeline.model))], sort_keys=True)
    return {
        "articles": articles.hexdigest(),
        "model weights": hashlib.sha256(model.encode()).hexdigest(),
        "people": people.digest,
        "version of onrecord": version("onrecord"),
        "--shard-size": str(settings.shard_size),
        "--save-text": str(settings.save_text),
        **{option: json.dumps(value) for option, value in options.items()},
    }


def _stamp(item: Input) -> list[str | int]:
    """What tells whether an input is the one that was read before."""
    if item.path is None:
        return [item.doc, time.time_ns()]
    try:
        status = item.path.stat()
    except OSError:  # reading it will say so
        return [item.doc, str(item.path)]
    return [item.doc, os.path.realpath(item.path), status.st_size, status.st_mtime_ns]


def _run_shards(
    inputs: Sequence[Input], engine: Engine, spool: Spool, settings: RunSettings, output: Path | None, monitor: Silent
) -> Tally:
    """Brings every shard into the spool. Returns what became of all articles."""
    done = spool.tally()
    monitor.start(len(inputs), done)
    if settings.strict and done.failed:
        raise _stop(next(spool.failures()))
    live = output if settings.append_live else None
    if live is not None:
        _start_live(spool, live)
    size = settings.shard_size
    cut = (inputs[start : start + size] for start in range(0, len(inputs), size))
    pending = ((number, shard) for number, shard in enumerate(cut) if not spool.is_done(number))
    for number, shard in engine.shards(pending, settings.strict):
        for failure in shard.failures:
            if settings.strict:
                raise _stop(failure)
            if len(inputs) > 1:  # the one error of a single article is the run's
                monitor.failure(failure.message)
        spool.write(number, shard)
        done += shard.tally
        if live is not None:
            with live.open("a", encoding="utf-8", newline="\n") as file:
                file.write(shard.lines)
        monitor.advance(done)
    return done


def _stop(failure: Failure) -> InputError:
    return InputError(f"{failure.message} (stopped here, as --strict asks)")


def _start_live(spool: Spool, live: Path) -> None:
    """The output's place with the lines of the shards that are done, for more to be appended."""
    with replacing(live) as file:
        file.writelines(f"{to_line(statement)}\n" for statement in spool.statements())


def _finalise(
    spool: Spool, people: People, skip_duplicates: bool, output: Path | None, stdout: TextIO
) -> tuple[int, int]:
    """What needs the whole collection, then the output lines. Returns their number and that of duplicates."""
    with finishing(spool, people, skip_duplicates) as finished:
        if output is None:
            count = _write_lines(finished, stdout)
            stdout.flush()
            return count, finished.duplicates
        with replacing(output) as file:
            return _write_lines(finished, file), finished.duplicates


def _write_lines(finished: Finished, file: TextIO) -> int:
    count = 0
    for statement in finished.statements:
        file.write(f"{to_line(statement)}\n")
        count += 1
    return count


def _write_failures(spool: Spool, path: Path) -> None:
    """``out.errors.jsonl``, one line for each article that was skipped; no file where none was."""
    failures: Iterable[Failure] = spool.failures()
    first = next(iter(spool.failures()), None)
    if first is None:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as file:
        file.writelines(f"{json.dumps(asdict(failure), ensure_ascii=False)}\n" for failure in failures)


def _write_record(
    output: Path,
    pipeline: PipelineSettings,
    settings: RunSettings,
    weights: dict[str, str],
    people: dict[str, Any] | None,
    result: RunResult,
) -> None:
    """``out.run.json`` beside the output: what a later quote model needs to know about how it was made."""
    record: dict[str, Any] = {
        "versions": {package: version(package) for package in ("onrecord", "torch", "transformers")},
        "settings": asdict(pipeline),
        "weights": weights,
        "people": people,
        "articles": result.articles,
        "duplicates": {"articles": result.duplicates, "skipped": settings.skip_duplicates},
        "statements": result.statements,
        "failed": result.failed,
        "seconds": round(result.seconds, 2),
    }
    with replacing(companion(output, "run.json")) as file:
        json.dump(record, file, indent=2, ensure_ascii=False)
        file.write("\n")
