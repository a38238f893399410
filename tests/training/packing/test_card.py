"""The model card of a model folder."""

from __future__ import annotations

from typing import Any

from onrecord_training.packing.card import card


def training(command: str, **sizes: int) -> dict[str, Any]:
    return {"command": command, "settings": {"seed": 1}, "sizes": sizes, "epochs": [{"seconds": 60}]}


def test_a_card_counts_what_all_trainings_read_and_what_the_last_was_measured_on() -> None:
    stance = training("second", articles=2, measured_newswire=24) | {
        "initial": training("first", articles=5, measured_newswire=284)
    }
    written = card("mine", {"stance": stance})
    assert "| size: articles | 5 |" in written
    assert "| size: measured newswire | 24 |" in written
