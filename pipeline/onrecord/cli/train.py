"""The commands under ``onrecord train``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onrecord.errors import SettingsError
from onrecord.files.console import one_line_errors, say

if TYPE_CHECKING:
    from onrecord_training.fine_tuning.training import FineTuning

train = typer.Typer(help="Train the models and put them into a folder.", no_args_is_help=True)

_Encoder = Annotated[
    Path | None, typer.Option(help="Folder with the base encoder: config, tokenizer, model.safetensors.")
]
_Corpora = Annotated[
    Path | None, typer.Option(help="Folder with the corpora; docs/data.md says which and how laid out.")
]
_Gold = Annotated[
    Path | None, typer.Option(help="Learn from these statements of your own alone, with --articles and --init.")
]
_Articles = Annotated[Path | None, typer.Option(help="Folder of the articles that --gold is of.")]
_Output = Annotated[Path, typer.Option("--output", "-o", help="Folder for checkpoints, model and manifest.")]
_Seed = Annotated[int, typer.Option(help="What everything random derives from.")]
_Threads = Annotated[int, typer.Option(min=1, help="Processor threads to use.")]


def _fine_tuning(gold: Path, articles: Path | None, output: Path, initial: Path | None, **given: Any) -> FineTuning:
    if articles is None:
        raise SettingsError("--gold needs --articles, the folder of the articles that it is of")
    if others := [f"--{name}" for name in ("encoder", "corpora", "labels") if given.pop(name, None) is not None]:
        raise SettingsError(f"--gold trains on own labels alone; leave out {' and '.join(others)}")
    from onrecord_training.fine_tuning.training import FineTuning

    chosen = {name: value for name, value in given.items() if value is not None}
    return FineTuning(gold, articles, output, "small" if initial is None else str(initial), **chosen)


def _corpora_of(encoder: Path | None, corpora: Path | None) -> tuple[Path, Path]:
    if encoder is None or corpora is None:
        raise SettingsError(
            "give --gold and --articles to train on your own labels (docs/your-labels.md), "
            "or --encoder and --corpora to train from the start (docs/training.md)"
        )
    return encoder, corpora


def _command() -> str:
    return shlex.join(["onrecord", *sys.argv[1:]])


@train.command()
def quotes(
    output: _Output,
    gold: _Gold = None,
    articles: _Articles = None,
    encoder: _Encoder = None,
    corpora: _Corpora = None,
    initial: Annotated[
        Path | None, typer.Option("--init", help="Start from this earlier run or model folder; `small` with --gold.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="Labelled newswire articles to learn from as well.")] = None,
    labels_repeats: Annotated[int, typer.Option(min=1, help="How often an epoch reads those.")] = 1,
    polnear_share: Annotated[float, typer.Option(help="Share of PolNeAR's articles that an epoch reads.")] = 1.0,
    soft_labels: Annotated[
        Path | None,
        typer.Option(help="Learn from these of `onrecord train soft-labels`, in place of PolNeAR and labels."),
    ] = None,
    teacher_share: Annotated[float, typer.Option(help="What the teacher's word counts beside annotators'.")] = 0.5,
    names_share: Annotated[float, typer.Option(help="Share of batches that teach names.")] = 0.25,
    names_only: Annotated[
        bool, typer.Option("--names-only", help="Train the head for names alone; statements stay as they are.")
    ] = False,
    adapter_rank: Annotated[int, typer.Option(min=0, help="Train adapters of this rank, not the encoder.")] = 0,
    learning_rate: Annotated[
        float | None, typer.Option(help="Highest learning rate of the encoder or its adapters; 3e-4, with --gold 1e-4.")
    ] = None,
    head_learning_rate: Annotated[
        float | None, typer.Option(help="Highest learning rate of the heads; 1e-3, with --gold 3e-4.")
    ] = None,
    dropout: Annotated[float, typer.Option(help="Dropout of the encoder's hidden states.")] = 0.1,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the statements.")] = 4,
    seed: _Seed = 1,
    threads: _Threads = 2,
) -> None:
    """Train the quote model, on your own labels or from the start.

    Run it again after an interruption and it goes on from its last checkpoint.
    """
    with one_line_errors():
        if gold is not None:
            tuning = _fine_tuning(
                gold,
                articles,
                output,
                initial,
                encoder=encoder,
                corpora=corpora,
                labels=labels,
                epochs=epochs,
                learning_rate=learning_rate,
                head_learning_rate=head_learning_rate,
                seed=seed,
                threads=threads,
            )
            from onrecord_training.fine_tuning.training import fine_tune_quote_model

            say(f"trained: onrecord extract --model {fine_tune_quote_model(tuning, say, _command())}")
            return
        encoder, corpora = _corpora_of(encoder, corpora)
        from onrecord_training.quotes.training import QuoteModelTraining, train_quote_model

        settings = QuoteModelTraining(
            encoder,
            corpora,
            output,
            initial=initial,
            labels=labels,
            epochs=epochs,
            seed=seed,
            adapter_rank=adapter_rank,
            learning_rate=3e-4 if learning_rate is None else learning_rate,
            head_learning_rate=1e-3 if head_learning_rate is None else head_learning_rate,
            names_share=names_share,
            polnear_share=polnear_share,
            labels_repeats=labels_repeats,
            names_only=names_only,
            soft_labels=soft_labels,
            teacher_share=teacher_share,
            dropout=dropout,
            threads=threads,
        )
        say(f"trained: {train_quote_model(settings, say, _command())}")


@train.command()
def stance(
    output: _Output,
    gold: _Gold = None,
    articles: _Articles = None,
    encoder: _Encoder = None,
    corpora: _Corpora = None,
    initial: Annotated[
        Path | None, typer.Option("--init", help="Start from this earlier run or model folder; `small` with --gold.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training material.")] = 4,
    labels: Annotated[Path | None, typer.Option(help="Labelled newswire articles to learn from as well.")] = None,
    labels_repeats: Annotated[int, typer.Option(min=1, help="How often an epoch reads those.")] = 3,
    stance_labels: Annotated[
        Path | None, typer.Option(help="Articles with stances towards several targets, to learn from as well.")
    ] = None,
    measured_labels: Annotated[
        Path | None, typer.Option("--measure", help="Labelled newswire articles to measure on after each epoch.")
    ] = None,
    adapter_rank: Annotated[int, typer.Option(min=0, help="Train adapters of this rank, not the encoder.")] = 0,
    learning_rate: Annotated[
        float | None, typer.Option(help="Highest learning rate of the encoder; 2e-4, with --gold 1e-4.")
    ] = None,
    seed: _Seed = 1,
    threads: _Threads = 2,
) -> None:
    """Train the stance model, on your own labels or from the start; it goes on from the last whole epoch as well."""
    with one_line_errors():
        if gold is not None:
            tuning = _fine_tuning(
                gold,
                articles,
                output,
                initial,
                encoder=encoder,
                corpora=corpora,
                labels=labels,
                epochs=epochs,
                learning_rate=learning_rate,
                seed=seed,
                threads=threads,
            )
            from onrecord_training.fine_tuning.training import fine_tune_stance

            say(f"trained: onrecord extract --model {fine_tune_stance(tuning, say, _command())}")
            return
        encoder, corpora = _corpora_of(encoder, corpora)
        from onrecord_training.stance.settings import StanceTraining
        from onrecord_training.stance.training import train_stance

        settings = StanceTraining(
            encoder,
            corpora,
            output,
            initial=initial,
            labels=labels,
            measured_labels=measured_labels,
            labels_repeats=labels_repeats,
            stance_labels=stance_labels,
            adapter_rank=adapter_rank,
            epochs=epochs,
            seed=seed,
            learning_rate=2e-4 if learning_rate is None else learning_rate,
            threads=threads,
        )
        say(f"trained: {train_stance(settings, say, _command())}")


@train.command()
def coreference(
    model: Annotated[str, typer.Argument(help="Name or folder of the model whose quote model it goes with.")],
    corpora: Annotated[Path, typer.Option(help="Folder with the corpora, see docs/data.md.")],
    output: _Output,
    labels: Annotated[Path | None, typer.Option(help="Labelled newswire articles to learn from as well.")] = None,
    initial: Annotated[
        Path | None, typer.Option("--init", help="Start from the resolver of this run or model folder.")
    ] = None,
    adapter_rank: Annotated[int, typer.Option(min=0, help="Rank of the adapters on the quote model's encoder.")] = 32,
    made: Annotated[int, typer.Option(min=0, help="Passages with made pronouns that an epoch reads.")] = 500,
    learning_rate: Annotated[float, typer.Option(help="Highest learning rate of the adapters.")] = 7e-4,
    head_learning_rate: Annotated[float, typer.Option(help="Highest learning rate of the heads.")] = 1e-3,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the pronouns.")] = 5,
    seed: _Seed = 1,
    threads: _Threads = 2,
) -> None:
    """Train the resolver of pronouns over a packed quote model; short, so an interrupted one begins anew."""
    with one_line_errors():
        from onrecord_training.coreference.training import CoreferenceTraining, train_coreference_model

        settings = CoreferenceTraining(
            model,
            corpora,
            output,
            labels=labels,
            initial=initial,
            epochs=epochs,
            seed=seed,
            adapter_rank=adapter_rank,
            learning_rate=learning_rate,
            head_learning_rate=head_learning_rate,
            made=made,
            threads=threads,
        )
        say(f"trained: {train_coreference_model(settings, say, _command())}")


@train.command()
def soft_labels(
    teacher: Annotated[str, typer.Argument(help="Name or folder of the model that teaches, larger than its pupil.")],
    encoder: Annotated[Path, typer.Option(help="Folder of the pupil's base encoder, for its tokenizer.")],
    corpora: Annotated[Path, typer.Option(help="Folder with the corpora, see docs/data.md.")],
    output: _Output,
    labels: Annotated[Path | None, typer.Option(help="Labelled newswire articles to read as well.")] = None,
    labels_repeats: Annotated[int, typer.Option(min=1, help="In how many variants.")] = 1,
    texts: Annotated[Path | None, typer.Option(help="Folder of articles without labels to read as well.")] = None,
    seed: _Seed = 1,
    threads: _Threads = 2,
) -> None:
    """Have a trained quote model read what a smaller one shall learn; `train quotes --soft-labels` takes it up."""
    with one_line_errors():
        from onrecord_training.distillation.soft_labels import SoftLabelSettings, write_soft_labels

        settings = SoftLabelSettings(
            teacher,
            encoder,
            corpora,
            output,
            labels=labels,
            labels_repeats=labels_repeats,
            texts=texts,
            seed=seed,
            threads=threads,
        )
        say(f"soft labels: {write_soft_labels(settings, say, _command())}")


@train.command()
def average(
    runs: Annotated[list[Path], typer.Argument(help="Output folders of `onrecord train quotes`, of one start.")],
    output: _Output,
    weight: Annotated[list[float] | None, typer.Option(help="One for each run; equal ones without.")] = None,
) -> None:
    """Average the weights of trained quote models: mostly better than each of them."""
    with one_line_errors():
        from onrecord_training.averaging import average_runs

        say(f"averaged: {average_runs(runs, weight or [1.0] * len(runs), output, _command())}")


@train.command()
def tune(
    model: Annotated[str, typer.Argument(help="Model folder, as `onrecord train pack` writes it.")],
    corpora: Annotated[Path, typer.Option(help="Folder with the corpora; docs/data.md says which and how laid out.")],
) -> None:
    """Choose how a packed quote model decodes, on the tenth of PolNeAR's training articles that training leaves out."""
    with one_line_errors():
        from onrecord_training.quotes.tuning import tune_quote_model

        tuned = tune_quote_model(model, corpora, say)
        say(
            f"{model}: cue threshold {tuned.cue_threshold}, switch weight {tuned.switch_weight}, "
            f"confidence {tuned.confidence}"
        )


