"""English Worldwide Newswire: names in news from outside the West (Shan et al., Findings of EMNLP 2023).

Each article is one ``NAME.txt.tsv``: ``token<TAB>label`` lines, a blank line between sentences. The articles as
published are in ``../text/SPLIT/NAME.txt``; where one is there and holds the tokens in order, it is the
text; else the tokens are joined by rule. Nothing of the corpus belongs in this repository.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.document import Article, Meta, Span
from onrecord.errors import InputError

NAME_CLASS_OF: Final = {
    "Person": "person",
    "Organization": "organization",
    "Location": "location",
    "Facility": "location",
    "NORP": "norp",
    "Misc": "misc",
    "Product": "misc",
}
"""The corpus's classes as ours; dates and sums of money are not names and are left out."""

_LONGEST_GAP: Final = 40
"""Most characters of the article that may stand between two tokens that follow each other."""

_NO_SPACE_BEFORE: Final = frozenset(
    [",", ".", ";", ":", "!", "?", ")", "]", "}", "%", "”", "’", "…", "'s", "’s", "n't", "n’t"]
)
_NO_SPACE_AFTER: Final = frozenset(["(", "[", "{", "“", "‘", "$", "£", "€", "#"])


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """Tokens and their labels (``O``, ``B-…``, ``I-…``), with the tokens' spans in the article's text."""

    tokens: tuple[str, ...]
    labels: tuple[str, ...]
    spans: tuple[Span, ...]

    def names(self) -> list[tuple[Span, str]]:
        """The labelled names: span and class as the corpus calls it."""
        names: list[tuple[Span, str]] = []
        current: str | None = None
        for label, span in zip(self.labels, self.spans, strict=True):
            prefix, _, name = label.partition("-")
            if not name:
                current = None
            elif prefix in "IE" and name == current:
                names[-1] = (Span(names[-1][0].start, span.end), name)
            else:
                names.append((span, name))
                current = name
        return names


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article with its labelled sentences; ``published`` says that its text is the one published."""

    article: Article
    sentences: tuple[LabelledSentence, ...]
    published: bool

    def names(self) -> list[tuple[Span, str]]:
        """The names of all sentences under our classes; see `NAME_CLASS_OF`."""
        found = (pair for sentence in self.sentences for pair in sentence.names())
        return [(span, NAME_CLASS_OF[name]) for span, name in found if name in NAME_CLASS_OF]


def read_worldwide(directory: Path) -> Iterator[LabelledArticle]:
    """The articles of one split (a folder of ``*.txt.tsv``), sorted by name.

    Raises:
        InputError: the folder holds no such file, or a line of one is not a token and its label.
    """
    paths = sorted(directory.glob("*.tsv"))
    if not paths:
        raise InputError(f"{directory}: not a split of Worldwide Newswire; expected NAME.txt.tsv files in it")
    texts = directory.parent / "text" / directory.name
    for path in paths:
        yield _article(path, texts / path.name.removesuffix(".tsv"))


def _article(path: Path, published: Path) -> LabelledArticle:
    rows = read_rows(path)
    tokens = [token for sentence in rows for token, _ in sentence]
    text = published.read_text(encoding="utf-8") if published.is_file() else None
    spans = None if text is None else align_tokens(text, tokens)
    is_published = spans is not None
    if text is None or spans is None:
        text, spans = join_tokens([[token for token, _ in sentence] for sentence in rows])
    sentences, position = [], 0
    for sentence in rows:
        own = tuple(spans[position : position + len(sentence)])
        position += len(sentence)
        sentences.append(
            LabelledSentence(tuple(token for token, _ in sentence), tuple(label for _, label in sentence), own)
        )
    article = Article(path.name.removesuffix(".tsv"), text, Meta(language="en"))
    return LabelledArticle(article, tuple(sentences), is_published)


def read_rows(path: Path) -> list[list[tuple[str, str]]]:
    """The sentences of a file of ``token<TAB>label`` lines, as pairs; CoNLL-2003 comes in the same form.

    Raises:
        InputError: a line is not a token and its label.
    """
    sentences: list[list[tuple[str, str]]] = [[]]
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 ({error})") from error
    for number, line in enumerate(lines, 1):
        fields = line.rstrip("\r").split("\t") if "\t" in line else line.rsplit(maxsplit=1)  # a few have spaces
        if not line.strip():
            sentences.append([])
        # A third field, in a few files, labels a name inside the name.
        elif len(fields) < 2 or not (fields[1] == "O" or fields[1][:2] in ("B-", "I-", "E-", "S-")):
            raise InputError(f"{path}, line {number}: expected `token<TAB>label` with a label like O or B-Person")
        else:
            sentences[-1].append((fields[0], fields[1]))
    return [sentence for sentence in sentences if sentence]


def align_tokens(text: str, tokens: Sequence[str]) -> list[Span] | None:
    """Where each token stands in ``text``, in order; None if one is not there close behind the one before."""
    spans: list[Span] = []
    position = 0
    for token in tokens:
        start = text.find(token, position)
        if start < 0 or (start - position > _LONGEST_GAP and spans):
            return None
        position = start + len(token)
        spans.append(Span(start, position))
    return spans


def join_tokens(sentences: Sequence[Sequence[str]]) -> tuple[str, list[Span]]:
    """A text of ``sentences``, one on each line, spaced by rule, and the span of every token.

    >>> join_tokens([["(", "Yes", ",", "Ada", "'s", ")"]])[0]
    "(Yes, Ada's)"
    """
    text: list[str] = []
    spans: list[Span] = []
    length = 0
    for number, sentence in enumerate(sentences):
        is_open = False
        glued = True
        for token in sentence:
            is_straight = token == '"'
            attaches = token in _NO_SPACE_BEFORE or (is_straight and is_open)
            gap = "" if glued or attaches else " "
            glued = token in _NO_SPACE_AFTER or (is_straight and not is_open)
            is_open = is_open != is_straight
            spans.append(Span(length + len(gap), length + len(gap) + len(token)))
            text.append(gap + token)
            length += len(gap) + len(token)
        if number < len(sentences) - 1:
            text.append("\n")
            length += 1
    return "".join(text), spans
