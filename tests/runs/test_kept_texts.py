"""The texts that a run keeps by default: report and exports find them, whatever the articles are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onrecord.document import Article
from onrecord.files.article_texts import ArticleTexts
from onrecord.files.records import check_text, read_statements
from tests.command import assert_one_clear_line, onrecord
from tests.files.test_article_texts import HOSTILE

GOOD = "Mayor Ada Brandt said the harbour would stay open.\n\n“We will not close it,” Brandt said.\n"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with a web page, rows, and a plain text file."""
    folder = tmp_path / "mine"
    folder.mkdir()
    body = "".join(f"<p>“Part {n} of the caf&eacute; stays,” said Ada Brandt on Monday.</p>" for n in range(9))
    (folder / "page.html").write_text(f"<html><body><article>{body}</article></body></html>")
    (folder / "rows.jsonl").write_text(json.dumps({"text": GOOD}) + "\n")
    (folder / "a.txt").write_text(GOOD)
    return folder


def test_report_and_exports_find_the_texts_by_themselves(tiny_model: Path, pages: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    (pages / "a.txt").unlink()
    assert onrecord("extract", pages, "-o", output, "--model", tiny_model).returncode == 0
    texts = ArticleTexts(output, None)
    statements = list(read_statements(output))
    assert {statement.doc for statement in statements} == {"page.html", "rows.jsonl#1"}
    for statement in statements:
        check_text(statement, Article(statement.doc, texts.get(statement)))
    made = onrecord("report", output, "-o", tmp_path / "report")
    assert (made.returncode, "statements only" in made.stderr) == (0, False)
    assert "café stays" in next((tmp_path / "report" / "articles").glob("page*.html")).read_text(encoding="utf-8")
    for to, name in (("csv", "o.csv"), ("brat", "o"), ("label-studio", "o.json"), ("conll", "o.conll")):
        for articles in ((), ("--articles", pages)):
            result = onrecord("export", output, "--to", to, "-o", tmp_path / f"{len(articles)}{name}", *articles)
            assert result.returncode == 0, result.stderr
    assert "café stays" in (tmp_path / "0o.csv").read_text(encoding="utf-8-sig")
    scored = onrecord("agreement", output, output, "--articles", tmp_path / "out.texts.sqlite")
    assert scored.returncode == 0, scored.stderr


def test_plain_text_files_are_not_kept_and_the_message_says_what_to_add(
    tiny_model: Path, pages: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.jsonl"
    assert onrecord("extract", pages, "-o", output, "--model", tiny_model).returncode == 0
    made = onrecord("report", output, "-o", tmp_path / "report")
    assert "statements only of 1 article; add --articles DIR" in made.stderr
    assert made.returncode == 0
    result = onrecord("export", output, "--to", "brat", "-o", tmp_path / "brat")
    assert_one_clear_line(result, "a.txt: its text is not kept beside the statements; add --articles DIR")
    assert onrecord("export", output, "--to", "brat", "-o", tmp_path / "brat", "--articles", pages).returncode == 0
    for statement in read_statements(output):
        check_text(statement, Article(statement.doc, ArticleTexts(output, pages).get(statement)))


def test_no_texts_are_kept_if_none_are_wanted(tiny_model: Path, pages: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    assert onrecord("extract", pages, "-o", output, "--model", tiny_model, "--no-texts").returncode == 0
    assert not (tmp_path / "out.texts.sqlite").exists()
    assert onrecord("report", output, "-o", tmp_path / "report").stderr.count("shows statements only; add --art") == 1


def test_hostile_ids_stop_nothing_and_every_export_holds_them(tiny_model: Path, tmp_path: Path) -> None:
    folder, output = tmp_path / "mine", tmp_path / "out.jsonl"
    folder.mkdir()
    ids = [doc for doc in dict.fromkeys(HOSTILE) if doc.strip()]
    (folder / "rows.jsonl").write_text("".join(json.dumps({"text": GOOD, "id": doc}) + "\n" for doc in ids))
    command = ("extract", folder, "-o", output, "--model", tiny_model, "--id-field", "id")
    result = onrecord(*command, "--save-text", tmp_path / "texts")
    assert "Traceback" not in result.stderr
    failed = len((tmp_path / "out.errors.jsonl").read_text().splitlines()) if result.returncode else 0
    statements = list(read_statements(output))
    assert len({statement.doc for statement in statements}) + failed == len(ids)
    for texts in (ArticleTexts(output, None), ArticleTexts(None, tmp_path / "texts")):
        assert {texts.get(statement) for statement in statements} == {GOOD.strip() + "\n"}
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    for to, name in (("csv", "o.csv"), ("brat", "o"), ("label-studio", "o.json"), ("conll", "o.conll")):
        exported = onrecord("export", output, "--to", to, "-o", tmp_path / "exports" / name)
        assert exported.returncode == 0, exported.stderr
    again = onrecord("import", "--from", "brat", tmp_path / "exports" / "o", "-o", tmp_path / "exports" / "again.jsonl")
    assert again.returncode == 0, again.stderr
    assert onrecord("report", output, "-o", tmp_path / "exports" / "report").returncode == 0
    made = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert all(path.is_relative_to(tmp_path / "exports") for path in made)
