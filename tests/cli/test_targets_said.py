"""What `extract` says of its targets when it has finished."""

from __future__ import annotations

from onrecord.cli.extract import _about
from onrecord.runs.settings import RunResult
from onrecord.targets.coverage import Coverage


def result(**targets: Coverage) -> RunResult:
    return RunResult(None, 4, 9, 0, (), 1.0, targets=targets)


def test_a_target_that_no_statement_is_about_is_named_with_what_to_do() -> None:
    (said, named) = _about(result(port=Coverage(4, 3), prot=Coverage(4, 0)))
    assert said == "statements about 'port' in 3 of 4 articles"
    assert named.startswith("no statement in 4 articles seems to be about 'prot': is that how they word it?")
    assert "\n" not in named


def test_of_many_targets_only_those_that_nobody_speaks_of_are_named() -> None:
    many = {f"t{number}": Coverage(4, 1) for number in range(9)}
    assert len(list(_about(result(**many, prot=Coverage(1, 0))))) == 1
    assert list(_about(result())) == []
