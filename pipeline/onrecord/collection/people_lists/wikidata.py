"""Results of the Wikidata query service: as CSV, as the JSON of SPARQL, or as its simpler JSON.

A query gives its columns any names. The people are the first variable with a label beside it (``item``, ``itemLabel``)
whose values are items; the label is the name. Other columns are told by their names. One person may have many rows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from onrecord.collection.people_lists.entries import Fault, Listed, gender_of, listed_or_fault, texts, unique, usable

_ITEM: Final = re.compile(r"(?:https?://www\.wikidata\.org/(?:entity|wiki)/)?(Q[1-9]\d{0,11})")
_LABEL: Final = "Label"
_ROLES: Final = ("position", "office", "occupation", "profession", "role", "post", "job", "employer")
_PARTIES: Final = ("party",)
_PLACES: Final = ("country", "state", "constituency", "district", "place", "region", "citizenship", "jurisdiction")
_GENDERS: Final = ("gender", "sex")
_ALIASES: Final = ("alt", "alias", "native", "birthname", "nickname", "othername")


def is_header(names: Iterable[str]) -> bool:
    """Whether these are the columns of a result with labels."""
    return _subject(list(names)) is not None


def read_csv(lines: Iterable[str]) -> Iterator[Listed | Fault]:
    """The people of a result as CSV."""
    rows = csv.reader(lines, strict=True)
    try:
        header = next(rows)
        line = rows.line_num + 1
        for row in rows:
            if len(row) == len(header):
                yield _row(f"line {line}", dict(zip(header, row, strict=True)))
            elif any(row):
                fields = f"{len(row)} field{'' if len(row) == 1 else 's'}"
                yield Fault(f"line {line}", f"{fields} where the header has {len(header)}")
            line = rows.line_num + 1
    except csv.Error as error:
        yield Fault(f"line {rows.line_num}", f"not CSV ({error})", fatal=True)


def is_result(data: Any) -> bool:
    """Whether JSON is the result of a query, in one form or the other."""
    if isinstance(data, dict):
        results = data.get("results")
        return isinstance(results, dict) and isinstance(results.get("bindings"), list)
    return isinstance(data, list) and bool(data) and isinstance(data[0], dict) and is_header(data[0])


def read_json(data: Any) -> Iterator[Listed | Fault]:
    """The people of a result as JSON; rows in which a variable is not bound lack it."""
    rows = data["results"]["bindings"] if isinstance(data, dict) else data
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            yield Fault(f"row {number}", "not an object")
            continue
        values = {name: value.get("value") if isinstance(value, dict) else value for name, value in row.items()}
        yield _row(f"row {number}", {name: text for name, text in values.items() if isinstance(text, str)})


def _subject(names: list[str]) -> str | None:
    """The first variable with a label that is not told to be something else."""
    labelled = [name for name in names if name and f"{name}{_LABEL}" in names]
    kinds = (*_ROLES, *_PARTIES, *_PLACES)
    return next((name for name in labelled if not _is(name, kinds)), None)


def _row(where: str, row: Mapping[str, str]) -> Listed | Fault:
    subject = _subject(list(row))
    if subject is None:
        return Fault(where, "no label; add SERVICE wikibase:label to the query")
    item = _ITEM.fullmatch(row[subject].strip())
    if item is None:
        return Fault(where, f"{subject} is not an item of Wikidata")
    name = " ".join(row[f"{subject}{_LABEL}"].split())
    if _ITEM.fullmatch(name):
        return Fault(where, f"{name} has no label in the query's language")
    found: dict[tuple[str, ...], list[str]] = {kind: [] for kind in (_ROLES, _PARTIES, _PLACES, _GENDERS)}
    aliases: list[str] = []
    for column, value in row.items():
        bare = column.removesuffix(_LABEL)
        if column in (subject, f"{subject}{_LABEL}"):
            continue
        if _is(bare.removeprefix(subject), _ALIASES):
            # The label service joins aliases with commas; a name with one of its own is cut, and matches nothing.
            aliases += [part.strip() for part in value.split(",")]
        elif f"{bare}{_LABEL}" == column or f"{column}{_LABEL}" not in row:
            kind = next((kind for kind in found if _is(bare, kind)), None)
            if kind is not None and not _ITEM.fullmatch(value):
                found[kind] += [part.strip() for part in re.split(r"[;|]", value)]
    return listed_or_fault(
        Listed(
            where,
            name,
            item[1],
            aliases=usable(texts(aliases)),
            roles=unique(texts(found[_ROLES])),
            parties=unique(texts(found[_PARTIES])),
            places=unique(texts(found[_PLACES])),
            gender=gender_of(found[_GENDERS]),
        )
    )


def _is(name: str, words: tuple[str, ...]) -> bool:
    """Whether a variable is named with one of the words. Where somebody was born says nothing of what they are now."""
    plain = name.casefold().replace("_", "")
    if words is _ALIASES:
        return plain.startswith(words)
    return any(word in plain for word in words) and not any(other in plain for other in ("birth", "death"))
