"""``onrecord show``: which statements, and that what narrow terminals show can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from onrecord.document import Form, Span, Speaker, Stance, StanceLabel, Statement
from onrecord.files.records import to_line
from tests.command import assert_one_clear_line, onrecord


def said(
    number: int, doc: str, text: str, form: Form, speaker: Speaker | None, confidence: float, **stances: StanceLabel
) -> Statement:
    return Statement(
        doc,
        f"{doc}#{number}",
        text,
        (Span(0, len(text)),),
        form,
        Span(0, len(text)),
        speakers=(speaker,) if speaker else (),
        stance=tuple(Stance(f"the {target}", label, 0.8) for target, label in stances.items()),
        confidence=confidence,
    )


BRANDT = Speaker("Ada Brandt", "ada-brandt", "person", "Mayor of Easton", aliases=("Brandt",))
CRITICS = Speaker(None, None, "group", description="several critics")
STATEMENTS = (
    said(1, "echo/1.txt", "first: it stays (open)", "direct", BRANDT, 0.9, port="support", ferry="oppose"),
    said(2, "echo/1.txt", "second: a waste", "indirect", CRITICS, 0.6, port="oppose", ferry="neutral"),
    said(3, "herald/2.txt", "third: the Port is full", "mixed", None, 0.3, port="neutral", ferry="oppose"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "statements.jsonl"
    path.write_text("".join(f"{to_line(statement)}\n" for statement in STATEMENTS), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--speaker", "brandt"], "first"),
        (["--speaker", "ada-brandt"], "first"),
        (["--speaker", "MAYOR OF"], "first"),
        (["--speaker", "critics", "--speaker", "Ada"], "first second"),
        (["--stance", "oppose"], "first second third"),
        (["--stance", "oppose", "--target", "port"], "second"),
        (["--stance", "support", "--stance", "neutral", "--target", "the port"], "first third"),
        (["--target", "harbour"], ""),
        (["--form", "direct", "--form", "mixed"], "first third"),
        (["--doc", "herald"], "third"),
        (["--doc", "*/1.txt"], "first second"),
        (["--min-confidence", "0.5"], "first second"),
        (["--grep", "port|waste"], "second third"),
        (["--grep", r"\(open\)"], "first"),
        (["--form", "indirect", "--speaker", "Brandt"], ""),
    ],
)
def test_filters_keep_what_is_asked_for(file: Path, options: list[str], shown: str) -> None:
    result = onrecord("show", file, *options)
    assert result.returncode == 0, result.stderr
    assert [each for each in ("first", "second", "third") if f"{each}:" in result.stdout] == shown.split()
    assert ("none of 3 statements is what you asked for" in result.stderr) == (not shown)


def test_only_the_stances_asked_for_are_shown(file: Path) -> None:
    shown = onrecord("show", file, "--target", "FERRY").stdout
    assert "stance towards: the ferry\n" in shown
    assert "support" not in shown


def test_doubtful_sides_are_marked_and_left_out_where_a_side_is_asked_for(tmp_path: Path) -> None:
    given: tuple[tuple[str, StanceLabel, float], ...] = (
        ("sure", "oppose", 0.6),
        ("doubted", "oppose", 0.5996),
        ("unsided", "neutral", 0.5),
    )
    statements = [
        replace(said(number, "a.txt", text, "direct", BRANDT, 0.9), stance=(Stance("the port", label, score),))
        for number, (text, label, score) in enumerate(given, 1)
    ]
    path = tmp_path / "statements.jsonl"
    path.write_text("".join(f"{to_line(each)}\n" for each in statements), encoding="utf-8")
    everything = onrecord("show", path)
    assert "oppose 0.60" in everything.stdout and "oppose? 0.59" in everything.stdout
    assert "neutral 0.50" in everything.stdout and not everything.stderr
    asked = onrecord("show", path, "--stance", "oppose", "--stance", "neutral")
    assert "sure" in asked.stdout and "unsided" in asked.stdout and "doubted" not in asked.stdout
    assert "left out: 1 statement that may take this side, but doubtfully; add --doubtful" in asked.stderr
    with_doubtful = onrecord("show", path, "--stance", "oppose", "--doubtful")
    assert "doubted" in with_doubtful.stdout and not with_doubtful.stderr
    nothing = onrecord("show", path, "--stance", "oppose", "--grep", "doubted")
    assert not nothing.stdout and nothing.stderr.startswith("left out: 1 statement")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--form", "dirct"], "there is no form 'dirct'; expected direct, indirect or mixed; did you mean 'direct'?"),
        (["--stance", "against"], "there is no stance 'against'; expected support, oppose, neutral or unclear"),
        (["--grep", "("], "'(' is not a regular expression"),
        (["--only", "wish"], "only is 'wish'"),
        (["--min-confidence", "90"], "it is a probability, 0 to 1"),
    ],
)
def test_what_cannot_be_asked_for_is_one_line(file: Path, options: list[str], said: str) -> None:
    assert_one_clear_line(onrecord("show", file, *options), said, status=2)


@pytest.mark.parametrize("targets", [0, 1, 2, 6])
def test_a_narrow_terminal_shows_forty_columns_of_text_in_whole_words(
    targets: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = " ".join(f"word{number}" for number in range(60))
    stances: dict[str, StanceLabel] = {f"thing{number}": "support" for number in range(targets)}
    path = tmp_path / "statements.jsonl"
    path.write_text(to_line(said(1, "a.txt", text, "indirect", BRANDT, 0.9, **stances)) + "\n", encoding="utf-8")
    lines = onrecord("show", path).stdout.splitlines()
    assert max(map(cell_len, lines)) <= 80
    (row,) = [line for line in lines if "word0" in line]
    shown = row[row.index("word0") :]
    assert cell_len(shown) >= 36 and text.startswith(shown[:-1] + " ")
    assert "\n".join(lines).count("support") == targets


def test_piped_output_has_no_colours_and_full_texts_on_one_line(file: Path) -> None:
    shown = onrecord("show", file, "--full", "--limit", "1").stdout
    assert "\x1b" not in shown
    assert shown.splitlines()[-1] == "… and 2 more"
