"""Statements as lists show them: in their sentences, with speaker, stance and place.

All pages with such lists are in folders of the report, so links go through ``../``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from onrecord.document import Statement
from onrecord.report.fragments.formats import LABEL_NAMES, MARKS, percent, several
from onrecord.report.views import ArticleView, SpeakerView, StatementView, is_pale, plain, shown_label


@dataclass(frozen=True, slots=True)
class Quote:
    """A statement as an item of a list, in parts.

    ``classes`` has the class of its colour for each target of the report that it has a stance on, in the statement's
    order. ``is_shared`` if it has several speakers. The other parts are markup: the item's ``attributes``, and what is
    in it.
    """

    classes: dict[str, str]
    attributes: str
    words: str
    who: str
    facts: str
    where: str
    is_shared: bool

    def item(self, target: str | None, *, with_speaker: bool) -> str:
        """The item with the colour of a target; None stands for the first that the statement has a stance on."""
        colour = self.classes.get(target, "said") if target else next(iter(self.classes.values()), "said")
        return (
            f'<li class="quote {colour}" tabindex="-1" {self.attributes}>{self.words}'
            f"{self.who if with_speaker else ''}{self.facts}{self.where}</li>\n"
        )


def quote(view: StatementView, targets: Sequence[str]) -> Quote:
    where = f"{place(view.article)}{_article_link(view)}{_original(view, ' · ')}"
    return Quote(
        {stance.target: _colour(view, stance.target) for stance in view.statement.stance},
        attributes(view, targets),
        f'<blockquote dir="auto">{_words(view)}</blockquote>\n',
        f'<p class="who">{who(view)}{_roles(view.speakers)}</p>\n',
        facts(view),
        f'<p class="where">{where}</p>\n',
        len(view.speakers) > 1,
    )


def card(view: StatementView, shown: Quote, target: str | None, *, with_text: bool) -> str:
    """The item of a statement in the list beside its article, with the colour of a target."""
    number = view.number
    roles = "".join(f'<p class="role">{_bdi(speaker.role)}</p>\n' for speaker in view.speakers if speaker.role)
    return (
        f'<li class="card {_colour(view, target)}" id="{"n" if with_text else "s"}{number}" tabindex="-1" '
        f'{shown.attributes}>\n<div class="inner" id="f{number}">\n'
        f'<p class="who"><a class="number" href="#s{number}">{number}</a> {who(view)}</p>\n{roles}{shown.facts}</div>\n'
        f'{shown.words}<p class="where">{_original(view)}</p>\n</li>\n'
    )


def attributes(view: StatementView, targets: Sequence[str]) -> str:
    """What scripts filter by: one stance, and whether it is doubtful, for each target of the report."""
    statement, article = view.statement, view.article
    confidence = "" if statement.confidence is None else statement.confidence
    stances = " ".join(view.label(target) or "-" for target in targets)
    pale = " ".join("1" if view.is_pale(target) else "0" for target in targets)
    return (
        f'data-statement="{view.number}" data-form="{statement.form}" data-act="{statement.act or ""}" '
        f'data-confidence="{confidence}" data-outlet="{escape(plain(article.outlet or ""))}" '
        f'data-day="{article.day or ""}" data-speakers="{" ".join(speaker.key for speaker in view.speakers)}" '
        f'data-stance="{stances}" data-pale="{pale}"'
    )


def who(view: StatementView) -> str:
    return " and ".join(speaker_link(speaker) for speaker in view.speakers) or "(unknown)"


def speaker_link(speaker: SpeakerView) -> str:
    name = _bdi(speaker.name)
    return f'<a href="../speakers/{speaker.page}.html">{name}</a>' if speaker.page else name


def place(article: ArticleView) -> str:
    """Outlet and date, before a link to the article."""
    outlet = f'<bdi class="outlet">{escape(article.outlet)}</bdi> · ' if article.outlet else ""
    if not article.date:
        return outlet
    machine = f' datetime="{article.day}"' if article.day else ""
    return f"{outlet}<time{machine}>{_bdi(article.day or article.date)}</time> · "


def facts(view: StatementView) -> str:
    """Stances, form, act and confidence of a statement, and where else its words are."""
    statement = view.statement
    several_targets = len(statement.stance) > 1
    found = []
    for stance in statement.stance:
        score = f' <span class="score">{stance.score:.2f}</span>' if stance.score is not None else ""
        towards = f" <small>on {_bdi(stance.target)}</small>" if several_targets else ""
        found.append(f"{stance_mark(shown_label(stance), pale=is_pale(stance))}{score}{towards}")
    found += [statement.form, *_act_and_confidence(statement)]
    if statement.via:
        found.append(f"via {_bdi(statement.via.text)}")
    shown = "\n".join(f'<span class="fact">{fact}</span>' for fact in found)
    return f'<p class="facts">\n{shown}\n</p>\n{_sameness(view)}'


def attribution(view: StatementView) -> str:
    """Where words were said, by whom, and with which stance."""
    stances = []
    for stance in view.statement.stance:
        towards = f" <small>on {_bdi(stance.target)}</small>" if len(view.statement.stance) > 1 else ""
        stances.append(f" {stance_mark(shown_label(stance), pale=is_pale(stance))}{towards}")
    where = f"{place(view.article)}{_article_link(view)}{_original(view, ' · ')}"
    return f'{where}<span class="said-by">said by {who(view)}{"".join(stances)}</span>'


def stance_mark(label: str, *, pale: bool = False) -> str:
    doubtful = ("pale", ", doubtful") if pale else ("", "")
    sign = f'<span aria-hidden="true">{MARKS[label]}</span>'
    return f'<span class="{f"mark {label} {doubtful[0]}".strip()}">{sign} {LABEL_NAMES[label]}{doubtful[1]}</span>'


def _act_and_confidence(statement: Statement) -> list[str]:
    act = [statement.act] if statement.act and statement.act != "expressed" else []
    if statement.confidence is None:
        return [*act]
    return [*act, f'confidence <span class="score">{statement.confidence:.2f}</span>']


def _sameness(view: StatementView) -> str:
    different = '<strong class="conflict"><span aria-hidden="true">≠</span>&nbsp;'
    lines = []
    if view.two_stances:
        lines.append(f"{different}the same words were judged differently elsewhere</strong>")
    if view.cluster:
        page = f"-{view.cluster.page}" if view.cluster.page > 1 else ""
        same = f"Same words in {several(view.cluster.articles, 'article')}"
        line = f'<a href="../words/index{page}.html#{view.cluster_anchor}">{same}</a>'
        if view.share is not None:
            whole = view.share >= 0.995
            line += ", in full here" if whole else f", cut here to {percent(view.share)} of the longest wording"
        if view.cluster.conflict:
            line += f" · {different}attributed to different speakers</strong>"
        lines.append(line)
    return "".join(f'<p class="sameness">{line}</p>\n' for line in lines)


def _colour(view: StatementView, target: str | None) -> str:
    return f"{view.label(target) or 'said'}{' pale' if view.is_pale(target) else ''}"


def _words(view: StatementView) -> str:
    return "".join(
        f"<mark>{escape(part.text)}</mark>" if part.said else f'<span class="around">{escape(part.text)}</span>'
        for part in view.words
    )


def _article_link(view: StatementView) -> str:
    return f'<a href="../articles/{view.article.page}.html#s{view.number}">{_bdi(view.article.title)}</a>'


def _original(view: StatementView, before: str = "") -> str:
    if not view.source:
        return ""
    rel = 'rel="noopener noreferrer external"'
    return f'{before}<a class="outside source-link" href="{escape(view.source)}" {rel}>in the original</a>'


def _roles(speakers: Sequence[SpeakerView]) -> str:
    roles = [f'<span class="role">{_bdi(speaker.role)}</span>' for speaker in speakers if speaker.role]
    return f", {'; '.join(roles)}" if roles else ""


def _bdi(words: str | None) -> str:
    return f"<bdi>{escape(words or '')}</bdi>"
