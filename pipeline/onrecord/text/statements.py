"""Statements built from spans: their text, form and context follow from where the spans are in the article."""

from __future__ import annotations

from typing import Final

from onrecord.document import Article, Form, Mention, Span, Spans, Statement
from onrecord.text.quotations import form_of
from onrecord.text.segmentation import Segmentation, context_of, trim
from onrecord_models.labels import Act

_FARTHEST: Final = 2000
"""Code points from the content beyond which cue and source do not widen the context: a decoding slip must not."""


def build_mention(article: Article, spans: Spans) -> Mention | None:
    """The words of ``article`` at ``spans``; None if there are no spans."""
    return Mention(article.slice(spans), spans) if spans else None


def build_statement(
    article: Article,
    segmentation: Segmentation,
    content: Spans,
    *,
    identifier: str,
    states: bytearray,
    cue: Mention | None = None,
    source: Mention | None = None,
    via: Mention | None = None,
    form: Form | None = None,
    context: Span | None = None,
    confidence: float | None = None,
    act: tuple[Act, float] | None = None,
) -> Statement:
    """The statement of ``article`` whose words lie at ``content``, which is in order and not empty.

    ``states`` are the text's `quotation_states`. Unless they are given, ``form`` is read from the quotation marks, and
    ``context`` is the sentences of the content, the cue and the source, without white space around them.
    """
    mentioned = [span for mention in (cue, source) if mention for span in mention.spans]
    near = [span for span in mentioned if abs(span.start - content[0].start) < _FARTHEST]
    return Statement(
        doc=article.doc,
        id=identifier,
        text=article.slice(content),
        content=content,
        form=form or form_of(article.text, content, states),
        context=context or trim(article.text, context_of(segmentation, (*content, *near))),
        cue=cue,
        source=source,
        via=via,
        confidence=confidence,
        act=act[0] if act else None,
        act_score=act[1] if act else None,
        meta=article.meta,
    )
