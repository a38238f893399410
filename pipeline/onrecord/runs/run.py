"""A folder run: shards, errors, and the final pass that writes the output.

Articles come in a fixed order and are cut into shards; a shard's lines are spooled as soon as it is done. When all
are, one pass over the spool, in order, adds what needs the whole collection (see `final_pass`) and writes the output
beside its final place, then renames it: a file at that place is always complete. A run that was interrupted, however
rudely, continues from its spool when it is started again with the same articles and options.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, replace
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from onrecord.collection.people_file import NOBODY, People, read_people
from onrecord.errors import InputError, SettingsError, Stopped
from onrecord.files.article_texts import save_texts
from onrecord.files.atomic import naming, replacing
from onrecord.files.companions import companion
from onrecord.files.console import counted
from onrecord.files.kept_texts import texts_path, write_kept_texts
from onrecord.files.records import harmless_json, json_line, to_line
from onrecord.reading import Input
from onrecord.runs.final_pass import Finished, finishing
from onrecord.runs.local import Engine, LocalEngine
from onrecord.runs.output import check_output, check_save_text, make_folder_of, output_errors
from onrecord.runs.progress import Phase, Progress, Tally
from onrecord.runs.settings import RunResult, RunSettings
from onrecord.runs.spool import Failure, Spool
from onrecord.settings import PipelineSettings, deciding_files, model_folders, used_weights
from onrecord_models.inference import use_threads

__all__ = ["RunResult", "RunSettings", "companion", "run"]

OnProgress = Callable[[Progress], None]

_log = logging.getLogger(__name__)


def run(
    inputs: Sequence[Input],
    pipeline_settings: PipelineSettings,
    settings: RunSettings,
    stdout: TextIO,
    on_progress: OnProgress | None = None,
) -> RunResult:
    """Extracts the statements of all inputs.

    Args:
        inputs: the articles, sorted.
        pipeline_settings: what the pipeline is built from.
        settings: everything else about the run.
        stdout: where the statements go if the settings name no output file.
        on_progress: called when the run starts or resumes, after each shard, and before the final pass.

    Raises:
        OutputError: the output cannot be written, or a run of other articles or options was interrupted there.
        InputError: none of the inputs could be read; or one could not and the settings are strict; or the file of
            people could not.
        SettingsError: settings contradict each other or the inputs.
        WeightsError: the model is missing or damaged.
    """
    started = time.monotonic()
    on_progress = on_progress or _ignore
    people = NOBODY if settings.people is None else read_people(settings.people)
    output = settings.output
    if output is not None:
        given: dict[str, list[Path]] = {"a file of the model": _model_files(pipeline_settings)}
        for name, path in settings.given:
            given.setdefault(name, []).append(path)
        if settings.people is not None:
            given["the file given with --people"] = [settings.people]
        check_output(output, inputs, given)
        output = Path(os.path.realpath(output))
    if settings.engine == "ray" and any(item.path is None for item in inputs):
        raise SettingsError("--engine ray reads files only; save standard input to a file, or leave --engine out")
    if settings.save_text is not None:
        settings = replace(settings, save_text=check_save_text(settings.save_text, inputs))
    with _engine(pipeline_settings, settings) as engine:
        return _run(inputs, engine, settings, people, output, stdout, on_progress, started)


def _model_files(settings: PipelineSettings) -> list[Path]:
    return [path for folder in model_folders(settings) for path in folder.rglob("*") if path.is_file()]


def _ignore(progress: Progress) -> None:
    pass


def _engine(pipeline: PipelineSettings, settings: RunSettings) -> AbstractContextManager[Engine]:
    if settings.engine == "local":
        use_threads(settings.threads)
        return nullcontext(LocalEngine(pipeline, settings.keep))
    from onrecord.runs.ray import RayEngine

    return RayEngine(pipeline, settings.address, settings.threads, settings.keep)


def _run(
    inputs: Sequence[Input],
    engine: Engine,
    settings: RunSettings,
    people: People,
    output: Path | None,
    stdout: TextIO,
    on_progress: OnProgress,
    started: float,
) -> RunResult:
    pipeline_settings = engine.settings
    weights = used_weights(pipeline_settings)
    made_of = _made_of(inputs, pipeline_settings, people, settings)
    _log_settings(pipeline_settings, settings, weights)
    if output is not None:
        make_folder_of(output)
    with (
        Spool(output, made_of, settings.restart) as spool,
        output_errors(output),
        _stopping(spool, output, len(inputs)),
    ):
        if spool.done:
            _log.info("continuing an interrupted run: %d articles are done", spool.tally().seen)
        total = _run_shards(inputs, engine, spool, settings, output, on_progress)
        engine.release()  # so that the final pass, whose memory grows a little with the collection, adds nothing
        if output is not None:
            _write_failures(spool, companion(output, "errors.jsonl"))
        if not total.articles:
            failure = next(spool.failures())
            spool.remove()
            raise InputError(
                failure.message if total.failed == 1 else "none of the articles could be read; nothing was written"
            )
        finalising = time.monotonic()
        statements, finished = _finalise(spool, people, settings.skip_duplicates, output, stdout)
        _log.info("final pass in %.2f s: %d statements written", time.monotonic() - finalising, statements)
        _write_texts(spool, settings, output)
        seconds = time.monotonic() - started
        errors = tuple(spool.failures())
        result = RunResult(
            output,
            total.articles,
            statements,
            finished.duplicates,
            errors,
            seconds,
            engine.loading,
            open_names=finished.open_names,
            targets=finished.targets,
        )
        if output is not None:
            noted = None if settings.people is None else _noted(settings.people, people, finished.open_names)
            _write_record(output, pipeline_settings, settings, weights, noted, result)
        spool.remove()
    return result


@contextmanager
def _stopping(spool: Spool, output: Path | None, total: int) -> Iterator[None]:
    """Has Ctrl-C, and signals like it, say what is kept and how to go on."""
    try:
        yield
    except KeyboardInterrupt as error:
        number = error.signal if isinstance(error, Stopped) else signal.SIGINT
        done = spool.tally().seen
        if output is None:
            advice = "nothing is kept of a run without an output file; name one with -o to be able to continue"
        elif not done:
            advice = "nothing was finished yet; the same command begins again"
        else:
            kept = f"{done:,} of {counted(total, 'article')}"
            advice = f"{kept} are finished and kept in {spool.folder}; the same command goes on from there"
        raise Stopped(f"stopped: {advice}", number) from error


def _made_of(
    inputs: Sequence[Input], pipeline: PipelineSettings, people: People, settings: RunSettings
) -> dict[str, str]:
    """Everything that the lines of a run depend on, under the names that users know."""
    articles, said = hashlib.sha256(), hashlib.sha256()
    for _, same in groupby(inputs, key=lambda item: item.path):
        of_one_file = list(same)
        articles.update(json.dumps(_stamp(of_one_file[0])).encode())
        for item in of_one_file:
            articles.update(json.dumps([item.doc, repr(item.file), item.position, item.fault]).encode())
            if item.known is not None:
                said.update(json.dumps([item.doc, repr(item.known)]).encode())
    options = {f"--{name.replace('_', '-').removesuffix('s')}": value for name, value in asdict(pipeline).items()}
    model = json.dumps(deciding_files(pipeline), sort_keys=True)
    return {
        "articles": articles.hexdigest(),
        "--meta or --path-meta": said.hexdigest(),
        "model": hashlib.sha256(model.encode()).hexdigest(),
        "people": people.digest,
        "version of onrecord": version("onrecord"),
        "--shard-size": str(settings.shard_size),
        "texts to keep": settings.keep,
        **{option: json.dumps(value) for option, value in options.items()},
    }


def _stamp(item: Input) -> list[str | int]:
    """What shows whether an input is still the one that an earlier run read."""
    if item.path is None:
        return [item.doc, time.time_ns()]
    try:
        status = item.path.stat()
    except OSError:  # reading it reports the error
        return [item.doc, str(item.path)]
    return [item.doc, os.path.realpath(item.path), status.st_size, status.st_mtime_ns]


def _run_shards(
    inputs: Sequence[Input],
    engine: Engine,
    spool: Spool,
    settings: RunSettings,
    output: Path | None,
    on_progress: OnProgress,
) -> Tally:
    """Brings every shard into the spool. Returns the outcomes of all articles."""
    started = time.monotonic()
    done = spool.tally()

    def report(phase: Phase, skipped: Sequence[Failure] = ()) -> None:
        # A single article's error ends the run: it is not reported twice.
        lines = tuple(failure.message for failure in skipped) if len(inputs) > 1 else ()
        seconds = time.monotonic() - started - engine.loading
        on_progress(Progress.of(done, len(inputs), seconds, phase, lines))

    report("reading")
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
            _log.warning("skipped: %s", failure.message)
        spool.write(number, shard)
        _log.debug(
            "shard %d: %d articles, %d skipped, %d statements in %.2f s",
            number, shard.tally.articles, shard.tally.failed, shard.tally.statements, shard.seconds,
        )  # fmt: skip
        done += shard.tally
        if live is not None:
            with naming(live), live.open("a", encoding="utf-8", newline="\n") as file:
                file.write(shard.lines)
        report("reading", shard.failures)
    report("finishing")
    return done


def _log_settings(pipeline: PipelineSettings, settings: RunSettings, weights: dict[str, str]) -> None:
    import torch

    threads = settings.threads or (1 if settings.engine == "ray" else torch.get_num_threads())
    _log.info(
        "model %s on %s in %s, %d threads a process, engine %s",
        pipeline.model, pipeline.device, pipeline.precision, threads, settings.engine,
    )  # fmt: skip
    for name, digest in sorted(weights.items()):
        _log.info("weights %s, SHA-256 %s", name, digest)


def _stop(failure: Failure) -> InputError:
    return InputError(f"{failure.message} (stopped at this article because of --strict)")


def _start_live(spool: Spool, live: Path) -> None:
    """The output's place with the lines of the shards that are done, for more to be appended."""
    with replacing(live) as file:
        file.writelines(f"{to_line(statement)}\n" for statement in spool.statements())


