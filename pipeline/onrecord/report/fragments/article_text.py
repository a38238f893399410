"""An article's text as markup, with the parts of its statements marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from onrecord.report.fragments.formats import MARKS
from onrecord.report.highlights import Paragraph, Piece
from onrecord.report.views import StatementView

_SHORT: Final = 50
"""Code points of a paragraph below which it is set closer to the next: headlines, bylines, lists."""


def text_markup(paragraphs: Iterable[Paragraph], statements: Sequence[StatementView], target: str | None) -> str:
    """The paragraphs, with the colours of a target."""
    labels = [view.label(target) or "said" for view in statements]
    pale = [view.is_pale(target) for view in statements]
    shown = []
    for paragraph in paragraphs:
        short = ' class="short"' if sum(len(piece.text) for piece in paragraph) < _SHORT else ""
        pieces = "".join(_piece(piece, labels, pale, last=piece is paragraph[-1]) for piece in paragraph)
        shown.append(f'<p dir="auto"{short}>{pieces}</p>\n')
    return "".join(shown)


def _piece(piece: Piece, labels: Sequence[str], pale: Sequence[bool], *, last: bool) -> str:
    begun = "".join([_pin(number, labels[number]) for number in piece.starts])
    for number in piece.resumes:
        begun += f'<span class="again" data-again="{number + 1}" aria-hidden="true">…{number + 1}</span>'
    text = escape(piece.text.rstrip() if last else piece.text)
    if not piece.parts:
        return begun + text
    content = piece.parts.get("content", ())
    classes = ["piece", *piece.parts]
    if content:  # the stance is that of the shortest statement that the piece is in
        classes += [
            labels[content[0]],
            *(["nested"] if len(content) > 1 else []),
            *(["pale"] if pale[content[0]] else []),
        ]
    parts = "".join(
        [f' data-{part}="{" ".join([str(number + 1) for number in numbers])}"' for part, numbers in piece.parts.items()]
    )
    return f'{begun}<span class="{" ".join(classes)}"{parts}>{text}</span>'


def _pin(number: int, label: str) -> str:
    shown = number + 1
    return (
        f'<a class="pin {label}" id="s{shown}" href="#n{shown}" aria-describedby="f{shown}" data-pin="{shown}">'
        f'<span class="sign" aria-hidden="true">{MARKS[label]}</span><span class="vh">Statement </span>{shown}</a>'
    )
