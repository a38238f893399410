"""What a row for a statement holds in CSV and XLSX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from onrecord.document import Speaker, Statement

Cell = str | float | None
"""What a cell holds; None is an empty one."""

_SPEAKER_COLUMNS: Final = (
    *("speakers", "speaker_ids", "kinds", "roles", "speaker_scores"),
    *("source_types", "genders", "anonymous", "reasons"),
)
"""All speakers of a statement, in the same order in each column."""

COLUMNS: Final = (
    *("id", "doc", "title", "date", "outlet", "url", "text", "form", "act", "act_score"),
    *_SPEAKER_COLUMNS,
    *("cue", "source", "via"),
    *("confidence", "cluster", "attribution_conflict", "duplicate_of"),
    *("start", "end", "context"),
)
SEPARATOR: Final = "; "


def statement_cells(statement: Statement, context: str | None) -> Iterator[Cell]:
    """A cell for each of `COLUMNS`; ``context`` are the sentences around the statement."""
    meta = statement.meta
    yield from (statement.id, statement.doc, meta.title, meta.date, meta.outlet, meta.url, statement.text)
    yield from (statement.form, statement.act, statement.act_score)
    yield from _speaker_cells(statement.speakers)
    yield from (mention.text if mention else None for mention in (statement.cue, statement.source, statement.via))
    yield from (statement.confidence, statement.cluster)
    yield None if statement.cluster is None else str(statement.attribution_conflict).lower()
    yield from (meta.duplicate_of, statement.content[0].start, statement.content[-1].end, context)


def _speaker_cells(speakers: Sequence[Speaker]) -> Iterator[Cell]:
    """What is known of each speaker or nothing, apart by semicolons; what is known of a single one as it is."""
    known = [
        (
            *(who.name or who.description, who.id, who.kind, who.role, who.score),
            *(who.source_type, who.gender, str(who.anonymous).lower(), who.reason and who.reason.text),
        )
        for who in speakers
    ]
    for column in zip(*known, strict=True) if known else [()] * len(_SPEAKER_COLUMNS):
        yield column[0] if len(column) == 1 else SEPARATOR.join("" if each is None else str(each) for each in column)
