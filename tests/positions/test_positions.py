"""The positions of speakers over statements made by hand: in Python, as a table, and as JSON lines."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from onrecord import Position, speaker_positions
from onrecord.document import Meta, Span, Speaker, Stance, StanceLabel, StanceScores, Statement
from onrecord.errors import SettingsError, WeightsError
from onrecord.files.records import to_line
from onrecord.positions.model import Evidence, StanceSums, load_position_model
from onrecord.queries.positions import PositionQueries
from onrecord.queries.speakers import SpeakerQueries
from onrecord.queries.store import Store
from onrecord.tables.positions import Shown, json_lines, position_table
from tests.command import Result, assert_one_clear_line, onrecord

ADA, EVA, BO, KIM = (
    Speaker(name, name.lower().replace(" ", "-")) for name in ("Ada Lund", "Eva Berg", "Bo Holm", "Kim")
)
DRIVER = Speaker(None, description="a driver")


def port(support: float, oppose: float, target: str = "the port") -> Stance:
    neutral = round(1 - support - oppose, 4)
    labels: dict[StanceLabel, float] = {"support": support, "oppose": oppose, "neutral": neutral}
    label = max(labels, key=lambda each: labels[each])
    return Stance(target, label, labels[label], StanceScores(support, oppose, neutral), 0.95)


def said(id: str, text: str, speakers: Sequence[Speaker], *stances: Stance, copy_of: str | None = None) -> Statement:
    doc, span = id.partition("#")[0], Span(0, len(text))
    return Statement(
        doc,
        id,
        text,
        (span,),
        "direct",
        span,
        speakers=tuple(speakers),
        stance=stances,
        meta=Meta(duplicate_of=copy_of),
    )


TWICE = [
    said("a.txt#1", "It brings work.", [ADA], port(0.8, 0.05)),
    said("a.txt#2", "We need this port now.", [ADA], port(0.95, 0.01)),
    said("a.txt#3", "It opens in May.", [ADA], port(0.1, 0.02)),
]
BOTH = [
    said("a.txt#4", "The north gains.", [EVA], port(0.9, 0.02)),
    said("b.txt#1", "It costs too much.", [EVA], port(0.01, 0.93)),
]
NEITHER = [said("b.txt#2", "The vote is on Monday.", [BO], port(0.04, 0.03))]
UNNAMED = [
    said("b.txt#3", "It’s a disgrace.", [DRIVER], port(0.02, 0.9)),
    said("c.txt#1", "Fine by me.", [DRIVER], port(0.85, 0.02)),
]
COPY = [
    said("c.txt#2", "We are against it.", [KIM], port(0.02, 0.92)),
    said("d.txt#1", "We are for it.", [KIM], port(0.93, 0.02), copy_of="e.txt"),
]
NOBODY = [said("d.txt#2", "A shame.", [], port(0.0, 0.9))]
MANY = [*TWICE, *BOTH, *NEITHER, *UNNAMED, *COPY, *NOBODY]


def shown(statements: Sequence[Statement], **options: Any) -> list[str]:
    with Store(statements) as store:
        queries = PositionQueries(store, SpeakerQueries(store), load_position_model())
        return list(position_table(queries, Shown(**options)))


def sides(statements: Sequence[Statement], **options: Any) -> list[tuple[str | None, str | None, str]]:
    return [(each.name, each.doc, each.side) for each in speaker_positions(statements, **options)]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")


def test_somebody_who_supports_twice_supports() -> None:
    (position,) = speaker_positions(TWICE)
    assert (position.speaker, position.name, position.target, position.doc) == (
        "ada-lund",
        "Ada Lund",
        "the port",
        None,
    )
    assert (position.side, position.statements) == ("support", 3)
    assert position.deciding == ("a.txt#2", "a.txt#1")  # the best first; the third says next to nothing
    assert position.probability == position.probabilities["support"] > 0.9
    assert sum(position.probabilities.values()) == pytest.approx(1, abs=1e-3)


def test_somebody_on_both_sides_is_mixed_and_the_best_statement_of_each_side_decides() -> None:
    more = said("c.txt#1", "Work, perhaps.", [EVA], port(0.5, 0.1))
    (position,) = speaker_positions([*BOTH, more])
    assert (position.side, position.deciding) == ("mixed", ("a.txt#4", "b.txt#1"))


def test_one_statement_on_both_sides_is_named_once() -> None:
    torn = [said("a.txt#1", "Good and bad.", [EVA], Stance("the port", "unclear", 1, StanceScores(1, 1, 0), 1))]
    (position,) = speaker_positions(torn)
    assert (position.side, position.deciding) == ("mixed", ("a.txt#1",))


def test_somebody_who_is_only_neutral_takes_no_side_and_nothing_decides() -> None:
    (position,) = speaker_positions(NEITHER)
    assert (position.side, position.deciding, position.statements) == ("no side", (), 1)


def test_at_most_three_statements_decide_the_strongest_first() -> None:
    strength = (0.7, 0.95, 0.8, 0.9, 0.75)
    many = [said(f"a.txt#{n}", "No.", [BO], port(0.01, oppose)) for n, oppose in enumerate(strength)]
    assert speaker_positions(many)[0].deciding == ("a.txt#1", "a.txt#3", "a.txt#2")


def test_a_speaker_in_two_articles_has_a_position_in_each_and_one_over_all() -> None:
    assert sides(BOTH) == [("Eva Berg", None, "mixed")]
    assert sides(BOTH, by_article=True) == [("Eva Berg", "a.txt", "support"), ("Eva Berg", "b.txt", "oppose")]
    first, second = speaker_positions(BOTH, by_article=True)
    assert (first.deciding, second.deciding) == (("a.txt#4",), ("b.txt#1",))


def test_articles_come_in_the_order_of_the_file_however_the_lines_are_mixed() -> None:
    mixed = [*COPY, *BOTH, *TWICE]
    assert [doc for _, doc, _ in sides(mixed, by_article=True)] == ["c.txt", "d.txt", "a.txt", "a.txt", "b.txt"]


def test_unnamed_speakers_are_one_per_article_and_have_a_description() -> None:
    found = speaker_positions(UNNAMED)
    assert [(each.name, each.speaker, each.description, each.doc, each.side) for each in found] == [
        (None, None, "a driver", "b.txt", "oppose"),
        (None, None, "a driver", "c.txt", "support"),
    ]
    assert found == speaker_positions(UNNAMED, by_article=True)


def test_both_speakers_of_a_statement_take_its_side() -> None:
    joint = said("a.txt#1", "We support it.", [ADA, BO], port(0.95, 0.01))
    assert sides([joint]) == [("Ada Lund", None, "support"), ("Bo Holm", None, "support")]


def test_each_target_has_its_own_side() -> None:
    two = said(
        "a.txt#1", "The mayor must go, the port must come.", [ADA], port(0.9, 0.02), port(0.01, 0.95, "the mayor")
    )
    assert [(each.target, each.side) for each in speaker_positions([two])] == [
        ("the port", "support"),
        ("the mayor", "oppose"),
    ]
    assert [each.target for each in speaker_positions([two], target="the mayor")] == ["the mayor"]


def test_what_the_store_adds_up_is_what_the_model_adds_up() -> None:
    stances = [statement.stance[0] for statement in TWICE]
    expected = load_position_model().probabilities(StanceSums.of(map(Evidence.of, stances)))
    assert speaker_positions(TWICE)[0].probabilities == pytest.approx(expected, abs=1e-4)


def test_labels_without_probabilities_add_up_too() -> None:
    labelled = [said(f"a.txt#{n}", "x", [ADA], Stance("the port", "oppose")) for n in (1, 2)]
    assert sides(labelled) == [("Ada Lund", None, "oppose")]


def test_a_side_below_the_minimal_score_is_unclear_with_the_same_statements() -> None:
    (sure,) = speaker_positions(BOTH)
    (unsure,) = speaker_positions(BOTH, min_score=sure.probability + 0.01)
    assert (unsure.side, unsure.likeliest) == ("unclear", "mixed")
    assert (unsure.probabilities, unsure.deciding) == (sure.probabilities, sure.deciding)
    assert speaker_positions(BOTH, min_score=sure.probability) == [sure]


def test_the_weights_of_a_model_folder_are_used_if_it_has_any(tmp_path: Path) -> None:
    assert speaker_positions(TWICE, model_folder=tmp_path) == speaker_positions(TWICE)
    weights = load_position_model().to_dict() | {"bias": [0, 0, 100, 0]}
    (tmp_path / "stance").mkdir()
    (tmp_path / "stance" / "positions.json").write_text(json.dumps(weights), encoding="utf-8")
    assert sides(TWICE, model_folder=tmp_path) == [("Ada Lund", None, "mixed")]


@pytest.mark.parametrize("least", [-0.1, 1.1, float("nan")])
def test_a_minimal_score_that_is_no_probability_is_refused_before_anything_is_read(least: float) -> None:
    unread = (pytest.fail("read") for _ in range(1))
    with pytest.raises(SettingsError, match="0 to 1"):
        speaker_positions(unread, min_score=least)  # type: ignore[arg-type]


def test_without_stances_or_the_target_an_error_says_how_to_get_one() -> None:
    with pytest.raises(SettingsError, match=r"no statement has a stance.* --target"):
        speaker_positions([said("a.txt#1", "x", [ADA])])
    with pytest.raises(SettingsError, match="no stance towards 'the bridge'; its targets are 'the port'"):
        speaker_positions(TWICE, target="the bridge")


def test_the_table_has_sides_of_named_speakers_with_the_words_that_decide() -> None:
    lines = shown(MANY)
    assert lines[0].split() == ["speaker", "target", "side", "statements", "deciding", "words"]
    rows = {line[:22].strip(): line[24:].split(maxsplit=5) for line in lines[1:4]}
    assert list(rows) == ["Ada Lund", "Eva Berg", "Kim"]
    assert rows["Ada Lund"][:3] == ["the", "port", "support"]
    assert rows["Ada Lund"][4:] == ["3", "We need this port now."]
    assert rows["Eva Berg"][2] == "mixed" and rows["Kim"][2] == "mixed"
    assert lines[2].endswith("The north gains.   | It costs too much.")
    assert lines[4:] == ["and 3 positions without a side or a name (--all)"]


def test_all_shows_those_without_a_side_or_a_name_too() -> None:
    lines = shown(MANY, every=True)
    assert len(lines) == 1 + 6
    bo = next(line for line in lines if line.startswith("Bo Holm"))
    assert bo.split()[4:6] == ["no", "side"] and bo.split()[7:] == ["1"]
    assert sum(line.startswith("a driver") for line in lines) == 2


def test_articles_have_headings() -> None:
    lines = shown(MANY, by_article=True)
    assert [line for line in lines if line.endswith(".txt")] == ["a.txt", "b.txt", "c.txt", "d.txt"]
    assert lines[1:3] == ["", "a.txt"]
    assert [line.split()[0] for line in lines[3:5]] == ["Ada", "Eva"]


def test_the_minimal_score_changes_sides_and_hides_nobody() -> None:
    lines = shown(MANY, min_score=0.99)
    assert len(lines) == len(shown(MANY))
    assert sum(" unclear 0." in line for line in lines) == 3


def test_what_a_limit_leaves_out_is_counted() -> None:
    assert shown(MANY, limit=1)[-2:] == ["… and 2 more", "and 3 positions without a side or a name (--all)"]
    assert shown(MANY, limit=1, every=True)[-1] == "… and 5 more"


def test_a_table_without_rows_says_why() -> None:
    assert shown(NEITHER) == ["nobody with a name takes a side", "and 1 position without a side or a name (--all)"]
    assert shown(NOBODY, every=True) == ["no statement with a stance has a speaker"]


@pytest.mark.parametrize("columns", [80, 110, 200])
def test_the_table_fits_the_terminal_and_nothing_in_it_can_steer_that(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    nasty = "田中\x1b[2J\n\u202e角栄" * 30
    odd = [
        said(f"{nasty}#1", nasty, [Speaker(nasty, "x")], port(0.9, 0.01, nasty)),
        said(f"{nasty}#2", nasty, [Speaker(nasty, "x")], port(0.01, 0.9, nasty)),
    ]
    lines = shown(odd) + shown(odd, by_article=True)
    assert all(line.isprintable() and cell_len(line) <= min(columns, 160) for line in lines)
    assert cell_len(lines[1]) >= min(columns, 160) - 8  # a text ends with a whole word


def test_json_lines_have_every_field() -> None:
    with Store(MANY) as store:
        queries = PositionQueries(store, SpeakerQueries(store), load_position_model())
        records = [json.loads(line) for line in json_lines(queries, Shown(every=True))]
    assert set(records[0]) == set(Position.__dataclass_fields__)
    assert [(record["name"], record["side"]) for record in records] == [
        (each.name, each.side) for each in speaker_positions(MANY)
    ]
    assert records[1]["deciding"] == ["a.txt#4", "b.txt#1"]
    assert set(records[1]["probabilities"]) == {"support", "oppose", "mixed", "no side"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "out.jsonl"
    path.write_text("".join(f"{to_line(each)}\n" for each in MANY), encoding="utf-8")
    return path


def names(result: Result) -> list[tuple[str, str]]:
    assert result.returncode == 0, result.stderr
    return [(record["name"], record["side"]) for record in map(json.loads, result.stdout.splitlines())]


def test_the_command_prints_the_table_or_json_lines(file: Path) -> None:
    assert onrecord("positions", file).stdout.splitlines() == shown(MANY)
    assert onrecord("positions", file, "--by-article", "--all").stdout.splitlines() == shown(
        MANY, by_article=True, every=True
    )
    assert names(onrecord("positions", file, "--json", "--limit", "2")) == [
        ("Ada Lund", "support"),
        ("Eva Berg", "mixed"),
    ]
    unsure = onrecord("positions", file, "--json", "--min-score", "0.9")
    assert names(unsure) == [("Ada Lund", "support"), ("Eva Berg", "unclear"), ("Kim", "unclear")]
    assert len(names(onrecord("positions", file, "--json", "--all", "--target", "the port"))) == 6


def test_near_copies_are_left_out_if_asked_for(file: Path) -> None:
    assert names(onrecord("positions", file, "--json"))[2] == ("Kim", "mixed")
    assert names(onrecord("positions", file, "--json", "--skip-duplicates"))[2] == ("Kim", "oppose")


def test_the_command_takes_a_models_own_weights(file: Path, tiny_model: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    (model / "stance" / "positions.json").write_text("{}", encoding="utf-8")
    assert onrecord("positions", file, "--model", tiny_model).stdout.splitlines() == shown(MANY)
    damaged = onrecord("positions", file, "--model", model)
    assert_one_clear_line(damaged, str(model / "stance" / "positions.json"), "onrecord train positions", status=1)
    with pytest.raises(WeightsError):
        speaker_positions(TWICE, model_folder=model)


def test_wrong_usage_is_one_clear_line_and_nothing_else(file: Path) -> None:
    for options, words in (
        (["--target", "the bridge"], "no stance towards 'the bridge'; its targets are 'the port'"),
        (["--min-score", "7"], "the minimal score is 7.0; it is a probability, 0 to 1"),
    ):
        result = onrecord("positions", file, *options)
        assert result.stdout == ""
        assert_one_clear_line(result, words, status=2)
    file.write_text(to_line(said("a.txt#1", "x", [ADA])) + "\n", encoding="utf-8")
    for options in ([], ["--json"], ["--target", "the port"]):
        result = onrecord("positions", file, *options)
        assert result.stdout == ""
        assert_one_clear_line(result, "no statement has a stance", "`onrecord extract` a --target", status=2)
    file.write_text("no json\n", encoding="utf-8")
    assert_one_clear_line(onrecord("positions", file), f"{file}, line 1: not a statement", status=1)
