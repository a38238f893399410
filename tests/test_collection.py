from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from onrecord.collection import Collection
from onrecord.document import Kind, Span, Speaker, Statement
from onrecord.errors import OutputError


def person(name: str, *aliases: str) -> Speaker:
    return Speaker(name, "provisional", "person", aliases=aliases)


def body(name: str, *aliases: str) -> Speaker:
    return Speaker(name, "provisional", "organization", aliases=aliases)


def statement(doc: str, *speakers: Speaker) -> Statement:
    return Statement(doc, f"{doc}#1", "Yes", (Span(0, 3),), "direct", Span(0, 3), speakers=speakers)


def settle(path: Path, articles: Sequence[Sequence[Speaker]], shuffle: int | None = None) -> list[list[Speaker]]:
    """The final speakers of each article, one statement for each speaker."""
    spools = [[statement(f"{number}.txt", speaker) for speaker in group] for number, group in enumerate(articles)]
    order = list(range(len(spools)))
    if shuffle is not None:
        random.Random(shuffle).shuffle(order)
    with Collection(path) as collection:
        for number in order:
            collection.add(spools[number])
        collection.settle()
        return [[speaker for one in spool for speaker in collection.rename(one).speakers] for spool in spools]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "speakers.sqlite"


def ids(articles: list[list[Speaker]]) -> list[list[str | None]]:
    return [[speaker.id for speaker in article] for article in articles]


def test_a_surname_joins_the_only_full_name_that_it_is_part_of(path: Path) -> None:
    first, second = settle(path, [[person("Ada Lund")], [person("Lund")]])
    assert first[0].name == second[0].name == "Ada Lund"
    assert first[0].id == second[0].id == "ada-lund"
    assert second[0].aliases == ("Lund",)


def test_a_surname_that_two_full_names_share_stays_apart(path: Path) -> None:
    found = settle(path, [[person("Ada Lund")], [person("Eva Lund")], [person("Lund")]])
    assert ids(found) == [["ada-lund"], ["eva-lund"], ["lund"]]


def test_two_articles_smiths_are_two_people(path: Path) -> None:
    found = settle(path, [[person("John Smith", "Smith")], [person("Jane Smith", "Smith")]])
    assert ids(found) == [["john-smith"], ["jane-smith"]]


def test_what_an_article_keeps_apart_stays_apart(path: Path) -> None:
    found = settle(path, [[person("John Smith"), person("Smith")]])
    assert ids(found) == [["john-smith", "smith"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Lund", "ADA LUND"),
        ("Carol-Ann Möller", "Carol Ann Moller"),
        ("H D Kumara", "H.D. Kumara"),
        ("Ada Lund", "Ada B. Lund"),
        ("A. Lund", "Ada Lund"),
    ],
)
def test_spellings_of_a_full_name_are_one_person(path: Path, one: str, other: str) -> None:
    first, second = settle(path, [[person(one)], [person(other)]])
    assert first[0].id == second[0].id
    assert first[0].name == second[0].name


def test_middle_initials_that_differ_are_different_people(path: Path) -> None:
    found = settle(path, [[person("Ada Lund")], [person("Ada B. Lund")], [person("Ada C. Lund")]])
    assert len({speaker.id for article in found for speaker in article}) == 3


def test_an_initial_and_the_bare_surname_join_through_the_full_name(path: Path) -> None:
    found = settle(path, [[person("Lund")], [person("A. Lund")], [person("Ada Lund")]])
    assert {speaker.id for article in found for speaker in article} == {"ada-lund"}


def test_a_surname_joins_a_person_only_by_a_person(path: Path) -> None:
    found = settle(path, [[body("Lund")], [person("Ada Lund")]])
    assert ids(found) == [["lund"], ["ada-lund"]]


def test_organizations_join_by_their_words_and_by_an_acronym(path: Path) -> None:
    found = settle(
        path,
        [
            [body("North Atlantic Treaty Organization", "NATO")],
            [body("NATO")],
            [body("U.S. State Department")],
            [body("US Department of State")],
        ],
    )
    assert found[0][0].id == found[1][0].id == "north-atlantic-treaty-organization"
    assert found[1][0].aliases == ("NATO",)
    assert found[2][0].id == found[3][0].id


def test_an_acronym_of_two_organizations_stays_apart(path: Path) -> None:
    found = settle(path, [[body("Easton Port Union", "EPU")], [body("Ebb Police Union", "EPU")], [body("EPU")]])
    assert ids(found)[2] == ["epu"]


def test_an_unknown_kind_is_the_one_that_others_know(path: Path) -> None:
    unknown = Speaker("Ada Lund", "x", "unknown")
    found = settle(path, [[unknown], [person("Ada Lund")]])
    assert found[0][0].id == "ada-lund"
    assert found[0][0].kind == "person"


def test_equal_slugs_are_numbered(path: Path) -> None:
    found = settle(path, [[person("Jordan")], [body("Jordan")], [person("Жан")], [person("Ян")]])
    assert sorted(ids(found)[0] + ids(found)[1], key=str) == ["jordan", "jordan-2"]
    assert len({one.id for article in found for one in article}) == 4


def test_unnamed_speakers_stay_as_they_are(path: Path) -> None:
    nobody = Speaker(None, None, "person", description="a driver")
    assert settle(path, [[nobody]]) == [[nobody]]


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_reading_does_not_matter(tmp_path: Path, seed: int) -> None:
    rng = random.Random(17)
    given, surnames = ["Ada", "Bo", "Eva", "A.", "Ada B.", "Ada C."], ["Lund", "Berg", "Ek", "Ström", "Strom"]
    articles: list[list[Speaker]] = []
    for _ in range(40):
        surname = rng.choice(surnames)
        name = rng.choice([surname, f"{rng.choice(given)} {surname}", surname.upper()])
        kind: Kind = rng.choice(["person", "person", "unknown", "organization"])
        articles.append([Speaker(name, "x", kind), body(rng.choice(["Easton Port Union", "EPU"]), "EPU")])
    plain = settle(tmp_path / "plain.sqlite", articles)
    assert settle(tmp_path / "shuffled.sqlite", articles, shuffle=seed) == plain


def test_one_id_has_one_name(path: Path) -> None:
    found = settle(path, [[person("ADA LUND")], [person("Ada Lund")], [person("Lund")], [person("Ada Lünd")]])
    assert len({(one.id, one.name) for article in found for one in article}) == 1


def test_a_collection_settles_again_after_more_articles(path: Path) -> None:
    with Collection(path) as collection:
        collection.add([statement("a", person("Lund"))])
        collection.settle()
        assert collection.rename(statement("a", person("Lund"))).speakers[0].id == "lund"
        collection.add([statement("b", person("Ada Lund"))])
        with pytest.raises(RuntimeError, match="settle"):
            collection.rename(statement("a", person("Lund")))
        collection.settle()
        assert collection.rename(statement("a", person("Lund"))).speakers[0].id == "ada-lund"


def test_an_earlier_collection_in_the_file_is_dropped(path: Path) -> None:
    settle(path, [[person("Ada Lund")], [person("Eva Lund")]])
    assert ids(settle(path, [[person("Lund")], [person("Eva Lund")]])) == [["eva-lund"], ["eva-lund"]]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="missing"):
        Collection(tmp_path / "missing" / "speakers.sqlite")
    damaged = tmp_path / "notes.txt"
    damaged.write_text("no database " * 100)
    with pytest.raises(OutputError, match=r"notes\.txt"):
        Collection(damaged)
