"""Trains the stance model on NewsMTSC, Perspectrum, labelled statements of newswire, contrast pairs and unrelated
statements of PolNeAR.

Resumable: after each epoch weights, optimiser and progress go into the run's folder, and a run started again with
the same settings goes on from there to the same weights. Everything random derives from the seed and the epoch.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from onrecord.errors import SettingsError
from onrecord.eval.component_metrics import count_label, label_figures
from onrecord.eval.corpora.newsmtsc import TargetedSentence, read_newsmtsc
from onrecord.eval.corpora.newswire_labels import read_newswire_labels
from onrecord.eval.corpora.perspectrum import Perspective, read_perspectrum
from onrecord.eval.corpora.polnear import AnnotatedArticle, read_polnear
from onrecord.eval.scores import Totals
from onrecord.models.stance import (
    LABELS,
    EncodedInput,
    StanceConfig,
    StanceInput,
    StanceModel,
    StanceScorer,
    collate,
    encode_input,
)
from onrecord.models.training.base import (
    encoder_settings,
    load_encoder,
    load_frozen_encoder,
    load_initial,
    parameter_groups,
)
from onrecord.models.training.checkpoints import Progress, has_checkpoint, learned_state, resume, save_checkpoint
from onrecord.models.training.contrast import (
    Labelled,
    contrast_examples,
    invented_name,
    invented_target,
    reported,
    vary_claim,
)
from onrecord.models.training.manifest import lineage, write_manifest
from onrecord.segmentation import segment
from onrecord.stages.base import Analysis
from onrecord.stages.stance import stance_input
from onrecord.targets import Target

_NEWSMTSC: Final = ("newsmtsc/train.jsonl", "newsmtsc/devtest_mt.jsonl")
_PERSPECTRUM: Final = ("perspectrum/train.jsonl", "perspectrum/dev.jsonl")
_POLNEAR: Final = "polnear/data/train"
_DATA: Final = (*_NEWSMTSC, *_PERSPECTRUM, _POLNEAR)
_CALIBRATION_PART: Final = 20
"""One in how many sentences and claims is held out of training for the temperature."""
_CALIBRATION_ARTICLES: Final = 8
"""One in how many labelled articles is: there are few of them, and theirs are the statements that count most."""
_OTHER_TARGETS: Final = 0.25
"""How many of the labelled statements an epoch also shows beside another article's target."""
_QUOTED: Final = re.compile(r"“([^“”]{20,})”|\"([^\"]{20,})\"")
_PRONOUNS: Final = frozenset(
    ["he", "she", "they", "it", "i", "we", "you", "him", "her", "them", "us", "me", "his", "their", "its", "my", "our"]
)


@dataclass(frozen=True, slots=True)
class StanceTraining:
    """Settings of one training run.

    ``encoder`` is a folder with a base encoder (config, tokenizer, model.safetensors); ``corpora`` one with
    ``newsmtsc``, ``perspectrum`` and ``polnear``; checkpoints, the model and its manifest go to ``output``.
    ``initial`` is the output folder of an earlier run, or a model folder, to start from. ``labels`` is a file of
    labelled newswire articles, read ``labels_repeats`` times an epoch; ``measured_labels`` one that is measured on
    after each epoch and never trained on.

    ``adapter_rank`` 0 trains the encoder, anything above adapters on a frozen one.
    ``contrast``, ``unrelated_claims`` and ``unrelated_statements`` are numbers of examples an epoch.
    """

    encoder: Path
    corpora: Path
    output: Path
    initial: Path | None = None
    labels: Path | None = None
    measured_labels: Path | None = None
    labels_repeats: int = 3
    adapter_rank: int = 0
    epochs: int = 4
    seed: int = 1
    batch_tokens: int = 1800
    learning_rate: float = 2e-4
    head_learning_rate: float = 5e-4
    layer_decay: float = 0.9
    weight_decay: float = 0.01
    warmup: float = 0.06
    smoothing: float = 0.05
    dropout: float = 0.1
    contrast: int = 3000
    unrelated_claims: int = 1200
    unrelated_statements: int = 1200
    threads: int = 1

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise SettingsError(f"epochs is {self.epochs}; at least 1 is needed")
        for name in ("warmup", "smoothing", "dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}; it is a share, from 0 to below 1")
        for name in ("contrast", "unrelated_claims", "unrelated_statements"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} is {getattr(self, name)}; it is a number of examples, 0 or more")


