"""brat: what is written follows brat's own rules of reading, and comes back as it was, or as it was changed."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from onrecord.document import Span, Speaker, Stance, Statement
from onrecord.errors import InputError, OutputError, RecordError
from onrecord.export.brat import read_brat, write_brat
from onrecord.export.labels import LabelledArticle, read_labelled
from tests.conftest import ARTICLES, ROOT
from tests.labelled import FIRST, LABELLED, SECOND, TEXT, at, labelled, statements_of


def brat_lines(annotations: Path, text: str) -> list[list[str]]:
    """The lines as brat's server reads them, with the checks of its parser."""
    # codecs' readlines breaks lines wherever str.splitlines does.
    lines = annotations.read_bytes().decode("utf-8").splitlines(keepends=True)
    ids: set[str] = set()
    for line in lines:
        key, rest = line.split("\t", 1)
        assert re.fullmatch(r"[TRA#][0-9]+", key)
        assert key not in ids
        ids.add(key)
        data, _, tail = rest.partition("\t")
        if key[0] == "T":
            _, offsets = data.split(" ", 1)
            spans = [tuple(map(int, piece.split(" "))) for piece in offsets.split(";")]
            for number, (start, end) in enumerate(spans):
                assert 0 <= start < end <= len(text)
                assert all(not (end >= other and start < stop) for other, stop in spans[:number]), "fragments overlap"
            reference = " ".join(text[start:end] for start, end in spans)
            assert tail.strip()
            assert tail[: len(reference)] == reference
            assert tail[len(reference) :] == "\n"
        elif key[0] == "R":
            _, one, other = data.split()
            assert one.split(":")[0] != other.split(":")[0]
            assert {one.split(":")[1], other.split(":")[1]} <= ids
        elif key[0] == "A":
            assert data.rstrip("\n").split(" ")[1] in ids
            assert len(data.split(" ")) == 3
        else:
            assert data.split()[1] in ids
            assert len(data.split()) == 2
    return [line.rstrip("\n").split("\t") for line in lines]


def back(folder: Path) -> list[Statement]:
    return [statement for one in read_brat(folder) for statement in one.statements]


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "a.ann"
    before = path.read_bytes().decode("utf-8")
    assert before.count(old) == 1
    path.write_bytes(before.replace(old, new).encode("utf-8"))


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    write_brat(LABELLED, tmp_path / "brat")
    return tmp_path / "brat"


def test_the_gold_set_comes_back_as_it_was(tmp_path: Path) -> None:
    articles = read_labelled(ROOT / "data" / "gold" / "gold.jsonl", ARTICLES)
    write_brat(articles, tmp_path / "brat")
    for one in articles:
        brat_lines((tmp_path / "brat" / one.article.doc).with_suffix(".ann"), one.article.text)
    assert back(tmp_path / "brat") == statements_of(articles)


