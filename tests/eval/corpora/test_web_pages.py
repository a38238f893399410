"""Scoring what is found on web pages: words, lost and doubled prose, facts."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from onrecord.cli.app import app
from onrecord.errors import InputError
from onrecord_eval.corpora.web_pages import read_web_pages
from onrecord_eval.tasks.web_pages import doubled_prose, lost_prose, overlap

ONE = "The council of Easton approved the port plan on Monday after a long debate."
TWO = "Luis Ocampo, who leads the harbour union, said that the plan would cost 300 jobs in town."


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    page = (
        f"<html><head><title>Port grows</title></head><body><article><p>{ONE}</p><p>{TWO}</p></article></body></html>"
    )
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "a.html.gz").write_bytes(gzip.compress(page.encode()))
    (tmp_path / "html" / "b.html.gz").write_bytes(gzip.compress(b"<html></html>"))
    labels = {
        "a": {"articleBody": f"{ONE}\n{TWO}", "title": ["Harbour grows", "Port grows!"], "outlet": None},
        "b": {"articleBody": TWO, "outlet": "Easton Echo"},
    }
    (tmp_path / "ground-truth.json").write_text(json.dumps(labels))
    return tmp_path


def test_pages_are_scored_without_a_model(corpus: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "--corpus", "pages", str(corpus), "--json", str(corpus / "out.json")])
    assert result.exit_code == 0, result.output
    assert "loading" not in result.output
    metrics = json.loads((corpus / "out.json").read_text())["metrics"]
    figures = {name: estimate["value"] for name, estimate in metrics.items()}
    assert figures == {
        "recall": 0.5,
        "precision": 0.5,
        "whole": 0.5,
        "lost_prose": 0.5,
        "doubled_prose": 0.0,
        "title": 1.0,
        "outlet": 0.5,
    }


def test_words_are_counted_as_often_as_they_come() -> None:
    assert overlap("a b b c", "b a x y") == (0.5, 0.5)


def test_prose_that_is_lost_or_doubled_is_found() -> None:
    assert lost_prose(f"{ONE}\n{TWO}", ONE) == [TWO]
    assert doubled_prose(f"{ONE}\n{TWO}", f"{ONE}\n{TWO}\n{ONE}") == [ONE]
    assert not lost_prose("Read more", "") and not doubled_prose(f"{ONE}\n{ONE}", f"{ONE}\n{ONE}")


def test_a_folder_that_is_none_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give the folder"):
        list(read_web_pages(tmp_path))
    (tmp_path / "ground-truth.json").write_text('{"a": []}')
    with pytest.raises(InputError, match="not labels of web pages"):
        list(read_web_pages(tmp_path))
