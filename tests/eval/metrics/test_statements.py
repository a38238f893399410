"""Statement metrics on made-up articles, each expected number worked out beside it."""

from __future__ import annotations

import pytest

from onrecord.document import Speaker, Stance, Statement
from onrecord_eval.metrics.calibration import (
    calibration_of,
    count_confidence,
    expected_calibration_error,
    has_confidence,
)
from onrecord_eval.metrics.scores import total
from onrecord_eval.metrics.statements import (
    Labelled,
    ScoredArticle,
    align,
    count_article,
    stance_confusion,
    stance_labels,
    statement_figures,
    what_is_labelled,
)
from tests.eval.making import make_statement

TEXT = (
    "“The bridge is safe,” Ada Lund said, “and it is ours.” Critics called it a costly mistake. "
    "It was reported that work stops on Friday. Bo Berg, an engineer, doubts the figures of the board."
)
ALL = Labelled(speakers=True, stance=True)


def figures(
    gold: list[Statement] | list[list[Statement]], predicted: list[Statement], labelled: Labelled = ALL
) -> dict[str, float | None]:
    """Every figure for one article; several lists of gold are several annotators."""
    annotators = gold if gold and isinstance(gold[0], list) else [gold]
    article = ScoredArticle("a.txt", TEXT, tuple(tuple(one) for one in annotators), tuple(predicted))  # type: ignore[arg-type]
    counts = total([count_article(article, labelled)])
    return {name: figure(counts) for name, figure in statement_figures(labelled).items()}


def test_two_predictions_on_one_gold() -> None:
    gold = make_statement(TEXT, "it a costly mistake")
    found = figures([gold], [make_statement(TEXT, "a costly mistake"), make_statement(TEXT, "it a costly mistake.")])
    # The second is equal after trimming and takes the gold; the first is a false find.
    assert found["content_exact.precision"] == 1 / 2
    assert found["content_exact.recall"] == 1
    assert found["content_iou.f1"] == pytest.approx(2 * 1 / (1 + 2))


def test_pieces_of_discontinuous_content_are_scored_together() -> None:
    gold = make_statement(TEXT, "“The bridge is safe,”", "“and it is ours.”")
    whole = make_statement(TEXT, "The bridge is safe,” Ada Lund said, “and it is ours")
    half = make_statement(TEXT, "“The bridge is safe,”")
    # Trimmed: 18 + 14 = 32 characters. The prediction that runs through has 19 more in between: IoU 32/51.
    assert len("The bridge is safe") == 18 and len("and it is ours") == 14
    found = figures([gold], [whole])
    assert found["content_exact.f1"] == 0
    assert found["content_iou.f1"] == 1
    # 32 gold characters, all of them covered, of 51 predicted.
    assert len(",” Ada Lund said, “") == 19
    assert found["content_character.recall"] == 1
    assert found["content_character.precision"] == pytest.approx(32 / 51)
    # One piece alone: 18 of 32 characters, IoU 0.5625.
    found = figures([gold], [half])
    assert found["content_exact.f1"] == 0
    assert found["content_iou.f1"] == 1
    assert found["content_character.f1"] == pytest.approx(2 * 18 / (32 + 18))


def test_pieces_in_another_order_are_the_same_content() -> None:
    gold = make_statement(TEXT, "“The bridge is safe,”", "“and it is ours.”")
    assert figures([gold], [Statement(**{**fields(gold), "content": gold.content[::-1]})])["content_exact.f1"] == 1


def fields(statement: Statement) -> dict[str, object]:
    return {name: getattr(statement, name) for name in Statement.__dataclass_fields__}


def test_linked_needs_the_source() -> None:
    safe = "“The bridge is safe,”"
    gold = [make_statement(TEXT, safe, source="Ada Lund"), make_statement(TEXT, "work stops on Friday")]
    # Sources overlap in "Lund"; neither has a source: both linked.
    assert (
        figures(gold, [make_statement(TEXT, safe, source="Lund said"), make_statement(TEXT, "work stops on Friday")])[
            "linked.f1"
        ]
        == 1
    )
    # No source predicted for the first, one too many for the second.
    wrong = figures(gold, [make_statement(TEXT, safe), make_statement(TEXT, "work stops on Friday", source="It")])
    assert wrong["linked.f1"] == 0
    assert wrong["content_iou.f1"] == 1


