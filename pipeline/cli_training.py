"""The commands under ``onrecord train``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from onrecord.terminal import one_line_errors, say

train = typer.Typer(help="Train the models and put them into a folder.", no_args_is_help=True)

_Encoder = Annotated[Path, typer.Option(help="Folder with the base encoder: config, tokenizer, model.safetensors.")]
_Corpora = Annotated[Path, typer.Option(help="Folder with the corpora; docs/data.md says which and how laid out.")]
_Output = Annotated[Path, typer.Option("--output", "-o", help="Folder for checkpoints, model and manifest.")]
_Seed = Annotated[int, typer.Option(help="What everything random derives from.")]
_Threads = Annotated[int, typer.Option(min=1, help="Processor threads to use.")]


def _command() -> str:
    return shlex.join(["onrecord", *sys.argv[1:]])


@train.command()
def reader(
    encoder: _Encoder,
    corpora: _Corpora,
    output: _Output,
    initial: Annotated[Path | None, typer.Option("--init", help="Start from this earlier run or model folder.")] = None,
    labels: Annotated[Path | None, typer.Option(help="Labelled newswire articles to learn from as well.")] = None,
    labels_repeats: Annotated[int, typer.Option(min=1, help="How often an epoch reads those.")] = 1,
    polnear_share: Annotated[float, typer.Option(help="Share of PolNeAR's articles that an epoch reads.")] = 1.0,
    names_share: Annotated[float, typer.Option(help="Share of batches that teach names.")] = 0.25,
    adapter_rank: Annotated[int, typer.Option(min=0, help="Train adapters of this rank, not the encoder.")] = 0,
    learning_rate: Annotated[float, typer.Option(help="Highest learning rate of the encoder or its adapters.")] = 3e-4,
    head_learning_rate: Annotated[float, typer.Option(help="Highest learning rate of the heads.")] = 1e-3,
    dropout: Annotated[float, typer.Option(help="Dropout of the encoder's hidden states.")] = 0.1,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the statements.")] = 4,
    seed: _Seed = 1,
    threads: _Threads = 2,
) -> None:
    """Train the reader; run it again after an interruption and it goes on from its last checkpoint."""
    with one_line_errors():
        from onrecord.models.training.reader import ReaderTraining, train_reader

        settings = ReaderTraining(
            encoder,
            corpora,
            output,
            initial=initial,
            labels=labels,
            epochs=epochs,
            seed=seed,
            adapter_rank=adapter_rank,
            learning_rate=learning_rate,
            head_learning_rate=head_learning_rate,
            names_share=names_share,
            polnear_share=polnear_share,
            labels_repeats=labels_repeats,
            dropout=dropout,
            threads=threads,
        )
        say(f"trained: {train_reader(settings, say, _command())}")


@train.command()
def stance(
    encoder: _Encoder,
    corpora: _Corpora,
    output: _Output,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training material.")] = 4,
    seed: _Seed = 1,
    threads: _Threads = 2,
) -> None:
    """Train the stance model; it goes on from the last whole epoch as well."""
    with one_line_errors():
        from onrecord.models.training.stance import StanceTraining, train_stance

        settings = StanceTraining(encoder, corpora, output, epochs=epochs, seed=seed, threads=threads)
        say(f"trained: {train_stance(settings, say, _command())}")


@train.command()
def average(
    runs: Annotated[list[Path], typer.Argument(help="Output folders of `onrecord train reader`, of one start.")],
    output: _Output,
    weight: Annotated[list[float] | None, typer.Option(help="One for each run; equal ones without.")] = None,
) -> None:
    """Average the weights of trained readers: mostly better than each of them."""
    with one_line_errors():
        from onrecord.models.training.averaging import average_runs

        say(f"averaged: {average_runs(runs, weight or [1.0] * len(runs), output, _command())}")


@train.command()
def tune(
    model: Annotated[str, typer.Argument(help="Model folder, as `onrecord train pack` writes it.")],
    corpora: _Corpora,
) -> None:
    """Choose how a packed reader decodes, on the tenth of PolNeAR's training articles that training leaves out."""
    with one_line_errors():
        from onrecord.models.training.tuning import tune_reader

        tuned = tune_reader(model, corpora, say)
        say(
            f"{model}: cue threshold {tuned.cue_threshold}, switch weight {tuned.switch_weight}, "
            f"confidence {tuned.confidence}"
        )


@train.command()
def pack(
    reader_run: Annotated[Path, typer.Argument(help="Output folder of `onrecord train reader`.")],
    output: _Output,
    stance_run: Annotated[
        Path | None, typer.Argument(help="Output folder of `onrecord train stance`; a reader alone without it.")
    ] = None,
    cue_threshold: Annotated[float, typer.Option(help="Probability from which a token is part of a cue.")] = 0.35,
    switch_weight: Annotated[float, typer.Option(help="Weight of changes of owner in decoding.")] = 1.3,
    names_model: Annotated[str | None, typer.Option(help="Take names from this model instead.")] = None,
) -> None:
    """Put a trained reader and stance model into one folder for `--model`."""
    with one_line_errors():
        from onrecord.models.training.packing import pack as pack_models

        hashes = pack_models(reader_run, stance_run, output, cue_threshold, switch_weight, names_model)
        for name, digest in hashes.items():
            typer.echo(f"{digest}  {output / name}")
