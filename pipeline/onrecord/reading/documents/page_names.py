"""Decides between what a page states: a title without the site's name, and one name for an outlet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from onrecord.reading.documents.page_facts import Statements

_WORD: Final = re.compile(r"[^\W_]+")
_SEPARATOR: Final = re.compile(r"\s*\|+\s*|\s+[-–—·•»«>:~/]+\s+|:\s+|\s*[»«]\s*|\s+::\s+")
_DOMAIN: Final = re.compile(r"(?:www\.)?([^\W_][\w-]*)((?:\.[a-z]{2,10}){1,3})", re.I)
_ENDINGS: Final = frozenset({
    "www", "m", "amp", "mobile", "com", "co", "org", "net", "gov", "edu", "ac", "info", "news", "blog",
})  # fmt: skip
"""Labels of a host that say nothing of whose it is."""
_LONGEST_NAME: Final = 60
_WHOLLY: Final = 3


def words(text: str) -> list[str]:
    """The words of ``text`` in small letters, without punctuation."""
    return _WORD.findall(text.casefold().replace("’", "").replace("'", ""))


def outlet_name(stated: Statements) -> str | None:
    """The name of the outlet, None if the page does not state one.

    An agency may be the publisher of an article on another's site, so names that fit the host come first. Of several
    forms of one name (``nytimes``, ``The New York Times``) the one that is written out is taken.
    """
    labels = host_labels(stated.host)
    plain = [name for each in stated.names if (name := _without_slogan(each, labels))]
    fitting = [name for name in plain if _closeness(name, labels)]
    tails = [
        segment
        for title in filter(None, (stated.title, stated.meta.get("og:title"), stated.meta.get("twitter:title")))
        for segment in _edges(title)
        if _closeness(segment, labels) == _WHOLLY and len(words(segment)) <= 6
    ]
    if not fitting and not tails:
        # The site's name before the publisher's.
        order = plain[len(stated.publishers) :] + plain[: len(stated.publishers)] if plain else []
        return _presentable(order[0]) if order else _beside_heading(stated)
    first, *others = fitting or tails
    return _presentable(max([first, *(name for name in [*others, *tails] if _same(first, name))], key=_written_out))


def _beside_heading(stated: Statements) -> str | None:
    """What the page's title has besides the heading that it shows: mostly the site's name, at the outer end."""
    title = stated.title or ""
    heading = _as_shown(title, [each for each in [*stated.headlines, *stated.h1] if len(words(each)) > 2])
    if not heading:
        return None
    first = title.startswith(heading)
    parts = _parts(title.removeprefix(heading) if first else title.removesuffix(heading))
    name = (parts[-1] if first else parts[0]) if parts else ""
    return _presentable(name) if 0 < len(words(name)) <= 6 else None


def article_title(stated: Statements, found: str | None, outlet: str | None) -> str | None:
    """The article's title, without the site's name and sections at either end; ``found`` is another's guess."""
    labels = host_labels(stated.host)
    names = {"".join(words(name)) for name in [*stated.names, *([outlet] if outlet else [])]}
    names |= {"".join(words(part)) for name in stated.names for part in _parts(name)}
    shown = [title for title in [*stated.headlines, *stated.h1] if len(words(title)) >= 2]

    def is_site(segment: str) -> bool:
        return "".join(words(segment)) in names or _closeness(segment, labels) == _WHOLLY

    path = urlsplit(stated.url or "").path.lower()
    sections = {*path.strip("/").split("/")[:-1], (stated.meta.get("article:section") or "").lower()}

    def is_section(segment: str) -> bool:
        found = words(segment)
        return "-".join(found) in sections or " ".join(found) in sections or "".join(found) in sections

    for title in [*stated.titles, *([found] if found else [])]:
        plain = _as_shown(title, shown) or _stripped(title, is_site, is_section)
        if plain and not is_site(plain):
            return plain
    return None


def host_labels(host: str) -> list[str]:
    """The labels of ``host`` that say whose it is: ``nytimes`` of ``www.nytimes.com``."""
    labels = host.lower().split(".")[:-1]
    return [label.replace("-", "") for label in labels if label not in _ENDINGS]


