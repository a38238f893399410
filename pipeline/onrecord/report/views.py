"""What the pages show of statements, speakers and articles: names of pages, links, and words for what is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final
from urllib.parse import urlsplit

from onrecord.document import Meta, Speaker, Stance, Statement
from onrecord.names.forms import slug
from onrecord.queries.clusters import ClusterPage, ClusterQueries
from onrecord.queries.store import Placed, speaker_key, stance_shade
from onrecord.report.charts import OFF
from onrecord.report.details import Detail, Details
from onrecord.report.in_sentence import Words
from onrecord.text.normalization import wording_of

UNKNOWN: Final = "(unknown)"

_NAME: Final = 40
_STEERING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def page_name(key: str, readable: str) -> str:
    """The name of the page of an article or speaker: safe in every file system, and different for every ``key``.

    >>> page_name("../../CON.txt", "../../CON.txt")
    'contxt-0c7d90e2d77e'
    """
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{slug(readable)[:_NAME].strip('-')}-{digest}"


def anchor(identifier: str) -> str:
    """A fragment identifier for an id that may contain any characters."""
    return f"c-{blake2b(identifier.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


def plain(text: str) -> str:
    """``text`` on one line, without characters that change the direction of text; for places without markup."""
    return " ".join(_STEERING.sub("", text).split())


def web_address(url: str | None) -> str | None:
    """``url`` if it is an ordinary web address, else None; nothing else becomes a link.

    >>> web_address("https://example.org/a"), web_address("javascript:alert(1)"), web_address("//example.org")
    ('https://example.org/a', None, None)
    """
    if url is None or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc else None


@dataclass(frozen=True, slots=True)
class SpeakerView:
    """A speaker of a statement; ``page`` is None without a name, ``key`` identifies the speaker on a page."""

    name: str
    role: str | None
    page: str | None
    key: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article; ``date`` is as it was given, ``day`` in ISO 8601, ``link`` its web address."""

    doc: str
    title: str
    titled: bool
    page: str
    outlet: str | None
    date: str | None
    day: str | None
    link: str | None
    original: ArticleView | None = None

    @property
    def place(self) -> str:
        return self.outlet or self.title


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement; ``number`` counts from 1 in its article.

    ``share`` is the share of content words of its cluster's longest wording that it has. ``words`` are those of its
    sentences, ``source`` is the web address of its words.
    """

    statement: Statement
    number: int
    article: ArticleView
    speakers: tuple[SpeakerView, ...]
    cluster: ClusterPage | None
    cluster_anchor: str
    share: float | None
    words: list[Words]
    source: str | None
    two_stances: bool

    @property
    def stance(self) -> Stance | None:
        return self.statement.stance[0] if self.statement.stance else None

    def label(self, target: str | None) -> str | None:
        """The stance towards a target as pages show it, if there is one."""
        return next((shown_label(stance) for stance in self.statement.stance if stance.target == target), None)

    def is_pale(self, target: str | None) -> bool:
        """Whether the stance towards a target is doubtful."""
        return any(is_pale(stance) for stance in self.statement.stance if stance.target == target)

    @property
    def who(self) -> str:
        return " and ".join(speaker.name for speaker in self.speakers) or UNKNOWN


def shown_label(stance: Stance) -> str:
    """The label, or `OFF` if the statement is most probably not about the target."""
    return OFF if stance_shade(stance) == OFF else stance.label


def is_pale(stance: Stance) -> bool:
    return stance_shade(stance) == "doubtful"


def article_view(doc: str, meta: Meta, day: str | None, original_meta: Meta | None = None) -> ArticleView:
    original = None
    if meta.duplicate_of is not None:
        original = article_view(meta.duplicate_of, replace(original_meta or Meta(), duplicate_of=None), None)
    title = (meta.title or "").strip()
    return ArticleView(
        doc,
        title or doc or UNKNOWN,
        bool(title),
        page_name(doc, doc),
        meta.outlet or None,
        meta.date or None,
        day,
        web_address(meta.url),
        original,
    )


def speaker_view(doc: str, speaker: Speaker) -> SpeakerView:
    key = speaker_key(doc, speaker)
    name = speaker.name or speaker.description or UNKNOWN
    page = speaker_page(key) if speaker.name else None
    return SpeakerView(name, speaker.role, page, anchor(key))


def speaker_page(key: str) -> str:
    """The file name of a named speaker's page, without number and suffix."""
    return page_name(key, key.partition("\n")[2])


def statement_view(
    placed: Placed, clusters: ClusterQueries, details: Details, detail: Detail | None = None
) -> StatementView:
    """The view of a statement; ``detail`` is looked up in ``details`` if it is None."""
    statement = placed.statement
    article = article_view(statement.doc, statement.meta, placed.day)
    detail = detail or details.of(statement, placed.place, article.link)
    speakers = tuple(speaker_view(statement.doc, speaker) for speaker in statement.speakers)
    if details.copies.statements and details.copies.is_copy(statement.doc):
        speakers = tuple(
            view if details.is_speaker(speaker_key(statement.doc, speaker)) else replace(view, page=None)
            for speaker, view in zip(statement.speakers, speakers, strict=True)
        )
    cluster = clusters.page(statement.cluster) if statement.cluster is not None else None
    share = None
    if cluster and cluster.longest:
        wording = wording_of(statement)
        share = len(wording.words) / cluster.longest if wording else None
    return StatementView(
        statement,
        placed.place + 1,
        article,
        speakers,
        cluster,
        anchor(statement.cluster or ""),
        share,
        detail.words,
        detail.link,
        details.has_two_stances(statement.cluster),
    )
