"""Training a tiny model further on a user's labels gives a model folder like the one it came from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from onrecord import Pipeline
from onrecord.document import Stance
from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.files.records import to_line
from onrecord_models import loading
from onrecord_models.loading import load_quote_model, load_scorer, store
from onrecord_models.stance_model import StanceConfig, StanceModel
from onrecord_training.fine_tuning.quotes import fine_tune_quote_model
from onrecord_training.fine_tuning.run import FineTuningRun
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.fine_tuning.stance import fine_tune_stance_model
from onrecord_training.loop.checkpoints import learned_state
from tests.command import assert_one_clear_line, onrecord
from tests.labelled import ARTICLE, FIRST, SECOND


@pytest.fixture(autouse=True)
def shipped(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model without a coreference model of its own takes the tiny one's, as if that came with onrecord."""
    monkeypatch.setattr(loading, "coreference_folder", lambda folder: tiny_model)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    (tmp_path / "news").mkdir(exist_ok=True)
    (tmp_path / "news" / "a.txt").write_bytes(ARTICLE.text.encode("utf-8"))
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(f"{to_line(one)}\n" for one in (FIRST, SECOND)), encoding="utf-8")
    return path


def settings_of(gold: Path, model: Path, output: Path, epochs: int = 2) -> FineTuning:
    return FineTuning(
        gold=gold, articles=gold.parent / "news", output=output, initial=str(model), epochs=epochs, threads=1
    )


def quiet(line: str) -> None:
    pass


def weights(folder: Path, part: str) -> dict[str, torch.Tensor]:
    return load_file(folder / part / "model.safetensors")


def test_the_new_quote_model_is_used_and_all_else_is_the_old_models(
    tiny_model: Path, gold: Path, tmp_path: Path
) -> None:
    output = fine_tune_quote_model(settings_of(gold, tiny_model, tmp_path / "mine"), quiet, "the command")
    before, after = weights(tiny_model, "quotes"), weights(output, "quotes")
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    for name in ("stance/model.safetensors", "embeddings.safetensors", "tokenizer.json", "quotes/config.json"):
        assert (output / name).read_bytes() == (tiny_model / name).read_bytes()
    assert not (output / "checkpoint").exists()
    old, new = (Pipeline.load(str(model), targets=("the plan",)) for model in (tiny_model, output))
    found = new.extract(ARTICLE.text)
    assert [statement.stance[0].target for statement in found] == ["the plan"] * len(found) != []
    assert found != old.extract(ARTICLE.text)
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["quotes"]["command"] == "the command"
    assert manifest["quotes"]["sizes"] == {"own_articles": 1, "own_statements": 2}
    assert "the command" in (output / "README.md").read_text()


@pytest.mark.slow
def test_labels_are_learned(tiny_model: Path, gold: Path, tmp_path: Path) -> None:
    settings = replace(
        settings_of(gold, tiny_model, tmp_path / "mine", epochs=80), learning_rate=3e-3, head_learning_rate=1e-2
    )
    lines: list[str] = []
    output = fine_tune_quote_model(settings, lines.append)
    assert lines[1].startswith("2 statements of 1 article,")
    found = Pipeline.load(str(output)).extract(ARTICLE.text)
    assert {statement.cue.text for statement in found if statement.cue} == {"said", "called"}


def test_stances_are_learned(tiny_model: Path, gold: Path, tmp_path: Path) -> None:
    settings = replace(
        settings_of(gold, tiny_model, tmp_path / "mine", epochs=30), learning_rate=3e-3, head_learning_rate=1e-2
    )
    output = fine_tune_stance_model(settings, quiet, "the command")
    assert (output / "quotes" / "model.safetensors").read_bytes() == (
        tiny_model / "quotes" / "model.safetensors"
    ).read_bytes()
    assert not torch.equal(
        weights(output, "stance")["classifier.1.weight"], weights(tiny_model, "stance")["classifier.1.weight"]
    )
    pipeline = Pipeline.load(str(output), targets=("the plan",))
    found = pipeline.extract(ARTICLE.text)
    assert {statement.stance[0].label for statement in found} == {"oppose"}
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["stance"]["sizes"] == {"own_articles": 1, "own_stances": 2}


