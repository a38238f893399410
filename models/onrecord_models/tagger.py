"""Any token classifier that finds names in place of the quote model's own head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

from onrecord_models.errors import WeightsError

ACCEPTED_CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "person": ("per", "person", "politician"),
    "organization": ("org", "organization", "organisation", "politicalparty", "corporation", "company", "group"),
    "location": ("loc", "location", "gpe", "fac", "facility", "country"),
    "norp": ("norp", "nationality", "religion"),
    "misc": (
        "misc",
        "miscellaneous",
        "event",
        "election",
        "product",
        "work_of_art",
        "law",
        "language",
        "creative-work",
    ),
}
"""How other taggers' classes are read, ignoring case and the B-, I-, E-, S- before them; any other is left out."""

_STRIDE = 64


class TaggedName(NamedTuple):
    """A name as half-open code points of the text, with one of ``labels.NAME_CLASSES`` and its probability."""

    start: int
    end: int
    label: str
    score: float


class NameTagger:
    """A token classifier and its tokenizer, asked a paragraph at a time."""

    def __init__(self, folder: Path, device: str) -> None:
        """Loads the model.

        Raises:
            WeightsError: the folder holds no token classifier, or one that finds no class of ours.
        """
        try:
            model = AutoModelForTokenClassification.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, trust_remote_code=False
            )
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise WeightsError(
                f"{folder}: cannot be loaded as a name tagger ({reason}); expected config.json, model.safetensors "
                "and a tokenizer, of a kind that needs no extra code"
            ) from error
        self._class_of = _classes(list(model.config.id2label.values()))
        if not {"person", "organization"} & set(self._class_of.values()):
            found = ", ".join(map(str, model.config.id2label.values()))
            raise WeightsError(f"{folder}: its labels ({found}) name neither persons nor organizations")
        longest = min(tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", 512) - 2)
        tokenizer.model_max_length = longest
        self._tag = pipeline(
            "token-classification",
            model=model,
            tokenizer=tokenizer,
            aggregation_strategy="first",
            stride=min(_STRIDE, longest // 4),
            device=device,
        )

    def find(self, texts: Sequence[str]) -> Iterator[list[TaggedName]]:
        """The names of each text, with offsets into it."""
        for text in texts:
            found = []
            for group in self._tag(text) if text.strip() else ():
                label = self._class_of.get(group["entity_group"])
                if label is not None:
                    found.append(
                        TaggedName(int(group["start"]), int(group["end"]), label, round(float(group["score"]), 4))
                    )
            yield found


def _classes(labels: Sequence[str]) -> dict[str, str]:
    meaning = {word: ours for ours, words in ACCEPTED_CLASSES.items() for word in words}
    bare = {label[2:] if label[:2] in ("B-", "I-", "E-", "S-", "L-", "U-") else label for label in labels}
    return {label: meaning[label.casefold()] for label in bare if label.casefold() in meaning}
