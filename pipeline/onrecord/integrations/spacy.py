"""A component for spaCy pipelines: ``nlp.add_pipe("onrecord")``, after ``pip install 'onrecord[spacy]'``.

spaCy finds it by the entry point ``spacy_factories``. Each piece of a statement's content is a span of
``doc.spans["statements"]``: its label is the form, its id that of the statement, ``span._.statement`` the statement.
All of them are in ``doc._.statements``. They are kept as JSON lines in ``doc.user_data``, so they go with the document
to other processes and to disk.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> finder = nlp.add_pipe("onrecord", config={"targets": ["the harbour plan"], "device": "cpu"})
>>> doc = nlp("“The harbour plan is a mistake,” said Ada Lund, the mayor.")
>>> [(span.text, span._.statement.stance[0].label) for span in doc.spans["statements"]]
[('“The harbour plan is a mistake,”', 'oppose')]

A statement's id begins with that of its document. That is ``doc._.id`` where you have set such an extension, as in
``Doc.set_extension("id", default=None)``, and otherwise made from the text: the same in every process and run.

The component's texts must be in English; that isn't checked. With ``n_process``, each process loads the models for
itself and computes with one thread.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import minibatch

from onrecord.document import Article, Meta, Statement
from onrecord.errors import SettingsError

if TYPE_CHECKING:
    from onrecord.pipeline import Pipeline, PipelineSettings

KEY: Final = "statements"
_USER_DATA: Final = "onrecord"


class StatementFinder:
    """Reads spaCy documents with an `onrecord.Pipeline`, whose models are loaded when the first document comes."""

    def __init__(self, settings: PipelineSettings) -> None:
        """
        Raises:
            WeightsError: there is no such model.
        """
        from onrecord_models.loading import model_folder

        model_folder(settings.model)
        self.settings = settings
        self._pipeline: Pipeline | None = None
        self._process = os.getpid()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pipeline": None}  # a process that receives the component loads the models itself

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 32) -> Iterator[Doc]:
        """The documents with their statements; ``batch_size`` of them are read together."""
        for batch in minibatch(stream, batch_size):
            docs = list(batch)
            articles = [Article(_id_of(doc), doc.text, Meta(language="en")) for doc in docs]
            for doc, statements in zip(docs, self._ready().extract_articles(articles), strict=True):
                yield _filled(doc, statements)

    def _ready(self) -> Pipeline:
        from onrecord.pipeline import Pipeline
        from onrecord_models.inference import use_threads

        if self._process != os.getpid():
            # A forked process has none of its parent's threads, and torch would wait for them forever. Nor should
            # the threads of several processes compete for the processor.
            use_threads(1)
            self._process = os.getpid()
            if self._pipeline is not None and self._pipeline.settings.device.startswith("cuda"):
                raise SettingsError(
                    "the GPU is in use by the process that this one was forked from; call nlp.pipe with n_process "
                    'before any other text is read, or give the component the device "cpu"'
                )
        if self._pipeline is None:
            self._pipeline = Pipeline.build(self.settings)
        return self._pipeline


def _id_of(doc: Doc) -> str:
    if Doc.has_extension("id") and doc._.id is not None:
        return str(doc._.id)
    return hashlib.sha256(doc.text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _filled(doc: Doc, statements: list[Statement]) -> Doc:
    doc.user_data[_USER_DATA] = [statement.to_json() for statement in statements]
    doc.spans[KEY] = [
        # Tokenizers differ: a spaCy token that a span covers in part is in it as a whole.
        doc.char_span(start, end, label=statement.form, span_id=statement.id, alignment_mode="expand")
        for statement in statements
        for start, end in statement.content
    ]
    return doc


@lru_cache(maxsize=256)
def _parsed(lines: tuple[str, ...]) -> dict[str, Statement]:
    """The statements by id, cached for the last documents, because every span of a document asks for them."""
    return {statement.id: statement for statement in map(Statement.from_json, lines)}


def _statements(doc: Doc) -> tuple[Statement, ...]:
    return tuple(_parsed(tuple(doc.user_data.get(_USER_DATA, ()))).values())


def _statement(span: Span) -> Statement | None:
    return _parsed(tuple(span.doc.user_data.get(_USER_DATA, ()))).get(span.id_)


def make(
    nlp: Language,
    name: str,
    model: str,
    targets: list[str],
    device: str,
    precision: str,
    ner_model: str | None,
    stance_model: str | None,
    stance_labels: dict[str, str],
    min_stance_score: float | None,
    min_speaker_score: float | None,
    only: list[str],
    min_confidence: float | None,
) -> StatementFinder:
    """The component as spaCy builds it from its configuration; the settings are those of `onrecord.Pipeline.load`.

    Raises:
        SettingsError: a setting is invalid.
        WeightsError: there is no such model.
    """
    from onrecord.pipeline import PipelineSettings

    return StatementFinder(
        PipelineSettings(
            model=model,
            device=device,
            precision=precision,
            targets=tuple(targets),
            ner_model=ner_model,
            stance_model=stance_model,
            stance_labels=tuple(stance_labels.items()),
            min_stance_score=min_stance_score,
            min_speaker_score=min_speaker_score,
            only=tuple(only),
            min_confidence=min_confidence,
        )
    )


_DEFAULTS: Final[dict[str, Any]] = {
    "model": "small",
    "targets": [],
    "device": "auto",
    "precision": "auto",
    "ner_model": None,
    "stance_model": None,
    "stance_labels": {},
    "min_stance_score": None,
    "min_speaker_score": None,
    "only": [],
    "min_confidence": None,
}

Language.factory("onrecord", default_config=_DEFAULTS, assigns=["doc.spans"], func=make)
Doc.set_extension("statements", getter=_statements, force=True)
Span.set_extension("statement", getter=_statement, force=True)
