"""Targets proposed for a collection: the noun phrases that most statements are about, for a person to choose from.

Phrases are found without a tagger. A run of words between function words and punctuation is cut into phrases of up
to four words. A phrase counts as a noun phrase if it mostly follows an article, a possessive or a preposition, or
begins with a capital, and mostly ends where its run ends. Of phrases inside each other, those that appear on their own
win (C-value: Frantzi, Ananiadou and Mima 2000), and of those, the ones that an article comes back to (Church and Gale
1995: a word of the topic repeats, a common word does not).

Only frequent phrases are counted to the end (lossy counting: Manku and Motwani 2002), so that memory stays bounded.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Final, NamedTuple

from onrecord.document import Statement
from onrecord.files.console import counted
from onrecord.files.records import json_line
from onrecord.text.word_lists import read_lists

_LONGEST: Final = 4
_MOST_COUNTED: Final = 300_000
_OPENED: Final = 0.4
_CLOSED: Final = 0.5
_EXAMPLES: Final = 3
_AROUND: Final = 60
_TOKEN: Final = re.compile(r"[^\W_](?:[\w’'\-]*[^\W_])?|[^\w\s]")
_POSSESSIVE: Final = re.compile(r"[’']s?$")

_WORDS: Final = read_lists("onrecord.targets", "phrases")
_DETERMINERS: Final = _WORDS["determiners"]
_PREPOSITIONS: Final = _WORDS["prepositions"]
_OTHERS: Final = _WORDS["other words"]
"""Words that are never part of a phrase."""


@dataclass(frozen=True, slots=True)
class Example:
    """A statement that a phrase appears in: its ``id`` and the words around the phrase."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A phrase that may become a target, with the numbers of statements, speakers and articles it appears in."""

    target: str
    statements: int
    speakers: int
    articles: int
    examples: tuple[Example, ...]


class _Phrase(NamedTuple):
    key: str
    """Its words in lower case, the last in the singular: what is counted as one."""
    form: str
    start: int
    end: int
    length: int
    opened: bool
    closed: bool


@dataclass(slots=True)
class _Count:
    length: int
    missed: int
    """How many occurrences may at most have been counted and forgotten before."""
    statements: int = 0
    articles: int = 0
    opened: int = 0
    closed: int = 0
    last: str = ""


@dataclass(slots=True)
class _Found:
    statements: int = 0
    articles: int = 0
    last: str = ""
    speakers: set[str] = field(default_factory=set)
    forms: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)


def propose_targets(read: Callable[[], Iterable[Statement]], limit: int = 20, at_least: int = 2) -> list[Proposal]:
    """The ``limit`` best targets of a collection, best first, each in at least ``at_least`` statements.

    ``read`` opens the statements, article by article; it is called twice.
    """
    chosen = _best(_counted(read()), limit, at_least)
    found = {key: _Found() for key in chosen}
    for statement in read():
        for key, phrase in {phrase.key: phrase for phrase in _phrases(statement.text)}.items():
            if key in found:
                _add(found[key], statement, phrase)
    return [_proposal(found[key]) for key in chosen]


def proposal_table(proposals: Iterable[Proposal]) -> Iterator[str]:
    """Lines for a terminal: counts, the phrase and one example of its use."""
    rows = list(proposals)
    if not rows:
        yield "no phrase appears in enough statements"
        return
    width = max(len("target"), *(len(row.target) for row in rows))
    yield f"{'statements':>10}  {'speakers':>8}  {'articles':>8}  {'target':<{width}}  for example"
    for row in rows:
        example = row.examples[0].text if row.examples else ""
        yield f"{row.statements:>10}  {row.speakers:>8}  {row.articles:>8}  {row.target:<{width}}  {example}"


def proposal_lines(proposals: Iterable[Proposal]) -> Iterator[str]:
    """A JSON line for each."""
    for row in proposals:
        yield json_line(asdict(row))


def proposal_toml(proposals: Iterable[Proposal]) -> Iterator[str]:
    """A file for `--targets`, to shorten and complete by hand."""
    yield "# Keep the targets that matter, and add synonyms. A description is for you: the model doesn't read it."
    for row in proposals:
        yield ""
        counts = ((row.statements, "statement"), (row.speakers, "speaker"), (row.articles, "article"))
        yield f"# {', '.join(counted(number, noun) for number, noun in counts)}"
        yield "[[target]]"
        yield f"name = {json_line(row.target)}"


def _phrases(text: str) -> Iterator[_Phrase]:
    """All phrases of a text, those inside longer ones included."""
    tokens = list(_TOKEN.finditer(text))
    words = [token.group() for token in tokens]
    common = [_is_function(word) for word in words]
    start = 0
    while start < len(words):
        if common[start]:
            start += 1
            continue
        end = start
        while end < len(words) and not common[end]:
            end += 1
            if _POSSESSIVE.search(words[end - 1]):
                break  # "Lund's plan": one phrase ends, another opens
        yield from _inside(text, tokens, words, start, end)
        start = end


