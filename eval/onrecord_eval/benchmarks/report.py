"""The HTML report of many articles: time, memory, disk, how soon its pages open in a browser, and how soon it finds.

    python -m onrecord_eval.benchmarks.report [--articles 1000] [--processes 2] [--keep FOLDER]

Besides the time, there is the processor's time, of the main process and of the others: the time on an idle machine is
about that of the main process, or that of all divided by the number of cores, whichever is more.

Each article has about 900 words and 20 statements by invented people, some of whom speak in hundreds of articles, with
stances on two targets. One statement in twenty is cut from an earlier one and shares its cluster. Pages are opened in
Chromium if it and Playwright are installed.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from onrecord.document import Article, Form, Mention, Meta, Span, Speaker, Stance, StanceLabel, StanceScores, Statement
from onrecord.files.records import read_statements, to_line
from onrecord.report.rendering.workers import usable_cores
from onrecord.report.site import write_report
from onrecord_eval.benchmarks.measuring import mebibytes, option_parser, peak_memory, print_table, timed
from onrecord_eval.chromium import find_chromium

_WORDS: Final = (
    *("harbour", "council", "port", "treaty", "growth", "mayor", "budget", "river", "union"),
    *("the", "of", "to", "and", "will", "not", "never", "always", "plan"),
)
_TARGETS: Final = ("the port expansion", "the council’s budget")
_LABELS: Final[tuple[StanceLabel, ...]] = ("support", "oppose", "neutral", "unclear")
_FORMS: Final[tuple[Form, ...]] = ("direct", "mixed", "indirect")


def synthetic_statements(count: int, folder: Path, seed: int = 0) -> Iterator[Statement]:
    """The statements of ``count`` articles, whose texts are written to ``folder``."""
    generator = random.Random(seed)
    people = [
        Speaker(f"Ada Lund-{number}", f"ada-lund-{number}", "person", "mayor of Easton") for number in range(3000)
    ]
    weights = list(accumulate(1 / rank for rank in range(5, len(people) + 5)))
    said: list[str] = []
    for number in range(count):
        day = date(2024, 1, 1) + timedelta(days=generator.randrange(700))
        outlet = f"Outlet {generator.randrange(40)}" if number % 10 else None
        meta = Meta(f"Synthetic article {number}", str(day), outlet, None, "en", "utf-8")
        doc, text, parts = f"{number % 7}/{number:06}.txt", "", []
        for _ in range(20):
            text += f"{_words(generator, 25)}. "
            content = f"“{_words(generator, generator.randint(8, 25))},”"
            cluster = f"c{len(said)}"
            if generator.random() < 0.05 and said:
                at = generator.randrange(len(said))
                words = said[at].strip("“,”").split()
                content, cluster = f"“{' '.join(words[: max(6, len(words) * 2 // 3)])},”", f"c{at}"
            speaker = generator.choices(people, cum_weights=weights)[0]
            start = len(text)
            text += f"{content} said {speaker.name}.\n\n"
            parts.append((start, content, speaker, cluster))
            said.append(content)
        path = folder / doc
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        article = Article(doc, text, meta)
        for order, part in enumerate(parts):
            yield _statement(generator, article, order, *part)


def _words(generator: random.Random, count: int) -> str:
    return " ".join(generator.choices(_WORDS, k=count))


def _statement(
    generator: random.Random,
    article: Article,
    number: int,
    start: int,
    content: str,
    speaker: Speaker,
    cluster: str,
) -> Statement:
    end = start + len(content)
    after = end + len(" said ")
    source = Mention(speaker.name or "", (Span(after, after + len(speaker.name or "")),))
    cue = Mention("said", (Span(end + 1, end + 5),))
    stances = []
    for target in _TARGETS:
        support = round(generator.random(), 4)
        oppose = round(generator.random() * (1 - support), 4)
        label = generator.choice(_LABELS)
        stances.append(Stance(target, label, 0.7, StanceScores(support, oppose, round(1 - support - oppose, 4))))
    return Statement(
        *(article.doc, f"{article.doc}#{number + 1}", content, (Span(start, end),), generator.choice(_FORMS)),
        Span(start, after),
        cue,
        source,
        (speaker,),
        stance=tuple(stances),
        confidence=round(generator.random(), 4),
        cluster=cluster,
        meta=article.meta,
    )


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--articles", type=int, default=1000, help="how many articles")
    parser.add_argument("--processes", type=int, default=usable_cores(), help="how many processes write pages")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where to leave articles, statements and report")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        statements = folder / "statements.jsonl"
        with statements.open("w", encoding="utf-8", newline="\n") as file:
            for statement in synthetic_statements(options.articles, folder / "articles"):
                file.write(f"{to_line(statement)}\n")
        before = peak_memory()
        worked = os.times()
        with timed() as watch:
            counts = write_report(
                *(read_statements(statements), folder / "report", folder / "articles"),
                force=True,
                processes=options.processes,
            )
        peak, done = peak_memory(), os.times()
        pages = sorted((folder / "report").rglob("*.html"), key=lambda path: -path.stat().st_size)
        print_table(
            f"Report of {counts.articles:,} synthetic articles with {counts.statements:,} statements",
            [
                ("measured", "value"),
                ("pages", f"{counts.pages:,}"),
                ("disk", mebibytes(sum(path.stat().st_size for path in pages))),
                ("disk, data of the search", mebibytes(_size(folder / "report" / "search" / "data"))),
                ("processes", str(options.processes)),
                ("time", f"{watch.seconds:.1f} s"),
                ("processor, main process", f"{done.user + done.system - worked.user - worked.system:.1f} s"),
                ("processor, other processes", f"{_of_children(done) - _of_children(worked):.1f} s"),
                ("peak memory of the main process", mebibytes(peak)),
                ("peak memory of another process", mebibytes(peak_memory(children=True))),
                ("peak memory before the report", mebibytes(before)),
            ],
        )
        if find_spec("playwright") is None:
            print("Playwright is not installed, so no page was opened.")
            return
        names = ("index.html", "articles/index.html", "speakers/index.html", "words/index.html")
        opened = list(dict.fromkeys([*(folder / "report" / name for name in names), *pages[:3]]))
        rows = [
            ("/".join(path.parts[-2:]), f"{path.stat().st_size / 1024:,.0f} KiB", f"{seconds:.2f} s")
            for path, seconds in _opening_times(opened)
        ]
        print_table("Opening pages in Chromium", [("page", "size", "median of five"), *rows])
        found = [(asked or "(everything)", f"{seconds:.2f} s") for asked, seconds in _search_times(folder / "report")]
        print_table("Search in Chromium, until results are shown", [("asked, in a new page", "median of five"), *found])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _of_children(times: os.times_result) -> float:
    return times.children_user + times.children_system


def _opening_times(pages: list[Path]) -> Iterator[tuple[Path, float]]:
    """Seconds until the script of each page has run, the median of five times."""
    with _browser() as browser:
        for path in pages:
            yield path, _median(browser, path.as_uri(), "new Promise(requestAnimationFrame)")


def _search_times(report: Path) -> Iterator[tuple[str, float]]:
    """Seconds from opening the search until what is asked in the address is shown, the median of five times."""
    shown = "new Promise(done => { const wait = () => document.querySelector('[data-results] li') ? done() : "
    shown += "setTimeout(wait, 5); wait(); })"
    with _browser() as browser:
        for asked in (
            "",
            "q=harbour",
            "q=mayor+treaty+never",
            "q=%22the+council%22&speaker=Ada+Lund-1",
            "q=harbour&target=0&stance=oppose",
        ):
            yield asked, _median(browser, f"{(report / 'search' / 'index.html').as_uri()}#{asked}", shown)


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


def _median(browser: Any, address: str, until: str) -> float:
    times = []
    for _ in range(5):
        page = browser.new_page()
        with timed() as watch:
            page.goto(address)
            page.evaluate(until)
        times.append(watch.seconds)
        page.close()
    return statistics.median(times)


if __name__ == "__main__":
    main()
