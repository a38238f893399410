"""Statements in Arrow: the column types of an output line, and files of them that `datasets` maps into memory."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from onrecord.document import Meta
from onrecord.files.records import read_statements

if TYPE_CHECKING:
    from datasets import Dataset, Features

_BATCH: Final = 1000
"""How many statements are Python objects at once."""


def statement_features() -> Features:
    """The columns of a statement with their types: those of `records.json_schema`, ``scores`` by name."""
    from datasets import Features, List, Value

    text, number = Value("string"), Value("float64")
    span = List(Value("int64"))
    spans = List(span)
    mention = {"text": text, "spans": spans}
    named = dict.fromkeys(("name", "id", "kind", "role", "description"), text)
    told = {"source_type": text, "gender": text, "anonymous": Value("bool"), "reason": mention}
    speaker = named | {"aliases": List(text), "score": number} | told
    scores = dict.fromkeys(("support", "oppose", "neutral"), number)
    stance = {"target": text, "label": text, "score": number, "scores": scores, "about": number}
    return Features(
        {
            **dict.fromkeys(("schema", "doc", "id", "text"), text),
            "content": spans,
            "form": text,
            "context": span,
            "cue": mention,
            "source": mention,
            "speakers": List(speaker),
            "via": mention,
            "stance": List(stance),
            "confidence": number,
            "cluster": text,
            "attribution_conflict": Value("bool"),
            "act": text,
            "act_score": number,
            "meta": dict.fromkeys(Meta.__dataclass_fields__, text),
        }
    )


def map_statements(path: Path, folder: Path) -> Dataset:
    """The statements of the JSON lines file ``path``, one in each row, mapped into memory from a file in ``folder``.

    Raises:
        InputError, RecordError: the file cannot be read, or a line of it is not a statement.
    """
    from datasets import Dataset
    from pyarrow import RecordBatch, ipc

    stored = folder / "statements.arrow"
    schema = statement_features().arrow_schema
    records = (statement.to_dict() for statement in read_statements(path))
    with ipc.new_stream(stored, schema) as writer:
        while batch := list(islice(records, _BATCH)):
            writer.write_batch(RecordBatch.from_pylist(batch, schema))
    return Dataset.from_file(str(stored))


class StatementLists(list[list[dict[str, Any]]]):
    """The records of each article's statements, of the same Arrow type even where no article of a batch has any.

    Types guessed from a first batch without statements would not fit the next one.
    """

    def __arrow_array__(self, type: Any = None) -> Any:
        from datasets import Features, List
        from pyarrow import array

        column = Features({"statements": List(statement_features())}).arrow_schema.field("statements")
        return array(list(self), type or column.type)
