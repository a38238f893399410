"""Public corpora run through the part of the pipeline that each of them tests, under its field's metric.

The models come in through the protocols below, so that this module loads none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, Protocol, TypeVar, get_args

from onrecord.document import Article, Name, Span, Statement
from onrecord.errors import InputError, SettingsError
from onrecord_eval.component_metrics import (
    COMPONENT_SCORES,
    best_label,
    count_components,
    count_label,
    count_named_spans,
    label_figures,
    named_span_scores,
)
from onrecord_eval.coreference_metrics import (
    GAP_SCORES,
    GUM_SCORES,
    count_b_cubed,
    count_gap,
    count_gap_free,
    count_resolution,
    gap_bias,
)
from onrecord_eval.corpora.cofenet_cut import cut_article, cut_statistics
from onrecord_eval.corpora.conll2003 import REUTERS_CLASSES, read_reuters
from onrecord_eval.corpora.gap import AmbiguousPronoun, read_gap
from onrecord_eval.corpora.gum import MEASURED_PARTS, CoreferenceDocument, part_of, read_gum
from onrecord_eval.corpora.newsmtsc import read_newsmtsc
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.perspectrum import read_perspectrum
from onrecord_eval.corpora.polnear import AnnotatedArticle, read_polnear, set_aside
from onrecord_eval.corpora.stance_labels import read_stance_labels
from onrecord_eval.corpora.worldwide import NAME_CLASS_OF, read_worldwide
from onrecord_eval.metrics import SIDES, ScoredArticle
from onrecord_eval.result import Confusion, Evaluation
from onrecord_eval.run import evaluate_statements, summarise
from onrecord_eval.scores import BootstrapSettings, Totals, total

Corpus = Literal["polnear", "newswire", "worldwide", "conll2003", "gum", "gap", "newsmtsc", "perspectrum", "stances"]
Cut = Literal["article", "cofenet"]
Item = TypeVar("Item")

Progress = Callable[[int, int], None]
"""Called with how many texts are done and how many there are."""

NAME_CLASSES: Final = tuple(dict.fromkeys(NAME_CLASS_OF.values()))
SPEAKING_TYPES: Final = ("person", "organization")


class Extractor(Protocol):
    """Finds the statements of an article, with their stance towards ``targets``."""

    def extract(self, article: Article, targets: tuple[str, ...] = ()) -> Sequence[Statement]: ...


class NameFinder(Protocol):
    """Finds the names of a text, with our classes as labels and offsets into that text."""

    def names(self, text: str) -> Sequence[Name]: ...


class StanceScorer(Protocol):
    """Probabilities of support, oppose and neutral towards ``target``; ``speaker`` is None where nobody is named."""

    def score(
        self, target: str, statement_text: str, context: str, speaker: str | None
    ) -> tuple[float, float, float]: ...


class StanceJudge(Protocol):
    """The stance of each given statement towards the target of each stance that it has, in their order."""

    def judge(self, article: Article, statements: Sequence[Statement]) -> Sequence[str]: ...


class Coreference(Protocol):
    """Brings mentions together: one cluster id for each, None for one that stands alone.

    ``choice`` are names among them: if there are any, a pronoun can stand for these only, or for nobody.
    """

    def clusters(
        self, text: str, mentions: Sequence[Span], choice: Sequence[Span] = ()
    ) -> Sequence[Hashable | None]: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a pipeline; a corpus needs the one that `NEEDED_PART` names for it."""

    extractor: Extractor | None = None
    name_finder: NameFinder | None = None
    stance_scorer: StanceScorer | None = None
    stance_judge: StanceJudge | None = None
    coreference: Coreference | None = None


NEEDED_PART: Final[dict[Corpus, str]] = {
    "polnear": "extractor",
    "newswire": "extractor",
    "worldwide": "name_finder",
    "conll2003": "name_finder",
    "gum": "coreference",
    "gap": "coreference",
    "newsmtsc": "stance_scorer",
    "perspectrum": "stance_scorer",
    "stances": "stance_judge",
}


