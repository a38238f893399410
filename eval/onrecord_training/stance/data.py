"""What the stance model learns from, as examples that vary from epoch to epoch.

Sentences of NewsMTSC, claims of Perspectrum, labelled statements of newswire and US political articles, contrast
pairs, and statements paired with targets that they are not about.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from onrecord.stages.base import Analysis
from onrecord.stages.stance import stance_input
from onrecord.targets.target import Target
from onrecord.text.segmentation import segment
from onrecord_eval.corpora.newsmtsc import TargetedSentence, read_newsmtsc
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.perspectrum import Perspective, read_perspectrum
from onrecord_eval.corpora.polnear import AnnotatedArticle, read_polnear
from onrecord_eval.corpora.stance_labels import read_stance_labels
from onrecord_models.stance_model import StanceInput
from onrecord_training.stance.claims import vary_claim
from onrecord_training.stance.contrast import contrast_examples, reported
from onrecord_training.stance.examples import Labelled
from onrecord_training.stance.invented import invented_name, invented_target
from onrecord_training.stance.settings import StanceTraining

NEWSMTSC: Final = ("newsmtsc/train.jsonl", "newsmtsc/devtest_mt.jsonl")
PERSPECTRUM: Final = ("perspectrum/train.jsonl", "perspectrum/dev.jsonl")
POLNEAR: Final = "polnear/data/train"
_CALIBRATION_PART: Final = 20
"""One in twenty sentences and claims is held out of training, for the temperature."""
_CALIBRATION_ARTICLES: Final = 8
"""Of labelled articles it is one in eight: there are few of them, and their statements matter most."""
_OTHER_TARGETS: Final = 0.25
"""Share of the labelled statements that an epoch also pairs with another article's target."""
_QUOTED: Final = re.compile(r"“([^“”]{20,})”|\"([^\"]{20,})\"")
_PRONOUNS: Final = frozenset(
    ["he", "she", "they", "it", "i", "we", "you", "him", "her", "them", "us", "me", "his", "their", "its", "my", "our"]
)


@dataclass(frozen=True, slots=True)
class StanceData:
    """What a run reads: training material, the part held out for calibration, and what it is measured on.

    ``labelled`` and ``repeated`` have a target and its labelled statements for each article and target; an epoch
    reads the latter ``labels_repeats`` times.
    """

    sentences: list[TargetedSentence]
    perspectives: list[Perspective]
    statements: list[StanceInput]
    labelled: list[tuple[str, list[Labelled]]]
    repeated: list[tuple[str, list[Labelled]]]
    calibration: list[Labelled]
    measured: dict[str, list[Labelled]]

    def sizes(self) -> dict[str, int]:
        """How many examples there are of each kind."""
        return {
            "newsmtsc": len(self.sentences),
            "perspectrum": len(self.perspectives),
            "polnear_statements": len(self.statements),
            "newswire_articles": len(self.repeated),
            "newswire_statements": sum(len(examples) for _, examples in self.repeated),
            **({"labelled_targets": len(self.labelled)} if self.labelled else {}),
            **({"labelled_stances": sum(len(examples) for _, examples in self.labelled)} if self.labelled else {}),
            "calibration": len(self.calibration),
            **{f"measured_{name}": len(examples) for name, examples in self.measured.items()},
        }


