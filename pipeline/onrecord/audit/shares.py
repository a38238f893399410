"""The shares of an audit, with intervals for the articles that happened to be read and for the model's mistakes.

Articles are drawn again with replacement (a seeded percentile bootstrap). For each draw, a table of the model's
mistakes is drawn, too, as the one that was measured is itself a sample; the shares found are turned into true ones with
it. The interval covers these and the share as found, which is what is shown: on labelled articles it was nearer to the
truth than the corrected one, whose table comes from few articles of one kind.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from onrecord.audit.facts import ANONYMITY, GENDERS, POSITIONS, TYPES, Fact
from onrecord.audit.groups import GROUPS
from onrecord.audit.model_error import Array, Confusion, corrected, drawn_errors, mean_error
from onrecord.errors import SettingsError

Measure = Literal["statements", "words"]
MEASURES: Final[tuple[Measure, ...]] = ("statements", "words")

DIMENSIONS: Final[Mapping[str, tuple[str, ...] | None]] = {
    "type": TYPES,
    "gender": GENDERS,
    "group": GROUPS,
    "anonymity": ANONYMITY,
    "position": POSITIONS,
    "outlet": None,
    "speaker": None,
}
"""What shares are taken by, and the classes of each; None where the statements tell which there are."""

WOMEN_BY: Final = ("group", "position", "outlet", "type")
"""What women's shares are also taken by."""

_MOST_UNITS: Final = 20_000
"""So many articles are drawn one by one; of more, those with one remainder are drawn together."""

_AT_ONCE: Final = 4_000_000
"""Numbers in memory while articles are drawn."""
_FEW: Final = 20
"""Articles below which intervals come out too narrow; a row of one article has an interval without any width."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """``draws`` bootstrap draws from ``seed``; intervals of this ``level``; the ``speakers`` and outlets said most."""

    draws: int = 1000
    seed: int = 13
    level: float = 0.95
    speakers: int = 20

    def __post_init__(self) -> None:
        if self.draws < 10:
            raise SettingsError(f"an interval needs at least 10 draws, not {self.draws}; usual is 1000")
        if not 0 < self.level < 1:
            raise SettingsError(f"the level of an interval must lie between 0 and 1, not {self.level}; usual is 0.95")


@dataclass(frozen=True, slots=True)
class Share:
    """A share as ``found``, the ``corrected`` one behind the model's mistakes, and the interval. 0 to 1, or None."""

    found: float | None
    corrected: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A class of a dimension: how many statements and words it has, and its share of each."""

    dimension: str
    label: str
    counts: Mapping[Measure, float]
    shares: Mapping[Measure, Share]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a dimension; ``measured`` says on what the model's mistakes were measured, None if they were not."""

    dimension: str
    rows: tuple[Row, ...]
    measured: str | None
    left: int = 0
    """Classes that are not shown."""


