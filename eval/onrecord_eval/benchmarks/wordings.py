"""Do synonyms and descriptions of targets help to judge stances?

    python -m onrecord_eval.benchmarks.wordings CORPORA [--model small] [--data data]

The targets of data/world dev and data/stance dev are asked about by their names, with one or two synonyms (the mean of
the answers counts, as in the pipeline), by a synonym alone, and with a description (data/wordings).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from onrecord.pipeline import PipelineSettings
from onrecord.targets.target import Target
from onrecord_eval.adapters import PipelineParts
from onrecord_eval.benchmarks.measuring import option_parser, print_table
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.corpora.stance_labels import read_stance_labels
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.tasks.stance import score_judged

LABELS: Final = ("world", "stance")

Told = dict[tuple[str, str], Target]
"""A target with its other words, by article and name."""


@dataclass(frozen=True, slots=True)
class Instead(Target):
    """A target that is asked about by other words than its name."""

    instead: str = ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """Those words alone."""
        return (self.instead,)


WAYS: Final[dict[str, Callable[[Target], Target]]] = {
    "name": lambda told: Target(told.name),
    "name, one synonym": lambda told: Target(told.name, told.synonyms[:1]),
    "name, two synonyms": lambda told: Target(told.name, told.synonyms[:2]),
    "a synonym alone": lambda told: Instead(told.name, instead=told.synonyms[0]),
    "name with description": lambda told: Instead(told.name, instead=f"{told.name}: {told.description}"),
}
"""What is asked about, by what the table calls it."""


def read_wordings(path: Path, labels: str) -> Told:
    """The targets of data/wordings that belong to one of `LABELS`."""
    records: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        (record["doc"], target["name"]): Target(target["name"], tuple(target["synonyms"]), target["description"])
        for record in records
        if record["labels"] == labels
        for target in record["targets"]
    }


def rows(
    parts: PipelineParts, articles: dict[str, list[AnnotatedArticle]], told: dict[str, Told]
) -> Iterator[tuple[str, ...]]:
    """For each way: macro-F1, accuracy and the share of sides taken for the other one, of each file of labels."""
    for name, way in WAYS.items():
        figures: list[str] = []
        for labels in LABELS:
            known = {key: way(target) for key, target in told[labels].items()}
            judge = parts.stances_towards(known)
            found = score_judged(labels, articles[labels], judge, BootstrapSettings(samples=0)).evaluation.figures
            figures += [f"{found[figure].value:.3f}" for figure in ("macro_f1", "accuracy", "wrong_side")]
        yield name, *figures


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("corpora", type=Path, help="folder of the public corpora")
    parser.add_argument("--model", default="small", help="name or folder of the model")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of our own labels")
    options = parser.parse_args()
    articles = {
        labels: list(read_stance_labels(options.data / labels / "dev.jsonl", options.corpora)) for labels in LABELS
    }
    told = {labels: read_wordings(options.data / "wordings" / "dev.jsonl", labels) for labels in LABELS}
    head = [f"{labels}: {figure}" for labels in LABELS for figure in ("macro-F1", "accuracy", "wrong side")]
    parts = PipelineParts(PipelineSettings(options.model))
    print_table(
        f"Targets in other words, model {options.model}", [("asked about", *head), *rows(parts, articles, told)]
    )


if __name__ == "__main__":
    main()