@train.command()
def pack(
    quote_run: Annotated[
        Path, typer.Argument(help="Output folder of `onrecord train quotes`; OUTPUT itself keeps its quote model.")
    ],
    output: _Output,
    stance_run: Annotated[
        Path | None, typer.Argument(help="Output folder of `onrecord train stance`; a quote model alone without it.")
    ] = None,
    cue_threshold: Annotated[float, typer.Option(help="Probability from which a token is part of a cue.")] = 0.35,
    switch_weight: Annotated[float, typer.Option(help="Weight of changes of owner in decoding.")] = 1.3,
    names_model: Annotated[str | None, typer.Option(help="Take names from this model instead.")] = None,
) -> None:
    """Put a trained quote model and stance model into one folder for `--model`."""
    with one_line_errors():
        from onrecord_training.packing.model_folder import pack as pack_models

        hashes = pack_models(quote_run, stance_run, output, cue_threshold, switch_weight, names_model)
        for name, digest in hashes.items():
            typer.echo(f"{digest}  {output / name}")


@train.command(name="add-coreference")
def add_coreference_model(
    run: Annotated[Path, typer.Argument(help="Output folder of `onrecord train coreference`.")],
    model: Annotated[Path, typer.Argument(help="The model folder that it was trained over.")],
    other_quote_model: Annotated[
        bool,
        typer.Option("--other-quote-model", help="Or one with another quote model, a near relative; measure it then."),
    ] = False,
) -> None:
    """Put a trained resolver into the model folder whose quote model it goes with."""
    with one_line_errors():
        from onrecord_training.packing.model_folder import add_coreference_model as add

        typer.echo(f"{add(run, model, other_quote_model)}  {model / 'coreference' / 'model.safetensors'}")
