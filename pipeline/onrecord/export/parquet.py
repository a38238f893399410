"""Parquet through `datasets`: a statement a row, nested as the output lines are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onrecord.files.arrow import map_statements
from onrecord.files.atomic import naming, replacing_bytes


def write_parquet(statements: Path, path: Path) -> int:
    """Writes the statements of a file as Parquet in bounded memory and returns how many there are.

    Raises:
        InputError, RecordError: the file cannot be read, or a line of it is not a statement.
    """
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder, _without_progress_bars():
        with naming(Path(folder)):
            dataset = map_statements(statements, Path(folder))
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing_bytes(path) as stream:  # of a path, `datasets` would take some characters for a remote address
            dataset.to_parquet(stream)
        return len(dataset)


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    import datasets

    were_shown = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if were_shown:
            datasets.enable_progress_bars()
