"""brat standoff: a folder with articles, their labels and the settings that brat needs to show and edit them.

A statement is a ``Content``, linked by relations to its ``Cue``, ``Source`` and ``Via``. Form and stance are
attributes; the speakers are a note that can be edited; a second note gives the line of the statement in
``statements.jsonl``. In brat an annotation ends with its line, so spans over line breaks are written as fragments.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from onrecord.document import Article, Meta, Span, Spans, Speaker, Statement
from onrecord.errors import InputError, OutputError, RecordError
from onrecord.export.labels import (
    FORMS,
    MENTIONS,
    STANCES,
    CorrectedArticle,
    LabelledArticle,
    Labels,
    Restorer,
    join_lines,
    labels_of,
    people_of,
    split_lines,
    targets_of,
)
from onrecord.files.article_texts import path_key
from onrecord.files.atomic import replacing_folder
from onrecord.files.records import harmless_json, read_statements, to_line
from onrecord.text.segmentation import trim

_TYPES: Final = {"content": "Content", "cue": "Cue", "source": "Source", "via": "Via"}
_PARTS: Final = {name: part for part, name in _TYPES.items()}
_NOTE: Final = "AnnotatorNotes"
"""The type of note that annotators can change in brat."""
_LINE: Final = "Line"
_INDEX: Final = "onrecord.json"
_STATEMENTS: Final = "statements.jsonl"
_COLOURS: Final = {"Content": "#ffe8a3", "Cue": "#c9dcff", "Source": "#c8ecc9", "Via": "#e6d3f5"}
# All characters that end a line in Python, in which brat is written, and tabs, which end a column.
_BREAKS: Final = re.compile("[\t\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029]+")
_NAME: Final = 60
"""Characters of a file's or folder's name, at most: four bytes each fit into the 255 that systems take."""
_DEEPEST: Final = 12
"""Folders of an article's path that are kept, at most."""
_GAP: Final = re.compile(r"\s*[\t\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029]\s*")


