"""Corpora of a few made-up sentences for training the coreference model, in the formats of the real ones."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

PEOPLE = ("Ada Brandt", "Omar Diallo", "Clara Weiss", "Boris Marek")
GAP_COLUMNS = ("ID", "Text", "Pronoun", "Pronoun-offset", "A", "A-offset", "A-coref", "B", "B-offset", "B-coref", "URL")


def write_coreference_corpora(root: Path, examples: int = 14) -> Path:
    """Writes GAP, OntoGUM, PolNeAR and Worldwide below ``root``, and newswire labels in ``root/labels.jsonl``."""
    _write_gap(root / "gap" / "gap-development.tsv", examples)
    _write_gum(root / "gum", examples)
    _write_polnear(root / "polnear" / "data" / "train")
    _write_worldwide(root / "worldwide-newswire", examples)
    return root


def _write_gap(path: Path, examples: int) -> None:
    rows = ["\t".join(GAP_COLUMNS)]
    for number in range(examples):
        one, other = PEOPLE[number % 4], PEOPLE[(number + 1) % 4]
        text = f"{one} met {other} in Oslo. Later she said that the talks number {number} had gone well."
        at = text.index(other)
        refers = (number % 3 == 0, number % 3 == 1)  # and to neither of them in every third text
        row = (f"development-{number}", text, "she", text.index("she"), one, 0, refers[0], other, at, refers[1], "-")
        rows.append("\t".join(str(value).upper() if isinstance(value, bool) else str(value) for value in row))
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _write_gum(root: Path, examples: int) -> None:
    for folder in ("conllu", "ontogum-conll"):
        (root / folder).mkdir(parents=True)
    for number in range(examples):
        one, other = PEOPLE[number % 4].split(), PEOPLE[(number + 1) % 4].split()
        words = [
            (one[0], "PROPN", 3, "(1-person"), (one[1], "PROPN", 1, "1)"), ("met", "VERB", 0, ""),
            (other[0], "PROPN", 3, "(2-person"), (other[1], "PROPN", 4, "2)"), (".", "PUNCT", 3, ""),
            ("He", "PRON", 2, "(1-person)"), ("left", "VERB", 0, ""), (".", "PUNCT", 2, ""),
        ]  # fmt: skip
        conllu, clusters = [], []
        for position, (form, upos, head, mark) in enumerate(words):
            index = position + 1 if position < 6 else position - 5
            if position == 6:
                conllu.append("")
            misc = f"Entity={mark}" if mark else "_"
            conllu.append("\t".join([str(index), form, form, upos, "_", "_", str(head), "_", "_", misc]))
            clusters.append(f"{index}\t{form}\t{mark.replace('-person', '') or '_'}")
        (root / "conllu" / f"GUM_news_{number}.conllu").write_text("\n".join(conllu) + "\n\n", encoding="utf-8")
        (root / "ontogum-conll" / f"GUM_news_{number}.conll").write_text("\n".join(clusters) + "\n", encoding="utf-8")


def _write_polnear(split: Path) -> None:
    (split / "text").mkdir(parents=True)
    (split / "attributions").mkdir()
    text = (
        "Ms Ada Brandt met Mr Omar Diallo in Oslo on Monday. The council was content with it. "
        "Brandt said that the port would stay open. Diallo had asked for more time.\n"
    )
    source, content = text.index("Brandt said"), "the port would stay open"
    parts = [
        ("Source", source, "Brandt"), ("Cue", text.index("said"), "said"), ("Content", text.index(content), content),
    ]  # fmt: skip
    lines = [
        f"T{number}\t{role} {start} {start + len(words)}\t{words}"
        for number, (role, start, words) in enumerate(parts, 1)
    ]
    lines.append("E1\tAttribution:T2 Source:T1 Cue:T2 Content:T3")
    for name in ("one", "two"):
        (split / "text" / f"{name}.txt").write_text(text, encoding="utf-8")
        (split / "attributions" / f"{name}_ab12.ann").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_worldwide(root: Path, examples: int) -> None:
    (root / "train").mkdir(parents=True)
    (root / "text" / "train").mkdir(parents=True)
    rows = []
    for number in range(examples):
        one, other = PEOPLE[number % 4], PEOPLE[(number + 1) % 4]
        text = f"Minister {one} met {other} in Oslo. Later he said that the port number {number} would stay open."
        (root / "text" / "train" / f"{number}.txt").write_text(text, encoding="utf-8")
        tokens = "".join(f"{word}\tO\n" for word in text.replace(".", " .").split())
        (root / "train" / f"{number}.txt.tsv").write_text(tokens, encoding="utf-8")
        said, pronoun = text.index("said"), text.index("he said")
        content = text.index("the port")
        statement = {
            "content": [[content, len(text) - 1]], "cue": [[said, said + 4]], "source": [[pronoun, pronoun + 2]],
            "via": None, "stance": "support", "speakers": [{"name": one, "kind": "person"}],
        }  # fmt: skip
        digest = hashlib.sha256(text.encode()).hexdigest()
        record = {"doc": f"train/{number}.txt", "sha256": digest, "target": "the port", "statements": [statement]}
        rows.append(json.dumps(record) + "\n")
    (root.parent / "labels.jsonl").write_text("".join(rows), encoding="utf-8")
