"""Windows of articles and what is labelled of them: what the quote model learns from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace

import torch
from torch import Tensor

from onrecord.document import Span, Spans, Statement
from onrecord.text.quotations import Quotation
from onrecord.text.windows import Window
from onrecord_models.decoding import find_cues
from onrecord_models.labels import ACTS
from onrecord_models.windows import TokenFeatures

IGNORED = -100
"""The label of a token that is not labelled, as torch's cross-entropy has it."""

UNKNOWN = (-1, -1)
"""The source of a cue that nobody annotated."""

_UNSURE = 0.2
"""Probability from which a cue that nobody annotated is shown to the heads that score pairs."""


UNTOLD = torch.full((1, len(ACTS)), float("-inf"))
"""The logits of a cue's act from a model that tells no acts."""


@dataclass(frozen=True, slots=True)
class SoftLabels:
    """A larger model's logits for one window; see `onrecord_training.distillation`.

    Shapes: ``cues`` (tokens, 3), ``names`` (tokens, ``len(NAME_LABELS)``), ``switches`` (tokens,), ``owners`` (tokens,
    1 + cues), ``starts`` and ``ends`` (cues, tokens), ``acts`` (cues, ``len(ACTS)``), as in
    `onrecord_models.quote_model`, for the example's cues.
    """

    cues: Tensor
    names: Tensor
    switches: Tensor
    owners: Tensor
    starts: Tensor
    ends: Tensor
    acts: Tensor

    def to(self, device: torch.device) -> SoftLabels:
        """The same on another device."""
        return SoftLabels(**{each.name: getattr(self, each.name).to(device) for each in fields(self)})


@dataclass(frozen=True, slots=True)
class Example:
    """A window with its labels, one for each token.

    ``owners`` is 0, 1 + the index of the cue whose content the token is, or `IGNORED`. ``sources`` has the first
    and the last token of each cue's source, (0, 0) for none, `UNKNOWN` for a cue that nobody annotated. ``acts`` has
    the index in ``ACTS`` for each cue, or `IGNORED`; it is empty where none is known. Windows of a corpus of names have
    ``names``, those of annotated articles the other labels, and those of articles without labels only ``soft`` ones.
    """

    window: TokenFeatures
    cues: list[tuple[int, int]]
    owners: list[int]
    sources: list[tuple[int, int]]
    names: list[int] | None = None
    acts: list[int] = field(default_factory=list)
    soft: SoftLabels | None = None

    def __len__(self) -> int:
        return len(self.window.input_ids)

    @property
    def labelled(self) -> bool:
        """Whether statements are labelled; an article without any is labelled, too."""
        return bool(self.owners)

    def unannotated(self, logits: Tensor) -> list[tuple[int, int]]:
        """The cues that ``logits`` (tokens, 3) show in addition to those of the example, likeliest first."""
        found = sorted(find_cues(logits, _UNSURE), key=lambda cue: -cue.score)
        return [c.tokens for c in found if all(c.tokens[1] <= start or end <= c.tokens[0] for start, end in self.cues)]

    def with_unannotated(self, cues: list[tuple[int, int]]) -> Example:
        """The same window with these cues added, which nobody annotated and which own no content."""
        if not cues:
            return self
        acts = self.acts or [IGNORED] * len(self.cues)
        known = zip(self.cues, self.sources, range(1, len(self.cues) + 1), acts, strict=True)
        order = sorted([*known, *((cue, UNKNOWN, 0, IGNORED) for cue in cues)])
        renumbered = {old: new for new, (_, _, old, _) in enumerate(order, 1) if old}
        return replace(
            self,
            cues=[cue for cue, _, _, _ in order],
            owners=[renumbered.get(owner, min(owner, 0)) for owner in self.owners],
            sources=[source for _, source, _, _ in order],
            acts=[act for _, _, _, act in order],
        )


def statement_example(window: Window, statements: tuple[Statement, ...], silent: tuple[Quotation, ...] = ()) -> Example:
    """Labels of the statements whose anchor lies in ``window``; a source or content outside it is lost.

    The anchor is the cue or, where there is none, the first token of the content. Of the quotations in ``silent`` that
    no statement touches nothing is learned: PolNeAR's annotators marked no statement without a cue.
    """
    found: list[tuple[tuple[int, int], Statement]] = []
    for statement in statements:
        if statement.cue:
            tokens = _tokens(window.spans, statement.cue.spans[:1])
        else:
            tokens = _tokens(window.spans, statement.content[:1])[:1]
        if tokens:
            found.append(((tokens[0], tokens[-1] + 1), statement))
    found.sort(key=lambda pair: pair[0])
    cues: list[tuple[int, int]] = []
    sources: list[tuple[int, int]] = []
    acts: list[int] = []
    owners = [0] * len(window.spans)
    for cue, statement in found:
        if cues and cue[0] < cues[-1][1]:
            continue
        cues.append(cue)
        acts.append(ACTS.index(statement.act) if statement.act else IGNORED)
        source = _tokens(window.spans, statement.source.spans[:1]) if statement.source else []
        sources.append((source[0], source[-1]) if source else (0, 0))
        for piece in statement.content:
            tokens = _tokens(window.spans, (piece,))
            # From the first to the last, so that a separator inside a piece belongs to it.
            for token in range(tokens[0], tokens[-1] + 1) if tokens else ():
                owners[token] = owners[token] or len(cues)
    parts = [span for statement in statements for span in statement_spans(statement)]
    for quotation in silent:
        if not any(quotation.span.overlaps(span) for span in parts):
            for token in _tokens(window.spans, (quotation.span,)):
                owners[token] = IGNORED
    return Example(window, cues, owners, sources, acts=acts)


def statement_spans(statement: Statement) -> Iterator[Span]:
    """The spans of content, cue and source."""
    yield from statement.content
    for mention in (statement.cue, statement.source):
        yield from mention.spans if mention else ()


def _tokens(spans: list[Span], wanted: Spans) -> list[int]:
    return [i for i, span in enumerate(spans) if span.end > span.start and any(span.overlaps(want) for want in wanted)]