@dataclass(frozen=True, slots=True)
class StanceData:
    """What a run reads: training material, the part held out for calibration, and what it is measured on.

    ``newswire`` has a target and its labelled statements for each article.
    """

    sentences: list[TargetedSentence]
    perspectives: list[Perspective]
    statements: list[StanceInput]
    newswire: list[tuple[str, list[Labelled]]]
    calibration: list[Labelled]
    measured: dict[str, list[Labelled]]

    def sizes(self) -> dict[str, int]:
        """How many examples there are of each kind."""
        return {
            "newsmtsc": len(self.sentences),
            "perspectrum": len(self.perspectives),
            "polnear_statements": len(self.statements),
            "newswire_articles": len(self.newswire),
            "newswire_statements": sum(len(examples) for _, examples in self.newswire),
            "calibration": len(self.calibration),
            **{f"measured_{name}": len(examples) for name, examples in self.measured.items()},
        }


@dataclass(frozen=True, slots=True)
class _Example:
    encoded: EncodedInput
    label: int


def train_stance(settings: StanceTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the finished model.

    ``report`` gets lines of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.
    """
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    tokenizer = AutoTokenizer.from_pretrained(settings.encoder)
    encoder = encoder_settings(settings.encoder, settings.dropout)
    model = StanceModel(StanceConfig(encoder=encoder, adapter_rank=settings.adapter_rank))
    if settings.adapter_rank:
        load_frozen_encoder(model, settings.encoder)
    else:
        load_encoder(model, settings.encoder)
    if settings.initial:
        load_initial(model, settings.initial, "stance")
    model.encoder.set_attn_implementation("eager")  # in bf16 on a CPU a quarter faster than the fused one
    optimizer = torch.optim.AdamW(parameter_groups(model, settings), betas=(0.9, 0.98))
    checkpoint = settings.output / "checkpoint"
    progress = Progress()
    if has_checkpoint(checkpoint):
        progress = resume(model, optimizer, checkpoint, asdict(settings))
        report(f"going on after epoch {progress.epochs}")
    history = progress.history
    data = read_data(settings)
    for epoch in range(progress.epochs, settings.epochs):
        started = time.monotonic()
        examples = epoch_examples(data, settings, random.Random(f"{settings.seed}/{epoch}"))
        train_epoch(model, tokenizer, optimizer, examples, epoch=epoch, settings=settings, report=report)
        scores = measure(StanceScorer(model, tokenizer), data.measured)
        history.append({"examples": len(examples), "seconds": round(time.monotonic() - started), "scores": scores})
        progress.epochs = epoch + 1
        save_checkpoint(model, optimizer, checkpoint, asdict(settings), progress)
        shown = " ".join(f"{name} {value}" for name, value in scores.items())
        report(f"epoch {epoch + 1}/{settings.epochs} done in {history[-1]['seconds']} s: {shown}")
    model.config.calibration = fit_temperature(model, tokenizer, data.calibration)
    scorer = StanceScorer(model, tokenizer)
    scores = measure(scorer, data.measured)
    report(f"temperature {model.config.calibration}: " + " ".join(f"{name} {value}" for name, value in scores.items()))
    if settings.adapter_rank:
        model.save_pretrained(settings.output / "model", state_dict=learned_state(model))
    else:
        model.save_pretrained(settings.output / "model")
    tokenizer.save_pretrained(settings.output / "model")
    more = {"temperature": model.config.calibration, "scores": scores}
    more |= lineage("stance", settings.labels, settings.initial)
    sizes = {**data.sizes(), "examples_an_epoch": history[-1]["examples"]}
    used = [name for name in _DATA if (settings.corpora / name).exists()]
    write_manifest(settings.output / "manifest.json", "stance", asdict(settings), used, sizes, history, command, **more)
    return settings.output / "model"


def read_data(settings: StanceTraining) -> StanceData:
    """Reads the corpora and sets one in twenty sentences and claims apart for the temperature."""
    sentences = list(read_newsmtsc(settings.corpora / _NEWSMTSC[0]))
    dev = list(read_perspectrum(settings.corpora / _PERSPECTRUM[1]))
    perspectives = without_known(list(read_perspectrum(settings.corpora / _PERSPECTRUM[0])), dev)
    polnear = settings.corpora / _POLNEAR
    statements = [one for article in read_polnear(polnear) for one in _statements(article)] if polnear.is_dir() else []
    generator = random.Random(settings.seed)
    taught = [one for one in perspectives if not _is_held_out(one.claim)]
    held_sentences = [one for one in sentences if _is_held_out(one.sentence)]
    held_perspectives = without_known([one for one in perspectives if _is_held_out(one.claim)], taught)
    held_out = contrast_examples(settings.contrast // 8, generator, unseen=True)
    calibration = [_plain_sentence(one) for one in held_sentences] + [_plain_claim(one) for one in held_perspectives]
    calibration += _unrelated_claims(held_perspectives, len(held_perspectives) // 4, generator)
    measured = {
        "newsmtsc": [_plain_sentence(one) for one in read_newsmtsc(settings.corpora / _NEWSMTSC[1])],
        "perspectrum": [_plain_claim(one) for one in dev],
    }
    if held_out:
        measured["contrast"] = held_out
    texts = settings.corpora / "worldwide-newswire" / "text"
    newswire = _labelled_articles(settings.labels, texts) if settings.labels else []
    for doc, _, examples in newswire:
        if _is_held_out(doc, _CALIBRATION_ARTICLES):
            calibration += examples
    if settings.measured_labels:
        measured["newswire"] = [one for *_, some in _labelled_articles(settings.measured_labels, texts) for one in some]
    return StanceData(
        [one for one in sentences if not _is_held_out(one.sentence)],
        taught,
        statements,
        [(target, some) for doc, target, some in newswire if not _is_held_out(doc, _CALIBRATION_ARTICLES)],
        calibration,
        measured,
    )


def without_known(perspectives: Sequence[Perspective], others: Sequence[Perspective]) -> list[Perspective]:
    """``perspectives`` without claims whose own text, or that of any of their perspectives, is among ``others``.

    Perspectrum's splits share no claim by number, but 771 of the 2,071 dev perspectives stand word for word in train,
    mostly beside the same claim in other words: a model would remember them instead of understanding.
    """
    texts = {_plain(text) for one in others for text in (one.claim, one.perspective)}
    known = {one.claim_id for one in perspectives if {_plain(one.claim), _plain(one.perspective)} & texts}
    return [one for one in perspectives if one.claim_id not in known]


def epoch_examples(data: StanceData, settings: StanceTraining, generator: random.Random) -> list[Labelled]:
    """One epoch's examples, varied anew each time."""
    examples = [_vary_sentence(one, generator) for one in data.sentences]
    examples += [_vary_perspective(one, generator) for one in data.perspectives]
    examples += _unrelated_claims(data.perspectives, settings.unrelated_claims, generator)
    examples += _unrelated_statements(data, settings.unrelated_statements, generator)
    examples += contrast_examples(settings.contrast, generator)
    for _ in range(settings.labels_repeats):
        examples += [_vary_speaker(one, generator) for _, some in data.newswire for one in some]
    examples += _beside_other_targets(data.newswire, generator)
    return examples


def measure(scorer: StanceScorer, measured: dict[str, list[Labelled]]) -> dict[str, float]:
    """Macro-F1 and expected calibration error of each set, four places.

    Where no example is neutral, as in Perspectrum, neutral answers count as misses, and ``forced_f1`` is the
    macro-F1 when the likelier of the two sides is taken.
    """
    scores: dict[str, float] = {}
    for name, examples in measured.items():
        probabilities = scorer.score([one for one, _ in examples])
        gold = [label for _, label in examples]
        predicted = [LABELS[max(range(3), key=three.__getitem__)] for three in probabilities]
        present = [label for label in LABELS if label in gold]
        scores[f"{name}_macro_f1"] = _macro_f1(gold, predicted, present)
        scores[f"{name}_accuracy"] = _rounded(sum(map(str.__eq__, gold, predicted)) / len(gold))
        scores[f"{name}_ece"] = _rounded(calibration_error(probabilities, gold))
        if "neutral" not in present:
            forced = [LABELS[0] if three[0] >= three[1] else LABELS[1] for three in probabilities]
            scores[f"{name}_forced_f1"] = _macro_f1(gold, forced, present)
    return scores


def calibration_error(
    probabilities: Sequence[tuple[float, float, float]], gold: Sequence[str], bins: int = 10
) -> float:
    """Expected calibration error of the most likely label, over ``bins`` equally wide bins."""
    gaps = [0.0] * bins
    for three, label in zip(probabilities, gold, strict=True):
        top = max(three)
        gaps[min(int(top * bins), bins - 1)] += top - (LABELS[three.index(top)] == label)
    return sum(map(abs, gaps)) / max(1, len(gold))


def fit_temperature(model: StanceModel, tokenizer: PreTrainedTokenizerBase, examples: Sequence[Labelled]) -> float:
    """The temperature, two places, from 0.5 to 5, under which the labels of ``examples`` are most likely."""
    probabilities = StanceScorer(model, tokenizer, temperature=1.0).score([one for one, _ in examples])
    labels = torch.tensor([LABELS.index(label) for _, label in examples])
    if not len(labels):
        return 1.0
    logits = torch.tensor(probabilities).clamp(min=1e-4).log()
    candidates = [step / 100 for step in range(50, 501)]
    return min(candidates, key=lambda heat: float(nn.functional.cross_entropy(logits / heat, labels)))


def train_epoch(
    model: StanceModel,
    tokenizer: PreTrainedTokenizerBase,
    optimizer: torch.optim.Optimizer,
    examples: Sequence[Labelled],
    *,
    epoch: int,
    settings: StanceTraining,
    report: Callable[[str], None],
) -> None:
    size = model.config.window_size
    encoded = [_Example(encode_input(one, tokenizer, size), LABELS.index(label)) for one, label in examples]
    groups = list(_batches(encoded, settings.batch_tokens, random.Random(f"{settings.seed}/{epoch}/batches")))
    torch.manual_seed(settings.seed * 1000 + epoch)
    model.train()
    started, shown = time.monotonic(), math.nan
    for number, group in enumerate(groups):
        progress = (epoch + number / len(groups)) / settings.epochs
        factor = min(1.0, (progress + 1e-3) / settings.warmup) if settings.warmup else 1.0
        for parameters in optimizer.param_groups:
            parameters["lr"] = parameters["peak"] * factor * (1 - progress)
        loss = _loss(model, group, int(tokenizer.pad_token_id or 0), settings.smoothing)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        shown = loss.item() if math.isnan(shown) else shown * 0.98 + loss.item() * 0.02
        if number % 50 == 49:
            left = (time.monotonic() - started) / (number + 1) * (len(groups) * (settings.epochs - epoch) - number)
            report(
                f"epoch {epoch + 1}/{settings.epochs} batch {number + 1}/{len(groups)}: loss {shown:.3f}; "
                f"{left / 60:.0f} min left"
            )


def _loss(model: StanceModel, group: Sequence[_Example], padding: int, smoothing: float) -> Tensor:
    batch = collate([example.encoded for example in group], padding)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(batch.input_ids, batch.attention_mask, batch.parts)
    labels = torch.tensor([example.label for example in group])
    return nn.functional.cross_entropy(logits.float(), labels, label_smoothing=smoothing)


def _batches(examples: Sequence[_Example], tokens: int, generator: random.Random) -> Iterator[list[_Example]]:
    """Batches of like length in random order, each of at most ``tokens`` tokens with its padding."""
    ordered = sorted(examples, key=lambda example: len(example.encoded) + 6 * generator.random())
    groups: list[list[_Example]] = [[]]
    for example in ordered:
        longest = max((len(one.encoded) for one in groups[-1]), default=0)
        if groups[-1] and max(longest, len(example.encoded)) * (len(groups[-1]) + 1) > tokens:
            groups.append([])
        groups[-1].append(example)
    generator.shuffle(groups)
    return iter(groups)


def _plain_sentence(one: TargetedSentence) -> Labelled:
    return StanceInput(one.mention, one.sentence, one.sentence), one.label


def _plain_claim(one: Perspective) -> Labelled:
    return StanceInput(one.claim, one.perspective, one.perspective), one.label


def _vary_sentence(one: TargetedSentence, generator: random.Random) -> Labelled:
    """The sentence or what it quotes as the statement; at times the target is renamed, or is nowhere in it."""
    mention, sentence, label = one.mention, one.sentence, str(one.label)
    kind = generator.random()
    named = mention.casefold() not in _PRONOUNS
    if kind < 0.25 and named:
        name = invented_name(generator)
        sentence, mention = sentence.replace(mention, name), name
    elif kind < 0.32:
        mention, label = generator.choice((invented_name, invented_target))(generator), "neutral"
    statement = sentence
    quoted = _QUOTED.search(sentence)
    if quoted and generator.random() < 0.4:
        statement = quoted[1] or quoted[2]
    return StanceInput(mention, statement, sentence), label


def _vary_perspective(one: Perspective, generator: random.Random) -> Labelled:
    """The claim at times in other words or negated, the perspective at times as reported speech."""
    target, label = (
        vary_claim(one.claim, str(one.label), generator) if generator.random() < 0.6 else (one.claim, one.label)
    )
    statement, context, speaker = one.perspective, one.perspective, ""
    if generator.random() < 0.5:
        statement, context, speaker = reported(one.perspective, generator)
        if generator.random() < 0.2:
            speaker = ""
        if generator.random() < 0.1:
            context = statement
    return StanceInput(target, statement, context, speaker), label


def _unrelated_claims(perspectives: Sequence[Perspective], count: int, generator: random.Random) -> list[Labelled]:
    """Perspectives beside claims with which they share no longer word: neutral."""
    examples: list[Labelled] = []
    while len(perspectives) > 1 and len(examples) < count:
        one, other = generator.choice(perspectives), generator.choice(perspectives)
        if one.claim_id == other.claim_id or _words(one.claim + " " + one.perspective) & _words(other.claim):
            count -= 1
            continue
        target, _ = vary_claim(other.claim, "neutral", generator)
        statement, context, speaker = one.perspective, one.perspective, ""
        if generator.random() < 0.5:
            statement, context, speaker = reported(one.perspective, generator)
        examples.append((StanceInput(target, statement, context, speaker), "neutral"))
    return examples


def _unrelated_statements(data: StanceData, count: int, generator: random.Random) -> list[Labelled]:
    """Statements of PolNeAR beside targets that are not theirs (claims, mentions, invented ones): neutral."""
    examples: list[Labelled] = []
    for one in generator.sample(data.statements, min(count, len(data.statements))):
        kind = generator.random()
        if kind < 0.3:
            target = vary_claim(generator.choice(data.perspectives).claim, "neutral", generator)[0]
        elif kind < 0.6:
            target = generator.choice(data.sentences).mention
        else:
            target = invented_target(generator)
        if target.casefold() in _PRONOUNS or _words(target) & _words(one.context):
            continue
        speaker = one.speaker if generator.random() < 0.8 else ""
        examples.append((StanceInput(target, one.statement, one.context, speaker), "neutral"))
    return examples


def _labelled_articles(labels: Path, texts: Path) -> list[tuple[str, str, list[Labelled]]]:
    """Name, target and labelled statements of each article, with what the pipeline shows the model of them."""
    articles: list[tuple[str, str, list[Labelled]]] = []
    for one in read_newswire_labels(labels, texts):
        analysis = Analysis(one.article, segment(one.article.text))
        statements = [statement for some in one.annotations.values() for statement in some]
        examples = [
            (stance_input(analysis, statement, Target(stance.target)), str(stance.label))
            for statement in statements
            for stance in statement.stance
        ]
        if examples:
            articles.append((one.article.doc, examples[0][0].target, examples))
    return articles


def _vary_speaker(example: Labelled, generator: random.Random) -> Labelled:
    """The speaker is left out at times, for the pipeline does not always find one."""
    one, label = example
    return (replace(one, speaker="") if generator.random() < 0.25 else one), label


def _beside_other_targets(articles: list[tuple[str, list[Labelled]]], generator: random.Random) -> list[Labelled]:
    """Labelled statements beside another article's target that shares no longer word with them: neutral."""
    examples: list[Labelled] = []
    for target, some in articles:
        other = generator.choice(articles)[0]
        examples += [
            (replace(one, target=other), "neutral")
            for one, _ in some
            if generator.random() < _OTHER_TARGETS and not _words(other) & _words(f"{one.context} {target}")
        ]
    return examples


def _statements(article: AnnotatedArticle) -> Iterator[StanceInput]:
    """The statements of an article's first annotator, without targets."""
    text = article.article.text
    for one in next(iter(article.annotations.values()), ()):
        context = text[one.context.start : one.context.end].strip()
        yield StanceInput("", one.text, context, one.source.text if one.source else "")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _words(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"[^\W\d_]{4,}", text.casefold())}


def _is_held_out(text: str, one_in: int = _CALIBRATION_PART) -> bool:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % one_in == 0


def _macro_f1(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> float:
    totals = Totals(float)
    for one, other in zip(gold, predicted, strict=True):
        for name, value in count_label(one, other, labels).items():
            totals[name] += value
    return _rounded(label_figures(labels)["macro_f1"](totals) or 0.0)


def _rounded(value: float) -> float:
    return round(value, 4)
