"""Trains the reader: statements on PolNeAR, names on the Worldwide newswire and CoNLL-2003 corpora.

Resumable: after each epoch weights, optimiser and progress go into the run's folder, and a run started again
with the same settings goes on from there. Everything random derives from the seed and the epoch's number.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils.logging import disable_progress_bar

from onrecord.document import Span, Statement
from onrecord.errors import SettingsError
from onrecord.eval.corpora.polnear import AnnotatedArticle, read_polnear
from onrecord.eval.corpora.worldwide import LabelledSentence, join_tokens, read_rows, read_worldwide
from onrecord.models.decoding import find_cues
from onrecord.models.labels import NAME_LABELS
from onrecord.models.reader import Reader, ReaderConfig
from onrecord.models.training.augmentation import vary
from onrecord.models.training.base import encoder_settings, load_encoder, parameter_groups
from onrecord.models.training.batches import IGNORED, Batch, Example, batches, collate, statement_example
from onrecord.models.training.checkpoints import has_checkpoint, resume, save_checkpoint
from onrecord.models.training.manifest import write_manifest
from onrecord.models.windows import Window, build_windows
from onrecord.segmentation import segment

_REUTERS_CLASS: Final = {"person": "person", "organisation": "organization", "location": "location"}
"""CoNLL-2003's classes as ours; its fourth mixes nationalities with events and products."""

_REUTERS_SENTENCES: Final = 20
"""Sentences to a text: the corpus does not say where its articles end."""

_DATA: Final = ("polnear/data/train", "worldwide-newswire/train", "crossner/conll2003/train.txt")
_LOSSES: Final = ("cue", "owner", "source", "switch", "name")
_FALSE_CUES: Final = 4
"""How many false cues a window is offered at most in training."""


@dataclass(frozen=True, slots=True)
class ReaderTraining:
    """Settings of one training run.

    ``encoder`` is a folder with a base encoder (config, tokenizer, model.safetensors); ``corpora`` one with
    ``polnear``, ``worldwide-newswire`` and ``crossner``; checkpoints and the model go to ``output``. ``masking`` is
    the share of tokens hidden from the encoder, so that it learns from what surrounds a name or a verb.
    """

    encoder: Path
    corpora: Path
    output: Path
    epochs: int = 4
    seed: int = 1
    batch_tokens: int = 2400
    learning_rate: float = 3e-4
    head_learning_rate: float = 1e-3
    layer_decay: float = 0.95
    weight_decay: float = 0.01
    warmup_steps: int = 50
    names_share: float = 0.25
    dropout: float = 0.1
    masking: float = 0.03
    threads: int = 2

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise SettingsError(f"epochs is {self.epochs}; at least 1 is needed")
        for name in ("names_share", "dropout", "masking"):
            if not 0 <= getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}; it is a share, from 0 to below 1")


