"""Labelled articles with other people's names in them: who is named how, and in which order, shall tell nothing.

Every labelled person gets another name of the same gender, wherever the article has the name or its parts; people of
one surname keep one. Pronouns stay as they are, so that names and genders still belong together. In half of the
articles two people get one surname, as spouses and siblings have it: mostly one who is often called by it and one who
never is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from onrecord.document import Article, Mention, Span, Spans
from onrecord.text.quotations import quotation_states
from onrecord.text.segmentation import segment
from onrecord.text.statements import build_mention, build_statement
from onrecord_eval.corpora.speaker_labels import LabelledEntity, LabelledSources

_WITHOUT_NAMESAKES: Final = 0.5
_PLAIN: Final = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


class NamePool:
    """Given names by gender, and surnames, of the people labelled in some articles; drawn at random."""

    def __init__(self, articles: Iterable[LabelledSources], seed: int) -> None:
        self._generator = random.Random(seed)
        given: dict[str, set[str]] = {"f": set(), "m": set()}
        surnames: set[str] = set()
        for article in articles:
            for entity in article.entities:
                words = _words(entity)
                if len(words) == 2 and entity.gender in given:
                    given[entity.gender].add(words[0])
                    surnames.add(words[1])
        self._given = {gender: sorted(names) for gender, names in given.items()}
        self._surnames = sorted(surnames)

    def draw(self, gender: str) -> tuple[str, str]:
        """A given name of this gender, ``f`` or ``m``, and a surname."""
        return self._generator.choice(self._given[gender]), self._generator.choice(self._surnames)

    def namesakes(self, people: Sequence[LabelledEntity], text: str) -> tuple[str, str] | None:
        """The surnames of two of these ``people`` who shall have one, or None: that is left to chance."""
        if self._generator.random() < _WITHOUT_NAMESAKES:
            return None
        surnames = {_words(each)[1] for each in people}
        called = surnames & {text[slice(*span)] for each in people for span in each.mentions}
        others = surnames - called
        if not called or len(called | others) < 2:
            return None
        first = self._generator.choice(sorted(called))
        return first, self._generator.choice(sorted(others or called - {first}))


def _words(entity: LabelledEntity) -> list[str]:
    words = (entity.speaker.name or "").split()
    plain = all(_PLAIN.fullmatch(word) and word[0].isupper() for word in words)
    return words if entity.speaker.kind == "person" and plain else []


def renamed(labelled: LabelledSources, pool: NamePool) -> LabelledSources:
    """The article with other names for its people of two plain words and a known gender; labels move with the text."""
    other: dict[str, str] = {}
    people = [each for each in labelled.entities if len(_words(each)) == 2 and each.gender in ("f", "m")]
    for entity in people:
        words = _words(entity)
        given, surname = pool.draw(entity.gender or "")
        other.setdefault(words[0], given)
        other.setdefault(words[1], surname)
    if not other:
        return labelled
    if pair := pool.namesakes(people, labelled.article.text):
        other[pair[1]] = other[pair[0]]
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, other))})(?!\w)")
    text, pieces, edits, at = labelled.article.text, [], [], 0
    for match in pattern.finditer(text):
        pieces += [text[at : match.start()], other[match.group()]]
        edits.append((match.start(), match.end(), len(other[match.group()]) - len(match.group())))
        at = match.end()
    moved = _Moved("".join([*pieces, text[at:]]), edits)
    return moved.labelled(labelled, other, pattern)


class _Moved:
    """A changed text, and where the offsets of the text before are in it. ``edits`` are (start, end, growth)."""

    def __init__(self, text: str, edits: Sequence[tuple[int, int, int]]) -> None:
        self.text, self._edits = text, edits

    def _start(self, offset: int) -> int:
        return offset + sum(growth for _, end, growth in self._edits if end <= offset)

    def _end(self, offset: int) -> int:
        return offset + sum(growth for start, _, growth in self._edits if start < offset)

    def spans(self, spans: Spans) -> Spans:
        return tuple(Span(self._start(span.start), self._end(span.end)) for span in spans)

    def labelled(self, before: LabelledSources, other: dict[str, str], pattern: re.Pattern[str]) -> LabelledSources:
        article = replace(before.article, text=self.text)
        entities = tuple(self._entity(entity, other, pattern) for entity in before.entities)
        speakers = {id(old.speaker): new.speaker for old, new in zip(before.entities, entities, strict=True)}
        segmentation = segment(self.text)
        states = quotation_states(self.text, segmentation.quotations)
        statements = tuple(
            replace(
                build_statement(
                    article,
                    segmentation,
                    self.spans(statement.content),
                    identifier=statement.id,
                    states=states,
                    cue=self._mention(article, statement.cue),
                    source=self._mention(article, statement.source),
                ),
                speakers=tuple(speakers[id(speaker)] for speaker in statement.speakers),
            )
            for statement in before.statements
        )
        return LabelledSources(article, entities, statements, before.kinds)

    def _mention(self, article: Article, mention: Mention | None) -> Mention | None:
        return None if mention is None else build_mention(article, self.spans(mention.spans))

    def _entity(self, entity: LabelledEntity, other: dict[str, str], pattern: re.Pattern[str]) -> LabelledEntity:
        def again(words: str | None) -> str | None:
            return None if words is None else pattern.sub(lambda match: other[match.group()], words)

        speaker = entity.speaker
        names = tuple(pattern.sub(lambda match: other[match.group()], alias) for alias in speaker.aliases)
        changed = replace(speaker, name=again(speaker.name), description=again(speaker.description), aliases=names)
        return LabelledEntity(changed, entity.gender, self.spans(entity.mentions))
