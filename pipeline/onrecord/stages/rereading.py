"""Articles read anew by another model than the pipeline's, in windows of that model's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from onrecord.stages.base import Analysis
from onrecord.text.windows import Window, build_windows

if TYPE_CHECKING:
    from onrecord_models.decoding import WindowReading
    from onrecord_models.transformer.tokenizer import FastTokenizer


class Reader(Protocol):
    """A quote model, or its lower layers, with the size of the windows that it reads."""

    @property
    def window_size(self) -> int: ...

    def read(self, windows: Sequence[Window]) -> list[WindowReading]: ...


def read_anew(analyses: Sequence[Analysis], reader: Reader, tokenizer: FastTokenizer) -> list[Analysis]:
    """The analyses with the windows and readings of ``reader`` in place of their own."""
    windows = [
        tuple(build_windows(each.article.text, each.segmentation, each.boilerplate, tokenizer, reader.window_size))
        for each in analyses
    ]
    readings = iter(reader.read([window for group in windows for window in group]))
    return [
        replace(analysis, windows=group, readings=tuple(next(readings) for _ in group))
        for analysis, group in zip(analyses, windows, strict=True)
    ]
