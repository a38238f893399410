"""Wire copy among many articles: time, memory, and how many planted copies are marked.

    python -m onrecord_eval.benchmarks.near_duplicates [--articles 20000]

One article in ten is a copy of an earlier one whose beginning and end are replaced by text of its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from onrecord.collection.near_duplicates import Duplicates, sign
from onrecord.document import Article
from onrecord.files.sqlite import Database
from onrecord_eval.benchmarks.made.words import cumulative_weights, invented_vocabulary
from onrecord_eval.benchmarks.measuring import mebibytes, option_parser, peak_memory, print_table, timed

_SHARES: Final = (0.05, 0.1, 0.2, 0.3, 0.5)


def synthetic_copies(count: int, seed: int = 0) -> Iterator[tuple[Article, str | None, float]]:
    """Articles of 120 to 500 words, each with the name of the one it copies, if any, and the share of its own text."""
    generator = random.Random(seed)
    vocabulary = invented_vocabulary(generator)
    weights = cumulative_weights(len(vocabulary))
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


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--articles", type=int, default=20_000, help="how many articles")
    count = parser.parse_args().articles
    with Database() as database:
        duplicates = Duplicates(database)
        planted: list[tuple[str, str | None, float]] = []
        with timed() as adding:
            for article, original, share in synthetic_copies(count):
                duplicates.add_all([sign(article)])
                planted.append((article.doc, original, share))
        with timed() as finishing:
            duplicates.finish()
        peak = peak_memory()
        false = 0
        found: dict[float, list[bool]] = {share: [] for share in _SHARES}
        for doc, original, share in planted:
            is_marked = duplicates.original_of(doc) is not None
            if original is None:
                false += is_marked
            else:
                found[share].append(is_marked)
    print_table(
        f"Near duplicates among {count:,} synthetic articles",
        [
            ("measured", "value"),
            ("articles made and signed", f"{adding.seconds:.0f} s"),
            ("copies found", f"{finishing.seconds:.0f} s"),
            ("peak memory", mebibytes(peak)),
            ("articles marked that are not copies", f"{false:,}"),
            *(
                (f"copies with {share:.0%} own text marked", f"{sum(marks) / max(1, len(marks)):.3f} of {len(marks):,}")
                for share, marks in found.items()
            ),
        ],
    )


if __name__ == "__main__":
    main()
