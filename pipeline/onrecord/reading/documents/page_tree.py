"""Prepares a web page's tree for trafilatura: takes out what is not the article, joins what belongs together.

Every rule is about a kind of markup, not about a site: forms to sign up with, cards that open over a name, paragraphs
that are one link, headings that repeat the title, and bodies that advertisements cut into several ``div`` elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from onrecord.reading.documents.page_names import words

_HIDDEN: Final = frozenset({
    "hide", "hidden", "is-hidden", "visually-hidden", "visuallyhidden", "sr-only", "screen-reader-text",
    "screen-reader-only", "print-only", "print-header", "print-footer", "noprint", "d-none",
})  # fmt: skip
_PROMOTION: Final = re.compile(
    r"(?:^|[\s_-])(?:newsletters?|sign-?up|subscri(?:be|ption)|promo(?:tion)?|read-?more|see-?also|related|"
    r"recirc(?:ulation)?|outbrain|taboola|most-?(?:read|popular)|trending|latest-?news|pull-?quote)(?=$|[\s_-])",
    re.I,
)
_BODY: Final = re.compile(
    r"(?:article|story|post|entry|content|text)(?:[-_]{0,2})(?:body|content|text|copy)|articlebody|body[-_]?(?:text|copy)",
    re.I,
)
_WHAT: Final = (
    r"(?:articles?|stor(?:y|ies)|links?|coverage|news|content|topics?|videos?|posts?|read(?:s|ing)|headlines)"
)
_LABEL_WORDS: Final = (
    r"(?:also )?(?:read|see|watch|listen)(?: more| also| next| this| on)?|also on [\w .]{2,30}|you may also like|"
    rf"don.?t miss|more|more (?:on|from) [\w .’']{{2,40}}|related(?: {_WHAT})?|recommended(?: {_WHAT})?|"
    rf"(?:top|popular|trending|latest|other|more) (?:[\w.’']+ ){{0,3}}{_WHAT}"
)
_LABEL: Final = re.compile(rf"\W*(?:{_LABEL_WORDS})\W*", re.I)
"""What stands above or before links to other articles."""
_LABELLED: Final = re.compile(rf"\W*(?:{_LABEL_WORDS})\s*[:|>»–—-].*", re.I | re.S)
_BLOCKS: Final = frozenset({
    "p", "div", "section", "article", "ul", "ol", "li", "table", "blockquote", "figure", "h1", "h2", "h3", "h4",
    "h5", "h6", "aside", "form",
})  # fmt: skip
_WHOLES: Final = frozenset(["html", "head", "body", "article", "main"])
_HEADINGS: Final = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_HEADERS: Final = re.compile(r"(?:^|[\s_-])(?:head(?:er|line|ing)?s?)(?=$|[\s_-])", re.I)
_LEAD: Final = re.compile(r"(?:^|[\s_-])(?:summary|lead|lede|intro(?:duction)?)(?=$|[\s_-])", re.I)
_OPENING: Final = 80
"""Characters of a paragraph of prose, at least."""
_SENTENCE: Final = 6
"""Words that a line has more of if nobody writes it twice, together with the next."""
_TOP: Final = 5
"""Lines of the text among which the headings above it are."""
_SMALL: Final = 0.25
"""What is taken out by its name alone holds at most this part of the page's paragraphs."""


def prepare(tree: Any) -> None:
    """Changes ``tree`` in place."""
    _metadata_into_head(tree)
    for element in list(tree.iter("span", "div")):
        if _is_card(element):
            _drop(element)
    _drop_unwanted(tree)
    _drop_links(tree)
    _join_bodies(tree)


def _metadata_into_head(tree: Any) -> None:
    """A ``div`` in the head ends it for the parser, and what follows is not looked for in the body."""
    head = tree.find("head")
    if head is None:
        return
    for element in list(tree.iter("meta", "link", "title")):
        if (
            element.getparent() is not head
            and (element.tag != "title" or element.getparent().tag == "body")
            and (
                element.get("property")
                or element.get("name")
                or element.get("rel") == "canonical"
                or element.tag == "title"
            )
        ):
            _drop(element)
            element.tail = None
            head.append(element)


def _drop_unwanted(tree: Any) -> None:
    """Takes out what its name says is not the article, unless that is much of the page: some hide their paragraphs."""
    prose, whole = _prose(tree), len(_text(tree))
    found: dict[Any, int] = {}
    for element in tree.iter("*"):
        if element.tag in _WHOLES or not _unwanted(element):
            continue
        held = _prose(element)
        if held <= _SMALL * prose and len(_text(element)) <= 2 * _SMALL * whole:
            found[element] = held
    outer = [element for element in found if not any(above in found for above in element.iterancestors())]
    if sum(found[element] for element in outer) <= 2 * _SMALL * prose:
        for element in outer:
            _drop(element)


def _unwanted(element: Any) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    if element.tag == "form":
        return True
    return bool(names) and (not _HIDDEN.isdisjoint(names.lower().split()) or bool(_PROMOTION.search(names)))


def _prose(element: Any) -> int:
    return sum(len(_text(paragraph)) for paragraph in element.iter("p"))


def _is_card(element: Any) -> bool:
    """Whether this opens over a linked name within a paragraph: it follows a link and holds several."""
    before = element.getprevious()
    if before is None or before.tag != "a" or (before.tail or "").strip():
        return False
    inside = element.getparent()
    while inside is not None and inside.tag in {"span", "em", "strong", "b", "i", "div"}:
        inside = inside.getparent()
    return inside is not None and inside.tag in {"p", "li"} and len(list(element.iter("a"))) > 1


