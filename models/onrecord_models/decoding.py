"""From the quote model's scores to cues, contents, sources and names, as token ranges.

Content is decoded as a whole: the best sequence of owners, where the sum of the tokens' log-probabilities
competes with the switch head's score of every change of owner (Viterbi). A cue that is surely one and got nothing then
takes a piece of another's, if that was nearly a tie. A source is the best-scoring
contiguous range, or none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from heapq import nlargest

from torch import Tensor
from torch.nn.functional import logsigmoid

from onrecord_models.labelled_runs import labelled_runs
from onrecord_models.labels import ACTS, NAME_CLASSES, ROLE_SIDES, Act, Side

Range = tuple[int, int]
"""Half-open range of tokens."""

_LONGEST_SOURCE = 80
_SOURCE_STARTS = 8
"""How many of a source's likeliest starts are tried."""
_SURE = 0.8
"""How likely a cue must be for something to be missing if it has no content."""
_GIVEN = math.log(2)
"""What such a cue is given, it owns at least half as likely as the cue from which it is taken."""


@dataclass(frozen=True, slots=True)
class CueRange:
    """A cue as tokens, with the probability of its likeliest token."""

    tokens: Range
    score: float


@dataclass(frozen=True, slots=True)
class StatementRange:
    """One statement of a window, as tokens. ``score`` is the anchor's probability times the mean one of the content.

    ``cue`` is None where the anchor is the content's own first token: nothing says that somebody speaks. ``act`` is one
    of ``labels.ACTS`` with its probability, None from a model that does not tell.
    """

    cue: CueRange | None
    content: list[Range]
    source: Range | None
    score: float
    act: tuple[Act, float] | None = None


@dataclass(frozen=True, slots=True)
class NameRange:
    """A name as tokens; ``label`` is one of ``labels.NAME_CLASSES``, ``score`` the mean probability."""

    tokens: Range
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class RoleRange:
    """A phrase that says what somebody is, as tokens, and on which side of that name it stands."""

    tokens: Range
    side: Side


@dataclass(frozen=True, slots=True)
class WindowReading:
    """What the quote model found in one window.

    ``states`` (tokens, hidden size), in bf16, are what a coreference model goes on from, ``stance_states`` what a
    stance model with another number of layers does; None where none is asked for.
    """

    names: list[NameRange]
    statements: list[StatementRange]
    roles: list[RoleRange] = field(default_factory=list)
    states: Tensor | None = field(default=None, compare=False, repr=False)
    stance_states: Tensor | None = field(default=None, compare=False, repr=False)


def find_cues(logits: Tensor, threshold: float) -> list[CueRange]:
    """Runs of tokens whose probability of being part of a cue exceeds ``threshold``; logits (tokens, 3)."""
    probabilities = logits.float().softmax(-1).tolist()
    cues: list[CueRange] = []
    start = 0
    best = 0.0
    previous_inside = False
    for index, (outside, begins, continues) in enumerate([*probabilities, [1.0, 0.0, 0.0]]):
        inside = 1 - outside > threshold
        if previous_inside and (not inside or begins > continues):
            cues.append(CueRange((start, index), round(best, 6)))
        if inside:
            if not previous_inside or begins > continues:
                start, best = index, 0.0
            best = max(best, 1 - outside)
        previous_inside = inside
    return cues


def decode_statements(
    cues: list[CueRange],
    owners: Tensor,
    starts: Tensor,
    ends: Tensor,
    switches: Tensor,
    switch_weight: float,
    acts: Tensor | None = None,
) -> list[StatementRange]:
    """The statements of one window, in the order of ``cues``; a cue that wins no content gives none.

    Args:
        cues: the cues scored.
        owners: (tokens, 1 + cues) logits.
        starts: (cues, tokens) logits.
        ends: (cues, tokens) logits.
        switches: (tokens,) logits.
        switch_weight: the weight of a switch logit against a token's log-probabilities.
        acts: (cues, ``len(ACTS)``) logits.
    """
    log_owners: list[list[float]] = owners.float().log_softmax(-1).tolist()
    weighed = switches.float() * switch_weight
    path = _best_path(log_owners, logsigmoid(weighed).tolist(), logsigmoid(-weighed).tolist())
    _share(path, log_owners, cues)
    all_starts = starts.float().log_softmax(-1).tolist()
    all_ends = ends.float().log_softmax(-1).tolist()
    taken = [owner > 0 for owner in path]
    found: list[StatementRange] = []
    for number, cue in enumerate(cues, 1):
        content = [run for run in _runs(path, number) if run[0] > 0]
        if not content:
            continue
        scores = [log_owners[token][number] for run in content for token in range(*run)]
        source = _best_range(all_starts[number - 1], all_ends[number - 1], taken, cue.tokens)
        bare = any(start <= cue.tokens[0] < end for start, end in content)
        score = cue.score * math.exp(math.fsum(scores) / len(scores))
        act = None if acts is None else _act(acts[number - 1])
        found.append(StatementRange(None if bare else cue, content, source, score, act))
    return found


