"""CSV, Parquet and CoNLL as the tools read them that they are for, and the commands as a user meets them."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onrecord.document import Article, Span, Speaker, Statement
from onrecord.export.conll import COLUMNS, tokens, write_conll
from onrecord.export.csv import write_csv
from onrecord.export.labels import LabelledArticle, parse_speaker, read_labelled, speaker_line, split_lines
from onrecord.files.records import read_statements, to_line
from onrecord.tables.formulas import harmless
from tests.command import assert_one_clear_line, onrecord
from tests.conftest import ARTICLES, ROOT
from tests.export.exported import LABELLED_HARBOUR, write
from tests.labelled import ARTICLE, FIRST, LABELLED, SECOND, speakers, texts

GOLD = ROOT / "data" / "gold" / "gold.jsonl"


@pytest.fixture
def statements(tmp_path: Path) -> Path:
    path = tmp_path / "out.jsonl"
    path.write_text("".join(f"{to_line(one)}\n" for one in (FIRST, SECOND)), encoding="utf-8")
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_bytes(ARTICLE.text.encode("utf-8"))
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_has_a_row_for_each_statement_with_its_context(statements: Path, tmp_path: Path) -> None:
    assert write_csv(statements, tmp_path / "out.csv", tmp_path / "news") == 2
    first, second = rows_of(tmp_path / "out.csv")
    assert first["text"] == FIRST.text
    assert (first["speakers"], first["roles"], first["source"]) == ("Ada Brandt", "the mayor", "Ada Brandt,\nthe mayor")
    assert (second["target"], second["stance"], second["stance_score"]) == ("the plan", "oppose", "0.6")
    assert second["context"] == "She called the plan a mistake."


def test_csv_tells_what_is_known_of_each_speaker_in_the_same_order(tmp_path: Path) -> None:
    write_csv(write(tmp_path, [LABELLED_HARBOUR]), tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    columns = ("speaker_scores", "source_types", "genders", "anonymous", "reasons")
    assert [rows[5][column] for column in columns] == [
        *("0.9; ", "named person; named person", "feminine; ", "false; false", "; "),
    ]
    assert [rows[2][column] for column in columns] == ["", "unnamed group", "", "true", "Nobody asked us"]
    assert [rows[6][column] for column in columns] == [""] * 5  # nobody
    assert [row["act_score"] for row in rows[3:5]] == ["0.7", ""]


def test_csv_without_articles_has_no_context(statements: Path, tmp_path: Path) -> None:
    write_csv(statements, tmp_path / "out.csv")
    assert [row["context"] for row in rows_of(tmp_path / "out.csv")] == ["", ""]


def test_pandas_reads_the_gold_sets_csv(tmp_path: Path) -> None:
    import pandas

    write_csv(GOLD, tmp_path / "gold.csv", ARTICLES)
    frame = pandas.read_csv(tmp_path / "gold.csv")
    gold = list(read_statements(GOLD))
    assert list(frame["id"]) == [statement.id for statement in gold]
    assert list(frame["stance"]) == [statement.stance[0].label for statement in gold]
    assert all(
        " ".join(text.split()) in " ".join(context.split())
        for text, context in zip(frame["text"], frame["context"], strict=True)
        if " … " not in text and text[0] != "'"
    )


@given(st.text(st.sampled_from("=+-@ \t\r\nx＝';\"")))
@example("=1+1")
@example(" =1+1")
@example("Ada Lund; =1+1")
@example('He said;"=1+1"')
def test_no_cell_begins_a_formula_whatever_the_separator_of_a_spreadsheet_is(cell: str) -> None:
    shown = harmless(cell)
    assert shown.replace("'", "") == cell.replace("'", "")
    for part in re.split("[;\t\r\n]", shown):
        assert part.lstrip(' "')[:1] not in {*"=+-@＝"}
    assert shown[:1] not in {*"\t\r\n"}


def test_much_white_space_in_a_cell_takes_no_time() -> None:
    space = "\n\t" * 500_000
    assert harmless(f"a{space}b") == f"a{space}b"
    assert harmless(f"a{space}=b").count("'") == len(space)


def test_a_cell_without_a_formula_stays_as_it_is() -> None:
    for cell in ("Ada Lund; Omar Diallo", "one = two", "it rose; 3 - 2 is 1", "e-mail@example.org", "", " "):
        assert harmless(cell) == cell


def test_formulas_from_an_article_are_harmless_in_the_file(tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://example.org")'
    statement = replace(SECOND, text=evil[: len(SECOND.text)], speakers=(Speaker(evil),))
    (tmp_path / "out.jsonl").write_text(to_line(statement) + "\n", encoding="utf-8")
    write_csv(tmp_path / "out.jsonl", tmp_path / "out.csv")
    (row,) = rows_of(tmp_path / "out.csv")
    assert row["speakers"] == f"'{evil}"
    assert row["text"].startswith("'=")


def test_every_target_has_its_columns(tmp_path: Path) -> None:
    from onrecord.document import Stance

    both = replace(FIRST, stance=(Stance("the plan", "oppose"), Stance("the port", "support", 0.7)))
    (tmp_path / "out.jsonl").write_text(f"{to_line(SECOND)}\n{to_line(both)}\n", encoding="utf-8")
    write_csv(tmp_path / "out.jsonl", tmp_path / "out.csv")
    one, other = rows_of(tmp_path / "out.csv")
    assert (one["stance"], one["stance_2"]) == ("oppose", "")
    assert (other["target_2"], other["stance_2"], other["stance_score_2"]) == ("the port", "support", "0.7")


def test_parquet_keeps_the_lines_as_they_are(tmp_path: Path) -> None:
    import datasets

    from onrecord.export.parquet import write_parquet
    from onrecord.files.arrow import statement_features

    gold = list(read_statements(GOLD))
    output = tmp_path / "zip::gold[1].parquet"  # no address, whatever it looks like
    assert write_parquet(GOLD, output) == len(gold)
    assert [path.name for path in tmp_path.iterdir()] == [output.name]
    shutil.copy(output, tmp_path / "gold.parquet")
    read = datasets.Dataset.from_parquet(str(tmp_path / "gold.parquet"), cache_dir=str(tmp_path / "cache"))
    assert read.features == statement_features()
    assert [Statement.from_dict(row) for row in read] == gold


def test_writing_parquet_leaves_progress_bars_as_they_were(statements: Path, tmp_path: Path) -> None:
    import datasets

    from onrecord.export.parquet import write_parquet

    before = datasets.are_progress_bars_disabled()
    try:
        for disabled in (False, True):
            (datasets.disable_progress_bars if disabled else datasets.enable_progress_bars)()
            write_parquet(statements, tmp_path / "out.parquet")
            assert datasets.are_progress_bars_disabled() == disabled
    finally:
        (datasets.disable_progress_bars if before else datasets.enable_progress_bars)()


def conll_sentences(path: Path) -> list[list[list[str]]]:
    """Sentences as programs for CoNLL-2003 read them: parts apart by empty lines, columns by white space."""
    parts = path.read_text(encoding="utf-8").split("\n\n")
    return [[line.split() for line in part.split("\n")] for part in parts if part.strip()]


def test_conll_columns_have_the_tokens_of_each_part(tmp_path: Path) -> None:
    counts = write_conll(LABELLED, tmp_path / "out.conll")
    assert (counts.statements, counts.cut) == (2, 0)
    rows = [row for sentence in conll_sentences(tmp_path / "out.conll") for row in sentence]
    assert rows[0] == ["-DOCSTART-", "O", "O", "O", "O"]
    assert all(len(row) == 1 + len(COLUMNS) for row in rows)
    assert [row[0] for row in rows if row[1] != "O"] == ["said", "called"]
    assert [(row[0], row[4]) for row in rows if row[4] != "O"] == [
        *(("“", "B-CONTENT"), ("We", "I-CONTENT"), ("will", "I-CONTENT")),
        *(("fight", "B-CONTENT"), *((word, "I-CONTENT") for word in ["😀", "it", ",", "”"])),  # in another paragraph
        *(("“", "B-CONTENT"), *((word, "I-CONTENT") for word in ["To", "the", "end", ".", "”"])),
        *(("the", "B-CONTENT"), ("plan", "I-CONTENT")),
    ]


def test_tags_of_the_gold_set_are_valid_bio(tmp_path: Path) -> None:
    write_conll(read_labelled(GOLD, ARTICLES), tmp_path / "gold.conll")
    for column in range(1, 5):
        for sentence in conll_sentences(tmp_path / "gold.conll"):
            before = "O"
            for row in sentence:
                assert not row[column].startswith("I-") or before.endswith(row[column][1:])
                before = row[column]


def test_of_two_contents_that_share_tokens_the_earlier_keeps_them(tmp_path: Path) -> None:
    inner = replace(FIRST, content=(Span(14, 22),), text=ARTICLE.text[14:22], cue=None, source=None)
    counts = write_conll([LabelledArticle(ARTICLE, (FIRST, inner))], tmp_path / "out.conll")
    assert counts.cut == 1


@given(texts)
@example("Ada’s e\u0301tude—it isn't 👩\u200d🚀 well-known")
def test_tokens_hold_all_but_white_space_and_nothing_twice(text: str) -> None:
    found = list(tokens(text, Span(0, len(text))))
    inside = [position for token in found for position in range(*token)]
    assert inside == [position for position, character in enumerate(text) if not character.isspace()]


def test_words_keep_their_marks_apostrophes_and_hyphens() -> None:
    text = "Ada’s e\u0301tude isn't 👩\u200d🚀 well-known."
    assert [text[slice(*token)] for token in tokens(text, Span(0, len(text)))] == [
        *("Ada’s", "e\u0301tude", "isn't", "👩\u200d🚀", "well-known", "."),
    ]


@given(speakers)
def test_a_speakers_line_says_all_that_can_be_changed(speaker: Speaker) -> None:
    line = speaker_line(speaker)
    assert split_lines(line) == (line,)
    assert line.splitlines() == [line]
    if speaker.name or (speaker.name is None and speaker.description):
        read = parse_speaker(line, {speaker.name: speaker} if speaker.name else {})
        shown = ("name", "kind", "role", "description")
        assert [getattr(read, name) for name in shown] == [getattr(speaker, name) for name in shown]
        assert read.aliases == (speaker.aliases if speaker.name else ())


@pytest.mark.parametrize("to", ["csv", "parquet", "brat", "label-studio", "conll"])
def test_export_writes_every_format(to: str, statements: Path, tmp_path: Path) -> None:
    output = tmp_path / "there" / "out"
    result = onrecord("export", statements, "--to", to, "--articles", tmp_path / "news", "-o", output)
    assert result.returncode == 0, result.stderr
    assert len(result.stderr.splitlines()) == 1  # and no progress bar
    assert str(output) in result.stderr
    assert output.exists()


@pytest.mark.parametrize("tool", ["brat", "label-studio"])
def test_import_gives_back_what_was_exported(tool: str, statements: Path, tmp_path: Path) -> None:
    labels, gold = tmp_path / "labels", tmp_path / "gold.jsonl"
    assert onrecord("export", statements, "--to", tool, "--articles", tmp_path / "news", "-o", labels).returncode == 0
    result = onrecord("import", "--from", tool, labels, "-o", gold)
    assert result.returncode == 0, result.stderr
    assert gold.read_bytes() == statements.read_bytes()


def test_wrong_usage_is_one_line_that_names_the_remedy(statements: Path, tmp_path: Path) -> None:
    output, missing = tmp_path / "out", tmp_path / "none"
    for command, said in (
        (("export", statements, "--to", "docx", "-o", output), "cannot export to 'docx'; expected csv"),
        (("export", statements, "--to", "brat", "-o", output), "add --articles DIR"),
        (("export", statements, "--to", "csv", "-o", statements), "choose another output with -o"),
        (("export", missing, "--to", "csv", "-o", output), f"{missing}: cannot be read (No such file or directory)"),
        (("import", tmp_path, "--from", "word", "-o", output), "'word'; expected brat or label-studio"),
        (("import", tmp_path, "--from", "brat", "-o", output), "give the whole folder that `onrecord export"),
    ):
        assert_one_clear_line(onrecord(*command), said)
    assert not output.exists()


def test_an_article_without_statements_is_nothing_to_trip_over(tmp_path: Path) -> None:
    empty = LabelledArticle(Article("b.txt", "Nothing was said."), ())
    assert write_conll([empty], tmp_path / "out.conll").statements == 0
