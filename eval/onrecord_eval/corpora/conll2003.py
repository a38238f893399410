"""CoNLL-2003: names in Reuters news (Tjong Kim Sang and De Meulder, 2003), as CrossNER ships it (Liu et al., 2021).

One file a split, of ``token<TAB>label`` lines with a blank line between sentences. It does not say where its articles
end, so texts are made of `_SENTENCES` sentences each. Nothing of the corpus belongs in this repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.document import Span
from onrecord.errors import InputError
from onrecord_eval.corpora.worldwide import LabelledSentence, join_tokens, read_rows

CONLL_CLASSES: Final = ("person", "organization", "location")
_CLASS_OF: Final = {"person": "person", "organisation": "organization", "location": "location"}
_SENTENCES: Final = 20


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text and its names; the class is None where the corpus does not tell which of ours it is.

    CoNLL-2003's fourth class mixes nationalities with events and products.
    """

    text: str
    names: tuple[tuple[Span, str | None], ...]


def read_conll2003(path: Path) -> Iterator[NamedText]:
    """The texts of one file, in order, joined from their tokens.

    Raises:
        InputError: it cannot be read, or a line is not a token and its label.
    """
    rows = read_rows(path)
    if not rows:
        raise InputError(f"{path}: holds no sentence; expected lines of a token, a tab and a label")
    for start in range(0, len(rows), _SENTENCES):
        sentences = rows[start : start + _SENTENCES]
        text, spans = join_tokens([[token for token, _ in sentence] for sentence in sentences])
        labels = tuple(label for sentence in sentences for _, label in sentence)
        names = LabelledSentence((), labels, tuple(spans)).names()
        yield NamedText(text, tuple((span, _CLASS_OF.get(name)) for span, name in names))
