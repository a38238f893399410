"""Stacked bars of stances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

from markupsafe import Markup

from onrecord.document import StanceLabel
from onrecord.queries.shades import Shade
from onrecord.report.charts import OFF, Segment, bar_parts, stacked
from onrecord.report.fragments.formats import LABEL_NAMES, percent
from onrecord.report.views import plain


def stance_bar(shades: Mapping[tuple[StanceLabel, Shade], int], about: str) -> Markup:
    """The bar of counted stances; ``about`` says to readers who do not see it what it shows."""
    said, drawn = _bar(tuple(bar_parts(shades).items()))
    name = escape(f"{plain(about)}: {said}")
    return Markup(f'<svg class="bar" width="100%" height="16" role="img" aria-label="{name}">{drawn}</svg>')


@lru_cache(10_000)
def _bar(counts: tuple[tuple[str, int], ...]) -> tuple[str, str]:
    """What a bar says and its segments; bars of few statements are much the same."""
    said = ", ".join(f"{count} {LABEL_NAMES.get(part, part)}" for part, count in counts if count) or "none"
    whole = sum(count for _, count in counts)
    return said, "".join(_segment(segment, whole, first=not at) for at, segment in enumerate(stacked(dict(counts))))


def period_rows(periods: Sequence[tuple[str, Mapping[tuple[StanceLabel, Shade], int]]]) -> Markup:
    """The rows of a table of stances over time."""
    return Markup(
        "".join(
            f'<tr><th scope="row" class="day">{escape(name)}</th><td class="wide">{stance_bar(shades, name)}</td>'
            f'<td class="figure">{sum(shades.values())}</td></tr>\n'
            for name, shades in periods
        )
    )


def _segment(segment: Segment, whole: int, *, first: bool) -> str:
    label, _, doubtful = segment.label.partition(" ")
    pale = bool(doubtful) or label == OFF
    at = f'x="{100 * segment.start:.3f}%"'
    place = f'{at} width="{100 * segment.share:.3f}%"'
    drawn = f'<rect class="fill-{label}" {place} height="16"/>'
    if pale:
        edge = f'<rect class="edge fill-{label}" {place}'
        drawn += f'{edge} height="2"/>{edge} y="14" height="2"/>'
    elif label != "support":
        drawn += f'<rect fill="url(#hatch-{label})" {place} height="16"/>'
    if not first:
        drawn += f'<rect class="gap" {at} width="2" height="16"/>'
    name = LABEL_NAMES.get(segment.label, segment.label)
    title = f"<title>{name}: {segment.count} of {whole}, {percent(segment.share)}</title>"
    shade = ' class="pale"' if pale else ""
    return f"<g{shade}>{title}{drawn}</g>\n"
