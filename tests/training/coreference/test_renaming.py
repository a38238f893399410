"""Labelled articles with other names in them: the labels move with the text, and who belongs together still does."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.document import Article, Mention, Span, Speaker, Statement
from onrecord_eval.corpora.speaker_labels import LabelledEntity, LabelledSources
from onrecord_training.coreference.renaming import NamePool, renamed

TEXT = "Ada Lund met Bo Lund. “No,” Lund’s aide said. Later Ada said that she left. Ada Lundin, Mr Bo, ADA."
WOMEN, MEN, SURNAMES = ("Cora", "Dorotea"), ("Emil", "Fritz-Jan"), ("Marek", "O’Toole", "Oy")


def span_of(words: str, text: str = TEXT) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


def person(name: str | None, gender: str | None, *mentions: Span, kind: str = "person") -> LabelledEntity:
    return LabelledEntity(Speaker(name, kind=kind), gender, mentions)  # type: ignore[arg-type]


def pool_of(women: Sequence[str] = WOMEN, men: Sequence[str] = MEN, seed: int = 1) -> NamePool:
    """A pool of these given names and ``SURNAMES``."""
    named = itertools.chain(
        ((f"{given} {own}", "f") for given, own in itertools.product(women, SURNAMES)),
        ((f"{given} {own}", "m") for given, own in itertools.product(men, SURNAMES)),
    )
    entities = tuple(person(name, gender) for name, gender in named)
    return NamePool([LabelledSources(Article("-", ""), entities, (), ())], seed)


def article() -> LabelledSources:
    ada = LabelledEntity(
        Speaker("Ada Lund", kind="person", role="aide of Lund", aliases=("Ada", "Lund")),
        "f",
        (span_of("Ada Lund"), span_of("she")),
    )
    bo = person("Bo Lund", "m", span_of("Bo Lund"))
    aide = LabelledEntity(Speaker(None, kind="person", description="Lund’s aide"), None, (span_of("Lund’s aide"),))
    cue, source = Mention("said", (span_of("said"),)), Mention("Lund’s aide", (span_of("Lund’s aide"),))
    speakers = (aide.speaker, ada.speaker)
    statement = Statement(
        "a", "a#1", "“No,”", (span_of("“No,”"),), "direct", Span(0, 1), cue, source, speakers=speakers
    )
    return LabelledSources(Article("a", TEXT), (ada, bo, aide), (statement,), ("description",))


@pytest.mark.parametrize("seed", range(8))
def test_every_labelled_person_gets_another_name_of_the_same_gender_wherever_it_stands(seed: int) -> None:
    found = renamed(article(), pool_of(seed=seed))
    ada, bo, aide = found.entities
    assert ada.speaker.name is not None and bo.speaker.name is not None
    (her, surname), (him, his_surname) = ada.speaker.name.split(), bo.speaker.name.split()
    assert her in WOMEN and him in MEN and surname == his_surname and surname in SURNAMES
    assert found.article.text == (
        f"{her} {surname} met {him} {surname}. “No,” {surname}’s aide said. Later {her} said that she left. "
        f"Ada Lundin, Mr {him}, ADA.".replace("Ada Lundin", f"{her} Lundin")
    )
    assert ada.speaker.aliases == (her, surname)
    assert aide.speaker.description == f"{surname}’s aide"
    assert (ada.gender, bo.gender, aide.gender) == ("f", "m", None)


def test_statements_are_read_anew_from_the_changed_text_and_keep_their_speakers() -> None:
    found = renamed(article(), pool_of())
    (statement,) = found.statements
    assert (statement.text, statement.form, statement.id) == ("“No,”", "direct", "a#1")
    assert statement.cue is not None and statement.cue.text == "said"
    assert statement.source is not None and statement.source.text == found.entities[2].speaker.description
    assert [id(speaker) for speaker in statement.speakers] == [
        id(found.entities[2].speaker),
        id(found.entities[0].speaker),
    ]
    assert found.kinds == ("description",)


@given(st.data())
def test_every_moved_span_has_the_renamed_words(data: st.DataObject) -> None:
    words = data.draw(
        st.lists(
            st.sampled_from(["Ada", "Lund", "Bo", "Ek", "she", "“No,”", "Lund’s", "Lundin", "said.", "\n\n", "of"]),
            min_size=1,
            max_size=30,
        )
    )
    text = " ".join(words)
    edges = [0, *itertools.accumulate(len(word) + 1 for word in words)]
    ranges = st.tuples(st.integers(0, len(words) - 1), st.integers(0, len(words) - 1)).map(sorted)
    spans = tuple(
        Span(edges[first], edges[last + 1] - 1) for first, last in data.draw(st.lists(ranges, min_size=1, max_size=6))
    )
    entities = (person("Ada Lund", "f", *spans), person("Bo Ek", "m"), person(None, None))
    before = LabelledSources(Article("a", text), entities, (), ())
    after = renamed(before, pool_of(seed=data.draw(st.integers(0, 9))))
    changes = {
        old: new
        for entity, other in zip(before.entities, after.entities, strict=True)
        for old, new in zip((entity.speaker.name or "").split(), (other.speaker.name or "").split(), strict=True)
    }

    def again(words: str) -> str:
        return re.sub(r"\w+", lambda match: changes.get(match.group(), match.group()), words)

    assert after.article.text == again(text)
    moved = after.entities[0].mentions
    assert [after.article.text[slice(*span)] for span in moved] == [again(text[slice(*span)]) for span in spans]


@pytest.mark.parametrize(
    "entity",
    [
        person("Ada Lund", None),
        person("Ada", "f"),
        person("Ada de Lund", "f"),
        person("Ada B. Lund", "f"),
        person("Lund Harbour", None, kind="organization"),
        person(None, "f"),
    ],
)
def test_who_has_no_gender_or_not_two_plain_words_keeps_the_name(entity: LabelledEntity) -> None:
    before = LabelledSources(Article("a", TEXT), (entity,), (), ())
    assert renamed(before, pool_of()) is before


def test_one_seed_draws_the_same_names_again_and_goes_on_to_others() -> None:
    first, second = pool_of(seed=3), pool_of(seed=3)
    names = [first.draw("f") for _ in range(9)]
    assert names == [second.draw("f") for _ in range(9)]
    assert len(set(names)) > 1


def test_half_of_the_articles_have_two_people_of_one_surname_one_of_them_called_by_it() -> None:
    text = "Ada Lund met Eva Berg and Bo Ek. “No,” Lund said."
    people = (
        person("Ada Lund", "f", span_of("Ada Lund", text), Span(text.rindex("Lund"), text.rindex("Lund") + 4)),
        person("Eva Berg", "f", span_of("Eva Berg", text)),
        person("Bo Ek", "m", span_of("Bo Ek", text)),
    )
    before = LabelledSources(Article("a", text), people, (), ())
    pool = NamePool(
        [
            LabelledSources(
                Article("-", ""),
                tuple(
                    person(f"{given} S{letter}", gender)
                    for given, gender in (("Cora", "f"), ("Emil", "m"))
                    for letter in string.ascii_lowercase
                ),
                (),
                (),
            )
        ],
        1,
    )
    shared = 0
    for _ in range(60):
        found = renamed(before, pool)
        surnames = [(each.speaker.name or "").split()[1] for each in found.entities]
        shared += surnames[0] in surnames[1:]
        last = found.entities[0].mentions[1]
        assert found.article.text[slice(*last)] == surnames[0]
    assert 20 <= shared <= 40
