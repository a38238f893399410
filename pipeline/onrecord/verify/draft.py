"""The quotations of a draft, each with the speakers of the statement that it belongs to, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from onrecord.document import Article, Statement
from onrecord.text.quotations import Quotation
from onrecord.text.segmentation import segment
from onrecord.verify.attribution import shared
from onrecord.verify.interruptions import goes_on
from onrecord.verify.result import Finding
from onrecord.verify.search import Asked
from onrecord.verify.verifier import FindStatements, Verifier
from onrecord.verify.words import words_in

_UNCLAIMED: Final = 5
"""Words in quotation marks that belong to no statement are a title or a nickname if they are fewer."""

Draft = tuple[Article, Sequence[Statement]]
"""An article and the statements that were found in it."""


def verify(
    drafts: Iterable[Draft], sources: Iterable[Article], find_statements: FindStatements | None = None
) -> list[Finding]:
    """Looks up every quotation of the drafts in the sources, which pass by one at a time.

    >>> said = "MS. OBI: Will it close?\\nMR. LUND: We will never close the port.\\nMS. OBI: Never?\\n"
    >>> [finding] = verify([(Article("draft", "He said: “We will close the port.”"), ())], [Article("said", said)])
    >>> finding.status, finding.passages[0].speaker
    ('altered', 'MR. LUND')

    Args:
        drafts: each article with its statements.
        sources: what the quotations are looked up in.
        find_statements: finds the statements of articles, to tell who says what in a source that is no transcript;
            without it, such a source's speakers are not known.
    """
    verifier = Verifier([each for article, statements in drafts for each in quotations_of(article, statements)])
    for source in sources:
        verifier.read(source)
    if find_statements is not None:
        verifier.attribute(find_statements)
    return verifier.findings()


def quotations_of(article: Article, statements: Sequence[Statement]) -> list[Asked]:
    """What a draft quotes, in order: all that is in quotation marks, and direct speech without them.

    A quotation has the speakers of the statement that it shares most with. Without one it is looked up too, unless it
    is short. A sentence that the draft interrupts (``“We will,” she said, “never close it.”``) is one quotation.
    """
    quotations = segment(article.text).quotations
    found = [asked for quotation in quotations if (asked := _asked(article, quotation, statements))]
    for statement in statements:
        if statement.form == "direct" and not any(shared(quotation.span, statement) for quotation in quotations):
            found += [Asked(article, (span,), statement.speakers, statement.id) for span in statement.content]
    return list(_joined(sorted(found, key=lambda asked: asked.spans)))


def _asked(article: Article, quotation: Quotation, statements: Sequence[Statement]) -> Asked | None:
    best = max(statements, key=lambda statement: shared(quotation.inner, statement), default=None)
    if best is not None and shared(quotation.inner, best):
        return Asked(article, (quotation.inner,), best.speakers, best.id)
    if len(list(words_in(article.text, *quotation.inner))) < _UNCLAIMED:
        return None
    return Asked(article, (quotation.inner,))


def _joined(quotations: Iterable[Asked]) -> Iterator[Asked]:
    """The quotations with the halves of interrupted sentences made one."""
    before: Asked | None = None
    for quotation in quotations:
        if before is not None and _goes_on(before, quotation):
            before = replace(before, spans=(*before.spans, *quotation.spans))
            continue
        if before is not None:
            yield before
        before = quotation
    if before is not None:
        yield before


def _goes_on(first: Asked, second: Asked) -> bool:
    is_one = first.statement is not None and (first.statement == second.statement or first.speakers == second.speakers)
    return is_one and goes_on(first.article.text, first.spans[-1], second.spans[0])
