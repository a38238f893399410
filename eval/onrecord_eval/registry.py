"""The corpora that the pipeline can be evaluated on. To add one, write its reader and its task, and enter it here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from onrecord.errors import InputError, SettingsError
from onrecord_eval.corpora.act_labels import ActArticle, read_act_articles
from onrecord_eval.corpora.conll2003 import read_conll2003
from onrecord_eval.corpora.gap import read_gap
from onrecord_eval.corpora.gum import MEASURED_PARTS, CoreferenceDocument, part_of, read_gum
from onrecord_eval.corpora.newsmtsc import read_newsmtsc
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.perspectrum import read_perspectrum
from onrecord_eval.corpora.polnear import AnnotatedArticle, read_polnear, set_aside
from onrecord_eval.corpora.speaker_labels import LabelledSources, read_speaker_labels
from onrecord_eval.corpora.stance_labels import read_stance_labels
from onrecord_eval.corpora.web_pages import read_web_pages
from onrecord_eval.corpora.worldwide import read_worldwide
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.tasks.acts import score_acts
from onrecord_eval.tasks.audit import score_audit
from onrecord_eval.tasks.base import CorpusEvaluation, Parts
from onrecord_eval.tasks.coreference import score_gap, score_gum
from onrecord_eval.tasks.names import score_conll2003, score_worldwide
from onrecord_eval.tasks.positions import score_positions
from onrecord_eval.tasks.speakers import score_speakers
from onrecord_eval.tasks.stance import score_newsmtsc, score_perspectrum, score_stances
from onrecord_eval.tasks.statements import score_articles, score_cofenet_cut
from onrecord_eval.tasks.web_pages import score_web_pages

WHOLE: Final = "article"
"""The cut that leaves articles whole; every corpus has it."""

Progress = Callable[[int, int], None]
"""Called with how many items are done and how many there are."""

Score = Callable[[str, Iterable[Any], Parts, BootstrapSettings], CorpusEvaluation]
"""Runs a part of the pipeline on the items of a corpus and scores it, under a title."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a corpus is and what of it is wanted: its path, the file of our labels, the held-out part alone."""

    path: Path
    labels: Path | None = None
    held_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """A corpus, how it is read and scored, and which options it takes.

    ``read`` gives the items that ``score`` takes. ``cuts`` are other ways to score the same items, by the name that
    ``--cut`` takes, each with a title of its own. ``own_labels`` names the folder of our labels that ``--labels``
    wants a file of, for texts that are others'. ``shows_articles`` says that whole articles with statements are
    scored, which the error browser can show. ``needs_model`` is false where only reading is scored.
    """

    name: str
    title: str
    read: Callable[[Source], Iterable[Any]]
    score: Score
    cuts: Mapping[str, tuple[str, Score]] = field(default_factory=dict)
    own_labels: str | None = None
    has_held_out: bool = False
    shows_articles: bool = False
    needs_model: bool = True

    def check(self, *, cut: str = WHOLE, labels: Path | None = None, held_out: bool = False) -> None:
        """Raises SettingsError for an option that this corpus does not take, or one that it lacks."""
        if cut != WHOLE and cut not in self.cuts:
            known = [name for corpus in CORPORA.values() for name in corpus.cuts]
            if cut not in known:
                raise SettingsError(f"there is no cut {cut!r}; choose one of {', '.join([WHOLE, *known])}")
            able = _named(corpus.name for corpus in CORPORA.values() if cut in corpus.cuts)
            raise SettingsError(f"--cut {cut} goes with --corpus {able}, not with {self.name}; leave it out")
        if held_out and not self.has_held_out:
            able = _named(corpus.name for corpus in CORPORA.values() if corpus.has_held_out)
            raise SettingsError(f"--held-out goes with --corpus {able}, not with {self.name}; leave it out")
        if labels is not None and self.own_labels is None:
            able = _named(corpus.name for corpus in CORPORA.values() if corpus.own_labels)
            raise SettingsError(f"--labels goes with --corpus {able}, not with {self.name}; leave it out")
        if labels is None and self.own_labels is not None:
            raise SettingsError(f"--corpus {self.name} needs --labels FILE, one of {self.own_labels}/*.jsonl")


