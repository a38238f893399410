"""How long wire copy among many made articles takes, how much memory, and how many planted copies are found.

Not part of the suite: ``python -m onrecord_eval.benchmarks.scale_duplicates 20000``. One article in ten is a copy of an
earlier one: its beginning and end are cut and others put there, a share of the text that is told in the table.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Iterator
from itertools import accumulate

from onrecord.collection.near_duplicates import Duplicates, sign
from onrecord.document import Article
from onrecord.files.sqlite import Database

_SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)


def made(count: int, seed: int = 0) -> Iterator[tuple[Article, str | None, float]]:
    """Articles of 120 to 500 words, each with the one that it is a copy of, if it is, and the share of own text."""
    generator = random.Random(seed)
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"]
    vocabulary = sorted({"".join(generator.choices(syllables, k=generator.randint(2, 4))) for _ in range(30_000)})
    generator.shuffle(vocabulary)
    weights = list(accumulate(1 / rank for rank in range(10, len(vocabulary) + 10)))
    earlier: list[tuple[str, list[str]]] = []
    for number in range(count):
        doc, original, share = f"{number:07}.txt", None, 0.0
        words = generator.choices(vocabulary, cum_weights=weights, k=generator.randint(120, 500))
        if earlier and number % 10 == 9:
            share = generator.choice(_SHARES)
            original, wire = generator.choice(earlier)
            own = round(share * len(wire) / 2)
            words = words[:own] + wire[own : len(wire) - own] + words[-own:]
        elif len(earlier) < 1000:
            earlier.append((doc, words))
        yield Article(doc, " ".join(words)), original, share


def main(count: int) -> None:
    started = time.monotonic()
    with Database() as database:
        duplicates = Duplicates(database)
        planted: list[tuple[str, str | None, float]] = []
        for article, original, share in made(count):
            duplicates.add_all([sign(article)])
            planted.append((article.doc, original, share))
        added = time.monotonic()
        duplicates.finish()
        finished = time.monotonic()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        wrong = 0
        found: dict[float, list[bool]] = {share: [] for share in _SHARES}
        for doc, original, share in planted:
            marked = duplicates.original_of(doc)
            wrong += original is None and marked is not None
            if original is not None:
                found[share].append(marked is not None)
    print(f"{count} articles: made and signed in {added - started:.0f} s, finished in {finished - added:.0f} s")
    print(f"peak memory {peak:.0f} MiB; articles marked that are no copies: {wrong}")
    for share, marks in found.items():
        print(f"copies with {share:.0%} own text: {sum(marks)} of {len(marks)} marked ({sum(marks) / len(marks):.3f})")


if __name__ == "__main__":
    main(int(sys.argv[1]))
