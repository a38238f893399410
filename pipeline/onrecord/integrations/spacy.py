"""A component for spaCy pipelines: ``nlp.add_pipe("onrecord")``, after ``pip install 'onrecord[spacy]'``.

spaCy finds it by the entry point ``spacy_factories``. Each piece of a statement's content is a span of
``doc.spans["statements"]``, its label the form, its id that of the statement: ``span._.statement``. All of them are in
``doc._.statements``. They are kept as JSON lines in ``doc.user_data``, to go with the document to other processes and
to disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import minibatch

from onrecord.document import Article, Meta, Statement
from onrecord.files.records import to_line

KEY: Final = "statements"
_USER_DATA: Final = "onrecord"


class StatementFinder:
    """Reads spaCy documents with a pipeline of ours; settings are those of ``Pipeline.load``."""

    def __init__(self, model: str, targets: list[str], device: str) -> None:
        from onrecord.pipeline import Pipeline

        self._pipeline = Pipeline.load(model, device=device, targets=tuple(targets))

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 32) -> Iterator[Doc]:
        """The documents with their statements; ``batch_size`` of them are read together."""
        for batch in minibatch(stream, batch_size):
            docs = list(batch)
            articles = [Article("-", doc.text, Meta(language="en")) for doc in docs]
            for doc, statements in zip(docs, self._pipeline.extract_articles(articles), strict=True):
                yield _filled(doc, statements)


def _filled(doc: Doc, statements: list[Statement]) -> Doc:
    doc.user_data[_USER_DATA] = [to_line(statement) for statement in statements]
    doc.spans[KEY] = [
        # Tokens of two tokenizers: what spaCy took as one is in the span as a whole.
        doc.char_span(start, end, label=statement.form, span_id=statement.id, alignment_mode="expand")
        for statement in statements
        for start, end in statement.content
    ]
    return doc


def _statements(doc: Doc) -> tuple[Statement, ...]:
    return tuple(Statement.from_json(line) for line in doc.user_data.get(_USER_DATA, ()))


def _statement(span: Span) -> Statement | None:
    return next((statement for statement in _statements(span.doc) if statement.id == span.id_), None)


def make(nlp: Language, name: str, model: str, targets: list[str], device: str) -> StatementFinder:
    """The component, as spaCy builds it from its configuration."""
    return StatementFinder(model, targets, device)


_DEFAULTS: Final[dict[str, Any]] = {"model": "small", "targets": [], "device": "auto"}

Language.factory("onrecord", default_config=_DEFAULTS, assigns=["doc.spans"], func=make)
Doc.set_extension("statements", getter=_statements, force=True)
Span.set_extension("statement", getter=_statement, force=True)