def read_data(settings: StanceTraining) -> StanceData:
    """Reads the corpora and sets one in twenty sentences and claims apart for the temperature."""
    sentences = list(read_newsmtsc(settings.corpora / NEWSMTSC[0]))
    dev = list(read_perspectrum(settings.corpora / PERSPECTRUM[1]))
    perspectives = without_known(list(read_perspectrum(settings.corpora / PERSPECTRUM[0])), dev)
    polnear = settings.corpora / POLNEAR
    annotated = read_polnear(polnear) if polnear.is_dir() else ()
    statements = [shown for article in annotated for shown in _statements(article)]
    generator = random.Random(settings.seed)
    learned = [each for each in perspectives if not _is_held_out(each.claim)]
    held_sentences = [each for each in sentences if _is_held_out(each.sentence)]
    held_perspectives = without_known([each for each in perspectives if _is_held_out(each.claim)], learned)
    held_out = contrast_examples(settings.contrast // 8, generator, unseen=True)
    calibration = [*map(_plain_sentence, held_sentences), *map(_plain_claim, held_perspectives)]
    calibration += _unrelated_claims(held_perspectives, len(held_perspectives) // 4, generator)
    measured = {
        "newsmtsc": [*map(_plain_sentence, read_newsmtsc(settings.corpora / NEWSMTSC[1]))],
        "perspectrum": [*map(_plain_claim, dev)],
    }
    if held_out:
        measured["contrast"] = held_out
    texts = settings.corpora / "worldwide-newswire" / "text"
    repeated = _by_target(read_newswire_labels(settings.labels, texts)) if settings.labels else []
    stances = settings.stance_labels
    labelled = _by_target(read_stance_labels(stances, settings.corpora)) if stances else []
    held_labels = [
        each for doc, _, statements in labelled if _is_held_out(doc, _CALIBRATION_ARTICLES) for each in statements
    ]
    if held_labels:
        measured["held_out_targets"] = held_labels
    calibration += held_labels
    calibration += [
        each for doc, _, statements in repeated if _is_held_out(doc, _CALIBRATION_ARTICLES) for each in statements
    ]
    if settings.measured_labels:
        shown = _by_target(read_newswire_labels(settings.measured_labels, texts))
        measured["newswire"] = [each for *_, statements in shown for each in statements]
    return StanceData(
        [each for each in sentences if not _is_held_out(each.sentence)],
        learned,
        statements,
        [(target, statements) for doc, target, statements in labelled if not _is_held_out(doc, _CALIBRATION_ARTICLES)],
        [(target, statements) for doc, target, statements in repeated if not _is_held_out(doc, _CALIBRATION_ARTICLES)],
        calibration,
        measured,
    )


def without_known(perspectives: Sequence[Perspective], others: Sequence[Perspective]) -> list[Perspective]:
    """``perspectives`` without claims whose own text, or that of any of their perspectives, is among ``others``.

    Perspectrum's splits share no claim by number, but 771 of the 2,071 dev perspectives appear word for word in train,
    mostly with the same claim in other words: a model would remember them instead of understanding.
    """
    texts = {_plain(text) for other in others for text in (other.claim, other.perspective)}
    known = {each.claim_id for each in perspectives if {_plain(each.claim), _plain(each.perspective)} & texts}
    return [each for each in perspectives if each.claim_id not in known]


def epoch_examples(data: StanceData, settings: StanceTraining, generator: random.Random) -> list[Labelled]:
    """One epoch's examples, varied anew each time."""
    examples = [_vary_sentence(sentence, generator) for sentence in data.sentences]
    examples += [_vary_perspective(perspective, generator) for perspective in data.perspectives]
    examples += _unrelated_claims(data.perspectives, settings.unrelated_claims, generator)
    examples += _unrelated_statements(data, settings.unrelated_statements, generator)
    examples += contrast_examples(settings.contrast, generator)
    for _, statements in data.labelled + data.repeated * settings.labels_repeats:
        examples += [_vary_speaker(example, generator) for example in statements]
    examples += _with_other_targets(data.labelled + data.repeated, generator)
    return examples


def _plain_sentence(sentence: TargetedSentence) -> Labelled:
    return StanceInput(sentence.mention, sentence.sentence, sentence.sentence), sentence.label


def _plain_claim(perspective: Perspective) -> Labelled:
    return StanceInput(perspective.claim, perspective.perspective, perspective.perspective), perspective.label


def _vary_sentence(targeted: TargetedSentence, generator: random.Random) -> Labelled:
    """The sentence or what it quotes as the statement; sometimes the target is renamed, or is nowhere in it."""
    mention, sentence, label = targeted.mention, targeted.sentence, str(targeted.label)
    kind = generator.random()
    named = mention.casefold() not in _PRONOUNS
    if kind < 0.25 and named:
        name = invented_name(generator)
        sentence, mention = sentence.replace(mention, name), name
    elif kind < 0.32:
        mention, label = generator.choice((invented_name, invented_target))(generator), "neutral"
    statement = sentence
    quoted = _QUOTED.search(sentence)
    if quoted and generator.random() < 0.4:
        statement = quoted[1] or quoted[2]
    return StanceInput(mention, statement, sentence), label


def _vary_perspective(perspective: Perspective, generator: random.Random) -> Labelled:
    """The claim is sometimes reworded or negated, the perspective sometimes turned into reported speech."""
    target, label = (
        vary_claim(perspective.claim, str(perspective.label), generator)
        if generator.random() < 0.6
        else (perspective.claim, perspective.label)
    )
    statement, context, speaker = perspective.perspective, perspective.perspective, ""
    if generator.random() < 0.5:
        statement, context, speaker = reported(perspective.perspective, generator)
        if generator.random() < 0.2:
            speaker = ""
        if generator.random() < 0.1:
            context = statement
    return StanceInput(target, statement, context, speaker), label


def _unrelated_claims(perspectives: Sequence[Perspective], count: int, generator: random.Random) -> list[Labelled]:
    """Perspectives paired with claims that share no word of four letters or more with them: neutral."""
    examples: list[Labelled] = []
    while len(perspectives) > 1 and len(examples) < count:
        perspective, other = generator.choice(perspectives), generator.choice(perspectives)
        words = _words(f"{perspective.claim} {perspective.perspective}")
        if perspective.claim_id == other.claim_id or words & _words(other.claim):
            count -= 1
            continue
        target, _ = vary_claim(other.claim, "neutral", generator)
        statement, context, speaker = perspective.perspective, perspective.perspective, ""
        if generator.random() < 0.5:
            statement, context, speaker = reported(perspective.perspective, generator)
        examples.append((StanceInput(target, statement, context, speaker), "neutral"))
    return examples


def _unrelated_statements(data: StanceData, count: int, generator: random.Random) -> list[Labelled]:
    """Statements of PolNeAR paired with targets that are not theirs (claims, mentions, invented ones): neutral."""
    examples: list[Labelled] = []
    for shown in generator.sample(data.statements, min(count, len(data.statements))):
        kind = generator.random()
        if kind < 0.3:
            target = vary_claim(generator.choice(data.perspectives).claim, "neutral", generator)[0]
        elif kind < 0.6:
            target = generator.choice(data.sentences).mention
        else:
            target = invented_target(generator)
        if target.casefold() in _PRONOUNS or _words(target) & _words(shown.context):
            continue
        speaker = shown.speaker if generator.random() < 0.8 else ""
        examples.append((StanceInput(target, shown.statement, shown.context, speaker), "neutral"))
    return examples


def _by_target(labelled: Iterable[AnnotatedArticle]) -> list[tuple[str, str, list[Labelled]]]:
    """Name, target and statements with their labels, for each article and target: what the pipeline shows of them."""
    found: dict[tuple[str, str], list[Labelled]] = {}
    for annotated in labelled:
        analysis = Analysis(annotated.article, segment(annotated.article.text))
        # Some labels name an article from the corpora's folder on, others from its own corpus's: both end alike.
        name = "/".join(Path(annotated.article.doc).parts[-2:])
        for statement in (statement for statements in annotated.annotations.values() for statement in statements):
            for stance in statement.stance:
                shown = stance_input(analysis, statement, Target(stance.target))
                found.setdefault((name, stance.target), []).append((shown, str(stance.label)))
    return [(name, target, examples) for (name, target), examples in found.items()]


def _vary_speaker(example: Labelled, generator: random.Random) -> Labelled:
    """The speaker is sometimes left out, because the pipeline does not always find one."""
    shown, label = example
    return (replace(shown, speaker="") if generator.random() < 0.25 else shown), label


def _with_other_targets(articles: list[tuple[str, list[Labelled]]], generator: random.Random) -> list[Labelled]:
    """Labelled statements paired with other articles' targets that share no long word with them: neutral."""
    examples: list[Labelled] = []
    for target, statements in articles:
        other = generator.choice(articles)[0]
        examples += [
            (replace(shown, target=other), "neutral")
            for shown, _ in statements
            if generator.random() < _OTHER_TARGETS and not _words(other) & _words(f"{shown.context} {target}")
        ]
    return examples


def _statements(article: AnnotatedArticle) -> Iterator[StanceInput]:
    """The statements of an article's first annotator, without targets."""
    text = article.article.text
    for statement in next(iter(article.annotations.values()), ()):
        context = text[statement.context.start : statement.context.end].strip()
        yield StanceInput("", statement.text, context, statement.source.text if statement.source else "")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _words(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"[^\W\d_]{4,}", text.casefold())}


def _is_held_out(text: str, one_in: int = _CALIBRATION_PART) -> bool:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % one_in == 0
