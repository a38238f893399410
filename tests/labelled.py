"""Labelled articles: one made by hand, and generated ones with everything that offsets trip over."""

from __future__ import annotations

from hypothesis import strategies as st

from onrecord.document import Article, Mention, Meta, Span, Spans, Speaker, Stance, StanceScores, Statement
from onrecord.export.labels import LabelledArticle

_PIECES = [
    *("said", "“No,”", "the harbour", "😀", "👩\u200d🚀", "e\u0301", "Ö", "=1", "|;", ". "),
    *("\r\n", "\n", "\n\n", " ", "\t", "\u2028"),
]
_NAMES = ["Ada Brandt", "NATO", "O’Neil; Sons", "a=b", "Ö | P", " x ", "line\nbreak", "back\\slash", ""]

texts = st.builds(str.join, st.sampled_from(["", " "]), st.lists(st.sampled_from(_PIECES), min_size=1, max_size=30))
names = st.sampled_from(_NAMES) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
speakers = st.builds(
    Speaker,
    name=st.none() | names,
    id=st.none() | st.just("an-id"),
    kind=st.sampled_from(["person", "organization", "group", "document", "unknown"]),
    role=st.none() | names,
    description=st.none() | names,
    aliases=st.lists(names, max_size=2).map(tuple),
)


@st.composite
def _spans(draw: st.DrawFn, text: str, most: int) -> Spans:
    """Up to ``most`` spans in order, apart from one another; each has more in it than white space."""
    edges = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2 * most, unique=True)))
    spans = [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)]
    spans = [span for span in spans if text[span.start : span.end].strip()]
    return tuple(spans)


@st.composite
def _statement(draw: st.DrawFn, article: Article, number: int) -> Statement | None:
    content = draw(_spans(article.text, 3))
    if not content:
        return None
    mentions = []
    for _ in range(3):
        spans = draw(_spans(article.text, 2)) if draw(st.booleans()) else ()
        mentions.append(Mention(article.slice(spans), spans) if spans else None)
    targets = draw(st.lists(st.sampled_from(["the treaty", "the | port\n", "A & <B>"]), unique=True))
    scores = st.none() | st.just(StanceScores(0.5, 0.25, 0.25))
    labels = st.sampled_from(["support", "oppose", "neutral", "unclear"])
    return Statement(
        doc=article.doc,
        id=f"{article.doc}#{number}",
        text=article.slice(content),
        content=content,
        form=draw(st.sampled_from(["direct", "indirect", "mixed"])),
        context=Span(0, draw(st.integers(0, len(article.text)))),
        cue=mentions[0],
        source=mentions[1],
        speakers=tuple(draw(st.lists(speakers, max_size=2))),
        via=mentions[2],
        stance=tuple(Stance(target, draw(labels), None, draw(scores)) for target in targets),
        confidence=draw(st.none() | st.just(0.5)),
        cluster=draw(st.none() | st.just("c1")),
        attribution_conflict=draw(st.booleans()),
        meta=article.meta,
    )


@st.composite
def _article(draw: st.DrawFn, doc: str) -> LabelledArticle:
    article = Article(doc, draw(texts), Meta(language="en", encoding="utf-8", outlet=draw(st.none() | names)))
    drawn = [draw(_statement(article, number)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    return LabelledArticle(article, tuple(statement for statement in drawn if statement is not None))


docs = st.lists(
    st.sampled_from(["a.txt", "A.txt", "in/b.txt", "../c", "d.rel.txt", "-", "z.zip!/q.txt"]), unique=True, max_size=3
)
labelled = docs.flatmap(lambda names: st.tuples(*(_article(doc) for doc in names))).map(list)
"""A collection of generated articles with their statements."""


def statements_of(articles: list[LabelledArticle]) -> list[Statement]:
    return [statement for one in articles for statement in one.statements]


TEXT = "“We will\r\nfight 😀 it,” said Ada Brandt,\nthe mayor. “To the end.”\n\nShe called the plan a mistake.\n"


def at(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


def mention(words: str) -> Mention:
    return Mention(words, (at(words),))


ARTICLE = Article("a.txt", TEXT, Meta(language="en", encoding="utf-8"))


_CONTENT = (at("“We will\r\nfight 😀 it,”"), at("“To the end.”"))


FIRST = Statement(
    doc="a.txt",
    id="a.txt#1",
    text=ARTICLE.slice(_CONTENT),
    content=_CONTENT,
    form="direct",
    context=Span(0, at("“To the end.”").end + 2),
    cue=mention("said"),
    source=mention("Ada Brandt,\nthe mayor"),
    speakers=(Speaker("Ada Brandt", "ada-brandt", "person", "the mayor", None, ("Brandt",), 0.97),),
    stance=(Stance("the plan", "oppose", 0.9, StanceScores(0.05, 0.9, 0.05)),),
    confidence=0.8,
    cluster="c1",
    meta=ARTICLE.meta,
)


SECOND = Statement(
    doc="a.txt",
    id="a.txt#2",
    text="the plan",
    content=(at("the plan"),),
    form="indirect",
    context=at("She called the plan a mistake."),
    cue=mention("called"),
    source=mention("She"),
    speakers=(Speaker("Ada Brandt", "ada-brandt", "person", None, None, ("Brandt",), 0.7),),
    stance=(Stance("the plan", "oppose", 0.6, StanceScores(0.1, 0.6, 0.3)),),
    confidence=0.7,
    meta=ARTICLE.meta,
)


LABELLED = [LabelledArticle(ARTICLE, (FIRST, SECOND))]
