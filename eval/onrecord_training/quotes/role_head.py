"""Trains the head of a packed quote model that finds what articles say named people are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from onrecord_eval.corpora.conll2003 import NamedText
from onrecord_models.labels import ROLE_LABELS
from onrecord_models.quote_model import RoleHead
from onrecord_training.manifest import digests
from onrecord_training.quotes.label_heads import TrainedHead, train_head
from onrecord_training.quotes.role_labels import LabelledRoles, read_role_labels
from onrecord_training.quotes.settings import RoleTraining


def train_roles(settings: RoleTraining, report: Callable[[str], None], command: str = "") -> TrainedHead:
    """Trains a head for roles on the states of the model's encoder; `replace_head` puts it into the model folder.

    Raises:
        InputError, WeightsError: a text, a file of labels or the model is missing or damaged.
        SettingsError: the model comes with onrecord, and the settings do not say that it may be changed.
    """
    texts = [text for path in settings.role_labels for text in _labelled(path, settings.corpora)]
    measured = {path: _labelled(path, settings.corpora) for path in settings.measure}
    head = train_head(texts, measured, ROLE_LABELS, lambda size: RoleHead(size, settings.size), settings, report)
    record = {"command": command, "role_labels_sha256": digests(settings.role_labels)}
    return replace(head, record=record | head.record)


def _labelled(labels: Path, corpora: Path) -> list[NamedText]:
    return [_with_sides(labelled) for labelled in read_role_labels(labels, corpora)]


def _with_sides(labelled: LabelledRoles) -> NamedText:
    sides = {role: "before" if role < name else "after" for name, role in labelled.roles}
    return NamedText(labelled.article.text, tuple(sorted(sides.items())))
