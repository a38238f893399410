"""A statement built from spans has the text, form and context that lie there."""

from __future__ import annotations

from onrecord.document import Article, Meta, Span
from onrecord.text.quotations import quotation_states
from onrecord.text.segmentation import segment
from onrecord.text.statements import build_mention, build_statement

TEXT = "The port is old. Ada Lund told the board:\n“It stays open,” and left. Nobody moved."
ARTICLE = Article("a.txt", TEXT, Meta(outlet="Easton Times"))


def span(words: str) -> Span:
    return Span(TEXT.index(words), TEXT.index(words) + len(words))


def build(*content: str, source: str | None = None, **chosen):
    segmentation = segment(TEXT)
    mention = build_mention(ARTICLE, (span(source),) if source else ())
    states = quotation_states(TEXT, segmentation.quotations)
    spans = tuple(map(span, content))
    return build_statement(ARTICLE, segmentation, spans, identifier="a.txt#1", states=states, source=mention, **chosen)


def test_text_form_and_article_follow_from_the_content() -> None:
    statement = build("“It stays open,”")
    assert (statement.doc, statement.id, statement.text) == ("a.txt", "a.txt#1", "“It stays open,”")
    assert (statement.form, statement.meta.outlet) == ("direct", "Easton Times")
    assert build("Nobody moved").form == "indirect"
    assert build("The port", "Nobody moved").text == "The port … Nobody moved"


def test_context_is_the_sentences_of_content_and_source_without_space_around() -> None:
    assert TEXT[slice(*build("“It stays open,”").context)] == "“It stays open,” and left."
    with_source = build("“It stays open,”", source="Ada Lund")
    assert TEXT[slice(*with_source.context)] == "Ada Lund told the board:\n“It stays open,” and left."


def test_a_source_far_away_does_not_widen_the_context() -> None:
    text = TEXT + " More was said." * 200 + " The end came."
    end = Span(text.index("The end came"), text.index("The end came") + 12)
    article = Article("a.txt", text)
    segmentation = segment(text)
    states = quotation_states(text, segmentation.quotations)
    source = build_mention(article, (span("Ada Lund"),))
    statement = build_statement(article, segmentation, (end,), identifier="a.txt#1", states=states, source=source)
    assert text[slice(*statement.context)] == "The end came."


def test_form_and_context_that_are_given_are_kept() -> None:
    statement = build("“It stays open,”", form="mixed", context=Span(0, 5))
    assert (statement.form, statement.context) == ("mixed", Span(0, 5))


def test_a_mention_of_no_spans_is_none() -> None:
    assert build_mention(ARTICLE, ()) is None
    mention = build_mention(ARTICLE, (span("Ada"), span("board")))
    assert mention is not None
    assert mention.text == "Ada … board"
