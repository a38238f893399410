"""The training loop with a model of two weights: checkpoints, resumption, the best epoch, progress."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from onrecord.errors import InputError, SettingsError
from onrecord_training.loop.checkpoints import CheckpointFolder
from onrecord_training.loop.schedule import warm_up_by_steps
from onrecord_training.loop.training import Task, TrainingLoop


class Toy(nn.Module):
    """A linear map with dropout, which draws from torch's random numbers at every step."""

    device = torch.device("cpu")

    def __init__(self) -> None:
        super().__init__()
        self.map = nn.Linear(4, 1)
        self.dropout = nn.Dropout(0.5)


class ToyTask(Task[Tensor]):
    loss_names = ("square", "size")

    def __init__(self, scores: tuple[float, ...] = ()) -> None:
        torch.manual_seed(0)
        super().__init__(Toy())  # type: ignore[arg-type]
        self._scores = scores
        self.best_by = "score" if scores else None

    def batches(self, epoch: int) -> list[Tensor]:
        generator = random.Random(epoch)
        return [torch.tensor([[generator.random() for _ in range(4)]]) for _ in range(5)]

    def losses(self, batch: Tensor) -> Tensor:
        toy = self.model
        mapped = toy.map(toy.dropout(batch))  # type: ignore[operator]
        return torch.stack([(mapped**2).sum(), mapped.abs().sum()])

    def after_epoch(self, epoch: int) -> dict[str, Any]:
        return {"score": self._scores[epoch]} if self._scores else {}


class KilledError(Exception):
    pass


def loop_of(
    task: ToyTask, folder: Path, report: Callable[[str], None] = lambda line: None, minutes: float = 10.0
) -> TrainingLoop[Tensor]:
    optimizer = torch.optim.AdamW([{"params": list(task.model.parameters()), "peak": 0.1, "lr": 0.0}])
    checkpoint = CheckpointFolder(folder / "checkpoint", {"epochs": 3, "threads": 1})
    return TrainingLoop(task, optimizer, warm_up_by_steps(2), checkpoint, 3, report, minutes)


def test_a_run_killed_at_any_batch_goes_on_to_the_weights_and_the_record_of_an_undisturbed_one(tmp_path: Path) -> None:
    whole = ToyTask()
    record = loop_of(whole, tmp_path / "whole").run()
    assert [epoch["batches"] for epoch in record] == [5, 5, 5]
    for killed_at in range(1, 15):
        task, steps = ToyTask(), 0

        def losses(batch: Tensor, task: ToyTask = task, killed_at: int = killed_at) -> Tensor:
            nonlocal steps
            if steps == killed_at:
                raise KilledError
            steps += 1
            return ToyTask.losses(task, batch)

        task.losses = losses  # type: ignore[method-assign]
        with pytest.raises(KilledError):
            loop_of(task, tmp_path / str(killed_at), minutes=0.0).run()
        resumed = ToyTask()
        torch.manual_seed(99)  # whatever was drawn meanwhile
        history = loop_of(resumed, tmp_path / str(killed_at), minutes=0.0).run()
        assert [epoch["losses"] for epoch in history] == [epoch["losses"] for epoch in record]
        for name, tensor in whole.model.state_dict().items():
            assert torch.equal(tensor, resumed.model.state_dict()[name]), f"{name} after a kill at step {killed_at}"


@pytest.mark.parametrize("killed_after", [1, 2, None])
def test_the_best_epoch_is_kept_also_over_an_interruption(tmp_path: Path, killed_after: int | None) -> None:
    states: list[dict[str, Tensor]] = []

    def note(line: str) -> None:
        states.append({name: tensor.clone() for name, tensor in task.model.state_dict().items()})
        if line.startswith(f"epoch {killed_after}/"):
            raise KilledError

    task = ToyTask(scores=(0.2, 0.9, 0.5))
    try:
        loop_of(task, tmp_path, note).run()
    except KilledError:
        task = ToyTask(scores=(0.2, 0.9, 0.5))
        loop_of(task, tmp_path, lambda line: None if line.startswith("continuing") else note(line)).run()
    best, last = states[1], states[2]
    assert not torch.equal(best["map.weight"], last["map.weight"])
    assert torch.equal(task.model.state_dict()["map.weight"], best["map.weight"])


def test_a_kill_between_the_two_renames_of_a_checkpoint_loses_nothing(tmp_path: Path) -> None:
    loop_of(ToyTask(), tmp_path).run()
    (tmp_path / "checkpoint").rename(tmp_path / "checkpoint.old")
    lines: list[str] = []
    loop_of(ToyTask(), tmp_path, lines.append).run()
    assert lines == ["continuing after epoch 3, batch 0"]


def test_a_checkpoint_of_other_settings_is_refused_with_both_values(tmp_path: Path) -> None:
    loop_of(ToyTask(), tmp_path).run()
    folder = tmp_path / "checkpoint"
    CheckpointFolder(folder, {"epochs": 3, "threads": 8})  # threads do not change what is learned
    with pytest.raises(SettingsError, match="epochs was 3 and is 4"):
        CheckpointFolder(folder, {"epochs": 4, "threads": 1})


def test_progress_tells_epochs_and_losses(tmp_path: Path) -> None:
    lines: list[str] = []
    task = ToyTask()
    task.batches = lambda epoch: [torch.ones(1, 4)] * 60  # type: ignore[method-assign]
    loop_of(task, tmp_path, lines.append).run()
    assert lines[0].startswith("epoch 1/3 batch 50/60: square ")
    assert " size " in lines[0] and lines[0].endswith("0 min left")
    assert lines[1] == "epoch 1/3 done in 0 s"


def test_nothing_to_learn_from_is_an_error(tmp_path: Path) -> None:
    task = ToyTask()
    task.batches = lambda epoch: []  # type: ignore[method-assign]
    with pytest.raises(InputError, match="nothing to learn from"):
        loop_of(task, tmp_path).run()
