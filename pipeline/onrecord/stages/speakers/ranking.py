"""The `EntityResolver` of the pipeline: a trained model ranks the candidates of every pronoun and description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor

from onrecord.document import Span
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import ANAPHOR_KINDS, Anaphor, Candidate, Choice, EntityResolver, Form
from onrecord.stages.speakers.features import anaphor_features, between_counts, entity_features, pair_features
from onrecord.stages.states import ArticleStates, Place, Range
from onrecord.text.positions import Layout
from onrecord_models.encoder import ready
from onrecord_models.inference import batches, padded_width

if TYPE_CHECKING:
    from onrecord_models.coreference_model import CoreferenceModel

_NEAREST: Final = 6
_EARLIEST: Final = 2
"""So many of an entity's mentions count: the nearest ones and the first ones, which introduce it."""

_COUNTED: Final = 0.12
"""Where it is known how many are meant, as in ``the pair``, each of the likeliest so many needs only this chance.

Chosen by reading the chances of such questions in articles held out from training.
"""

_NAMES: Final = 3
"""So many of its names are asked for its gender."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A mention of a candidate: its tokens in the chunk that is read, or its place elsewhere, or neither."""

    near: Range | None
    far: Place | None
    features: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate as the model is shown it; ``names`` are places of their full names, which tell a gender."""

    features: tuple[int, ...]
    pairs: list[Pair]
    names: list[Place]


@dataclass(frozen=True, slots=True)
class Question:
    """What the model is asked: an anaphor in the chunk of a window, and the options, in the candidates' order."""

    window: int
    tokens: Range
    features: tuple[int, ...]
    plural: bool
    options: list[Option]


def question_of(
    states: ArticleStates, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
) -> Question | None:
    """The question as the model is asked it; None if the anaphor is in a part of the text that it was not shown."""
    where = states.of(anaphor.span)
    tokens = states.inside(where, where.window) if where is not None else None
    if where is None or tokens is None:
        return None
    between = between_counts(anaphor, candidates)
    options = []
    for candidate in candidates:
        pairs = []
        for span, form in _counting(anaphor, candidate):
            place = states.of(span)
            features = pair_features(layout, anaphor, span, form, between[span])
            near = states.inside(place, where.window) if place is not None else None
            if place is not None:
                pairs.append(Pair(near, None if near else place, features))
        none = [Pair(None, None, pair_features(layout, anaphor, None, None, 0))]
        names = names_of(states, candidate) if anaphor.gender else []
        options.append(Option(entity_features(anaphor, candidate), pairs or none, names))
    return Question(where.window, tokens, anaphor_features(anaphor), anaphor.plural, options)


def names_of(states: ArticleStates, candidate: Candidate) -> list[Place]:
    """Where a candidate's first full names are, or its short ones if it has no full ones."""
    for wanted in ("full name", "short name"):
        spans = [span for span, form in candidate.mentions if form == wanted]
        if places := [place for span in spans[:_NAMES] if (place := states.of(span)) is not None]:
            return places
    return []


def _counting(anaphor: Anaphor, candidate: Candidate) -> list[tuple[Span, Form]]:
    mentions = candidate.mentions
    if len(mentions) <= _NEAREST + _EARLIEST:
        return list(mentions)
    near = sorted(mentions, key=lambda mention: abs(mention[0].start - anaphor.span.start))[:_NEAREST]
    return sorted({*mentions[:_EARLIEST], *near})


@dataclass(slots=True)
class _Read:
    """An article and what the upper layers make of the chunks asked for: (tokens, hidden size) each, by window."""

    layout: Layout
    states: ArticleStates
    hidden: dict[int, Tensor] = field(default_factory=dict)


class RankingResolver(EntityResolver):
    """Asks the coreference model.

    It has no answer, with a score of 0, where the model was not shown the words or was trained before they were asked.
    """

    def __init__(self, model: CoreferenceModel, device: str = "cpu", precision: str = "fp32") -> None:
        self.model = ready(model, device, precision)
        self._device = device
        self._read: dict[int, _Read] = {}

    def prepare(self, articles: Sequence[tuple[Analysis, Layout, Sequence[Span]]]) -> None:
        """Encodes the chunks around ``spans`` that need an answer, those of all articles together."""
        self._read = {}
        wanted: list[tuple[_Read, int]] = []
        for analysis, layout, spans in articles:
            read = self._article(analysis, layout)
            if read.states.known:
                wanted += [(read, number) for number in read.states.windows_of(spans)]
        self._encode(wanted)

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        """The likeliest candidate, or those likelier than not if the anaphor may stand for several."""
        read = self._article(analysis, layout)
        answerable = read.states.known and ANAPHOR_KINDS.index(anaphor.kind) < self.model.config.anaphor_sizes[0]
        question = question_of(read.states, layout, anaphor, candidates) if answerable else None
        if question is None or not candidates:
            return Choice((), 0.0)
        if question.window not in read.hidden:
            if not anaphor.content:  # only one more mention: not worth reading a window for
                return Choice((), 0.0)
            self._encode([(read, question.window)])
        with torch.inference_mode():
            (logits,) = scores(self.model, [read.hidden[question.window]], [(0, read.states, question)])
        return decide(calibrated(self.model, logits, question), anaphor, candidates)

    def _article(self, analysis: Analysis, layout: Layout) -> _Read:
        if id(layout) not in self._read:
            self._read[id(layout)] = _Read(layout, ArticleStates(analysis))
        return self._read[id(layout)]

    def _encode(self, wanted: Sequence[tuple[_Read, int]]) -> None:
        chunks = [read.states.chunk(number) for read, number in wanted]
        for indices in batches([len(chunk) for chunk in chunks], self._device):
            with torch.inference_mode():
                hidden = self.model(*padded([chunks[index] for index in indices], self._device))
            for row, index in enumerate(indices):
                read, number = wanted[index]
                read.hidden[number] = hidden[row, : len(chunks[index])]


