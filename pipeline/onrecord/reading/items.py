"""Articles from what a Python program has: texts, dictionaries, rows of a dataset, or articles as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from onrecord.document import Article, Meta
from onrecord.errors import InputError, NotEnglishError
from onrecord.reading.language import detect_language

Item = str | Mapping[str, Any] | Article
"""A text; a dictionary with ``text`` and, if known, ``doc`` or ``id`` and fields of `Meta`; or an article."""

_FIELDS: Final = ("title", "date", "outlet", "url")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CHARACTERS: Final = 500_000
"""From how much text on a batch is full: very long articles must not add up in memory."""


def read_items(items: Iterable[Item], language: str | None = None) -> Iterator[Article | InputError]:
    """The article of each item, or what is wrong with it; an item without an id is called by its number, from 1.

    ``language`` is what `check_english` takes.
    """
    for number, item in enumerate(items, 1):
        where = f"text {number}"
        try:
            doc = _doc(item, number, where)
            where = where if doc == str(number) else f"{where} ({doc!r})"
            yield check_english(_article(item, doc, where), language, where)
        except InputError as error:
            yield error


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


def check_english(article: Article, language: str | None, where: str) -> Article:
    """The article, with its language noted. It is detected unless ``language`` or the article says that it is ``en``.

    Raises:
        NotEnglishError: it is in another language.
        InputError: its text has halves of characters.
    """
    check_characters(article.text, where)
    if language is None and article.meta.language != "en" and (found := detect_language(article.text)) != "en":
        raise NotEnglishError(
            f"{where}: not in English (looks like {found!r}); only English can be read, "
            'and language="en" says that a text is English'
        )
    return replace(article, meta=replace(article.meta, language="en"))


def check_characters(text: str, where: str) -> None:
    """Refuses lone surrogates, as bytes decoded wrongly leave them: tokenizers and files take none.

    Raises:
        InputError: there is one.
    """
    if not text.isascii() and _SURROGATE.search(text):
        raise InputError(f"{where}: has halves of characters (lone surrogates); decode it again, as UTF-8")


def _doc(item: object, number: int, where: str) -> str:
    """What an item's article is called."""
    if isinstance(item, Article):
        return item.doc
    given = [item[key] for key in ("doc", "id") if item.get(key) is not None] if isinstance(item, Mapping) else []
    doc = given[0] if given else number
    if isinstance(doc, bool) or not isinstance(doc, str | int):
        raise InputError(f"{where}: its id is of type {type(doc).__name__}; give a str or an int")
    return str(doc)


def _article(item: object, doc: str, where: str) -> Article:
    if isinstance(item, Article):
        return item
    if isinstance(item, str):
        return Article(doc, item)
    if not isinstance(item, Mapping):
        what = type(item).__name__
        raise InputError(f"{where}: of type {what}; give a str, a dict with the text under 'text', or an Article")
    text = item.get("text")
    if not isinstance(text, str):
        fault = f"its 'text' is of type {type(text).__name__}" if "text" in item else "it has no 'text'"
        keys = ", ".join(map(str, item))[:200]
        raise InputError(f"{where}: {fault}; give the article's text as a str under 'text' (its keys: {keys})")
    return Article(doc, text, Meta(**{field: _known(item.get(field), field, where) for field in _FIELDS}))


def _known(value: object, field: str, where: str) -> str | None:
    if value is None or value != value:  # noqa: PLR0124  pandas writes not-a-number where there is nothing
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{where}: its {field!r} is of type {type(value).__name__}; give a str")
    check_characters(str(value), f"{where}, {field!r}")
    return " ".join(str(value).split()) or None
