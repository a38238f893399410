"""Hugging Face `datasets`: statements as a ``Dataset``, and articles of any kind as an ``IterableDataset``.

Both can be given a pipeline: ``articles.map(pipeline, batched=True)``. Nothing is written to the cache of `datasets`.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.files.arrow import map_statements
from onrecord.reading import ArticleReader, Input, ReadSettings, find_inputs

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset

_LOG: Final = logging.getLogger("onrecord")


def load_statements(path: str | Path) -> Dataset:
    """The statements of a JSON lines file as a dataset: one in each row, with the columns and nesting of the lines.

    The rows are mapped into memory from a temporary folder, which is removed when the process ends; so are the files
    that the dataset's own methods store.

    Raises:
        InputError, RecordError: the file cannot be read, or a line of it is not a statement.
    """
    folder = Path(tempfile.mkdtemp(prefix="onrecord-"))
    try:
        dataset = map_statements(Path(path), folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    atexit.register(_remove, folder, os.getpid())
    return dataset


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not a process that was forked from it
        shutil.rmtree(folder, ignore_errors=True)


def load_articles(*paths: str | Path, settings: ReadSettings | None = None) -> IterableDataset:
    """The articles that ``onrecord extract`` would read from ``paths``, streamed: one in each row, in bounded memory.

    The columns are ``doc``, ``text`` and those of `Meta`, all of them strings. An article that cannot be read, or is
    not in English, is left out with a warning in the log ``onrecord``, and the others are read.

    Raises:
        InputError: a path does not exist, or there is nothing to read in a folder.
    """
    from datasets import DatasetInfo, Features, IterableDataset, Value
    from datasets.iterable_dataset import ExamplesIterable

    # In a tuple: each element of a list would become a shard of its own, read by a reader of its own.
    inputs = tuple(find_inputs(list(map(Path, paths)), settings))
    columns = ("doc", "text", *Meta.__dataclass_fields__)
    features = Features(dict.fromkeys(columns, Value("string")))
    # Like `IterableDataset.from_generator`, which however leaves a file in the cache.
    return IterableDataset(ExamplesIterable(_rows, {"inputs": inputs}), info=DatasetInfo(features=features))


def _rows(inputs: tuple[Input, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    with ArticleReader() as reader:
        for number, item in enumerate(inputs):
            try:
                article = reader.read(item)
            except InputError as error:
                _LOG.warning("%s", error)
                continue
            yield number, {"doc": article.doc, "text": article.text, **asdict(article.meta)}