def _drop_links(tree: Any) -> None:
    """Takes out the paragraphs and lists that are nothing but links to something else, with the labels above them."""
    for block in list(tree.iter("ul", "ol")):
        shares = [_linked(item) for item in block if item.tag == "li"]
        if len(shares) > 1 and sum(share > 0.9 for share in shares) > len(shares) / 2 and _linked(block) > 0.6:
            _drop(block)
    for block in list(tree.iter("p", "h2", "h3", "h4", "h5", "div")):
        if block.getparent() is None or any(child.tag in _BLOCKS for child in block.iterdescendants()):
            continue
        text = _text(block)
        if not text:
            continue
        share = _linked(block)
        if _LABEL.fullmatch(text) and share < 0.9:
            _drop_labelled(block)
        elif (share > 0.9 and (text.isupper() or _stands_in_text(block))) or (
            share > 0.4 and (_LABELLED.fullmatch(text) or _begins_with_label(block))
        ):
            _drop(block)


def _drop_labelled(label: Any) -> None:
    """Takes out ``label`` and the links that follow it, if any do."""
    following = label.getnext()
    linked = False
    while following is not None and (
        _linked(following) > 0.6
        or (following.tag in {"ul", "ol"} and all(item.find(".//a") is not None for item in following))
    ):
        after = following.getnext()
        _drop(following)
        following, linked = after, True
    if linked or following is None:
        _drop(label)


def _begins_with_label(block: Any) -> bool:
    first = next(iter(block), None)
    if first is None or first.tag not in {"strong", "b", "em", "span"} or (block.text or "").strip():
        return False
    return _LABEL.fullmatch(_text(first)) is not None


def _stands_in_text(block: Any) -> bool:
    """Whether it is a paragraph among paragraphs of prose, so that being a link sets it apart."""
    return block.tag == "p" and any(
        other is not None and other.tag == "p" and len(_text(other)) > 80 and _linked(other) < 0.5
        for other in (block.getprevious(), block.getnext())
    )


def _linked(element: Any) -> float:
    """The part of the element's text that is in links."""
    whole = len(_text(element))
    return sum(len(_text(link)) for link in element.iter("a")) / whole if whole else 0.0


def headings_above(tree: Any) -> list[str]:
    """The texts of the headings and standfirsts in the header of an article, which are not part of its body."""
    headers: dict[Any, bool] = {}
    return [
        _text(heading)
        for heading in tree.iter(*_HEADINGS)
        if heading.tag == "h1" or any(_is_header(above, headers) for above in islice(heading.iterancestors(), 2))
    ]


def _is_header(element: Any, known: dict[Any, bool]) -> bool:
    if element not in known:
        known[element] = (
            element.tag not in _WHOLES
            and (element.tag == "header" or bool(_HEADERS.search(element.get("class") or "")))
            and (element.tag == "header" or element.find(".//h1") is not None)
            and not any(len(_text(paragraph)) > 200 for paragraph in element.iter("p"))
        )
    return known[element]


def _join_bodies(tree: Any) -> None:
    """Moves what ``div`` elements of the same kind hold into the first, where the body is cut into several.

    They are in one article, none is within another, and no headline of another article is between them.
    """
    groups: dict[tuple[Any, str], list[Any]] = {}
    for element in tree.iter("div", "section"):
        name = element.get("class") or ""
        if not _BODY.search(name) or not any(child.tag == "p" for child in element):
            continue
        article = next((above for above in element.iterancestors("article", "main")), None)
        if article is not None:
            groups.setdefault((article, " ".join(sorted(name.split()))), []).append(element)
    for first, *others in groups.values():
        for part in others:
            if first in part.iterancestors() or part in first.iterancestors() or part.find(".//h1") is not None:
                continue
            for child in list(part):
                first.append(child)


def opening(tree: Any, text: str) -> str | None:
    """A first paragraph that stands by itself between the heading and the body, and that ``text`` lacks."""
    begun = False
    have = " ".join(words(text))
    for element in tree.iter("h1", "p", "div"):
        if element.tag == "h1":
            begun = True
            continue
        if not begun or any(child.tag in _BLOCKS for child in element):
            continue
        block = _text(element)
        if len(block) < _OPENING:
            continue
        if " ".join(words(block)) in have:
            return None  # the body begins
        if _LEAD.search(element.get("class") or "") and block[-1] in ".!?”" and _linked(element) < 0.5:
            return block
    return None


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _drop(element: Any) -> None:
    """Takes ``element`` out and leaves the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def without_repetitions(text: str, headings: Iterable[str]) -> str:
    """``text`` without the headings above it and without what came before in the same order, as pages come twice."""
    heads = {tuple(words(heading)) for heading in headings}
    lines = text.split("\n")
    said = [tuple(words(line)) for line in lines]
    kept = [n for n, each in enumerate(said) if not each or n >= _TOP or each not in heads]
    first: dict[tuple[str, ...], int] = {}
    again: list[int | None] = []
    for n, number in enumerate(kept):
        again.append(first.get(said[number]) if _is_sentence(lines[number], said[number]) else None)
        first.setdefault(said[number], n)
    # A question is asked again and a chorus sung again, but not with what came after it.
    repeated = {
        n
        for n, before in enumerate(again)
        if before is not None
        and any(
            0 <= n + step < len(again) and again[n + step] is not None and again[n + step] == before + step
            for step in (-1, 1)
        )
    }
    repeated |= {n for n, number in enumerate(kept) if n + 1 in repeated and (said[number] in heads)}
    return "\n".join(lines[number] for n, number in enumerate(kept) if n not in repeated)


def _is_sentence(line: str, said: tuple[str, ...]) -> bool:
    return len(said) > _SENTENCE and line.rstrip()[-1:] in ".!?…”\"’'"
