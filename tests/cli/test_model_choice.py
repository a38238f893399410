"""Which model judges stances: what ``--model auto`` takes, and the line that says there is a better one."""

from __future__ import annotations

from pathlib import Path

import pytest

from onrecord.cli.extract import ExtractOptions, _advice
from onrecord.pipeline import PipelineSettings
from tests.command import assert_one_clear_line, onrecord


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = tmp_path / "cache" / "all-mpnet-base-v2" / "model.safetensors"
    encoder.parent.mkdir(parents=True)
    encoder.touch()
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path / "empty"))


def options(**given: object) -> ExtractOptions:
    return ExtractOptions(paths=["a"], **given)  # type: ignore[arg-type]


@pytest.mark.usefixtures("fetched")
def test_auto_is_base_where_stances_are_judged_and_it_is_there() -> None:
    assert PipelineSettings("auto", targets=("the port",)).model == "base"
    assert PipelineSettings("auto").model == "small"
    assert PipelineSettings("auto", targets=("the port",), stance_model="another").model == "small"
    assert PipelineSettings("small", targets=("the port",)).model == "small"


@pytest.mark.usefixtures("not_fetched")
def test_auto_is_small_where_base_has_not_been_fetched() -> None:
    assert PipelineSettings("auto", targets=("the port",)).model == "small"


@pytest.mark.usefixtures("fetched")
def test_who_has_base_is_told_to_use_it() -> None:
    assert "add --model base" in (_advice(options()) or "")
    assert _advice(options(model="auto")) == "the model is base, as a target is given"
    assert _advice(options(model="base")) is _advice(options(stance_model="x")) is None


@pytest.mark.usefixtures("not_fetched")
def test_who_lacks_base_is_told_how_to_get_it() -> None:
    for model in ("small", "auto"):
        assert "`onrecord fetch base` gets it once (438 MB)" in (_advice(options(model=model)) or "")
    assert _advice(options(model="my-folder")) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--target", ""], "a target is empty"),
        (["--target", " ... "], "a target is empty"),
        (["--target", "x", "--stance-model", "m", "--stance-label", "A=for"], "--stance-label is 'A=for'; expected"),
        (["--target", "x", "--stance-model", "m", "--stance-label", "oppose"], "--stance-label is 'oppose'; expected"),
    ],
)
def test_wrong_targets_and_labels_are_told_before_a_model_is_loaded(news: Path, given: list[str], said: str) -> None:
    result = onrecord("extract", news, *given)
    assert_one_clear_line(result, said, status=2)
    assert "loading" not in result.stderr
