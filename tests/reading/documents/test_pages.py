"""Web pages: the article's whole body and nothing else, and what the page states of it."""

from __future__ import annotations

import re

import pytest

from onrecord.document import Meta
from onrecord.reading.documents.html import read

BODY = [
    "The council of Easton approved the port plan on Monday after a long debate in the old town hall.",
    "“We will build it on time,” said Ada Brandt, the mayor of Easton, to reporters after the vote on Monday.",
    "Luis Ocampo, who leads the harbour union, said that the plan would cost 300 jobs in the town next year.",
]
MORE = [
    "Residents of the harbour quarter have fought the plan for six years, and two courts have heard the case.",
    "“Nobody asked the dockers,” Ocampo told the council in a speech that was cut short by the chair.",
    "The vote was nineteen to eleven, with three members of the mayor’s own party against it in the end.",
]


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(body: str, head: str = "<title>Harbour vote splits council</title>") -> tuple[str, Meta]:
    source = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    return read(source.encode(), "a.html")


def lines(body: str, head: str = "<title>Harbour vote splits council</title>") -> list[str]:
    return page(body, head)[0].split("\n")


def test_a_body_that_advertisements_cut_is_whole() -> None:
    part = '<div class="grid"><div class="body article__body">{}</div></div>'
    body = part.format(paragraphs(BODY)) + '<div class="ad">Advertisement</div>' + part.format(paragraphs(MORE))
    assert lines(f"<article><h1>Harbour vote splits council</h1>{body}</article>") == [*BODY, *MORE]


def test_bodies_of_two_articles_are_not_joined() -> None:
    part = '<article><h1>{}</h1><div class="article__body">{}</div></article>'
    body = part.format("Harbour vote splits council", paragraphs(BODY)) + part.format("Other news", paragraphs(MORE))
    assert not set(MORE) & set(lines(body))


def test_the_title_and_standfirst_above_the_body_are_not_in_it() -> None:
    header = "<header><h1>Harbour vote splits council</h1><h2>Mayor wins after six hours of debate.</h2></header>"
    assert lines(f"<article>{header}{paragraphs(BODY)}</article>") == BODY


def test_a_first_paragraph_that_stands_above_the_body_is_in_it() -> None:
    body = (
        f'<div class="article__summary">{BODY[0]}</div><div class="article__text">{paragraphs(BODY[1:] + MORE)}</div>'
    )
    assert lines(f'<div class="article"><h1>Harbour vote splits council</h1>{body}</div>') == [*BODY, *MORE]


def test_a_page_that_comes_twice_is_read_once() -> None:
    copy = f'<div class="content"><h2>Harbour vote splits council</h2>{paragraphs(BODY + MORE)}</div>'
    assert lines(f"<article>{copy}{copy}{copy}</article>") == [*BODY, *MORE]


def test_a_question_asked_twice_stays() -> None:
    question = "Which part of the harbour do you like best?"
    talk = [question, BODY[1], question, MORE[1], BODY[0]]
    assert lines(f"<article>{paragraphs(talk)}</article>") == talk


@pytest.mark.parametrize(
    "boilerplate",
    [
        '<p><strong>Read more: <a href="/1">Two courts have heard the case of the harbour</a></strong></p>',
        '<p><a href="/1">Two courts have heard the case of the harbour of Easton</a></p>',
        '<p><b>DON’T MISS</b></p><p><a href="/1">Courts hear the case</a> [VIDEO]<br><a href="/2">A port</a></p>',
        '<h3>More great Echo stories</h3><ul><li><a href="/1">A port</a>, a town</li><li><a href="/2">It</a></li></ul>',
        '<ul><li><a href="/1">Two courts have heard it</a></li><li><a href="/2">Farmers block the road</a></li></ul>',
        '<section class="Newsletter-box"><h3>Harbour Newsletter</h3><p>Get the day’s stories by mail.</p></section>',
        '<form action="/x"><p>Sign up to read the best of the harbour every week.</p></form>',
        '<div class="print-header"><p>https://example.org/a/very/long/address/of/this/page.html</p></div>',
    ],
    ids=["label", "link alone", "label above", "label above a list", "list", "newsletter", "form", "print"],
)
def test_what_leads_away_from_the_article_is_not_in_it(boilerplate: str) -> None:
    body = f'<div class="story">{paragraphs(BODY)}{boilerplate}{paragraphs(MORE)}</div>'
    assert lines(f"<article><h1>Harbour vote splits council</h1>{body}</article>") == [*BODY, *MORE]


@pytest.mark.parametrize(
    "kept",
    [
        'The plan is in <a href="/1">a report of 300 pages</a> that nobody has read, he said.',
        "Read more books, the mayor told the children of the harbour quarter.",
        'Related: a word that she uses often, and that <a href="/2">Ocampo</a> hates more than all of the others.',
    ],
)
def test_sentences_with_links_stay(kept: str) -> None:
    body = paragraphs(BODY) + f"<p>{kept}</p>" + paragraphs(MORE)
    assert lines(f"<article>{body}</article>") == [*BODY, re.sub("<[^>]+>", "", kept), *MORE]


def test_a_card_that_opens_over_a_name_is_not_read() -> None:
    card = (
        '<span class="roll"><a href="/p">Kora Noyes</a><span class="people-block"><span>Kora Lynn Noyes</span>'
        '<span><a href="/1">Senators call for a law</a> <a href="/2">State drops a law</a></span></span></span>'
    )
    body = f"<p>Gov. {card} (R) is defending the launch of a campaign against drugs in the state.</p>{paragraphs(MORE)}"
    assert lines(f"<article>{body}</article>")[0] == (
        "Gov. Kora Noyes (R) is defending the launch of a campaign against drugs in the state."
    )


