"""The component for spaCy, in a blank pipeline with a tiny model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

spacy = pytest.importorskip("spacy", reason="spaCy is not installed: pip install 'onrecord[spacy]'")

TEXT = "Mayor Ada Brandt said the 😀 harbour would stay open.\n\n“We will not close it,” Brandt said.\n"


@pytest.fixture(scope="module")
def nlp(tiny_model: Path) -> Any:
    nlp = spacy.blank("en")
    nlp.add_pipe("onrecord", config={"model": str(tiny_model), "targets": ["the harbour"], "device": "cpu"})
    return nlp


def test_statements_are_spans_with_what_is_behind_them(nlp: Any) -> None:
    doc = nlp(TEXT)
    assert doc._.statements
    assert len(doc.spans["statements"]) == sum(len(statement.content) for statement in doc._.statements)
    for span in doc.spans["statements"]:
        statement = span._.statement
        assert span.label_ == statement.form
        assert any(span.start_char <= start and end <= span.end_char for start, end in statement.content)
        assert statement.stance[0].target == "the harbour"


def test_a_stream_gives_what_single_texts_give(nlp: Any) -> None:
    texts = [TEXT, "", "Nothing. ", TEXT]
    assert [doc._.statements for doc in nlp.pipe(texts, batch_size=3)] == [nlp(text)._.statements for text in texts]


def test_statements_go_to_disk_with_the_document(nlp: Any) -> None:
    doc = nlp(TEXT)
    again = spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert again._.statements == doc._.statements
    assert [span._.statement for span in again.spans["statements"]] == [s._.statement for s in doc.spans["statements"]]


def test_spans_of_other_groups_have_no_statement(nlp: Any) -> None:
    assert nlp(TEXT)[:2]._.statement is None
