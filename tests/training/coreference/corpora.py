"""Corpora of a few made-up sentences for training the coreference model, in the formats of the real ones."""

from __future__ import annotations

import json
from pathlib import Path

PEOPLE = (("Ada Brandt", "f"), ("Omar Diallo", "m"), ("Clara Weiss", "f"), ("Boris Marek", "m"))
GAP_COLUMNS = ("ID", "Text", "Pronoun", "Pronoun-offset", "A", "A-offset", "A-coref", "B", "B-offset", "B-coref", "URL")


def write_coreference_corpora(root: Path, examples: int = 14) -> Path:
    """Writes GAP and OntoGUM below ``root``, and labels of sources over texts of their own in ``labels.jsonl``."""
    _write_gap(root / "gap" / "gap-development.tsv", examples)
    _write_gum(root / "gum", examples)
    write_labels(root / "labels.jsonl", examples)
    return root


def _write_gap(path: Path, examples: int) -> None:
    rows = ["\t".join(GAP_COLUMNS)]
    for number in range(examples):
        (one, _), (other, _) = PEOPLE[number % 4], PEOPLE[(number + 1) % 4]
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
        one, other = PEOPLE[number % 4][0].split(), PEOPLE[(number + 1) % 4][0].split()
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


def write_labels(path: Path, examples: int) -> None:
    """Writes labelled articles with a pronoun, a description, both people together, and somebody unnamed."""
    rows = []
    for number in range(examples):
        (one, gender), (other, others) = PEOPLE[number % 4], PEOPLE[(number + 1) % 4]
        he = "she" if gender == "f" else "he"
        text = (
            f"Mayor {one} met {other} in Oslo. Later {he} said that port {number} was safe.\n\n"
            "They called it new. The mayor denied that it was late. Critics found it dear."
        )

        def at(words: str, text: str = text) -> list[int]:
            return [text.index(words), text.index(words) + len(words)]

        pronoun = [at(f"{he} said")[0], at(f"{he} said")[0] + len(he)]
        people = [
            {"name": one, "kind": "person", "gender": gender, "mentions": [at(one), pronoun, at("The mayor")]},
            {"name": other, "kind": "person", "gender": others, "mentions": [at(other)]},
            {"name": None, "kind": "group", "description": [at("Critics")], "mentions": [at("Critics")]},
        ]
        said = [
            ([at("that port")[0], text.index(" safe") + 5], "said", pronoun, "pronoun", [0]),
            (at("new"), "called", at("They"), "several", [0, 1]),
            (at("that it was late"), "denied", at("The mayor"), "description", [0]),
            (at("dear"), "found", at("Critics"), "description", [2]),
        ]
        statements = [
            {"content": [content], "cue": [at(cue)], "source": [source], "mention": kind, "speakers": speakers}
            for content, cue, source, kind, speakers in said
        ]
        rows.append({"doc": f"made/{number}", "text": text, "entities": people, "statements": statements})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