def _finalise(
    spool: Spool, people: People, skip_duplicates: bool, output: Path | None, stdout: TextIO
) -> tuple[int, Finished]:
    """Adds what needs the whole collection and writes the output; returns the number of lines, and what was found."""
    with finishing(spool, people, skip_duplicates) as finished:
        if output is None:
            count = _write_lines(finished, stdout)
            stdout.flush()
            return count, finished
        with replacing(output) as file:
            return _write_lines(finished, file), finished


def _write_lines(finished: Finished, file: TextIO) -> int:
    count = 0
    for line in finished.lines:
        file.write(f"{line}\n")
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
        file.writelines(f"{json_line(asdict(failure))}\n" for failure in failures)


def _write_texts(spool: Spool, settings: RunSettings, output: Path | None) -> None:
    """``out.texts.sqlite``, with the texts that are not simply what a file holds; and the folder of ``--save-text``."""
    if output is not None:
        path = texts_path(output)
        texts = spool.extracted_texts() if settings.keep_texts else iter(())
        if not write_kept_texts(path, texts, "make room there, and start the same command again"):
            path.unlink(missing_ok=True)
    if settings.save_text is not None:
        save_texts(settings.save_text, spool.texts)


def _noted(path: Path, people: People, open_names: dict[str, int]) -> dict[str, Any]:
    """What the record of a run says of the people that were given."""
    noted: dict[str, Any] = {"file": str(path), "sha256": people.digest, "entries": len(people)}
    if not people.own:
        noted |= {"format": people.format, "unusable": people.unusable, "open_names": open_names}
    return noted


def _write_record(
    output: Path,
    pipeline: PipelineSettings,
    settings: RunSettings,
    weights: dict[str, str],
    people: dict[str, Any] | None,
    result: RunResult,
) -> None:
    """``out.run.json`` beside the output: how it was made, for whoever reads it later."""
    record: dict[str, Any] = {
        "versions": {package: version(package) for package in ("onrecord", "torch", "transformers")},
        "settings": asdict(pipeline),
        "weights": weights,
        "people": people,
        "articles": result.articles,
        "duplicates": {"articles": result.duplicates, "skipped": settings.skip_duplicates},
        "statements": result.statements,
        "targets": {name: asdict(coverage) for name, coverage in result.targets.items()},
        "failed": result.failed,
        "seconds": round(result.seconds, 2),
    }
    with replacing(companion(output, "run.json")) as file:
        file.write(harmless_json(json.dumps(record, indent=2, ensure_ascii=False)) + "\n")
