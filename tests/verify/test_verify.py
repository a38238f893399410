"""Quotations of drafts beside what was said: what each kind of change is called, and where the words are."""

from __future__ import annotations

import pytest

from onrecord.document import Article, Mention, Span, Speaker, Statement
from onrecord.text.turns import find_turns
from onrecord.verify.draft import quotations_of, verify
from onrecord.verify.people import Relation, relate
from onrecord.verify.result import Finding
from onrecord.verify.search import Asked
from onrecord.verify.verifier import Verifier

SAID = """Interview, Monday

MS. OBI: Will the old port close this year, Mr. Brandt?

MAYOR BRANDT: We will never close the port, whatever they say. [applause] Uh, it is the heart of this town. People who
say otherwise have not been to the harbour in twenty years, and they should come and see it.

MS. OBI: You called the plan a disgrace to the whole county last week.

MAYOR BRANDT: I did. The ministry's labour figures are wrong by 10 percent, and everybody in the U.S. knows that.
Health care is next.
"""
SOURCE = Article("said.txt", SAID)
BRANDT = Speaker("Ada Brandt", kind="person")


def look_up(quoted: str, speaker: Speaker | None = BRANDT, *sources: Article) -> Finding:
    draft = Article("draft.txt", f"He said: “{quoted}” on Monday.")
    start = draft.text.index("“") + 1
    verifier = Verifier([Asked(draft, (Span(start, start + len(quoted)),), (speaker,) if speaker else ())])
    for source in sources or (SOURCE,):
        verifier.read(source)
    (finding,) = verifier.findings()
    return finding


@pytest.mark.parametrize(
    ("quoted", "status"),
    [
        ("We will never close the port, whatever they say", "verbatim"),
        ("it IS the heart of this town.", "verbatim"),
        ("We will never close the port, whatever they say. It is the heart of this town", "verbatim"),
        ("The ministry’s labor figures are wrong by ten per cent", "verbatim"),
        ("everybody in the US knows that", "verbatim"),
        ("[E]verybody in the U.S. knows that", "verbatim"),
        ("everybody in the U.S. knows that. Healthcare is next", "verbatim"),
        ("… we will never close the port …", "verbatim"),
        ("We will never close the port … it is the heart of this town", "shortened"),
        ("We will never close the port [...] they should come and see it", "shortened"),
        ("People who say otherwise have not been to [Easton] in twenty years", "shortened"),
        ("We will never close the port (in Easton), whatever they say", "shortened"),
        ("We will close the port, whatever they say", "altered"),
        ("We will never close the harbour, whatever they say", "altered"),
        ("We will never ever close the old port, whatever they say", "altered"),
        ("We will never close the port, and everybody in the U.S. knows that", "spliced"),
        ("they should come and see it. We will never close the port", "spliced"),
        ("You called the plan a disgrace to the whole county", "other_speaker"),
        ("Nobody has asked the fishermen about the new wall in the bay", "not_found"),
        ("the heart", "verbatim"),
        ("heart", "verbatim"),
        ("the lighthouse", "too_short"),
        ("a disgrace", "too_short"),
    ],
)
def test_what_a_quotation_is_called(quoted: str, status: str) -> None:
    assert look_up(quoted).status == status


def test_a_hidden_word_that_the_source_hides_too_is_verbatim() -> None:
    source = Article("said", "He better not f---ing be dead, I told them.")
    assert look_up("He better not f---ing be dead", BRANDT, source).status == "verbatim"
    spoken = Article("said", "He better not damn well be dead, I told them.")
    assert look_up("He better not d---ed be dead", BRANDT, spoken).status == "shortened"


def test_an_altered_quotation_shows_the_words_with_offsets_in_both_texts() -> None:
    finding = look_up("We will close the harbour, whatever they say")
    differing = [each for each in finding.differences if each.kind != "same"]
    assert [(each.kind, each.source_text, each.draft_text) for each in differing] == [
        ("left_out", "never", ""),
        ("changed", "port", "harbour"),
    ]
    (passage,) = finding.passages
    assert SAID[slice(*passage.span)] == passage.text == "We will never close the port, whatever they say"
    assert differing[1].draft is not None
    assert "He said: “We will close the harbour, whatever they say” on Monday."[slice(*differing[1].draft)] == "harbour"
    assert finding.to_dict()["differences"][0]["source"] == list(Span(SAID.index("never"), SAID.index("never") + 5))