def test_paragraphs_that_a_page_hides_until_they_are_asked_for_are_read() -> None:
    hidden = "".join(f'<p class="hidden">{text}</p>' for text in [*BODY[1:], *MORE])
    assert lines(f"<article><p>{BODY[0]}</p>{hidden}</article>") == [*BODY, *MORE]


def test_a_page_in_one_form_is_read() -> None:
    body = "<br><br>".join(BODY + MORE)
    assert BODY[1] in page(f'<form id="aspnet"><div class="story">{body}</div></form>')[0]


ARTICLE = f"<article><h1>Harbour vote splits council</h1>{paragraphs(BODY)}</article>"


@pytest.mark.parametrize(
    "title",
    [
        "Harbour vote splits council - WEST 7News | Easton News, Weather, Sports | Fort Weston",
        "Harbour vote splits council | Politics | Easton Echo",
        "Easton Echo: Harbour vote splits council",
        "Harbour vote splits council – Local news",
        "Harbour vote splits council",
    ],
)
def test_a_title_has_no_names_of_sites_and_sections(title: str) -> None:
    head = f'<title>{title}</title><meta property="og:title" content="{title}">'
    assert page(ARTICLE, head)[1].title == "Harbour vote splits council"


def test_a_title_without_a_heading_on_the_page_loses_the_outlet_and_the_section_of_the_address() -> None:
    head = (
        "<title>Port - a dream | World | Easton Echo</title><meta property='og:site_name' content='Easton Echo'>"
        "<link rel='canonical' href='https://www.eastonecho.example/world/2026/port.html'>"
    )
    assert page(f"<article>{paragraphs(BODY)}</article>", head)[1].title == "Port - a dream"


SITE = "<link rel='canonical' href='https://www.{}/news/port.html'>"
META = '<meta name="{}" property="{}" content="{}">'


def named(name: str) -> str:
    return f'<meta property="og:site_name" content="{name}">'


def published_by(name: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "publisher": {{"name": "{name}"}}}}</script>'


@pytest.mark.parametrize(
    ("host", "stated", "outlet"),
    [
        ("eastonecho.com", named("WEST 7News | Easton News, Weather"), "WEST 7News"),
        ("eastonecho.com", named("Easton Echo | News from the harbour"), "Easton Echo"),
        ("eastonecho.com", named("eastonecho.com") + published_by("Easton Echo"), "Easton Echo"),
        ("eastonecho.com", named("eastonecho") + published_by("Easton Echo"), "Easton Echo"),
        ("eastonecho.co.uk", named("Eastonecho.co.uk"), "Eastonecho"),
        ("eastonecho.com", named("Easton Echo") + published_by("Wire Agency"), "Easton Echo"),
        ("nwtimes.com", named("NWTimes") + published_by("The New Weston Times"), "The New Weston Times"),
        ("nwtimes.com", named("NWTimes") + "<title>Port grows - The New Weston Times</title>", "The New Weston Times"),
        ("theecho.com", "<title>The Echo: Harbour vote splits council</title>", "The Echo"),
        ("theecho.com", named("the Echo"), "The Echo"),
    ],
)
def test_an_outlet_has_one_name_and_it_is_a_name(host: str, stated: str, outlet: str) -> None:
    assert page(ARTICLE, SITE.format(host) + stated)[1].outlet == outlet


def test_a_site_that_states_nothing_else_has_the_name_beside_the_heading() -> None:
    for title in ("Harbour vote splits council | Port | Easton Echo", "Easton Echo: Harbour vote splits council"):
        assert page(ARTICLE, f"<title>{title}</title>")[1].outlet == "Easton Echo"


def test_what_is_stated_after_a_div_in_the_head_is_read() -> None:
    head = (
        '<title>Harbour vote splits council - Easton Echo</title><div id="consent"></div>'
        '<meta property="og:title" content="Harbour vote splits council">'
        '<meta property="og:site_name" content="Easton Echo">'
        '<meta property="article:published_time" content="2026-03-02T09:00:00Z">'
        '<link rel="canonical" href="https://example.org/a">'
    )
    meta = page(ARTICLE, head)[1]
    assert (meta.title, meta.date, meta.outlet, meta.url) == (
        "Harbour vote splits council",
        "2026-03-02",
        "Easton Echo",
        "https://example.org/a",
    )


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">'
        '[{"@graph": [{"@type": ["NewsArticle"], "datePublished": "March 2, 2026"}]}]</script>',
        '<meta property="article:published_time" content="2026-03-02T23:30:00Z">'
        '<meta property="article:modified_time" content="2026-05-02T23:30:00Z">',
        '<meta name="parsely-pub-date" content="2026-03-02">',
    ],
)
def test_the_day_of_publication_is_the_stated_one(head: str) -> None:
    assert page(ARTICLE, head)[1].date == "2026-03-02"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (
            '<link rel="canonical" href="https://e.org/"><meta property="og:url" content="https://e.org/a">',
            "https://e.org/a",
        ),
        ('<base href="https://e.org/"><link rel="canonical" href="/a">', "https://e.org/a"),
        ('<link rel="canonical" href="javascript:x"><meta property="og:url" content="http://[x/a">', None),
        ("", None),
    ],
)
def test_the_url_is_the_stated_one(head: str, url: str | None) -> None:
    assert page(ARTICLE, head)[1].url == url


@pytest.mark.parametrize(
    "data", ["[" * 5000, '{"@type": "NewsArticle", "publisher": {"name": 3}, "headline": [1]}', "{"]
)
def test_odd_data_on_a_page_do_no_harm(data: str) -> None:
    assert page(ARTICLE, f'<script type="application/ld+json">{data}</script>')[0].split("\n") == BODY
