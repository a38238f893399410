"""How well mentions are brought together: GAP's score, B³, and whether a mention finds the right name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Final, Literal

from onrecord_eval.metrics.scores import Totals, add_tally, ratio, score_figures

Gender = Literal["feminine", "masculine"]
MentionForm = Literal["name", "nominal", "pronoun"]

GAP_SCORES: Final = ("gap", "gap.feminine", "gap.masculine", "gap.free")
GUM_SCORES: Final = ("b_cubed", "resolution", "resolution.pronoun", "resolution.nominal")


def count_gap(gold: tuple[bool, bool], predicted: tuple[bool, bool], gender: Gender) -> Totals:
    """One pronoun: whether it is name A and whether it is name B, two decisions (Webster et al., TACL 2018)."""
    counts: Totals = defaultdict(float)
    for name in ("gap", f"gap.{gender}"):
        right = sum(expected and found for expected, found in zip(gold, predicted, strict=True))
        add_tally(counts, name, sum(gold), sum(predicted), right)
    return counts


def count_gap_free(gold: tuple[bool, bool], predicted: tuple[bool, bool]) -> Totals:
    """The same without giving the two names away: the pronoun may refer to anybody in the text."""
    counts: Totals = defaultdict(float)
    add_tally(counts, "gap.free", sum(gold), sum(predicted), sum(g and p for g, p in zip(gold, predicted, strict=True)))
    return counts


def gap_bias(counts: Totals) -> float | None:
    """F1 on feminine over F1 on masculine pronouns: 1 is even."""
    feminine = score_figures("gap.feminine")["gap.feminine.f1"](counts)
    masculine = score_figures("gap.masculine")["gap.masculine.f1"](counts)
    return None if feminine is None or masculine is None else ratio(feminine, masculine)


def count_b_cubed(gold: Sequence[Hashable], predicted: Sequence[Hashable | None]) -> Totals:
    """B³ (Bagga and Baldwin, 1998) over one document's mentions, given for both.

    One cluster id per mention and side; None is a mention brought together with no other.
    """
    counts: Totals = defaultdict(float)
    found = [("alone", index) if cluster is None else ("cluster", cluster) for index, cluster in enumerate(predicted)]
    expected_members, found_members = _members(gold), _members(found)
    for expected, own in zip(gold, found, strict=True):
        shared = len(expected_members[expected] & found_members[own])
        counts["b_cubed.found"] += shared / len(expected_members[expected])
        counts["b_cubed.right"] += shared / len(found_members[own])
    counts["b_cubed.gold"] = counts["b_cubed.predicted"] = len(gold)
    return counts


def _members(clusters: Sequence[Hashable]) -> dict[Hashable, set[int]]:
    members: dict[Hashable, set[int]] = defaultdict(set)
    for index, cluster in enumerate(clusters):
        members[cluster].add(index)
    return members


def count_resolution(
    gold: Sequence[Hashable],
    predicted: Sequence[Hashable | None],
    forms: Sequence[MentionForm],
    lengths: Sequence[int],
    speaking: Sequence[bool],
) -> Totals:
    """Whether pronouns and descriptions of those who can speak are led to the right name.

    A mention is resolved to the longest name in its predicted cluster (``lengths`` in characters, the first
    of equally long ones), and right if that name belongs to its gold cluster. What the gold never names is
    to be left without a name. ``speaking`` tells persons and organisations from other things.
    """
    counts: Totals = defaultdict(float)
    expected_members = _members(gold)
    found_members = _members([index if cluster is None else (cluster,) for index, cluster in enumerate(predicted)])
    for index, form in enumerate(forms):
        if form == "name" or not speaking[index]:
            continue
        cluster = predicted[index]
        companions = sorted(found_members[(cluster,)]) if cluster is not None else []
        names = [other for other in companions if forms[other] == "name"]
        has_name = any(forms[other] == "name" for other in expected_members[gold[index]])
        right = bool(names) and gold[max(names, key=lambda other: lengths[other])] == gold[index]
        for name in ("resolution", f"resolution.{form}"):
            add_tally(counts, name, has_name, bool(names), right)
    return counts
