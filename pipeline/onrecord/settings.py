"""What a pipeline is built from: its settings, and the weights that they name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from onrecord.errors import SettingsError
from onrecord.selection import check_selection
from onrecord.targets.target import Target
from onrecord_models.fetching import encoder_file
from onrecord_models.foreign import foreign_folder
from onrecord_models.inference import choose_device, choose_precision
from onrecord_models.loading import hashes, model_folder, settings_digest, used_hashes

PRECISIONS = ("auto", "bf16", "int8", "fp32")


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """What a pipeline is built from; the settings are those of `Pipeline.load`, which explains them.

    ``stance_labels`` are pairs of a label and its meaning here, so that settings can be hashed. The model ``auto``
    becomes ``base`` if that judges the stances and its encoder has been fetched, else ``small``.

    Raises:
        SettingsError: a setting is invalid.
    """

    model: str = "small"
    device: str = "auto"
    precision: str = "auto"
    targets: tuple[str | Target, ...] = ()
    ner_model: str | None = None
    stance_model: str | None = None
    stance_labels: tuple[tuple[str, str], ...] = ()
    min_stance_score: float | None = None
    min_speaker_score: float | None = None
    only: tuple[str, ...] = ()
    min_confidence: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.model, str | Path) or isinstance(self.targets, str):
            raise SettingsError('model is a name or a folder and targets a tuple, as in targets=("the treaty",)')
        if self.precision not in PRECISIONS:
            raise SettingsError(f"precision is {self.precision!r}; choose one of {', '.join(PRECISIONS)}")
        names = [target.name for target in self.asked]  # building them checks them
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise SettingsError(f"the target {twice!r} is given twice; leave one of them out")
        for name, least in (("stance", self.min_stance_score), ("speaker", self.min_speaker_score)):
            if least is not None and not 0 <= least <= 1:
                raise SettingsError(f"the minimal {name} score is {least}; it is a probability, 0 to 1")
        check_selection(self.only, self.min_confidence)
        if self.model == "auto":
            judges = bool(self.targets) and self.stance_model is None
            object.__setattr__(self, "model", "base" if judges and encoder_file().is_file() else "small")
        if self.stance_labels and self.stance_model is None:
            raise SettingsError("labels of a stance model are given, but no stance model; name one, or give no labels")

    @property
    def asked(self) -> tuple[Target, ...]:
        """The targets, each as `Target`."""
        return tuple(Target(target) if isinstance(target, str) else target for target in self.targets)

    def resolved(self) -> PipelineSettings:
        """The same with `auto` replaced by what this machine has."""
        device = choose_device(self.device)
        precision = choose_precision(device) if self.precision == "auto" else self.precision
        return replace(self, device=device, precision=precision)


def used_weights(settings: PipelineSettings) -> dict[str, str]:
    """SHA-256 of every weight file that a pipeline of these settings reads, by name."""
    weights = used_hashes(model_folder(settings.model))
    if settings.ner_model is not None:
        weights |= {f"names/{path}": digest for path, digest in hashes(ner_folder(settings.ner_model)).items()}
    if settings.stance_model is not None:
        folder = stance_folder(settings.stance_model)
        weights |= {f"stance/{path}": digest for path, digest in hashes(folder).items()}
    return weights


def model_folders(settings: PipelineSettings) -> list[Path]:
    """The folders of the models that the settings name."""
    folders = [model_folder(settings.model)]
    folders += [ner_folder(settings.ner_model)] if settings.ner_model is not None else []
    return folders + ([stance_folder(settings.stance_model)] if settings.stance_model is not None else [])


def deciding_files(settings: PipelineSettings) -> dict[str, str]:
    """SHA-256 of everything in the models' folders that decides what is found: weights, settings and tokenizers."""
    digests = {f"settings {number}": settings_digest(folder) for number, folder in enumerate(model_folders(settings))}
    return used_weights(settings) | digests


def ner_folder(name: str) -> Path:
    """The folder of the model for names that the settings name; raises `WeightsError` if there is none."""
    return foreign_folder(name, "--ner-model")


def stance_folder(name: str) -> Path:
    """The folder of the stance model that the settings name; raises `WeightsError` if there is none."""
    return foreign_folder(name, "--stance-model")
