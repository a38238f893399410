"""Made-up sentences and labelled articles for training the stance model, in the formats of the real corpora."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LABELS = "made/train.jsonl"
MEASURED = "other/dev.jsonl"


def write_stance_corpora(root: Path, count: int = 24) -> Path:
    """Writes NewsMTSC, Perspectrum and directed sentiment below ``root``, and articles in `LABELS` and `MEASURED`."""
    for split in ("train", "devtest_mt"):
        _write(root / "newsmtsc" / f"{split}.jsonl", [_mtsc(number) for number in range(count)])
    for split in ("train", "dev"):
        _write(root / "perspectrum" / f"{split}.jsonl", [_perspective(split, number) for number in range(count)])
    for split in ("train", "valid"):
        path = root / "directed-sentiment" / f"{split}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(_directed(number) for number in range(count)), encoding="utf-8")
    for path in (LABELS, MEASURED):
        _write(root / path, [labelled_article(number, path.partition("/")[0]) for number in range(count)])
    return root


def labelled_article(number: int, folder: str) -> dict[str, Any]:
    """Two people who differ on a port, and a third statement about something else."""
    text = (
        f"Mayor Ada Brandt praised port {number} on Monday.\n\n"
        f"Bo Berg called port {number} a folly, and said: “No.”\n\n"
        "Brandt added that it might rain."
    )

    def at(words: str, after: str = "") -> list[list[int]]:
        start = text.index(words, text.index(after))
        return [[start, start + len(words)]]

    said: list[tuple[list[list[int]], str, str, int, Sequence[str | None], Sequence[str]]] = [
        (at(f"port {number}"), "praised", "Mayor Ada Brandt", 0, ("support", "oppose"), ("said", "implied")),
        (at(f"port {number} a folly"), "called", "Bo Berg", 1, ("oppose", "support"), ("said", "said")),
        (at("“No.”"), "said", "Bo Berg", 1, ("neutral", None), ("about", "about")),
        (at("it might rain"), "added", "Brandt", 0, ("neutral", "neutral"), ("not about", "not about")),
    ]
    statements = [
        {
            "content": content,
            "cue": at(cue),
            "source": at(source, "\n\n" if source == "Bo Berg" else "Brandt added" if source == "Brandt" else ""),
            "speakers": [speaker],
            "stance": list(stance),
            "shown": list(shown),
        }
        for content, cue, source, speaker, stance, shown in said
    ]
    entities = [{"name": "Ada Brandt", "mentions": []}, {"name": "Bo Berg", "mentions": []}]
    targets = [f"port {number}", f"We should close port {number}"]
    return {
        "doc": f"{folder}/{number}",
        "text": text,
        "targets": targets,
        "entities": entities,
        "statements": statements,
    }


def _mtsc(number: int) -> dict[str, Any]:
    sentence = f"Clara Weiss number {number} opened the library."
    return {"sentence_normalized": sentence, "targets": [{"from": 0, "to": 11, "polarity": 2.0 + 2 * (number % 3)}]}


def _perspective(split: str, number: int) -> dict[str, Any]:
    return {
        "claim_id": number // 2,
        "claim": f"We should plant {split} trees number {number // 2}",
        "perspective": f"Gardens of {split} number {number} need shade.",
        "stance": ("support", "undermine")[number % 2],
    }


def _directed(number: int) -> str:
    return f"[Omar] praised [the club] on day {number}.\tOmar\tthe club\t{number % 5}\n"


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
