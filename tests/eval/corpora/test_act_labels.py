"""Labels of what kind of act a statement reports, over an article written for the test."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Article
from onrecord.errors import InputError
from onrecord_eval.corpora.act_labels import read_act_articles, read_act_labels, with_acts
from onrecord_eval.corpora.polnear import AnnotatedArticle
from tests.eval.making import make_statement, write

TEXT = "Ada Lund said the port was safe. She hoped for rain, and known as the mayor, she ordered a dredger.\n"
SAID, HOPED = make_statement(TEXT, "the port was safe", cue="said"), make_statement(TEXT, "rain", cue="hoped for")
KNOWN, ORDERED = make_statement(TEXT, "the mayor", cue="known as"), make_statement(TEXT, "a dredger", cue="ordered")


def record(**acts: str) -> dict[str, Any]:
    """A line with these acts, by the word that is the cue."""
    statements = {"said": SAID, "hoped": HOPED, "known": KNOWN, "ordered": ORDERED}
    return {
        "doc": "polnear/data/train/text/port.txt",
        "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        "statements": [
            {
                "content": [list(span) for span in statements[name].content],
                "cue": [list(span) for span in cue.spans] if (cue := statements[name].cue) else [],
                "source": [],
                "act": act,
            }
            for name, act in acts.items()
        ],
    }


def labels(tmp_path: Path, **acts: str) -> Path:
    return write(tmp_path / "labels.jsonl", json.dumps(record(**acts)) + "\n")


def test_statements_get_their_acts_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    path = labels(tmp_path, said="expressed", hoped="attitude", known="none")
    annotated = AnnotatedArticle(
        Article("port.txt", TEXT), {"anna": (SAID, HOPED, KNOWN, ORDERED), "bert": (ORDERED, KNOWN), "cleo": ()}
    )
    (done,) = with_acts([annotated], read_act_labels(path))
    assert done.annotations["anna"] == (replace(SAID, act="expressed"), replace(HOPED, act="attitude"), ORDERED)
    assert done.annotations["bert"] == (ORDERED,)
    assert done.annotations["cleo"] == ()


def test_other_articles_and_what_was_labelled_before_stay(tmp_path: Path) -> None:
    path = labels(tmp_path, said="expressed")
    other = AnnotatedArticle(Article("ferry.txt", TEXT), {"anna": (SAID, KNOWN)})
    decided = AnnotatedArticle(Article("text/port.txt", TEXT), {"anna": (replace(ORDERED, act="decision"),)})
    assert with_acts([other, decided], read_act_labels(path)) == [other, decided]
    assert with_acts([other], []) == [other]


def test_a_labelled_article_is_joined_to_its_text(tmp_path: Path) -> None:
    write(tmp_path / "polnear" / "data" / "train" / "text" / "port.txt", TEXT)
    path = labels(tmp_path, said="expressed", known="none", ordered="decision")
    (article,) = read_act_articles(path, tmp_path)
    assert article.article.text == TEXT
    assert [(each.text, each.act) for each in article.statements] == [
        ("the port was safe", "expressed"),
        ("the mayor", None),
        ("a dredger", "decision"),
    ]


@pytest.mark.parametrize("line", ['{"doc": "a.txt"}', "[]", "no JSON", json.dumps(record(said="shouted"))])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "labels.jsonl", f"{json.dumps(record(said='expressed'))}\n{line}\n")
    with pytest.raises(InputError, match=r"labels\.jsonl:2: not labels of acts .*see data/acts"):
        list(read_act_labels(path))
