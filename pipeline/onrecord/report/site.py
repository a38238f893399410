"""A statements file as a site of plain files that opens from disk: overview, articles, speakers, same words, search.

The statements are in SQLite and the pages are written one by one, by several processes, so memory holds no more than
the statements of a few articles or pages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import count, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, get_args

from markupsafe import Markup

from onrecord.document import StanceLabel, Statement
from onrecord.errors import InputError
from onrecord.files.article_texts import ArticleTexts
from onrecord.queries.clusters import Cluster, ClusterQueries
from onrecord.queries.speakers import SpeakerCount, SpeakerQueries
from onrecord.queries.statements import Article, StatementQueries
from onrecord.queries.store import Store, stored_statement
from onrecord.report.charts import OFF, by_label
from onrecord.report.cluster_pages import given_cluster, pages_of_clusters
from onrecord.report.details import Details
from onrecord.report.fragments.statements import Quote
from onrecord.report.output_folder import ASSETS, filling
from onrecord.report.overview import overview
from onrecord.report.pages import Pages, page_count
from onrecord.report.rendering.jobs import ArticleJob, ArticleRow, ClustersJob, PageJob, Share, ShownArticle, SpeakerJob
from onrecord.report.rendering.workers import Job, Workers, usable_cores
from onrecord.report.run_record import RunRecord, measured, sureness
from onrecord.report.search.index import SearchIndex
from onrecord.report.views import ArticleView, article_view, page_name, speaker_page
from onrecord.report.without_statements import WithoutStatements, articles_without_statements

LEANING: Final[tuple[StanceLabel, ...]] = ("support", "oppose")
"""The stances with pages of their own: who takes them, and in which words."""

_ROWS: Final = 100
_QUOTES: Final = 100
_NAMES: Final = 500
_SPEAKERS: Final = 5000
_MOST_PROCESSES: Final = 8
"""More would wait for the one that asks the store."""
_FEW: Final = 2000
"""Statements below which one process is faster than starting more."""


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """What a report shows; of articles ``without_text``, it shows statements only."""

    statements: int
    articles: int
    pages: int
    without_text: int = 0


def write_report(
    statements: Iterable[Statement],
    output: Path,
    articles: Path | ArticleTexts | None = None,
    force: bool = False,
    *,
    title: str | None = None,
    record: RunRecord | None = None,
    count_copies: bool = False,
    skip_duplicates: bool = False,
    processes: int | None = None,
) -> ReportCounts:
    """Writes the report of ``statements`` into the folder ``output``, with the texts found in ``articles``, if given.

    ``force`` replaces an earlier report. ``title`` is at its top, and so is what ``record`` says of the run. Statements
    that a near copy of an article repeats from it are counted once, with ``count_copies`` each time; with
    ``skip_duplicates``, near copies are left out. As many ``processes`` write pages, by default one for each core that
    may be used, up to 8, or one alone if there are few statements; the report is the same for any number.

    Raises:
        InputError, RecordError: there are no statements; an article cannot be read or has changed since extraction.
        OutputError: ``output`` cannot be written or holds something else, or a process was ended from outside.
    """
    texts = articles if isinstance(articles, ArticleTexts) else ArticleTexts(None, articles)
    skipped: set[str] = set()
    kept = _without_duplicates(statements, skipped) if skip_duplicates else statements
    with filling(output, force) as folder, Store(kept) as store:
        if not store.statements:
            raise InputError("there are no statements to report; give the file of a run that found some")
        if processes is None:
            processes = min(usable_cores(), _MOST_PROCESSES) if store.statements >= _FEW else 1
        details = Details(store, count_copies=count_copies)
        return _Site(folder, store, texts, details, record or RunRecord(), skipped).write(title, processes)


def _without_duplicates(statements: Iterable[Statement], skipped: set[str]) -> Iterator[Statement]:
    """The statements of articles that are not near copies; the names of those that are go into ``skipped``."""
    for statement in statements:
        if statement.meta.duplicate_of is None:
            yield statement
        else:
            skipped.add(statement.doc)


class _Site:
    def __init__(
        self,
        folder: Path,
        store: Store,
        texts: ArticleTexts,
        details: Details,
        record: RunRecord,
        skipped: set[str],
    ) -> None:
        self._folder = folder
        self._total = store.statements
        self._statements = StatementQueries(store)
        self._speakers = SpeakerQueries(store)
        self._clusters = ClusterQueries(store)
        self._texts = texts
        self._details = details
        self._record = record
        self._targets = self._speakers.targets
        self._totals = {target: self._statements.shades(target) for target in self._targets}
        self._without = articles_without_statements(self._statements, texts, record, skipped)
        self._skipped = len(skipped)
        self._articles = sum(1 for _ in self._statements.articles())
        self._without_text = 0

    def write(self, title: str | None, processes: int) -> ReportCounts:
        """Writes all pages and what they need. The articles come first, as they find what other pages show."""
        self._write_assets()
        paged = self._place_clusters()
        everywhere = self._everywhere()
        with Workers(processes, Share(self._folder, everywhere, self._texts.places)) as workers:
            pages = self._write_articles(workers)
            self._details.all_added()
            for jobs in (self._names(), self._same_words(paged), self._speaker_pages(), self._stance_pages()):
                pages += workers.do(jobs)
        shown = overview(self._statements, self._speakers, self._clusters, self._details)
        whole = Pages(self._folder, everywhere)
        whole.write("index.html", "overview.html", title=title, **shown)
        over_all = ["index", *(["compare"] if everywhere["compares"] else [])]
        for name in over_all:
            whole.write(f"search/{name}.html", f"search_{name}.html")
        return ReportCounts(self._total, self._articles, pages + 1 + len(over_all), self._without_text)

    def _everywhere(self) -> dict[str, Any]:
        """What all templates are given."""
        shades = {shade for found in self._totals.values() for _, shade in found}
        named, unnamed = (self._speakers.totals(named)[0] for named in (True, False))
        return {
            "targets": self._targets,
            "totals_of": self._totals,
            "columns": [*get_args(StanceLabel), *([OFF] if OFF in shades else [])],
            "with_doubtful": "doubtful" in shades,
            "with_texts": bool(self._texts),
            "has_words": self._clusters.totals()[0] > 0,
            "compares": self._speakers.totals(True)[0] > 1,
            "speakers_path": "index" if named else "unnamed" if unnamed else None,
            "record": self._record,
            "sureness": sureness(self._record),
            "measured": measured(),
            "skipped": self._skipped,
            "without_statements": WithoutStatements(self._without.names[:1], self._without.total),
        }

    def _write_assets(self) -> None:
        (self._folder / "assets").mkdir()
        for name in ASSETS:
            (self._folder / "assets" / name).write_bytes(files("onrecord.report").joinpath("assets", name).read_bytes())

    # ---- Articles ----

    def _write_articles(self, workers: Workers) -> int:
        """Writes the articles, the lists of them and the data of the search; returns the number of pages."""
        ready: deque[Job[ShownArticle | None]] = deque()
        rows: list[ArticleRow] = []
        pages = listed = 0
        with SearchIndex(self._folder / "search" / "data", self._targets) as index:
            for speaker in self._speakers.speakers(True):
                index.number_of(speaker.name or "", next(iter(speaker.roles), None), speaker_page(speaker.key))
            for shown in workers.results(self._article_jobs(ready)):
                pages += 1
                if shown is None:
                    continue
                self._without_text += not shown.has_text
                self._details.add(shown.numbers, shown.quotes, shown.links)
                index.add(shown.row.article, shown.entries, shown.repeats)
                rows.append(shown.row)
                if len(rows) == _ROWS or listed + len(rows) == self._articles:
                    listed += len(rows)
                    ready.append(self._article_list(rows, listed))
                    rows = []
            index.finish()
        return pages + workers.do(ready)

    def _article_list(self, rows: list[ArticleRow], listed: int) -> PageJob:
        shown = {"rows": rows, "total": self._articles}
        last = page_count(self._articles, _ROWS)
        return PageJob("articles/index", page_count(listed, _ROWS), last, "articles.html", shown)

    def _article_jobs(self, ready: deque[Job[ShownArticle | None]]) -> Iterator[Job[ShownArticle | None]]:
        """The pages of articles and, as they become ``ready``, of lists of them."""
        for article in self._statements.articles():
            while ready:
                yield ready.popleft()
            yield self._article_job(article)

    def _article_job(self, article: Article) -> ArticleJob:
        lines = self._details.lines(article.doc)
        original = article.meta.duplicate_of
        view = article_view(
            article.doc,
            article.meta,
            article.day,
            None if original is None else self._statements.meta(original),
        )
        copies = [article_view(doc, self._statements.meta(doc), None) for doc in self._details.copies.of(article.doc)]
        said = map(stored_statement, (line.line for line in lines)) if original is not None else ()
        return ArticleJob(view, copies, lines, self._details.known(article.doc, said), self._targets)

    def _names(self) -> Iterator[PageJob]:
        """The pages of the articles without statements, if there are any."""
        names = self._without.names
        last = page_count(len(names), _NAMES)
        for number, start in enumerate(range(0, len(names), _NAMES), 1):
            yield PageJob("articles/without", number, last, "without.html", {"names": names[start : start + _NAMES]})

    # ---- The same words ----

    def _place_clusters(self) -> list[list[Cluster]]:
        """Gives each cluster its page, as all other pages link to it."""
        paged = list(pages_of_clusters(self._clusters))
        for number, clusters in enumerate(paged, 1):
            for cluster in clusters:
                self._clusters.set_page(cluster, number)
        return paged

    def _same_words(self, paged: list[list[Cluster]]) -> Iterator[ClustersJob]:
        totals = self._clusters.totals()
        for number, clusters in enumerate(paged, 1):
            given = [given_cluster(cluster, self._clusters, self._details) for cluster in clusters]
            yield ClustersJob(number, len(paged), given, totals)

    # ---- Speakers ----

    def _speaker_pages(self) -> Iterator[PageJob | SpeakerJob]:
        """The lists of speakers, and the pages of those with a name."""
        unnamed, speakerless = self._speakers.totals(False)[0], self._speakers.without_speaker()
        for named, path in ((True, "speakers/index"), (False, "speakers/unnamed")):
            total, statements = self._speakers.totals(named)
            found = self._speakers.speakers(named)
            last, ranked = page_count(total, _ROWS), count()
            for number in range(1, last + 1) if total else ():
                rows = list(islice(found, _ROWS))
                shown = {
                    "rows": rows,
                    "named": named,
                    "total": total,
                    "statements": statements,
                    "unnamed": unnamed,
                    "docs": [] if named else [self._home(row) for row in rows],
                    "speakerless": speakerless,
                }
                yield PageJob(path, number, last, "speakers.html", shown)
                if named:
                    for speaker in rows:
                        yield from self._pages_of_speaker(speaker, next(ranked))

    def _home(self, speaker: SpeakerCount) -> ArticleView:
        """The only article of a speaker without a name."""
        doc = speaker.doc or ""
        return article_view(doc, self._statements.meta(doc), None)

    def _pages_of_speaker(self, speaker: SpeakerCount, rank: int) -> Iterator[SpeakerJob]:
        last = page_count(speaker.statements, _QUOTES)
        said = self._details.of_speaker(speaker.key)
        for number in range(1, last + 1):
            quotes = _items(islice(said, _QUOTES))
            shown = {"speaker": speaker, "rank": rank, "quotes": quotes}
            page = PageJob(f"speakers/{speaker_page(speaker.key)}", number, last, "speaker.html", shown)
            yield SpeakerJob(page, self._statements.dated_stances(speaker.key) if number == 1 else {})

    # ---- Stances ----

    def _stance_pages(self) -> Iterator[PageJob]:
        speaker_of = lru_cache(_SPEAKERS)(self._speakers.speaker)  # who speaks most is on many pages
        for target in self._targets:
            totals = by_label(self._totals[target])
            for label in (label for label in LEANING if totals[label]):
                quotes = self._quotes(target, label)
                total, speakers = self._statements.count_with_stance(target, label)
                places = self._details.places_with_stance(target, label)
                last = page_count(total, _QUOTES)
                for number in range(1, last + 1):
                    groups = [
                        (
                            None if key is None else speaker_of(key),
                            places[key],
                            _items((quote for _, quote in group), target),
                        )
                        for key, group in groupby(islice(quotes, _QUOTES), itemgetter(0))
                    ]
                    shown = {"target": target, "label": label, "totals": totals, "speakers": speakers, "groups": groups}
                    yield PageJob(f"stances/{page_name(target, target)}-{label}", number, last, "stance.html", shown)

    def _quotes(self, target: str, label: StanceLabel) -> Iterator[tuple[str | None, Quote]]:
        for key, quotes in self._details.with_stance(target, label):
            for quote in quotes:
                yield key, quote


def _items(quotes: Iterable[Quote], target: str | None = None) -> Markup:
    """The items of a list below the name of a speaker, with the colours of a target."""
    return Markup("".join(quote.item(target, with_speaker=target is not None and quote.is_shared) for quote in quotes))
