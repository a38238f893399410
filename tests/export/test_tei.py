"""TEI: valid, and from it the article, the statements and the speakers can be had again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree

from onrecord.document import Article, Span, Spans, Statement
from onrecord.errors import InputError
from onrecord.export.labels import LabelledArticle
from onrecord.export.tei import NAMESPACE, write_tei
from onrecord.export.tei_text import Said, paragraphs
from tests.export.exported import ADA, HARBOUR, LABELLED_HARBOUR, OMAR, STATEMENTS, write
from tests.labelled import ARTICLE, LABELLED, labelled

ID = "{http://www.w3.org/XML/1998/namespace}id"
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "data" / "tei.rng"))
TEI = f"{{{NAMESPACE}}}"
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def corpus(folder: Path, articles: Sequence[LabelledArticle]) -> etree._Element:
    statements = write(folder, articles)
    write_tei(statements, folder / "out.xml", folder / "news")
    root = etree.parse(folder / "out.xml", etree.XMLParser(resolve_entities=False)).getroot()
    SCHEMA.assertValid(root)
    return root


def pieces_of(text: etree._Element) -> dict[str, tuple[Span, etree._Element]]:
    """Where each ``said`` of a text lies, by its id."""
    found: dict[str, tuple[Span, etree._Element]] = {}
    position = 0
    for paragraph in text.iter(f"{TEI}p"):
        for event, element in etree.iterwalk(paragraph, events=("start", "end")):
            name = element.get(ID, "")
            if event == "start":
                found[name] = Span(position, position), element
                position += len(element.text or "")
            else:
                found[name] = Span(found[name][0].start, position), element
                position += len(element.tail or "") if element is not paragraph else 0
    del found[""]  # the paragraphs
    return found


def spans_of(text: etree._Element) -> dict[str, tuple[Spans, list[etree._Element]]]:
    """The contents by statement id, read back from the chains of ``said``, each with its elements."""
    pieces = pieces_of(text)
    found: dict[str, tuple[Spans, list[etree._Element]]] = {}
    for span, element in pieces.values():
        if element.get("n") is None:
            continue
        spans, chain = [span], [element]
        while (following := chain[-1].get("next")) is not None:
            span_of_next, next_piece = pieces[following[1:]]
            assert next_piece.get("prev") == f"#{chain[-1].get(ID)}"
            spans.append(span_of_next)
            chain.append(next_piece)
        found[element.get("n")] = (merged(tuple(spans)), chain)
    assert sum(len(chain) for _, chain in found.values()) == len(pieces)
    return found


def article_text(text: etree._Element) -> str:
    return "".join("".join(paragraph.itertext()) for paragraph in text.iter(f"{TEI}p"))


def merged(spans: Spans) -> Spans:
    """The spans, those that touch as one."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].end == span.start:
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return tuple(found)


def test_text_and_statements_can_be_had_again(tmp_path: Path) -> None:
    root = corpus(tmp_path, [LABELLED_HARBOUR, *LABELLED])
    first, second = root.iter(f"{TEI}text")
    assert article_text(first) == HARBOUR.text
    assert article_text(second) == ARTICLE.text
    found = spans_of(first)
    assert {name: spans for name, (spans, _) in found.items()} == {one.id: one.content for one in STATEMENTS}
    assert {name: spans for name, (spans, _) in spans_of(second).items()} == {
        one.id: one.content for one in LABELLED[0].statements
    }


def test_what_is_quoted_in_a_mixed_statement_is_direct_and_the_rest_is_not(tmp_path: Path) -> None:
    (text,) = corpus(tmp_path, [LABELLED_HARBOUR]).iter(f"{TEI}text")
    _, chain = spans_of(text)[STATEMENTS[0].id]
    assert [(piece.text, piece.get("direct")) for piece in chain] == [
        ("the port ", "false"),
        ("“will grow & grow”", "true"),
        (" <soon>", "false"),
    ]
    assert {piece.get("direct") for piece in spans_of(text)[STATEMENTS[1].id][1]} == {"true"}
    assert {piece.get("direct") for piece in spans_of(text)[STATEMENTS[4].id][1]} == {"false"}


def test_who_and_what_point_to_what_the_headers_list(tmp_path: Path) -> None:
    root = corpus(tmp_path, [LABELLED_HARBOUR, *LABELLED])
    known = {element.get(ID): element for element in root.iter() if element.get(ID) is not None}
    pointed: defaultdict[str, list[list[str]]] = defaultdict(list)
    for said in root.iter(f"{TEI}said"):
        for name in ("who", "ana"):
            if said.get(name) is not None:
                targets = [known[pointer[1:]] for pointer in said.get(name).split()]
                pointed[said.get("n") or ""].append(["".join(target.itertext()) for target in targets])
    assert pointed[STATEMENTS[0].id] == [
        ["Ada LundLundada-lunda Democrat"],
        ["mixed", "expressed", "support"],
    ]
    assert pointed[STATEMENTS[4].id][0] == ["a report of 2024"]
    assert pointed[STATEMENTS[5].id][0] == ["Ada LundLundada-lunda Democrat", "Omar Dialloomar-diallo"]
    assert pointed[STATEMENTS[6].id] == [["indirect"]]  # nobody
    tags = {speaker.tag.removeprefix(TEI) for speaker in root.iter(f"{TEI}listPerson") for speaker in speaker}
    assert tags == {"person", "org", "personGrp"}


def test_thoughts_are_not_aloud(tmp_path: Path) -> None:
    (text,) = corpus(tmp_path, [LABELLED_HARBOUR]).iter(f"{TEI}text")
    aloud = {name: chain[0].get("aloud") for name, (_, chain) in spans_of(text).items()}
    assert aloud.pop(STATEMENTS[3].id) == "false"
    assert set(aloud.values()) == {"unknown"}


