"""Quotations that were changed on purpose: what does `onrecord verify` say of each kind?

    python -m onrecord_eval.benchmarks.verification FOLDER [--articles 400] [--seed 0]

The quotations of a folder of articles are put into made transcripts, with the sentences around them and with invented
speakers. Drafts then quote them: untouched in another house style, shortened with an ellipsis or brackets, with a word
changed, dropped or added, spliced, from another speaker, or from articles that are in no transcript (invented). The
table counts what each kind was called. Nothing of the articles is printed or kept.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from onrecord.document import Article, Span, Speaker
from onrecord.errors import InputError, OnrecordError
from onrecord.reading import ArticleReader, find_inputs
from onrecord.text.segmentation import segment
from onrecord.verify.result import FINE, Finding, Status
from onrecord.verify.search import Asked
from onrecord.verify.verifier import Verifier
from onrecord.verify.words import is_light, key_of
from onrecord_eval.benchmarks.measuring import option_parser, print_table, timed

EXPECTED: Final[dict[str, Status]] = {
    "untouched": "verbatim",
    "shortened": "shortened",
    "word changed": "altered",
    "words dropped": "altered",
    "words added": "altered",
    "spliced": "spliced",
    "re-attributed": "other_speaker",
    "invented": "not_found",
}
"""What each kind should be called."""

_FIRST: Final = ("Ada", "Bruno", "Chidi", "Dana", "Emil", "Farah", "Goran", "Hanna", "Ivo", "Jana", "Kofi", "Lena")
_LAST: Final = ("Abara", "Brandt", "Castell", "Dlamini", "Eklund", "Ferrante", "Grosz", "Hosseini", "Ivarsson", "Jovic")
_LABELS: Final[tuple[Callable[[str, str], str], ...]] = (
    lambda first, last: f"MS. {last.upper()}:",
    lambda first, last: f"{first} {last}:",
    lambda first, last: f"{first.upper()} {last.upper()} (on camera):",
    lambda first, last: f">> {last.upper()}:",
    lambda first, last: f"**{first} {last}:**",
)
_FEWEST: Final = 5
"""Words of a quotation that is used, at least."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation as it was said: by whom, in which transcript, among whom."""

    words: tuple[str, ...]
    speaker: str
    others: tuple[str, ...]
    transcript: int


@dataclass(frozen=True, slots=True)
class Case:
    """A quotation in a draft, and what was done to it."""

    kind: str
    asked: Asked


def transcript(number: int, article: Article, rng: random.Random) -> tuple[Article, list[Quoted]]:
    """The transcript that is made of an article: its quotations and the sentences around them, in turns."""
    found = segment(article.text)
    people = [(rng.choice(_FIRST), last) for last in rng.sample(_LAST, 3)]
    names = [f"{first} {last}" for first, last in people]
    label = rng.choice(_LABELS)
    lines, quoted = [f"Transcript {number}", ""], []
    for index, quotation in enumerate(found.quotations):
        words = tuple(article.text[slice(*quotation.inner)].split())
        if not quotation.closed or len(words) < _FEWEST or re.search(r"[\[\](){}…:]|\.\.", " ".join(words)):
            continue
        before = article.text[max(0, quotation.span.start - rng.randrange(20, 200)) : quotation.span.start]
        after = article.text[quotation.span.end : quotation.span.end + rng.randrange(20, 200)]
        lines += [
            f"REPORTER: {_speech(after)}?",
            f"{label(*people[index % 3])} {_speech(before)}. {' '.join(words)} — {_speech(after)}.",
        ]
        others = tuple(name for name in names if name != names[index % 3])
        quoted.append(Quoted(words, names[index % 3], others, number))
    return Article(f"transcript {number}", "\n".join(lines)), quoted


def _plain(words: Sequence[str]) -> str:
    return " ".join(key_of(word.strip('“”"‘’.,;:!?')) for word in words)


def _speech(text: str) -> str:
    return " ".join(re.sub(r"[“”\":\[\]()…]", " ", text).split()[1:-1]) or "Yes"


def _restyled(words: Sequence[str], rng: random.Random) -> list[str]:
    """The same words as another newsroom prints them."""
    text = " ".join(words)
    text = text.replace("’", "'").replace("‘", "'") if rng.random() < 0.5 else text.replace("'", "’")
    text = re.sub(r"\s*(?:—|--|–)\s*", rng.choice([" — ", " – ", "—", " - ", "--"]), text)
    text = text.replace("percent", rng.choice(["percent", "per cent"]))
    first = rng.choice([text[:1], text[:1].lower(), text[:1].upper(), f"[{text[:1].upper()}]"])
    text = (first if text[:1].isalpha() and text[1:2].isalpha() else text[:1]) + text[1:]
    return rng.choice([text, text.rstrip(".,!?"), f"{text.rstrip('.,')},"]).split()


def _shortened(words: Sequence[str], rng: random.Random) -> list[str]:
    start = rng.randrange(2, len(words) - 2)
    end = rng.randrange(start, min(len(words) - 2, start + 12)) + 1
    if rng.random() < 0.3:
        return [*words[:start], rng.choice(["[the mayor]", "[it]", "[their plan]"]), *words[start + 1 :]]
    return [*words[:start], rng.choice(["…", "...", ". . .", "[...]"]), *words[end:]]


def _changed(words: Sequence[str], rng: random.Random, vocabulary: Sequence[str]) -> list[str]:
    heavy = [index for index, word in enumerate(words) if not is_light(key_of(word)) and word.isalpha()]
    index = rng.choice(heavy or range(len(words)))
    drawn = rng.sample(vocabulary, min(20, len(vocabulary)))
    other = next((word for word in drawn if key_of(word) != key_of(words[index])), "otherwise")
    return [*words[:index], other, *words[index + 1 :]]


