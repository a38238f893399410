"""The people of a list, found by the names that articles give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from onrecord.collection.namesakes import Facts, Vocabulary, choose, facts_of
from onrecord.document import Gender, Kind, Speaker
from onrecord.names.countries import organization_key
from onrecord.names.forms import person_words
from onrecord.names.similarity import block_of, contains_at, joined, likeness

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """One entry. Fields that are None are taken from the articles.

    ``role`` is what the output gets; ``roles``, ``parties`` and ``places`` only tell namesakes apart.
    """

    name: str
    id: str | None = None
    kind: Kind | None = None
    role: str | None = None
    roles: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    gender: Gender | None = None


class People:
    """The entries of a list. ``digest`` is the SHA-256 of the file's bytes, ``format`` what was recognized.

    In the user's ``own`` list every name is one person's, whatever an article says of them. In others several people
    may have a name, and an article may mean somebody who isn't listed.
    """

    def __init__(
        self,
        entries: tuple[Given, ...],
        keys: dict[Key, tuple[int, ...]],
        digest: str,
        *,
        own: bool = True,
        format: str = "",
        unusable: int = 0,
    ) -> None:
        """``unusable`` is the number of entries of the file that were left out."""
        self._entries = entries
        self._keys = keys
        self.digest = digest
        self.own = own
        self.format = format
        self.unusable = unusable

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, number: int) -> Given:
        return self._entries[number]

    def find(self, speaker: Speaker, said: Collection[str] = ()) -> int | None:
        """The number of the entry that ``speaker`` is, of whom an article says these things; None if that is open."""
        return self.choose(self.candidates(speaker), said)

    def candidates(self, speaker: Speaker) -> tuple[int, ...]:
        """The entries with the name of ``speaker``, else those with its other names in the article.

        Single-word aliases of a person with a full name are ignored: Eva Lund is called Lund, too.
        """
        if speaker.name is None:
            return ()
        if named := self._named(speaker.name, speaker.kind):
            return named
        words = len(person_words(speaker.name))
        others = [
            form
            for form in speaker.aliases
            if speaker.kind == "organization" or words == 1 or len(person_words(form)) > 1
        ]
        return tuple(sorted({entry for form in others for entry in self._named(form, speaker.kind)}))

    def choose(self, candidates: tuple[int, ...], said: Collection[str]) -> int | None:
        """The candidate that is meant; None if there is none, or no telling which."""
        if self.own or not candidates:
            return candidates[0] if len(candidates) == 1 else None
        return choose({number: self.facts(number) for number in candidates}, said, self._vocabulary)

    def facts(self, number: int) -> Facts:
        """What the list says of an entry."""
        given = self._entries[number]
        return facts_of(given.roles, given.parties, given.places)

    def shared_names(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The names that several entries have, each with their numbers, in the order of the first of them."""
        shared: dict[tuple[int, ...], str] = {}
        for (_, *words), numbers in self._keys.items():
            if len(numbers) > 1:
                named = [self._entries[number].name for number in numbers]
                shown = next((name for name in named if list(person_words(name)) == words), " ".join(words).title())
                shared.setdefault(numbers, shown)
        yield from sorted(((name, numbers) for numbers, name in shared.items()), key=lambda pair: pair[1])

    def may_be(self, words: tuple[str, ...]) -> set[int]:
        """The entries whose name may be that of a person called ``words``, in full, in short or by surname alone."""
        if not words:
            return set()
        found = set()
        for number, full in self._by_block.get(block_of(joined(words)[-1]), ()):
            if len(words) == 1:
                alike = contains_at(words, full) == len(full) - 1
            else:
                alike = likeness(words, full) is not None or likeness(full, words) is not None
            if alike:
                found.add(number)
        return found

    @cached_property
    def _by_block(self) -> dict[str, list[tuple[int, Key]]]:
        """The names of people, by what the spellings of each of their words have in common."""
        blocks: defaultdict[str, list[tuple[int, Key]]] = defaultdict(list)
        for (sort, *words), numbers in self._keys.items():
            if sort == "person":
                name = tuple(words)
                for block in {block_of(word) for word in joined(name)}:
                    blocks[block] += [(number, name) for number in numbers]
        return dict(blocks)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.facts(number) for number in range(len(self._entries)))

    def _named(self, form: str, kind: Kind) -> tuple[int, ...]:
        return next((self._keys[key] for key in keys_of(form, kind) if key in self._keys), ())


NOBODY: Final = People((), {}, "")


def keys_of(form: str, kind: Kind) -> tuple[Key, ...]:
    """The keys that spellings of a form share: as a person's name, without titles, and as any other name."""
    plain = ("", *organization_key(form))
    return (("person", *person_words(form)), plain) if kind in ("person", "unknown") else (plain,)


def key_without_initials(name: str) -> Key | None:
    """The key of a person's name without the initials in its middle; None if it has none.

    >>> key_without_initials("Ada B. Lund"), key_without_initials("A. B. Lund")
    (('person', 'ada', 'lund'), None)
    """
    first, *middle, last = words if len(words := person_words(name)) > 2 else ("", "")
    return ("person", first, last) if len(first) > 1 and middle and all(len(word) == 1 for word in middle) else None
