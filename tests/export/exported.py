"""What the tests of the exports share: a statements file with its articles, and one article with everything in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onrecord.document import Article, Mention, Meta, Span, Spans, Speaker, Stance, StanceScores, Statement
from onrecord.export.labels import LabelledArticle
from onrecord.files.records import to_line

TEXT = (
    "Harbour to grow\n\n"
    "Ada Lund, a Democrat, said the port “will grow & grow” <soon>.\r\n\r\n"
    "“Nobody asked us,” said Omar Diallo. “They never do, 😀.\n\n“Not once.” Critics of the port agreed.\n\n"
    "The port authority wants to build; a report of 2024 found that Lund said it would pay.\n"
)
META = Meta("Harbour <to> grow", "2024-03-05", "Easton & Weston News", "https://example.org/a?b=1&c=2", "en", "utf-8")
HARBOUR = Article("a/b c.txt", TEXT, META)


def spans(*words: str) -> Spans:
    return tuple(Span(TEXT.index(piece), TEXT.index(piece) + len(piece)) for piece in words)


ADA = Speaker("Ada Lund", "ada-lund", "person", "a Democrat", None, ("Lund",), 0.9, "named person", "feminine")
OMAR = Speaker("Omar Diallo", "omar-diallo", "person", source_type="named person")
ASKED = Mention("Nobody asked us", spans("Nobody asked us"))
CRITICS = Speaker(
    *(None, None, "group", None, "Critics of the port"),
    source_type="unnamed group",
    anonymous=True,
    reason=ASKED,
)
AUTHORITY = Speaker("Port Authority", "port-authority", "organization", "builder")
REPORT = Speaker(None, None, "document", None, "a report of 2024")


def make(number: int, form: str, content: Sequence[str], speakers: Sequence[Speaker], **rest: object) -> Statement:
    where = spans(*content)
    return Statement(
        doc=HARBOUR.doc,
        id=f"{HARBOUR.doc}#{number}",
        text=HARBOUR.slice(where),
        content=where,
        form=form,  # type: ignore[arg-type]
        context=Span(0, len(TEXT)),
        speakers=tuple(speakers),
        meta=META,
        **rest,  # type: ignore[arg-type]
    )


STANCE = Stance("the <port>", "support", 0.8, StanceScores(0.8, 0.1, 0.1), 0.9)
STATEMENTS = (
    make(1, "mixed", ["the port “will grow & grow” <soon>"], [ADA], stance=(STANCE,), confidence=0.75, act="expressed"),
    make(
        2,
        "direct",
        ["“Nobody asked us,”", "“They never do, 😀.\n\n“Not once.”"],
        [OMAR],
        source=Mention("Omar Diallo", spans("Omar Diallo")),
        cue=Mention("said", spans("said")),
    ),
    make(3, "indirect", ["Not once.” Critics"], [CRITICS]),  # crosses the end of the one before
    make(4, "indirect", ["to build"], [AUTHORITY], act="attitude", act_score=0.7),
    make(5, "indirect", ["Lund said it would pay"], [REPORT], stance=(STANCE, Stance("jobs", "neutral"))),
    make(6, "indirect", ["it would pay"], [ADA, OMAR]),  # within the one before
    make(7, "indirect", ["found"], []),
)
LABELLED_HARBOUR = LabelledArticle(HARBOUR, STATEMENTS)


def write(folder: Path, articles: Sequence[LabelledArticle]) -> Path:
    """A statements file in ``folder``, with the articles in ``folder/news``."""
    path = folder / "out.jsonl"
    lines = [to_line(statement) for labelled in articles for statement in labelled.statements]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (folder / "news").mkdir(exist_ok=True)
    for labelled in articles:
        text = folder / "news" / labelled.article.doc
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_bytes(labelled.article.text.encode("utf-8"))
    return path
