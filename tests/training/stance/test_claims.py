"""Claims in other words, and claims that are known already."""

from __future__ import annotations

import random

import pytest

from onrecord_eval.corpora.perspectrum import Perspective
from onrecord_training.stance.claims import gerund, vary_claim
from onrecord_training.stance.sentences import without_known


def test_claims_are_negated_with_their_label() -> None:
    generator = random.Random(1)
    varied = {vary_claim("We should ban harbours.", generator) for _ in range(60)}
    assert ("We should not ban harbours", True) in varied
    assert ("banning harbours", False) in varied
    assert all((" not " in claim) == is_opposite for claim, is_opposite in varied)


@pytest.mark.parametrize(
    ("claim", "within"), [("The port is full.", "the port is full"), ("BBC News is fair.", "BBC News is fair")]
)
def test_a_claim_within_a_sentence_loses_no_capital_of_a_name(claim: str, within: str) -> None:
    generator = random.Random(1)
    varied = {vary_claim(claim, generator)[0] for _ in range(60)}
    assert {each.split(" that ")[1] for each in varied if " that " in each} == {within}


@pytest.mark.parametrize(
    ("verb", "form"),
    [("ban", "banning"), ("legalise", "legalising"), ("lie", "lying"), ("free", "freeing"), ("support", "supporting")],
)
def test_a_gerund_is_spelled_right(verb: str, form: str) -> None:
    assert gerund(verb) == form


def test_claims_whose_perspectives_are_measured_on_are_not_trained_on() -> None:
    measured = [Perspective("1", "Harbours should open", "Ships need room.", "support")]
    taught = [
        Perspective("2", "Open all harbours", "ships need room", "support"),
        Perspective("2", "Open all harbours", "Harbours cost money.", "oppose"),
        Perspective("3", "Ferries should be free", "Fares keep the old at home.", "support"),
    ]
    assert without_known(taught, measured) == taught[2:]
