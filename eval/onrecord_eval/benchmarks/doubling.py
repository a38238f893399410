"""Texts that double in length: whether the time of every stage stays in proportion, up to a megabyte.

    python -m onrecord_eval.benchmarks.doubling [--longest 1000000] [--kind letter] [--model small]

Each kind of text is what makes some search or regular expression quadratic: very many names, statements, marks or
lines. What the quote model finds is made up by rule (`made.readings`), as the model itself takes the same time for
every window; with ``--model`` it reads the texts itself, and is a stage of its own. A kind passes if the last doubling
takes at most 2.3 times as long.
"""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from onrecord.document import Article, Statement
from onrecord.pipeline import Pipeline
from onrecord.stages.base import Analysis, Stage
from onrecord.stages.names import NerStage
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.stages.statements.stage import QuotesStage
from onrecord.text.boilerplate import find_boilerplate
from onrecord.text.segmentation import segment
from onrecord.text.windows import build_windows
from onrecord_eval.benchmarks.made.readings import LastNamed, made_reading
from onrecord_eval.benchmarks.measuring import option_parser, print_table
from onrecord_models.loading import load_tokenizer, model_folder

if TYPE_CHECKING:
    from onrecord_models.transformer.tokenizer import FastTokenizer

MOST: Final = 2.3
"""How many times as long twice the text may take: a little more than twice, as clocks are not exact."""
_NOTHING: Final = 0.1
_REPEATS: Final = 2
_WINDOW: Final = 512
_OPENING: Final = "“We will not close the harbour,” said Ada Brandt, the mayor.\n\nThe letter was signed by "
_SYLLABLES: Final = ("ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "vu")


def _name(number: int) -> str:
    """A name of a given name and a surname; numbers below 3,375 · 3,375 have names of their own."""
    return f"{_word(number // 3375).capitalize()}n {_word(number).capitalize()}m"


def _word(number: int) -> str:
    base = len(_SYLLABLES)
    return "".join(_SYLLABLES[number // base**place % base] for place in range(3))


def _numbered(pattern: str) -> Callable[[], Iterator[str]]:
    """``pattern`` again and again, with another name for each ``{name}`` and a number for each ``{number}``."""
    return lambda: (pattern.format(name=_name(n * 7919 % 11_390_625), number=n) for n in itertools.count())


def _repeated(unit: str) -> Callable[[], Iterator[str]]:
    return lambda: itertools.repeat(unit)


KINDS: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "letter": _numbered("{name}, "),
    "letter in lines": _numbered("{name}\n"),
    "one name": _repeated("Ada Brandt, "),
    "one surname": _repeated("Brandt said that Ada Brandt and Bo Brandt had met Brandt. "),
    "bodies": _numbered("The {name} Board said that the {name} Board would sue the KB and the Lund Board. "),
    "statements": _numbered("“We will not close bridge {number},” said {name}, the mayor of Easton.\n\n"),
    "indirect": _numbered("{name} said that bridge {number} would stay open all summer. "),
    "one paragraph": _numbered("“We will not close bridge {number},” said {name}, the mayor of Easton. "),
    "pronouns": _numbered("{name} left. She said that he would pay for it. They said that it was late.\n"),
    "descriptions": _numbered("{name}, a lawyer, left. The lawyer said that the driver of bus {number} had left.\n"),
    "bare quotations": _numbered("“We will not close bridge {number} this summer.”\n\n"),
    "turns": _numbered("ADA: We will not close bridge {number} this summer.\nBO: But why is that so?\n"),
    "open quotations": _numbered("“We will not close bridge {number} this summer, said {name}\n"),
    "relays": _numbered("The agency quoted {name} as saying that bridge {number} would stay open. "),
    "headings": _numbered("Bridge {number} stays open\n"),
    "words without full stops": _numbered("the harbour and the board of bridge {number} and "),
    "capitals": _numbered("{name} AND THE HARBOUR BOARD SAID THAT "),
    "a line": _numbered("Trade Minister {name} of Easton and the mayor of Northam met on day {number}; "),
    "url": lambda: itertools.chain(["See https://harbour.example/"], itertools.repeat("a-b_c.d?e=f&g/,;:!")),
    "urls": _numbered("https://harbour.example/bridge/{number}?a=b&c=d. "),
    "one word": _repeated("a"),
    "digits": _repeated("1"),
    "dots": _repeated("."),
    "quotes": _repeated('"'),
    "nested quotes": _repeated("“‘"),
    "closing quotes": _repeated("”’ "),
    "apostrophes": _repeated("'a "),
    "brackets": _repeated("(["),
    "dashes": _repeated("-"),
    "long dashes": _repeated(" – "),
    "spaces": _repeated(" "),
    "line breaks": _repeated("\n"),
    "commas": _repeated("Ada, "),
    "and": _repeated("Ada and "),
    "of the": _repeated("of the "),
    "initials": _repeated("A. "),
    "addresses": _repeated("<a href='b'> "),
}
"""How texts begin and go on for ever; what follows the beginning is the kind."""


def text_of(kind: str, length: int) -> str:
    """A text of ``length`` characters of a kind, which begins like an article: somebody speaks in it."""
    pieces, size = [_OPENING], len(_OPENING)
    for piece in KINDS[kind]():
        pieces.append(piece)
        size += len(piece)
        if size >= length:
            break
    return "".join(pieces)[:length]


@dataclass(slots=True)
class Times:
    """Seconds by stage, for one text; ``statements`` is what it came to."""

    length: int
    stages: dict[str, float] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.stages.values())


@contextmanager
def _processor_time(times: Times, stage: str) -> Iterator[None]:
    """Notes how long the processor works on its block: on a busy machine the clock goes on meanwhile."""
    started = time.process_time()
    try:
        yield
    finally:
        times.stages[stage] = time.process_time() - started


def measure(text: str, tokenizer: FastTokenizer) -> Times:
    """How long each stage takes for ``text``, with readings that are made up."""
    times = Times(len(text))
    article = Article("a", text)
    with _processor_time(times, "sentences"):
        segmentation = segment(text)
    with _processor_time(times, "boilerplate"):
        boilerplate = find_boilerplate(text, segmentation)
    with _processor_time(times, "windows"):
        windows = build_windows(text, segmentation, boilerplate, tokenizer, _WINDOW)
    readings = tuple(made_reading(text, window) for window in windows)
    analyses = [Analysis(article, segmentation, boilerplate, tuple(windows), readings)]
    stages: dict[str, Stage] = {
        "names": NerStage(),
        "statements": QuotesStage(),
        "speakers": SpeakersStage(LastNamed()),
    }
    for name, stage in stages.items():
        with _processor_time(times, name):
            analyses = stage.process(analyses)
    return replace(times, statements=analyses[0].statements)


def read_by_model(pipeline: Pipeline, text: str) -> Times:
    """How long a pipeline takes for ``text``: preparing it, reading it with the quote model, and all other stages."""
    times = Times(len(text))
    with _processor_time(times, "preparing"):
        prepared = pipeline.prepare([Article("a", text)])
    with _processor_time(times, "quote model"):
        readings = pipeline.runner.read(prepared[0].windows)
    with _processor_time(times, "other stages"):
        (analysis,) = pipeline.analyse_prepared(prepared, readings)
    return replace(times, statements=analysis.statements)


def doublings(longest: int, shortest: int) -> list[int]:
    """Lengths that double up to ``longest``, from ``shortest`` on, in order.

    >>> doublings(1000, 200)
    [250, 500, 1000]
    """
    lengths = [longest]
    while lengths[-1] // 2 >= shortest:
        lengths.append(lengths[-1] // 2)
    return lengths[::-1]


def verdict(short: Times, long: Times) -> str:
    """Whether ``long``, of twice the length, took in proportion; below a tenth of a second clocks decide nothing."""
    return "linear" if long.total < _NOTHING or long.total <= MOST * short.total else "NOT LINEAR"


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--longest", type=int, default=1_000_000, help="characters of the longest text")
    parser.add_argument("--shortest", type=int, default=60_000, help="characters of the shortest text")
    parser.add_argument("--kind", choices=sorted(KINDS), action="append", help="only this kind; may be repeated")
    parser.add_argument("--model", help="read the texts with this model, too")
    options = parser.parse_args()
    lengths = doublings(options.longest, options.shortest)
    measured = _measuring(options.model)
    rows = [("kind of text", *(f"{length:,}" for length in lengths), "last doubling", "slowest stage", "verdict")]
    for kind in options.kind or KINDS:
        found = [measured(text_of(kind, length)) for length in lengths]
        short, long = found[max(0, len(found) - 2)], found[-1]
        for _ in range(_REPEATS):  # other processes slow this one down, never speed it up: the fastest counts
            if verdict(short, long) == "linear":
                break
            again = [measured(text_of(kind, times.length)) for times in (short, long)]
            short, long = (min(pair, key=lambda times: times.total) for pair in zip((short, long), again, strict=True))
        slowest = max(long.stages, key=long.stages.__getitem__)
        rows.append(
            (
                kind,
                *(f"{times.total:.2f} s" for times in found),
                f"× {long.total / max(short.total, 1e-9):.2f}",
                f"{slowest} {long.stages[slowest]:.2f} s",
                verdict(short, long),
            )
        )
    print_table(f"Seconds of the processor by characters, {options.model or 'made-up readings'}", rows)


def _measuring(model: str | None) -> Callable[[str], Times]:
    gc.collect()
    gc.freeze()  # what the libraries have loaded is not looked through again and again while texts are read
    if model is not None:
        pipeline = Pipeline.load(model, device="cpu")
        return lambda text: read_by_model(pipeline, text)
    tokenizer = load_tokenizer(model_folder("small"))
    return lambda text: measure(text, tokenizer)


if __name__ == "__main__":
    main()
