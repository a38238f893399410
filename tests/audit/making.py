"""Statements for the tests of the audit."""

from __future__ import annotations

from onrecord.document import Gender, Kind, Mention, Meta, SourceType, Span, Speaker, Statement


def person(
    name: str | None = "Ada Lund",
    *,
    gender: Gender | None = None,
    role: str | None = None,
    kind: Kind = "person",
    source_type: SourceType | None = None,
    description: str | None = None,
    anonymous: bool = False,
    reason: str | None = None,
) -> Speaker:
    return Speaker(
        name,
        name and name.casefold().replace(" ", "-"),
        kind,
        role,
        description,
        source_type=source_type,
        gender=gender,
        anonymous=anonymous,
        reason=Mention(reason, (Span(0, len(reason)),)) if reason else None,
    )


def said(
    doc: str,
    *speakers: Speaker,
    text: str = "We will fight it",
    start: int = 900,
    meta: Meta | None = None,
    number: int = 1,
) -> Statement:
    content = Span(start, start + len(text))
    return Statement(
        doc, f"{doc}#{number}", text, (content,), "indirect", content, speakers=speakers, meta=meta or Meta()
    )


WOMAN = person("Ada Lund", gender="feminine", role="mayor of Easton", source_type="named person")
MAN = person("Bo Berg", gender="masculine", role="harbour union leader", source_type="named person")
BOARD = person("Harbour Board", kind="organization", source_type="named organization")
