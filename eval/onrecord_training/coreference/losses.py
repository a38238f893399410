"""A coreference model's scores of a batch of questions, and its losses."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from onrecord.stages.speakers.ranking import padded, scores
from onrecord_models.coreference_model import CoreferenceModel
from onrecord_training.coreference.questions import Passage


def batch_scores(model: CoreferenceModel, batch: Sequence[Passage]) -> list[Tensor]:
    """For each question of the batch, in order, the logits of its options and, last, of nobody."""
    batch = [passage for passage in batch if passage.questions]
    chunks = [passage.states.chunk(passage.window) for passage in batch]
    hidden = model(*padded(chunks, str(model.device))).float()
    asked = [
        (row, passage.states, answered.question) for row, passage in enumerate(batch) for answered in passage.questions
    ]
    return scores(model, list(hidden), asked)


def gender_losses(model: CoreferenceModel, batch: Sequence[Passage]) -> Tensor:
    """(names,): the negative log-likelihood of the genders of the batch's names; empty if it has none."""
    told = [(passage.states.ends(place), feminine) for passage in batch for place, feminine in passage.genders]
    if not told:
        return torch.zeros(0, device=model.device)
    logits = model.feminine(torch.stack([state for state, _ in told]).to(model.device))
    wanted = torch.tensor([float(feminine) for _, feminine in told], device=model.device)
    return binary_cross_entropy_with_logits(logits.float(), wanted, reduction="none")


def losses(model: CoreferenceModel, batch: Sequence[Passage]) -> Tensor:
    """(questions,): the negative log-likelihood of the answers that the labels allow.

    A question about one entity is a choice among the options and nobody. In one about several, each option is likelier
    than nobody or not, on its own.
    """
    answered = [each for passage in batch for each in passage.questions]
    if not answered:
        return torch.zeros(0, device=model.device)
    found = []
    for logits, each in zip(batch_scores(model, batch), answered, strict=True):
        allowed = torch.tensor(each.allowed, device=logits.device)
        if each.question.plural:
            against = logits[:-1] - logits[-1]
            found.append(binary_cross_entropy_with_logits(against, allowed[:-1].float(), reduction="sum") / 2)
        else:
            found.append(torch.logsumexp(logits, 0) - torch.logsumexp(logits[allowed], 0))
    return torch.stack(found)
