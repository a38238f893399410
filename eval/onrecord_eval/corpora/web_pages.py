"""Web pages as served, with the article's body by hand: article-extraction-benchmark (Scrapinghub, 2020).

A folder with ``ground-truth.json``, an object of ``articleBody`` by page, and ``html/PAGE.html.gz``. A page may also
have ``title``, ``date`` (ISO 8601) and ``outlet``, each one or a list of what is right, or null where there is none.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from onrecord.errors import InputError

FACTS: Final = ("title", "date", "outlet")


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page, the body of the article on it, and what is right of the facts that are labelled."""

    name: str
    data: bytes
    body: str
    facts: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)


def read_web_pages(folder: Path) -> Iterator[WebPage]:
    """The pages in the order of ``ground-truth.json``.

    Raises:
        InputError: ``folder`` is not such a folder, or a page of it cannot be read.
    """
    labels = folder / "ground-truth.json"
    try:
        pages = json.loads(labels.read_text("utf-8"))
        bodies = {name: (label["articleBody"], label) for name, label in pages.items()}
    except OSError as error:
        raise InputError(f"{labels}: cannot be read ({error.strerror}); give the folder that it is in") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{labels}: not labels of web pages ({error}); see docs/data.md in the repository") from error
    for name, (body, label) in bodies.items():
        path = folder / "html" / f"{name}.html.gz"
        try:
            data = gzip.decompress(path.read_bytes())
        except (OSError, EOFError) as error:
            raise InputError(f"{path}: cannot be read ({error}); check the corpus") from error
        yield WebPage(name, data, body, {fact: _right(label[fact]) for fact in FACTS if fact in label})


def _right(value: object) -> tuple[str | None, ...]:
    return tuple(value) if isinstance(value, list) else (value if value is None else str(value),)
