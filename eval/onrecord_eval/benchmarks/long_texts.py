"""Long texts of one repeated unit: whether the time of text functions stays in proportion to the length.

    python -m onrecord_eval.benchmarks.long_texts [--length 100000]

Such texts are where a regular expression that goes back over what it has read, or a search from every mark, becomes
quadratic: twice the length would then take four times as long. The worst units are shown first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from onrecord.text.boilerplate import find_boilerplate
from onrecord.text.segmentation import segment
from onrecord_eval.benchmarks.measuring import option_parser, print_table, timed

SENTENCE_UNITS: Final = (
    *(".", "!x", ".'", ". ", "\n", "\r\n", " ", "A. ", '"Yes," he said. ', "U.S. ", "'''", "word.\n"),
)
"""Units that are hard to cut into sentences."""

MARK_UNITS: Final = (
    *('"', "'", "‘", "’", "“", "”", "''", "\"'", " 'a", "'a ", " 'boys", "'a.' ", "'dogs' ", " 'n", '6" ', "“a ", "`"),
)
"""Units that are hard to find quotations in."""

LINE_UNITS: Final = ("1", "A", "Photo: A ", "By A. ", "a|", "Home ", "AP/", "<", "a@", "Mon 1 ", "© ")
"""Units that look like menus, credits and the like."""


def repeated(unit: str, length: int) -> str:
    """A text of ``length`` characters that repeats ``unit``."""
    return (unit * (length // len(unit) + 1))[:length]


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--length", type=int, default=100_000, help="characters of the shorter text")
    length = parser.parse_args().length
    functions: list[tuple[str, tuple[str, ...], Callable[[str], object]]] = [
        ("segment", SENTENCE_UNITS + MARK_UNITS, segment),
        ("find_boilerplate", LINE_UNITS, lambda text: find_boilerplate(text, segment(text))),
    ]
    measured: list[tuple[float, float, str, str]] = []
    for name, units, function in functions:
        for unit in units:
            with timed() as short:
                function(repeated(unit, length))
            with timed() as long:
                function(repeated(unit, 2 * length))
            measured.append((long.seconds / short.seconds, long.seconds, name, repr(unit)))
    measured.sort(reverse=True)
    rows = [(f"{name} {unit}", f"{seconds:.3f} s", f"{growth:.2f}") for growth, seconds, name, unit in measured]
    print_table(f"{2 * length:,} characters", [("function and unit", "time", "times that of half the length"), *rows])


if __name__ == "__main__":
    main()