def _act(logits: Tensor) -> tuple[Act, float]:
    probabilities: list[float] = logits.float().softmax(-1).tolist()
    best = max(probabilities)
    return ACTS[probabilities.index(best)], round(best, 4)


def _best_path(log_owners: list[list[float]], change: list[float], stay: list[float]) -> list[int]:
    """Viterbi over owners: a change of owner at a token costs as much as the switch head scores against it.

    In plain numbers, as windows are short and owners few: tensor operations for every token take ten times as long.
    """
    score = log_owners[0]
    pointers: list[list[int]] = []
    for token in range(1, len(log_owners)):
        best = max(score)
        origin = score.index(best)
        switched = best + change[token]
        stayed = [before + stay[token] for before in score]
        pointers.append([state if own >= switched else origin for state, own in enumerate(stayed)])
        score = [max(own, switched) + emitted for own, emitted in zip(stayed, log_owners[token], strict=True)]
    path = [score.index(max(score))]
    for pointer in reversed(pointers):
        path.append(pointer[path[-1]])
    return path[::-1]


def _share(path: list[int], log_owners: list[list[float]], cues: list[CueRange]) -> None:
    """Gives each likely cue without content a piece of another cue that has several, if it owns it nearly as likely.

    The path weighs token by token; that a verb of saying which is surely one has something to report is known only of
    the whole.
    """
    for number, cue in enumerate(cues, 1):
        if cue.score < _SURE or number in path:
            continue
        pieces = [runs for other in range(1, len(cues) + 1) if len(runs := _runs(path, other)) > 1]
        costs = [
            (math.fsum(log_owners[token][path[token]] - log_owners[token][number] for token in range(*run)), run)
            for runs in pieces
            for run in runs
        ]
        cheap = [(cost, run) for cost, run in costs if cost <= _GIVEN * (run[1] - run[0])]
        if cheap:
            _, (start, end) = min(cheap)
            path[start:end] = [number] * (end - start)


def _runs(path: list[int], owner: int) -> list[Range]:
    runs: list[Range] = []
    start = None
    for index, value in enumerate([*path, -1]):
        if value == owner and start is None:
            start = index
        elif value != owner and start is not None:
            runs.append((start, index))
            start = None
    return runs


def _best_range(starts: list[float], ends: list[float], taken: list[bool], cue: Range) -> Range | None:
    """The best source range, outside of all content and of the cue itself, or None where token 0 scores better.

    ``starts`` and ``ends`` are log-probabilities.
    """
    best: Range | None = None
    best_score = starts[0] + ends[0]
    free = [token for token in range(1, len(starts)) if not taken[token] and not cue[0] <= token < cue[1]]
    open_to = set(free)
    for start in nlargest(_SOURCE_STARTS, free, key=starts.__getitem__):
        for end in range(start, min(len(ends), start + _LONGEST_SOURCE)):
            if end not in open_to:
                break
            score = starts[start] + ends[end]
            if score > best_score:
                best, best_score = (start, end + 1), score
    return best


def calibrate(score: float, slope: float, offset: float) -> float:
    """The chance that a statement with this score is right: its logit times ``slope`` plus ``offset`` (Platt 1999)."""
    bounded = min(max(score, 1e-6), 1 - 1e-6)
    return 1 / (1 + math.exp(-(slope * math.log(bounded / (1 - bounded)) + offset)))


def find_names(logits: Tensor) -> list[NameRange]:
    """Names in order; logits (tokens, ``len(NAME_LABELS)``)."""
    return [NameRange((run.start, run.end), NAME_CLASSES[run.label], run.score) for run in labelled_runs(logits)]


def find_roles(logits: Tensor) -> list[RoleRange]:
    """Phrases that say what somebody is, in order; logits (tokens, ``len(ROLE_LABELS)``)."""
    return [RoleRange((run.start, run.end), ROLE_SIDES[run.label]) for run in labelled_runs(logits)]
