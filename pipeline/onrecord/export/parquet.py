"""Statements as a ``datasets.Dataset``, nested as the output lines are, and Parquet through it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from onrecord.document import Meta
from onrecord.errors import SettingsError
from onrecord.files.records import read_statements

if TYPE_CHECKING:
    from datasets import Dataset, Features

_BATCH: Final = 5000
"""How many statements are Python objects at once."""


def load_statements(path: str | Path) -> Dataset:
    """The statements of a JSON lines file as a dataset: one a row, columns and nesting those of the lines.

    Raises:
        SettingsError: the package ``datasets`` is not installed.
        InputError, RecordError: the file cannot be read, or a line of it is not a statement.
    """
    datasets = _library()
    features = _features(datasets)
    statements = read_statements(Path(path))
    parts = []
    while batch := [statement.to_dict() for statement in islice(statements, _BATCH)]:
        parts.append(datasets.Dataset.from_list(batch, features=features))
    if not parts:
        return datasets.Dataset.from_dict({name: [] for name in features}, features=features)
    return datasets.concatenate_datasets(parts)


def write_parquet(statements: Path, path: Path) -> int:
    """Writes the statements of a file as Parquet and returns how many there are; see `load_statements`."""
    dataset = load_statements(statements)
    path.parent.mkdir(parents=True, exist_ok=True)
    _library().disable_progress_bars()
    dataset.to_parquet(path)
    return len(dataset)


def _library() -> Any:
    try:
        import datasets
    except ImportError as error:
        raise SettingsError(
            "this needs the package `datasets`, which is not installed; run pip install 'onrecord[datasets]'"
        ) from error
    return datasets


def _features(datasets: Any) -> Features:
    """The types of `records.json_schema`."""
    text, number, offset = (datasets.Value(name) for name in ("string", "float64", "int64"))
    span = datasets.List(offset)
    spans = datasets.List(span)
    mention = {"text": text, "spans": spans}
    speaker = dict.fromkeys(("name", "id", "kind", "role", "description"), text) | {"aliases": datasets.List(text)}
    scores = dict.fromkeys(("support", "oppose", "neutral"), number)
    stance = {"target": text, "label": text, "score": number, "scores": scores}
    features: Features = datasets.Features(
        {
            **dict.fromkeys(("schema", "doc", "id", "text"), text),
            "content": spans,
            "form": text,
            "context": span,
            "cue": mention,
            "source": mention,
            "speakers": datasets.List(speaker),
            "via": mention,
            "stance": datasets.List(stance),
            "confidence": number,
            "cluster": text,
            "attribution_conflict": datasets.Value("bool"),
            "meta": dict.fromkeys(Meta.__dataclass_fields__, text),
        }
    )
    return features
