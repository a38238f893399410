"""Measures the tables of mistakes that `onrecord audit` reckons with, and writes them as JSON.

    python -m onrecord_eval.audit_errors LABELS CORPORA [--model small] > errors.json

LABELS are labels of speakers such as data/speakers/dev.jsonl (of several files, lines may be put into one), CORPORA the
folder of the texts. Statements and sources are given; what is counted is how often a gender, a type of source or a role
group is taken for another.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from onrecord.pipeline import PipelineSettings
from onrecord_eval.adapters import PipelineParts
from onrecord_eval.benchmarks.measuring import option_parser
from onrecord_eval.corpora.speaker_labels import read_speaker_labels
from onrecord_eval.metrics.scores import total
from onrecord_eval.tasks.audit import count_article, error_tables


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("labels", type=Path, help="file of labels")
    parser.add_argument("corpora", type=Path, help="folder of the texts")
    parser.add_argument("--model", default="small", help="model to measure")
    options = parser.parse_args()
    parts = PipelineParts(PipelineSettings(options.model))
    articles = list(read_speaker_labels(options.labels, options.corpora))
    counts = total([count_article(article, parts.speaker_finder, parts.extractor) for article in articles])
    source = f"{len(articles)} labelled articles ({options.labels}; model {options.model}; {time.strftime('%Y-%m-%d')})"
    print(json.dumps({"source": source, "tables": error_tables(counts)}, indent=1))


if __name__ == "__main__":
    main()
