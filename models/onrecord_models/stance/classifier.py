"""Any classifier of text pairs that tells whether a speaker, by one statement, supports or opposes a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torch

from onrecord_models.errors import WeightsError
from onrecord_models.labels import SPAN_SEPARATOR, STANCES

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Probabilities = tuple[float, float, float]
"""Of support, oppose and neutral."""


ACCEPTED_LABELS: Final[dict[str, tuple[str, ...]]] = {
    "support": ("support", "supports", "favor", "favour", "for", "pro", "agree", "entailment"),
    "oppose": ("oppose", "opposes", "against", "con", "disagree", "undermine", "refute", "contradiction"),
    "neutral": ("neutral", "none", "neither", "unrelated", "discuss", "comment"),
}
"""How other classifiers' labels are read, ignoring case."""


@dataclass(frozen=True, slots=True)
class StanceInput:
    """One question to the model.

    ``statement`` is the content, its pieces joined by ``SPAN_SEPARATOR``; ``context`` the text around it, which
    should contain those pieces (it is put after the statement if it does not); ``speaker`` may be empty.
    """

    target: str
    statement: str
    context: str = ""
    speaker: str = ""


class ClassifierScorer:
    """Scores with any sequence classifier of text pairs.

    A classifier of stance gets the statement in its context first and the target second. One of textual entailment
    gets, as its second text, that the speaker supports the target.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        batch_size: int = 32,
        meanings: Mapping[str, str] | None = None,
    ) -> None:
        """Raises WeightsError if the model's labels cannot be read as support, oppose and neutral."""
        names = {int(index): str(name) for index, name in (model.config.id2label or {}).items()}
        self.columns = map_labels([names[index] for index in sorted(names)], meanings)
        self.entails = any(name.casefold() == "entailment" for name in names.values())
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.batch_size = batch_size

    def score(self, inputs: Sequence[StanceInput]) -> list[Probabilities]:
        """Probabilities of support, oppose and neutral for each input, rounded to four places.

        Batches depend on what the inputs are and not on their order.
        """
        pairs = [(_as_text(shown), self._second(shown)) for shown in inputs]
        ordered = sorted(set(pairs), key=lambda pair: (len(pair[0]), pair))
        known: dict[tuple[str, str], list[float]] = {}
        for start in range(0, len(ordered), self.batch_size):
            batch = ordered[start : start + self.batch_size]
            known.update(zip(batch, self._probabilities(batch), strict=True))
        return [_three([sum(known[pair][column] for column in columns) for columns in self.columns]) for pair in pairs]

    @torch.inference_mode()
    def _probabilities(self, pairs: Sequence[tuple[str, str]]) -> list[list[float]]:
        firsts, seconds = [first for first, _ in pairs], [second for _, second in pairs]
        encoded = self.tokenizer(
            firsts, seconds, truncation="only_first", max_length=self._window(), padding=True, return_tensors="pt"
        )
        logits = self.model(**encoded.to(self.model.device)).logits
        found: list[list[float]] = torch.softmax(logits.double(), dim=-1).tolist()
        return found

    def _second(self, shown: StanceInput) -> str:
        if not self.entails:
            return shown.target
        return f"{shown.speaker or 'The speaker'} supports {shown.target}."

    def _window(self) -> int:
        return min(512, getattr(self.model.config, "max_position_embeddings", 514) - 2)


def load_stance_classifier(path: Path | str, meanings: Mapping[str, str] | None = None) -> ClassifierScorer:
    """The classifier of text pairs in a folder.

    ``meanings`` says which of its labels mean ``support``, ``oppose`` or ``neutral``, besides `ACCEPTED_LABELS`.

    Only safetensors are read, and no code next to them is run.

    Raises:
        WeightsError: the folder holds no such model, or its labels cannot be read.
    """
    from transformers import AutoModelForSequenceClassification, AutoTokenizer  # they take seconds to import

    folder = Path(path)
    if not (folder / "config.json").is_file():
        raise WeightsError(
            f"{folder}: no stance model; expected a folder with config.json, model.safetensors and a tokenizer"
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise WeightsError(
            f"{folder}: the stance model cannot be loaded ({reason}); expected model.safetensors and a tokenizer "
            "beside config.json, of a kind that needs no extra code"
        ) from error
    return ClassifierScorer(model, tokenizer, meanings=meanings)


def map_labels(names: Sequence[str], meanings: Mapping[str, str] | None = None) -> list[list[int]]:
    """Which columns of a classifier with these label names mean support, oppose and neutral.

    Raises:
        WeightsError: a name is unknown, or none means support or none oppose.
    """
    columns: list[list[int]] = [[], [], []]
    meaning = {name: side for side, label in enumerate(STANCES) for name in ACCEPTED_LABELS[label]}
    for name, label in (meanings or {}).items():
        if label not in STANCES:
            raise WeightsError(f"the label {name} cannot mean {label!r}; choose {', '.join(STANCES)}")
        if name not in names:
            raise WeightsError(f"the classifier has no label {name}; its labels are {', '.join(names)}")
        meaning[name.strip().casefold()] = STANCES.index(label)
    unknown = []
    for index, name in enumerate(names):
        side = meaning.get(name.strip().casefold())
        if side is None:
            unknown.append(name)
        else:
            columns[side].append(index)
    if unknown or not columns[0] or not columns[1]:
        accepted = "; ".join(f"{label}: {', '.join(ACCEPTED_LABELS[label])}" for label in STANCES)
        raise WeightsError(
            f"the classifier's labels are {', '.join(names)}, which cannot be read as stances; accepted are {accepted} "
            "(say what they mean with --stance-label NAME=support, one for each)"
        )
    return columns


def _as_text(shown: StanceInput) -> str:
    """The text to read: the context, with the statement in front if its pieces are not in it, one after the other."""
    text, end = shown.context, 0
    for piece in shown.statement.split(SPAN_SEPARATOR):
        start = shown.context.find(piece, end)
        if not piece or start < 0:
            text = f"{shown.statement} {shown.context}".rstrip()
            break
        end = start + len(piece)
    return f"{shown.speaker}: {text}" if shown.speaker else text


def _three(values: Sequence[float]) -> Probabilities:
    support, oppose, neutral = (round(value, 4) for value in values)
    return support, oppose, neutral
