"""The model card of a model folder, from its manifest."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Any

_CARD = Path(__file__).parent / "card.md"
_ENCODERS = {
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db": (
        "all-MiniLM-L6-v2 (Apache-2.0, 22 M parameters, uncased): its word\n"
        "embeddings are kept as published, and all other weights are tuned"
    ),
    "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658": (
        "all-mpnet-base-v2 (Apache-2.0, 110 M parameters, uncased), which is\n"
        "used as published and downloaded by `onrecord fetch base`; this folder holds low-rank adapters for all its\n"
        "layers, and the heads"
    ),
}
_LABELS = {
    "lessons": "windows with soft labels",
    "soft-labels": "windows with soft labels",
    "labelled": "labelled questions",
    "public": "questions of public corpora",
    "choosing": "questions to choose the best epoch by",
    "choosing questions, accuracy": "accuracy on the questions to choose by",
    "newsmtsc": "sentences of NewsMTSC",
    "perspectrum": "perspectives of Perspectrum",
    "directed": "sentences of directed sentiment",
    "held_out": "articles to choose the temperature by",
    "targets": "targets of the articles",
}
_WORDS = {
    "newsmtsc": "NewsMTSC",
    "perspectrum": "Perspectrum",
    "polnear": "PolNeAR",
    "f1": "F1",
    "ece": "calibration error",
    "about": "accuracy on whether a neutral statement is about the target",
}


_STANCE = """\
Layers that go on from the quote model's lower layers or embeddings and read the article, and heads that judge all
statements of an article together. Trained on whole newswire and US political articles and invented texts whose stances
a language model labelled by reading, and on the training parts of NewsMTSC, Perspectrum and a corpus of directed
sentiment. It was also asked about targets of other articles, about which the article says nothing."""


def card(name: str, manifest: dict[str, Any]) -> str:
    """The model card of a folder, from its manifest."""
    rows: dict[str, str] = {
        part: "\n".join(f"| {row} | {value} |" for row, value in _flat(manifest[part]))
        for part in ("quotes", "stance", "coreference")
        if part in manifest
    }
    rows.setdefault("quotes", "| not recorded | |")
    for part in ("stance", "coreference"):
        rows.setdefault(part, "| no model of its own | that of a model of its size that comes with onrecord is used |")
    encoder = manifest.get("quotes", {}).get("encoder_sha256", "")
    rows["encoder"] = _ENCODERS.get(encoder, "another base encoder")
    rows["judging"] = _STANCE
    return Template(_CARD.read_text(encoding="utf-8")).substitute(name=name, **rows)


def _flat(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """The rows of the card; the rest of the manifest is in its file."""
    shown = [("started from", f"`{manifest['initial']['command']}`")] if "initial" in manifest else []
    shown += [("trained with", f"`{manifest['command']}`"), ("seed", str(manifest["settings"]["seed"]))]
    sizes = {
        name: max(run["sizes"].get(name, 0) for run in _trainings(manifest).values())
        for name in manifest["sizes"]
        if not name.startswith("measured")
    }
    sizes |= {name: size for name, size in manifest["sizes"].items() if name not in sizes}  # of the scores below
    shown += [(f"size: {_label(name)}", f"{count:,}") for name, count in sizes.items()]
    shown += [
        ("averaged run", f"`{run['command']}`, weight {run['weight']:.2f}") for run in manifest.get("averaged", ())
    ]
    epochs = [epoch for run in _trainings(manifest).values() for epoch in run["epochs"]]
    shown.append(("training time, one processor core", f"{sum(epoch['seconds'] for epoch in epochs) / 60:.0f} minutes"))
    shown += [(f"score: {_label(name)}", f"{value}") for name, value in manifest.get("scores", {}).items()]
    for kind in ("names", "roles"):
        if kind in manifest:
            shown.append((f"head for {kind} trained last with", f"`{manifest[kind]['command']}`"))
    return shown


def _label(name: str) -> str:
    """The words of the card for a size or score of a manifest."""
    return _LABELS.get(name) or " ".join(_WORDS.get(word, word) for word in name.split("_"))


def _trainings(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All trainings that a manifest goes back to, by command: what was averaged and what was started from."""
    parents = [*manifest.get("averaged", ()), *([manifest["initial"]] if "initial" in manifest else ())]
    own = {} if "averaged" in manifest else {manifest["command"]: manifest}
    for parent in parents:
        own |= _trainings(parent)
    return own
