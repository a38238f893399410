"""The error browser: one HTML file with gold and prediction side by side, for any browser, offline.

Article text is untrusted. It travels as JSON with every ``<`` escaped, is put on the page as text only, and
the page's policy allows no script, style or request but its own two blocks, named by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from onrecord.document import Mention, Span, Spans, Statement
from onrecord.errors import OutputError, SettingsError
from onrecord.text.segmentation import split_paragraphs, trim
from onrecord_eval.diagnosis import FAULTS, Finding, diagnose
from onrecord_eval.metrics.result import Evaluation
from onrecord_eval.metrics.statements import FORMS, ScoredArticle, what_is_labelled

_HEADLINES: Final = (
    ("content_iou.f1", "content F1 (IoU ≥ 0.5)"),
    ("linked.f1", "linked F1"),
    ("speaker.f1", "speaker F1"),
    ("stance.accuracy", "stance accuracy"),
    ("end_to_end.f1", "end-to-end F1"),
)


def write_browser(path: Path, articles: Sequence[ScoredArticle], evaluation: Evaluation) -> None:
    """Writes the error browser for ``articles`` to ``path``.

    Raises:
        SettingsError: the articles were pieced together from their statements, with gaps in between.
        OutputError: the file cannot be written.
    """
    if any("\0" in article.text for article in articles):
        raise SettingsError(
            "the error browser shows the articles, so it needs them: give their folder with --articles DIR"
        )
    page = browser_page(articles, evaluation)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot write the error browser ({error}); choose another place for it") from error


def browser_page(articles: Sequence[ScoredArticle], evaluation: Evaluation) -> str:
    """The error browser as one HTML page."""
    template = files("onrecord_eval").joinpath("browser.html").read_text(encoding="utf-8")
    data = json.dumps(browser_data(articles, evaluation), ensure_ascii=False, separators=(",", ":"))
    # Inside a script element only `<` can end the data or open a comment; the line separators are for old parsers.
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    filled = {
        "POLICY": _policy(template),
        "TITLE": html.escape(evaluation.title),
        "DATA": data,
    }
    return re.sub("__(POLICY|TITLE|DATA)__", lambda match: filled[match[1]], template)


def _policy(template: str) -> str:
    """A content security policy that lets nothing run or load but the template's own blocks."""
    script, style = (
        base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        for block in (_block(template, "script"), _block(template, "style"))
    )
    own = f"script-src 'sha256-{script}'; style-src 'sha256-{style}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _block(template: str, tag: str) -> str:
    match = re.search(rf"<{tag}>(.*?)</{tag}>", template, re.DOTALL)
    assert match is not None, f"browser.html has no <{tag}> block"
    return match[1]


def browser_data(articles: Sequence[ScoredArticle], evaluation: Evaluation) -> dict[str, Any]:
    """What the page shows, as plain values: texts cut into marked segments, so that it need not count characters."""
    labelled = what_is_labelled(articles)
    metrics = evaluation.metrics()
    shown = [(title, metrics[name]) for name, title in _HEADLINES if name in metrics]
    return {
        "title": evaluation.title,
        "notes": list(evaluation.notes),
        "headlines": [[title, figure.value, figure.low, figure.high] for title, figure in shown],
        "faults": list(FAULTS),
        "forms": list(FORMS),
        "articles": [_article(article, diagnose(article, labelled)) for article in articles],
    }


def _article(article: ScoredArticle, findings: Sequence[Finding]) -> dict[str, Any]:
    spans = [trim(article.text, paragraph) for paragraph in split_paragraphs(article.text)]
    paragraphs = [span for span in spans if span.end > span.start]
    homes = [_paragraph_of(finding.start, paragraphs) for finding in findings]
    gold = [finding.gold for finding in findings]
    predicted = [finding.predicted for finding in findings]
    return {
        "doc": article.doc,
        "annotators": len(article.gold),
        "findings": [_finding(finding) for finding in findings],
        "paragraphs": [
            {
                "gold": _segments(article.text, paragraph, gold),
                "predicted": _segments(article.text, paragraph, predicted),
                "findings": [number for number, home in enumerate(homes) if home == index],
            }
            for index, paragraph in enumerate(paragraphs)
        ],
    }


def _paragraph_of(position: int, paragraphs: Sequence[Span]) -> int:
    """The index of the paragraph that holds ``position``; in the gap between two, that of the first."""
    return max((index for index, span in enumerate(paragraphs) if span.start <= position), default=0)


def _segments(text: str, paragraph: Span, statements: Sequence[Statement | None]) -> list[list[Any]]:
    """``[text, content, source, cue]`` pieces of a paragraph; the last three list the findings they belong to."""
    layers: list[list[tuple[int, Span]]] = [[], [], []]
    for number, statement in enumerate(statements):
        if statement is not None:
            parts = (statement.content, _spans(statement.source), _spans(statement.cue))
            for layer, spans in zip(layers, parts, strict=True):
                layer += [(number, span) for span in spans if span.overlaps(paragraph)]
    edges = {paragraph.start, paragraph.end}
    edges.update(
        edge for layer in layers for _, span in layer for edge in span if paragraph.start < edge < paragraph.end
    )
    cuts = sorted(edges)
    return [
        [
            text[start:end],
            *(sorted({number for number, span in layer if span.covers(Span(start, end))}) for layer in layers),
        ]
        for start, end in pairwise(cuts)
    ]


def _spans(mention: Mention | None) -> Spans:
    return mention.spans if mention else ()


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "faults": list(finding.faults),
        "form": finding.form,
        "overlap": round(finding.overlap, 3),
        "gold": _statement(finding.gold),
        "predicted": _statement(finding.predicted),
    }


def _statement(statement: Statement | None) -> dict[str, Any] | None:
    if statement is None:
        return None
    speakers = [speaker.name or f"({speaker.description or 'unknown'})" for speaker in statement.speakers]
    return {
        "content": statement.text,
        "form": statement.form,
        "source": statement.source.text if statement.source else None,
        "cue": statement.cue.text if statement.cue else None,
        "speakers": " + ".join(speakers) or None,
        "stance": "; ".join(stance.label for stance in statement.stance) or None,
        "confidence": statement.confidence,
    }
