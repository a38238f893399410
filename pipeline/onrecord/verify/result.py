"""What is found out about a quotation, and how that is written as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from onrecord.document import Span, Spans
from onrecord.verify.people import Relation

Status = Literal["verbatim", "shortened", "altered", "spliced", "other_speaker", "not_found", "too_short"]
FINE: Final = frozenset({"verbatim", "shortened", "too_short"})
"""What does not keep a draft from being published."""

DifferenceKind = Literal["same", "changed", "added", "left_out", "marked"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A run of words that draft and source share or not; texts are as printed, spans None where there are no words.

    ``changed`` words differ, ``added`` ones are in the draft only, ``left_out`` ones in the source only, and
    ``marked`` ones are left out where the draft has an ellipsis or brackets.
    """

    kind: DifferenceKind
    draft: Span | None
    source: Span | None
    draft_text: str
    source_text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a source. ``speaker`` is who says them as the source has it; ``relation`` to whom the draft names."""

    doc: str
    span: Span
    text: str
    speaker: str | None = None
    relation: Relation = Relation.UNKNOWN


@dataclass(frozen=True, slots=True)
class Finding:
    """A quotation and what became of it.

    ``statement`` is the id of the statement that it belongs to, None if it belongs to none; ``speakers`` are whom the
    draft names. ``spans`` are several if the draft interrupts it. ``passages`` are where its words are: several of a
    spliced one, for one that was not found the nearest if it is near at all. ``similarity`` is the share of the words
    that agree, 0 to 1. ``differences`` cover a whole altered quotation, in its order.
    """

    doc: str
    statement: str | None
    spans: Spans
    text: str
    speakers: tuple[str, ...]
    status: Status
    passages: tuple[Passage, ...] = ()
    similarity: float = 0.0
    differences: tuple[Difference, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Whether nothing speaks against printing it."""
        return self.status in FINE

    def to_dict(self) -> dict[str, Any]:
        """Its plain values, for a JSON line."""
        return {
            "doc": self.doc,
            "statement": self.statement,
            "status": self.status,
            "text": self.text,
            "spans": [list(span) for span in self.spans],
            "speakers": list(self.speakers),
            "similarity": round(self.similarity, 4),
            "passages": [
                {
                    "doc": passage.doc,
                    "span": list(passage.span),
                    "text": passage.text,
                    "speaker": passage.speaker,
                    "relation": passage.relation.value,
                }
                for passage in self.passages
            ],
            "differences": [
                {
                    "kind": each.kind,
                    "draft": each.draft and list(each.draft),
                    "source": each.source and list(each.source),
                    "draft_text": each.draft_text,
                    "source_text": each.source_text,
                }
                for each in self.differences
                if each.kind != "same"
            ],
        }
