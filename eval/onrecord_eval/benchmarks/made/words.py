"""Invented words with the uneven frequencies of a language, for texts that need no meaning."""

from __future__ import annotations

import random
from itertools import accumulate


def invented_vocabulary(generator: random.Random) -> list[str]:
    """Up to 30,000 invented words of two to four syllables, in random order; the same for the same generator."""
    syllables = [consonant + vowel for consonant in "bcdfghklmnprstvz" for vowel in "aeiou"]
    words = sorted({"".join(generator.choices(syllables, k=generator.randint(2, 4))) for _ in range(30_000)})
    generator.shuffle(words)
    return words


def cumulative_weights(count: int) -> list[float]:
    """Cumulative frequencies of ``count`` words, each in inverse proportion to its rank (Zipf)."""
    return list(accumulate(1 / rank for rank in range(10, count + 10)))
