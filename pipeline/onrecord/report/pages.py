"""Pages from templates: values are escaped, and characters that HTML does not allow are replaced."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from onrecord.document import Form
from onrecord.queries.shades import DOUBTFUL
from onrecord.report.charts import by_label
from onrecord.report.fragments.bars import period_rows, stance_bar
from onrecord.report.fragments.formats import LABEL_NAMES, MARKS, number, percent, several, signed
from onrecord.report.fragments.statements import attribution, place, stance_mark
from onrecord.report.output_folder import SIGN
from onrecord.report.views import page_name, plain, speaker_page
from onrecord_models.labels import ACTS

_NOT_ALLOWED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_CONTROLS: Final = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")
_NOT_ALLOWED_IN_UTF_8: Final = (re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"\xef\xbf[\xbe\xbf]"))
"""The same characters in two parts: ASCII, and others in UTF-8."""

_ROOTS: Final = ("", "../")
"""The way from a page to the folder of the report, by the number of folders that the page is in."""
_GAP: Final = "\0"
_LISTS: Final = ("saving", "dates", "report", "lists")
_SCRIPTS: Final = {
    "search": ("saving", "dates", "collection", "search"),
    "compare": ("saving", "dates", "collection", "compare"),
}
"""The scripts of pages, by where in the report they are; most have those of lists."""


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


def encoded(page: str) -> bytes:
    """``page`` in UTF-8, with replacements as in `allowed`; nearly all pages need none, which bytes tell fast."""
    data = page.encode("utf-8", "replace")
    if len(data.translate(None, _CONTROLS)) < len(data) or any(found.search(data) for found in _NOT_ALLOWED_IN_UTF_8):
        return allowed(page).encode("utf-8")
    return data


class Pages:
    """Writes the pages below ``folder``; ``everywhere`` is what all templates are given."""

    def __init__(self, folder: Path, everywhere: dict[str, Any]) -> None:
        self._folder = folder
        self._environment = template_environment()
        self._environment.filters.update(plain=plain, percent=percent, signed=signed, several=several, number=number)
        self._environment.globals.update(
            stance_bar=stance_bar,
            period_rows=period_rows,
            stance_mark=_markup(stance_mark),
            place=_markup(place),
            attribution=_markup(attribution),
            page_name=page_name,
            speaker_page=speaker_page,
            marks=MARKS,
            label_names=LABEL_NAMES,
            by_label=by_label,
            doubtful=DOUBTFUL,
            forms=get_args(Form),
            acts=ACTS,
            sign=SIGN,
            version=version("onrecord"),
            **everywhere,
        )
        # The same on all pages, so that it is made once.
        self._macros: dict[str, Any] = {
            root: self._environment.get_template("macros.html").make_module({"root": root}) for root in _ROOTS
        }
        for name in ("how_sure", "stance_legend", "mean_note"):
            self._environment.globals[name] = getattr(self._macros[""], name)()
        self._environment.globals["list_filters"] = self._list_filters
        self._made: set[Path] = set()
        self._filters: dict[tuple[str, ...], Markup] = {}
        self._frames: dict[tuple[str, str], list[str]] = {}

    def write(self, path: str, template: str, **shown: Any) -> None:
        """Writes the page ``path``, with at most one ``/`` between folders.

        Raises:
            OSError: it cannot be written.
        """
        root = _ROOTS[path.count("/")]
        page = self._environment.get_template(template)
        context = page.new_context({"root": root, "show": self._macros[root], **shown})
        here, title, main = ("".join(page.blocks[block](context)) for block in ("here", "title", "main"))
        before, between, after = self._frame(root, here)
        file = self._folder / path
        if file.parent not in self._made:
            file.parent.mkdir(exist_ok=True)
            self._made.add(file.parent)
        file.write_bytes(encoded(f"{before}{title}{between}{main}{after}"))

    def _list_filters(self, targets: list[str]) -> Markup:
        """The filters of a list of statements with stances on these targets."""
        if tuple(targets) not in self._filters:
            self._filters[tuple(targets)] = self._macros["../"].filters(targets, None, lists=True)
        return self._filters[tuple(targets)]

    def _frame(self, root: str, here: str) -> list[str]:
        """What is before the title of a page, between title and contents, and after them."""
        if (root, here) not in self._frames:
            base = self._environment.get_template("base.html")
            scripts = _SCRIPTS.get(here, _LISTS)
            trusted = "'none'" if scripts == _LISTS else "onrecord"
            gap = Markup(_GAP)
            page = base.render(
                root=root, here=here, scripts=scripts, trusted=Markup(trusted), title_here=gap, main_here=gap
            )
            self._frames[root, here] = page.split(_GAP)
        return self._frames[root, here]

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
        for page in shown:
            if numbers and page - (numbers[-1] or 0) > 1:
                numbers.append(None)
            numbers.append(page)
        return numbers


def _markup(function: Callable[..., str]) -> Callable[..., Markup]:
    """The same function for templates, which then do not escape what it returns."""
    return lambda *values, **named: Markup(function(*values, **named))


def page_count(items: int, size: int) -> int:
    """The number of pages for a list of ``items``; an empty list has one page."""
    return max(1, math.ceil(items / size))


def _nth(path: str, number: int) -> str:
    return path if number == 1 else f"{path}-{number}"
