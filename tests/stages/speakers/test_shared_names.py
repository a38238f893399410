"""Names that several people of an article bear: whom they mean is asked of the resolver."""

from __future__ import annotations

from tests.stages.making import Answering, make_analysis, named, resolved

_LUNDS = "Ada Lund spoke first.\n\nThen Eva Lund rose.\n\n“It was safe,” Lund said."


def test_the_resolver_says_which_of_two_people_a_surname_means() -> None:
    analysis = make_analysis(_LUNDS, [("“It was safe,”", "Lund")], person=["Ada Lund", "Eva Lund", "Lund"])
    resolver = Answering(lambda name: name == "Ada Lund", 0.7)
    (statement,) = resolved(analysis, resolver).statements
    assert [(speaker.name, speaker.score) for speaker in statement.speakers] == [("Ada Lund", 0.7)]
    ((anaphor, candidates),) = resolver.asked
    assert (anaphor.kind, anaphor.words) == ("name", "Lund")
    assert [named(each) for each in candidates] == ["Ada Lund", "Eva Lund"]


def test_a_shared_surname_elsewhere_is_asked_about_and_then_a_mention_of_its_bearer() -> None:
    text = "Ada Lund met Eva Lund. Lund left early. “It was safe,” she said."
    analysis = make_analysis(text, [("“It was safe,”", "she")], person=["Ada Lund", "Eva Lund", "Lund"])
    resolver = Answering(lambda name: name == "Ada Lund")
    resolved(analysis, resolver)
    kinds = [anaphor.kind for anaphor, _ in resolver.asked]
    assert kinds == ["name", "he or she"]
    mentions = {named(each): len(each.mentions) for each in resolver.asked[-1][1]}
    assert mentions == {"Ada Lund": 2, "Eva Lund": 1}


def test_a_surname_that_one_person_bears_is_not_asked_about() -> None:
    text = "Ada Lund met Eva Berg. “It was safe,” Lund said."
    analysis = make_analysis(text, [("“It was safe,”", "Lund")], person=["Ada Lund", "Eva Berg", "Lund"])
    resolver = Answering(lambda name: False)
    resolved(analysis, resolver)
    assert resolver.asked == []


def test_a_family_name_that_comes_first_is_a_surname_too() -> None:
    text = "Christian Cho met Cho Jae-Hyun. “It was safe,” Cho said."
    analysis = make_analysis(text, [("“It was safe,”", "Cho")], person=["Christian Cho", "Cho Jae-Hyun", "Cho"])
    resolver = Answering(lambda name: name == "Cho Jae-Hyun")
    (statement,) = resolved(analysis, resolver).statements
    assert [speaker.name for speaker in statement.speakers] == ["Cho Jae-Hyun"]
    assert [named(each) for each in resolver.asked[0][1]] == ["Christian Cho", "Cho Jae-Hyun"]