def test_a_participant_has_type_gender_and_why_the_name_is_withheld(tmp_path: Path) -> None:
    root = corpus(tmp_path, [LABELLED_HARBOUR])
    ada, omar, critics, authority = next(root.iter(f"{TEI}listPerson"))
    known = {element.get(ID): element for element in root.iter() if element.get(ID) is not None}
    types = [known[who.get("ana")[1:]][0].text for who in (ada, omar, critics)]
    assert types == ["named person", "named person", "unnamed group"]
    assert authority.get("ana") is None
    assert [who.get("gender") for who in (ada, omar, critics, authority)] == ["feminine", None, None, None]
    notes = [[(note.get("type"), note.text) for note in who.iterfind(f"{TEI}note")] for who in (ada, critics)]
    assert notes == [[], [(None, "Critics of the port"), ("anonymous", "Nobody asked us")]]


def test_facts_that_only_a_later_statement_has_are_told_of_the_speaker(tmp_path: Path) -> None:
    omar = replace(OMAR, role="an activist", gender="masculine", anonymous=True)
    later = replace(STATEMENTS[5], speakers=(ADA, omar))
    labelled = LabelledArticle(HARBOUR, (*STATEMENTS[:5], later))
    (found,) = (who for who in corpus(tmp_path, [labelled]).iter(f"{TEI}person") if who[0].text == "Omar Diallo")
    assert found.get("gender") == "masculine"
    assert [child.tag.removeprefix(TEI) for child in found] == ["persName", "idno", "occupation", "note"]
    assert (found[-1].get("type"), found[-1].text) == ("anonymous", None)


def test_probabilities_say_of_which_statement_and_value_they_are(tmp_path: Path) -> None:
    root = corpus(tmp_path, [LABELLED_HARBOUR])
    numbers = {said.get(ID): said.get("n") for said in root.iter(f"{TEI}said")}
    known = {element.get(ID): element for element in root.iter() if element.get(ID) is not None}
    found = {
        (numbers[each.get("target")[1:]], each.get("match"), known[each.get("assertedValue")[1:]][0].text):
        float(each.get("degree"))
        for each in root.iter(f"{TEI}certainty")
    }  # fmt: skip
    assert found == {
        (STATEMENTS[0].id, "@who", "Ada Lund"): 0.9,
        (STATEMENTS[0].id, "@ana", "support"): 0.8,
        (STATEMENTS[3].id, "@ana", "attitude"): 0.7,
        (STATEMENTS[4].id, "@ana", "support"): 0.8,
        (STATEMENTS[5].id, "@who", "Ada Lund"): 0.9,
    }


def test_the_header_has_what_is_known_of_the_article(tmp_path: Path) -> None:
    root = corpus(tmp_path, [LABELLED_HARBOUR])
    (bibl,) = root.iterfind(f"{TEI}TEI/{TEI}teiHeader/{TEI}fileDesc/{TEI}sourceDesc/{TEI}bibl")
    assert [(child.tag.removeprefix(TEI), child.text) for child in bibl] == [
        ("title", "Harbour <to> grow"),
        ("publisher", "Easton & Weston News"),
        ("date", "2024-03-05"),
        ("ptr", None),
        ("idno", "a/b c.txt"),
    ]
    assert bibl.find(f"{TEI}date").get("when") == "2024-03-05"
    assert bibl.find(f"{TEI}ptr").get("target") == "https://example.org/a?b=1&c=2"


@pytest.mark.parametrize("date", ["2015-02-30", "2015-13-01", "٢٠١٥-٠٣-١٨"])
def test_what_is_no_date_is_only_shown_as_it_is_written(tmp_path: Path, date: str) -> None:
    said = tuple(replace(each, meta=replace(each.meta, date=date)) for each in LABELLED_HARBOUR.statements)
    (written,) = corpus(tmp_path, [replace(LABELLED_HARBOUR, statements=said)]).iter(f"{TEI}date")
    assert (written.text, written.get("when")) == (date, None)


@given(labelled)
def test_any_text_and_any_statements_are_valid_and_come_back(
    tmp_path_factory: pytest.TempPathFactory, articles: list[LabelledArticle]
) -> None:
    articles = [one for one in articles if one.statements and one.article.doc not in ("../c", "A.txt")]
    if not articles:
        return
    root = corpus(tmp_path_factory.mktemp("tei"), articles)
    for text, one in zip(root.iter(f"{TEI}text"), articles, strict=True):
        assert article_text(text) == FORBIDDEN.sub("\ufffd", one.article.text)
        found = {name: spans for name, (spans, _) in spans_of(text).items()}
        assert found == {statement.id: merged(statement.content) for statement in one.statements}


def test_a_statement_of_very_many_pieces_takes_no_longer_for_each(tmp_path: Path) -> None:
    text = "x y " * 30_000
    spans = tuple(Span(place, place + 1) for place in range(0, len(text), 4))
    statement = Statement("a", "a#1", " … ".join("x" * len(spans)), spans, "indirect", Span(0, 1))
    (paragraph,) = paragraphs(Article("a", text), [statement], [Said("s", 'n="1"', 'aloud="unknown"')])
    assert paragraph.count("<said ") == len(spans) == 30_000
    assert paragraph.startswith(
        '<p><said xml:id="s" n="1" aloud="unknown" direct="false" next="#s.2">x</said> y <said '
    )
    assert paragraph.endswith('prev="#s.29999">x</said> y </p>')


def test_a_file_without_statements_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, [])
    with pytest.raises(InputError, match="no statements"):
        write_tei(path, tmp_path / "out.xml", tmp_path / "news")
    assert not (tmp_path / "out.xml").exists()
