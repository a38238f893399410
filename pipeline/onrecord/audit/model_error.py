"""How often the model takes one class for another, as measured, and what that makes of the shares it finds.

A share found is the true share seen through these mistakes: ``found = true · M``, where a row of ``M`` says what
becomes of a class. Rogan and Gladen (1978) turn this round for two classes. For more, and so that no share leaves 0
to 1, the true shares that make the found ones likeliest are sought by expectation maximisation, which agrees with
theirs wherever theirs lies within these bounds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from onrecord.errors import InputError

Array = NDArray[np.float64]

_ROUNDS: Final = 200
_PRIOR: Final = 1.0
"""What each class counts before anything was measured: one case, mistaken as often as cases are on the whole."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class (row) was taken for each (column) on labelled articles; ``source`` says on which."""

    classes: tuple[str, ...]
    counts: Array
    source: str

    def arranged(self, classes: Sequence[str]) -> Array:
        """The counts (classes × classes) in another order, with classes that were not measured."""
        index = {name: number for number, name in enumerate(self.classes)}
        found = np.zeros((len(classes), len(classes)))
        for row, first in enumerate(classes):
            for column, second in enumerate(classes):
                if first in index and second in index:
                    found[row, column] = self.counts[index[first], index[second]]
        return found


def with_prior(counts: Array) -> Array:
    """The counts with one more case for each row, spread as right and wrong are over all."""
    size = len(counts)
    total = counts.sum()
    right = float(np.trace(counts) / total) if total else 1.0
    prior = np.full((size, size), (1 - right) / max(1, size - 1))
    np.fill_diagonal(prior, right if size > 1 else 1.0)
    return counts + _PRIOR * prior


def drawn_errors(counts: Array, draws: int, random: np.random.Generator) -> Array:
    """(draws, classes, classes): rows that could lie behind the counts, which are of a limited number of cases."""
    alphas = with_prior(counts)
    gammas = random.standard_gamma(np.broadcast_to(alphas, (draws, *alphas.shape)))
    rows: Array = gammas / np.maximum(gammas.sum(axis=2, keepdims=True), 1e-300)
    return rows


def mean_error(counts: Array) -> Array:
    """(1, classes, classes): the likeliest rows."""
    alphas = with_prior(counts)
    rows: Array = (alphas / alphas.sum(axis=1, keepdims=True))[None]
    return rows


def corrected(found: Array, errors: Array) -> Array:
    """(draws, classes): the true shares behind those found (draws, classes); errors are (draws, classes, classes).

    >>> error = np.array([[[0.9, 0.1], [0.2, 0.8]]])
    >>> corrected(np.array([[0.55, 0.45]]), error).round(2).tolist()
    [[0.5, 0.5]]
    """
    true = found.copy()
    for _ in range(_ROUNDS):
        seen = np.einsum("bk,bkl->bl", true, errors)
        ratio = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
        true = true * np.einsum("bkl,bl->bk", errors, ratio)
        total = true.sum(axis=1, keepdims=True)
        true = np.divide(true, total, out=np.zeros_like(true), where=total > 0)
    return true


@cache
def measured_errors() -> Mapping[str, Confusion]:
    """The tables that come with onrecord, by dimension."""
    text = files("onrecord.audit").joinpath("data", "model_error.json").read_text(encoding="utf-8")
    return read_errors(text, "model_error.json")


def read_errors(text: str, where: str) -> Mapping[str, Confusion]:
    """The tables of a JSON text, as ``python -m onrecord_eval.audit_errors`` writes it.

    Raises:
        InputError: it holds no such tables.
    """
    try:
        record: dict[str, Any] = json.loads(text)
        return {
            name: _confusion(table["classes"], table["counts"], record["source"])
            for name, table in record["tables"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{where}: no table of measured errors ({error!r}); see docs/audit.md") from error


def _confusion(classes: list[str], counts: list[list[float]], source: str) -> Confusion:
    table = np.asarray(counts, dtype=np.float64)
    if table.shape != (len(classes), len(classes)) or not np.isfinite(table).all() or (table < 0).any():
        raise ValueError(f"counts are not {len(classes)} × {len(classes)}")
    return Confusion(tuple(classes), table, str(source))
