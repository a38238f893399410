"""How stances add up to a position, and the file of weights that says so."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.document import Stance, StanceScores
from onrecord.errors import WeightsError
from onrecord.positions.model import (
    FEATURES,
    OUTCOMES,
    Evidence,
    Outcome,
    PositionModel,
    StanceSums,
    load_position_model,
    most_probable,
)

SUPPORT, OPPOSE, NEUTRAL, ELSEWHERE = (
    Evidence(0.9, 0.03, 0.98),
    Evidence(0.03, 0.9, 0.98),
    Evidence(0.05, 0.04, 0.9),
    Evidence(0.01, 0.01, 0.03),
)

probabilities = st.floats(0, 1)
statements = st.lists(st.builds(Evidence, probabilities, probabilities, probabilities), max_size=30)


def test_the_features_are_named_and_in_order() -> None:
    sums = StanceSums.of([Evidence(0.9, 0.0, 1.0), Evidence(0.2, 0.5, 0.5)])
    assert dict(zip(FEATURES, sums.features(), strict=True)) == pytest.approx(
        {
            "statements": math.log(1 + 1.5),
            "largest_support": 0.9,
            "largest_oppose": 0.5,
            "support": math.log(1 + 1.1),
            "oppose": math.log(1 + 0.5),
            "difference": 0.6,
        }
    )
    assert set(StanceSums.of([]).features()) == {0}


@pytest.mark.parametrize(
    ("stance", "evidence"),
    [
        (Stance("x", "oppose", 0.7, StanceScores(0.1, 0.7, 0.2), 0.9), Evidence(0.1, 0.7, 0.9)),
        (Stance("x", "unclear", 0.4, StanceScores(0.4, 0.3, 0.3), 0.8), Evidence(0.4, 0.3, 0.8)),
        (Stance("x", "support", 0.5, StanceScores(0.5, 0.25, 0.25)), Evidence(0.5, 0.25, 0.75)),
        (Stance("x", "support"), Evidence(1, 0, 1)),
        (Stance("x", "neutral"), Evidence(0, 0, 0)),
        (Stance("x", "unclear"), Evidence(0, 0, 0)),
        (Stance("x", "neutral", about=1.0), Evidence(0, 0, 1)),
    ],
)
def test_evidence_is_what_a_stance_says_and_a_label_alone_is_certain(stance: Stance, evidence: Evidence) -> None:
    assert Evidence.of(stance) == pytest.approx(evidence)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ([SUPPORT], "support"),
        ([OPPOSE], "oppose"),
        ([SUPPORT, SUPPORT, NEUTRAL], "support"),
        ([OPPOSE, *[NEUTRAL] * 10], "oppose"),  # which a mean would not show
        ([SUPPORT, OPPOSE], "mixed"),
        ([SUPPORT, OPPOSE] * 5, "mixed"),
        ([SUPPORT] * 20 + [OPPOSE], "support"),
        ([NEUTRAL], "no side"),
        ([NEUTRAL] * 100, "no side"),
        ([ELSEWHERE] * 30, "no side"),
        ([], "no side"),
    ],
)
def test_the_weights_that_come_with_onrecord_add_up_as_a_reader_would(said: list[Evidence], outcome: Outcome) -> None:
    assert load_position_model().outcome(said) == outcome


def test_a_second_supporting_statement_makes_support_likelier() -> None:
    model = load_position_model()
    once, twice = (model.probabilities(StanceSums.of([SUPPORT] * number))["support"] for number in (1, 2))
    assert once < twice < 1


@given(statements)
def test_probabilities_add_up_to_one_whatever_was_said(said: list[Evidence]) -> None:
    found = load_position_model().probabilities(StanceSums.of(said))
    assert list(found) == list(OUTCOMES)
    assert sum(found.values()) == pytest.approx(1)


def test_large_weights_do_not_overflow() -> None:
    steep = PositionModel(tuple((1e6 * number,) * 6 for number in range(4)), (0.0,) * 4)
    assert steep.probabilities(StanceSums.of([SUPPORT] * 1000))["no side"] == 1


def test_of_equals_the_one_that_says_least_is_taken() -> None:
    assert most_probable(dict.fromkeys(OUTCOMES, 0.25)) == "no side"
    assert most_probable({"support": 0.4, "oppose": 0.2, "mixed": 0.4, "no side": 0.0}) == "mixed"


def write(folder: Path, values: Any) -> Path:
    path = folder / "stance" / "positions.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(values if isinstance(values, str) else json.dumps(values), encoding="utf-8")
    return path


def test_a_model_folders_own_weights_come_first(tmp_path: Path) -> None:
    assert load_position_model(tmp_path) == load_position_model()
    own = PositionModel(((0.5,) * 6,) * 4, (0.0, 0.0, 0.0, 1.0), {"articles": 3})
    write(tmp_path, own.to_dict())
    assert load_position_model(tmp_path) == own != load_position_model()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("", "Expecting value"),
        ('{"features": [', "Expecting value"),
        ("[]", "features: expected statements, largest_support"),
        ({"features": ["mean"]}, "features: expected statements, largest_support"),
        ({"outcomes": ["support", "oppose"]}, "outcomes: expected support, oppose, mixed, no side"),
        ({"weights": [[0.0] * 6] * 3}, "weights: expected 4 rows"),
        ({"weights": [[0.0] * 5] * 4}, "weights: expected 6 finite numbers"),
        ({"weights": [[True] * 6] * 4}, "weights: expected 6 finite numbers"),
        ({"weights": [["1"] * 6] * 4}, "weights: expected 6 finite numbers"),
        ({"bias": [0.0, 0.0, float("nan"), 0.0]}, "bias: expected 4 finite numbers"),
        ({"bias": [10**400] * 4}, "too large"),
        ({"bias": None}, "bias: expected 4 finite numbers"),
    ],
)
def test_a_damaged_file_is_one_line_that_names_it(tmp_path: Path, damage: Any, said: str) -> None:
    whole = load_position_model().to_dict()
    path = write(tmp_path, damage if isinstance(damage, str) else whole | damage)
    with pytest.raises(WeightsError) as caught:
        load_position_model(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{path}: does not hold the weights for positions (")
    assert said in message and "onrecord train positions" in message and "\n" not in message
