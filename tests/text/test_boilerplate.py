"""Boilerplate: every line of it goes, and not a line of the article."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.text.boilerplate import find_boilerplate
from onrecord.text.segmentation import segment
from onrecord_eval.benchmarks.long_texts import LINE_UNITS, repeated
from tests.counting import count_calls

ARTICLES = Path(__file__).parents[2] / "data" / "articles"

PROSE = (
    "The town council voted on Tuesday night to close the old swimming pool on Harbour Road.\n"
    '"We could not go on like this," said the mayor, Ana Ruiz.\n'
    "Work on the site is to begin in the spring, the council's spokesman told reporters after the vote.\n"
)


def boilerplate(text: str) -> list[str]:
    segmentation = segment(text)
    return [text[slice(*segmentation.paragraphs[i].span)].strip() for i in sorted(find_boilerplate(text, segmentation))]


SEEDS = {
    "000": [],
    "001": [
        "Меню", "• $ 106.99 -0.51", "• 105.27", "• ¥ 13.99 -0.14", "All news", "18.01.2025", "17.01.2025",
        "Show more news", "Aggregators", "Information",
    ],
    "002": ["by Sally Bokhua", "Social media & sharing icons powered by UltimatelySocial"],
    "003": [
        "Major Shaitan Singh", "SENIOR MEMBER", "- Joined", "- Dec 7, 2010", "- Messages", "- 3,550",
        "- Reaction score", "- 43", "- Country", "- Location", "© Maxim Shipenkov", "(FRANCE 24 with AFP, REUTERS)",
    ],
    "004": [],
}  # fmt: skip


@pytest.mark.parametrize("number", SEEDS)
def test_furniture_of_the_seed_articles_is_found(number: str) -> None:
    (path,) = ARTICLES.glob(f"{number}_*.txt")
    found = boilerplate(path.read_bytes().decode("utf-8"))
    assert [line[:17] if line.startswith("©") else line for line in found] == SEEDS[number]


@pytest.mark.parametrize(
    "line",
    [
        # sharing, following, subscribing, consent, advertisements
        "Share Tweet Email Print",
        "Share this article",
        "Share on Facebook",
        "Follow us on Twitter and Instagram",
        "Follow Ana Ruiz on Twitter @anaruiz.",
        "Subscribe to our daily newsletter",
        "Sign up for our morning newsletter.",
        "This website uses cookies to improve your experience. Accept or read our policy.",
        "We use cookies to personalise content and ads.",
        "ADVERTISEMENT",
        "Story continues below advertisement",
        "Click here to read our privacy statement",
        # reading on, counters
        "Read more",
        "Show more news",
        "More>>",
        "Read the full story here",
        "Watch the video below:",
        "12 comments",
        "Comments (12)",
        "1.2K shares",
        "3 min read",
        "Leave a reply",
        "Tags: council, pool, harbour",
        # credits, bylines, agencies, rights
        "© Jo Bloggs / Harbour News | The pool on Tuesday, hours before the vote",
        "Copyright 2015 Harbour News. All rights reserved.",
        "All rights reserved.",
        "Photo: Jo Bloggs",
        "Photo by Jo Bloggs/Harbour News",
        "Jo Bloggs/Getty Images.",
        "Source: Harbour News",
        "By Jo Bloggs",
        "by Jo Bloggs and Ana M. Ruiz",
        "By JO BLOGGS, Staff Writer",
        "(Reuters)",
        "[With inputs from PTI]",
        "— AFP",
        "(Reporting by Jo Bloggs; Editing by Ana Ruiz)",
        "Bloggs reported from Harbour.",
        # figures, dates, addresses
        "EUR/USD 1.0634 +0.21%",
        "18.01.2025",
        "Wednesday, 18 March 2015 10:30 GMT",
        "Updated: July 18, 2022 5:36 pm",
        "Published 3 hours ago",
        "* * *",
        "https://example.com/news/1234",
        "jo.bloggs@example.com",
        '<tweet id="123"><tweet/>.',
        # navigation in one line
        "Home | News | Sport | Contact us",
        "Home > World > Europe",
        "Главная",
    ],
)
@pytest.mark.parametrize("place", ["top", "bottom"])
def test_lines_that_are_boilerplate(line: str, place: str) -> None:
    text = f"{line}\n{PROSE}" if place == "top" else f"{PROSE}{line}\n"
    assert boilerplate(text) == [line]


@pytest.mark.parametrize(
    "line",
    [
        # headlines, at the top and inside, including some that look like the boilerplate above
        "Council Shuts Pool",
        "Storm kills five",
        "‘Outrageous’",
        "Business",
        "By the numbers",
        "By popular demand",
        "Register to vote before Friday, mayor urges",
        "Share your wealth, bishop tells bankers",
        "Facebook fined",
        "Source of leak found",
        "Staff cuts",
        "Reuters cuts jobs",
        "100 days",
        "4,000 vehicles",
        "Report was corrected to hide losses, auditor says",
        "May 5 vote in doubt",
        "Photos: Crowd storms town hall in protest at closure",
        "Read my lips: no new taxes",
        "Home, sweet home",
        "Follow the money",
        # short speech, list items, captions, datelines, sentences
        '"No."',
        "“Read more,” she said.",
        "Simple.",
        "- The pool is to be closed by May, and the land sold.",
        "• Ana Ruiz, mayor: “We had no choice.”",
        "Ana Ruiz, the mayor, leaves the town hall after the vote. Photo: Jo Bloggs",
        "HARBOUR, March 18 (Reuters) - The council voted to close the pool.",
        "(The mayor later apologised for the remark.)",
        "[She pauses.] I do not know.",
        "By Tuesday night the council had made up its mind, said Ruiz.",
        "@anaruiz: we had no choice",
        "It was 18 March 2015 when she resigned.",
        "She wants more comments on the plan, and fewer cookies.",
        "Inflation rose to 3.2 percent, the bank said.",
    ],
)
@pytest.mark.parametrize("place", ["top", "middle", "bottom"])
def test_lines_of_the_article(line: str, place: str) -> None:
    first, rest = PROSE.split("\n", 1)
    text = {"top": f"{line}\n{PROSE}", "middle": f"{first}\n{line}\n{rest}", "bottom": f"{PROSE}{line}\n"}[place]
    assert boilerplate(text) == []


def test_a_menu_on_top_goes_and_the_headline_stays() -> None:
    menu = ["Home", "World", "Harbour", "Sport", "Contact us"]
    text = "\n".join([*menu, "Council Shuts Pool", "By Jo Bloggs", "Share", "Tweet", PROSE])
    assert boilerplate(text) == [*menu, "By Jo Bloggs", "Share", "Tweet"]


def test_a_single_section_name_may_be_a_heading() -> None:
    assert boilerplate(f"Sport\n{PROSE}Politics\n{PROSE}") == []


def test_a_list_of_short_items_is_not_a_menu() -> None:
    assert boilerplate(f"Soup\nonions\ngarlic\ncurry to taste\nstock\n{PROSE}salt\npepper\nsugar\nrice\n") == []


def test_headlines_after_related_articles_go_at_the_end_only() -> None:
    related = ["Related articles", "Mayor promises new pool", "Who pays for the harbour?"]
    assert boilerplate(PROSE + "\n".join(related)) == related
    assert boilerplate(PROSE + "\n".join([*related, PROSE])) == []


def test_a_menu_at_the_foot() -> None:
    foot = ["Latest news", "17.01.2025", "Privacy policy", "Partners", "Harbour Media"]
    assert boilerplate(PROSE + "\n".join(foot)) == foot


def test_a_forum_card_goes_and_the_post_stays() -> None:
    card = ["seagull77", "Well-known member", "Joined", "Mar 3, 2012", "Messages", "1,204", "Location", "Harbour"]
    text = "\n".join([*card[:-1], "- Harbour", PROSE])
    assert boilerplate(text) == [*card[:-1], "- Harbour"]


def test_nothing_and_only_boilerplate() -> None:
    assert boilerplate("") == []
    assert boilerplate(" \n ") == [""]
    assert boilerplate("Share\nTweet\n") == ["Share", "Tweet"]


@given(st.text(st.sampled_from("\n Aab1.,:/|<>@©()-–’“”\u2028Ж")))
def test_indices_are_those_of_paragraphs(text: str) -> None:
    segmentation = segment(text)
    assert find_boilerplate(text, segmentation) <= set(range(len(segmentation.paragraphs)))


@pytest.mark.parametrize("unit", LINE_UNITS)
def test_work_grows_with_the_number_of_lines_and_no_faster(unit: str) -> None:
    """Inside of regular expressions nothing can be counted: there, quadratic behaviour shows as a test that hangs."""
    short, long = (f"{repeated(unit, 450)}\n" * lines for lines in (10, 40))
    calls = [count_calls(find_boilerplate, text, segment(text)) for text in (short, long)]
    assert 0 < calls[1] <= 4.1 * calls[0]
    one_line = repeated(unit, 100_000)
    assert find_boilerplate(one_line, segment(one_line)) <= {0}


@pytest.mark.parametrize("token", ["." * 200_000 + "a", "a" + "@." * 100_000 + "b", "http://" + "-" * 200_000 + "a"])
def test_a_token_of_very_many_marks_is_read_once(token: str) -> None:
    """What is quadratic in it takes minutes, and shows as a test that hangs."""
    assert find_boilerplate(token, segment(token)) <= {0}