def test_speakers_by_name_and_alias() -> None:
    safe, mistake, friday = "“The bridge is safe,”", "it a costly mistake", "that work stops on Friday"
    gold = [
        make_statement(TEXT, safe, speakers=[Speaker("Ada Lund", aliases=("Lund",))]),
        make_statement(TEXT, mistake, speakers=[Speaker(None, description="critics")]),
        make_statement(TEXT, friday),
    ]
    predicted = [
        make_statement(TEXT, safe, speakers=["Mayor Lund"]),
        make_statement(TEXT, mistake, speakers=["Bo Berg"]),
        make_statement(TEXT, friday),
    ]
    # Alias right, name in place of a description wrong, nobody and nobody right: 2 of 3.
    assert figures(gold, predicted)["speaker.f1"] == pytest.approx(2 / 3)
    # Without a content there is no speaker: 1 right of 3 gold and 1 predicted.
    assert figures(gold, predicted[:1])["speaker.f1"] == pytest.approx(2 * 1 / (3 + 1))


def test_role_and_kind() -> None:
    safe = "“The bridge is safe,”"
    gold = make_statement(TEXT, safe, speakers=[Speaker("Ada Lund", kind="person", role="mayor of Norland")])
    predicted = make_statement(TEXT, safe, speakers=[Speaker("Ada Lund", kind="organization", role="the mayor")])
    found = figures([gold], [predicted])
    assert found["role.overlap"] == pytest.approx(2 * 1 / (2 + 1))  # {mayor, norland} and {mayor}
    assert found["kind.accuracy"] == 0


def test_stance_and_end_to_end() -> None:
    pieces = ["The bridge is safe", "it a costly mistake", "that work stops on Friday", "the figures of the board"]
    labels = ["support", "oppose", "neutral", "oppose"]
    gold = [make_statement(TEXT, piece, stance=label) for piece, label in zip(pieces, labels, strict=True)]
    found = ["support", "neutral", "neutral", "unclear"]
    predicted = [make_statement(TEXT, piece, stance=label) for piece, label in zip(pieces, found, strict=True)]
    result = figures(gold, predicted)
    assert result["stance.accuracy"] == 2 / 4
    # support 1; neutral: 1 right, 1 gold, 2 predicted: 2/3; oppose: none right: 0.
    assert result["stance.support.f1"] == 1
    assert result["stance.neutral.f1"] == pytest.approx(2 / 3)
    assert result["stance.oppose.f1"] == 0
    assert result["stance.macro_f1"] == pytest.approx((1 + 2 / 3 + 0) / 3)
    assert result["end_to_end.f1"] == 2 / 4
    article = ScoredArticle("a.txt", TEXT, (tuple(gold),), tuple(predicted))
    confusion = stance_confusion(total([count_article(article, ALL)]))
    assert confusion.labels == ("support", "oppose", "neutral")
    assert confusion.counts == ((1, 0, 0), (0, 0, 1), (0, 0, 1))
    assert confusion.abstained == (0, 1, 0)


def test_stance_is_read_for_each_target_of_the_gold() -> None:
    gold, predicted = (make_statement(TEXT, "The bridge is safe") for _ in range(2))
    gold = Statement(**{**fields(gold), "stance": (Stance("the East–West treaty", "oppose"), Stance("Bo", "neutral"))})
    predicted = Statement(**{**fields(predicted), "stance": (Stance("East-West Treaty", "oppose", 0.9),)})
    assert stance_labels(gold, predicted) == [("oppose", "oppose"), ("neutral", "abstained")]


def test_empty_gold_and_empty_prediction() -> None:
    statement = make_statement(TEXT, "The bridge is safe", form="direct")
    nothing_labelled = figures([], [statement])
    assert nothing_labelled["content_iou.f1"] == 0
    assert nothing_labelled["content_iou.precision"] == 0
    assert nothing_labelled["content_iou.recall"] is None
    nothing_predicted = figures([statement], [])
    assert nothing_predicted["content_iou.f1"] == 0
    assert nothing_predicted["content_iou.precision"] is None
    assert nothing_predicted["content_iou.recall"] == 0
    assert nothing_predicted["stance.accuracy"] is None
    assert figures([], [])["content_iou.f1"] is None


