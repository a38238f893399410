"""What changed between two versions of an article, statement by statement and source by source.

What a model found in one version only, although its words stand in both, is no change: an editor changes texts, a
model's reading of the same text may differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from onrecord.document import Statement
from onrecord.names.forms import fold
from onrecord.verify.people import Relation, same_name
from onrecord.versions.pairing import pair
from onrecord.versions.wording import Part, keys_of, parts_of

ChangeKind = Literal[
    "added", "dropped", "cut", "extended", "reworded", "quoted", "paraphrased", "re-attributed", "anonymised", "named",
    "stance",
]  # fmt: skip

SourceKind = Literal["added", "dropped", "anonymised", "named"]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article: its name, its statements, and its text if that is known."""

    doc: str
    statements: Sequence[Statement]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class StatementChange:
    """A statement that is not the same in both versions: what changed, and its words if they did.

    ``old`` is None if it was added, ``new`` if it was dropped. ``stances`` are targets with the label before and after.
    """

    kinds: tuple[ChangeKind, ...]
    old: Statement | None
    new: Statement | None
    parts: tuple[Part, ...] = ()
    stances: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceChange:
    """A named source that only one version quotes, how often, and whether the other still mentions the name.

    ``anonymised`` is one that was dropped whose words stayed, under no name; ``named`` the reverse.
    """

    kind: SourceKind
    name: str
    statements: int
    mentioned: bool | None


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed in an article; a version that does not exist is None."""

    old: str | None
    new: str | None
    statements: tuple[StatementChange, ...] = ()
    sources: tuple[SourceChange, ...] = ()
    unchanged: int = 0

    def records(self) -> Iterator[dict[str, Any]]:
        """Plain values, a record for each change."""
        docs = {"old_doc": self.old, "new_doc": self.new}
        if self.old is None or self.new is None:
            yield {"type": "article", **docs, "changes": ["added" if self.old is None else "dropped"]}
        for source in self.sources:
            facts = {"name": source.name, "statements": source.statements, "mentioned": source.mentioned}
            yield {"type": "source", **docs, "changes": [source.kind], **facts}
        for change in self.statements:
            yield {
                "type": "statement",
                **docs,
                "changes": list(change.kinds),
                "old": change.old and _brief(change.old),
                "new": change.new and _brief(change.new),
                "words": [list(part) for part in change.parts],
                "stances": [{"target": target, "old": old, "new": new} for target, old, new in change.stances],
            }


def _brief(statement: Statement) -> dict[str, Any]:
    return {
        "id": statement.id,
        "text": statement.text,
        "content": [list(span) for span in statement.content],
        "form": statement.form,
        "source": statement.source.text if statement.source else None,
        "speakers": [{"name": s.name, "id": s.id, "description": s.description} for s in statement.speakers],
    }


def find_changes(old: Version, new: Version) -> Changes:
    """What changed from one version to the other."""
    before, after = _Words(old), _Words(new)
    pairing = pair(old.statements, new.statements)
    changes = [_compare(first, second, before, after) for first, second in pairing.pairs]
    found = [change for change in changes if change is not None]
    found += [StatementChange(("dropped",), each, None) for each in pairing.dropped if not after.has(each.text)]
    found += [StatementChange(("added",), None, each) for each in pairing.added if not before.has(each.text)]
    found.sort(key=_place)
    hidden = {
        speaker.name
        for change in found
        if "anonymised" in change.kinds and change.old
        for speaker in change.old.speakers
    }
    shown = {
        speaker.name for change in found if "named" in change.kinds and change.new for speaker in change.new.speakers
    }
    sources = (
        *_sources("anonymised", "dropped", hidden, old, new, after),
        *_sources("named", "added", shown, new, old, before),
    )
    return Changes(old.doc, new.doc, tuple(found), sources, sum(change is None for change in changes))


def _place(change: StatementChange) -> tuple[int, bool]:
    statement = change.new or change.old
    assert statement is not None
    return (statement.content[0].start, change.new is None)


class _Words:
    """The words of a version: of its text, or of its statements where the text is not known."""

    def __init__(self, version: Version) -> None:
        texts = [version.text] if version.text is not None else [each.text for each in version.statements]
        self._words = f" {' | '.join(' '.join(keys_of(text)) for text in texts)} "
        self.is_text = version.text is not None

    def has(self, text: str) -> bool:
        """Whether the words of a text stand there, one after the other."""
        return f" {' '.join(keys_of(text))} " in self._words

    def mentions(self, name: str) -> bool | None:
        """Whether the last word of a name stands there; None if only statements are known."""
        return self.has(name.rpartition(" ")[2]) if self.is_text else None


def _compare(old: Statement, new: Statement, before: _Words, after: _Words) -> StatementChange | None:
    kinds: list[ChangeKind] = []
    parts: tuple[Part, ...] = ()
    is_reworded = keys_of(old.text) != keys_of(new.text) and not (after.has(old.text) and before.has(new.text))
    if is_reworded:
        parts = tuple(parts_of(old.text, new.text))
        differing = {part.kind for part in parts} - {"same"}
        kinds.append("cut" if differing == {"old"} else "extended" if differing == {"new"} else "reworded")
    if (old.form == "indirect") != (new.form == "indirect"):
        kinds.append("quoted" if old.form == "indirect" else "paraphrased")
    if attribution := _attribution(old, new, before, after):
        kinds.append(attribution)
    labels = {stance.target: stance.label for stance in old.stance}
    stances = tuple(
        (stance.target, labels[stance.target], stance.label)
        for stance in new.stance
        if stance.target in labels and labels[stance.target] != stance.label
    )
    if stances:
        kinds.append("stance")
    return StatementChange(tuple(kinds), old, new, parts, stances) if kinds else None


def _attribution(old: Statement, new: Statement, before: _Words, after: _Words) -> ChangeKind | None:
    first, second = ([speaker.name for speaker in each.speakers if speaker.name] for each in (old, new))
    same_source = (old.source and fold(old.source.text)) == (new.source and fold(new.source.text))
    if first and second:
        relations = {same_name(name, other) for name in first for other in second}
        is_other = relations == {Relation.OTHER} and not {fold(n) for n in first} & {fold(n) for n in second}
        return "re-attributed" if is_other else None
    # The same `she` that the model names in one version only is not the editor's doing.
    if first and not (same_source and after.mentions(first[0]) is not False):
        return "anonymised"
    if second and not (same_source and before.mentions(second[0]) is not False):
        return "named"
    return None


def _sources(
    moved: SourceKind, gone: SourceKind, names: Collection[str | None], own: Version, other: Version, words: _Words
) -> Iterator[SourceChange]:
    """The named sources of one version that the other does not quote, in order; ``names`` are quoted unnamed there."""
    others = [name for name, _ in _quoted(other)]
    for name, count in _quoted(own):
        if all(same_name(name, each) is not Relation.SAME and fold(name) != fold(each) for each in others):
            yield SourceChange(moved if name in names else gone, name, count, words.mentions(name))


def _quoted(version: Version) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for statement in version.statements:
        for speaker in statement.speakers:
            if speaker.name:
                counts[speaker.name] = counts.get(speaker.name, 0) + 1
    return list(counts.items())
