"""How long clusters of many made statements take, how much memory, and how many planted cuts are found.

Not part of the suite: ``python -m onrecord_eval.benchmarks.scale_clusters 200000``. Words are invented and as unevenly
frequent as those of a language; every third statement holds one of 300 phrases that many share, as names and offices
are. A fifth of the statements are planted: an original and up to four cuts of it, in two of three of which a word is
changed.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate

from onrecord.collection.clusters import Clusters
from onrecord.document import Span, Speaker, Statement
from onrecord.files.sqlite import Database

_LITTLE = ("the", "of", "and", "to", "in", "that", "is", "for", "was", "will")


def _vocabulary(generator: random.Random) -> list[str]:
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"]
    return sorted({"".join(generator.choices(syllables, k=generator.randint(2, 4))) for _ in range(30_000)})


def made(count: int, seed: int = 0) -> Iterator[tuple[Statement, int, bool]]:
    """Statements, each with the number of the original that it is a cut of, or its own, and whether a word differs."""
    generator = random.Random(seed)
    vocabulary = _vocabulary(generator)
    generator.shuffle(vocabulary)
    weights = list(accumulate(1 / rank for rank in range(10, len(vocabulary) + 10)))
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
            spoken = "“" + " ".join(f"{generator.choice(_LITTLE)} {word}" for word in text) + ".”"
            speaker = Speaker(f"Ada {vocabulary[original % 5000]}", f"s{original % 5000}", "person")
            spans = (Span(0, len(spoken)),)
            statement = Statement(doc, f"{doc}#{number}", spoken, spans, "direct", spans[0], speakers=(speaker,))
            yield statement, original, changed
            number += 1


def main(count: int) -> None:
    started = time.monotonic()
    with Database() as database:
        clusters = Clusters(database)
        clusters.add_all(statement for statement, *_ in made(count))
        added = time.monotonic()
        clusters.finish()
        finished = time.monotonic()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = database.value("PRAGMA page_count") * database.value("PRAGMA page_size") / 2**20
        originals: dict[int, str | None] = {}
        members: dict[str, set[int]] = defaultdict(set)
        found: dict[bool, list[bool]] = {False: [], True: []}
        for statement, original, changed in made(count):
            cluster = clusters.mark(statement).cluster
            if cluster is not None:
                members[cluster].add(original)
            if original not in originals:
                originals[original] = cluster
                continue
            found[changed].append(cluster is not None and cluster == originals[original])
        marked = time.monotonic()
    mixed = sum(len(of) > 1 for of in members.values())
    print(f"{count} statements: made and added in {added - started:.0f} s, finished in {finished - added:.0f} s")
    print(f"made again and marked in {marked - finished:.0f} s; peak memory {peak:.0f} MiB, file {size:.0f} MiB")
    for changed, cuts in found.items():
        what = "with a word changed" if changed else "word by word"
        print(f"planted cuts {what}: {sum(cuts)} of {len(cuts)} found ({sum(cuts) / len(cuts):.4f})")
    print(f"{len(members)} clusters, in {mixed} of them statements of several originals")


if __name__ == "__main__":
    main(int(sys.argv[1]))
