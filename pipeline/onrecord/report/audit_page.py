"""An audit as a page of its own: one file with its styles, without scripts, to read, print or send."""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

from onrecord.audit.shares import Audit
from onrecord.files.atomic import replacing
from onrecord.report.pages import allowed, template_environment
from onrecord.report.views import plain
from onrecord.tables.audit import FEW, TITLES

_LEADS: Final = {
    "type": "Whether a source has a name, and what kind of source it is.",
    "gender": (
        "According to pronouns, forms of address, words such as “spokeswoman”, or your file of people. Never inferred "
        "from a first name alone."
    ),
    "group": "The part of society that a role, a description or an organization's name speaks for.",
    "anonymity": "Sources who, as the article says, asked not to be named or were not allowed to speak.",
    "position": "Where in the article a statement begins.",
    "outlet": "Who published it.",
    "speaker": "Whose statements these are, most statements first.",
}

_STYLE: Final = """
.track { fill: var(--rule); opacity: .45; }
.whisker { stroke: var(--ink); stroke-width: 2; }
.whisker-gap { stroke: var(--page); stroke-width: 5; }
.audit-table td.figure { white-space: nowrap; }
.top .brand { padding: .45rem 0; }
"""
"""Styles that only this page needs."""


def write_audit_page(audit: Audit, path: Path, title: str) -> None:
    """Writes the page.

    Raises:
        OutputError: it cannot be written.
    """
    environment = template_environment()
    environment.filters.update(plain=plain, percent=_percent, number=_number)
    style = files("onrecord.report").joinpath("assets", "report.css").read_text(encoding="utf-8") + _STYLE
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    page = environment.get_template("audit.html").render(
        audit=audit,
        titles=TITLES,
        few=FEW,
        leads=_LEADS,
        women=[row for row in audit.women if row.shares["statements"].found is not None],
        style=style,
        style_hash=f"sha256-{digest}",
        title=title,
        version=version("onrecord"),
        measured={table.measured for table in audit.tables if table.measured},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        stream.write(allowed(page))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}\N{NARROW NO-BREAK SPACE}%"


def _number(number: float) -> str:
    return f"{number:,.0f}" if abs(number - round(number)) < 0.05 else f"{number:,.1f}"
