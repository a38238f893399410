"""How far two labellers agree."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Speaker, Statement
from onrecord.errors import SettingsError
from onrecord.files.records import to_line
from onrecord_eval import agreement
from onrecord_eval.agreement import agreement_table, krippendorff_alpha, measure_agreement
from onrecord_eval.run import pair_up
from tests.eval.making import make_statement

TEXT = (
    "“It is safe,” Ada Lund said. Critics called it a mistake. Work stops on Friday, it was reported. “Never,” said Bo."
)


def labeller(source: str, label: str, alias: str) -> list[Statement]:
    return [
        make_statement(
            TEXT, "“It is safe,”", source=source, cue="said", stance="support", speakers=[Speaker("Ada Lund")]
        ),
        make_statement(TEXT, "it a mistake", source="Critics", stance=label, form="indirect", cue="called"),
        make_statement(TEXT, "Work stops on Friday", cue="it was reported", form="indirect", stance="neutral"),
        make_statement(TEXT, "Never", source="Bo", stance="oppose", speakers=[Speaker(alias, aliases=("Bo",))]),
    ]


def test_agreement_of_two_labellers() -> None:
    first = labeller("Ada Lund", "oppose", "Bo Berg")
    second = labeller("Critics", "neutral", "Bo")[:3]
    second.append(make_statement(TEXT, "“Never,” said", form="mixed", stance="oppose", speakers=[Speaker("Bo")]))
    result = measure_agreement(pair_up(first, second))
    # The last ones share 5 of 12 characters, no match: 2 · 3 / (4 + 4).
    assert (result.statements, result.matched) == ((4, 4), 3)
    assert result.content_exact == result.content_iou == 3 / 4
    # Of the three: the first has another source; two lack speakers on both sides; all share cue and form.
    assert (result.source, result.speaker, result.cue, result.form) == (pytest.approx(2 / 3), 1, 1, 1)
    assert (result.stances, result.stance) == (3, pytest.approx(2 / 3))
    # Values: 2 support, 1 oppose, 3 neutral. Observed 2/6; expected (36 − 4 − 1 − 9) / (6 · 5) = 22/30.
    assert result.stance_alpha == pytest.approx(1 - (2 / 6) / (22 / 30))


def test_either_labellers_alias_makes_a_speaker_the_same() -> None:
    one = [make_statement(TEXT, "Never", speakers=[Speaker("Bo")])]
    other = [make_statement(TEXT, "Never", speakers=[Speaker("Bo Berg", aliases=("Bo",))])]
    assert measure_agreement(pair_up(one, other)).speaker == 1
    assert measure_agreement(pair_up(other, one)).speaker == 1


def test_alpha_by_hand() -> None:
    # Coincidences: a–a 2 (one pair, twice), b–b 2, a–b and b–a 1 each: 3 a and 3 b of n = 6 values.
    # Observed disagreement 2/6; expected 2·3·3 / (6·5) = 18/30. Alpha = 1 − (1/3) / (3/5) = 4/9.
    assert krippendorff_alpha([("a", "a"), ("b", "b"), ("a", "b")]) == pytest.approx(4 / 9)
    assert krippendorff_alpha([("a", "a"), ("b", "b")]) == 1


def test_alpha_needs_two_labels() -> None:
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([("a", "a")]) is None


def test_alpha_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name == "krippendorff":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SettingsError, match=r'pip install "onrecord\[evaluate\]"'):
        krippendorff_alpha([("a", "b")])


def test_the_table_says_how_far_two_labellers_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = []
    for name, statements in (("1", labeller("Lund", "oppose", "Bo")), ("2", labeller("Ada Lund", "oppose", "Bo"))):
        paths.append(tmp_path / f"pass-{name}.jsonl")
        paths[-1].write_text("".join(to_line(statement) + "\n" for statement in statements), encoding="utf-8")
    table = agreement_table(*paths)
    assert "4 and 4 statements in 1 article\n4 match (IoU ≥ 0.5), 4 pairs of stance labels" in table
    assert "Krippendorff's alpha  1.000" in table
    monkeypatch.setattr(agreement, "find_spec", lambda name: None)
    table = agreement_table(*paths)
    assert "Krippendorff's alpha      –" in table and 'pip install "onrecord[evaluate]"' in table
