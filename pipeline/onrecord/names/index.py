"""Finds whom a name may belong to without comparing it with all names; what is found is then compared by the rules.

Nothing that the rules would take is left out, except where more than ``MOST`` share a word: a text that names so many
people of one surname, or so many boards, is a list, in which a part of a name stands for nobody in particular.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations, islice
from typing import Final, Generic, TypeVar

from onrecord.names.countries import organization_key
from onrecord.names.forms import Words, acronyms, fold, sounding

MOST: Final = 200
"""How many of those that share a word are kept, the first ones; they are looked at from the last on."""
_FEWEST_TO_SOUND: Final = 5
"""Letters from which on words are the same if they sound the same, as in `similarity`."""

_MOST_WORDS: Final = 8

Item = TypeVar("Item", bound=Hashable)
_Key = TypeVar("_Key")


def word_key(word: str) -> str:
    """What words that may be the same word of a name have in common."""
    return sounding(word) if len(word) >= _FEWEST_TO_SOUND else word


class PeopleIndex(Generic[Item]):
    """People by the words of their full names, as `person_words` gives them."""

    def __init__(self) -> None:
        self._by_words: dict[Words, Item] = {}
        self._by_keys: dict[tuple[str, ...], dict[Item, None]] = {}
        self._by_part: dict[str, list[Item]] = {}
        self._parts: set[tuple[str, Item]] = set()

    def add(self, item: Item, words: Words, *, is_first: bool) -> None:
        """Notes that ``item`` is called by ``words``, which may be its first name or a later one."""
        if words in self._by_words:
            return
        self._by_words[words] = item
        for word in words:
            key = word_key(word)
            if (key, item) not in self._parts:
                self._parts.add((key, item))
                self._by_part.setdefault(key, []).append(item)
        if is_first:  # a name must resemble the first one, too
            for keys in (*_ends(words), ("outer", *_pair(words)), *(("inner", *pair) for pair in _pairs(words))):
                self._by_keys.setdefault(keys, {})[item] = None

    def called(self, words: Words) -> Item | None:
        """The one called by exactly these words."""
        return self._by_words.get(words)

    def resembling(self, words: Words) -> list[Item]:
        """Those whose full name may be another form of the full name ``words``.

        Either both end alike and begin with the same letter or sound, or one has the first and the last word of the
        other inside.
        """
        asked = [*_ends(words), ("inner", *_pair(words)), *(("outer", *pair) for pair in _pairs(words))]
        found = (item for keys in asked for item in _last(self._by_keys.get(keys, {})))
        return list(dict.fromkeys(found))

    def with_part(self, words: Words) -> Sequence[Item]:
        """Those of whose full names ``words`` may be a part, roughly in the order in which they were added."""
        return self._by_part.get(word_key(words[-1]), ()) if words else ()


def _ends(words: Words) -> list[tuple[str, ...]]:
    """The last word with the first letter, as it is written and as it sounds."""
    last = word_key(words[-1])
    return [("written", last, words[0][:1]), ("sounding", last, sounding(words[0])[:1])]


def _pair(words: Words) -> tuple[str, str]:
    return word_key(words[0]), word_key(words[-1])


def _pairs(words: Words) -> Iterator[tuple[str, str]]:
    """All pairs of words in their order; of a name of very many words, of the first ones."""
    return combinations([word_key(word) for word in words[:_MOST_WORDS]], 2)


class OrganizationIndex(Generic[Item]):
    """Organizations by their forms, keys, words and acronyms. Of several, the first in their order is given."""

    def __init__(self) -> None:
        self._number: dict[Item, int] = {}
        self._by_form: dict[str, list[Item]] = {}
        self._by_end: dict[str, list[Item]] = {}
        self._by_key: dict[tuple[str, ...], list[Item]] = {}
        self._by_word: dict[str, dict[Item, None]] = {}
        self._by_letters: dict[str, list[Item]] = {}
        self._by_acronym: dict[str, list[Item]] = {}

    def add(self, item: Item, form: str, *, is_country: bool = False) -> None:
        """Notes that ``item`` is called ``form``; countries are found by nothing but that."""
        self._number.setdefault(item, len(self._number))
        _note(self._by_form, form, item)
        words = fold(form).split()
        if len(words) > 1:
            _note(self._by_end, words[-1], item)
        if is_country:
            return
        key = organization_key(form)
        _note(self._by_key, key, item)
        for word in key:
            self._by_word.setdefault(word, {})[item] = None
        for letters in acronyms(form):
            _note(self._by_letters, letters, item)

    def define(self, item: Item, acronym: str) -> None:
        """Notes that an acronym stands in brackets behind the name of ``item``."""
        _note(self._by_acronym, acronym, item)

    def reorder(self, items: Iterable[Item]) -> None:
        """Takes the order of ``items`` for theirs, in place of that in which they were added."""
        self._number = {item: number for number, item in enumerate(items)}

    def with_form(self, form: str) -> list[Item]:
        """Those called exactly ``form``."""
        return self._in_order(self._by_form.get(form, ()))

    def with_end(self, word: str) -> list[Item]:
        """Those with a name of several words of which ``word`` is the last."""
        return self._in_order(self._by_end.get(word, ()))

    def with_key(self, key: tuple[str, ...]) -> Item | None:
        """The one of this key."""
        return next(iter(self._in_order(self._by_key.get(key, ()))), None)

    def with_acronym(self, acronym: str) -> Item | None:
        """The one behind whose name ``acronym`` stands in brackets, or the only one whose words may give it."""
        if defined := self._by_acronym.get(acronym):
            return self._in_order(defined)[0]
        matching = self._by_letters.get(fold(acronym), [])
        return matching[0] if len(matching) == 1 else None

    def with_words(self, key: Sequence[str]) -> Iterator[Item]:
        """Those with all words of ``key`` in a form, and perhaps some without."""
        if key:
            rarest = min(key, key=lambda word: len(self._by_word.get(word, ())))
            yield from _last(self._by_word.get(rarest, {}))

    def _in_order(self, items: Iterable[Item]) -> list[Item]:
        return sorted(items, key=lambda item: self._number.get(item, len(self._number)))


def _note(index: dict[_Key, list[Item]], key: _Key, item: Item) -> None:
    found = index.setdefault(key, [])
    if len(found) < MOST and item not in found:
        found.append(item)


def _last(found: dict[Item, None]) -> Iterator[Item]:
    return islice(reversed(found), MOST)
