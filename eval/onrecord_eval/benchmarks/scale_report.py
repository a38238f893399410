"""How long a report of many made articles takes, how much memory and disk, and how soon its pages are there.

Not part of the suite: ``python -m onrecord_eval.benchmarks.scale_report 1000 [--keep FOLDER]``. Each article has some
900 words and 20 statements of invented people, some of whom speak in hundreds of articles, with two targets; one
statement in twenty is cut from an earlier one and in its cluster. Pages are opened in Chromium if Playwright and it are
there.
"""

from __future__ import annotations

import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from onrecord.document import Article, Form, Mention, Meta, Span, Speaker, Stance, StanceLabel, StanceScores, Statement
from onrecord.files.records import read_statements, to_line
from onrecord.report.site import write_report

_WORDS = [
    "harbour",
    "council",
    "port",
    "treaty",
    "growth",
    "mayor",
    "budget",
    "river",
    "union",
    "the",
    "of",
    "to",
    "and",
    "will",
    "not",
    "never",
    "always",
    "plan",
]
_TARGETS = ("the port expansion", "the council’s budget")
_LABELS: tuple[StanceLabel, ...] = ("support", "oppose", "neutral", "unclear")
_FORMS: tuple[Form, ...] = ("direct", "mixed", "indirect")


def made(count: int, folder: Path, seed: int = 0) -> Iterator[Statement]:
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
        meta = Meta(f"Article {number} of the made ones", str(day), outlet, None, "en", "utf-8")
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
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[3]) if "--keep" in sys.argv else Path(name)
        statements = folder / "statements.jsonl"
        folder.mkdir(exist_ok=True)
        with statements.open("w", encoding="utf-8", newline="\n") as file:
            for statement in made(count, folder / "articles"):
                file.write(f"{to_line(statement)}\n")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.monotonic()
        counts = write_report(read_statements(statements), folder / "report", folder / "articles", force=True)
        seconds = time.monotonic() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        pages = sorted((folder / "report").rglob("*.html"), key=lambda path: -path.stat().st_size)
        size = sum(path.stat().st_size for path in pages)
        print(
            f"{counts.articles} articles, {counts.statements} statements, {counts.pages} pages, {size / 2**20:.0f} MiB"
        )
        print(f"{seconds:.1f} s, peak {peak / 1024:.0f} MiB ({before / 1024:.0f} before)")
        kinds = ["index.html", "articles/index.html", "speakers/index.html", "words/index.html"]
        load([folder / "report" / one for one in kinds] + pages[:3])


def load(pages: list[Path]) -> None:
    """Prints how long each page takes until its script has run, the median of five times."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in pages:
            times = []
            for _ in range(5):
                page = browser.new_page()
                started = time.monotonic()
                page.goto(path.as_uri())
                page.evaluate("new Promise(requestAnimationFrame)")
                times.append(time.monotonic() - started)
                page.close()
            name = "/".join(path.parts[-2:])
            print(f"{sorted(times)[2]:.2f} s  {path.stat().st_size / 1024:.0f} KiB  {name}")
        browser.close()


if __name__ == "__main__":
    main()