def evaluate_corpus(
    corpus: Corpus,
    path: Path,
    parts: Parts,
    *,
    cut: Cut = "article",
    labels: Path | None = None,
    held_out: bool = False,
    settings: BootstrapSettings | None = None,
    on_progress: Progress | None = None,
) -> tuple[Evaluation, list[ScoredArticle]]:
    """Runs the needed part over the corpus at ``path`` and scores it.

    ``labels`` is for ``newswire`` and ``stances``, whose texts are others' and whose labels are ours; ``held_out``
    takes only the tenth of PolNeAR's training split, or the part of GUM, that training leaves out. Returns the
    evaluation and, where statements of whole articles were scored, these, for the error browser.

    Raises:
        InputError: ``path`` does not hold that corpus.
        SettingsError: unknown corpus, a cut of another corpus than PolNeAR, or the part it needs is missing.
    """
    if corpus not in NEEDED_PART:
        raise SettingsError(f"no corpus {corpus!r}; there are {', '.join(get_args(Corpus))}")
    if cut not in get_args(Cut):
        raise SettingsError(f"no cut {cut!r}; there are {', '.join(get_args(Cut))}")
    if cut != "article" and corpus != "polnear":
        raise SettingsError(f"--cut {cut} cuts PolNeAR only, not {corpus}; leave it out")
    if held_out and corpus not in ("polnear", "gum"):
        raise SettingsError(f"--held-out is a part of PolNeAR or GUM, not of {corpus}; leave it out")
    if (labels is None) == (corpus in ("newswire", "stances")):
        raise SettingsError(
            "--labels FILE goes with --corpus newswire or stances: data/newswire and data/stance have them"
        )
    settings = settings or BootstrapSettings()
    progress = on_progress or (lambda done, every: None)
    if corpus == "polnear":
        return _polnear(path, _part(parts.extractor, corpus), cut, held_out, settings, progress)
    if corpus == "newswire" and labels is not None:
        return _newswire(path, labels, _part(parts.extractor, corpus), settings, progress)
    if corpus == "stances" and labels is not None:
        return _stances(path, labels, _part(parts.stance_judge, corpus), settings, progress), []
    if corpus == "worldwide":
        return _worldwide(path, _part(parts.name_finder, corpus), settings, progress), []
    if corpus == "conll2003":
        return _conll(path, _part(parts.name_finder, corpus), settings, progress), []
    if corpus == "gum":
        return _gum(path, _part(parts.coreference, corpus), held_out, settings, progress), []
    if corpus == "gap":
        return _gap(path, _part(parts.coreference, corpus), settings, progress), []
    scorer = _part(parts.stance_scorer, corpus)
    stance = _newsmtsc if corpus == "newsmtsc" else _perspectrum
    return stance(path, scorer, settings, progress), []


def _part(part: Item | None, corpus: Corpus) -> Item:
    if part is None:
        known = ", ".join(field.name for field in fields(Parts))
        raise SettingsError(f"corpus {corpus} needs the part {NEEDED_PART[corpus]!r} of a pipeline (parts: {known})")
    return part


def _each(items: Iterable[Item], path: Path, progress: Progress) -> Iterable[Item]:
    every = list(items)
    if not every:
        raise InputError(f"{path}: holds nothing to evaluate")
    for done, item in enumerate(every):
        progress(done, len(every))
        yield item
    progress(len(every), len(every))


def _polnear(
    path: Path, extractor: Extractor, cut: Cut, held_out: bool, settings: BootstrapSettings, progress: Progress
) -> tuple[Evaluation, list[ScoredArticle]]:
    labelled = (article for article in read_polnear(path) if article.annotations)
    annotated = (article for article in labelled if not held_out or set_aside(article.article.doc))
    if cut == "cofenet":
        return _cofenet_cut(path, annotated, extractor, settings, progress), []
    scored = [_scored(article, extractor) for article in _each(annotated, path, progress)]
    return evaluate_statements(f"PolNeAR, whole articles: {path}", scored, settings), scored