def _as_shown(title: str, shown: Iterable[str]) -> str | None:
    """The part of ``title`` between separators that the page shows as its heading."""
    cuts = [(match.start(), match.end()) for match in _SEPARATOR.finditer(title)]
    wanted = [words(each) for each in shown]
    for start, end in cuts:
        if words(title[:start]) in wanted:
            return title[:start].strip()
        if words(title[end:]) in wanted:
            return title[end:].strip()
    return None


def _stripped(title: str, is_site: Callable[[str], bool], is_section: Callable[[str], bool]) -> str:
    """``title`` without names of the site at its ends, and without a section before the last of them."""
    cut = True
    while cut:
        cut = False
        marks = list(_SEPARATOR.finditer(title))
        for mark in marks:  # the longest tail first, as a site's name may hold a separator
            if mark.start() and is_site(title[mark.end() :]):
                title, cut = title[: mark.start()], True
                break
        else:
            for mark in reversed(marks):
                if title[mark.end() :].strip() and is_site(title[: mark.start()]):
                    title, cut = title[mark.end() :], True
                    break
            else:
                if marks and ":" not in marks[-1][0] and is_section(title[marks[-1].end() :]):
                    title, cut = title[: marks[-1].start()], True
    return title.strip()


def _parts(name: str) -> list[str]:
    return [part for part in _SEPARATOR.split(name) if part and part.strip()]


def _edges(title: str) -> Iterator[str]:
    parts = _parts(title)
    if len(parts) > 1:
        yield parts[-1]
        yield parts[0]


def _without_slogan(name: str, labels: Sequence[str]) -> str | None:
    if "://" in name or name.startswith("@") or not _WORD.search(name):
        return None
    parts = _parts(name)
    near = [(_closeness(part, labels), part) for part in parts]
    best = max((closeness for closeness, _ in near), default=0)
    chosen = next((part for closeness, part in near if closeness == best > 1), parts[0] if parts else name)
    return chosen if len(chosen) <= _LONGEST_NAME else None


def _closeness(name: str, labels: Sequence[str]) -> int:
    """How surely the host is named after ``name``: 3 after all of it, 2 after a part, 1 they share a word, 0 not."""
    domain = _DOMAIN.fullmatch(name)
    said = words(domain[1] if domain else name)
    if said[:1] == ["the"]:
        said = said[1:]
    whole, closeness = "".join(said), 0
    for label in labels if whole else ():
        bare = label.removeprefix("the") or label
        if whole == bare or _abbreviates(bare, said, wholly=True):
            return 3
        if whole in label or (len(label) > 2 and label in whole) or _abbreviates(bare, said):
            closeness = 2
        elif any(len(word) > 3 and word in label for word in said):
            closeness = max(closeness, 1)
    return closeness


def _abbreviates(label: str, said: Sequence[str], *, wholly: bool = False) -> bool:
    """Whether ``label`` is made of beginnings of the words, in their order: ``ny times``, ``ft``, ``wa post``."""
    reached = {0}
    for word in said[:8]:
        step = set() if wholly else set(reached)
        for start in reached:
            length = 0
            while length < len(word) and label[start + length : start + length + 1] == word[length]:
                length += 1
                step.add(start + length)
        reached = step
    return len(label) > 1 and len(said) > 1 and len(label) in reached


def _same(one: str, other: str) -> bool:
    first, second = words(_bare(one)), words(_bare(other))
    squeezed, wider = "".join(first).removeprefix("the"), "".join(second).removeprefix("the")
    return squeezed == wider or (
        len(first) == 1 and _abbreviates(squeezed, [word for word in second if word != "the"], wholly=True)
    )


def _written_out(name: str) -> tuple[bool, bool, int, bool]:
    """The best of the forms of one name has the most words and is written as names are."""
    return not _DOMAIN.fullmatch(name), not name.islower(), len(words(name)), name[0].isupper()


def _bare(name: str) -> str:
    domain = _DOMAIN.fullmatch(name)
    return domain[1] if domain else name


def _presentable(name: str) -> str:
    name = _bare(name).strip(" -–—|:")
    if any(before.islower() and after.isupper() for before, after in pairwise(name)) or " " not in name:
        return name
    return name[:1].upper() + name[1:]
