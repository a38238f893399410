"""What changed between versions, for the terminal: sources first, then statements in the order of the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from rich.text import Text

from onrecord.document import Statement
from onrecord.files.records import json_line
from onrecord.tables.statements import who
from onrecord.tables.text import plain, several
from onrecord.tables.wording import LEGEND, indented, marked
from onrecord.versions.changes import Changes, SourceChange, StatementChange

_COLOURS: Final = {"added": "green", "dropped": "red", "extended": "green", "cut": "red", "anonymised": "red"}
_INDENT: Final = 4


def version_lines(changes: Iterable[Changes], width: int | None) -> Iterator[Text]:
    """A paragraph for each article that changed, and a count at the end; lines are broken at ``width``, if any."""
    counts: Counter[str] = Counter()
    articles = 0
    for article in changes:
        articles += 1
        counts.update(kind for change in article.statements for kind in change.kinds)
        counts.update(f"source {source.kind}" for source in article.sources)
        if article.old is None or article.new is None:
            kind = "added" if article.old is None else "dropped"
            counts[f"article {kind}"] += 1
            yield _line(f"article {kind}", kind, plain(article.new or article.old or ""), indent=0)
            yield Text()
        elif article.statements or article.sources:
            yield from _article(article, width)
            yield Text()
    if any(counts[kind] for kind in ("cut", "extended", "reworded")):
        yield Text(LEGEND.format(old="old", new="new"), "dim")
    found = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    yield from indented(Text(f"{several(articles, 'article')}: {found or 'no changes'}"), width, 0)


def json_lines(changes: Iterable[Changes]) -> Iterator[str]:
    """A JSON object for each change."""
    return (json_line(record) for article in changes for record in article.records())


def _article(article: Changes, width: int | None) -> Iterator[Text]:
    old, new = plain(article.old or ""), plain(article.new or "")
    yield Text(new if old == new else f"{old} → {new}", "bold")
    for source in article.sources:
        yield from indented(_source(source), width, 2)
    for change in article.statements:
        yield from indented(_head(change), width, 2)
        yield from indented(_body(change), width, _INDENT)
        for target, before, after in change.stances:
            yield from indented(Text(f"towards {plain(target)}: {before} → {after}"), width, _INDENT)


def _line(head: str, kind: str, rest: str, indent: int = 2) -> Text:
    return Text(" " * indent).append(head, f"bold {_COLOURS.get(kind, 'yellow')}").append(f"  {rest}")


def _source(source: SourceChange) -> Text:
    gone = source.kind in ("dropped", "anonymised")
    mentioned = source.mentioned and ("; still mentioned" if gone else "; was mentioned before, without a statement")
    said = several(source.statements, "statement")
    return _line(f"source {source.kind}", source.kind, f"{plain(source.name)} ({said}{mentioned or ''})", indent=0)


def _head(change: StatementChange) -> Text:
    old, new = (plain(_who(each)) if each else None for each in (change.old, change.new))
    is_attribution = {"re-attributed", "anonymised", "named"} & set(change.kinds)
    people = f"{old} → {new}" if is_attribution else (new or old or "")
    return _line(", ".join(change.kinds), change.kinds[0], people, indent=0)


def _who(statement: Statement) -> str:
    if statement.speakers or statement.source is None:
        return who(statement)
    return statement.source.text


def _body(change: StatementChange) -> Text:
    if change.parts:
        return marked((part.kind, part.text) for part in change.parts)
    statement = change.new or change.old
    return Text(plain(statement.text) if statement else "")
