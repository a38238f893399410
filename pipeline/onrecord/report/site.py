"""A statements file as a site of plain files that opens from a disk: overview, articles, speakers, same words.

Statements wait in SQLite and pages are written one after the other, so memory holds no more than one article's, or
one page's, statements.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, get_args

from onrecord.document import Article as Text
from onrecord.document import StanceLabel, Statement
from onrecord.errors import InputError
from onrecord.files.records import check_text, read_text
from onrecord.queries.clusters import ClusterCounts
from onrecord.queries.speakers import SpeakerCount, SpeakerCounts
from onrecord.queries.statements import Article, Placed, Store
from onrecord.report.cluster_pages import cluster_view, pages_of_clusters
from onrecord.report.highlights import mark
from onrecord.report.output_folder import ASSETS, filling
from onrecord.report.overview import overview
from onrecord.report.pages import Pages, page_count
from onrecord.report.views import SpeakerView, StatementView, article_view, page_name, speaker_page, statement_view

LEANING: Final[tuple[StanceLabel, ...]] = ("support", "oppose")
"""The stances that have pages of their own: who takes them, and in which words."""

_ROWS: Final = 100
_QUOTES: Final = 100


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """What a report shows."""

    statements: int
    articles: int
    pages: int


def write_report(
    statements: Iterable[Statement], output: Path, articles: Path | None = None, force: bool = False
) -> ReportCounts:
    """Writes the report of ``statements`` into the folder ``output``, with the texts from ``articles`` if given.

    ``force`` lets it take the place of an earlier report.

    Raises:
        InputError, RecordError: there is no statement; an article cannot be read, or is not the one that was read.
        OutputError: ``output`` cannot be written or holds something else.
    """
    if articles is not None and not articles.is_dir():
        raise InputError(f"{articles}: no folder; name the one that the articles are in")
    with filling(output, force) as folder, Store() as store:
        with SpeakerCounts(store.keep(statements)) as counts, ClusterCounts(store.statements()) as clusters:
            if not counts.statements:
                raise InputError("no statements to report; give the file of a run that found some")
            site = _Site(folder, store, counts, clusters, articles)
            site.write()
        return ReportCounts(counts.statements, site.articles, site.pages.written)


class _Site:
    def __init__(
        self, folder: Path, store: Store, counts: SpeakerCounts, clusters: ClusterCounts, texts: Path | None
    ) -> None:
        self.pages = Pages(folder)
        self.articles = 0
        self._folder = folder
        self._store = store
        self._counts = counts
        self._clusters = clusters
        self._texts = texts
        self._targets = counts.targets
        self.pages.everywhere(targets=self._targets, with_texts=texts is not None)

    def write(self) -> None:
        self._assets()
        self._words()
        self._articles()
        self._speakers()
        self._stances()
        self.pages.write("index.html", "overview.html", **overview(self._store, self._counts, self._clusters))

    def _assets(self) -> None:
        (self._folder / "assets").mkdir()
        for name in ASSETS:
            (self._folder / "assets" / name).write_bytes(files("onrecord.report").joinpath("assets", name).read_bytes())

    def _words(self) -> None:
        """The clusters come first: all other pages link to theirs."""
        paged = list(pages_of_clusters(self._clusters)) or [[]]
        for number, clusters in enumerate(paged, 1):
            for cluster in clusters:
                self._store.add_cluster(cluster, number)
        totals = self._clusters.totals()
        for number, clusters in enumerate(paged, 1):
            views = (cluster_view(cluster, self._store) for cluster in clusters)
            self.pages.write_nth("words/index", number, len(paged), "words.html", clusters=views, totals=totals)

    def _articles(self) -> None:
        self.articles = sum(1 for _ in self._store.articles())
        last = page_count(self.articles, _ROWS)
        articles = self._store.articles()
        for number in range(1, last + 1):
            rows = [self._article(one) for one in islice(articles, _ROWS)]
            self.pages.write_nth("articles/index", number, last, "articles.html", rows=rows, total=self.articles)

    def _article(self, article: Article) -> dict[str, Any]:
        """Writes the page of an article and gives its row in the list of all."""
        said = self._store.of_article(article.doc)
        view = article_view(article.doc, article.meta, article.day)
        paragraphs = None if self._texts is None else mark(_text_of(self._texts, article, said), said)
        statements = [statement_view(Placed(one, place, article.day), self._store) for place, one in enumerate(said)]
        speaking = Counter(speaker for one in statements for speaker in dict.fromkeys(one.speakers))
        self.pages.write(
            f"articles/{view.page}.html",
            "article.html",
            article=view,
            paragraphs=paragraphs,
            statements=statements,
            speaking=_first_of_each(speaking),
            of_targets=list(dict.fromkeys(stance.target for one in said for stance in one.stance)),
        )
        return {"article": view, "statements": len(said), "stances": _stances(said, self._targets)}

    def _speakers(self) -> None:
        for named, path in ((True, "speakers/index"), (False, "speakers/unnamed")):
            total, statements = self._counts.totals(named)
            last = page_count(total, _ROWS)
            found = self._counts.speakers(named)
            for number in range(1, last + 1):
                rows = list(islice(found, _ROWS))
                self.pages.write_nth(
                    path,
                    *(number, last, "speakers.html"),
                    rows=rows,
                    named=named,
                    total=total,
                    statements=statements,
                    unnamed=self._counts.totals(False)[0],
                    speakerless=self._counts.speakerless,
                )
                if named:
                    for speaker in rows:
                        self._speaker(speaker)

    def _speaker(self, speaker: SpeakerCount) -> None:
        last = page_count(speaker.statements, _QUOTES)
        said = self._store.of_speaker(speaker.key)
        for number in range(1, last + 1):
            views = [statement_view(one, self._store) for one in islice(said, _QUOTES)]
            path = f"speakers/{speaker_page(speaker.key)}"
            self.pages.write_nth(path, number, last, "speaker.html", speaker=speaker, statements=views)

    def _stances(self) -> None:
        for target in self._targets:
            totals = self._store.stances(target)
            for label in LEANING:
                quotes = self._quotes(target, label)
                count, speakers = self._store.said_with(target, label)
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
        for key, _, said in self._store.with_stance(target, label):
            speaker = None if key is None else self._counts.speaker(key)
            for placed in said:
                yield speaker, statement_view(placed, self._store)


def _grouped(
    quotes: Iterable[tuple[SpeakerCount | None, StatementView]],
) -> Iterator[tuple[SpeakerCount | None, list[StatementView]]]:
    for speaker, group in groupby(quotes, itemgetter(0)):
        yield speaker, [view for _, view in group]


def _first_of_each(speaking: Counter[SpeakerView]) -> list[tuple[SpeakerView, int]]:
    """The speakers of an article, most statements first; one of several roles comes once."""
    counts: dict[str, tuple[SpeakerView, int]] = {}
    for speaker, count in speaking.items():
        first, before = counts.get(speaker.key, (speaker, 0))
        counts[speaker.key] = first, before + count
    return sorted(counts.values(), key=lambda found: (-found[1], found[0].name))


def _stances(said: list[Statement], targets: list[str]) -> dict[str, dict[str, int]]:
    """For each target how many of the statements have which stance."""
    counted = {target: dict.fromkeys(get_args(StanceLabel), 0) for target in targets}
    for statement in said:
        for stance in statement.stance:
            counted[stance.target][stance.label] += 1
    return counted


def _text_of(folder: Path, article: Article, said: list[Statement]) -> str:
    """The text of an article, which must lie in the folder: whoever wrote the file must not choose what is shown."""
    inside = Path(os.path.normpath(folder.absolute() / article.doc))
    if not inside.is_relative_to(os.path.normpath(folder.absolute())):
        raise InputError(f"{article.doc}: not in {folder}; name the folder that `onrecord extract` was given")
    text = read_text(folder, said[0])
    for statement in said:
        check_text(statement, Text(article.doc, text))
    return text