def _inside(text: str, tokens: list[re.Match[str]], words: list[str], start: int, end: int) -> Iterator[_Phrase]:
    before = words[start - 1].casefold() if start else ""
    behind = bool(before in _DETERMINERS or before in _PREPOSITIONS or (start and _POSSESSIVE.search(words[start - 1])))
    for first in range(start, end):
        # A capital inside a sentence opens a name wherever it stands.
        named = words[first][0].isupper() and first > 0 and words[first - 1] not in '.!?"“”'
        for last in range(first + 1, min(end, first + _LONGEST) + 1):
            places = (tokens[first].start(), tokens[last - 1].end())
            form = _POSSESSIVE.sub("", text[slice(*places)])
            if " " not in form and last - first > 1:
                continue
            yield _Phrase(_key(form), form, *places, last - first, (behind and first == start) or named, last == end)


def _is_function(word: str) -> bool:
    plain = word.casefold().replace("’", "'")
    return (
        not word[0].isalpha()
        or len(word) == 1
        or plain in _OTHERS
        or plain in _DETERMINERS
        or plain in _PREPOSITIONS
        or (plain.endswith("ly") and word.islower())
    )


def _key(form: str) -> str:
    folded = " ".join(form.casefold().split())
    return folded[:-1] if len(folded) > 4 and folded.endswith("s") and folded[-2] not in "su" else folded


def _counted(statements: Iterable[Statement]) -> dict[str, _Count]:
    counts: dict[str, _Count] = {}
    forgotten = 0
    for statement in statements:
        for phrase in {phrase.key: phrase for phrase in _phrases(statement.text)}.values():
            count = counts.get(phrase.key)
            if count is None:
                count = counts[phrase.key] = _Count(phrase.length, forgotten)
            count.statements += 1
            count.opened += phrase.opened
            count.closed += phrase.closed
            if count.last != statement.doc:
                count.articles += 1
                count.last = statement.doc
        while len(counts) > _MOST_COUNTED:
            forgotten += 1
            counts = {key: count for key, count in counts.items() if count.statements + count.missed > forgotten}
    return counts


def _best(counts: dict[str, _Count], limit: int, at_least: int) -> list[str]:
    nouns = {
        key: count
        for key, count in counts.items()
        if count.statements >= at_least
        and count.opened >= _OPENED * count.statements
        and count.closed >= _CLOSED * count.statements
    }
    longer: dict[str, list[int]] = {}
    for key, count in nouns.items():
        for inner in _inner(key):
            longer.setdefault(inner, []).append(count.statements)

    def score(key: str) -> float:
        count, around = nouns[key], longer.get(key, [])
        own = count.statements - (sum(around) / len(around) if around else 0.0)
        return math.log2(1 + count.length) * own * math.sqrt(count.statements / count.articles)

    ranked = sorted(nouns, key=lambda key: (-score(key), key))
    chosen: list[str] = []
    for key in ranked:
        if len(chosen) == limit:
            break
        # A phrase that appears almost only inside or around one that is proposed already says the same.
        near = [other for other in chosen if f" {key} " in f" {other} " or f" {other} " in f" {key} "]
        if all(min(nouns[key].statements, nouns[o].statements) < 0.8 * nouns[o].statements for o in near):
            chosen.append(key)
    return chosen


def _inner(key: str) -> set[str]:
    words = key.split(" ")
    size = len(words)
    cuts = {" ".join(words[start:end]) for start in range(size) for end in range(start + 1, size + 1)}
    return cuts - {key}


def _add(found: _Found, statement: Statement, phrase: _Phrase) -> None:
    found.statements += 1
    found.speakers.update(speaker.id for speaker in statement.speakers if speaker.id is not None)
    fresh = found.last != statement.doc
    found.articles += fresh
    found.last = statement.doc
    text = statement.text
    article = re.search(r"\b[Tt]he $", text[: phrase.start])
    found.forms[f"the {phrase.form}" if article else phrase.form] += 1
    if fresh and len(found.examples) < _EXAMPLES:
        start, end = max(0, phrase.start - _AROUND), min(len(text), phrase.end + _AROUND)
        start = text.find(" ", start, phrase.start) + 1 if start else 0
        end = text.rfind(" ", phrase.end, end) if end < len(text) and " " in text[phrase.end : end] else end
        shown = " ".join(text[start:end].split())
        found.examples.append(Example(statement.id, f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}"))


def _proposal(found: _Found) -> Proposal:
    form = max(found.forms, key=lambda form: (found.forms[form], form))
    return Proposal(form, found.statements, len(found.speakers), found.articles, tuple(found.examples))