@dataclass(frozen=True, slots=True)
class Audit:
    """All that an audit found. ``women`` are women's shares among women and men: of all, and by other dimensions."""

    articles: int
    statements: int
    settings: AuditSettings
    tables: tuple[Table, ...]
    women: tuple[Row, ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether there are so few articles that drawing them again hardly shows what others would have had."""
        return self.articles < _FEW


@dataclass(slots=True)
class Counts:
    """The facts of a collection, added up by article. ``cells`` are counts by dimension, class and unit.

    ``undated`` are articles that are left out, as nothing tells whether they are of the period that was asked for.
    """

    articles: dict[str, int] = field(default_factory=dict)
    cells: dict[tuple[str, str], dict[int, list[float]]] = field(default_factory=dict)
    statements: float = 0.0
    undated: set[str] = field(default_factory=set)

    def add(self, facts: Iterable[Fact]) -> None:
        """Adds facts, of any articles."""
        for fact in facts:
            unit = self._unit(fact.doc)
            self.statements += fact.weight
            for dimension in DIMENSIONS:
                label = getattr(fact, dimension)
                if label is not None:
                    self._count((dimension, label), unit, fact)
            for dimension in WOMEN_BY:
                self._count((f"gender by {dimension}", f"{fact.gender}\n{getattr(fact, dimension)}"), unit, fact)

    def _unit(self, doc: str) -> int:
        known = self.articles.get(doc)
        if known is None:
            number = len(self.articles)
            known = number if number < _MOST_UNITS else zlib.crc32(doc.encode("utf-8", "replace")) % _MOST_UNITS
            self.articles[doc] = known
        return known

    def _count(self, key: tuple[str, str], unit: int, fact: Fact) -> None:
        cell = self.cells.setdefault(key, {}).setdefault(unit, [0.0, 0.0])
        cell[0] += fact.weight
        cell[1] += fact.words

    def labels(self, dimension: str) -> list[str]:
        """The classes of a dimension that occur, the most frequent first."""
        totals = {label: self.total(dimension, label)[0] for of, label in self.cells if of == dimension}
        return sorted(totals, key=lambda label: (-totals[label], label))

    def total(self, dimension: str, label: str) -> tuple[float, float]:
        """Statements and words of a class."""
        cells = self.cells.get((dimension, label), {}).values()
        return sum(cell[0] for cell in cells), sum(cell[1] for cell in cells)


def audit(counts: Counts, errors: Mapping[str, Confusion], settings: AuditSettings | None = None) -> Audit:
    """The shares of everything that was counted, with the model's mistakes of ``errors`` where they were measured."""
    settings = settings or AuditSettings()
    sampler = _Sampler(counts, settings)
    tables = []
    for number, (dimension, classes) in enumerate(DIMENSIONS.items()):
        present = counts.labels(dimension)
        labels = present[: settings.speakers] if classes is None else list(classes)
        error = errors.get(dimension) if classes is not None else None
        shares = {
            measure: _shares(sampler, dimension, labels, measure, error, settings, number) for measure in MEASURES
        }
        rows = [
            _row(counts, dimension, label, {measure: shares[measure][at] for measure in MEASURES})
            for at, label in enumerate(labels)
        ]
        shown = tuple(row for row in rows if row.counts["statements"] or dimension == "gender")
        left = len(present) - len(labels) if classes is None else 0
        tables.append(Table(dimension, shown, error.source if error else None, left))
    women = tuple(_women(counts, sampler, errors.get("gender"), settings))
    return Audit(len(counts.articles), round(counts.statements), settings, tuple(tables), women)


class _Sampler:
    """Draws articles; the same draws for every dimension."""

    def __init__(self, counts: Counts, settings: AuditSettings) -> None:
        self._counts = counts
        self._units = min(len(counts.articles), _MOST_UNITS)
        self._step = max(1, _AT_ONCE // max(1, self._units))
        self._drawn = self._draw(settings)

    def _draw(self, settings: AuditSettings) -> NDArray[np.unsignedinteger[Any]]:
        """(draws, units): how often each unit is drawn, in as few bytes as it takes."""
        drawn = np.zeros((settings.draws, self._units), dtype=np.min_scalar_type(self._units))
        if self._units:
            random = np.random.default_rng(settings.seed)
            equal = np.full(self._units, 1 / self._units)
            for start in range(0, settings.draws, self._step):
                block = drawn[start : start + self._step]
                block[:] = random.multinomial(self._units, equal, size=len(block))
        return drawn

    def sums(self, dimension: str, labels: Sequence[str], measure: Measure) -> Array:
        """(1 + draws, classes): what the classes have in the articles, and in each draw of articles."""
        at = MEASURES.index(measure)
        matrix = np.zeros((self._units, len(labels)))
        for column, label in enumerate(labels):
            for unit, cell in self._counts.cells.get((dimension, label), {}).items():
                matrix[unit, column] = cell[at]
        found = np.zeros((1 + len(self._drawn), len(labels)))
        found[0] = matrix.sum(axis=0)
        for start in range(0, len(self._drawn), self._step):
            block = self._drawn[start : start + self._step]
            found[1 + start : 1 + start + len(block)] = block.astype(np.float64) @ matrix
        return found


def _shares(
    sampler: _Sampler,
    dimension: str,
    labels: Sequence[str],
    measure: Measure,
    error: Confusion | None,
    settings: AuditSettings,
    number: int,
) -> list[Share]:
    """The shares of a dimension's classes; ``number`` keeps the draws of its mistakes apart from those of others."""
    sums = sampler.sums(dimension, labels, measure)
    whole = sums.sum(axis=1, keepdims=True)
    if DIMENSIONS[dimension] is None:  # not all classes are among the labels
        whole = sampler.sums("type", TYPES, measure).sum(axis=1, keepdims=True)
    found = np.divide(sums, whole, out=np.zeros_like(sums), where=whole > 0)
    return _with_intervals(found, whole[0, 0] > 0, labels, error, settings, number)


def _with_intervals(
    found: Array, is_there: bool, labels: Sequence[str], error: Confusion | None, settings: AuditSettings, number: int
) -> list[Share]:
    if not is_there or not labels:
        return [Share(None, None, None, None) for _ in labels]
    point, draws = _behind(found, labels, error, settings, number)
    tail = 50 * (1 - settings.level)
    low, high = np.percentile(draws, [tail, 100 - tail], axis=0)
    return [_share(found[0, at], point[at], low[at], high[at]) for at in range(len(labels))]


def _behind(
    found: Array, labels: Sequence[str], error: Confusion | None, settings: AuditSettings, number: int
) -> tuple[Array, Array]:
    """The true shares (classes) and those of each draw (draws, classes)."""
    if error is None:
        return found[0], found[1:]
    counts = error.arranged(labels)
    random = np.random.default_rng((settings.seed, number))
    draws = corrected(found[1:], drawn_errors(counts, len(found) - 1, random))
    return corrected(found[:1], mean_error(counts))[0], draws


def _women(counts: Counts, sampler: _Sampler, error: Confusion | None, settings: AuditSettings) -> Iterable[Row]:
    """Women's shares among women and men: of all, then by the classes of other dimensions."""
    yield _women_among(counts, sampler, error, settings, "gender", "all", list(GENDERS), 100)
    number = 100
    for dimension in WOMEN_BY:
        of = f"gender by {dimension}"
        totals: defaultdict[str, float] = defaultdict(float)
        for label in counts.labels(of):
            gender, _, own = label.partition("\n")
            if gender in GENDERS[:2]:
                totals[own] += counts.total(of, label)[0]
        classes = DIMENSIONS[dimension] or sorted(totals, key=lambda own: (-totals[own], own))[: settings.speakers]
        for own in classes:
            number += 1
            if totals.get(own):
                labels = [f"{gender}\n{own}" for gender in GENDERS]
                yield _women_among(counts, sampler, error, settings, of, own, labels, number)


def _women_among(
    counts: Counts,
    sampler: _Sampler,
    error: Confusion | None,
    settings: AuditSettings,
    of: str,
    label: str,
    labels: Sequence[str],
    number: int,
) -> Row:
    shares: dict[Measure, Share] = {}
    for measure in MEASURES:
        sums = sampler.sums(of, labels, measure)
        whole = sums.sum(axis=1, keepdims=True)
        found = np.divide(sums, whole, out=np.zeros_like(sums), where=whole > 0)
        point, draws = _behind(found, GENDERS, error, settings, number)
        raw = _among(found[:1])
        shares[measure] = _interval(raw, _among(point[None]), _among(draws), settings)
    women, men = (counts.total(of, each) for each in labels[:2])
    return Row(
        of.removeprefix("gender by "), label, {"statements": women[0] + men[0], "words": women[1] + men[1]}, shares
    )


def _among(shares: Array) -> Array:
    """(draws): women among women and men; nan where there are neither."""
    both = shares[:, 0] + shares[:, 1]
    among: Array = np.divide(shares[:, 0], both, out=np.full(len(shares), np.nan), where=both > 0)
    return among


def _interval(raw: Array, point: Array, draws: Array, settings: AuditSettings) -> Share:
    kept = draws[~np.isnan(draws)]
    if np.isnan(raw[0]) or np.isnan(point[0]) or not len(kept):
        return Share(None, None, None, None)
    tail = 50 * (1 - settings.level)
    return _share(raw[0], point[0], *np.percentile(kept, [tail, 100 - tail]))


def _share(found: float, corrected: float, low: float, high: float) -> Share:
    return Share(float(found), float(corrected), float(min(low, found)), float(max(high, found)))


def _row(counts: Counts, dimension: str, label: str, shares: Mapping[Measure, Share]) -> Row:
    statements, words = counts.total(dimension, label)
    return Row(dimension, label, {"statements": statements, "words": words}, shares)
