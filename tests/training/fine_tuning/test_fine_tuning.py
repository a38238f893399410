"""Training a tiny model further on a user's labels gives a model folder like the one it came from."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from onrecord import Pipeline
from onrecord.document import Stance, StanceScores
from onrecord.errors import InputError, OutputError, SettingsError, WeightsError
from onrecord.files.records import to_line
from onrecord_models import loading
from onrecord_models.loading import hashes, load_quote_model, load_stance_model, store
from onrecord_models.stance.model import StanceConfig, StanceModel
from onrecord_models.upper_layers import borrow
from onrecord_training.fine_tuning import stance
from onrecord_training.fine_tuning.quotes import fine_tune_quote_model
from onrecord_training.fine_tuning.run import FineTuningRun
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.fine_tuning.stance import fine_tune_stance_model
from onrecord_training.loop.checkpoints import learned_state
from onrecord_training.stance.items import NEUTRAL, OTHER_SUBJECT, Asked
from onrecord_training.stance.training import StanceTask
from tests.command import assert_one_clear_line, onrecord
from tests.labelled import ARTICLE, FIRST, SECOND


@pytest.fixture(autouse=True)
def shipped(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model without a stance or coreference model of its own takes the tiny one's, as if that came with onrecord."""
    weights = tmp_path / "weights"
    shutil.copytree(tiny_model, weights / "small")
    (weights / "small" / "manifest.json").write_text(json.dumps({"stance": SHIPPED}), encoding="utf-8")
    monkeypatch.setattr(loading, "WEIGHTS", weights)
    return weights / "small"


SHIPPED = {"command": "shipped", "settings": {"seed": 1}, "sizes": {"articles": 9}, "epochs": [{"seconds": 60}]}


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


def test_the_new_quote_model_is_used_and_what_goes_on_from_the_old_one_left_out(
    tiny_model: Path, gold: Path, tmp_path: Path
) -> None:
    output = fine_tune_quote_model(settings_of(gold, tiny_model, tmp_path / "mine"), quiet, "the command")
    before, after = weights(tiny_model, "quotes"), weights(output, "quotes")
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    for name in ("embeddings.safetensors", "tokenizer.json", "quotes/config.json"):
        assert (output / name).read_bytes() == (tiny_model / name).read_bytes()
    assert set(hashes(output)) == {"embeddings.safetensors", "quotes/model.safetensors"}
    assert not (output / "checkpoint").exists()
    old, new = (Pipeline.load(str(model), targets=("the plan",)) for model in (tiny_model, output))
    found = new.extract(ARTICLE.text)
    assert [statement.stance[0].target for statement in found] == ["the plan"] * len(found) != []
    assert found != old.extract(ARTICLE.text)
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest.keys() == {"quotes", "sha256"}
    assert manifest["sha256"] == hashes(output)
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
    assert any(line.startswith("2 statements of 1 article,") for line in lines)
    found = Pipeline.load(str(output)).extract(ARTICLE.text)
    assert {statement.cue.text for statement in found if statement.cue} == {"said", "called"}


def test_a_stance_model_is_trained_further_and_all_else_stays(tiny_model: Path, gold: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    before = {"quotes": SHIPPED, "stance": {**SHIPPED, "command": "before"}, "coreference": SHIPPED}
    (folder / "manifest.json").write_text(json.dumps(before), encoding="utf-8")
    path = folder / "stance" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "calibration": 1.75}))
    settings = replace(
        settings_of(gold, folder, tmp_path / "mine", epochs=30), learning_rate=3e-3, head_learning_rate=1e-2
    )
    output = fine_tune_stance_model(settings, quiet, "the command")
    kept = hashes(folder)
    changed = {name for name, digest in hashes(output).items() if kept.pop(name) != digest}
    assert (changed, kept) == ({"stance/model.safetensors"}, {})
    assert json.loads((output / "stance" / "config.json").read_text())["calibration"] == 1.75
    assert weights(output, "stance").keys() == weights(folder, "stance").keys()
    pipeline = Pipeline.load(str(output), device="cpu", targets=("the plan",))
    assert {statement.stance[0].label for statement in pipeline.extract(ARTICLE.text)} == {"oppose"}
    manifest = json.loads((output / "manifest.json").read_text())
    assert {name: manifest[name] for name in ("quotes", "coreference")} == {"quotes": SHIPPED, "coreference": SHIPPED}
    assert manifest["stance"]["sizes"] == {"own_articles": 1, "own_stances": 2}
    assert manifest["stance"]["quote_model_sha256"] == hashes(folder)["quotes/model.safetensors"]
    assert manifest["stance"]["initial"]["command"] == "before"
    assert manifest["sha256"] == hashes(output)
    assert "| started from | `before` |" in (output / "README.md").read_text()