def test_a_spliced_quotation_shows_its_passages() -> None:
    finding = look_up("We will never close the port, and everybody in the U.S. knows that")
    texts = [passage.text for passage in finding.passages]
    assert texts[0] == "We will never close the port" and texts[1].startswith("and everybody")


def test_a_quotation_is_spliced_of_two_sources() -> None:
    first = Article("a", "MR. BRANDT: The new wall will hold for a hundred years.\nQ. Why?\nMR. BRANDT: Stone.\n")
    second = Article("b", "Nobody has ever asked the fishermen about any of it, he said.")
    finding = look_up(
        "The new wall will hold for a hundred years, nobody has ever asked the fishermen", BRANDT, first, second
    )
    assert finding.status == "spliced"
    assert [passage.doc for passage in finding.passages] == ["a", "b"]


def test_the_speakers_own_words_count_even_if_somebody_else_says_them_too() -> None:
    echo = Article("echo", "MS. OBI: We will never close the port?\nMR. LUND: No.\nMS. OBI: Never?\nMR. LUND: No.")
    assert look_up("We will never close the port", BRANDT, echo).status == "other_speaker"
    finding = look_up("We will never close the port", BRANDT, echo, SOURCE)
    assert (finding.status, finding.passages[0].doc) == ("verbatim", "said.txt")


@pytest.mark.parametrize(
    ("name", "label", "relation"),
    [
        ("Ada Brandt", "MS. BRANDT", Relation.SAME),
        ("Ada Brandt", "Ada", Relation.SAME),
        ("Ada Brandt", "BRANDT, MAYOR OF EASTON (on camera)", Relation.SAME),
        ("Ada Brandt", "AB", Relation.SAME),
        ("Ada Brandt", "MR. OBI", Relation.OTHER),
        ("Ada Brandt", "Ada Castell", Relation.OTHER),
        ("Ada Brandt", "REPORTER", Relation.UNKNOWN),
        ("Ada Brandt", "Anchor (on camera)", Relation.UNKNOWN),
        ("Ada Brandt", "THE PRESIDENT", Relation.UNKNOWN),
        ("Volodymyr Zelensky", "PRESIDENT ZELENSKYY", Relation.SAME),
        ("Bill Lund", "WILLIAM LUND", Relation.UNKNOWN),
        ("Ada Brandt", "Costs", Relation.UNKNOWN),
    ],
)
def test_only_clearly_different_people_are_told_apart(name: str, label: str, relation: Relation) -> None:
    assert relate([Speaker(name, kind="person")], label) is relation


def test_a_reporter_is_not_somebody_who_has_a_label_of_their_own() -> None:
    assert relate([BRANDT], "REPORTER", {"REPORTER", "MS. BRANDT"}) is Relation.OTHER
    assert relate([BRANDT], "THE MAYOR", {"THE MAYOR", "MAYOR BRANDT"}) is Relation.UNKNOWN


def test_a_speaker_that_the_model_doubts_is_not_called_another() -> None:
    doubted = Speaker("Ada Brandt", kind="person", score=0.4)
    assert look_up("You called the plan a disgrace to the whole county", doubted).status == "verbatim"
    assert look_up("You called the plan a disgrace to the whole county", None).status == "verbatim"


@pytest.mark.parametrize(
    ("text", "at", "speaker"),
    [
        ("Q. Did you see it?\nA. I did.\nQ. When?\nA. In May.\n", "I did", "A"),
        ("Q  Did you see it?\nTHE PRESIDENT: I did.\nQ  When?\n", "When", "Q"),
        ("BY MR. LUND:\nQ. Did you see it?\nA. I did.\nQ. When?\nA. Then.\n", "Did you", "MR. LUND"),
        ("Interview with Ada Obi\n\nQ: Why?\nA: Because of it.\nQ: So?\nA: Yes.\n", "Because", "Ada Obi"),
        (">> ADA LUND: Good evening.\n>> BO: Yes.\n>> ADA LUND: So.\n", "So", "ADA LUND"),
        ("[00:01] Ada Lund: Hello.\n[00:02] Bo Obi: Yes.\n[00:03] Ada Lund: So.\n", "Yes", "Bo Obi"),
        ("Ada Lund  0:01\nHello.\n\nBo Obi  0:02\nYes.\n\nAda Lund  0:05\nSo.\n", "Yes", "Bo Obi"),
        ("**Anchor (on camera):** Good evening.\n**Ada Obi:** Yes.\n**Anchor:** So.\n", "Good", "Anchor"),
        ("Photo: Ada Lund\nSource: Bo Obi\nPhoto: Eva\nThe port stays.\n", "The port", None),
        ("He wrote: no.\nThe port stays, she said.\nIt was late: too late.\n", "The port", None),
    ],
)
def test_labels_tell_who_speaks(text: str, at: str, speaker: str | None) -> None:
    assert find_turns(text).speaker_at(text.index(at)) == speaker


