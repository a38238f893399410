"""PolNeAR in instances like those of CofeNet (Wang et al., COLING 2022), for figures comparable with theirs.

They published short runs of about 44 tokens, a fifth of them without any label. Paragraphs come closest to
that (``docs/evaluation.md`` has the counts), cut no labelled span, and need no look at the labels, so an
instance is a paragraph. Scores on instances and scores on whole articles are different measurements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from onrecord.document import Article, Mention, Span, Spans, Statement
from onrecord.text.segmentation import split_paragraphs, trim
from onrecord_eval.corpora.polnear import AnnotatedArticle

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class CutStatistics:
    """How many instances there are, their mean length in words and punctuation marks, how many have no label."""

    instances: int
    mean_tokens: float
    unlabelled: int


def cut_article(annotated: AnnotatedArticle) -> list[AnnotatedArticle]:
    """One instance for each paragraph that has a letter or digit; offsets count from its first character.

    A statement that reaches over several paragraphs leaves in each the pieces that stand there. Pieces that
    an annotator drew across a paragraph's end are cut at it.
    """
    text = annotated.article.text
    paragraphs = (trim(text, paragraph) for paragraph in split_paragraphs(text))
    return [
        AnnotatedArticle(
            Article(f"{annotated.article.doc}#{span.start}", text[span.start : span.end], annotated.article.meta),
            {
                annotator: tuple(part for statement in statements if (part := _inside(statement, span, text)))
                for annotator, statements in annotated.annotations.items()
            },
        )
        for span in paragraphs
        if any(character.isalnum() for character in text[span.start : span.end])
    ]


def _inside(statement: Statement, instance: Span, text: str) -> Statement | None:
    """The part of ``statement`` inside ``instance``, in the instance's offsets; None if no part is."""
    content = _clip(statement.content, instance, text)
    source = _clip_mention(statement.source, instance, text)
    cue = _clip_mention(statement.cue, instance, text)
    if not content and source is None and cue is None:
        return None
    pieces = Article("", text[instance.start : instance.end]).slice(content)
    whole = Span(0, instance.end - instance.start)
    return replace(statement, text=pieces, content=content, context=whole, source=source, cue=cue, via=None)


def _clip_mention(mention: Mention | None, instance: Span, text: str) -> Mention | None:
    spans = _clip(mention.spans, instance, text) if mention else ()
    return Mention(Article("", text[instance.start : instance.end]).slice(spans), spans) if spans else None


def _clip(spans: Spans, instance: Span, text: str) -> Spans:
    clipped = (Span(max(span.start, instance.start), min(span.end, instance.end)) for span in spans)
    inside = (trim(text, span) for span in clipped if span.start < span.end)
    return tuple(Span(start - instance.start, end - instance.start) for start, end in inside if start < end)


def cut_statistics(instances: Iterable[AnnotatedArticle]) -> CutStatistics:
    """The counts to hold against the published ones; the first annotator decides what is labelled."""
    lengths: list[int] = []
    unlabelled = 0
    for instance in instances:
        lengths.append(len(_TOKEN.findall(instance.article.text)))
        unlabelled += not next(iter(instance.annotations.values()), ())
    return CutStatistics(len(lengths), sum(lengths) / len(lengths) if lengths else 0.0, unlabelled)
