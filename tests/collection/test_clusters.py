"""Statements of the same words: which share a cluster, and when articles give them to different speakers."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.collection.clusters import Clusters
from onrecord.document import Form, Mention, Span, Speaker, Statement
from onrecord.files.records import read_statements
from onrecord.files.sqlite import Database
from tests.conftest import ROOT

ADA = Speaker("Ada Lund", "ada-lund", "person")
OMAR = Speaker("Omar Diallo", "omar-diallo", "person")
LONG = (
    "“Our harbour fed this town for three hundred years, and no council will close it while fishermen still sail. "
    "We shall repair the northern quay before winter and pay for it from the ferry tax.”"
)
START = "“Our harbour fed this town for three hundred years”"
END = "“repair the northern quay before winter and pay for it from the ferry tax”"


def said(doc: str, text: str, *speakers: Speaker, form: Form = "direct", number: int = 1) -> Statement:
    spans = (Span(0, len(text)),)
    names = " and ".join(speaker.name or speaker.description or "" for speaker in speakers)
    source = Mention(names, (Span(0, len(names)),)) if names else None
    context = Span(0, len(text))
    return Statement(doc, f"{doc}#{number}", text, spans, form, context, speakers=speakers, source=source)


def marked(statements: Iterable[Statement]) -> list[Statement]:
    statements = list(statements)
    with Database() as database:
        clusters = Clusters(database)
        clusters.add_all(statements)
        clusters.finish()
        return [clusters.mark(one) for one in statements]


def groups(statements: Iterable[Statement]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in marked(statements):
        if one.cluster is not None:
            found[one.cluster].add(one.id)
    return set(map(frozenset, found.values()))


def test_cuts_of_one_quotation_share_a_cluster_though_they_share_no_words() -> None:
    assert groups([said("a", LONG), said("b", START), said("c", END)]) == {frozenset(["a#1", "b#1", "c#1"])}


def test_a_statement_that_shares_its_words_with_no_other_gets_no_cluster() -> None:
    alone = marked([said("a", LONG), said("b", "“The ferry to the islands runs twice a day in summer.”")])
    assert [one.cluster for one in alone] == [None, None]


def test_a_changed_word_and_other_marks_make_no_difference() -> None:
    other = LONG.replace("northern", "old").replace("“", '"').replace("”", '"').replace("three hundred", "300")
    assert len(groups([said("a", LONG), said("b", other)])) == 1


def test_the_same_words_in_another_order_are_another_statement() -> None:
    words = START.strip("“”").split()
    assert not groups([said("a", START), said("b", f"“{' '.join(reversed(words))}”")])


def test_a_phrase_in_two_speeches_makes_them_no_cluster() -> None:
    phrase = "the people of this proud old harbour town deserve better"
    one = f"“{phrase} than a council that sleeps through storms and sends the bill to widows and pensioners.”"
    two = f"“Ferries leave at dawn, nets dry in the sun, children swim beside the mole, and {phrase}.”"
    assert not groups([said("a", one), said("b", two)])
    assert len(groups([said("a", one), said("b", two), said("c", f"“{phrase}”")])) == 1
    assert len(next(iter(groups([said("a", one), said("b", two), said("c", f"“{phrase}”")])))) == 2


@pytest.mark.parametrize(
    "boilerplate", ["“We are very happy.”", "“It is what it is, and we will see.”", "“There is no comment from us.”"]
)
def test_boilerplate_makes_no_cluster(boilerplate: str) -> None:
    assert not groups([said("a", boilerplate, ADA), said("b", boilerplate, OMAR)])


def test_what_is_reported_must_be_alike_as_a_whole() -> None:
    topic = "the proposal of the northern harbour council to close the old ferry quay"
    longer = f"{topic} had cost three hundred fishermen their work and a dozen families their houses"
    assert not groups([said("a", longer, form="indirect"), said("b", topic, form="indirect")])
    assert len(groups([said("a", longer, form="indirect"), said("b", f"that {longer}", form="indirect")])) == 1


def test_a_repeated_quotation_of_one_article_has_a_cluster() -> None:
    assert len(groups([said("a", LONG), said("a", START, number=2)])) == 1


def test_an_id_stays_when_statements_of_other_words_are_added() -> None:
    pair = [said("a", LONG), said("b", START)]
    more = [*pair, said("c", "“The ferry to the islands runs twice a day in summer.”")]
    assert marked(pair)[0].cluster == marked(more)[0].cluster


def conflict(*statements: Statement) -> bool:
    flags = {one.attribution_conflict for one in marked(statements) if one.cluster}
    assert len(flags) == 1
    return flags.pop()


def test_words_given_to_two_people_are_a_conflict_and_mark_the_whole_cluster() -> None:
    assert conflict(said("a", LONG, ADA), said("b", START, OMAR), said("c", END, ADA))


def test_the_same_speaker_or_an_unnamed_one_is_not_a_conflict() -> None:
    unnamed = Speaker(None, None, "person", description="an aide")
    assert not conflict(said("a", LONG, ADA), said("b", START, ADA))
    assert not conflict(said("a", LONG, ADA), said("b", START, unnamed), said("c", START))


def test_two_cuts_that_share_no_words_are_not_a_conflict() -> None:
    assert not conflict(said("a", LONG), said("b", START, ADA), said("c", END, OMAR))


def test_two_speakers_in_one_article_are_not_a_conflict() -> None:
    assert not conflict(said("a", LONG, ADA), said("a", START, OMAR, number=2))


def test_what_the_lines_said_before_does_not_stay() -> None:
    stale = replace(said("a", LONG), cluster="old", attribution_conflict=True)
    assert (marked([stale])[0].cluster, marked([stale])[0].attribution_conflict) == (None, False)


def gold_groups() -> dict[frozenset[str], bool]:
    found: dict[str, set[str]] = defaultdict(set)
    conflicts: dict[str, bool] = {}
    for one in marked(read_statements(ROOT / "data" / "gold" / "gold.jsonl")):
        if one.cluster is not None:
            found[one.cluster].add(f"{one.doc[:3]}#{one.id.rpartition('#')[2]}")
            conflicts[one.cluster] = one.attribution_conflict
    return {frozenset(ids): conflicts[cluster] for cluster, ids in found.items()}


def test_the_seed_articles_quotations_come_together_and_one_is_given_to_two_speakers() -> None:
    found = gold_groups()
    assert found[frozenset(["003#4", "004#2"])] is False  # the joint defence and security zone
    assert found[frozenset(["000#3", "001#11", "003#12"])] is False  # another step
    assert found[frozenset(["002#7", "003#6"])] is True
    assert list(found.values()).count(True) == 1


def test_popular_words_are_found_in_a_crowd_of_other_statements_that_share_a_phrase() -> None:
    generator = random.Random(7)
    letters = "bcdfghklmnprst"
    invented = ["".join(generator.choice(letters) + generator.choice("aeiou") for _ in range(3)) for _ in range(400)]
    phrase = "northern harbour council spokeswoman"
    crowd = [said(f"c{number}", f"“{phrase} {' '.join(generator.choices(invented, k=12))}”") for number in range(200)]
    quotation = f"“{phrase} {' '.join(invented[:12])}”"
    cut = f"“{phrase} {' '.join(invented[:5])}”"
    assert frozenset(["x#1", "y#1"]) in groups([*crowd, said("x", quotation), said("y", cut)])


PHRASES = [
    "our harbour fed this town for three hundred years", "no council will close the old quay", "fishermen still sail",
    "repair the northern mole before winter", "pay for it from the ferry tax", "the islands wait for bread and coal",
]  # fmt: skip
texts = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=4).map(lambda pieces: f"“{', '.join(pieces)}.”")
forms = st.sampled_from(["direct", "indirect", "mixed"])
people = st.lists(st.sampled_from([ADA, OMAR, Speaker("Harbour Board", "harbour-board", "organization")]), max_size=2)
collections = st.lists(st.tuples(texts, forms, people), min_size=1, max_size=12).map(
    lambda drawn: [
        said(f"{number % 5}.txt", text, *speakers, form=form, number=number)
        for number, (text, form, speakers) in enumerate(drawn)
    ]
)


@given(collections, st.randoms(use_true_random=False))
def test_the_order_of_articles_makes_no_difference(statements: list[Statement], order: random.Random) -> None:
    shuffled = order.sample(statements, len(statements))
    assert {one.id: one for one in marked(statements)} == {one.id: one for one in marked(shuffled)}


@given(collections)
def test_a_cluster_has_two_statements_and_equal_words_are_never_apart(statements: list[Statement]) -> None:
    found = marked(statements)
    sizes: dict[str | None, int] = defaultdict(int)
    by_text: dict[tuple[str, Form], set[str | None]] = defaultdict(set)
    for one in found:
        sizes[one.cluster] += 1
        by_text[one.text, one.form].add(one.cluster)
        assert one.cluster is not None or not one.attribution_conflict
    assert all(size > 1 for cluster, size in sizes.items() if cluster is not None)
    assert all(len(clusters) == 1 for clusters in by_text.values())


def test_calls_in_the_wrong_order_are_refused() -> None:
    with Database() as database:
        clusters = Clusters(database)
        with pytest.raises(RuntimeError, match="not finished"):
            clusters.mark(said("a", LONG))
        clusters.finish()
        with pytest.raises(RuntimeError, match="are finished"):
            clusters.add_all([said("a", LONG)])