def test_a_quote_model_and_then_a_stance_model_go_into_one(tiny_model: Path, gold: Path, tmp_path: Path) -> None:
    quote_model = fine_tune_quote_model(settings_of(gold, tiny_model, tmp_path / "one", epochs=1), quiet, "first")
    both = fine_tune_stance_model(settings_of(gold, quote_model, tmp_path / "two", epochs=1), quiet, "second")
    manifest = json.loads((both / "manifest.json").read_text())
    assert (manifest["quotes"]["command"], manifest["stance"]["command"]) == ("first", "second")
    assert all(
        torch.equal(weights(quote_model, "quotes")[name], tensor) for name, tensor in weights(both, "quotes").items()
    )


def test_a_quote_model_of_adapters_stays_one(packed: Path, gold: Path, tmp_path: Path) -> None:
    output = fine_tune_quote_model(settings_of(gold, packed, tmp_path / "mine", epochs=1), quiet)
    before, after = weights(packed, "quotes"), weights(output, "quotes")
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before if name.endswith(".down"))
    assert load_quote_model(output)
    with pytest.raises(SettingsError, match="no stance model"):
        fine_tune_stance_model(settings_of(gold, output, tmp_path / "other"), quiet)


def test_a_stance_model_of_adapters_stays_one(packed: Path, gold: Path, tmp_path: Path) -> None:
    encoder = json.loads((packed / "quotes" / "config.json").read_text())["encoder"]
    fresh = StanceModel(StanceConfig(encoder=encoder, adapter_rank=4))
    store(learned_state(fresh), fresh.config.to_dict(), packed / "stance")
    output = fine_tune_stance_model(settings_of(gold, packed, tmp_path / "mine", epochs=1), quiet)
    before, after = weights(packed, "stance"), weights(output, "stance")
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before if name.endswith(".up"))
    assert not (output / "embeddings.safetensors").exists()
    assert load_scorer(output, "cpu")


def test_a_run_killed_after_an_epoch_ends_with_the_weights_of_an_undisturbed_one(
    tiny_model: Path, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fine_tune_quote_model(settings_of(gold, tiny_model, tmp_path / "whole"), quiet)

    class KilledError(Exception):
        pass

    def report(line: str) -> None:
        if line.startswith("epoch 1/2 done"):
            raise KilledError

    broken = settings_of(gold, tiny_model, tmp_path / "broken")
    with pytest.raises(KilledError):
        fine_tune_quote_model(broken, report)
    lines: list[str] = []
    resumed = fine_tune_quote_model(broken, lines.append)
    assert "continuing after epoch 1, batch 0" in lines
    one, other = weights(whole, "quotes"), weights(resumed, "quotes")
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_other_labels_are_not_taken_for_the_ones_begun_with(tiny_model: Path, gold: Path, tmp_path: Path) -> None:
    settings = settings_of(gold, tiny_model, tmp_path / "mine")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(FineTuningRun, "finish", lambda *arguments: (_ for _ in ()).throw(RuntimeError))
        fine_tune_quote_model(settings, quiet)
    gold.write_text(to_line(FIRST) + "\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="labels"):
        fine_tune_quote_model(settings, quiet)


def test_what_cannot_be_learned_from_is_named(tiny_model: Path, gold: Path, tmp_path: Path) -> None:
    settings = settings_of(gold, tiny_model, tmp_path / "mine")
    gold.write_text(to_line(replace(FIRST, cue=None, stance=(Stance("the plan", "unclear"),))) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="cue"):
        fine_tune_quote_model(settings, quiet)
    with pytest.raises(InputError, match="support, oppose or neutral"):
        fine_tune_stance_model(settings, quiet)
    gold.write_text("")
    with pytest.raises(InputError, match="no statements"):
        fine_tune_quote_model(settings, quiet)


def test_a_model_is_not_written_over(tiny_model: Path, gold: Path) -> None:
    with pytest.raises(OutputError, match="already"):
        fine_tune_quote_model(settings_of(gold, tiny_model, tiny_model), quiet)


def test_wrong_usage_is_one_line_that_names_the_remedy(gold: Path, tmp_path: Path) -> None:
    output, news = tmp_path / "mine", gold.parent / "news"
    stance = ("stance", "--gold", gold, "--articles", news)
    for options, said in (
        (("quotes",), "give --gold and --articles"),
        (("quotes", "--gold", gold), "--gold needs --articles, the folder of the articles"),
        ((*stance, "--corpora", news), "leave out --corpora"),
        ((*stance, "--init", "enormous"), "models that come with onrecord: base, small"),
    ):
        assert_one_clear_line(onrecord("train", *options, "-o", output), said)
    assert not output.exists()
