"""What the processes do: each job writes one page, and holds all that the page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from onrecord.document import Article as Text
from onrecord.document import StanceLabel, Statement
from onrecord.files.article_texts import ArticleTexts
from onrecord.files.records import check_text
from onrecord.queries.shades import Shade, stance_shade
from onrecord.queries.store import Placed, stored_statement
from onrecord.report.charts import stances_over_time
from onrecord.report.cluster_pages import GivenCluster, cluster_view
from onrecord.report.details import Line
from onrecord.report.fragments.article_text import text_markup
from onrecord.report.fragments.statements import Quote, card, quote
from onrecord.report.highlights import mark
from onrecord.report.in_sentence import Words, in_sentence
from onrecord.report.pages import Pages
from onrecord.report.search.entries import Entry, entry
from onrecord.report.source_links import source_link
from onrecord.report.views import ArticleView, Known, SpeakerView, StatementView, statement_view


@dataclass(frozen=True, slots=True)
class Shared:
    """What all jobs of a process are given: the pages to write, and where articles' texts are found."""

    pages: Pages
    texts: ArticleTexts


@dataclass(frozen=True, slots=True)
class Share:
    """Makes that in a process; ``places`` are the arguments of `ArticleTexts`."""

    folder: Path
    everywhere: dict[str, Any]
    places: tuple[Path | None, Path | None]

    def __call__(self) -> Shared:
        return Shared(Pages(self.folder, self.everywhere), ArticleTexts(*self.places))


@dataclass(frozen=True, slots=True)
class PageJob:
    """A page of a list, from its template; the arguments are those of `Pages.write_nth`."""

    path: str
    number: int
    last: int
    template: str
    shown: dict[str, Any]

    def run(self, shared: Shared) -> None:
        shared.pages.write_nth(self.path, self.number, self.last, self.template, **self.shown)


@dataclass(frozen=True, slots=True)
class SpeakerJob:
    """A page of a speaker; ``dated`` are the stances with a date, by target, as `StatementQueries` gives them."""

    page: PageJob
    dated: dict[str, list[tuple[str, StanceLabel, Shade, int]]]

    def run(self, shared: Shared) -> None:
        found = {target: stances_over_time(dated) for target, dated in self.dated.items()}
        over_time = {target: periods for target, periods in found.items() if len(periods) > 1}
        replace(self.page, shown={**self.page.shown, "over_time": over_time}).run(shared)


@dataclass(frozen=True, slots=True)
class ClustersJob:
    """A page of statements that share their words."""

    number: int
    last: int
    clusters: list[GivenCluster]
    totals: tuple[int, int]

    def run(self, shared: Shared) -> None:
        views = map(cluster_view, self.clusters)
        shared.pages.write_nth("words/index", self.number, self.last, "words.html", clusters=views, totals=self.totals)


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article in a list: its number of statements, and of those with each stance and shade, by target."""

    article: ArticleView
    statements: int
    stances: dict[str, Counter[tuple[StanceLabel, Shade]]]


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """What other pages show of an article and, in the order of its text, of its statements.

    ``numbers`` are those of the store; ``repeats`` says which statements a copy repeats.
    """

    row: ArticleRow
    has_text: bool
    numbers: list[int]
    repeats: list[bool]
    quotes: list[Quote]
    links: list[str | None]
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class ArticleJob:
    """The page of an article: ``lines`` are its statements."""

    article: ArticleView
    copies: list[ArticleView]
    lines: list[Line]
    known: Known
    targets: Sequence[str]

    def run(self, shared: Shared) -> ShownArticle:
        """Writes the page.

        Raises:
            InputError: the article cannot be read.
            RecordError: its text is not the one that the statements are from.
        """
        said = [stored_statement(line.line) for line in self.lines]
        found = shared.texts.find(said[0])
        views = [
            self._view(place, statement, line.size, found)
            for place, (statement, line) in enumerate(zip(said, self.lines, strict=True))
        ]
        of_targets = list(dict.fromkeys(stance.target for statement in said for stance in statement.stance))
        target = of_targets[0] if of_targets else None
        text = None if found is None else Markup(text_markup(mark(found, said), views, target))
        quotes = [quote(view, self.targets) for view in views]
        cards = [
            card(view, shown, target, with_text=text is not None) for view, shown in zip(views, quotes, strict=True)
        ]
        shared.pages.write(
            f"articles/{self.article.page}.html",
            "article.html",
            article=self.article,
            copies=self.copies,
            text=text,
            statements=len(said),
            cards=Markup("".join(cards)),
            speaking=_first_of_each(views),
            of_targets=of_targets,
        )
        return ShownArticle(
            ArticleRow(self.article, len(said), _stances(said)),
            text is not None,
            [line.number for line in self.lines],
            [line.repeats for line in self.lines],
            quotes,
            [view.source for view in views],
            [entry(view) for view in views],
        )

    def _view(self, place: int, statement: Statement, size: int, text: str | None) -> StatementView:
        words, link = [Words(statement.text, True)], self.article.link
        if text is not None:
            check_text(statement, Text(self.article.doc, text))
            words, link = in_sentence(text, statement), link and source_link(link, text, statement.content)
        return statement_view(Placed(statement, place, self.article.day), self.known, words, link, size)


def _first_of_each(views: list[StatementView]) -> list[tuple[SpeakerView, int]]:
    """The speakers of an article, most statements first; a speaker with several roles appears once."""
    counts: dict[str, tuple[SpeakerView, int]] = {}
    for speaker in (speaker for view in views for speaker in dict.fromkeys(view.speakers)):
        first, before = counts.get(speaker.key, (speaker, 0))
        counts[speaker.key] = first, before + 1
    return sorted(counts.values(), key=lambda found: (-found[1], found[0].name))


def _stances(said: list[Statement]) -> dict[str, Counter[tuple[StanceLabel, Shade]]]:
    """The number of statements with each stance and shade, by target."""
    counted: dict[str, Counter[tuple[StanceLabel, Shade]]] = {}
    for statement in said:
        for stance in statement.stance:
            counted.setdefault(stance.target, Counter())[stance.label, stance_shade(stance)] += 1
    return counted
