"""The command that measures speed: ``bench``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.options import Device, Model, Precision
from onrecord.files.console import counted, one_line_errors, say, standard_output

if TYPE_CHECKING:
    from onrecord_eval.benchmarks.extraction import Benchmark


def bench(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", show_default=False, help="Articles to read; by default, synthetic ones."),
    ] = None,
    model: Model = "small",
    device: Device = "auto",
    precision: Precision = "auto",
    threads: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processor threads; by default, all of them.")
    ] = None,
    articles: Annotated[int, typer.Option(min=1, metavar="N", help="Number of synthetic articles.")] = 128,
    repeats: Annotated[int, typer.Option(min=1, metavar="N", help="Number of runs; the fastest counts.")] = 3,
    compare: Annotated[
        bool, typer.Option("--compare", help="Measure every precision, by turns, on --threads processors (1).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure speed and memory on this machine, and compare the speed with what its processor can do."""
    with one_line_errors():
        from onrecord.errors import SettingsError
        from onrecord.pipeline import PipelineSettings
        from onrecord_eval.benchmarks import extraction

        what = folder or counted(articles, "synthetic article")
        say(f"measuring model {model!r} on {what}, {counted(repeats, 'time')} …")
        settings = PipelineSettings(model=model, device=device, precision=precision)
        if compare:
            if precision != "auto":
                raise SettingsError("--compare measures every precision; leave out --precision")
            columns = extraction.compare(folder, settings, threads=threads or 1, articles=articles, repeats=repeats)
            found = {name: each if isinstance(each, str) else asdict(each) for name, each in columns.items()}
            lines = [json.dumps(found)] if as_json else _comparison(columns)
        else:
            measured = extraction.benchmark(folder, settings, threads=threads, articles=articles, repeats=repeats)
            lines = [json.dumps(asdict(measured))] if as_json else _table(measured)
        stream = standard_output()
        stream.writelines(f"{line}\n" for line in lines)
        stream.flush()


def _comparison(columns: dict[str, Benchmark | str]) -> list[str]:
    """A column for each precision, and a line for each that this machine lacks."""
    measured = [each for each in columns.values() if not isinstance(each, str)]
    names = [f"{each.precision}" for each in measured]
    cells = [dict(_rows(each)) for each in measured]
    lines = [f"{name}  {value}" for name, value in _circumstances(measured[0]) if name != "model"]
    lines += [f"model  {measured[0].model}, {measured[0].device}", ""]
    table = [("", *names), *((row, *(each[row] for each in cells)) for row in cells[0])]
    widths = [max(len(row[column]) for row in table) + 2 for column in range(len(table[0]))]
    lines += ["".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return lines + [f"{name}: not measured, as it {each}" for name, each in columns.items() if isinstance(each, str)]


def _table(measured: Benchmark) -> list[str]:
    rows = [*_circumstances(measured), *_rows(measured)]
    width = max(len(name) for name, _ in rows) + 2
    return [f"{name:<{width}}{value}" for name, value in rows]


def _circumstances(measured: Benchmark) -> list[tuple[str, str]]:
    versions = ", ".join(f"{name} {number}" for name, number in measured.versions.items())
    statements = counted(measured.statements, "statement")
    return [
        ("measured", f"{measured.date}, {measured.machine}, {counted(measured.threads, 'thread')}"),
        ("with", versions),
        ("model", f"{measured.model}, {measured.device}, {measured.precision}"),
        ("read", f"{counted(measured.articles, 'article')}, {counted(measured.words, 'word')}, {statements}"),
    ]


def _rows(measured: Benchmark) -> list[tuple[str, str]]:
    peak = "unknown" if measured.peak_memory is None else f"{measured.peak_memory / 1e9:.2f} GB"
    return [
        ("words per second", f"{measured.words_per_second:,.0f}"),
        ("articles per second", f"{measured.articles_per_second:.2f}"),
        ("first article", f"{measured.first_article:.1f} s from the start of a process"),
        ("loading the model", f"{measured.loading:.1f} s"),
        ("peak memory", peak),
        ("matrix products", f"{measured.product_rate / 1e9:,.0f} GFLOP/s at the encoder's shapes"),
        ("necessary operations", f"{measured.operations / 1e9:,.0f} GFLOP for {measured.tokens} tokens"),
        ("share of that rate", f"{measured.share:.1%} over the whole run, {measured.encoder_share:.1%} in encoders"),
    ]
