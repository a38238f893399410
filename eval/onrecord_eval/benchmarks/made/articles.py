"""Articles put together from a few sentences, to measure speed and memory where there is no corpus.

Their length (300 to 900 words), paragraphs, quotations and pronouns are like those of news. What they say is nonsense,
so no model should be trained on them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_GIVEN: Final = "Ada Bruno Carla Deniz Elif Farid Greta Hugo Ines Jonas Karim Lena Milan Nora Omar Petra".split()  # noqa: SIM905
_FAMILY: Final = "Brandt Castell Dorn Egede Falk Grau Halloran Ilves Jansen Kovac Lund Moreau Nadir Olsen".split()  # noqa: SIM905
_PLACES: Final = "Easton Marburg Port Vale Northam Lidova Varnes Costa Alta Sankt Olof".split()  # noqa: SIM905
_ROLES: Final = (
    "the mayor", "a spokeswoman for the harbour", "the finance minister", "a union leader", "the head of the port",
    "an analyst at the regional bank", "the opposition leader", "a professor of law", "the police chief",
)  # fmt: skip
_SUBJECTS: Final = (
    "the new terminal", "the budget", "the ferry line", "the treaty with its neighbours", "the reform of the courts",
    "the flood barrier", "the strike at the docks", "the election", "the price of grain", "the housing plan",
)  # fmt: skip
_CLAUSES: Final = (
    "{subject} would cost more than anybody had been told", "nobody had asked the people who live there",
    "{subject} had to be settled before the summer", "there was no reason to give up {subject}",
    "the figures in the report on {subject} were wrong", "the town could not wait for another year",
    "{subject} was good for trade and for the region as a whole", "those who spoke against {subject} had no plan",
)  # fmt: skip
_PLAIN: Final = (
    "The decision on {subject} has been put off three times since the spring, and the committee meets again next week.",
    "About {number} people gathered on the main square of {place} on Saturday, some of them with flags and drums.",
    "In the first half of the year, exports fell by {number} per cent, the sharpest drop since the records began.",
    "Work on {subject} began {number} years ago under another government, which lost its majority in the autumn.",
    "Trains between {place} and the coast were late for most of the day, and several roads remained closed.",
)


def synthetic_articles(count: int, seed: int = 0, sentences: tuple[int, int] = (14, 44)) -> Iterator[str]:
    """``count`` texts, the same every time for one seed; ``sentences`` is the least and the most that one has."""
    generator = random.Random(seed)
    for _ in range(count):
        yield _article(generator, generator.randint(*sentences))


def write_articles(folder: Path, texts: Iterable[str]) -> Path:
    """Writes each text into a file of its own below ``folder``, a thousand to a subfolder, and returns ``folder``."""
    for number, text in enumerate(texts):
        path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _article(generator: random.Random, length: int) -> str:
    people = [
        (
            f"{generator.choice(_GIVEN)} {generator.choice(_FAMILY)}",
            generator.choice(_ROLES),
            generator.choice(("he", "she")),
        )
        for _ in range(generator.randint(2, 5))
    ]
    paragraphs: list[str] = []
    known: set[str] = set()
    while length > 0:
        size = min(length, generator.randint(1, 3))
        name, role, pronoun = generator.choice(people)
        said: list[str] = []
        for _ in range(size):
            said.append(_sentence(generator, name, role, pronoun, name in known))
            known.add(name)
        paragraphs.append(" ".join(said))
        length -= size
    return "\n\n".join(paragraphs) + "\n"


def _sentence(generator: random.Random, name: str, role: str, pronoun: str, is_known: bool) -> str:
    fill = {
        "subject": generator.choice(_SUBJECTS),
        "place": generator.choice(_PLACES),
        "number": generator.randint(3, 90),
    }
    family = name.rpartition(" ")[2]
    if generator.random() < 0.45:
        return generator.choice(_PLAIN).format(**fill)
    clause, other = (generator.choice(_CLAUSES).format(**fill) for _ in range(2))
    speaker = (pronoun if generator.random() < 0.25 else family) if is_known else f"{name}, {role},"
    quoted = clause[0].upper() + clause[1:]
    return generator.choice(
        (
            f"“{quoted}, and {other},” {speaker} said.",
            f"{speaker[0].upper() + speaker[1:]} said that {clause}, while {other}.",
            f"“{quoted},” {speaker} told reporters in {fill['place']}. “{other[0].upper() + other[1:]}.”",
            f"{speaker[0].upper() + speaker[1:]} warned on Monday that {clause}, adding that “{other}”.",
        )
    )
