"""A statements file as a site of plain files that opens from disk: overview, articles, speakers, same words.

The statements are in SQLite and the pages are written one by one, so memory holds no more than the statements of one
article or one page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, get_args

from onrecord.document import Article as Text
from onrecord.document import Meta, StanceLabel, Statement
from onrecord.errors import InputError
from onrecord.files.article_texts import ArticleTexts
from onrecord.files.records import check_text
from onrecord.queries.clusters import Cluster, ClusterQueries
from onrecord.queries.speakers import SpeakerCount, SpeakerQueries
from onrecord.queries.statements import Article, StatementQueries
from onrecord.queries.store import Placed, Shade, Store, stance_shade
from onrecord.report.charts import OFF, by_label, stances_over_time
from onrecord.report.cluster_pages import cluster_view, pages_of_clusters
from onrecord.report.details import Detail, Details
from onrecord.report.highlights import mark
from onrecord.report.output_folder import ASSETS, filling
from onrecord.report.overview import overview
from onrecord.report.pages import Pages, page_count
from onrecord.report.run_record import RunRecord, measured, sureness
from onrecord.report.views import (
    ArticleView,
    SpeakerView,
    StatementView,
    article_view,
    page_name,
    speaker_page,
    statement_view,
)
from onrecord.report.without_statements import articles_without_statements

LEANING: Final[tuple[StanceLabel, ...]] = ("support", "oppose")
"""The stances with pages of their own: who takes them, and in which words."""

_ROWS: Final = 100
_QUOTES: Final = 100
_NAMES: Final = 500


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
) -> ReportCounts:
    """Writes the report of ``statements`` into the folder ``output``, with the texts found in ``articles``, if given.

    ``force`` replaces an earlier report. ``title`` is at its top, and so is what ``record`` says of the run. Statements
    that a near copy of an article repeats from it are counted once, with ``count_copies`` each time.

    Raises:
        InputError, RecordError: there are no statements; an article cannot be read or has changed since extraction.
        OutputError: ``output`` cannot be written or holds something else.
    """
    texts = articles if isinstance(articles, ArticleTexts) else ArticleTexts(None, articles)
    with filling(output, force) as folder, Store(statements) as store:
        if not store.statements:
            raise InputError("there are no statements to report; give the file of a run that found some")
        details = Details(store, count_copies=count_copies)
        site = _Site(folder, store, texts, details, record or RunRecord())
        site.write(title)
        return ReportCounts(store.statements, site.articles, site.pages.written, site.without_text)


class _Site:
    def __init__(self, folder: Path, store: Store, texts: ArticleTexts, details: Details, record: RunRecord) -> None:
        self.pages = Pages(folder)
        self.articles = 0
        self.without_text = 0
        self._folder = folder
        self._store = store
        self._statements = StatementQueries(store)
        self._speakers = SpeakerQueries(store)
        self._clusters = ClusterQueries(store)
        self._texts = texts
        self._details = details
        self._record = record
        self._targets = self._speakers.targets
        self._totals = {target: self._statements.shades(target) for target in self._targets}
        shades = {shade for found in self._totals.values() for _, shade in found}
        named, unnamed = (self._speakers.totals(named)[0] for named in (True, False))
        self.pages.everywhere(
            targets=self._targets,
            totals_of=self._totals,
            columns=[*get_args(StanceLabel), *([OFF] if OFF in shades else [])],
            with_doubtful="doubtful" in shades,
            with_texts=bool(texts),
            has_words=self._clusters.totals()[0] > 0,
            speakers_path="index" if named else "unnamed" if unnamed else None,
            record=record,
            sureness=sureness(record),
            measured=measured(),
        )

    def write(self, title: str | None) -> None:
        """Writes all pages and what they need. The articles come first, as they find what other pages show."""
        self._write_assets()
        paged = self._place_clusters()
        without = articles_without_statements(self._statements, self._texts, self._record)
        self.pages.everywhere(without_statements=without)
        self._write_articles()
        self._write_names(without.names)
        self._write_clusters(paged)
        self._write_speakers()
        self._write_stances()
        shown = overview(self._statements, self._speakers, self._clusters, self._details)
        self.pages.write("index.html", "overview.html", title=title, **shown)

    def _write_assets(self) -> None:
        (self._folder / "assets").mkdir()
        for name in ASSETS:
            (self._folder / "assets" / name).write_bytes(files("onrecord.report").joinpath("assets", name).read_bytes())

    def _place_clusters(self) -> list[list[Cluster]]:
        """Gives each cluster its page, as all other pages link to it."""
        paged = list(pages_of_clusters(self._clusters))
        for number, clusters in enumerate(paged, 1):
            for cluster in clusters:
                self._clusters.set_page(cluster, number)
        return paged

    def _write_clusters(self, paged: list[list[Cluster]]) -> None:
        totals = self._clusters.totals()
        for number, clusters in enumerate(paged, 1):
            views = (cluster_view(cluster, self._clusters, self._details) for cluster in clusters)
            self.pages.write_nth("words/index", number, len(paged), "words.html", clusters=views, totals=totals)

    def _write_articles(self) -> None:
        self.articles = sum(1 for _ in self._statements.articles())
        last = page_count(self.articles, _ROWS)
        articles = self._statements.articles()
        for number in range(1, last + 1):
            rows = [self._write_article(article) for article in islice(articles, _ROWS)]
            self.pages.write_nth("articles/index", number, last, "articles.html", rows=rows, total=self.articles)

    def _write_article(self, article: Article) -> dict[str, Any]:
        """Writes the page of an article and returns its row in the list of articles."""
        said = self._statements.of_article(article.doc)
        view = self._article_view(article.doc, article.meta, article.day)
        copies = [article_view(doc, self._statements.meta(doc), None) for doc in self._details.copies.of(article.doc)]
        text = _text_of(self._texts, article, said)
        self.without_text += text is None
        paragraphs = None if text is None else mark(text, said)
        views = []
        for place, statement in enumerate(said):
            detail = None if text is None else self._details.add(text, place, statement, view.link)
            views.append(self._view(Placed(statement, place, article.day), detail))
        speaking = Counter(speaker for shown in views for speaker in dict.fromkeys(shown.speakers))
        self.pages.write(
            f"articles/{view.page}.html",
            "article.html",
            article=view,
            copies=copies,
            paragraphs=paragraphs,
            statements=views,
            speaking=_first_of_each(speaking),
            of_targets=list(dict.fromkeys(stance.target for statement in said for stance in statement.stance)),
        )
        return {"article": view, "statements": len(said), "stances": _stances(said), "speakers": list(speaking)}

    def _write_names(self, names: list[str]) -> None:
        """Writes the pages of the articles without statements, if there are any."""
        last = page_count(len(names), _NAMES)
        for number, start in enumerate(range(0, len(names), _NAMES), 1):
            shown = names[start : start + _NAMES]
            self.pages.write_nth("articles/without", number, last, "without.html", names=shown)

    def _article_view(self, doc: str, meta: Meta, day: str | None) -> ArticleView:
        original = self._statements.meta(meta.duplicate_of) if meta.duplicate_of is not None else None
        return article_view(doc, meta, day, original)

    def _view(self, placed: Placed, detail: Detail | None = None) -> StatementView:
        return statement_view(placed, self._clusters, self._details, detail)

    def _write_speakers(self) -> None:
        for named, path in ((True, "speakers/index"), (False, "speakers/unnamed")):
            total, statements = self._speakers.totals(named)
            if not total:
                continue
            last = page_count(total, _ROWS)
            found = self._speakers.speakers(named)
            for number in range(1, last + 1):
                rows = list(islice(found, _ROWS))
                self.pages.write_nth(
                    path,
                    *(number, last, "speakers.html"),
                    rows=rows,
                    named=named,
                    total=total,
                    statements=statements,
                    unnamed=self._speakers.totals(False)[0],
                    docs=[] if named else [self._home(row) for row in rows],
                    speakerless=self._speakers.without_speaker(),
                )
                if named:
                    for speaker in rows:
                        self._write_speaker(speaker)

    def _home(self, speaker: SpeakerCount) -> ArticleView:
        """The only article of a speaker without a name."""
        doc = speaker.doc or ""
        return article_view(doc, self._statements.meta(doc), None)

    def _write_speaker(self, speaker: SpeakerCount) -> None:
        last = page_count(speaker.statements, _QUOTES)
        said = self._statements.of_speaker(speaker.key)
        dated = self._statements.dated_stances(speaker.key)
        over_time = {target: periods for target in dated if len(periods := stances_over_time(dated[target])) > 1}
        for number in range(1, last + 1):
            views = [self._view(placed) for placed in islice(said, _QUOTES)]
            path = f"speakers/{speaker_page(speaker.key)}"
            self.pages.write_nth(
                path, number, last, "speaker.html", speaker=speaker, over_time=over_time, statements=views
            )

    def _write_stances(self) -> None:
        for target in self._targets:
            totals = by_label(self._totals[target])
            for label in (label for label in LEANING if totals[label]):
                quotes = self._quotes(target, label)
                count, speakers = self._statements.count_with_stance(target, label)
                last = page_count(count, _QUOTES)
                for number in range(1, last + 1):
                    self.pages.write_nth(
                        f"stances/{page_name(target, target)}-{label}",
                        *(number, last, "stance.html"),
                        target=target,
                        label=label,
                        totals=totals,
                        speakers=speakers,
                        groups=_grouped(islice(quotes, _QUOTES)),
                    )

    def _quotes(self, target: str, label: StanceLabel) -> Iterator[tuple[SpeakerCount | None, StatementView]]:
        for key, said in self._statements.with_stance(target, label):
            speaker = None if key is None else self._speakers.speaker(key)
            for placed in said:
                yield speaker, self._view(placed)


def _grouped(
    quotes: Iterable[tuple[SpeakerCount | None, StatementView]],
) -> Iterator[tuple[SpeakerCount | None, list[StatementView]]]:
    for speaker, group in groupby(quotes, itemgetter(0)):
        yield speaker, [view for _, view in group]


def _first_of_each(speaking: Counter[SpeakerView]) -> list[tuple[SpeakerView, int]]:
    """The speakers of an article, most statements first; a speaker with several roles appears once."""
    counts: dict[str, tuple[SpeakerView, int]] = {}
    for speaker, count in speaking.items():
        first, before = counts.get(speaker.key, (speaker, 0))
        counts[speaker.key] = first, before + count
    return sorted(counts.values(), key=lambda found: (-found[1], found[0].name))


def _stances(said: list[Statement]) -> dict[str, Counter[tuple[StanceLabel, Shade]]]:
    """The number of statements with each stance and shade, by target."""
    counted: dict[str, Counter[tuple[StanceLabel, Shade]]] = {}
    for statement in said:
        for stance in statement.stance:
            counted.setdefault(stance.target, Counter())[stance.label, stance_shade(stance)] += 1
    return counted


def _text_of(texts: ArticleTexts, article: Article, said: list[Statement]) -> str | None:
    """The text of an article, checked against its statements; None if it was not kept and no folder was given."""
    text = texts.find(said[0])
    if text is not None:
        for statement in said:
            check_text(statement, Text(article.doc, text))
    return text