@pytest.mark.slow
@given(labelled)
@settings(max_examples=150)
def test_any_statements_come_back_as_they_were(articles: list[LabelledArticle]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_brat(articles, Path(folder, "brat"))
        for labels in Path(folder, "brat").rglob("*.ann"):
            brat_lines(labels, labels.with_suffix(".txt").read_bytes().decode("utf-8"))
        assert back(Path(folder, "brat")) == statements_of(articles)
        assert {path.name for path in Path(folder).iterdir()} == {"brat"}  # whatever a document is called


def test_spans_over_line_breaks_are_fragments(exported: Path) -> None:
    lines = brat_lines(exported / "a.ann", TEXT)
    assert lines[0] == ["T1", "Content 0 8;10 22;51 64", "“We will fight 😀 it,” “To the end.”"]


def test_what_was_changed_comes_back_changed_and_the_rest_as_it_was(exported: Path) -> None:
    edit(exported, "Stance1 T1 oppose", "Stance1 T1 support")
    edit(exported, "Ada Brandt; kind=person; role=the mayor", "Cem Acar; kind=person | Ada Brandt; role=mayor of Oslo")
    first, second = back(exported)
    assert second == SECOND
    assert first.stance == (Stance("the plan", "support"),)
    assert first.speakers == (
        Speaker("Cem Acar", "cem-acar", "person"),
        Speaker("Ada Brandt", "ada-brandt", "person", "mayor of Oslo", None, ("Brandt",)),
    )
    assert (first.content, first.context, first.confidence) == (FIRST.content, FIRST.context, FIRST.confidence)


def test_changed_content_has_its_own_text_form_and_context(exported: Path) -> None:
    start, end = at("the plan a mistake")
    edit(exported, "Content 77 85\tthe plan\n", f"Content {start} {end}\tthe plan a mistake\n")
    changed = back(exported)[1]
    assert (changed.text, changed.content) == ("the plan a mistake", (Span(start, end),))
    assert (changed.form, changed.confidence, changed.cluster, changed.id) == ("indirect", None, None, "a.txt#2")
    assert TEXT[slice(*changed.context)].strip() == "She called the plan a mistake."


def test_a_removed_statement_is_gone_and_a_new_one_has_an_id_of_its_own(exported: Path) -> None:
    path = exported / "a.ann"
    lines = [line for line in path.read_bytes().decode().splitlines() if "T1" not in line.split()]
    start, end = at("the mayor")
    lines += [f"T1\tContent {start} {end}\tthe mayor", "A9\tForm T1 mixed"]
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    second, new = back(exported)
    assert second == SECOND
    assert (new.id, new.text, new.form, new.speakers, new.stance) == ("a.txt#3", "the mayor", "mixed", (), ())


def test_mentions_that_are_not_linked_to_a_content_are_named(exported: Path) -> None:
    path = exported / "a.ann"
    path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(True) if not line.startswith(b"R")))
    (corrected,) = read_brat(exported)
    assert corrected.unattached == ("said", "Ada Brandt,\nthe mayor", "called", "She")
    assert [statement.cue for statement in corrected.statements] == [None, None]


def test_a_folder_with_labels_is_not_written_over(exported: Path) -> None:
    with pytest.raises(OutputError, match=r"brat: not empty, and may hold corrected labels; name a new folder"):
        write_brat(LABELLED, exported)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("A1\tForm T1 direct", "A1\tForm T1 shouted", "form is 'shouted'"),
        ("A2\tStance1 T1 oppose", "A2\tStance1 T1 hostile", "stance is 'hostile'"),
        ("Content 77 85\t", "Content 77 8500\t", "line 10"),
        ("T2\tCue", "T2\tVerb", "line 2"),
        ("Ada Brandt; kind=person; role=the mayor", "kind=ghost", "kind is 'ghost'"),
        ("Arg1:T1 Arg2:T2", "Arg1:T1 Arg2:T99", "T99"),
    ],
)
def test_a_label_that_cannot_be_understood_is_named(exported: Path, old: str, new: str, said: str) -> None:
    edit(exported, old, new)
    with pytest.raises(RecordError, match=re.escape("a.ann")) as caught:
        back(exported)
    assert said in str(caught.value)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="whole folder"):
        back(tmp_path)


def test_statements_of_another_text_are_refused(tmp_path: Path) -> None:
    from onrecord.files.records import to_line

    (tmp_path / "a.txt").write_text("Another text altogether, and long enough for all of the spans that there are.")
    (tmp_path / "out.jsonl").write_text(to_line(SECOND) + "\n", encoding="utf-8")
    with pytest.raises(RecordError, match="another version"):
        read_labelled(tmp_path / "out.jsonl", tmp_path)


def test_an_article_that_was_changed_meanwhile_is_refused(exported: Path) -> None:
    (exported / "a.txt").write_text(TEXT.replace("“We will", "“They will"), encoding="utf-8", newline="")
    with pytest.raises(RecordError, match="another version"):
        back(exported)
