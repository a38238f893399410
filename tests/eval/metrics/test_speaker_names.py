"""Which speakers count as the same."""

from __future__ import annotations

import pytest

from onrecord.document import Speaker
from onrecord_eval.metrics.speaker_names import is_speaker, normalise_name, pair_speakers, same_speakers, word_overlap

LUND = Speaker("Ada Lund", aliases=("Lund", "Dr. A. Lund"))
BOARD = Speaker("U.S. Harbour Board")
CRITICS = Speaker(None, description="local critics of the bridge")


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("Prime Minister Ada Lund", "ada lund"),
        ("Mrs. Ada LUND,", "ada lund"),
        ("U.S. Harbour Board", "us harbour board"),
        ("Jean‑Claude O'Neil", "jean claude oneil"),
        ("The Harbour Board", "harbour board"),
        ("the Mayor Ada Lund", "ada lund"),
        ("Theo Lund", "theo lund"),
        ("The", "the"),
        ("President", "president"),
        ("Ministry of Ports", "ministry of ports"),
        ("President of Norland", "president of norland"),
    ],
)
def test_names_lose_case_punctuation_articles_and_titles(name: str, normal: str) -> None:
    assert normalise_name(name) == normal


@pytest.mark.parametrize(
    ("gold", "predicted", "right"),
    [
        (LUND, Speaker("Mayor Ada Lund"), True),
        (LUND, Speaker("LUND"), True),  # by alias
        (LUND, Speaker("A. Lund"), True),  # by alias, title aside
        (LUND, Speaker("Eva Lund"), False),
        (LUND, Speaker("Eva", aliases=("Ada Lund",)), False),  # the prediction's aliases do not count
        (LUND, Speaker(None, description="Ada Lund"), False),
        (BOARD, Speaker("US Harbour Board"), True),
        (BOARD, Speaker("the U.S. Harbour Board"), True),
        (CRITICS, Speaker(None, description="the critics"), True),
        (CRITICS, Speaker(None, description="the of a"), False),
        (CRITICS, Speaker("Critics of the Local Bridge"), True),
        (CRITICS, Speaker("Bridge"), False),
        (Speaker(None), Speaker(None), False),
    ],
)
def test_two_speakers_are_the_same_by_name_or_description(gold: Speaker, predicted: Speaker, right: bool) -> None:
    assert is_speaker(gold, predicted) is right


def test_sets_of_speakers() -> None:
    assert same_speakers([], [])
    assert not same_speakers([LUND], [])
    assert not same_speakers([], [LUND])
    assert same_speakers([LUND, BOARD], [BOARD, LUND])
    assert not same_speakers([LUND, BOARD], [LUND])
    assert not same_speakers([LUND], [LUND, BOARD])


def test_pairs_of_speakers() -> None:
    assert pair_speakers([LUND, BOARD], [Speaker("Eva"), Speaker("Lund")]) == [(LUND, Speaker("Lund"))]


def test_word_overlap_leaves_out_small_words() -> None:
    # {mayor, norland} and {mayor}: 2 · 1 / (2 + 1)
    assert word_overlap("the mayor of Norland", "Mayor") == pytest.approx(2 / 3)
    assert word_overlap("mayor", None) == 0
