"""Two wordings in one line, as the terminal shows them: ``[-what is only in the old-] {+what is only in the new+}``.

The marks stay where colours are shown, so that the line reads the same for everybody and wherever it is pasted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

from onrecord.tables.text import plain, terminal_width

OLD: Final = "red strike"
NEW: Final = "green underline"
LEGEND: Final = "[-only in the {old}-]  {{+only in the {new}+}}"


def marked(parts: Iterable[tuple[str, str]]) -> Text:
    """Words with marks. Parts are pairs of a kind, ``same``, ``old``, ``new`` or ``skipped``, and a text.

    >>> marked([("same", "the"), ("old", "red"), ("new", "blue"), ("same", "door")]).plain
    'the [-red-] {+blue+} door'
    """
    found = Text()
    for kind, words in parts:
        text = plain(words)
        if not text:
            continue
        if found:
            found.append(" ")
        if kind == "old":
            found.append(f"[-{text}-]", OLD)
        elif kind == "new":
            found.append(f"{{+{text}+}}", NEW)
        elif kind == "skipped":
            found.append(f"[{text}]", "dim")
        else:
            found.append(text)
    return found


def indented(text: Text, width: int | None, indent: int) -> list[Text]:
    """The lines of a text that is broken between words, each with spaces before it; one line if ``width`` is None."""
    if width is None:
        return [Text(" " * indent).append_text(text)]
    console = Console(width=max(20, width - indent), color_system=None)
    lines = text.wrap(console, max(20, width - indent))
    return [Text(" " * indent).append_text(line) for line in lines]


def has_colours(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows colours, and ``NO_COLOR`` is not set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def rendered(lines: Iterable[Text], colours: bool) -> Iterator[str]:
    """The lines as strings, with the codes of their colours or without any."""
    if not colours:
        yield from (line.plain.rstrip() for line in lines)
        return
    console = Console(width=10_000, color_system="standard", force_terminal=True, highlight=False)
    for line in lines:
        line.rstrip()
        with console.capture() as capture:
            console.print(line, no_wrap=True, crop=False, overflow="ignore", soft_wrap=True, end="")
        yield capture.get()


def write_lines(lines: Iterable[Text], stream: TextIO) -> None:
    """Writes lines: with colours to a terminal, without where there is none or ``NO_COLOR`` is set."""
    stream.writelines(f"{line}\n" for line in rendered(lines, has_colours(stream)))
    stream.flush()


def shown_width(stream: TextIO) -> int | None:
    """The columns to fill: those of the terminal, 40 to 120; None, for lines of any length, where there is none.

    What goes to a file or another program is neither cut nor broken, unless ``COLUMNS`` is set.
    """
    return terminal_width(40, 120) if stream.isatty() or "COLUMNS" in os.environ else None
