"""Wire copy: near-identical articles are found, and whose copy each is."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.collection.near_duplicates import Duplicates, resemblance, sign, signature_of
from onrecord.document import Article, Meta
from onrecord.files.sqlite import Database
from tests.conftest import ARTICLES

_GENERATOR = random.Random(3)
VOCABULARY = [
    "".join(_GENERATOR.choice("bdfgklmnprst") + _GENERATOR.choice("aeiou") for _ in range(3)) for _ in range(900)
]


def words(seed: int, count: int = 300) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=count)


def originals(articles: list[Article]) -> dict[str, str | None]:
    with Database() as database:
        duplicates = Duplicates(database)
        duplicates.add_all(map(sign, articles))
        duplicates.finish()
        found = {article.doc: duplicates.original_of(article.doc) for article in articles}
        assert duplicates.count == sum(original is not None for original in found.values())
        return found


def article(doc: str, text: list[str], date: str | None = None) -> Article:
    return Article(doc, " ".join(text), Meta(date=date))


def test_two_articles_of_one_name_are_no_fault_and_the_first_counts() -> None:
    same = [article("a", words(1)), article("a", words(2)), article("b", words(1)), article("c", words(2))]
    assert originals(same) == {"a": None, "b": "a", "c": None}


def test_a_copy_with_another_headline_byline_and_end_is_one() -> None:
    wire = words(1)
    copy = [*words(2, 8), *wire[:100], *words(3, 2), *wire[100:280], *words(4, 6)]
    assert originals([article("a", wire), article("b", copy)]) == {"a": None, "b": "a"}


def test_articles_that_share_half_of_their_text_are_none() -> None:
    wire = words(1)
    assert set(originals([article("a", wire), article("b", [*wire[:150], *words(2, 150)])]).values()) == {None}


def test_case_and_punctuation_make_no_difference() -> None:
    wire = words(1)
    assert originals([article("a", wire), Article("b", ", ".join(wire).upper())])["b"] == "a"


def test_the_original_is_the_earliest_and_else_the_first_by_name() -> None:
    wire = words(1)
    dated = [article("a", wire), article("b", wire, "2020-01-02"), article("c", wire, "2020-01-01")]
    assert originals(dated) == {"a": "c", "b": "c", "c": None}
    assert originals([article("b", wire), article("a", wire)]) == {"a": None, "b": "a"}


def test_the_original_is_not_marked_as_a_copy() -> None:
    wire = words(1)
    chain = [article(str(part), wire[part * 30 :] + words(9, part * 30)) for part in range(5)]
    found = originals(chain)
    assert found["1"] == "0"
    assert all(found[original] is None for original in found.values() if original)


def test_an_article_of_a_few_words_has_no_copies() -> None:
    assert set(originals([article("a", words(1, 15)), article("b", words(1, 15))]).values()) == {None}


def test_the_seed_articles_are_not_copies() -> None:
    seeds = [Article(path.name, path.read_text(encoding="utf-8")) for path in sorted(ARTICLES.glob("*.txt"))]
    assert set(originals(seeds).values()) == {None}


@given(st.integers(0, 10**6), st.integers(25, 400))
@settings(max_examples=30)
def test_a_signature_tells_how_much_two_texts_have_in_common(seed: int, count: int) -> None:
    text = words(seed, count)
    one, other = signature_of(" ".join(text)), signature_of(" ".join(words(seed + 1, count)))
    assert resemblance(one, one) == 1
    assert resemblance(one, other) < 0.3


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 90), st.none() | st.just("2020-01-01")), max_size=10),
       st.randoms(use_true_random=False))  # fmt: skip
@settings(max_examples=50)
def test_the_order_of_articles_makes_no_difference(
    drawn: list[tuple[int, int, str | None]], order: random.Random
) -> None:
    articles = [article(f"{n}.txt", words(seed)[cut:], date) for n, (seed, cut, date) in enumerate(drawn)]
    assert originals(articles) == originals(order.sample(articles, len(articles)))


def test_calls_in_the_wrong_order_are_refused() -> None:
    with Database() as database:
        duplicates = Duplicates(database)
        with pytest.raises(RuntimeError, match="not finished"):
            duplicates.original_of("a")
        duplicates.finish()
        with pytest.raises(RuntimeError, match="are finished"):
            duplicates.add_all([sign(article("a", words(1)))])
