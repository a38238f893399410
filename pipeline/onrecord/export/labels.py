"""What a labelling tool shows of a statement, and the statement restored from corrected labels.

A tool holds spans, a form, stances and a line of text for each speaker. The rest of a statement (its id, scores,
aliases, the article's metadata) is kept beside them. On the way back, unchanged parts are restored as they were
exported, changed parts are built again, and values computed from the old ones are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast, get_args

from onrecord.document import Article, Form, Kind, Mention, Spans, Speaker, Stance, StanceLabel, Statement
from onrecord.errors import RecordError
from onrecord.files.article_texts import ArticleTexts, texts_of
from onrecord.files.records import check_text, read_statements
from onrecord.names.forms import slug
from onrecord.text.quotations import form_of, quotation_states
from onrecord.text.segmentation import context_of, segment
from onrecord.text.statements import build_mention, build_statement

MENTIONS: Final = ("cue", "source", "via")
"""The parts of a statement besides its content."""

FORMS: Final[tuple[Form, ...]] = get_args(Form)
STANCES: Final[tuple[StanceLabel, ...]] = get_args(StanceLabel)

_FIELDS: Final = ("kind", "role", "description")
_ESCAPED: Final = re.compile(r"[\\;|=\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ESCAPE: Final = re.compile(r"\\(?:u\{((?!d[89a-f])[0-9a-f]{1,4})\}|(.))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Labels:
    """What a tool shows of a statement; ``form`` is None if nobody chose one.

    ``mentions`` has the spans of each of `MENTIONS` that the statement has, ``speakers`` a line for each speaker, and
    ``stances`` the label for each target.
    """

    content: Spans
    mentions: Mapping[str, Spans]
    form: Form | None
    speakers: tuple[str, ...]
    stances: Mapping[str, StanceLabel]


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article and its statements, in their order in the file."""

    article: Article
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class CorrectedArticle:
    """An article with the statements that its labels now describe.

    ``unattached`` has the words of cues, sources and relays that are not linked to a content and so are left out.
    ``annotated`` is false if the tool says that nobody has annotated the article yet.
    """

    article: Article
    statements: tuple[Statement, ...]
    unattached: tuple[str, ...]
    annotated: bool = True


def read_labelled(statements: Path, articles: Path | None) -> list[LabelledArticle]:
    """The articles of a statements file, in order of appearance, with their statements.

    Their texts are those kept beside the file, and in the folder of ``articles``.

    Raises:
        InputError, RecordError: a file cannot be read, or an article has changed since extraction.
    """
    found: dict[str, list[Statement]] = {}
    for statement in read_statements(statements):
        found.setdefault(statement.doc, []).append(statement)
    texts = dict(texts_of(ArticleTexts(statements, articles), (group[0] for group in found.values())))
    labelled = []
    for doc, group in found.items():
        article = Article(doc, texts[doc], group[0].meta)
        for statement in group:
            check_text(statement, article)
        labelled.append(LabelledArticle(article, tuple(group)))
    return labelled


def targets_of(articles: Iterable[LabelledArticle]) -> list[str]:
    """Every target of a stance, in order of appearance."""
    return list(
        dict.fromkeys(stance.target for labelled in articles for s in labelled.statements for stance in s.stance)
    )


def labels_of(statement: Statement) -> Labels:
    """The labels of a statement."""
    mentions = {part: mention.spans for part in MENTIONS if (mention := getattr(statement, part))}
    return Labels(
        content=statement.content,
        mentions=mentions,
        form=statement.form,
        speakers=tuple(speaker_line(speaker) for speaker in statement.speakers),
        stances={stance.target: stance.label for stance in statement.stance},
    )


class Restorer:
    """Restores the statements of one article from corrected labels.

    ``people`` are the speakers by name, whose ids and aliases a corrected line takes over. ``shape`` gives spans as the
    tool holds them, to distinguish a changed span from one that the tool could not hold as it was.
    """

    def __init__(
        self,
        article: Article,
        people: Mapping[str, Speaker],
        shape: Callable[[str, Spans], Spans] = lambda text, spans: spans,
    ) -> None:
        self._article = article
        self._people = people
        self._shape = shape
        self._segmentation = segment(article.text)
        self._states = quotation_states(article.text, self._segmentation.quotations)

    def restore(self, labels: Labels, exported: Statement | None, number: int) -> Statement:
        """The statement that ``labels`` describe; ``exported`` is the one they were made from, if any.

        ``number`` is used in the id of a new statement.

        Raises:
            RecordError: a speaker's line cannot be understood, or ``exported`` is not of this text.
        """
        article = self._article
        if exported is not None:
            check_text(exported, article)
        kept = exported is not None and self._shape(article.text, exported.content) == labels.content
        content = exported.content if exported and kept else labels.content
        mentions = {part: self._mention(part, labels, exported) for part in MENTIONS}
        built = build_statement(
            article,
            self._segmentation,
            content,
            identifier=exported.id if exported else f"{article.doc}#{number}",
            states=self._states,
            cue=mentions["cue"],
            source=mentions["source"],
            via=mentions["via"],
            form=labels.form,
            context=context_of(self._segmentation, content),
        )
        made = replace(
            built,
            speakers=self._speakers(labels.speakers, exported),
            stance=_stances(labels.stances, exported),
            meta=exported.meta if exported else article.meta,
        )
        if exported is None:
            return made
        if not kept:
            # The exported form belongs to the old content, unless somebody chose another form.
            chosen = labels.form is not None and labels.form != exported.form
            return made if chosen else replace(made, form=form_of(article.text, content, self._states))
        # The confidence was that of the exported spans.
        confident = all(mention == getattr(exported, part) for part, mention in mentions.items())
        return replace(
            made,
            form=labels.form or exported.form,
            context=exported.context,
            confidence=exported.confidence if confident else None,
            act=exported.act,
            act_score=exported.act_score,
            cluster=exported.cluster,
            attribution_conflict=exported.attribution_conflict,
        )

    def _mention(self, part: str, labels: Labels, exported: Statement | None) -> Mention | None:
        spans = labels.mentions.get(part, ())
        before: Mention | None = getattr(exported, part, None)
        if self._shape(self._article.text, before.spans if before else ()) == spans:
            return before
        return build_mention(self._article, spans)

    def _speakers(self, lines: tuple[str, ...], exported: Statement | None) -> tuple[Speaker, ...]:
        before = {speaker_line(speaker): speaker for speaker in exported.speakers} if exported else {}
        if exported and lines == tuple(map(speaker_line, exported.speakers)):
            return exported.speakers
        return tuple(before.get(line) or parse_speaker(line, self._people) for line in lines)


