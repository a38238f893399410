"""The settings file of a project, ``onrecord.toml``: what would otherwise be options of ``extract``, kept in a file.

Its keys are the fields of `ExtractOptions`, and `target`, whose items are texts or tables as in a file of targets.
Options on the command line win.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin, get_type_hints

import typer

from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.files.console import one_line_errors, say

if TYPE_CHECKING:
    from onrecord.targets.target import Target

DEFAULT: Final = Path("onrecord.toml")
"""The settings file that is read if there is one in the current folder and none is named."""

ONCE: Final = frozenset({"config", "dry_run", "restart", "quiet"})
"""Options of a single run, which do not belong in a file."""

_MODELS: Final = frozenset({"model", "ner_model", "stance_model"})
"""Options that take a folder or the name of a model that is elsewhere."""

_PROJECT: Final = "onrecord.project"
_KINDS: Final = {str: "a text in quotation marks", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Project:
    """A settings file that was read.

    Args:
        path: the file.
        options: values of options by their names; paths in them are relative to the current folder.
        targets: what stances are asked towards; those of the file of targets that it names are among them.
        files: the settings file and that file of targets, by what a message calls them: both must not be overwritten.
    """

    path: Path
    options: dict[str, Any]
    targets: tuple[str | Target, ...]
    files: dict[str, list[Path]]


def choose_project(context: typer.Context, config: Path | None) -> Path | None:
    """Makes the settings of the project's file the defaults of a command; the callback of ``--config``."""
    if not context.resilient_parsing:
        with one_line_errors():
            path = config or (DEFAULT if DEFAULT.is_file() else None)
            if path is not None:
                context.meta[_PROJECT] = project = read_project(path)
                context.default_map = project.options
    return config


def project_of(context: typer.Context) -> Project | None:
    """The settings file that a command was given or has found."""
    return context.meta.get(_PROJECT)


def read_project(path: Path) -> Project:
    """The settings of a file. Paths in it are relative to the folder that it is in.

    Raises:
        InputError: it, or the file of targets that it names, cannot be read or is not TOML.
        SettingsError: it has an unknown setting, or a value of the wrong type.
    """
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path, or `onrecord init`") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from error
    kinds = settings()
    found: dict[str, Any] = {}
    for key, value in record.items():
        name = key.replace("-", "_")
        if name not in kinds:
            raise SettingsError(f"{path}: there is no setting {key!r}{_meant(name, kinds)}")
        if name in found:
            raise SettingsError(f"{path}: {name!r} is given twice; leave one of them out")
        found[name] = value if name == "target" else _checked(path, key, name, value, kinds[name])
    from onrecord.targets.target import read_targets

    places = {"the settings file": [path]}
    targets = _targets(path, found.pop("target", ()))
    if listed := found.pop("targets", None):
        places["the file of targets"] = [Path(listed)]
        targets += read_targets(Path(listed))
    return Project(path, found, targets, places)


def settings() -> dict[str, Any]:
    """The settings that a file may have: their names, each with its type."""
    from onrecord.cli.extract import ExtractOptions

    hints = get_type_hints(ExtractOptions)
    return {field.name: hints[field.name] for field in fields(ExtractOptions) if field.name not in ONCE}


def _meant(name: str, kinds: dict[str, Any]) -> str:
    from difflib import get_close_matches

    if name in ONCE:
        return "; it is for one run, so give it on the command line"
    meant = get_close_matches(name.lower(), kinds, 1)
    return f"; did you mean {meant[0]!r}?" if meant else f"; there are {', '.join(kinds)}"


def _checked(path: Path, key: str, name: str, value: Any, hint: Any) -> Any:
    """A value of the file as its option takes it; ``key`` is how the file writes the option's ``name``."""
    kinds = [kind for kind in get_args(hint) if kind is not type(None)] if isinstance(hint, UnionType) else [hint]
    (kind,) = kinds
    many = get_origin(kind) is list
    kind = get_args(kind)[0] if many else kind
    items = value if many and isinstance(value, list) else [value]
    plain = str if kind is Path else kind
    for item in items:
        if type(item) is not plain and not (plain is float and type(item) is int):
            wanted = f"{_KINDS[plain]}, or a list of such" if many else _KINDS[plain]
            raise SettingsError(f"{path}: {key} is {item!r}; expected {wanted}")
    if kind is Path or name == "paths" or (name in _MODELS and (path.parent / value).is_dir()):
        items = [item if item in {"", "-"} else str(path.parent / item) for item in items]
    return items if many else items[0]


def _targets(path: Path, given: Any) -> tuple[str | Target, ...]:
    from onrecord.targets.target import target_of

    entries = given if isinstance(given, list | tuple) else [given]
    return tuple(
        target_of(path, number, {"name": entry} if isinstance(entry, str) else entry)
        for number, entry in enumerate(entries, 1)
    )


def init(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="File to write; `extract` finds it as onrecord.toml.")
    ] = DEFAULT,
) -> None:
    """Write a settings file with comments, so that `onrecord extract` needs no options."""
    with one_line_errors():
        if path.is_dir():
            path /= DEFAULT
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as stream:
                stream.write(template())
        except FileExistsError as error:
            raise OutputError(f"{path} is there already; edit it, or name another file") from error
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror}); name another file") from error
        how = "onrecord extract" if path == DEFAULT else f"onrecord extract --config {path}"
        say(f"wrote {path}; say in it what to read, then: {how}")


def template() -> str:
    """The file that ``init`` writes."""
    return files("onrecord.cli").joinpath("onrecord.toml").read_text(encoding="utf-8")