def _newswire(
    path: Path, labels: Path, extractor: Extractor, settings: BootstrapSettings, progress: Progress
) -> tuple[Evaluation, list[ScoredArticle]]:
    annotated = read_newswire_labels(labels, path)
    scored = [_scored(article, extractor) for article in _each(annotated, labels, progress)]
    return evaluate_statements(f"Worldwide newswire, whole articles: {labels}", scored, settings), scored


def _scored(annotated: AnnotatedArticle, extractor: Extractor) -> ScoredArticle:
    article = annotated.article
    gold = tuple(annotated.annotations.values())
    targets = dict.fromkeys(stance.target for one in gold for statement in one for stance in statement.stance)
    return ScoredArticle(article.doc, article.text, gold, tuple(extractor.extract(article, tuple(targets))))


def _cofenet_cut(
    path: Path,
    articles: Iterable[AnnotatedArticle],
    extractor: Extractor,
    settings: BootstrapSettings,
    progress: Progress,
) -> Evaluation:
    """Only the components are scored: a statement may go through several instances."""
    counts: list[Totals] = []
    instances: list[AnnotatedArticle] = []
    for article in _each(articles, path, progress):
        own = cut_article(article)
        instances += own
        counts.append(total([count_components(_scored(instance, extractor)) for instance in own]))
    statistics = cut_statistics(instances)
    title = f"PolNeAR, CofeNet's cut: {path}"
    result = summarise(title, ("articles", len(counts)), counts, scores=COMPONENT_SCORES, figures={}, settings=settings)
    note = (
        f"{statistics.instances:,} instances of {statistics.mean_tokens:.1f} tokens on average, "
        f"{statistics.unlabelled / max(1, statistics.instances):.0%} without a label; never set beside whole articles."
    )
    return replace(result, notes=(note,))


def _worldwide(path: Path, finder: NameFinder, settings: BootstrapSettings, progress: Progress) -> Evaluation:
    counts = []
    joined = 0
    for labelled in _each(read_worldwide(path), path, progress):
        found = {(name.span, name.label) for name in finder.names(labelled.article.text)}
        counts.append(count_named_spans(set(labelled.names()), found, NAME_CLASSES))
        joined += not labelled.published
    title = f"English Worldwide Newswire: {path}"
    units = ("articles", len(counts))
    result = summarise(title, units, counts, scores=named_span_scores(NAME_CLASSES), figures={}, settings=settings)
    notes = ["Facilities count as locations and products as misc; dates and sums of money are left out."]
    if joined:
        notes.append(f"Articles joined from their tokens, for the published text does not hold them: {joined}.")
    return replace(result, notes=tuple(notes))


def _conll(path: Path, finder: NameFinder, settings: BootstrapSettings, progress: Progress) -> Evaluation:
    counts = []
    for text in _each(read_reuters(path), path, progress):
        labelled = {(span, label) for span, label in text.names if label is not None}
        found = {(name.span, name.label) for name in finder.names(text.text) if name.label in REUTERS_CLASSES}
        counts.append(count_named_spans(labelled, found, REUTERS_CLASSES))
    title = f"CoNLL-2003: {path}"
    units = ("texts", len(counts))
    result = summarise(title, units, counts, scores=named_span_scores(REUTERS_CLASSES), figures={}, settings=settings)
    note = "Its fourth class mixes nationalities with events and products, so it is left out on both sides."
    return replace(result, notes=(note,))


def _gum(
    path: Path, coreference: Coreference, held_out: bool, settings: BootstrapSettings, progress: Progress
) -> Evaluation:
    documents = [one for one in read_gum(path) if not held_out or part_of(one.article.doc) in MEASURED_PARTS]
    counts = [_count_document(document, coreference) for document in _each(documents, path, progress)]
    units = ("documents", len(counts))
    title = f"OntoGUM, mentions given{', held out' if held_out else ''}: {path}"
    return summarise(title, units, counts, scores=GUM_SCORES, figures={}, settings=settings)


