"""Web Annotation and schema.org: the structure that their standards ask for, and selectors that find their words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from onrecord.document import Article, Meta, Span, Statement
from onrecord.errors import RecordError
from onrecord.export.labels import LabelledArticle
from onrecord.export.quotations import write_quotations
from onrecord.export.web_annotation import annotation, write_web_annotations
from onrecord.files.records import to_line
from tests.export.exported import CRITICS, HARBOUR, LABELLED_HARBOUR, STATEMENTS, write
from tests.labelled import FIRST, LABELLED, labelled

ADDRESS = {"type": "string", "pattern": '^(https?|urn):[^ <>"{}|\\\\^`]+$'}
SELECTORS = {
    "type": "array",
    "prefixItems": [
        {
            "required": ["type", "exact", "prefix", "suffix"],
            "properties": {"type": {"const": "TextQuoteSelector"}, "exact": {"type": "string", "minLength": 0}},
        },
        {
            "required": ["type", "start", "end"],
            "properties": {
                "type": {"const": "TextPositionSelector"},
                "start": {"type": "integer", "minimum": 0},
                "end": {"type": "integer", "minimum": 0},
            },
        },
    ],
    "items": False,
    "minItems": 2,
}
TARGET = {
    "type": "object",
    "required": ["type", "source", "selector"],
    "properties": {
        "type": {"const": "SpecificResource"},
        "source": {"type": "object", "required": ["id", "type"], "properties": {"id": ADDRESS}},
        "selector": SELECTORS,
    },
}
BODY = {
    "type": "object",
    "required": ["type"],
    "properties": {"id": ADDRESS},
    "if": {"properties": {"type": {"const": "TextualBody"}}},
    "then": {
        "required": ["value", "purpose", "format"],
        "properties": {"purpose": {"enum": ["classifying", "describing"]}, "value": {"type": "string"}},
    },
    "else": {"properties": {"type": {"enum": ["Person", "Organization", "foaf:Group", "foaf:Document", "foaf:Agent"]}}},
}
ANNOTATION = {
    "type": "object",
    "required": ["id", "type", "target", "motivation"],
    "properties": {
        "id": ADDRESS,
        "type": {"const": "Annotation"},
        "motivation": {"const": "describing"},
        "body": {"type": "array", "items": BODY, "minItems": 1},
        "target": {"anyOf": [TARGET, {"type": "array", "items": TARGET, "minItems": 2}]},
    },
}
COLLECTION = Draft202012Validator(
    {
        "type": "object",
        "required": ["@context", "id", "type", "total", "first"],
        "properties": {
            "@context": {"prefixItems": [{"const": "http://www.w3.org/ns/anno.jsonld"}]},
            "id": ADDRESS,
            "type": {"const": "AnnotationCollection"},
            "total": {"type": "integer", "minimum": 0},
            "first": {
                "required": ["id", "type", "items"],
                "properties": {"type": {"const": "AnnotationPage"}, "items": {"type": "array", "items": ANNOTATION}},
            },
        },
    }
)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def targets_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    target = item["target"]
    return target if isinstance(target, list) else [target]


def by_quote(text: str, quote: dict[str, str]) -> list[Span]:
    """All the places that a TextQuoteSelector selects."""
    whole = quote["prefix"] + quote["exact"] + quote["suffix"]
    places, at = [], text.find(whole)
    while at >= 0:
        places.append(Span(at + len(quote["prefix"]), at + len(quote["prefix"]) + len(quote["exact"])))
        at = text.find(whole, at + 1)
    return places


def by_position(position: dict[str, int]) -> Span:
    return Span(position["start"], position["end"])


def test_annotations_are_what_the_model_asks_for_and_select_the_very_words(tmp_path: Path) -> None:
    articles = [LABELLED_HARBOUR, *LABELLED]
    statements = write(tmp_path, articles)
    assert write_web_annotations(statements, tmp_path / "out.json", tmp_path / "news") == 9
    collection = read(tmp_path / "out.json")
    COLLECTION.validate(collection)
    items = collection["first"]["items"]
    assert collection["total"] == len(items) == len({item["id"] for item in items}) == 9
    known = {statement.id: (one.article, statement) for one in articles for statement in one.statements}
    for item in items:
        article, statement = known[item["onrecord:statement"]]
        selected = []
        for target in targets_of(item):
            quote, position = target["selector"]
            assert by_quote(article.text, quote) == [by_position(position)]
            selected.append(by_position(position))
        assert tuple(selected) == statement.content
        assert " … ".join(article.text[slice(*span)] for span in selected) == statement.text


def test_bodies_are_the_speakers_and_what_the_statement_is(tmp_path: Path) -> None:
    item = annotation(STATEMENTS[0], HARBOUR)
    speaker, form, act, stance = item["body"]
    assert speaker == {
        "id": "urn:x-onrecord:speaker:ada-lund",
        "type": "Person",
        "name": "Ada Lund",
        "onrecord:part": "speaker",
        "onrecord:role": "a Democrat",
        "onrecord:score": 0.9,
    }
    assert [(body["onrecord:part"], body["value"]) for body in (form, act, stance)] == [
        ("form", "mixed"),
        ("act", "expressed"),
        ("stance", "support"),
    ]
    assert (stance["onrecord:target"], stance["onrecord:score"]) == ("the <port>", 0.8)
    assert item["target"]["source"]["id"] == "https://example.org/a?b=1&c=2"


def test_a_quote_takes_as_much_of_the_text_around_it_as_makes_it_the_only_one() -> None:
    text = "He said yes. " * 20 + "Then she left. " + "He said yes. " * 3
    start = len("He said yes. ") * 10 + 8
    statement = Statement("a", "a#1", "yes", (Span(start, start + 3),), "indirect", Span(0, 5))
    quote, position = annotation(statement, Article("a", text))["target"]["selector"]
    assert by_quote(text, quote) == [by_position(position)]
    hopeless = Article("a", "yes " * 2000)
    quote, position = annotation(statement, hopeless)["target"]["selector"]
    assert len(quote["prefix"]) <= 256  # the position alone tells


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "http://a b/", "//x", "http://["])
def test_only_a_web_address_is_one(url: str) -> None:
    article = replace(HARBOUR, meta=replace(HARBOUR.meta, url=url))
    source = annotation(STATEMENTS[0], article)["target"]["source"]
    assert source["id"] == "urn:x-onrecord:article:a/b%20c.txt"


@given(labelled)
def test_every_annotation_selects_its_words(
    tmp_path_factory: pytest.TempPathFactory, articles: list[LabelledArticle]
) -> None:
    for one in articles:
        for statement in one.statements:
            item = json.loads(json.dumps(annotation(statement, one.article)))
            Draft202012Validator(ANNOTATION).validate(item)
            spans = tuple(by_position(target["selector"][1]) for target in targets_of(item))
            assert spans == statement.content
            assert all(
                by_position(target["selector"][1]) in by_quote(one.article.text, target["selector"][0])
                for target in targets_of(item)
            )


def test_quotations_are_those_of_schema_org(tmp_path: Path) -> None:
    statements = write(tmp_path, [LABELLED_HARBOUR, *LABELLED])
    counts = write_quotations(statements, tmp_path / "out.json")  # no texts needed
    assert (counts.quotations, counts.reported) == (3, 6)
    document = read(tmp_path / "out.json")
    assert document["@context"] == "https://schema.org"
    articles = {node["@id"]: node for node in document["@graph"] if node["@type"] == "NewsArticle"}
    quotations = [node for node in document["@graph"] if node["@type"] == "Quotation"]
    assert len(articles) + len(quotations) == len(document["@graph"]) == 5
    allowed = {"@type", "@id", "identifier", "text", "inLanguage", "creator", "spokenByCharacter", "isBasedOn"}
    allowed |= {"creditText", "isPartOf", "citation"}
    for node in quotations:
        assert set(node) <= allowed
        assert node["isPartOf"]["@id"] in articles
        assert node["creator"] == node["spokenByCharacter"]
        assert node["creator"]["@type"] in {"Person", "Organization"}
    assert quotations[0]["text"] == STATEMENTS[0].text
    assert quotations[1]["creator"]["name"] == "Omar Diallo"
    assert quotations[1]["creditText"] == "Omar Diallo"
    assert quotations[0]["citation"] == (
        "“Harbour <to> grow”, Easton & Weston News, 2024-03-05, https://example.org/a?b=1&c=2"
    )
    assert articles["https://example.org/a?b=1&c=2"]["headline"] == "Harbour <to> grow"
    assert quotations[2]["text"] == FIRST.text


def test_a_speaker_is_one_node_everywhere_and_an_unnamed_one_is_nobody_else(tmp_path: Path) -> None:
    unnamed = replace(STATEMENTS[1], id="x#2", speakers=(CRITICS, STATEMENTS[1].speakers[0]))
    path = tmp_path / "out.jsonl"
    path.write_text(f"{to_line(STATEMENTS[1])}\n{to_line(unnamed)}\n", encoding="utf-8")
    write_quotations(path, tmp_path / "out.json")
    first, second = (node for node in read(tmp_path / "out.json")["@graph"] if node["@type"] == "Quotation")
    critics, omar = second["creator"]
    assert omar["@id"] == first["creator"]["@id"]
    assert "@id" not in critics


def test_nothing_in_a_file_can_steer_a_terminal(tmp_path: Path) -> None:
    title = "a\u202eb\x9bc"
    path = tmp_path / "out.jsonl"
    path.write_text(f"{to_line(replace(FIRST, meta=Meta(title)))}\n", encoding="utf-8")
    write_quotations(path, tmp_path / "out.json")
    assert not {"\u202e", "\x9b"} & set((tmp_path / "out.json").read_text(encoding="utf-8"))
    (article, _) = read(tmp_path / "out.json")["@graph"]
    assert article["headline"] == title


def test_two_statements_of_one_id_are_one_line(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(f"{to_line(STATEMENTS[0])}\n" * 2, encoding="utf-8")
    with pytest.raises(RecordError, match="two statements have the id"):
        write_quotations(path, tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()


def test_an_article_whose_statements_lie_apart_is_written_once(tmp_path: Path) -> None:
    statements = write(tmp_path, [LABELLED_HARBOUR, *LABELLED])
    lines = statements.read_text(encoding="utf-8").splitlines(keepends=True)
    statements.write_text("".join([*lines[1:], lines[0]]), encoding="utf-8")
    write_quotations(statements, tmp_path / "out.json")
    graph = read(tmp_path / "out.json")["@graph"]
    assert sum(node["@type"] == "NewsArticle" for node in graph) == 2
