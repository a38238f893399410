"""What a stage is: it says what it requires and what it provides, and adds that to the analyses of a shard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from onrecord.document import Article, Name, Statement
from onrecord.errors import SettingsError
from onrecord.text.segmentation import Segmentation
from onrecord.text.windows import Window
from onrecord_models.decoding import WindowReading


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known about one article so far; each stage fills in more.

    ``boilerplate`` has the indices of paragraphs that are not article text, such as captions and menus. ``windows`` are
    the pieces of the text, in tokens, that the quote model reads, and ``readings`` what it found, one for each window.
    ``names`` and ``statements`` are in the order of the text.
    """

    article: Article
    segmentation: Segmentation
    boilerplate: frozenset[int] = frozenset()
    windows: tuple[Window, ...] = ()
    readings: tuple[WindowReading, ...] = ()
    names: tuple[Name, ...] = ()
    statements: tuple[Statement, ...] = ()


class Stage(Protocol):
    """One step of the pipeline. ``requires`` and ``provides`` name parts of an `Analysis`."""

    requires: ClassVar[frozenset[str]]
    provides: ClassVar[frozenset[str]]

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        """The analyses of the same articles, in the same order, with what the stage provides."""
        ...


def check_order(stages: Sequence[Stage], given: frozenset[str]) -> None:
    """Raises SettingsError if a stage requires what neither ``given`` nor an earlier stage provides."""
    available = set(given)
    for stage in stages:
        if missing := stage.requires - available:
            raise SettingsError(
                f"stage {type(stage).__name__} requires {', '.join(sorted(missing))}, but the stages before it only "
                f"provide {', '.join(sorted(available))}; put the stage that provides it first"
            )
        available |= stage.provides
