"""The text and the names of the corpora that the trainings' tests make up."""

from __future__ import annotations

from onrecord.document import Span

TEXT = "Mayor Ada Brandt said the harbour would stay open, adding that fares would fall.\n\n“No,” said Omar Diallo.\n"
NAMES = "Ada\tB-Person\nBrandt\tI-Person\nspoke\tO\nin\tO\nOslo\tB-Location\n.\tO\n\nShe\tO\nleft\tO\n.\tO\n"


def at(words: str, text: str = TEXT) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))