def padded(chunks: Sequence[Tensor], device: str) -> tuple[Tensor, Tensor]:
    """(chunks, longest, rounded up, hidden size) states and (chunks, longest, rounded up) mask."""
    width = padded_width(max(map(len, chunks)))
    states = chunks[0].new_zeros(len(chunks), width, chunks[0].shape[-1])
    mask = torch.zeros(len(chunks), width, dtype=torch.long)
    for row, chunk in enumerate(chunks):
        states[row, : len(chunk)] = chunk
        mask[row, : len(chunk)] = 1
    return states.to(device), mask.to(device)


def scores(
    model: CoreferenceModel, hidden: Sequence[Tensor], questions: Sequence[tuple[int, ArticleStates, Question]]
) -> list[Tensor]:
    """For each question, the logits of its options and, last, of nobody. A question comes with the row of its chunk."""
    device = hidden[0].device
    rows, far, features, entities, owners = [], [], [], [], []
    nothing = hidden[0].new_zeros(2 * hidden[0].shape[-1])
    for number, (row, states, question) in enumerate(questions):
        for option in question.options:
            for pair in option.pairs:
                if pair.near is not None:
                    rows.append(torch.cat([hidden[row][pair.near[0]], hidden[row][pair.near[1]]]))
                else:
                    rows.append(nothing if pair.far is None else states.ends(pair.far).to(nothing))
                far.append(pair.far is not None)
                features.append(pair.features)
                entities.append(option.features)
                owners.append(number)
    asked = torch.stack(
        [torch.cat([hidden[row][each.tokens[0]], hidden[row][each.tokens[1]]]) for row, _, each in questions]
    )
    scored, none = model.score(
        asked,
        torch.tensor([question.features for _, _, question in questions], device=device),
        torch.stack(rows) if rows else nothing[None][:0],
        torch.tensor(far, device=device, dtype=torch.bool),
        torch.tensor(features, device=device, dtype=torch.long),
        torch.tensor(entities, device=device, dtype=torch.long),
        torch.tensor(owners, device=device, dtype=torch.long),
    )
    parts = iter(
        torch.split(scored, [len(option.pairs) for _, _, question in questions for option in question.options])
    )
    found = []
    for number, (_, states, question) in enumerate(questions):
        own = torch.stack([*(torch.logsumexp(next(parts), 0) for _ in question.options), none[number]]).float()
        found.append(own + _agreement(model, states, question, own))
    return found


def _agreement(model: CoreferenceModel, states: ArticleStates, question: Question, like: Tensor) -> Tensor:
    """(options + 1,): what the genders of the options' names add to their scores."""
    rows = [number for number, option in enumerate(question.options) if option.names]
    added = torch.zeros_like(like)
    if not rows:
        return added
    names = [states.ends(place) for number in rows for place in question.options[number].names]
    feminine = model.feminine(torch.stack(names).to(like))
    groups = torch.split(feminine, [len(question.options[number].names) for number in rows])
    wanted = torch.tensor(1.0 if question.features[1] == 2 else -1.0).to(like)
    own = torch.stack([model.agreement(group.mean(), wanted) for group in groups])
    added[rows] = own.float()
    return added


def calibrated(model: CoreferenceModel, logits: Tensor, question: Question) -> Tensor:
    """The logits with what was chosen on held-out questions applied."""
    config = model.config
    shifted = logits.float().clone()
    shifted[-1] += config.none_bias[question.features[0]]
    scaled: Tensor = shifted / config.score_temperature[question.plural]
    return scaled


def decide(logits: Tensor, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
    """The answer that (candidates + 1,) logits give."""
    if not anaphor.plural:
        chances = logits.softmax(-1).tolist()
        best = max(range(len(chances)), key=chances.__getitem__)
        return Choice((candidates[best],) if best < len(candidates) else (), chances[best])
    chances = (logits[:-1] - logits[-1]).sigmoid().tolist()
    chosen = [index for index, chance in enumerate(chances) if chance > 0.5]
    alone = len(chosen) == 1 and anaphor.kind == "several" and candidates[chosen[0]].referent.kind == "person"
    if anaphor.number or alone:
        return _so_many(chances, anaphor.number or 2, candidates)
    doubt = 1 - min(chances[index] for index in chosen) if chosen else max(chances)
    return Choice(tuple(candidates[index] for index in chosen), 1 - doubt)


def _so_many(chances: Sequence[float], number: int, candidates: Sequence[Candidate]) -> Choice:
    """The ``number`` likeliest that are all people, or all not, if each is likely enough; else nobody."""
    single = [index for index in range(len(candidates)) if candidates[index].referent.kind != "group"]
    ranked = sorted(single, key=lambda index: -chances[index])
    alike = [index for index in ranked if _is_person(candidates[index]) == _is_person(candidates[ranked[0]])]
    if len(alike) < number:
        return Choice((), 1.0)
    least = chances[alike[number - 1]]
    score = least * (1 - _COUNTED) / (least * (1 - _COUNTED) + (1 - least) * _COUNTED)
    if score <= 0.5:
        return Choice((), 1 - score)
    return Choice(tuple(candidates[index] for index in sorted(alike[:number])), score)


def _is_person(candidate: Candidate) -> bool:
    return candidate.referent.kind == "person"
