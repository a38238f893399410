"""From the quote model's scores to ranges of tokens."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from onrecord_models.decoding import CueRange, decode_statements, find_cues, find_names
from onrecord_models.labels import NAME_LABELS


def logits(labels: list[int], size: int, strength: float = 6.0) -> Tensor:
    scores = torch.zeros(len(labels), size)
    scores[torch.arange(len(labels)), torch.tensor(labels)] = strength
    return scores


def peaks(positions: list[int], length: int) -> Tensor:
    scores = torch.zeros(len(positions), length)
    scores[torch.arange(len(positions)), torch.tensor(positions)] = 8.0
    return scores


def test_cues_are_runs_and_a_begin_label_starts_a_new_one() -> None:
    cues = find_cues(logits([0, 1, 2, 0, 1, 1, 2], 3), 0.25)
    assert [cue.tokens for cue in cues] == [(1, 3), (4, 5), (5, 7)]


def test_a_cue_below_the_threshold_is_not_found() -> None:
    weak = torch.tensor([[2.0, 1.0, -9.0]])  # e / (e² + e) = 0.27
    assert [cue.tokens for cue in find_cues(weak, 0.25)] == [(0, 1)]
    assert find_cues(weak, 0.3) == []


def statements(owners: list[int], switches: Tensor | None = None, start: int = 0, end: int = 0, weight: float = 1.0):
    length = len(owners)
    quiet = torch.zeros(length) if switches is None else switches
    cues = [CueRange((4, 5), 0.9)]
    return decode_statements(cues, logits(owners, 2, 2.0), peaks([start], length), peaks([end], length), quiet, weight)


def test_discontinuous_content_comes_out_as_its_pieces() -> None:
    (found,) = statements([0, 1, 1, 0, 0, 0, 1, 1, 0])
    assert found.content == [(1, 3), (6, 8)]


def test_a_stray_token_is_smoothed_away_where_the_switch_head_sees_no_change() -> None:
    switches = torch.full((9,), -6.0)
    switches[1] = switches[4] = 6.0
    (found,) = statements([0, 1, 0, 1, 0, 0, 1, 0, 0], switches)
    assert found.content == [(1, 4)]


def test_content_that_begins_with_its_own_anchor_has_no_cue() -> None:
    (bare,) = statements([0, 0, 0, 0, 1, 1, 1, 0, 0])
    (after,) = statements([0, 0, 0, 0, 0, 1, 1, 0, 0])
    assert (bare.cue, bare.content) == (None, [(4, 7)])
    assert (after.cue, after.content) == (CueRange((4, 5), 0.9), [(5, 7)])
    assert bare.score == pytest.approx(after.score, rel=0.1)  # how sure the anchor is counts all the same


def test_a_source_of_a_statement_without_a_cue_is_outside_of_what_is_said() -> None:
    (found,) = statements([0, 0, 0, 0, 1, 1, 0, 0, 0], start=7, end=7)
    assert (found.cue, found.source) == (None, (7, 8))


def test_each_statement_has_its_likeliest_act_where_the_model_tells() -> None:
    cues = [CueRange((0, 1), 0.9), CueRange((3, 4), 0.9), CueRange((5, 6), 0.9)]
    owners = logits([0, 1, 1, 0, 0, 0, 3], 4)  # the second cue wins nothing
    given = (cues, owners, peaks([0] * 3, 7), peaks([0] * 3, 7), torch.zeros(7), 1.0)
    acts = torch.tensor([[0.0, 2.0, 0.0], [9.0, 0.0, 0.0], [0.0, 0.0, 3.0]])
    found = decode_statements(*given, acts)
    assert [each.act and each.act[0] for each in found] == ["attitude", "decision"]
    assert found[0].act is not None and found[0].act[1] == pytest.approx(0.7870, abs=1e-4)
    assert [each.act for each in decode_statements(*given)] == [None, None]


def test_a_cue_without_content_gives_no_statement() -> None:
    assert statements([0] * 9) == []


@pytest.mark.parametrize(
    ("own", "sure", "expected"),
    [
        (1.6, 0.95, {(4, 5): [(1, 3)], (9, 10): [(6, 8)]}),
        (1.0, 0.95, {(4, 5): [(1, 3), (6, 8)]}),
        (1.6, 0.6, {(4, 5): [(1, 3), (6, 8)]}),
    ],
)
def test_a_sure_cue_without_content_takes_a_piece_of_another_that_it_nearly_owns(
    own: float, sure: float, expected: dict[tuple[int, int], list[tuple[int, int]]]
) -> None:
    owners = torch.zeros(11, 3)
    owners[:, 0] = 2.0
    for first, last in ((1, 3), (6, 8)):
        owners[first:last, :2] = torch.tensor([0.0, 2.0])
    owners[6:8, 2] = own
    cues = [CueRange((4, 5), 0.9), CueRange((9, 10), sure)]
    none = peaks([0, 0], 11)
    found = decode_statements(cues, owners, none, none, torch.zeros(11), 1.0)
    assert {each.cue.tokens: each.content for each in found if each.cue is not None} == expected


def test_a_cue_keeps_its_only_piece() -> None:
    owners = torch.zeros(8, 3)
    owners[:, 0] = 2.0
    owners[1:3] = torch.tensor([0.0, 2.0, 1.9])
    cues, none = [CueRange((4, 5), 0.9), CueRange((6, 7), 0.95)], peaks([0, 0], 8)
    (found,) = decode_statements(cues, owners, none, none, torch.zeros(8), 1.0)
    assert found.cue == cues[0] and found.content == [(1, 3)]


def test_a_source_is_the_best_range_outside_of_content_and_cue() -> None:
    (found,) = statements([0, 1, 1, 0, 0, 0, 0, 0, 0], start=5, end=7)
    assert found.source == (5, 8)
    (inside,) = statements([0, 1, 1, 1, 0, 0, 0, 0, 0], start=2, end=2)
    assert inside.source is None or inside.source[0] > 3


def test_token_zero_stands_for_no_source() -> None:
    (found,) = statements([0, 1, 1, 0, 0, 0, 0, 0, 0], start=0, end=0)
    assert found.source is None


def test_names_split_where_another_one_begins() -> None:
    def label(name: str) -> int:
        return NAME_LABELS.index(name)

    labels = [0, label("B-person"), label("I-person"), label("B-person"), label("B-location"), 0]
    found = [(name.tokens, name.label) for name in find_names(logits(labels, len(NAME_LABELS)))]
    assert found == [((1, 3), "person"), ((3, 4), "person"), ((4, 5), "location")]


def test_tokens_of_one_name_that_differ_in_class_stay_together() -> None:
    scores = torch.full((4, len(NAME_LABELS)), -9.0)
    scores[0, 0] = scores[3, 0] = 3.0
    for token, prefix, person, organization in ((1, "B", 1.1, 1.0), (2, "I", 0.0, 1.0)):
        scores[token, NAME_LABELS.index(f"{prefix}-person")] = person
        scores[token, NAME_LABELS.index(f"{prefix}-organization")] = organization
    assert [(name.tokens, name.label) for name in find_names(scores)] == [((1, 3), "organization")]
