"""Clusters of equal statements among many: time, memory, file size, and how many planted cuts are found.

    python -m onrecord_eval.benchmarks.clusters [--statements 200000]

The words are invented and as unevenly frequent as those of a language. Every third statement holds one of 300 phrases
that many share, as they share names and offices. A fifth of the statements are planted: an original and up to four cuts
of it; in two thirds of the cuts one word is changed.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from onrecord.collection.clusters import Clusters
from onrecord.document import Span, Speaker, Statement
from onrecord.files.sqlite import Database
from onrecord_eval.benchmarks.made.words import cumulative_weights, invented_vocabulary
from onrecord_eval.benchmarks.measuring import mebibytes, option_parser, peak_memory, print_table, timed

_LITTLE_WORDS: Final = ("the", "of", "and", "to", "in", "that", "is", "for", "was", "will")


def synthetic_statements(count: int, seed: int = 0) -> Iterator[tuple[Statement, int, bool]]:
    """Statements, each with the number of its original (its own if it is not a cut) and whether a word was changed."""
    generator = random.Random(seed)
    vocabulary = invented_vocabulary(generator)
    weights = cumulative_weights(len(vocabulary))
    phrases = [generator.choices(vocabulary, k=generator.randint(2, 5)) for _ in range(300)]
    phrase_weights = list(accumulate(1 / rank for rank in range(1, len(phrases) + 1)))

    def words() -> list[str]:
        found = generator.choices(vocabulary, cum_weights=weights, k=generator.randint(6, 30))
        if generator.random() < 1 / 3:
            at = generator.randrange(len(found))
            found[at:at] = generator.choices(phrases, cum_weights=phrase_weights)[0]
        return found

    def cut(whole: list[str]) -> tuple[list[str], bool]:
        size = generator.randint(min(6, len(whole)), len(whole))
        start = generator.randint(0, len(whole) - size)
        part = whole[start : start + size]
        changed = generator.random() < 2 / 3
        if changed:
            part[generator.randrange(size)] = generator.choice(vocabulary)
        return part, changed

    number = 0
    while number < count:
        original, whole = number, words()
        texts = [(whole, False)]
        if generator.random() < 1 / 11:
            texts += [cut(whole) for _ in range(generator.randint(1, 4))]
        for text, changed in texts:
            doc = f"{generator.randrange(count // 10 + 1):07}.txt"
            spoken = "“" + " ".join(f"{generator.choice(_LITTLE_WORDS)} {word}" for word in text) + ".”"
            speaker = Speaker(f"Ada {vocabulary[original % 5000]}", f"s{original % 5000}", "person")
            spans = (Span(0, len(spoken)),)
            statement = Statement(doc, f"{doc}#{number}", spoken, spans, "direct", spans[0], speakers=(speaker,))
            yield statement, original, changed
            number += 1


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--statements", type=int, default=200_000, help="how many statements")
    count = parser.parse_args().statements
    with Database() as database:
        clusters = Clusters(database)
        with timed() as adding:
            clusters.add_all(statement for statement, *_ in synthetic_statements(count))
        with timed() as finishing:
            clusters.finish()
        peak, size = peak_memory(), database.value("PRAGMA page_count") * database.value("PRAGMA page_size")
        cluster_of_original: dict[int, str | None] = {}
        originals_in: dict[str, set[int]] = defaultdict(set)
        found: dict[bool, list[bool]] = {False: [], True: []}
        with timed() as marking:
            for statement, original, changed in synthetic_statements(count):
                cluster = clusters.mark(statement).cluster
                if cluster is not None:
                    originals_in[cluster].add(original)
                if original not in cluster_of_original:
                    cluster_of_original[original] = cluster
                else:
                    found[changed].append(cluster is not None and cluster == cluster_of_original[original])
    mixed = sum(len(originals) > 1 for originals in originals_in.values())
    print_table(
        f"Clusters of {count:,} synthetic statements",
        [
            ("measured", "value"),
            ("statements made and added", f"{adding.seconds:.0f} s"),
            ("clusters found", f"{finishing.seconds:.0f} s"),
            ("statements made again and marked", f"{marking.seconds:.0f} s"),
            ("peak memory", mebibytes(peak)),
            ("file", mebibytes(size)),
            ("cuts found, word for word", _share(found[False])),
            ("cuts found, one word changed", _share(found[True])),
            ("clusters", f"{len(originals_in):,}"),
            ("clusters with statements of several originals", f"{mixed:,}"),
        ],
    )


def _share(found: list[bool]) -> str:
    return f"{sum(found) / len(found):.4f} of {len(found):,}" if found else "–"


if __name__ == "__main__":
    main()
