"""Pages from templates: values are escaped, and characters that HTML does not allow are replaced."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined

from onrecord.document import Form, StanceLabel
from onrecord.queries.store import DOUBTFUL
from onrecord.report.charts import OFF, bar_parts, by_label, stacked
from onrecord.report.highlights import Piece
from onrecord.report.output_folder import SIGN
from onrecord.report.views import StatementView, anchor, is_pale, page_name, plain, shown_label, speaker_page
from onrecord_models.labels import ACTS

MARKS: Final[dict[str, str]] = {"support": "▲", "oppose": "▼", "neutral": "●", "unclear": "?", OFF: "○"}
"""Signs of the stances for readers who do not see the colours."""

_NOT_ALLOWED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def template_environment() -> Environment:
    """The templates of this package, which escape all values."""
    return Environment(
        loader=PackageLoader("onrecord.report", "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def allowed(page: str) -> str:
    """``page`` with replacements for the characters that HTML or UTF-8 does not allow."""
    return _NOT_ALLOWED.sub("\N{REPLACEMENT CHARACTER}", page).encode("utf-8", "replace").decode("utf-8")


class Pages:
    """Writes the pages below ``folder``. ``written`` counts them."""

    def __init__(self, folder: Path) -> None:
        self.written = 0
        self._folder = folder
        self._environment = template_environment()
        self._environment.filters.update(
            plain=plain, percent=_percent, signed=_signed, several=_several, number=_number
        )
        self._environment.globals.update(
            stacked=stacked,
            anchor=anchor,
            page_name=page_name,
            speaker_page=speaker_page,
            marks={**MARKS, "said": ""},
            piece_class=_piece_class,
            labels=get_args(StanceLabel),
            label_names={**{label: label for label in get_args(StanceLabel)}, OFF: "not about it"},
            bar_parts=bar_parts,
            by_label=by_label,
            is_pale=is_pale,
            shown_label=shown_label,
            doubtful=DOUBTFUL,
            forms=get_args(Form),
            acts=ACTS,
            sign=SIGN,
            version=version("onrecord"),
        )

    def everywhere(self, **shown: Any) -> None:
        """Passes values to all templates."""
        self._environment.globals.update(shown)

    def write(self, path: str, template: str, **shown: Any) -> None:
        """Writes the page ``path``, with ``/`` between folders.

        Raises:
            OSError: it cannot be written.
        """
        root = "../" * path.count("/")
        file = self._folder / path
        file.parent.mkdir(exist_ok=True)
        page = self._environment.get_template(template).render(root=root, **shown)
        file.write_bytes(allowed(page).encode("utf-8"))
        self.written += 1

    def write_nth(self, path: str, number: int, last: int, template: str, **shown: Any) -> None:
        """Writes page ``number`` of a list of ``last`` pages; ``path`` is that of the first, without suffix.

        Raises:
            OSError: it cannot be written.
        """
        pager = Pager(path.rpartition("/")[2], number, last)
        self.write(f"{_nth(path, number)}.html", template, pager=pager, **shown)


@dataclass(frozen=True, slots=True)
class Pager:
    """The position of a page in a list of pages; ``name`` is that of the first page."""

    name: str
    number: int
    last: int

    def href(self, number: int) -> str:
        return f"{_nth(self.name, number)}.html"

    @property
    def near(self) -> list[int | None]:
        """The page numbers to link to; None stands for numbers left out."""
        shown = sorted({1, self.last, *range(max(1, self.number - 2), min(self.last, self.number + 2) + 1)})
        numbers: list[int | None] = []
        for number in shown:
            if numbers and number - (numbers[-1] or 0) > 1:
                numbers.append(None)
            numbers.append(number)
        return numbers


def page_count(items: int, size: int) -> int:
    """The number of pages for a list of ``items``; an empty list has one page."""
    return max(1, math.ceil(items / size))


def _nth(path: str, number: int) -> str:
    return path if number == 1 else f"{path}-{number}"


def _piece_class(piece: Piece, statements: Sequence[StatementView], target: str | None) -> str:
    """The CSS classes of a piece of text; the stance is that of the shortest statement whose content it is in."""
    content = piece.parts.get("content", ())
    labels = [statements[content[0]].label(target) or "said"] if content else []
    nested = ["nested"] if len(content) > 1 else []
    if content and statements[content[0]].is_pale(target):
        nested.append("pale")
    return " ".join(["piece", *piece.parts, *labels, *nested])


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", "\N{NARROW NO-BREAK SPACE}%")


def _signed(mean: float) -> str:
    """With two decimals and a sign; without a sign if it rounds to zero.

    >>> _signed(-0.304), _signed(0.0), _signed(-0.001)
    ('−0.30', '0.00', '0.00')
    """
    rounded = round(mean, 2) + 0.0
    return f"{rounded:+.2f}".replace("-", "\N{MINUS SIGN}") if rounded else "0.00"


def _number(number: int) -> str:
    return f"{number:,}"


def _several(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