def _dropped(words: Sequence[str], rng: random.Random) -> list[str]:
    count = rng.randrange(1, 4) if len(words) > 8 else 1
    start = rng.randrange(1, len(words) - count)
    return [*words[:start], *words[start + count :]]


def _added(words: Sequence[str], rng: random.Random, vocabulary: Sequence[str]) -> list[str]:
    index = rng.randrange(1, len(words))
    return [*words[:index], *rng.sample(vocabulary, rng.randrange(1, 3)), *words[index:]]


def cases(quoted: Sequence[Quoted], invented: Sequence[tuple[str, ...]], rng: random.Random) -> Iterator[Case]:
    """Every quotation once, each in one way; then the invented ones."""
    vocabulary = sorted(
        {word for each in quoted for word in each.words if word.isalpha() and not is_light(key_of(word))}
    )
    kinds = [kind for kind in EXPECTED if kind != "invented"]
    same: defaultdict[tuple[int, str], list[Quoted]] = defaultdict(list)
    for each in quoted:
        same[each.transcript, each.speaker].append(each)
    for number, each in enumerate(quoted):
        kind, speaker = kinds[number % len(kinds)], each.speaker
        words: Sequence[str] = each.words
        if kind == "untouched":
            words = _restyled(words, rng)
        elif kind == "shortened":
            words = _shortened(words, rng)
        elif kind == "word changed":
            words = _changed(words, rng, vocabulary)
        elif kind == "words dropped":
            words = _dropped(words, rng)
        elif kind == "words added":
            words = _added(words, rng, vocabulary)
        elif kind == "re-attributed":
            speaker = rng.choice(each.others)
        elif kind == "spliced":
            others = [other for other in same[each.transcript, each.speaker] if len(other.words) > 9 and other != each]
            if len(words) < 6 or not others:
                continue
            words = [*words[: max(5, len(words) // 2)], *rng.choice(others).words[-6:]]
        yield Case(kind, _draft(words, speaker))
    for words in invented:
        yield Case("invented", _draft(words, f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"))


def _draft(words: Sequence[str], speaker: str) -> Asked:
    text = " ".join(words)
    article = Article("draft", f"“{text}” said {speaker}.")
    return Asked(article, (Span(1, 1 + len(text)),), (Speaker(speaker, kind="person"),))


@dataclass(frozen=True, slots=True)
class Result:
    """How often each kind was called what, and how long the sources took."""

    counts: dict[str, Counter[str]]
    sources: int
    words: int
    seconds: float
    wrong: tuple[tuple[str, Finding], ...] = ()

    def rows(self) -> list[tuple[str, ...]]:
        """The confusion table, its header first."""
        statuses = get_args(Status)
        rows = [("kind", "cases", *(status.replace("_", " ") for status in statuses), "called right", "stopped")]
        for kind, expected in EXPECTED.items():
            counts = self.counts.get(kind, Counter())
            total = counts.total() or 1
            stopped = sum(count for status, count in counts.items() if status not in FINE)
            row = (kind, f"{counts.total():,}", *(f"{counts[status]:,}" for status in statuses))
            rows.append((*row, f"{counts[expected] / total:.3f}", f"{stopped / total:.3f}"))
        return rows


def measure(articles: Sequence[Article], seed: int) -> Result:
    """Makes transcripts and drafts of the articles, and verifies the drafts; one in five has no transcript."""
    rng = random.Random(seed)
    sources, quoted, unsaid = [], [], []
    for number, article in enumerate(articles):
        made, own = transcript(number, article, rng)
        if len(own) < 2:
            continue
        if number % 5 == 4:
            unsaid += [each.words for each in own]
        else:
            sources.append(made)
            quoted += own
    said = "\n".join(_plain(source.text.split()) for source in sources)
    # Wire copy is in many articles: what is in two transcripts is nobody's alone.
    quoted = [each for each in quoted if said.count(_plain(each.words[1:-1])) == 1]
    invented = [words for words in unsaid if _plain(words[1:-1]) not in said]
    made_cases = list(cases(quoted, invented, rng))
    verifier = Verifier([case.asked for case in made_cases])
    with timed() as watch:
        for source in sources:
            verifier.read(source)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    for case, finding in zip(made_cases, verifier.findings(), strict=True):
        counts[case.kind][finding.status] += 1
        if finding.status != EXPECTED[case.kind]:
            wrong.append((case.kind, finding))
    words = sum(len(source.text.split()) for source in sources)
    return Result(dict(counts), len(sources), words, watch.seconds, tuple(wrong))


def read_articles(folder: Path, most: int) -> list[Article]:
    """The first articles of a folder that can be read.

    Raises:
        InputError: it has none with quotations.
    """
    articles: list[Article] = []
    with ArticleReader() as reader:
        for item in find_inputs([folder]):
            if len(articles) == most:
                break
            try:
                article = reader.read(item)
            except OnrecordError:
                continue
            if segment(article.text).quotations:
                articles.append(article)
    if not articles:
        raise InputError(f"{folder}: no article with quotations; give a folder that has some")
    return articles


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("folder", type=Path, help="articles to take quotations from")
    parser.add_argument("--articles", type=int, default=400, help="how many of them")
    parser.add_argument("--seed", type=int, default=0, help="seed of what is changed")
    options = parser.parse_args()
    result = measure(read_articles(options.folder, options.articles), options.seed)
    rows = result.rows()
    print_table(f"Quotations of {options.folder}, seed {options.seed}", rows)
    print(f"{result.sources:,} transcripts of {result.words:,} words in {result.seconds:.1f} s")


if __name__ == "__main__":
    main()
