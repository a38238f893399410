"""Shares, their intervals, and the model's mistakes behind them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest

from onrecord.audit.collection import count_statements
from onrecord.audit.facts import Genders, facts_of, position_of
from onrecord.audit.groups import GROUPS
from onrecord.audit.model_error import Array, Confusion, corrected, mean_error, measured_errors, read_errors
from onrecord.audit.shares import Audit, AuditSettings, Measure, Row, Table, _Sampler, audit
from onrecord.document import Meta, Statement
from onrecord.errors import InputError, SettingsError
from tests.audit.making import BOARD, MAN, WOMAN, person, said

FEW = AuditSettings(draws=50)


def shares(statements: list[Statement], **filters: object) -> Audit:
    return audit(count_statements(lambda: iter(statements), **filters), {}, FEW)  # type: ignore[arg-type]


def table(found: Audit, dimension: str) -> dict[str, Row]:
    (own,) = [each for each in found.tables if each.dimension == dimension]
    return {row.label: row for row in own.rows}


def test_several_speakers_share_a_statement_and_its_words() -> None:
    found = shares([said("a", WOMAN, MAN, text="one two three four"), said("a", BOARD, text="five six")])
    gender = table(found, "gender")
    assert gender["women"].counts == {"statements": 0.5, "words": 2.0}
    assert gender["no single person"].counts == {"statements": 1.0, "words": 2.0}
    assert gender["women"].shares["statements"].found == 0.25
    assert gender["women"].shares["words"].found == pytest.approx(1 / 3)
    assert found.statements == 2


@pytest.mark.parametrize("dimension", ["type", "gender", "group", "anonymity", "position", "outlet"])
def test_the_classes_of_a_dimension_make_up_the_whole(dimension: str) -> None:
    statements = [
        said("a", WOMAN, meta=Meta(outlet="Times")),
        said("b", MAN, person(None, description="a driver", source_type="unnamed person")),
        said("c"),
        said("c", person(None, description="officials", kind="group", anonymous=True, reason="because")),
    ]
    rows = table(shares(statements), dimension).values()
    assert sum(row.shares["statements"].found or 0 for row in rows) == pytest.approx(1)
    assert sum(row.counts["statements"] for row in rows) == 4


def test_statements_without_a_speaker_are_a_class_of_their_own() -> None:
    assert table(shares([said("a")]), "type")["no speaker told"].shares["statements"].found == 1


def test_womens_share_leaves_out_whose_gender_is_not_told() -> None:
    found = shares([said("a", WOMAN), said("a", MAN), said("b", MAN), said("b", person("Cy Ek")), said("b", BOARD)])
    everyone = found.women[0]
    assert (everyone.label, everyone.shares["statements"].found) == ("all", pytest.approx(1 / 3))
    by_group = {row.label: row.shares["statements"].found for row in found.women if row.dimension == "group"}
    assert by_group == {"government": 1.0, "NGOs and unions": 0.0}


def test_without_women_and_men_there_is_no_share_of_women() -> None:
    assert shares([said("a", BOARD)]).women[0].shares["statements"].found is None


def test_what_one_article_tells_of_somebody_counts_in_all() -> None:
    elsewhere = person("Ada Lund", role="mayor")
    found = shares([said("a", WOMAN), said("b", elsewhere)])
    assert table(found, "gender")["women"].counts["statements"] == 2


def test_two_genders_of_one_id_tell_none() -> None:
    torn = [said("a", WOMAN), said("b", person("Ada Lund", gender="masculine"))]
    assert Genders(torn).of(person("Ada Lund")) is None


def test_the_headline_is_what_the_title_has() -> None:
    title = Meta(title="Lund: we will fight it")
    assert position_of(said("a", text="we will fight it", start=6, meta=title)) == "headline"
    assert position_of(said("a", text="a wholly other text", start=6, meta=title)) == "lead"
    assert position_of(said("a", start=300)) == "lead"
    assert position_of(said("a", start=900)) == "later"


def test_lines_of_earlier_releases_get_their_type_from_the_kind() -> None:
    (fact,) = facts_of(said("a", person("Bo", source_type=None)), Genders())
    assert fact.type == "named person"


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({}, 3),
        ({"outlets": ["Times"]}, 1),
        ({"since": "2026-03"}, 2),
        ({"until": "2026"}, 2),
        ({"until": "2026-02"}, 0),
        ({"since": "2026-03-02", "until": "2026-03-02"}, 1),
    ],
)
def test_articles_are_chosen_by_outlet_and_day(filters: dict[str, object], kept: int) -> None:
    statements = [
        said("a", WOMAN, meta=Meta(outlet="Times", date="2026-03-02T09:00:00Z")),
        said("b", MAN, meta=Meta(outlet="Wire", date="2026-04-01")),
        said("c", MAN),
    ]
    assert len(count_statements(lambda: iter(statements), **filters).articles) == kept  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"since": "2026", "until": "2026"}, "abd"),
        ({"since": "2026-01-01", "until": "2026-12-31"}, "abd"),
        ({"until": "2026-03"}, "bd"),
        ({"since": "2026-03"}, "bd"),
        ({"since": "2026-03-01", "until": "2026-03-31"}, "bd"),
        ({"until": "2026-03-30"}, "d"),
        ({"since": "2026-03-02"}, "d"),
        ({"until": "2027"}, "abd"),
        ({"since": "2025-12"}, "abd"),
        ({"since": "2027"}, ""),
    ],
)
def test_a_date_without_day_or_month_counts_only_if_all_of_it_is_in_the_period(
    filters: dict[str, str], kept: str
) -> None:
    dates = {"a": "2026", "b": "2026-03", "c": None, "d": "2026-03-02", "e": "20261", "f": "spring 2026"}
    statements = [said(doc, WOMAN, meta=Meta(date=date)) for doc, date in dates.items()]
    counts = count_statements(lambda: iter(statements), **filters)  # type: ignore[arg-type]
    assert "".join(counts.articles) == kept
    unclear = {"c", "e", "f"} | ({"a", "b"} - set(kept))
    assert counts.undated == (unclear if filters != {"since": "2027"} else {"c", "e", "f"})


@pytest.mark.parametrize(
    "filters", [{"since": "March"}, {"until": "2026-13"}, {"since": "2026-04", "until": "2026-03"}]
)
def test_what_is_not_a_date_is_said(filters: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"--since|--until"):
        count_statements(lambda: iter([]), **filters)  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_intervals_and_more_articles_narrower_ones() -> None:
    def of(articles: int) -> Row:
        statements = [said(f"{number}", WOMAN if number % 3 else MAN) for number in range(articles)]
        return shares(statements).women[0]

    few, again, many = of(12), of(12), of(300)
    assert few == again

    def width(row: Row) -> float:
        share = row.shares["statements"]
        assert share.low is not None and share.high is not None and share.found is not None
        assert share.low <= share.found <= share.high
        return share.high - share.low

    assert width(many) < width(few) / 2


def test_known_mistakes_are_turned_round() -> None:
    errors = np.array([[[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.0, 0.0, 1.0]]])
    true = np.array([[0.5, 0.3, 0.2]])
    assert corrected(true @ errors[0], errors)[0] == pytest.approx(true[0], abs=1e-3)


def test_a_correction_never_leaves_the_bounds_of_a_share() -> None:
    found = corrected(np.array([[1.0, 0.0]]), np.array([[[0.6, 0.4], [0.4, 0.6]]]))
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1)


def test_mistakes_make_intervals_wider_and_shift_the_corrected_share() -> None:
    statements = [said(f"{number}", WOMAN if number % 3 else MAN) for number in range(200)]
    counts = count_statements(lambda: iter(statements))
    classes = ("women", "men", "person, not said", "no single person")
    table_of = np.array([[95.0, 5, 0, 0], [20, 80, 0, 0], [0, 0, 100, 0], [0, 0, 0, 100]])
    error = {"gender": Confusion(classes, table_of, "a test")}
    without, with_error = (audit(counts, errors, FEW).women[0].shares["statements"] for errors in ({}, error))
    assert with_error.found == without.found
    assert with_error.corrected < without.corrected - 0.03  # type: ignore[operator]
    assert with_error.high - with_error.low > without.high - without.low  # type: ignore[operator]


def test_a_class_without_labelled_cases_is_left_as_it_is_found() -> None:
    error = mean_error(np.array([[90.0, 10.0], [0.0, 0.0]]))[0]
    assert error[1, 1] == pytest.approx(0.9)


def test_the_shipped_tables_fit_the_dimensions() -> None:
    from onrecord.audit.shares import DIMENSIONS

    for dimension, confusion in measured_errors().items():
        assert confusion.classes == DIMENSIONS[dimension]
        assert np.trace(confusion.counts) / confusion.counts.sum() > 0.75
        assert "articles" in confusion.source


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"source": "x", "tables": 3}',
     '{"source": "x", "tables": {"gender": {"classes": ["a"], "counts": [[1, 2]]}}}',
     '{"source": "x", "tables": {"gender": {"classes": ["a"], "counts": [[-1]]}}}'],
)  # fmt: skip
def test_a_broken_table_of_mistakes_is_one_clear_line(text: str) -> None:
    with pytest.raises(InputError, match=r"^errors\.json: no table of measured errors"):
        read_errors(text, "errors.json")


def test_a_table_of_ones_own_is_read() -> None:
    text = json.dumps({"source": "mine", "tables": {"type": {"classes": ["a", "b"], "counts": [[3, 1], [0, 2]]}}})
    assert read_errors(text, "x")["type"].arranged(["b", "c", "a"]).tolist() == [[2, 0, 0], [0, 0, 0], [1, 0, 3]]


def test_only_the_speakers_asked_for_are_shown_and_the_others_counted() -> None:
    statements = [said(f"{number}", person(f"Ada Lund{number}")) for number in range(9)]
    counts = count_statements(lambda: iter(statements))
    (own,) = [
        each for each in audit(counts, {}, AuditSettings(draws=20, speakers=4)).tables if each.dimension == "speaker"
    ]
    assert isinstance(own, Table)
    assert (len(own.rows), own.left) == (4, 5)


def test_shares_are_taken_of_what_is_shown_only_and_stay_shares_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    sums = _Sampler.sums

    def counted(sampler: _Sampler, dimension: str, labels: Sequence[str], measure: Measure) -> Array:
        asked.append(len(labels))
        return sums(sampler, dimension, labels, measure)

    monkeypatch.setattr(_Sampler, "sums", counted)
    statements = [said(f"{n}", person(f"Ada Lund{n}"), meta=Meta(outlet=f"Times {n % 25}")) for n in range(50)]
    found = audit(count_statements(lambda: iter(statements)), {}, AuditSettings(draws=20, speakers=4))
    assert max(asked) == len(GROUPS)  # thousands of speakers would not fit into memory
    for dimension, share in (("outlet", 0.04), ("speaker", 0.02)):
        rows = table(found, dimension)
        assert [row.shares["statements"].found for row in rows.values()] == [pytest.approx(share)] * 4


def test_more_articles_than_are_drawn_one_by_one_still_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.audit.shares._MOST_UNITS", 10)
    statements = [said(f"{number}", WOMAN) for number in range(40)]
    found = shares(statements)
    assert found.articles == 40
    assert table(found, "gender")["women"].counts["statements"] == 40


@pytest.mark.parametrize("wrong", [{"draws": 3}, {"level": 1.0}])
def test_settings_that_make_no_interval_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        AuditSettings(**wrong)  # type: ignore[arg-type]
