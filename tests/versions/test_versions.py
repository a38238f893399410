"""Two versions of an article: what is called a change, and what is only another reading of the same words."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Article, Form, Mention, Span, Speaker, Stance, StanceLabel, Statement
from onrecord.files.records import to_line
from onrecord.reading.archives import LastArchive
from onrecord.reading.inputs import File
from onrecord.reading.rows.base import Rows
from onrecord.reading.rows.finding import open_rows
from onrecord.verify.inputs import is_statements_file
from onrecord.versions.changes import Changes, Version, find_changes
from onrecord.versions.reading import compare_editions, open_edition

ADA = Speaker("Ada Brandt", "ada-brandt", "person")
OBI = Speaker("Chidi Obi", "chidi-obi", "person")
NOBODY = Speaker(None, None, "person", None, "a council member")


def made(
    text: str,
    *said: tuple[str, Speaker | None, str] | tuple[str, Speaker | None, str, StanceLabel],
    doc: str = "a.txt",
    form: Form = "direct",
) -> Version:
    """A version with statements: the words, the speaker, the source's words, and the stance towards the plan."""
    article = Article(doc, text)
    statements = []
    for number, (words, speaker, source, *stance) in enumerate(said, 1):
        content, mention = (Span(text.index(each), text.index(each) + len(each)) for each in (words, source))
        statements.append(
            Statement(
                doc,
                f"{doc}#{number}",
                article.slice((content,)),
                (content,),
                form,
                content,
                None,
                Mention(source, (mention,)),
                (speaker,) if speaker else (),
                stance=tuple(Stance("the plan", label) for label in stance),
            )
        )
    return Version(doc, statements, text)


def kinds(changes: Changes) -> list[tuple[str, ...]]:
    return [change.kinds for change in changes.statements]


NEVER = "“We will never close the port, whatever they say,” said Ada Brandt."
PLAN = "“The plan is a disgrace to the county,” said Chidi Obi."
OLD = made(
    f"{NEVER}\n{PLAN}", (NEVER[:50], ADA, "Ada Brandt"), ("“The plan is a disgrace to the county,”", OBI, "Chidi Obi")
)


def test_nothing_changes_between_the_same_versions() -> None:
    changes = find_changes(OLD, OLD)
    assert (changes.statements, changes.sources, changes.unchanged) == ((), (), 2)


@pytest.mark.parametrize(
    ("quoted", "kind", "words"),
    [
        (
            "“We will never close the port,”",
            "cut",
            [("same", "We will never close the port"), ("old", "whatever they say")],
        ),
        ("“We will never ever close the port, whatever they say,”", "extended", None),
        ("“We may never close the port, whatever they say,”", "reworded", None),
        ("'We will never close the port - whatever they say.'", None, None),
    ],
)
def test_changed_words_are_shown(quoted: str, kind: str | None, words: list[Any] | None) -> None:
    text = f"{quoted} said Ada Brandt.\n{PLAN}"
    new = made(text, (quoted, ADA, "Ada Brandt"), ("“The plan is a disgrace to the county,”", OBI, "Chidi Obi"))
    changes = find_changes(OLD, new)
    assert kinds(changes) == ([(kind,)] if kind else [])
    if words is not None:
        assert [tuple(part) for part in changes.statements[0].parts] == words


def test_a_source_that_lost_its_name_is_anonymised_and_found_again_when_it_is_named() -> None:
    plan = "“The plan is a disgrace to the county,” said a council member."
    new = made(
        f"{NEVER}\n{plan}",
        (NEVER[:50], ADA, "Ada Brandt"),
        ("“The plan is a disgrace to the county,”", NOBODY, "a council member"),
    )
    changes = find_changes(OLD, new)
    assert kinds(changes) == [("anonymised",)]
    assert [(source.kind, source.name, source.mentioned) for source in changes.sources] == [
        ("anonymised", "Chidi Obi", False)
    ]
    back = find_changes(new, OLD)
    assert kinds(back) == [("named",)]
    assert [(source.kind, source.name) for source in back.sources] == [("named", "Chidi Obi")]


def test_a_statement_that_somebody_else_says_now_is_re_attributed() -> None:
    text = f"{NEVER}\n{PLAN}".replace("Ada Brandt", "Lena Grosz")
    lena = Speaker("Lena Grosz", "lena-grosz", "person")
    new = made(text, (NEVER[:50], lena, "Lena Grosz"), ("“The plan is a disgrace to the county,”", OBI, "Chidi Obi"))
    changes = find_changes(OLD, new)
    assert kinds(changes) == [("re-attributed",)]
    assert [(source.kind, source.name) for source in changes.sources] == [
        ("dropped", "Ada Brandt"),
        ("added", "Lena Grosz"),
    ]


def test_dropped_and_added_statements_and_sources() -> None:
    fish = "“Nobody has asked the fishermen about it,” said Farah Jovic."
    farah = Speaker("Farah Jovic", None, "person")
    new = made(
        f"{NEVER}\n{fish}\nObi did not come.",
        (NEVER[:50], ADA, "Ada Brandt"),
        ("“Nobody has asked the fishermen about it,”", farah, "Farah Jovic"),
    )
    changes = find_changes(OLD, new)
    assert sorted(kinds(changes)) == [("added",), ("dropped",)]
    assert [(s.kind, s.name, s.mentioned) for s in changes.sources] == [
        ("dropped", "Chidi Obi", True),
        ("added", "Farah Jovic", False),
    ]


