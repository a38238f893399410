"""Names as labels of speakers show them: where they begin and end, without titles and jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from onrecord.document import Span
from onrecord.names.countries import country_named
from onrecord_eval.corpora.conll2003 import NamedText
from onrecord_eval.corpora.speaker_labels import LabelledEntity, LabelledSources

_CAPITALISED: Final = re.compile(r"[^\W\d_a-zß-ÿ][\w’'.\-&]*")
_LONGEST_TITLE: Final = 2
"""Words with capitals directly before a person's name, if no more than this: a title, not another name."""


def named_text(labelled: LabelledSources) -> NamedText:
    """The article with the names of its labelled people and bodies; other words with capitals are left open.

    A word or two with capitals directly before a person's name are no name: ``Datuk Seri``, ``Cllr``.
    """
    text = labelled.article.text
    names = sorted({found for entity in labelled.entities for found in _names(text, entity)})
    taken = {at for span, _ in names for at in range(*span)}
    titles = {at for span, label in names if label == "person" for at in _title_before(text, span)}
    left_open = [
        (Span(*word.span()), None)
        for word in _CAPITALISED.finditer(text)
        if word.start() not in taken and word.start() not in titles
    ]
    return NamedText(text, tuple(sorted([*names, *left_open], key=lambda name: name[0])))


def _names(text: str, entity: LabelledEntity) -> Iterator[tuple[Span, str | None]]:
    speaker = entity.speaker
    label = speaker.kind if speaker.kind in ("person", "organization") else None
    if speaker.name is None or country_named(speaker.name):
        label = None  # a location in other corpora, or a nation's name
    forms, parts = {speaker.name, *speaker.aliases}, set((speaker.name or "").split())
    for span in entity.mentions:
        words = text[slice(*span)]
        if words[:1].isupper() and (words in forms or parts.issuperset(words.split())):
            yield span, label


def _title_before(text: str, name: Span) -> Iterator[int]:
    """Where the words of a title before a name start."""
    found: list[int] = []
    end = name.start
    while (word := re.search(r"(\S+) $", text[:end][-40:])) and _CAPITALISED.fullmatch(word.group(1)):
        end -= len(word.group())
        found.append(end)
        if len(found) > _LONGEST_TITLE or word.group(1).isupper():
            return
    yield from found
