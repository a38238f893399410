"""What the pages show of statements, speakers and articles: names of pages, links, and words for what is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from onrecord.document import Meta, Speaker, Stance, Statement
from onrecord.names.forms import slug
from onrecord.queries.clusters import ClusterPage
from onrecord.queries.shades import stance_shade
from onrecord.queries.store import Placed, speaker_key
from onrecord.report.charts import OFF
from onrecord.report.in_sentence import Words
from onrecord.text.addresses import web_address

UNKNOWN: Final = "(unknown)"

_NAME: Final = 40
_CACHED: Final = 10_000
"""Names and addresses that are kept: lists show the same ones again and again."""
_STEERING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@lru_cache(_CACHED)
def page_name(key: str, readable: str) -> str:
    """The name of the page of an article or speaker: safe in every file system, and different for every ``key``.

    >>> page_name("../../CON.txt", "../../CON.txt")
    'contxt-0c7d90e2d77e'
    """
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{slug(readable)[:_NAME].strip('-')}-{digest}"


@lru_cache(_CACHED)
def anchor(identifier: str) -> str:
    """A fragment identifier for an id that may contain any characters."""
    return f"c-{blake2b(identifier.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


def plain(text: str) -> str:
    """``text`` on one line, without characters that change the direction of text; for places without markup."""
    return " ".join(_STEERING.sub("", text).split())


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
    sentences, ``source`` is the web address of its words. ``shades`` are its stances by target, as pages show them, and
    whether they are doubtful.
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
    shades: dict[str, tuple[str, bool]]

    def label(self, target: str | None) -> str | None:
        """The stance towards a target as pages show it, if there is one."""
        return self.shades[target][0] if target in self.shades else None

    def is_pale(self, target: str | None) -> bool:
        """Whether the stance towards a target is doubtful."""
        return target in self.shades and self.shades[target][1]

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


@lru_cache(_CACHED)
def speaker_page(key: str) -> str:
    """The file name of a named speaker's page, without number and suffix."""
    return page_name(key, key.partition("\n")[2])


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of statements: the pages of their clusters, which clusters have two stances
    (`Details.has_two_stances`), and which speakers have no page, by article and `store.speaker_key`."""

    clusters: dict[str, ClusterPage]
    two_stances: frozenset[str]
    without_page: frozenset[tuple[str, str]] = frozenset()


def statement_view(placed: Placed, known: Known, words: list[Words], source: str | None, size: int) -> StatementView:
    """The view of a statement: ``words`` and ``source`` as in `StatementView`, ``size`` its content words, if known."""
    statement = placed.statement
    cluster = known.clusters.get(statement.cluster) if statement.cluster is not None else None
    shades = {stance.target: (shown_label(stance), is_pale(stance)) for stance in reversed(statement.stance)}
    return StatementView(
        statement,
        placed.place + 1,
        article_view(statement.doc, statement.meta, placed.day),
        tuple(_speaker_view(statement.doc, speaker, known) for speaker in statement.speakers),
        cluster,
        anchor(statement.cluster or ""),
        size / cluster.longest if cluster and cluster.longest and size else None,
        words,
        source,
        statement.cluster in known.two_stances,
        shades,
    )


def _speaker_view(doc: str, speaker: Speaker, known: Known) -> SpeakerView:
    key = speaker_key(doc, speaker)
    name = speaker.name or speaker.description or UNKNOWN
    page = speaker_page(key) if speaker.name and (doc, key) not in known.without_page else None
    return SpeakerView(name, speaker.role, page, anchor(key))
