"""Statements for the report's tests, and pages as a parser sees them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

from onrecord.document import Article, Form, Mention, Meta, Span, Speaker, Stance, StanceLabel, StanceScores, Statement
from tests.conftest import ROOT

GOLD = ROOT / "data" / "gold" / "gold.jsonl"
VOID = frozenset(["meta", "link", "input", "rect", "circle", "br"])

ADA = Speaker("Ada Lund", "ada-lund", "person", "mayor of Easton", None, ("Lund",))
OMAR = Speaker("Omar Diallo", "omar-diallo", "person", "harbour master")
DRIVER = Speaker(None, None, "person", None, "a driver")
PORT = "the port expansion"
LONG = "“Our harbour fed this town for three hundred years, and no council will close it,”"

FIRST = Article(
    "a.txt",
    f"Easton argues\n\n{LONG} said Ada Lund, the mayor. She called the plan, in her words, a mistake.\n\n"
    "A driver said he liked the port.\n",
    Meta("Easton argues", "2026-03-02", "Easton Times", "https://example.org/easton", "en", "utf-8"),
)
SECOND = Article(
    "news/b.txt",
    "Omar Diallo said that “this town for three hundred years, and no council will close it.”\n"
    "Lund said NATO said that the port would grow.\n",
    Meta(None, "2026-03-05", "Harbour Wire", None, "en", "utf-8"),
)


def spans_of(article: Article, *words: str) -> tuple[Span, ...]:
    """Where ``words`` are, each after the one before."""
    spans = []
    after = 0
    for word in words:
        start = article.text.index(word, after)
        after = start + len(word)
        spans.append(Span(start, after))
    return tuple(spans)


def said(
    article: Article,
    number: int,
    content: str | tuple[str, ...],
    *speakers: Speaker,
    stance: tuple[StanceLabel, float] | None = None,
    form: Form = "indirect",
    source: str | None = None,
    cue: str | None = None,
    **fields: object,
) -> Statement:
    """A statement of ``article`` whose parts are found by their words."""
    spans = spans_of(article, *((content,) if isinstance(content, str) else content))
    mentions = {
        part: Mention(words, spans_of(article, words)) for part, words in (("source", source), ("cue", cue)) if words
    }
    rest = {"support": (0.9, 0.05, 0.05), "oppose": (0.05, 0.9, 0.05), "neutral": (0.1, 0.1, 0.8)}
    stances: tuple[Stance, ...] = ()
    if stance is not None:
        stances = (Stance(PORT, stance[0], stance[1], StanceScores(*rest.get(stance[0], (0.4, 0.4, 0.2)))),)
    return Statement(
        article.doc,
        f"{article.doc}#{number}",
        article.slice(spans),
        spans,
        form,
        Span(0, len(article.text)),
        speakers=speakers,
        stance=stances,
        meta=article.meta,
        **mentions,  # type: ignore[arg-type]
        **fields,  # type: ignore[arg-type]
    )


def easton() -> list[Statement]:
    """Statements of two articles: in two wordings of different speakers, with a gap, nested, and without a name."""
    same = {"cluster": "c1", "attribution_conflict": True}
    cut = "“this town for three hundred years, and no council will close it.”"
    return [
        said(
            FIRST,
            1,
            LONG,
            ADA,
            stance=("oppose", 0.9),
            form="direct",
            source="Ada Lund",
            cue="said",
            confidence=0.97,
            **same,
        ),
        said(
            FIRST,
            2,
            ("the plan", "a mistake"),
            ADA,
            stance=("oppose", 0.9),
            form="mixed",
            confidence=0.8,
            act="attitude",
        ),
        said(FIRST, 3, "he liked the port", DRIVER, stance=("support", 0.9), source="A driver", confidence=0.6),
        said(
            SECOND, 1, cut, OMAR, stance=("neutral", 0.8), form="direct", source="Omar Diallo", confidence=0.9, **same
        ),
        said(
            SECOND, 2, "NATO said that the port would grow", ADA, stance=("unclear", 0.4), source="Lund", confidence=0.7
        ),
        said(SECOND, 3, "the port would grow", Speaker("NATO", "nato", "organization"), source="NATO", confidence=0.5),
    ]


def put(articles: list[Article], folder: Path) -> Path:
    for article in articles:
        path = folder / article.doc
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(article.text.encode(article.meta.encoding or "utf-8"))
    return folder


@dataclass
class Element:
    """An element and what is in it, in order."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        """The elements in it of that kind, with those attributes."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if tag in {None, child.tag} and attributes.items() <= child.attributes.items():
                    found.append(child)
                found += child.all(tag, **attributes)
        return found

    def strings(self) -> list[tuple[str, Element]]:
        """The texts in it, each with the element that it is in."""
        found: list[tuple[str, Element]] = []
        for child in self.children:
            found += [(child, self)] if isinstance(child, str) else child.strings()
        return found

    def above(self) -> list[Element]:
        return [self, *(self.parent.above() if self.parent else [])]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.top = self.here = Element("top", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        assert len(element.attributes) == len(attrs), f"an attribute twice: {attrs}"
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def read_page(path: Path) -> Element:
    """The page as a tree; every element must be closed where it should."""
    builder = _Builder()
    builder.feed(path.read_bytes().decode("utf-8"))
    builder.close()
    assert builder.here is builder.top
    return builder.top


def read_site(folder: Path) -> dict[str, Element]:
    return {str(path.relative_to(folder)): read_page(path) for path in sorted(folder.rglob("*.html"))}


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</title></style></svg><svg/onload=alert(1)>",
    "{{ 7*7 }}{% raw %}<!--",
    "left \u202eright\u2066 \u200fend",
    "../../../etc/passwd",
    "CON\x00\x07\x1b[2J\x9f",
    "😀 e\u0301 \ufffe ]]>",
]


def hostile(payload: str) -> tuple[list[Statement], Article]:
    """Two statements with ``payload`` in every field, and the article that they are of."""
    article = Article("a.txt", f"{payload} said {payload}.\n\n{payload}\n")
    length = len(payload)
    words = Mention(payload, (Span(0, length),))
    inside = (Span(length + 6, 2 * length + 6),)
    speakers = (
        Speaker(payload, payload, "person", payload, payload, (payload,)),
        Speaker(None, None, "unknown", payload, payload),
    )
    stances = (Stance(payload, "oppose", 0.5, StanceScores(0.2, 0.5, 0.3)), Stance(f"{payload} 2", "support"))
    meta = Meta(payload, payload, payload, payload, payload, None, payload)
    one = Statement(
        *("a.txt", payload, payload, inside, "direct", Span(0, 1)),
        cue=words,
        source=words,
        speakers=speakers,
        via=words,
        stance=stances,
        cluster=payload,
        attribution_conflict=True,
        meta=meta,
    )
    other = replace(one, speakers=speakers[:1], meta=replace(meta, outlet=f"{payload} 2"))
    return [one, other], article
