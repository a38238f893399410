"""Speakers of many articles become the entities of a collection, each with one name and id."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.collection.speakers import CollectionSpeakers
from onrecord.document import Kind, Span, Speaker, Statement
from onrecord.files.sqlite import Database
from onrecord_eval.benchmarks.made.people import OTHER_PEOPLE, PEOPLE, SyntheticPerson
from onrecord_eval.benchmarks.speakers_across_articles import merge_speakers


def person(name: str, *aliases: str, role: str | None = None) -> Speaker:
    return Speaker(name, "provisional", "person", role, aliases=aliases)


def organization(name: str, *aliases: str) -> Speaker:
    return Speaker(name, "provisional", "organization", aliases=aliases)


def statement(doc: str, *speakers: Speaker) -> Statement:
    return Statement(doc, f"{doc}#1", "Yes", (Span(0, 3),), "direct", Span(0, 3), speakers=speakers)


def final(articles: Sequence[Sequence[Speaker]], shuffle: int | None = None) -> list[list[Speaker]]:
    """The final speakers of each article, one statement for each speaker."""
    statements = [[statement(f"{number}.txt", speaker) for speaker in group] for number, group in enumerate(articles)]
    order = list(range(len(statements)))
    if shuffle is not None:
        random.Random(shuffle).shuffle(order)
    with Database() as database:
        speakers = CollectionSpeakers(database)
        for number in order:
            for one in statements[number]:
                speakers.add(one)
        speakers.finish()
        return [
            [speaker for one in group for speaker in speakers.with_final_names(one).speakers] for group in statements
        ]


def ids(articles: list[list[Speaker]]) -> list[list[str | None]]:
    return [[speaker.id for speaker in article] for article in articles]


def test_a_surname_joins_the_only_full_name_that_it_is_part_of() -> None:
    first, second = final([[person("Ada Lund")], [person("Lund")]])
    assert first[0].name == second[0].name == "Ada Lund"
    assert first[0].id == second[0].id == "ada-lund"
    assert second[0].aliases == ("Lund",)


def test_a_surname_that_two_full_names_share_stays_apart() -> None:
    found = final([[person("Ada Lund")], [person("Eva Lund")], [person("Lund")]])
    assert ids(found) == [["ada-lund"], ["eva-lund"], ["lund"]]


def test_two_articles_smiths_are_two_people() -> None:
    found = final([[person("John Smith", "Smith")], [person("Jane Smith", "Smith")]])
    assert ids(found) == [["john-smith"], ["jane-smith"]]


def test_what_an_article_keeps_apart_stays_apart() -> None:
    found = final([[person("John Smith"), person("Smith")]])
    assert ids(found) == [["john-smith", "smith"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Lund", "ADA LUND"),
        ("Ada Lund", "Dr. Ada Lund"),
        ("Carol-Ann Möller", "Carol Ann Moller"),
        ("Carol-Ann Möller", "Carol-Ann Moeller"),
        ("H D Kumara", "H.D. Kumara"),
        ("Ada Lund", "Ada B. Lund"),
        ("A. Lund", "Ada Lund"),
        ("H. D. Kumara", "Hara Deve Kumara"),
        ("Ada Lund", "Ada Berta Lund"),
        ("José Peral", "Jose Peral Ortuño"),
        ("Sergei Turin", "Sergey Turin"),
        ("Mary McElvane", "Mary Mc Elvane"),
        ("Bashir al-Domar", "Bashir Domar"),
        ("Abdel Rahman el-Hashem", "Abdelrahman al-Hashem"),
    ],
)
def test_spellings_of_a_full_name_are_one_person(one: str, other: str) -> None:
    first, second = final([[person(one)], [person(other)]])
    assert first[0].id == second[0].id
    assert first[0].name == second[0].name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Daniel Petros", "Daniela Petros"),
        ("Ivan Petrov", "Ivana Petrova"),
        ("Ann Lund", "Anna Lund"),
        ("Marc Teil", "Mark Teil"),
        ("Ada Lund", "Eva Lund"),
        ("Maria Lund", "Ada Maria Lund"),
        ("Ada B. Lund", "Ada C. Lund"),
        ("Kim Yong-su", "Kim Yong-suk"),
    ],
)
def test_names_that_only_look_alike_are_two_people(one: str, other: str) -> None:
    first, second = final([[person(one)], [person(other)]])
    assert first[0].id != second[0].id


def test_a_rough_spelling_joins_where_the_role_is_the_same() -> None:
    one, other = person("Mikhail Baskal", role="harbour chief"), person("Mikheil Baskal", role="chief of the harbour")
    first, second = final([[one], [other]])
    assert first[0].id == second[0].id
    stranger = person("Mikheil Baskal", role="folk singer")
    first, second = final([[one], [stranger]])
    assert first[0].id != second[0].id


def test_the_same_full_name_in_other_work_is_another_person() -> None:
    found = final(
        [
            [person("John Smith", role="mayor of Easton")],
            [person("John Smith", role="goalkeeper")],
            [person("John Smith", role="Easton Mayor")],
            [person("John Smith")],
        ],
    )
    assert ids(found) == [["john-smith"], ["john-smith-2"], ["john-smith"], ["john-smith-3"]]


def test_one_place_s_mayor_is_not_another_s() -> None:
    found = final([[person("John Smith", role="mayor of Easton")], [person("John Smith", role="mayor of Weston")]])
    assert ids(found) == [["john-smith"], ["john-smith-2"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("president of Russia", "Russian leader"),
        ("State Department spokeswoman", "U.S. spokeswoman"),
        ("former footballer", "minister of sport"),
        ("Easton resident", "teacher"),
        ("foreign minister", None),
    ],
)
def test_what_one_person_may_be_called_does_not_split_them(one: str, other: str | None) -> None:
    first, second = final([[person("Ada Lund", role=one)], [person("Ada Lund", role=other)]])
    assert first[0].id == second[0].id


def test_one_odd_role_among_many_takes_no_articles_along() -> None:
    many = [[person("Ada Lund", role="mayor of Easton")] for _ in range(20)]
    found = final([*many, [person("Ada Lund", role="folk singer")], [person("Ada Lund")]])
    assert ids(found)[-2:] == [["ada-lund-2"], ["ada-lund"]]


def test_a_surname_joins_the_bearer_whose_role_it_has() -> None:
    found = final(
        [
            [person("Ada Lund", role="mayor of Easton")],
            [person("Eva Lund", role="striker")],
            [person("Lund", role="Easton Mayor")],
        ],
    )
    assert ids(found)[2] == ["ada-lund"]


def test_a_surname_does_not_join_somebody_of_other_work() -> None:
    found = final([[person("Ada Lund", role="mayor of Easton")], [person("Lund", role="striker")]])
    assert ids(found) == [["ada-lund"], ["lund"]]


def test_two_articles_with_a_surname_alone_are_two_people() -> None:
    found = final([[person("Smith")], [person("Smith")], [person("Smith", role="coach")]])
    assert len({one.id for article in found for one in article}) == 3


def test_a_surname_with_the_same_role_twice_is_one_person() -> None:
    found = final([[person("Smith", role="coach of Easton")], [person("Smith", role="Easton coach")]])
    assert ids(found)[0] == ids(found)[1]


def test_a_first_name_joins_only_where_an_article_uses_it_so() -> None:
    assert ids(final([[person("Xi Lin")], [person("Xi")]]))[1] == ["xi"]
    assert ids(final([[person("Xi Lin", "Xi")], [person("Xi")]]))[1] == ["xi-lin"]


def test_middle_initials_that_differ_are_different_people() -> None:
    found = final([[person("Ada Lund")], [person("Ada B. Lund")], [person("Ada C. Lund")]])
    assert len({speaker.id for article in found for speaker in article}) == 3


def test_an_initial_and_the_bare_surname_join_through_the_full_name() -> None:
    found = final([[person("Lund")], [person("A. Lund")], [person("Ada Lund")]])
    assert {speaker.id for article in found for speaker in article} == {"ada-lund"}


def test_a_surname_joins_a_person_only_by_a_person() -> None:
    found = final([[organization("Lund")], [person("Ada Lund")]])
    assert ids(found) == [["lund"], ["ada-lund"]]


def test_organizations_join_by_their_words_and_by_an_acronym() -> None:
    found = final(
        [
            [organization("North Atlantic Treaty Organization", "NATO")],
            [organization("NATO")],
            [organization("U.S. State Department")],
            [organization("US Department of State")],
        ],
    )
    assert found[0][0].id == found[1][0].id == "north-atlantic-treaty-organization"
    assert found[1][0].aliases == ("NATO",)
    assert found[2][0].id == found[3][0].id


def test_an_acronym_of_two_organizations_stays_apart() -> None:
    found = final(
        [[organization("Easton Port Union", "EPU")], [organization("Ebb Police Union", "EPU")], [organization("EPU")]]
    )
    assert ids(found)[2] == ["epu"]


def test_an_unknown_kind_is_the_one_that_others_know() -> None:
    unknown = Speaker("Ada Lund", "x", "unknown")
    found = final([[unknown], [person("Ada Lund")]])
    assert found[0][0].id == "ada-lund"
    assert found[0][0].kind == "person"


def test_equal_slugs_are_numbered() -> None:
    found = final([[person("Jordan")], [organization("Jordan")], [person("Жан")], [person("Ян")]])
    assert sorted(ids(found)[0] + ids(found)[1], key=str) == ["jordan", "jordan-2"]
    assert len({one.id for article in found for one in article}) == 4


def test_unnamed_speakers_stay_as_they_are() -> None:
    nobody = Speaker(None, None, "person", description="a driver")
    assert final([[nobody]]) == [[nobody]]


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_reading_does_not_matter(seed: int) -> None:
    rng = random.Random(17)
    given, surnames = ["Ada", "Bo", "Eva", "A.", "Ada B.", "Ada C."], ["Lund", "Berg", "Ek", "Ström", "Strom"]
    articles: list[list[Speaker]] = []
    for _ in range(40):
        surname = rng.choice(surnames)
        name = rng.choice([surname, f"{rng.choice(given)} {surname}", surname.upper()])
        kind: Kind = rng.choice(["person", "person", "unknown", "organization"])
        articles.append([Speaker(name, "x", kind), organization(rng.choice(["Easton Port Union", "EPU"]), "EPU")])
    assert final(articles, shuffle=seed) == final(articles)


_ROLES = [None, "mayor of Easton", "Easton Mayor", "mayor of Weston", "folk singer", "singer", "resident", "miner"]
_SPEAKERS = st.builds(
    Speaker,
    st.sampled_from(
        """Ada Lund|A. Lund|Lund|Ada B. Lund|Ada C. Lund|Eva Lund|Ada Lünd|Ada Berta Lund|LUND|Berta Lund|Ada
        |Sergei Lund|Sergey Lund|Ada Lund Berg|Berg|van Berg|NATO|Easton Port Union|EPU""".split("|")  # noqa: SIM905
    ).map(str.strip),
    st.none(),
    st.sampled_from(["person", "person", "person", "organization", "unknown"]),
    st.sampled_from(_ROLES),
    st.none(),
    st.sampled_from([(), ("Lund",), ("EPU",), ("Ada",)]),
)


@settings(max_examples=60)
@given(articles=st.lists(st.lists(_SPEAKERS, min_size=1, max_size=3), min_size=2, max_size=12), seed=st.integers(0, 99))
def test_whatever_the_articles_their_order_does_not_matter(articles: list[list[Speaker]], seed: int) -> None:
    assert final(articles, shuffle=seed) == final(articles)


@pytest.mark.parametrize("seed", [20, 21, 22])
@pytest.mark.parametrize("people", [PEOPLE, OTHER_PEOPLE], ids=["people", "other people"])
def test_most_mentions_of_a_synthetic_person_are_merged_and_never_two_people(
    people: Sequence[SyntheticPerson], seed: int
) -> None:
    found = merge_speakers(people, seed)
    assert not found.false
    assert found.recall >= 0.9, found.missed


def test_one_id_has_one_name() -> None:
    found = final([[person("ADA LUND")], [person("Ada Lund")], [person("Lund")], [person("Ada Lünd")]])
    assert len({(one.id, one.name) for article in found for one in article}) == 1


def test_calls_in_the_wrong_order_are_refused() -> None:
    with Database() as database:
        speakers = CollectionSpeakers(database)
        speakers.add(statement("a", person("Lund")))
        with pytest.raises(RuntimeError, match="not finished"):
            speakers.with_final_names(statement("a", person("Lund")))
        speakers.finish()
        with pytest.raises(RuntimeError, match="are finished"):
            speakers.add(statement("b", person("Ada Lund")))