def test_matched_predictions_count_under_the_form_of_their_gold() -> None:
    gold = [
        make_statement(TEXT, "The bridge is safe", form="direct"),
        make_statement(TEXT, "it a costly mistake", form="indirect"),
    ]
    predicted = [
        make_statement(TEXT, "The bridge is safe", form="mixed"),
        make_statement(TEXT, "the figures of the board", form="mixed"),
    ]
    found = figures(gold, predicted)
    assert found["content_iou.direct.f1"] == 1  # the first prediction is counted as direct
    assert found["content_iou.indirect.f1"] == 0  # one gold, no prediction
    assert found["content_iou.mixed.precision"] == 0  # the unmatched prediction keeps its own form
    assert found["content_iou.mixed.recall"] is None
    assert found["content_character.direct.f1"] == 1


def test_annotators_are_averaged() -> None:
    first = [make_statement(TEXT, "The bridge is safe"), make_statement(TEXT, "it a costly mistake")]
    second = [make_statement(TEXT, "The bridge is safe")]
    found = figures([first, second], [make_statement(TEXT, "The bridge is safe")])
    # Half of (1 of 2) and half of (1 of 1): 1 matched of 1.5 gold and 1 predicted.
    assert found["content_iou.recall"] == pytest.approx(1 / 1.5)
    assert found["content_iou.precision"] == 1
    assert found["content_iou.f1"] == pytest.approx(2 * 1 / (1.5 + 1))


def test_what_the_gold_does_not_say_is_not_scored() -> None:
    article = ScoredArticle("a.txt", TEXT, ((make_statement(TEXT, "The bridge is safe", source="Ada Lund"),),), ())
    labelled = what_is_labelled([article])
    assert labelled == Labelled(speakers=False, stance=False)
    names = statement_figures(labelled)
    assert "linked.f1" in names
    assert not any(name.startswith(("speaker", "stance", "end_to_end")) for name in names)


def test_calibration_compares_confidence_with_being_right() -> None:
    gold = [make_statement(TEXT, "The bridge is safe"), make_statement(TEXT, "it a costly mistake")]
    predicted = [
        make_statement(TEXT, "The bridge is safe", confidence=0.9),
        make_statement(TEXT, "it a costly mistake", confidence=0.65),
        make_statement(TEXT, "work stops on Friday", confidence=0.95),
        make_statement(TEXT, "the figures of the board", confidence=1.0),
    ]
    article = ScoredArticle("a.txt", TEXT, (tuple(gold),), tuple(predicted))
    assert has_confidence([article])
    counts = total([count_confidence(article)])
    # [0.6, 0.7): one of confidence 0.65, right: gap 0.35. [0.9, 1]: 0.9 + 0.95 + 1 = 2.85, one right: gap 1.85.
    assert expected_calibration_error(counts) == pytest.approx((0.35 + 1.85) / 4)
    calibration = calibration_of(counts)
    last = calibration.bins[9]
    assert (last.count, last.confidence, last.accuracy) == (3, pytest.approx(0.95), pytest.approx(1 / 3))
    assert calibration.bins[0].accuracy is None
    at = {row.threshold: row for row in calibration.thresholds}
    assert (at[0.1].precision, at[0.1].recall) == (2 / 4, 1)
    assert (at[0.7].precision, at[0.7].recall) == (pytest.approx(1 / 3), 1 / 2)
    assert at[0.9].f1 == pytest.approx(2 * 1 / (2 + 3))


def test_calibration_needs_every_confidence() -> None:
    some = (make_statement(TEXT, "The bridge is safe", confidence=0.9), make_statement(TEXT, "it a costly mistake"))
    assert not has_confidence([ScoredArticle("a.txt", TEXT, ((),), some)])
    assert not has_confidence([ScoredArticle("a.txt", TEXT, ((),), ())])


def test_alignment_keeps_both_kinds_of_pairs() -> None:
    gold = [make_statement(TEXT, "The bridge is safe"), make_statement(TEXT, "it a costly mistake")]
    alignment = align(
        TEXT, gold, [make_statement(TEXT, "a costly mistake"), make_statement(TEXT, "“The bridge is safe,”")]
    )
    assert [(pair.gold, pair.predicted) for pair in alignment.pairs] == [(0, 1), (1, 0)]
    assert [(pair.gold, pair.predicted) for pair in alignment.exact] == [(0, 1)]
