"""What settings of all trainings share: how a field becomes an option of the command line, and checks of values.

Each default, and what a setting means, is stated once, in the dataclass of settings. Modules of settings import
nothing heavy, because the command line reads them to show its help.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from onrecord.errors import SettingsError

_KEY = "option"


@dataclass(frozen=True, slots=True)
class Option:
    """A setting that the command line offers.

    ``flag`` is its long option if that is not the field's name, ``short`` one letter; ``is_argument`` makes it a
    positional argument. ``type`` is that of the field without None; ``default`` is None where there is none.
    """

    name: str
    help: str
    flag: str
    short: str | None
    is_argument: bool
    type: Any
    default: Any
    required: bool


def option(help: str, *, flag: str | None = None, short: str | None = None, argument: bool = False) -> dict[str, Any]:
    """Metadata of a dataclass field that makes it an option, or a positional argument, of the command line."""
    return {_KEY: (help, flag, short, argument)}


def options_of(settings: type[Any]) -> list[Option]:
    """The options of a dataclass of settings, in the order of its fields; a field without metadata is not one."""
    types = typing.get_type_hints(settings)
    found: list[Option] = []
    for field in fields(settings):
        if _KEY not in field.metadata:
            continue
        text, flag, short, is_argument = field.metadata[_KEY]
        kinds = [kind for kind in typing.get_args(types[field.name]) if kind is not type(None)]
        optional = type(None) in typing.get_args(types[field.name])
        required = field.default is MISSING and field.default_factory is MISSING
        found.append(
            Option(
                name=field.name,
                help=text,
                flag=flag or f"--{field.name.replace('_', '-')}",
                short=short,
                is_argument=is_argument,
                type=kinds[0] if optional else types[field.name],
                default=None if field.default is MISSING else field.default,
                required=required,
            )
        )
    return found


def build(settings: type[Any], given: Mapping[str, Any]) -> Any:
    """The settings with the values that were given, None for those that were not.

    Raises:
        SettingsError: one is missing, is not one of these settings, or is invalid.
    """
    known = {each.name: each for each in options_of(settings)}
    chosen = {name: value for name, value in given.items() if value is not None}
    if strange := [name for name in chosen if name not in known]:
        raise SettingsError(f"unknown settings: {', '.join(strange)}; choose from {', '.join(known)}")
    if missing := [each.flag for each in known.values() if each.required and each.name not in chosen]:
        raise SettingsError(f"missing: {', '.join(missing)}")
    return settings(**chosen)


def check_count(settings: object, least: int, *names: str) -> None:
    """Raises SettingsError where one of these settings is not a whole number of at least ``least``."""
    for name in names:
        value = getattr(settings, name)
        if not isinstance(value, int) or value < least:
            raise SettingsError(f"{name} is {value}; expected a whole number, {least} or more")


def check_share(settings: object, *names: str, of_all: bool = False) -> None:
    """Raises SettingsError where one of these is not a share: from 0 to below 1, or above 0 to 1 for ``of_all``."""
    for name in names:
        value = getattr(settings, name)
        if of_all and not 0 < value <= 1:
            raise SettingsError(f"{name} is {value}; expected a share, above 0 and at most 1")
        if not of_all and not 0 <= value < 1:
            raise SettingsError(f"{name} is {value}; expected a share, from 0 to below 1")


def check_least(settings: object, least: float, *names: str) -> None:
    """Raises SettingsError where one of these settings is below ``least``."""
    for name in names:
        if not getattr(settings, name) >= least:
            raise SettingsError(f"{name} is {getattr(settings, name)}; expected {least} or more")


def check_positive(settings: object, *names: str) -> None:
    """Raises SettingsError where one of these settings is not above 0."""
    for name in names:
        if not getattr(settings, name) > 0:
            raise SettingsError(f"{name} is {getattr(settings, name)}; expected a number above 0")


def own_folder(model: str, change_installed: bool) -> Path:
    """The folder of a model whose files are about to be changed.

    Raises:
        SettingsError: the model comes with onrecord, and ``change_installed`` is not set.
        WeightsError: there is no such model.
    """
    from onrecord_models import loading  # with torch, which commands load only when they run

    folder = loading.model_folder(model)
    if not change_installed and folder.resolve().is_relative_to(loading.WEIGHTS.resolve()):
        raise SettingsError(
            f"{folder} comes with onrecord, and this would change it; copy that folder and name the copy, "
            "or add --change-installed"
        )
    return folder


def check_device(device: str) -> None:
    """Raises SettingsError for a device that can't be one; whether there is one is looked at when training begins."""
    kind, _, number = device.partition(":")
    if device not in ("auto", "cpu") and not (kind == "cuda" and (device == "cuda" or number.isdigit())):
        raise SettingsError(f"device is {device!r}; expected auto, cpu, cuda or cuda:NUMBER")