def _named(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def _polnear(source: Source) -> Iterator[AnnotatedArticle]:
    annotated = (article for article in read_polnear(source.path) if article.annotations)
    return (article for article in annotated if not source.held_out or set_aside(article.article.doc))


def _newswire(source: Source) -> Iterator[AnnotatedArticle]:
    assert source.labels is not None  # checked by `Corpus.check`
    return read_newswire_labels(source.labels, source.path)


def _speakers(source: Source) -> Iterator[LabelledSources]:
    assert source.labels is not None
    return read_speaker_labels(source.labels, source.path)


def _stances(source: Source) -> Iterator[AnnotatedArticle]:
    assert source.labels is not None
    return read_stance_labels(source.labels, source.path)


def _articles(source: Source) -> Iterator[AnnotatedArticle]:
    return (AnnotatedArticle(each.article, {"labels": each.statements}) for each in _speakers(source))


def _acts(source: Source) -> Iterator[ActArticle]:
    assert source.labels is not None
    return read_act_articles(source.labels, source.path)


def _gum(source: Source) -> Iterator[CoreferenceDocument]:
    documents = read_gum(source.path)
    return (
        document for document in documents if not source.held_out or part_of(document.article.doc) in MEASURED_PARTS
    )


CORPORA: Final[Mapping[str, Corpus]] = {
    corpus.name: corpus
    for corpus in (
        Corpus(
            name="polnear",
            title="PolNeAR, whole articles",
            read=_polnear,
            score=score_articles,
            cuts={"cofenet": ("PolNeAR, CofeNet's cut", score_cofenet_cut)},
            has_held_out=True,
            shows_articles=True,
        ),
        Corpus(
            name="newswire",
            title="Worldwide newswire, whole articles",
            read=_newswire,
            score=score_articles,
            own_labels="data/newswire",
            shows_articles=True,
        ),
        Corpus(
            name="articles",
            title="Wholly labelled articles",
            read=_articles,
            score=score_articles,
            own_labels="data/forms",
            shows_articles=True,
        ),
        Corpus(
            name="acts",
            title="Acts of found statements",
            read=_acts,
            score=score_acts,
            own_labels="data/acts",
        ),
        Corpus(
            name="worldwide",
            title="English Worldwide Newswire",
            read=lambda source: read_worldwide(source.path),
            score=score_worldwide,
        ),
        Corpus(
            name="conll2003",
            title="CoNLL-2003",
            read=lambda source: read_conll2003(source.path),
            score=score_conll2003,
        ),
        Corpus(
            name="gum",
            title="OntoGUM, mentions given",
            read=_gum,
            score=score_gum,
            has_held_out=True,
        ),
        Corpus(
            name="gap",
            title="GAP",
            read=lambda source: read_gap(source.path),
            score=score_gap,
        ),
        Corpus(
            name="newsmtsc",
            title="NewsMTSC, sentiment as stance",
            read=lambda source: read_newsmtsc(source.path),
            score=score_newsmtsc,
        ),
        Corpus(
            name="perspectrum",
            title="Perspectrum",
            read=lambda source: read_perspectrum(source.path),
            score=score_perspectrum,
        ),
        Corpus(
            name="speakers",
            title="Speakers of given statements",
            read=_speakers,
            score=score_speakers,
            own_labels="data/speakers",
        ),
        Corpus(
            name="audit",
            title="Types, genders and role groups of sources",
            read=_speakers,
            score=score_audit,
            own_labels="data/speakers",
        ),
        Corpus(
            name="stances",
            title="Stances towards given targets",
            read=_stances,
            score=score_stances,
            own_labels="data/stance",
        ),
        Corpus(
            name="positions",
            title="Positions of given speakers",
            read=_stances,
            score=score_positions,
            own_labels="data/stance",
        ),
        Corpus(
            name="pages",
            title="Articles on web pages",
            read=lambda source: read_web_pages(source.path),
            score=score_web_pages,
            needs_model=False,
        ),
    )
}
"""Every corpus by the name that ``--corpus`` takes."""


def corpus_named(name: str) -> Corpus:
    """The corpus of that name.

    Raises:
        SettingsError: there is none; the message lists them.
    """
    if name not in CORPORA:
        raise SettingsError(f"there is no corpus {name!r}; choose one of {', '.join(CORPORA)}")
    return CORPORA[name]


def evaluate_corpus(
    name: str,
    path: Path,
    parts: Parts,
    *,
    cut: str = WHOLE,
    labels: Path | None = None,
    held_out: bool = False,
    settings: BootstrapSettings | None = None,
    on_progress: Progress | None = None,
) -> CorpusEvaluation:
    """Runs the part of the pipeline that the corpus at ``path`` tests, and scores it.

    The corpus is read before ``parts`` is asked for anything, so that a wrong path is reported before a model is
    loaded. ``labels`` is a file of our labels for texts that are others', ``held_out`` takes only what training
    leaves out.

    Raises:
        InputError: ``path`` does not hold that corpus.
        SettingsError: there is no such corpus, or it does not take such an option.
    """
    corpus = corpus_named(name)
    corpus.check(cut=cut, labels=labels, held_out=held_out)
    title, score = corpus.cuts.get(cut, (corpus.title, corpus.score))
    place = labels or path
    items = list(corpus.read(Source(path, labels, held_out)))
    if not items:
        raise InputError(f"{place}: nothing to evaluate in it; check the path")
    shown = f"{title}{', held out' if held_out else ''}: {place}"
    return score(shown, _reporting(items, on_progress), parts, settings or BootstrapSettings())


def _reporting(items: Sequence[Any], on_progress: Progress | None) -> Iterator[Any]:
    for done, item in enumerate(items):
        if on_progress:
            on_progress(done, len(items))
        yield item
    if on_progress:
        on_progress(len(items), len(items))
