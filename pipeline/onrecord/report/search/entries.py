"""What the search shows of a statement, and what it is found by."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from onrecord.files.records import json_line
from onrecord.report.charts import OFF
from onrecord.report.search.words import search_words
from onrecord.report.views import StatementView, is_pale, shown_label

_LETTERS: Final = {"support": "s", "oppose": "o", "neutral": "n", "unclear": "u", OFF: "f"}
_TWENTIETHS: Final = "0123456789abcdefghijk"


class Entry(NamedTuple):
    """A statement of the search.

    ``record`` is JSON: the words of its sentences, in turns not its own and its own; the end of the address of its
    words, after that of the article; confidence; act; and whether its words have two stances elsewhere. ``words`` are
    what it is found by; ``form`` and ``act`` are first letters, ``sure`` is the confidence in whole twentieths, a digit
    of base 36, and ``-`` stands for an act or a confidence that is not known; ``stances`` has a letter by target, a
    capital if it is doubtful; ``speakers`` are name, role and page of each.
    """

    record: str
    words: list[str]
    form: str
    act: str
    sure: str
    stances: dict[str, str]
    speakers: tuple[tuple[str, str | None, str | None], ...]


def entry(view: StatementView) -> Entry:
    statement = view.statement
    stances: dict[str, str] = {}
    for stance in statement.stance:
        letter = _LETTERS[shown_label(stance)]
        stances.setdefault(stance.target, letter.upper() if is_pale(stance) else letter)
    record: list[Any] = [
        _turns(view),
        (view.source or "").removeprefix(view.article.link or ""),
        statement.confidence,
        statement.act,
        int(view.two_stances),
    ]
    return Entry(
        json_line(record),
        sorted(search_words(statement.text)),
        statement.form[0],
        "-" if statement.act is None else statement.act[0],
        "-" if statement.confidence is None else _TWENTIETHS[int(statement.confidence * 20)],
        stances,
        tuple((speaker.name, speaker.role, speaker.page) for speaker in view.speakers),
    )


def _turns(view: StatementView) -> list[str]:
    turns: list[str] = []
    for part in view.words:
        if part.said != (len(turns) % 2 == 1):
            if turns:
                turns[-1] += part.text
                continue
            turns.append("")
        turns.append(part.text)
    return turns