def test_a_quote_model_and_then_a_stance_model_go_into_one(
    tiny_model: Path, shipped: Path, gold: Path, tmp_path: Path
) -> None:
    quote_model = fine_tune_quote_model(settings_of(gold, tiny_model, tmp_path / "one", epochs=1), quiet, "first")
    both = fine_tune_stance_model(settings_of(gold, quote_model, tmp_path / "two", epochs=1), quiet, "second")
    manifest = json.loads((both / "manifest.json").read_text())
    assert (manifest["quotes"]["command"], manifest["stance"]["command"]) == ("first", "second")
    assert hashes(both)["quotes/model.safetensors"] == hashes(quote_model)["quotes/model.safetensors"]
    assert not (both / "coreference").exists()
    # It has no stance model of its own, so it starts from the one that it is used with.
    assert manifest["stance"]["initial"] == SHIPPED
    assert manifest["stance"]["quote_model_sha256"] == hashes(quote_model)["quotes/model.safetensors"]
    assert weights(both, "stance").keys() == weights(shipped, "stance").keys()
    assert Pipeline.load(str(both), device="cpu", targets=("the plan",)).extract(ARTICLE.text)


def test_what_a_model_only_thought_a_statement_is_about_is_not_learned(
    tiny_model: Path, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thought = Stance("the plan", "neutral", 0.9, StanceScores(0.05, 0.05, 0.9), 0.02)
    told = Stance("the plan", "neutral", about=0.0)
    unsure = Stance("the fight", "unclear", 0.4, StanceScores(0.4, 0.3, 0.3), 0.9)
    statements = (replace(FIRST, stance=(thought, unsure)), replace(SECOND, stance=(told,)))
    gold.write_text("".join(f"{to_line(one)}\n" for one in statements), encoding="utf-8")
    asked: list[Asked] = []

    class Noting(StanceTask):
        def batches(self, epoch: int) -> list[list[Asked]]:
            found = super().batches(epoch)
            asked.extend(each for batch in found for each in batch)
            return found

    monkeypatch.setattr(stance, "StanceTask", Noting)
    lines: list[str] = []
    fine_tune_stance_model(settings_of(gold, tiny_model, tmp_path / "mine", epochs=40), lines.append)
    assert "2 stances of 1 article" in lines
    assert [each.labels for each in asked] == [(NEUTRAL, OTHER_SUBJECT)] * 40
    speakers = {tuple(each.speaker for each in one.question.article.statements) for one in asked}
    assert speakers == {(0, 0), (-1, -1)}  # now and then without speakers


def test_a_quote_model_of_adapters_stays_one(packed: Path, gold: Path, tmp_path: Path) -> None:
    output = fine_tune_quote_model(settings_of(gold, packed, tmp_path / "mine", epochs=1), quiet)
    before, after = weights(packed, "quotes"), weights(output, "quotes")
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before if name.endswith(".down"))
    assert load_quote_model(output)


def test_a_stance_model_of_adapters_stays_one(packed: Path, gold: Path, tmp_path: Path) -> None:
    quote_model, _ = load_quote_model(packed)
    torch.manual_seed(0)
    fresh = StanceModel(StanceConfig(quote_model.config.encoder, layers=1, adapter_rank=4, size=8, heads=2))
    borrow(fresh, quote_model)
    store(learned_state(fresh), fresh.config.to_dict(), packed / "stance")
    output = fine_tune_stance_model(settings_of(gold, packed, tmp_path / "mine", epochs=1), quiet)
    before, after = weights(packed, "stance"), weights(output, "stance")
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before if name.endswith(".up"))
    assert not (output / "embeddings.safetensors").exists()
    assert load_stance_model(output, load_quote_model(output)[0]).config.adapter_rank == 4


def test_a_model_that_no_stance_model_fits_is_named(
    tiny_model: Path, shipped: Path, gold: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_model, tmp_path / "model")
    for folder in (tmp_path / "model", shipped):
        shutil.rmtree(folder / "stance")
    with pytest.raises(WeightsError, match="no stance/ in it, and none that comes with onrecord fits"):
        fine_tune_stance_model(settings_of(gold, tmp_path / "model", tmp_path / "mine"), quiet)
    assert not (tmp_path / "mine").exists()


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
    gold.write_text(to_line(replace(FIRST, stance=(Stance("the plan", "unclear"),))) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="support, oppose or neutral"):
        fine_tune_stance_model(settings, quiet)
    gold.write_text("")
    with pytest.raises(InputError, match="no statements"):
        fine_tune_quote_model(settings, quiet)


def test_stances_that_the_model_is_not_shown_are_nothing_to_learn_from(
    tiny_model: Path, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_read = "onrecord_training.stance.states.find_boilerplate"
    monkeypatch.setattr(nothing_read, lambda text, segmentation: frozenset(range(9)))
    with pytest.raises(InputError, match="in paragraphs that models do not read"):
        fine_tune_stance_model(settings_of(gold, tiny_model, tmp_path / "mine"), quiet)


def test_statements_without_a_cue_are_learned_too(tiny_model: Path, gold: Path, tmp_path: Path) -> None:
    gold.write_text(to_line(replace(FIRST, cue=None)) + "\n", encoding="utf-8")
    lines: list[str] = []
    output = fine_tune_quote_model(settings_of(gold, tiny_model, tmp_path / "mine", epochs=1), lines.append)
    assert any(line.startswith("1 statement of 1 article,") for line in lines)
    assert hashes(output)["quotes/model.safetensors"] != hashes(tiny_model)["quotes/model.safetensors"]


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
        ((*stance, "--init", "enormous"), "models that come with onrecord: small"),
    ):
        assert_one_clear_line(onrecord("train", *options, "-o", output), said)
    assert not output.exists()
