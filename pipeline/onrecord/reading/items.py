"""Articles from what a Python program has: texts, dictionaries, rows of a dataset, or articles as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from onrecord.document import Article, Meta
from onrecord.errors import InputError
from onrecord.reading.encodings import check_characters, check_text
from onrecord.reading.fields import META_FIELDS
from onrecord.reading.inputs import shown
from onrecord.reading.language import check_english

Item = str | Mapping[str, Any] | Article
"""A text; a dictionary with ``text`` and, if known, ``doc`` or ``id`` and fields of `Meta`; or an article."""

_COLUMNS: Final = ("text", "doc", "id", *META_FIELDS)
"""What is read of the rows of a dataset."""
_CHARACTERS: Final = 500_000
"""A batch of this many characters is full: very long articles must not add up in memory."""
_ADVICE: Final = ', and language="en" says that a text is English'


def read_items(items: Iterable[Item], language: str | None = None) -> Iterator[Article | InputError]:
    """The article of each item, or what is wrong with it; an item without an id is named by its number, from 1.

    ``language`` is that of `check_article`.
    """
    for number, item in enumerate(items, 1):
        where = f"text {number}"
        try:
            doc = _name(item, where) or str(number)
            where = where if doc == str(number) else f"{where} ({doc!r})"
            yield check_article(_article(item, doc, where), where, language)
        except InputError as error:
            yield error


def read_columns(batch: Mapping[str, Sequence[Any]]) -> Iterator[Article | InputError]:
    """The articles of rows that `datasets` gives as columns, or what is wrong with them.

    A row without an id is named by a hash of its text, because rows of other batches have the same numbers.

    Raises:
        InputError: there is no column ``text``.
    """
    if "text" not in batch:
        columns = shown(", ".join(map(str, batch)))[:200]
        raise InputError(f"no column 'text' in the dataset ({columns}); rename the one with the articles' texts")
    names = [name for name in _COLUMNS if name in batch]
    rows = (dict(zip(names, values, strict=True)) for values in zip(*(batch[name] for name in names), strict=True))
    return (_row(row, number) for number, row in enumerate(rows, 1))


def _row(row: dict[str, Any], number: int) -> Article | InputError:
    try:
        doc = _name(row, f"row {number} of the batch") or _hash(str(row["text"]))
        article = _article(row, doc, shown(doc))
        check_text(article.text, shown(doc))
        return check_english(article, shown(doc))
    except InputError as error:
        return error


def check_article(article: Article, where: str, language: str | None = None) -> Article:
    """The article, with its language noted. It is detected unless ``language`` or the article says that it is ``en``.

    Raises:
        NotEnglishError: it is in another language.
        InputError: its text has halves of characters.
    """
    check_characters(article.text, where)
    is_known = language is not None or article.meta.language == "en"
    return check_english(article, where, detect=not is_known, advice=_ADVICE)


def take_batch(articles: Iterator[Article | InputError], size: int) -> list[Article | InputError]:
    """The next ``size`` articles, or fewer if they are very long or come to an end."""
    batch: list[Article | InputError] = []
    characters = 0
    for article in articles:
        batch.append(article)
        characters += len(article.text) if isinstance(article, Article) else 0
        if len(batch) == size or characters >= _CHARACTERS:
            break
    return batch


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _name(item: object, where: str) -> str | None:
    """What an item's article is called; None if the item does not say."""
    if isinstance(item, Article):
        return item.doc
    if not isinstance(item, Mapping):
        return None
    name = next((item[key] for key in ("doc", "id") if not _is_missing(item.get(key))), None)
    if isinstance(name, bool) or not isinstance(name, str | int | None):
        raise InputError(f"{where}: its id is of type {type(name).__name__}; give a str or an int")
    check_characters(str(name), f"{where}, its id")
    return None if name is None else str(name)


def _article(item: object, doc: str, where: str) -> Article:
    if isinstance(item, Article):
        return item
    if isinstance(item, str):
        return Article(doc, item)
    if not isinstance(item, Mapping):
        given = type(item).__name__
        raise InputError(f"{where}: of type {given}; give a str, a dict with the text under 'text', or an Article")
    text = item.get("text")
    if not isinstance(text, str):
        fault = f"its 'text' is of type {type(text).__name__}" if "text" in item else "it has no 'text'"
        keys = ", ".join(map(str, item))[:200]
        raise InputError(f"{where}: {fault}; give the article's text as a str under 'text' (its keys: {keys})")
    return Article(doc, text, Meta(**{field: _known(item.get(field), field, where) for field in META_FIELDS}))


def _known(value: object, field: str, where: str) -> str | None:
    if _is_missing(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{where}: its {field!r} is of type {type(value).__name__}; give a str")
    check_characters(str(value), f"{where}, {field!r}")
    return " ".join(str(value).split()) or None


def _is_missing(value: object) -> bool:
    return value is None or value != value  # noqa: PLR0124  pandas writes not-a-number where there is nothing