def write_brat(articles: Sequence[LabelledArticle], folder: Path) -> None:
    """Writes a collection for brat into ``folder``, which must be new or empty; all of it or nothing.

    Raises:
        OSError: it cannot be written.
        OutputError: the folder is not empty: labels in it may have been corrected.
        RecordError: the content of a statement is only white space, for which brat has no span.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise OutputError(f"{folder}: not empty, and may hold corrected labels; name a new folder")
    with replacing_folder(folder) as fresh:
        _fill(articles, fresh)


def _fill(articles: Sequence[LabelledArticle], folder: Path) -> None:
    targets = targets_of(articles)
    paths = _paths([labelled.article.doc for labelled in articles])
    line = 0
    with (folder / _STATEMENTS).open("w", encoding="utf-8", newline="\n") as lines:
        for labelled, path in zip(articles, paths, strict=True):
            text, labels = folder / f"{path}.txt", folder / f"{path}.ann"
            text.parent.mkdir(parents=True, exist_ok=True)
            text.write_bytes(labelled.article.text.encode("utf-8"))
            labels.write_bytes("".join(_annotations(labelled, targets, line)).encode("utf-8"))
            for statement in labelled.statements:
                lines.write(f"{to_line(statement)}\n")
            line += len(labelled.statements)
    docs = {path: labelled.article.doc for labelled, path in zip(articles, paths, strict=True)}
    index = {"articles": docs, "targets": targets}
    written = harmless_json(json.dumps(index, indent=2, ensure_ascii=False))
    (folder / _INDEX).write_text(written + "\n", encoding="utf-8")
    (folder / "annotation.conf").write_text(_annotation_settings(targets), encoding="utf-8")
    (folder / "visual.conf").write_text(_visual_settings(targets), encoding="utf-8")


def fragments(text: str, spans: Spans) -> Spans:
    """``spans`` as brat can hold them: sorted, disjoint, within a line, and without white space at their ends."""
    pieces: list[Span] = []
    for span in sorted(spans):
        start = max(span.start, pieces[-1].end if pieces else 0)
        gaps = [edge for gap in _BREAKS.finditer(text, start, span.end) for edge in gap.span()]
        edges = [start, *gaps, max(start, span.end)]
        between = (trim(text, Span(*pair)) for pair in zip(edges[::2], edges[1::2], strict=True))
        pieces += [piece for piece in between if piece.end > piece.start]
    return tuple(pieces)


def _joined(text: str, pieces: Spans) -> Spans:
    """``pieces``, merged where only a line break lies between them."""
    spans: list[Span] = []
    for piece in sorted(pieces):
        if spans and _GAP.fullmatch(text, spans[-1].end, piece.start):
            spans[-1] = Span(spans[-1].start, piece.end)
        else:
            spans.append(piece)
    return tuple(spans)


def _shape(text: str, spans: Spans) -> Spans:
    return _joined(text, fragments(text, spans))


def _annotations(labelled: LabelledArticle, targets: list[str], line: int) -> Iterator[str]:
    text = labelled.article.text
    spans: dict[tuple[str, Spans], str] = {}
    lines: list[str] = []
    counts = dict.fromkeys("TRA#", 0)

    def add(kind: str, rest: str) -> str:
        counts[kind] += 1
        lines.append(f"{kind}{counts[kind]}\t{rest}\n")
        return f"{kind}{counts[kind]}"

    def add_span(part: str, pieces: Spans) -> str:
        offsets = ";".join(f"{start} {end}" for start, end in pieces)
        return add("T", f"{_TYPES[part]} {offsets}\t{' '.join(text[start:end] for start, end in pieces)}")

    for number, statement in enumerate(labelled.statements, line + 1):
        labels = labels_of(statement)
        content = fragments(text, labels.content)
        if not content:
            raise RecordError(
                f"{statement.id}: its content is only white space, which brat cannot hold; remove the statement"
            )
        content_id = add_span("content", content)
        for part, where in labels.mentions.items():
            if pieces := fragments(text, where):
                if (part, pieces) not in spans:
                    spans[part, pieces] = add_span(part, pieces)
                add("R", f"has-{part} Arg1:{content_id} Arg2:{spans[part, pieces]}\t")
        add("A", f"Form {content_id} {labels.form}")
        for target, label in labels.stances.items():
            add("A", f"{_stance_name(targets.index(target))} {content_id} {label}")
        if labels.speakers:
            add("#", f"{_NOTE} {content_id}\t{join_lines(labels.speakers)}")
        add("#", f"{_LINE} {content_id}\t{number}")
    yield from lines


def _stance_name(target: int) -> str:
    return f"Stance{target + 1}"


def _annotation_settings(targets: list[str]) -> str:
    stances = [f"{_stance_name(i)}\tArg:Content, Value:{'|'.join(STANCES)}" for i in range(len(targets))]
    return "\n".join(
        [
            "[entities]",
            *_TYPES.values(),
            "",
            "[relations]",
            *(f"has-{part}\tArg1:Content, Arg2:{_TYPES[part]}" for part in MENTIONS),
            "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>",
            "",
            "[events]",
            "",
            "[attributes]",
            f"Form\tArg:Content, Value:{'|'.join(FORMS)}",
            *stances,
            "",
        ]
    )


def _visual_settings(targets: list[str]) -> str:
    plain = [re.sub(r"[|\s]+", " ", target) for target in targets]
    shown = [f"{_stance_name(i)} | Stance: {target}" for i, target in enumerate(plain)]
    return "\n".join(
        [
            "[labels]",
            *_TYPES.values(),
            *(f"has-{part} | {part}" for part in MENTIONS),
            "Form",
            *shown,
            "",
            "[drawing]",
            *(f"{name}\tbgColor:{colour}" for name, colour in _COLOURS.items()),
            "",
        ]
    )


def _paths(docs: Sequence[str]) -> list[str]:
    """A path in the folder for each article, without suffix, and with characters that file systems and brat accept."""
    taken: dict[str, int] = {}
    paths = []
    for doc in docs:
        parts = [re.sub(r"[^\w-]+", "_", part)[:_NAME] for part in re.sub(r"\.txt$", "", doc, flags=re.I).split("/")]
        stem = path = "/".join([part for part in parts if part.strip("_")][-_DEEPEST:]) or "article"
        while path_key(path) in taken:
            taken[path_key(stem)] += 1
            path = f"{stem}-{taken[path_key(stem)]}"
        taken[path_key(path)] = 1
        paths.append(path)
    return paths


@dataclass(slots=True)
class _Standoff:
    """The annotations of one file, by the id of what they belong to."""

    spans: dict[str, tuple[str, Spans]] = field(default_factory=dict)
    relations: list[tuple[str, str]] = field(default_factory=list)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: dict[str, dict[str, str]] = field(default_factory=dict)


def read_brat(folder: Path) -> Iterator[CorrectedArticle]:
    """The articles of a folder that `write_brat` made, with the statements that their labels now describe.

    Raises:
        InputError: `write_brat` did not make the folder, or a file in it cannot be read.
        RecordError: an annotation cannot be understood; the message names file and line.
    """
    docs, targets = _read_index(folder)
    exported = dict(enumerate(read_statements(folder / _STATEMENTS), 1))
    people = people_of(exported.values())
    by_doc: dict[str, dict[int, Statement]] = {}
    for line, statement in exported.items():
        by_doc.setdefault(statement.doc, {})[line] = statement
    for path, doc in docs.items():
        known = by_doc.get(doc, {})
        meta = next((statement.meta for statement in known.values()), Meta(language="en", encoding="utf-8"))
        article = Article(doc, _read(_inside(folder, f"{path}.txt")), meta)
        yield _read_article(article, _inside(folder, f"{path}.ann"), targets, known, people)


def _inside(folder: Path, name: str) -> Path:
    """A file in the folder; the index, which may come from strangers, must not name another."""
    path = folder / name
    if "\0" in name or not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise InputError(
            f"{folder / _INDEX}: names {name!r}, which is not in the folder; take it from the export again"
        )
    return path


def _read_article(
    article: Article, path: Path, targets: list[str], known: dict[int, Statement], people: dict[str, Speaker]
) -> CorrectedArticle:
    restorer = Restorer(article, people, _shape)
    standoff = _parse(_read(path), article.text, path)
    unclaimed, taken = dict(known), len(known)
    statements: list[Statement] = []
    for key, (part, content) in standoff.spans.items():
        if part != "content":
            continue
        line = standoff.notes.get(key, {}).get(_LINE, "")
        exported = unclaimed.pop(int(line), None) if re.fullmatch(r"[0-9]{1,9}", line) else None
        taken += exported is None
        try:
            statements.append(restorer.restore(_labels(standoff, key, content, targets), exported, taken))
        except RecordError as error:
            raise RecordError(f"{path}, {key}: {error}") from error
    used = {end for pair in standoff.relations for end in pair}
    alone = [spans for key, (part, spans) in standoff.spans.items() if part != "content" and key not in used]
    return CorrectedArticle(article, tuple(statements), tuple(map(article.slice, alone)))


def _labels(standoff: _Standoff, key: str, content: Spans, targets: list[str]) -> Labels:
    mentions: dict[str, Spans] = {}
    for start, end in standoff.relations:
        if key in (start, end):
            part, spans = standoff.spans[end if key == start else start]
            if part != "content":
                mentions[part] = tuple(sorted({*mentions.get(part, ()), *spans}))
    attributes = standoff.attributes.get(key, {})
    stances: dict[str, Any] = {}
    for number, target in enumerate(targets):
        if label := attributes.get(_stance_name(number)):
            if label not in STANCES:
                raise RecordError(f"its stance is {label!r}, not one of {', '.join(STANCES)}")
            stances[target] = label
    form: Any = attributes.get("Form")
    if form is not None and form not in FORMS:
        raise RecordError(f"its form is {form!r}, not one of {', '.join(FORMS)}")
    note = standoff.notes.get(key, {}).get(_NOTE, "")
    return Labels(content, mentions, form, split_lines(note), stances)


def _parse(lines: str, text: str, path: Path) -> _Standoff:
    found = _Standoff()
    for number, line in enumerate(re.split(r"\r?\n", lines), 1):
        if not line.strip():
            continue
        try:
            key, data, *tail = line.split("\t", 2)
            words = data.split()
            if key.startswith("T"):
                part = _PARTS[words[0]]
                pieces = _pieces(data.split(" ", 1)[1], text)
                found.spans[key] = (part, _joined(text, pieces))
            elif key.startswith("R"):
                one, other = (word.split(":", 1)[1] for word in words[1:])
                found.relations.append((one, other))
            elif key.startswith("A"):
                found.attributes.setdefault(words[1], {})[words[0]] = words[2]
            elif key.startswith("#"):
                found.notes.setdefault(words[1], {})[words[0]] = tail[0] if tail else ""
            else:
                raise ValueError("not a span, relation, attribute or note")
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise RecordError(
                f"{path}, line {number}: not a label of this collection ({error}); "
                "annotate with the annotation.conf that came with the export"
            ) from error
    if lost := {end for pair in found.relations for end in pair} - found.spans.keys():
        raise RecordError(f"{path}: a relation refers to {min(lost)}, which is missing; remove the relation")
    return found


def _pieces(offsets: str, text: str) -> Spans:
    spans = tuple(Span(*map(int, piece.split())) for piece in offsets.split(";"))
    if any(not 0 <= start < end <= len(text) for start, end in spans):
        raise ValueError(f"offsets {offsets!r} are outside the text of {len(text)} characters")
    return spans


def is_needed(folder: Path, path: Path) -> bool:
    """Whether a file, which need not exist, is one of a collection that `read_brat` reads or brat itself needs."""
    real, root = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
    if not real.is_relative_to(root):
        return False
    return real.suffix in {".txt", ".ann", ".conf"} or (real.parent == root and real.name in {_INDEX, _STATEMENTS})


def _read_index(folder: Path) -> tuple[dict[str, str], list[str]]:
    path = folder / _INDEX
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        docs = {str(name): str(doc) for name, doc in index["articles"].items()}
        targets = [str(target) for target in index["targets"]]
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); give the whole folder that `onrecord export --to brat` made"
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}: damaged ({error!r}); take it from the exported folder again") from error
    return docs, targets


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); it belongs to the exported folder") from error
