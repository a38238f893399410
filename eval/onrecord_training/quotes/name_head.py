"""Trains the head for names of a packed quote model anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from onrecord_eval.corpora.conll2003 import NamedText
from onrecord_eval.corpora.speaker_labels import read_speaker_labels
from onrecord_models.labels import NAME_LABELS
from onrecord_models.quote_model import build_name_head
from onrecord_training.manifest import digest, digests
from onrecord_training.quotes.data import NAMED_CORPORA, read_named_texts
from onrecord_training.quotes.label_heads import TrainedHead, train_head
from onrecord_training.quotes.names import named_text
from onrecord_training.quotes.settings import NameTraining


def train_names(settings: NameTraining, report: Callable[[str], None], command: str = "") -> TrainedHead:
    """Trains a head for names on the states of the model's encoder; `replace_head` puts it into the model folder.

    Raises:
        InputError, WeightsError: a corpus, a file of labels or the model is missing or damaged.
        SettingsError: the model comes with onrecord, and the settings do not say that it may be changed.
    """
    texts = read_named_texts(settings.corpora)
    for labels in settings.article_labels:
        texts += _labelled(labels, settings.corpora)
    measured = {path: _labelled(path, settings.corpora) for path in settings.measure}
    head = train_head(texts, measured, NAME_LABELS, lambda size: build_name_head(size, settings.size), settings, report)
    record = {
        "command": command,
        "data_sha256": {name: digest(settings.corpora / name) for name in NAMED_CORPORA},
        "article_labels_sha256": digests(settings.article_labels),
    }
    return replace(head, record=record | head.record)


def _labelled(labels: Path, corpora: Path) -> list[NamedText]:
    return [named_text(each) for each in read_speaker_labels(labels, corpora)]