def _stances(labels: Mapping[str, StanceLabel], exported: Statement | None) -> tuple[Stance, ...]:
    before = exported.stance if exported else ()
    if {stance.target: stance.label for stance in before} == dict(labels):
        return before
    kept = {stance.target: stance for stance in before if stance.target in labels}
    targets = [*kept, *(target for target in labels if target not in kept)]
    return tuple(
        kept[target] if target in kept and kept[target].label == labels[target] else Stance(target, labels[target])
        for target in targets
    )


def people_of(statements: Iterable[Statement]) -> dict[str, Speaker]:
    """The named speakers by name, each as it first appears."""
    people: dict[str, Speaker] = {}
    for statement in statements:
        for speaker in statement.speakers:
            if speaker.name is not None:
                people.setdefault(speaker.name, speaker)
    return people


def speaker_line(speaker: Speaker) -> str:
    r"""The speaker as a line to read and edit: ``Ada Brandt; kind=person; role=mayor``.

    Characters with a meaning in the line are written with a backslash: ``\;``, or ``\u{a}`` for a line break.
    """
    fields = [(name, getattr(speaker, name)) for name in _FIELDS]
    return "; ".join(
        [
            *([] if speaker.name is None else [_escaped(speaker.name)]),
            *(f"{name}={_escaped(value)}" for name, value in fields if value is not None),
        ]
    )


def parse_speaker(line: str, people: Mapping[str, Speaker]) -> Speaker:
    """The speaker that a line describes, with the id and aliases of the one of that name in ``people``.

    Raises:
        RecordError: the line does not describe a speaker.
    """
    name: str | None = None
    fields: dict[str, str] = {}
    for number, part in enumerate(_split(line, ";")):
        key, *value = _split(part, "=", 1)
        if not value and number == 0:
            name = _unescaped(key.strip(" "))
        elif value and key.strip(" ") in _FIELDS and key.strip(" ") not in fields:
            fields[key.strip(" ")] = _unescaped(value[0].strip(" "))
        else:
            raise RecordError(f"{line!r} is not a speaker; write it like `Ada Brandt; kind=person; role=mayor`")
    known = people.get(name) if name is not None else None
    kind = fields.pop("kind", known.kind if known else "unknown")
    if kind not in get_args(Kind):
        raise RecordError(f"{line!r}: kind is {kind!r}, not one of {', '.join(get_args(Kind))}")
    if not name and not fields.get("description"):
        raise RecordError(f"{line!r} is not a speaker: it has neither a name nor a description")
    made = Speaker(name, None, cast(Kind, kind), fields.get("role"), fields.get("description"))
    if known:
        return replace(made, id=known.id, aliases=known.aliases)
    return replace(made, id=slug(name) if name else None)


def join_lines(lines: Iterable[str]) -> str:
    """Several speakers as one line."""
    return " | ".join(lines)


def split_lines(text: str) -> tuple[str, ...]:
    """The speakers of one line."""
    return tuple(part for line in _split(text, "|") if (part := line.strip(" ")))


def _escaped(text: str) -> str:
    """``text`` with a backslash before everything that would end a field, line or column or be lost at the ends."""
    escaped = _ESCAPED.sub(lambda match: f"\\{match[0]}" if match[0] in "\\;|=" else f"\\u{{{ord(match[0]):x}}}", text)
    return re.sub(r"^ | $", r"\\u{20}", escaped)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


def _split(text: str, mark: str, times: int = 0) -> list[str]:
    """``text`` split at each ``mark`` without a backslash before it, at most ``times`` times unless that is 0."""
    parts: list[str] = []
    start = position = 0
    while position < len(text) and not (times and len(parts) == times):
        if text[position] == mark:
            parts.append(text[start:position])
            start = position + 1
        position += 2 if text[position] == "\\" else 1
    return [*parts, text[start:]]
