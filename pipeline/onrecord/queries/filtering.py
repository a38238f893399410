"""Which statements of a file are asked for: by speaker, stance, target, form, article, act, confidence and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final, get_args

from onrecord.document import Form, Stance, StanceLabel, Statement
from onrecord.errors import SettingsError, expected
from onrecord.queries.shades import takes_doubtful_side
from onrecord.selection import check_selection, is_wanted

_FORMS: Final = get_args(Form)
_LABELS: Final = get_args(StanceLabel)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFilter:
    """What is asked of a statement. Of one kind of question, one answer is enough; all kinds must be answered.

    Args:
        speakers: parts of a speaker's name, alias, description or role, whatever their case, or an id.
        stances: labels of stances: towards one of ``targets``, if there are any.
        sure: of stances that take a side, leaves out those that are doubtful (`stance_shade`).
        targets: parts of a target's name. Other targets' stances are taken off the statements that are kept.
        forms: ``direct``, ``indirect`` or ``mixed``.
        docs: parts of an article's name, or patterns of it, where ``*`` also matches across folders.
        only: what statements report, as in `selection`.
        min_confidence: the least confidence.
        words: a regular expression that the text must match somewhere, whatever the case.

    Raises:
        SettingsError: there is no such form, label or act, or the expression is not one.
    """

    speakers: tuple[str, ...] = ()
    stances: tuple[str, ...] = ()
    sure: bool = False
    targets: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    min_confidence: float | None = None
    words: str | None = None

    def __post_init__(self) -> None:
        for given, name, choices in ((self.stances, "stance", _LABELS), (self.forms, "form", _FORMS)):
            if unknown := next((each for each in given if each not in choices), None):
                raise SettingsError(f"there is no {name} {unknown!r}; {expected(unknown, choices)}")
        check_selection(self.only, self.min_confidence)
        try:
            re.compile(self.words or "")
        except re.error as error:
            raise SettingsError(
                f"{self.words!r} is not a regular expression ({error}); put \\ before the signs ( ) [ ] * + ? . "
                "to look for them"
            ) from error

    def of(self, statement: Statement) -> Statement | None:
        """The statement with the stances that are asked for, or None if it is not asked for."""
        if self.targets:
            found = tuple(stance for stance in statement.stance if _has_part(stance.target, self.targets))
            if not found:
                return None
            statement = replace(statement, stance=found)
        wanted = (
            is_wanted(statement, self.only, self.min_confidence)
            and (not self.forms or statement.form in self.forms)
            and (not self.stances or any(map(self._has, statement.stance)))
            and (not self.docs or any(fnmatchcase(statement.doc, doc) or doc in statement.doc for doc in self.docs))
            and (not self.speakers or any(_has_part(name, self.speakers) for name in _names(statement)))
            and (self.words is None or re.search(self.words, statement.text, re.IGNORECASE) is not None)
        )
        return statement if wanted else None

    def _has(self, stance: Stance) -> bool:
        return stance.label in self.stances and not (self.sure and takes_doubtful_side(stance))


def _names(statement: Statement) -> Iterator[str]:
    for speaker in statement.speakers:
        yield from filter(None, (speaker.name, speaker.id, speaker.description, speaker.role, *speaker.aliases))


def _has_part(text: str, parts: tuple[str, ...]) -> bool:
    return any(part.casefold() in text.casefold() for part in parts)
