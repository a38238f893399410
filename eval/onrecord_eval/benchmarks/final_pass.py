"""The final pass of a run over many articles: its speed, its memory, and the share of each step.

    python -m onrecord_eval.benchmarks.final_pass [--articles 20000] [--profile]

The statements are those of `clusters`, twenty to an article, spoken by invented people whom articles call by a full
name first and by their family name afterwards; every twentieth article is a copy. No model is run: what is measured is
everything between the last article and the finished output.
"""

from __future__ import annotations

import cProfile
import pstats
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from onrecord.collection.near_duplicates import Signed, signature_of
from onrecord.document import Mention, Span, Speaker, Statement
from onrecord.runs.final_pass import finishing
from onrecord.runs.spool import Shard, Spool
from onrecord_eval.benchmarks.clusters import synthetic_statements
from onrecord_eval.benchmarks.measuring import mebibytes, option_parser, peak_memory, print_table, timed

_STATEMENTS: Final = 20
_SHARD: Final = 32
_GIVEN: Final = ("Ada", "Omar", "Ines", "Jonas", "Karim", "Lena", "Milan", "Nora", "Petra", "Hugo")
_ROLES: Final = ("mayor", "minister", "spokesman", "union leader", None)


def synthetic_shards(articles: int, seed: int = 0) -> Iterator[Shard]:
    """The shards of a run over so many articles."""
    generator = random.Random(seed)
    made = synthetic_statements(articles * _STATEMENTS, seed)
    signature = ""
    for start in range(0, articles, _SHARD):
        groups, signed = [], []
        for number in range(start, min(start + _SHARD, articles)):
            doc = f"{number // 1000:03}/{number:07}.txt"
            groups.append([_spoken(generator, doc, each) for each in enumerate(islice(made, _STATEMENTS), 1)])
            if number % 20 or not signature:
                signature = signature_of(" ".join(statement.text for statement in groups[-1]))
            signed.append(Signed(doc, None, signature))
        yield Shard.of(groups, signed, ())


def _spoken(generator: random.Random, doc: str, made: tuple[int, tuple[Statement, int, bool]]) -> Statement:
    number, (statement, original, _) = made
    family = (statement.speakers[0].name or "").rpartition(" ")[2].capitalize()
    given = _GIVEN[original % len(_GIVEN)]
    is_short = generator.random() < 0.3
    name, aliases = (family, ()) if is_short else (f"{given} {family}", (family,))
    speaker = Speaker(name, None, "person", generator.choice(_ROLES), aliases=aliases, score=0.9)
    source = Mention(name, (Span(statement.context.end + 6, statement.context.end + 6 + len(name)),))
    return replace(statement, doc=doc, id=f"{doc}#{number}", speakers=(speaker,), source=source, confidence=0.9)


def fill_and_finish(articles: int, output: Path, profile: cProfile.Profile | None = None) -> tuple[int, float, float]:
    """Writes the output of such a run, and gives the number of its statements and the seconds of the final pass: the
    clock's and the processor's."""
    with Spool(output, {"articles": str(articles)}) as spool:
        for number, shard in enumerate(synthetic_shards(articles)):
            spool.write(number, shard)
        started = time.process_time()
        with timed() as watch:
            if profile is not None:
                profile.enable()
            count = 0
            with finishing(spool) as finished, output.open("w", encoding="utf-8", newline="\n") as file:
                for line in finished.lines:
                    file.write(f"{line}\n")
                    count += 1
            if profile is not None:
                profile.disable()
        spool.remove()
    return count, watch.seconds, time.process_time() - started


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--articles", type=int, default=20_000, help="how many articles")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    options = parser.parse_args()
    profile = cProfile.Profile() if options.profile else None
    rows = [("articles", "statements", "final pass", "processor", "statements a second of it", "peak memory")]
    with tempfile.TemporaryDirectory() as folder:
        for articles in (options.articles // 10, options.articles):
            count, seconds, used = fill_and_finish(articles, Path(folder) / "out.jsonl", profile)
            rate = f"{count / used:,.0f}"
            times = f"{seconds:.1f} s", f"{used:.1f} s"
            rows.append((f"{articles:,}", f"{count:,}", *times, rate, mebibytes(peak_memory())))
    print_table("The final pass over synthetic statements", rows)
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
