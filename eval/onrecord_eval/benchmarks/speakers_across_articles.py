"""Speakers across articles: how many mentions of one person get one id, and how many of two people do.

    python -m onrecord_eval.benchmarks.speakers_across_articles [--articles 200]

Counted are pairs of articles' speakers in collections of invented people; see `made.people`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from onrecord.collection.speakers import CollectionSpeakers
from onrecord.files.sqlite import Database
from onrecord_eval.benchmarks.made.people import OTHER_PEOPLE, PEOPLE, SyntheticPerson, synthetic_collection
from onrecord_eval.benchmarks.measuring import option_parser, print_table

_SEEDS: Final = (20, 21, 22)


@dataclass(frozen=True, slots=True)
class Merging:
    """Pairs of speakers who are one person, how many of them have one id, and the wrong pairs.

    ``false`` are pairs of people whose speakers share an id, ``missed`` pairs of names of one person with two ids.
    """

    pairs: int
    merged: int
    false: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]

    @property
    def recall(self) -> float:
        """The share of the pairs with the same id; 0 if there are no pairs."""
        return self.merged / self.pairs if self.pairs else 0.0


def merge_speakers(people: Sequence[SyntheticPerson], seed: int, articles: int = 200) -> Merging:
    """Gives the speakers of a synthetic collection their ids and compares all of them."""
    made = synthetic_collection(people, articles, seed=seed)
    with Database() as database:
        speakers = CollectionSpeakers(database)
        for article in made:
            for statement in article.statements():
                speakers.add(statement)
        speakers.finish()
        return compare(
            (label, speaker.name or "", speakers.with_final_names(statement).speakers[0].id or "")
            for article in made
            for (label, speaker), statement in zip(article.speakers, article.statements(), strict=True)
        )


def compare(speakers: Iterable[tuple[str, str, str]]) -> Merging:
    """Compares every two of ``speakers``, each given as the person, the name in the article and the id."""
    pairs = merged = 0
    false: Counter[tuple[str, str]] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    for (person, name, given_id), (other_person, other_name, other_id) in combinations(speakers, 2):
        if person == other_person:
            pairs += 1
            merged += given_id == other_id
            if given_id != other_id:
                missed[min((name, other_name), (other_name, name))] += 1
        elif given_id == other_id:
            false[min((person, other_person), (other_person, person))] += 1
    return Merging(pairs, merged, tuple(false.elements()), tuple(missed.elements()))


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--articles", type=int, default=200, help="how many articles a collection has")
    articles = parser.parse_args().articles
    rows: list[tuple[str, ...]] = [("people", "seed", "pairs of one person", "merged", "pairs of two people merged")]
    for name, people in (("rules were written with", PEOPLE), ("others", OTHER_PEOPLE)):
        for seed in _SEEDS:
            found = merge_speakers(people, seed, articles)
            rows.append((name, str(seed), f"{found.pairs:,}", f"{found.recall:.3f}", f"{len(found.false):,}"))
    print_table(f"Speakers in collections of {articles} synthetic articles", rows)


if __name__ == "__main__":
    main()
