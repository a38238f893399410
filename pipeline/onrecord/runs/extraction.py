"""What ``onrecord extract`` does, as one call: from paths to a file of statements."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from onrecord.errors import SettingsError
from onrecord.files.console import standard_output
from onrecord.reading import ReadSettings, discover
from onrecord.reading.listing import left_out_line, summary
from onrecord.runs.progress import Progress
from onrecord.runs.settings import RunResult, RunSettings
from onrecord.targets.target import Target

_log = logging.getLogger(__name__)

_Path = str | os.PathLike[str]


def extract_folder(
    paths: _Path | Iterable[_Path],
    output: _Path | None = None,
    *,
    targets: Iterable[str | Target] = (),
    min_stance_score: float | None = None,
    min_speaker_score: float | None = None,
    only: Iterable[str] = (),
    min_confidence: float | None = None,
    model: str = "small",
    device: str = "auto",
    precision: str = "auto",
    ner_model: str | None = None,
    stance_model: str | None = None,
    stance_labels: Mapping[str, str] | None = None,
    glob: Iterable[str] = (),
    exclude: Iterable[str] = (),
    text_field: str | None = None,
    id_field: str | None = None,
    title_field: str | None = None,
    date_field: str | None = None,
    outlet_field: str | None = None,
    url_field: str | None = None,
    meta: _Path | None = None,
    path_meta: str | None = None,
    limit: int | None = None,
    people: _Path | None = None,
    skip_duplicates: bool = False,
    strict: bool = False,
    keep_texts: bool = True,
    save_text: _Path | None = None,
    restart: bool = False,
    append_live: bool = False,
    shard_size: int = 32,
    threads: int | None = None,
    engine: str = "local",
    address: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> RunResult:
    """Extracts the statements of articles into a file of JSON lines, as ``onrecord extract`` does.

    >>> import onrecord
    >>> result = onrecord.extract_folder("articles/", "statements.jsonl", targets=["the treaty"])  # doctest: +SKIP
    >>> f"{result.statements} statements of {result.articles} articles"  # doctest: +SKIP
    '64 statements of 5 articles'

    Memory does not grow with the number of statements. A run that was interrupted continues where it stopped when it
    is called again with the same articles and options.

    What is written, for an output ``statements.jsonl``, in a folder that is made if it is missing:

    - ``statements.jsonl``: one line for each statement, in the order of the articles; complete as soon as it is there.
    - ``statements.run.json``: settings, SHA-256 of the weights, counts and duration.
    - ``statements.texts.sqlite``: the texts of web pages, rows and documents that have statements.
    - ``statements.errors.jsonl``: one line for each article that was skipped; no such file if none was.
    - ``statements.jsonl.spool/``: finished shards, until the run is complete.

    Args:
        paths: a file, folder or archive, or several of them; ``-`` is standard input.
        output: the file to write; None prints the statements to standard output, and writes no other file.
        targets: what stances are judged towards, by name or as `Target`; without any, no stance is given.
        min_stance_score: a stance less probable than this (0 to 1) becomes ``unclear``.
        min_speaker_score: a speaker less probable than this (0 to 1) is left unnamed.
        only: keep only statements that report these acts: ``expressed``, ``attitude``, ``decision``.
        min_confidence: a statement with less confidence than this (0 to 1) is left out.
        model: ``small``, ``base``, ``auto`` (``base`` if it has been fetched and there are targets) or a model folder.
        device: ``auto``, ``cpu`` or ``cuda``.
        precision: ``auto``, ``bf16``, ``int8`` or ``fp32``.
        ner_model: a token classifier (folder or hub id) that finds names in place of the model's own.
        stance_model: a classifier of text pairs (folder or hub id) that judges stance in place of the model's own.
        stance_labels: what each label of ``stance_model`` means: ``support``, ``oppose`` or ``neutral``.
        glob: read only files that match one of these patterns.
        exclude: leave out files and folders that match one of these patterns.
        text_field: field with the text, in rows of tables, JSON or Parquet; None guesses it from common names.
        id_field: field with the row's id; None numbers the rows.
        title_field: field with the title, guessed like that of the text, as are the next three.
        date_field: field with the date.
        outlet_field: field with the outlet's name.
        url_field: field with the URL.
        meta: CSV file with the columns ``doc``, ``title``, ``date``, ``outlet`` and ``url``, for articles by name.
        path_meta: pattern of the articles' paths, such as ``{outlet}/{date}/*``, which says what their folders mean.
        limit: read at most this many articles.
        people: file of names and ids that you supply: a CSV file, or a list in a format that `docs/speakers.md` names.
        skip_duplicates: leave out articles that nearly copy another.
        strict: stop at the first article that cannot be read.
        keep_texts: keep the texts in which the offsets count beside the output, except those of plain text files: the
            report and the exports find them there.
        save_text: folder for the texts of all articles, each in a file, written at the end of the run.
        restart: discard what an interrupted run of other articles or options left.
        append_live: show provisional lines in the output during the run.
        shard_size: articles that are finished, and resumed, together.
        threads: processor threads of one process; None means all of them (with Ray, one).
        engine: ``local``, or ``ray`` for many processes.
        address: the Ray cluster to run on, as ``host:port`` or ``auto``; None starts Ray on this machine.
        on_progress: called with a `Progress` when the articles are found, when the run starts or resumes, after each
            shard, and before the final pass. An exception that it raises interrupts the run.

    Returns:
        Counts, the output's path, and the articles that were skipped.

    Raises:
        InputError: a path does not exist, or no article could be read, or one could not and ``strict`` is set.
        OutputError: the output cannot be written, or an interrupted run of other articles or options is there.
        SettingsError: a setting has an impossible value, or two contradict each other.
        WeightsError: the model is missing or damaged.
    """
    asked = (targets,) if isinstance(targets, str) else tuple(targets)
    if not asked and (stance_model is not None or min_stance_score is not None):
        option = "--stance-model" if stance_model is not None else "--min-stance-score"
        raise SettingsError(f"{option} needs a target; name one with --target or --targets")
    if limit is not None and limit < 1:
        raise SettingsError(f"limit is {limit}; expected a whole number, 1 or more")
    sources = [Path(path) for path in ((paths,) if isinstance(paths, str | os.PathLike) else paths)]
    settings = RunSettings(
        None if output is None else Path(output),
        shard_size=shard_size,
        people=None if people is None else Path(people),
        skip_duplicates=skip_duplicates,
        strict=strict,
        restart=restart,
        append_live=append_live,
        engine=engine,
        address=address,
        threads=threads,
        keep_texts=keep_texts,
        save_text=None if save_text is None else _outside(Path(save_text), sources),
        given=() if meta is None else (("the file given with --meta", Path(meta)),),
    )
    stdout = standard_output() if output is None else sys.stdout
    reading = ReadSettings(
        tuple(glob),
        tuple(exclude),
        text_field,
        id_field,
        title_field=title_field,
        date_field=date_field,
        outlet_field=outlet_field,
        url_field=url_field,
        meta=None if meta is None else Path(meta),
        path_meta=path_meta,
    )
    found = discover(sources, reading)
    inputs = found.inputs[:limit]
    _log.info("found %s", summary(inputs))
    for note in (*found.notes, *filter(None, [left_out_line(found.left_out)])):
        _log.info("%s", note)
    if on_progress is not None:
        on_progress(Progress(total=len(inputs), notes=found.notes))

    from onrecord.pipeline import PipelineSettings
    from onrecord.runs.run import run

    pipeline_settings = PipelineSettings(
        model=model,
        device=device,
        precision=precision,
        targets=asked,
        ner_model=ner_model,
        stance_model=stance_model,
        stance_labels=tuple((stance_labels or {}).items()),
        min_stance_score=min_stance_score,
        min_speaker_score=min_speaker_score,
        only=tuple(only),
        min_confidence=min_confidence,
    )
    return replace(run(inputs, pipeline_settings, settings, stdout, on_progress), left_out=found.left_out)


def _outside(folder: Path, sources: Iterable[Path]) -> Path:
    """The folder for texts, if it is outside what is read, where the next run would take them for articles."""
    for source in sources:
        if str(source) != "-" and folder.resolve().is_relative_to(source.resolve()):
            raise SettingsError(f"{folder} is inside {source}, which is being read; choose another with --save-text")
    return folder