def _count_document(document: CoreferenceDocument, coreference: Coreference) -> Totals:
    mentions = document.mentions
    gold = [mention.cluster for mention in mentions]
    found = list(coreference.clusters(document.article.text, [mention.span for mention in mentions]))
    counts = count_b_cubed(gold, found)
    resolution = count_resolution(
        gold,
        found,
        forms=[mention.form for mention in mentions],
        lengths=[mention.span.end - mention.span.start for mention in mentions],
        speaking=[mention.entity_type in SPEAKING_TYPES for mention in mentions],
    )
    return total([counts, resolution])


def _gap(path: Path, coreference: Coreference, settings: BootstrapSettings, progress: Progress) -> Evaluation:
    counts = []
    for example in _each(read_gap(path), path, progress):
        given, free = (_refers(example, coreference, choice) for choice in (example.names, ()))
        counts.append(total([count_gap(example.refers, given, example.gender), count_gap_free(example.refers, free)]))
    units = ("pronouns", len(counts))
    figures = {"gap.bias": gap_bias}
    return summarise(f"GAP: {path}", units, counts, scores=GAP_SCORES, figures=figures, settings=settings)


def _refers(example: AmbiguousPronoun, coreference: Coreference, choice: Sequence[Span]) -> tuple[bool, bool]:
    pronoun, *names = coreference.clusters(example.text, [example.pronoun, *example.names], choice)
    first, second = (pronoun is not None and name == pronoun for name in names)
    return first, second


def _newsmtsc(path: Path, scorer: StanceScorer, settings: BootstrapSettings, progress: Progress) -> Evaluation:
    groups = []
    for sentence, targets in groupby(_each(read_newsmtsc(path), path, progress), key=lambda example: example.sentence):
        labels = dict(enumerate(SIDES))
        groups.append(
            [
                (target.label, best_label(scorer.score(target.mention, sentence, sentence, None), labels))
                for target in targets
            ]
        )
    title = f"NewsMTSC, sentiment as stance: {path}"
    return _labels(title, "sentences", groups, SIDES, settings)


def _perspectrum(path: Path, scorer: StanceScorer, settings: BootstrapSettings, progress: Progress) -> Evaluation:
    """The claim is the target; neutral is no answer here, so the likelier side of the two is taken."""
    labels = dict(enumerate(SIDES[:2]))
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for example in _each(read_perspectrum(path), path, progress):
        scores = scorer.score(example.claim, example.perspective, example.perspective, None)
        groups[example.claim_id].append((example.label, best_label(scores, labels)))
    return _labels(f"Perspectrum: {path}", "claims", list(groups.values()), SIDES[:2], settings)


def _stances(
    path: Path, labels: Path, judge: StanceJudge, settings: BootstrapSettings, progress: Progress
) -> Evaluation:
    """Statements are given, so only their stances are judged."""
    groups = []
    for annotated in _each(read_stance_labels(labels, path), labels, progress):
        (statements,) = annotated.annotations.values()
        gold = [str(stance.label) for statement in statements for stance in statement.stance]
        groups.append(list(zip(gold, judge.judge(annotated.article, statements), strict=True)))
    return _labels(f"Stances towards given targets: {labels}", "articles", groups, SIDES, settings)


def _labels(
    title: str,
    unit: str,
    groups: Sequence[Sequence[tuple[str, str]]],
    labels: Sequence[str],
    settings: BootstrapSettings,
) -> Evaluation:
    counts = [total([count_label(gold, found, labels) for gold, found in group]) for group in groups]
    sums = total(counts)
    result = summarise(
        title,
        (unit, len(counts)),
        counts,
        scores=[f"label.{label}" for label in labels],
        figures=label_figures(labels),
        settings=settings,
    )
    rows = tuple(tuple(sums[f"confusion.{gold}.{found}"] for found in labels) for gold in labels)
    return replace(result, confusion=Confusion(tuple(labels), rows, (0.0,) * len(labels)))
