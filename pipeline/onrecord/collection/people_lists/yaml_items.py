"""The items of a YAML list, one by one: plain texts, lists and mappings, nothing else that YAML can do.

The file is read as events and every scalar stays a text: no tag makes an object, no date or number is guessed. Aliases
are refused, as a few lines of them can stand for gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

_DEEPEST: Final = 32


class YamlError(ValueError):
    """The text is not the YAML of a list. ``line`` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def yaml_items(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    """Each item of the list that is the document, with the line that it begins on.

    Raises:
        YamlError: it is not YAML, not a list, has aliases, or is nested too deep.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from _items(yaml.parse(stream, Loader=loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not YAML"
        raise YamlError(mark.line + 1 if mark else 1, " ".join(str(problem).split())) from error


def _items(events: Iterator[Any]) -> Iterator[tuple[int, Any]]:
    import yaml

    containers: list[Any] = []
    keys: list[str | None] = []
    begun = 1
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise YamlError(line, "an alias (*name), which is not read here; write the value out")
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent, yaml.ScalarEvent)):
            if not containers:
                if not isinstance(event, yaml.SequenceStartEvent):
                    raise YamlError(line, "not a list")
                containers.append([])
                keys.append(None)
                continue
            if len(containers) == 1:
                begun = line
        if isinstance(event, yaml.ScalarEvent):
            _put(containers, keys, event.value, line)
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            if len(containers) == _DEEPEST:
                raise YamlError(line, "nested too deep")
            containers.append([] if isinstance(event, yaml.SequenceStartEvent) else {})
            keys.append(None)
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            finished = containers.pop()
            keys.pop()
            if containers:
                _put(containers, keys, finished, line)
        if len(containers) == 1 and containers[0]:
            yield begun, containers[0].pop()


def _put(containers: list[Any], keys: list[str | None], value: Any, line: int) -> None:
    """Puts a finished value into the container that is open: as an item, as a key, or as the value of the last key."""
    if isinstance(containers[-1], list):
        containers[-1].append(value)
    elif keys[-1] is None:
        if not isinstance(value, str):
            raise YamlError(line, "a key that is not a text")
        keys[-1] = value
    else:
        containers[-1][keys[-1]] = value
        keys[-1] = None