def test_words_that_stand_in_both_texts_are_no_change_however_they_were_read() -> None:
    text = f"{NEVER}\n{PLAN}"
    new = made(text, ("close the port, whatever they say", ADA, "Ada Brandt"))
    assert kinds(find_changes(OLD, new)) == kinds(find_changes(new, OLD)) == []


def test_the_same_pronoun_that_is_named_in_one_reading_only_is_no_change() -> None:
    text = "Ada Brandt came. “We will never close the port,” she said."
    said = "“We will never close the port,”"
    assert kinds(find_changes(made(text, (said, ADA, "she")), made(text, (said, None, "she")))) == []


def test_a_quotation_that_became_reported_speech_is_paraphrased() -> None:
    text = "Ada Brandt said that the town will never close the port, whatever they say."
    new = made(text, ("the town will never close the port, whatever they say", ADA, "Ada Brandt"), form="indirect")
    old = made(NEVER, (NEVER[:50], ADA, "Ada Brandt"))
    assert kinds(find_changes(old, new)) == [("reworded", "paraphrased")]
    assert kinds(find_changes(new, old)) == [("reworded", "quoted")]


def test_a_changed_stance_is_shown_with_its_target() -> None:
    text = f"{PLAN} Of the plan."
    said = "“The plan is a disgrace to the county,”"
    changes = find_changes(
        made(text, (said, OBI, "Chidi Obi", "oppose")), made(text, (said, OBI, "Chidi Obi", "neutral"))
    )
    assert kinds(changes) == [("stance",)]
    assert changes.statements[0].stances == (("the plan", "oppose", "neutral"),)


def test_records_have_every_field() -> None:
    new = made(NEVER, (NEVER[:50], ADA, "Ada Brandt"))
    source, statement = find_changes(OLD, new).records()
    assert (source["type"], source["changes"], source["name"]) == ("source", ["dropped"], "Chidi Obi")
    assert (statement["changes"], statement["new"], statement["old"]["id"]) == (["dropped"], None, "a.txt#2")


def test_folders_are_paired_by_name_and_single_articles_by_being_single(tmp_path: Path) -> None:
    for folder, names in (("old", ("a.txt", "b.txt")), ("new", ("b.txt", "c.txt"))):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_text(f"{NEVER} This is what the mayor of the town told the council.")
    faults: list[str] = []
    old, new = (open_edition(tmp_path / each, lambda articles: [[] for _ in articles]) for each in ("old", "new"))
    found = [(each.old, each.new) for each in compare_editions(old, new, faults.append)]
    assert found == [("a.txt", None), ("b.txt", "b.txt"), (None, "c.txt")]
    alone = [
        open_edition(tmp_path / each, lambda articles: [[] for _ in articles]) for each in ("old/a.txt", "new/c.txt")
    ]
    assert [(each.old, each.new) for each in compare_editions(*alone, faults.append)] == [("a.txt", "c.txt")]
    assert faults == []


def test_an_article_that_cannot_be_read_is_a_fault_and_the_others_follow(tmp_path: Path) -> None:
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_bytes(b"" if folder == "new" else b"One line of text.")
        (tmp_path / folder / "b.txt").write_text("The council met on Monday and talked about the port.")
    faults: list[str] = []
    old, new = (open_edition(tmp_path / each, lambda articles: [[] for _ in articles]) for each in ("old", "new"))
    assert [each.old for each in compare_editions(old, new, faults.append)] == ["b.txt"]
    assert len(faults) == 1 and "a.txt" in faults[0]


def test_a_table_of_articles_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("old.csv", "new.csv"):
        rows = "".join(f"{number},The council met on Monday for the {number}th time.\n" for number in range(20))
        (tmp_path / name).write_text(f"id,text\n{rows}")
    old, new = (
        open_edition(tmp_path / each, lambda articles: [[] for _ in articles]) for each in ("old.csv", "new.csv")
    )
    opened: list[File] = []

    def open_and_note(file: File, archives: LastArchive) -> Rows:
        opened.append(file)
        return open_rows(file, archives)

    monkeypatch.setattr("onrecord.reading.articles.open_rows", open_and_note)
    for edition in (old, new):
        assert len({edition.version(doc).text for doc in edition.docs}) == 20
    assert len(opened) == 2


def test_statements_files_are_told_from_articles(tmp_path: Path) -> None:
    lines = tmp_path / "statements.jsonl"
    lines.write_text("".join(f"{to_line(statement)}\n" for statement in OLD.statements), encoding="utf-8")
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "The council met on Monday."}\n')
    assert is_statements_file(lines)
    lines.write_bytes(BOM_UTF8 + lines.read_bytes())
    assert is_statements_file(lines) and not is_statements_file(rows) and not is_statements_file(tmp_path)
    edition = open_edition(lines, lambda articles: [])
    assert edition.docs == ["a.txt"]
    assert edition.version("a.txt") == Version("a.txt", list(OLD.statements))
