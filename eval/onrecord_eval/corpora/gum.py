"""GUM: English of many genres with entities and coreference (Zeldes, LREV 2017); OntoGUM (Zhu et al., ACL 2021).

GUM's CoNLL-U has words, entities and clusters in MISC; OntoGUM re-annotates the clusters by the rules of
OntoNotes (no singletons, no bridging) over the same words. Nothing of the corpus belongs in this repository.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from onrecord.document import Article, Meta, Span
from onrecord.errors import InputError
from onrecord_eval.metrics.coreference import MentionForm

Scheme = Literal["gum", "ontogum"]

MEASURED_PARTS: Final = range(6, 10)
"""Of the ten parts (`part_of`) those that nothing is learned from or chosen on."""

_ENTITY: Final = re.compile(r"\((?P<whole>[^()]+)\)|\((?P<open>[^()]+)|(?P<close>[^()]+)\)")


@dataclass(frozen=True, slots=True)
class EntityMention:
    """A mention of ``cluster``. ``entity_type`` is GUM's, None where OntoGUM marks what GUM does not."""

    span: Span
    entity_type: str | None
    cluster: str
    form: MentionForm


@dataclass(frozen=True, slots=True)
class CoreferenceDocument:
    """A document's text, one sentence after the other, and its mentions in order of position."""

    article: Article
    mentions: tuple[EntityMention, ...]


@dataclass(slots=True)
class _Word:
    span: Span
    upos: str
    head: int | None
    """Index of the syntactic head in the document; None for a sentence's root."""
    entities: str


@dataclass(frozen=True, slots=True)
class _Marked:
    """A mention by the indices of its first and last word."""

    first: int
    last: int
    attributes: str


def read_gum(directory: Path, scheme: Scheme = "ontogum") -> Iterator[CoreferenceDocument]:
    """The documents in order of name. ``directory`` holds ``conllu`` and, for OntoGUM, ``ontogum-conll``.

    Raises:
        InputError: the folders are not there, or a file breaks its format.
    """
    sources, clusters = directory / "conllu", directory / "ontogum-conll"
    needed = [sources, clusters] if scheme == "ontogum" else [sources]
    paths = sorted(sources.glob("*.conllu"))
    if missing := [folder.name for folder in needed if not folder.is_dir()]:
        raise InputError(f"{directory}: not GUM's folder; expected the folder {' and '.join(missing)} in it")
    if not paths:
        raise InputError(f"{sources}: expected GUM's *.conllu files in it")
    for path in paths:
        yield _document(path, clusters / f"{path.stem}.conll" if scheme == "ontogum" else None)


def part_of(document: str) -> int:
    """A number from 0 to 9 by a document's name: the part of the corpus it is in, whatever else is read."""
    return int(hashlib.sha256(document.encode()).hexdigest(), 16) % 10


def _document(path: Path, ontogum: Path | None) -> CoreferenceDocument:
    text, words = _read_words(path)
    own = _marked(path, [word.entities for word in words])
    types = {(mark.first, mark.last): mark.attributes.split("-")[1] for mark in own if "-" in mark.attributes}
    marked = own
    if ontogum is not None:
        marked = _marked(ontogum, _read_clusters(ontogum, len(words)))
    mentions = [
        EntityMention(
            span=Span(words[mark.first].span.start, words[mark.last].span.end),
            entity_type=types.get((mark.first, mark.last)),
            cluster=mark.attributes.split("-")[0],
            form=_form(words, mark),
        )
        for mark in marked
    ]
    mentions.sort(key=lambda mention: mention.span)
    return CoreferenceDocument(Article(path.stem, text, Meta(language="en")), tuple(mentions))


def _form(words: list[_Word], mark: _Marked) -> MentionForm:
    """By the part of speech of the mention's head: the word that hangs on one outside of it."""
    inside = range(mark.first, mark.last + 1)
    heads = (index for index in inside if words[index].head not in inside)
    upos = words[next(heads, mark.first)].upos
    return "name" if upos == "PROPN" else "pronoun" if upos in ("PRON", "DET") else "nominal"


def _read_words(path: Path) -> tuple[str, list[_Word]]:
    """The text, built from the word forms, and its words; a contraction's parts share out its letters."""
    text = ""
    words: list[_Word] = []
    sentence_start = 0
    whole: tuple[int, Span] | None = None  # the last part of a contraction, and where the contraction stands
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            sentence_start = len(words)
            text = text.rstrip(" ") + "\n" if text.strip() and not text.endswith("\n") else text
            continue
        if line.startswith("#"):
            continue
        fields = line.rstrip("\r").split("\t")
        if len(fields) != 10:
            raise InputError(f"{path}, line {number}: not CoNLL-U; expected 10 tab-separated fields, not {len(fields)}")
        identifier, form, misc = fields[0], fields[1], fields[9]
        space = "" if "SpaceAfter=No" in misc.split("|") else " "
        if "." in identifier:  # an elided word
            continue
        if "-" in identifier:
            whole = (int(identifier.split("-")[1]), Span(len(text), len(text) + len(form)))
            text += form + space
            continue
        if whole is not None:
            last, span = whole
            start = words[-1].span.end if words and words[-1].span.end > span.start else span.start
            end = span.end if int(identifier) == last else min(span.end, start + len(form))
            # "gonna" or "won't" may not spell out its parts; no part may come out empty.
            span = Span(start, end) if start < end else span
            whole = None if int(identifier) == last else whole
        else:
            span = Span(len(text), len(text) + len(form))
            text += form + space
        head = int(fields[6])
        entities = next((part[len("Entity=") :] for part in misc.split("|") if part.startswith("Entity=")), "")
        words.append(_Word(span, fields[3], sentence_start + head - 1 if head else None, entities))
    return text.rstrip(), words


def _read_clusters(path: Path, words: int) -> list[str]:
    if not path.is_file():
        raise InputError(f"{path}: missing; OntoGUM has one .conll file for every .conllu of GUM")
    rows = [line.rstrip("\r").split("\t") for line in path.read_text(encoding="utf-8").split("\n") if "\t" in line]
    if len(rows) != words:
        raise InputError(f"{path}: has {len(rows)} words where GUM's file has {words}; take both from the same release")
    return ["" if row[-1] == "_" else row[-1] for row in rows]


def _marked(path: Path, marks: list[str]) -> list[_Marked]:
    """The mentions that brackets such as ``(1-person(2-place)`` and ``1)`` open and close, word by word."""
    found: list[_Marked] = []
    opened: dict[str, list[tuple[int, str]]] = {}
    for index, mark in enumerate(marks):
        for match in _ENTITY.finditer(mark.replace("|", "")):
            if attributes := match["whole"]:
                found.append(_Marked(index, index, attributes))
            elif attributes := match["open"]:
                opened.setdefault(attributes.split("-")[0], []).append((index, attributes))
            elif stack := opened.get(match["close"].split("-")[0]):
                start, attributes = stack.pop()
                found.append(_Marked(start, index, attributes))
            else:
                raise InputError(f"{path}: mention {match['close']} closes at word {index + 1} but was never opened")
    if left := [name for name, stack in opened.items() if stack]:
        raise InputError(f"{path}: mention {left[0]} is opened but never closed")
    return found
