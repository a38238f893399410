"""The component for spaCy, in a blank pipeline with a tiny model."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Statement
from onrecord.errors import SettingsError, WeightsError

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
    found = [doc._.statements for doc in nlp.pipe(texts, batch_size=3)]
    assert found[0]
    assert found == [nlp(text)._.statements for text in texts]


def test_statements_go_to_disk_with_the_document(nlp: Any) -> None:
    doc = nlp(TEXT)
    assert doc._.statements
    stored = spacy.tokens.DocBin(docs=[doc], store_user_data=True).to_bytes()
    (of_bin,) = spacy.tokens.DocBin().from_bytes(stored).get_docs(nlp.vocab)
    for again in (spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes()), of_bin, pickle.loads(pickle.dumps(doc))):
        assert again._.statements == doc._.statements
        of_spans = [span._.statement for span in again.spans["statements"]]
        assert of_spans == [span._.statement for span in doc.spans["statements"]]
        assert None not in of_spans


def test_spans_of_other_groups_have_no_statement(nlp: Any) -> None:
    doc = nlp(TEXT)
    first = doc.spans["statements"][0]
    assert first._.statement
    assert doc[first.start : first.end]._.statement is None


PARALLEL = """
import sys
import spacy
from spacy.tokens import Doc

Doc.set_extension("id", default=None)
nlp = spacy.blank("en")
nlp.add_pipe("onrecord", config={"model": sys.argv[1], "device": "cpu"})
texts = ["“We will fight it,” said Ada Brandt, the mayor.", "“It is over,” said Omar Diallo, the coach.", ""] * 2
docs = [nlp.make_doc(text) for text in texts]
for number, doc in enumerate(docs):
    doc._.id = f"doc-{number}"
if sys.argv[2] == "used":
    nlp(texts[0])
found = [[statement.id for statement in doc._.statements] for doc in nlp.pipe(docs, n_process=2, batch_size=1)]
assert found == [[statement.id for statement in nlp(doc)._.statements] for doc in docs], found
print(found)
"""


@pytest.mark.slow
@pytest.mark.parametrize("parent", ["unused", "used"])
def test_several_processes_give_what_one_gives(tiny_model: Path, parent: str) -> None:
    command = [sys.executable, "-c", PARALLEL, str(tiny_model), parent]
    result = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert result.returncode == 0, result.stderr
    assert "doc-0#1" in result.stdout
    assert "doc-4#1" in result.stdout


def test_ids_differ_between_texts_and_are_the_same_in_every_run(nlp: Any) -> None:
    first, other, again = nlp.pipe([TEXT, f"{TEXT} More.", TEXT])
    ids = [[statement.id for statement in doc._.statements] for doc in (first, other, again)]
    assert ids[0]
    assert ids[0] == ids[2]
    assert not {statement.doc for statement in first._.statements} & {statement.doc for statement in other._.statements}
    assert ids[0][0] == "e85a6ddd1e0d#1"


@pytest.fixture
def id_extension() -> Iterator[None]:
    spacy.tokens.Doc.set_extension("id", default=None)
    yield
    spacy.tokens.Doc.remove_extension("id")


@pytest.mark.usefixtures("id_extension")
def test_a_documents_own_id_is_taken(nlp: Any) -> None:
    named, unnamed = nlp.make_doc(TEXT), nlp.make_doc(TEXT)
    named._.id = 7
    assert [statement.id for statement in nlp(named)._.statements][:1] == ["7#1"]
    assert nlp(unnamed)._.statements[0].doc != "7"


def test_lines_are_parsed_once_however_often_they_are_asked_for(nlp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    doc = nlp(TEXT + "Once.")
    parsed: list[str] = []
    original = Statement.from_json
    monkeypatch.setattr(Statement, "from_json", lambda line: parsed.append(line) or original(line))  # type: ignore[func-returns-value]
    for _ in range(3):
        assert [span._.statement for span in doc.spans["statements"]]
        assert doc._.statements
    assert len(parsed) == len(doc._.statements)


def test_a_document_that_is_read_again_shows_its_new_statements(nlp: Any) -> None:
    doc = nlp(TEXT)
    assert doc._.statements
    doc.user_data["onrecord"] = doc.user_data["onrecord"][:1]
    assert len(doc._.statements) == 1


def test_settings_come_from_the_configuration(tiny_model: Path) -> None:
    nlp = spacy.blank("en")
    scores = {"min_stance_score": 1.0, "min_speaker_score": 1.0}
    options = {"precision": "fp32", "device": "cpu", "targets": ["the harbour"], **scores}
    finder = nlp.add_pipe("onrecord", config={"model": str(tiny_model), **options})
    assert finder.settings.precision == "fp32"
    assert {stance.label for one in nlp(TEXT)._.statements for stance in one.stance} == {"unclear"}
    assert {speaker.name for one in nlp(TEXT)._.statements for speaker in one.speakers} == {None}


def test_a_bad_setting_is_refused_when_the_component_is_added(tiny_model: Path) -> None:
    with pytest.raises(WeightsError, match="nowhere"):
        spacy.blank("en").add_pipe("onrecord", config={"model": "nowhere"})
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"precision": "int4"}, "precision is 'int4'; choose one of auto, bf16, int8, fp32"),
        ({"stance_labels": {"LABEL_0": "oppose"}}, "labels of a stance model are given, but no stance model"),
        ({"min_stance_score": 2.0}, "minimal stance score is 2.0; it is a probability, 0 to 1"),
        ({"min_speaker_score": -1.0}, "minimal speaker score is -1.0; it is a probability, 0 to 1"),
    ]
    for config, said in wrong:
        with pytest.raises(SettingsError, match=said):
            spacy.blank("en").add_pipe("onrecord", config={"model": str(tiny_model), **config})


def test_a_component_can_be_sent_to_another_process(nlp: Any) -> None:
    finder = nlp.get_pipe("onrecord")
    expected = nlp(TEXT)._.statements
    assert expected
    again = pickle.loads(pickle.dumps(finder))
    assert again.settings == finder.settings
    assert again(nlp.make_doc(TEXT))._.statements == expected


def test_a_gpu_that_the_parent_uses_is_refused_in_a_forked_process(nlp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    finder = nlp.get_pipe("onrecord")
    nlp(TEXT)
    settings = type(finder.settings)(device="cuda")
    monkeypatch.setattr(finder._pipeline, "settings", settings)
    monkeypatch.setattr(finder, "_process", -1)
    monkeypatch.setattr("onrecord_models.inference.use_threads", lambda threads: None)
    with pytest.raises(SettingsError, match="n_process"):
        nlp(TEXT)
