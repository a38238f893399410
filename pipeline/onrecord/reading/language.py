"""Whether a text is in English, and which language it is in if not."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from onrecord.document import Article
from onrecord.errors import NotEnglishError

# Only languages in which news appears: small relatives of English (Pidgin, Scots) would claim short English texts.
_CODES: Final = (
    "af ar bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk kn ko lt lv mk ml "
    "mn mr ms mt my nb ne nl nn no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tl tr uk ur uz vi zh"
)
_LANGUAGES: Final = frozenset(_CODES.split())
_PIECE: Final = 200
_PIECES: Final = 40
_LONG_LINE: Final = 60
_FEW_WORDS: Final = 8
_NAMES: Final = 4
"""A stretch in which not even each fourth word is without a capital is a list of names, which are of no language."""

_SHORT: Final = 25
_SHORT_MARGIN: Final = 6.0
_MARGIN: Final = 2.0


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the language most of ``text`` is in, ``en`` if there is too little to tell.

    The text is judged piece by piece, so that a foreign menu, caption or quotation does not outweigh the article;
    a few words are taken as English unless they are in another script.
    """
    import py3langid  # here, because it takes a second to load and most commands need no language

    votes: dict[str, int] = {}
    few = len(text.split()) < _FEW_WORDS
    for piece in _pieces(text):
        words = [word for word in piece if any(character.isalpha() for character in word)]
        latin = [word for word in words if _is_latin(word)]
        is_latin = 2 * sum(map(len, latin)) >= sum(map(len, words))
        if is_latin and len(words) > _NAMES * sum(not _is_capitalized(word) for word in words):
            continue
        judged = " ".join(latin if is_latin else words)
        ranking = [(code, float(score)) for code, score in py3langid.rank(judged) if code in _LANGUAGES]
        english = next(score for code, score in ranking if code == "en")
        code, best = next((code, score) for code, score in ranking if code != "en")
        # How far another language must be ahead, on a scale that does not grow with the length.
        margin = (_SHORT_MARGIN if len(words) < _SHORT else _MARGIN) * len(judged.encode("utf-8", "replace")) ** 0.5
        if is_latin and (few or best - english < margin):
            code = "en"
        votes[code] = votes.get(code, 0) + sum(map(len, words))
    english_share = votes.pop("en", 0)
    if english_share >= sum(votes.values()):
        return "en"
    return max(sorted(votes), key=lambda code: votes[code])


def check_english(article: Article, where: str, *, detect: bool = True, advice: str = "") -> Article:
    """The article, with its language noted; without ``detect`` it is taken to be English.

    Raises:
        NotEnglishError: it is in another language. The message begins with ``where`` and ends with ``advice``.
    """
    if detect and (language := detect_language(article.text)) != "en":
        raise NotEnglishError(f"{where}: not in English (looks like {language!r}); only English can be read{advice}")
    return replace(article, meta=replace(article.meta, language="en"))


def _is_capitalized(word: str) -> bool:
    first = next(index for index, character in enumerate(word) if character.isalpha())
    return word[first].isupper() and word[first + 1 : first + 2].islower()


def _is_latin(word: str) -> bool:
    letter = next(character for character in word if character.isalpha())
    return letter < "\u0250" or "\u1e00" <= letter < "\u1f00"


def _pieces(text: str) -> list[list[str]]:
    """The words of stretches of some ``_PIECE`` characters from all over the text; of its longer lines, if it has any.

    A stretch ends with its line where it can, so that two languages rarely meet in one.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    pieces: list[list[str]] = [[]]
    length = 0
    for line in [line for line in lines if len(line.strip()) >= _LONG_LINE] or lines:
        if length >= _PIECE // 2:
            pieces.append([])
            length = 0
        for word in line.split():
            if length >= _PIECE:
                pieces.append([])
                length = 0
            pieces[-1].append(word[:_PIECE])
            length += len(word) + 1
    if len(pieces) > 1 and length < _PIECE // 3:  # too short to be judged alone
        rest = pieces.pop()
        pieces[-1].extend(rest)
    return pieces[:: -(-len(pieces) // _PIECES)]
