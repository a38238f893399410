"""Batches that are bounded by tokens, not by examples: windows differ in length, and padding costs time."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

Example = TypeVar("Example")


def token_batches(
    examples: Sequence[Example],
    length: Callable[[Example], int],
    *,
    tokens: int,
    generator: random.Random,
    jitter: int = 12,
) -> list[list[Example]]:
    """The examples in batches of at most ``tokens`` tokens, padding included, in random order.

    A batch holds examples of similar ``length``; up to ``jitter`` tokens of random difference make batches vary from
    epoch to epoch. A single example may be longer than ``tokens``.
    """
    ordered = sorted(examples, key=lambda example: length(example) + generator.uniform(0, jitter))
    groups: list[list[Example]] = [[]]
    for example in ordered:
        group = groups[-1]
        if group and (len(group) + 1) * max(map(length, [example, *group])) > tokens:
            groups.append(group := [])
        group.append(example)
    generator.shuffle(groups)
    return [group for group in groups if group]