def test_numbers_of_lines_and_pages_do_not_interrupt_a_quotation() -> None:
    lines = [
        "Q. Did you see the ship?",
        "A. I saw the ship in the",
        "harbour on a night in",
        "Page 12",
        "May, and it was burning.",
    ]
    text = "\n".join([*(f"{number:>2}  {line}" for number, line in enumerate(lines, 1)), " 6  Q. Why?", " 7  A. Fire."])
    finding = look_up("the ship in the harbour on a night in May", BRANDT, Article("court", text.replace(" 4  ", "")))
    assert finding.status == "verbatim"


TEXT = (
    "“We will,” she said, “never close the port.” “Wait and see,” she said.\n"
    "They call it “The Heart” and “a place for all of us here”.\n"
    "Lund: no comment on that.\n"
)


def statement(number: int, *quoted: str, speaker: Speaker = BRANDT) -> Statement:
    article = Article("d", TEXT)
    content = tuple(Span(TEXT.index(each), TEXT.index(each) + len(each)) for each in quoted)
    source = Mention("she", (Span(11, 14),))
    return Statement(
        "d", f"d#{number}", article.slice(content), content, "direct", content[0], None, source, (speaker,)
    )


def test_all_that_is_quoted_is_looked_up_with_its_speakers() -> None:
    lund = Speaker("Bo Lund", kind="person")
    statements = [
        statement(1, "“We will,”", "“never close the port.”"),
        statement(2, "“Wait and see,”"),
        statement(3, "no comment on that", speaker=lund),
    ]
    found = quotations_of(Article("d", TEXT), statements)
    assert [(asked.text, asked.statement) for asked in found] == [
        ("We will, … never close the port.", "d#1"),
        ("Wait and see,", "d#2"),
        ("a place for all of us here", None),
        ("no comment on that", "d#3"),
    ]
    assert found[0].speakers == (BRANDT,) and found[3].speakers == (lund,)


def test_an_interrupted_sentence_is_looked_up_as_one() -> None:
    draft = (Article("d", TEXT), [statement(1, "“We will,”", "“never close the port.”")])
    assert verify([draft], [SOURCE])[0].status == "verbatim"
    apart = Article("s", "We will see. I would never close the port, he said.")
    assert verify([draft], [apart])[0].status != "verbatim"
    interrupted = Article("s", "“We will never,” Brandt told the council, “close the port.”")
    assert verify([draft], [interrupted])[0].status == "verbatim"


def test_a_source_without_labels_has_the_speakers_that_its_statements_tell() -> None:
    text = "“You called the plan a disgrace,” Chidi Obi told the council."
    source = Article("news", text)
    quoted = Span(0, text.index(" Chidi"))
    told = Statement(
        "news",
        "news#1",
        text[slice(*quoted)],
        (quoted,),
        "direct",
        quoted,
        speakers=(Speaker("Chidi Obi", kind="person"),),
    )
    draft = Article("d", "“You called the plan a disgrace,” said Ada Brandt.")
    own = Statement("d", "d#1", draft.text[:33], (Span(0, 33),), "direct", Span(0, 33), speakers=(BRANDT,))
    assert verify([(draft, [own])], [source])[0].status == "verbatim"
    (finding,) = verify([(draft, [own])], [source], lambda articles: [[told] for _ in articles])
    assert (finding.status, finding.passages[0].speaker) == ("other_speaker", "Chidi Obi")


def test_the_likeliest_of_many_sources_is_found() -> None:
    others = [
        Article(f"t{n}", f"MR. LUND: We will close road {n}.\nQ. Why?\nMR. LUND: The port is old.\n") for n in range(50)
    ]
    finding = look_up("We will never close the old port, whatever they say", BRANDT, *others, SOURCE, *others)
    assert (finding.status, finding.passages[0].doc) == ("altered", "said.txt")