def train_reader(settings: ReaderTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the finished model.

    ``report`` gets lines of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.
    """
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    disable_progress_bar()  # of saving, which takes no time
    tokenizer = AutoTokenizer.from_pretrained(settings.encoder)
    model = Reader(ReaderConfig(encoder=encoder_settings(settings.encoder, settings.dropout)))
    load_encoder(model, settings.encoder)
    optimizer = torch.optim.AdamW(parameter_groups(model, settings), betas=(0.9, 0.98))
    checkpoint = settings.output / "checkpoint"
    first, history = 0, list[dict[str, Any]]()
    if has_checkpoint(checkpoint):
        first, history = resume(model, optimizer, checkpoint, asdict(settings))
        report(f"going on after epoch {first}")
    articles = list(read_polnear(settings.corpora / "polnear" / "data" / "train"))
    named_texts = _named_texts(settings.corpora)
    for epoch in range(first, settings.epochs):
        generator = random.Random(f"{settings.seed}/{epoch}")
        torch.manual_seed(generator.getrandbits(63))  # for dropout and masking, the same after a resumption
        statements = _statement_examples(articles, tokenizer, model.config.window_size, generator)
        groups = list(batches(statements, settings.batch_tokens, generator))
        wanted = round(len(groups) * settings.names_share / (1 - settings.names_share))
        names = _name_examples(
            named_texts, tokenizer, model.config.window_size, generator, wanted * settings.batch_tokens
        )
        groups += list(batches(names, settings.batch_tokens, generator))[:wanted]
        generator.shuffle(groups)
        model.train()
        started, losses = time.monotonic(), torch.zeros(5)
        for number, group in enumerate(groups):
            progress = (epoch + number / len(groups)) / settings.epochs
            warmup = min(1.0, (epoch * len(groups) + number + 1) / settings.warmup_steps)
            for parameters in optimizer.param_groups:
                parameters["lr"] = parameters["peak"] * (1 - progress) * warmup
            parts = _losses(model, group, settings.masking, tokenizer.mask_token_id)
            parts.sum().backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            losses = losses * 0.98 + parts.detach() * 0.02 if number else parts.detach()
            if number % 50 == 49:
                left = (time.monotonic() - started) / (number + 1) * (len(groups) * (settings.epochs - epoch) - number)
                shown = " ".join(f"{n} {v:.3f}" for n, v in zip(_LOSSES, losses.tolist(), strict=True))
                place = f"epoch {epoch + 1}/{settings.epochs} batch {number + 1}/{len(groups)}"
                report(f"{place}: {shown}; {left / 60:.0f} min left")
        seconds = round(time.monotonic() - started)
        shown_losses = {name: round(value, 4) for name, value in zip(_LOSSES, losses.tolist(), strict=True)}
        history.append({"batches": len(groups), "seconds": seconds, "losses": shown_losses})
        save_checkpoint(model, optimizer, checkpoint, asdict(settings), epoch + 1, history=history)
    model.save_pretrained(settings.output / "model")
    tokenizer.save_pretrained(settings.output / "model")
    sizes = {
        "articles": len(articles),
        "statements": sum(len(found) for annotated in articles for found in annotated.annotations.values()),
        "named_texts": len(named_texts),
        "names": sum(len(named.names) for named in named_texts),
    }
    write_manifest(settings.output / "manifest.json", "reader", asdict(settings), _DATA, sizes, history, command)
    return settings.output / "model"


def _losses(model: Reader, examples: list[Example], masking: float, mask: int) -> Tensor:
    """The five losses of a batch, in the order of ``_LOSSES``; 0 where the batch has no such labels."""
    batch = collate(examples)
    hidden = torch.rand(batch.input_ids.shape) < masking
    with torch.autocast("cpu", dtype=torch.bfloat16):
        reading = model(batch.input_ids.masked_fill(hidden, mask), batch.attention_mask, batch.cases, batch.quotations)
    parts = torch.zeros(5)
    parts[4] = _cross_entropy(reading.names, batch.names)
    if examples[0].names is not None:
        return parts
    parts[0] = _cross_entropy(reading.cues, batch.cue_labels)
    # Cues that the tagger finds and the annotators did not are offered too, so that they learn to own nothing.
    with torch.no_grad():
        offered = collate(
            [_with_false_cues(e, logits[: len(e)]) for e, logits in zip(examples, reading.cues, strict=True)]
        )
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = model.score_pairs(
            reading.hidden, offered.attention_mask == 0, offered.paragraphs, offered.cues, offered.present
        )
    parts[1] = _cross_entropy(scores.owners, offered.owners)
    labelled = offered.present & (offered.sources[..., 0] >= 0)
    if labelled.any():
        target = offered.sources[labelled]
        parts[2] = 0.5 * (
            nn.functional.cross_entropy(scores.starts[labelled], target[:, 0])
            + nn.functional.cross_entropy(scores.ends[labelled], target[:, 1])
        )
    parts[3] = _switch_loss(reading.switches, batch)
    return parts


def _cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    if not (labels != IGNORED).any():
        return torch.zeros(())
    return nn.functional.cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORED)


def _switch_loss(logits: Tensor, batch: Batch) -> Tensor:
    labelled = (batch.owners[:, 1:] != IGNORED) & (batch.owners[:, :-1] != IGNORED)
    target = (batch.owners[:, 1:] != batch.owners[:, :-1]).float()
    return nn.functional.binary_cross_entropy_with_logits(logits[:, 1:].float()[labelled], target[labelled]) * 3


def _with_false_cues(example: Example, logits: Tensor) -> Example:
    false = [
        cue
        for cue in find_cues(logits, 0.2)
        if all(cue.tokens[1] <= start or end <= cue.tokens[0] for start, end in example.cues)
    ]
    false = sorted(false, key=lambda cue: -cue.score)[:_FALSE_CUES]
    if not false:
        return example
    order = sorted(
        [*zip(example.cues, range(1, len(example.cues) + 1), strict=True), *((cue.tokens, 0) for cue in false)]
    )
    renumbered = {old: new for new, (_, old) in enumerate(order, 1) if old}
    return Example(
        window=example.window,
        cues=[cue for cue, _ in order],
        owners=[renumbered.get(owner, 0) for owner in example.owners],
        sources=[example.sources[old - 1] if old else (-1, -1) for _, old in order],
    )


def _statement_examples(
    articles: list[AnnotatedArticle], tokenizer: PreTrainedTokenizerBase, size: int, generator: random.Random
) -> list[Example]:
    examples: list[Example] = []
    for annotated in articles:
        text = annotated.article.text
        segmentation = segment(text)
        varied = vary(text, segmentation.quotations, segmentation.paragraphs[0].span.end, generator)
        segmentation = segment(varied)
        statements: tuple[Statement, ...] = generator.choice(list(annotated.annotations.values()))
        windows = build_windows(varied, segmentation, frozenset(), tokenizer, size)
        examples += [statement_example(window, statements) for window in windows]
    return examples


@dataclass(frozen=True, slots=True)
class _NamedText:
    """A text and its names; the class is None where the corpus does not tell which of ours it is."""

    text: str
    names: list[tuple[Span, str | None]]


def _named_texts(corpora: Path) -> list[_NamedText]:
    worldwide = read_worldwide(corpora / "worldwide-newswire" / "train")
    texts = [_NamedText(one.article.text, list(one.names())) for one in worldwide]
    reuters = read_rows(corpora / "crossner" / "conll2003" / "train.txt")
    for start in range(0, len(reuters), _REUTERS_SENTENCES):
        sentences = reuters[start : start + _REUTERS_SENTENCES]
        text, spans = join_tokens([[token for token, _ in sentence] for sentence in sentences])
        labels = tuple(label for sentence in sentences for _, label in sentence)
        names = LabelledSentence((), labels, tuple(spans)).names()
        texts.append(_NamedText(text, [(span, _REUTERS_CLASS.get(name)) for span, name in names]))
    return texts


def _name_examples(
    texts: list[_NamedText], tokenizer: PreTrainedTokenizerBase, size: int, generator: random.Random, tokens: int
) -> list[Example]:
    """Examples of random texts until there are ``tokens`` tokens."""
    examples: list[Example] = []
    total = 0
    for named in generator.sample(texts, len(texts)):
        if total >= tokens:
            break
        text = named.text.upper() if generator.random() < 0.05 else named.text
        if len(text) != len(named.text):
            text = named.text
        for window in build_windows(text, segment(text), frozenset(), tokenizer, size):
            examples.append(_name_example(window, named.names))
            total += len(window.input_ids)
    return examples


def _name_example(window: Window, names: list[tuple[Span, str | None]]) -> Example:
    labels = [0] * len(window.spans)
    first, last = window.spans[0].start, window.spans[-1].end
    for span, name in names:
        if span.end <= first or span.start >= last:
            continue
        inside = [i for i, token in enumerate(window.spans) if token.end > token.start and token.overlaps(span)]
        for position, token in enumerate(inside):
            # What the corpus leaves open is neither taught nor untaught.
            labels[token] = NAME_LABELS.index(f"{'I' if position else 'B'}-{name}") if name else IGNORED
    return Example(window, [], [], [], labels)
