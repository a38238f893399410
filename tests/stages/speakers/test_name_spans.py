"""Where names begin and end, and what each of them is."""

from __future__ import annotations

import pytest

from onrecord.document import Name, Span
from onrecord.stages.speakers.name_spans import cleaned, voted_labels


def name(text: str, form: str, label: str, score: float) -> Name:
    start = text.index(form)
    return Name(Span(start, start + len(form)), label, score)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("full", "score", "label"),
    [("Ngo Thi Hoa", 0.7, "person"), ("Ngo Thi Hoa", 0.99, "organization"), ("Harbour Board Hoa", 0.7, "organization")],
)
def test_a_full_name_is_a_persons_where_its_last_word_is_plainly_one(full: str, score: float, label: str) -> None:
    text = f"Then Hoa spoke. {full} agreed."
    labels = voted_labels(text, [name(text, "Hoa", "person", 0.97), name(text, full, "organization", score)])
    assert labels[full.casefold()] == label


def test_names_next_to_each_other_stay_apart() -> None:
    text = "Baker Ada Lund left."
    found = cleaned(text, [name(text, "Baker", "person", 0.8), name(text, "Ada Lund", "person", 0.9)])
    assert [text[slice(*each.span)] for each in found] == ["Baker", "Ada Lund"]
