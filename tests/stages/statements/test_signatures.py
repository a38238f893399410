"""Statements attributed by layout: signed quotations and the turns of a transcript."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onrecord.document import Name
from onrecord.stages.statements.signatures import add_signed
from tests.stages.statements.drafts import analysis_of, at, draft, shown

TRANSCRIPT = "The talk in full\n\nBRANDT: We stay open.\n\nHOST: Until when?\n\nBRANDT: Until we say that we close.\n"


@pytest.mark.parametrize("dash", ["―", "—", "–", "-", "--", " ― ", "\u00a0―\u00a0"])
def test_a_quotation_signed_with_a_dash_is_the_signers(dash: str) -> None:
    lines = ("“The harbour must stay open.”", "Ada Brandt"), ("“We do not need it.”", "Omar Diallo, 34")
    text = "Readers write\n\n" + "\n\n".join(f"{quotation}{dash}{name}" for quotation, name in lines)
    found = add_signed(analysis_of(text), [])
    assert shown(text, found) == [["“The harbour must stay open.”"], ["“We do not need it.”"]]
    assert [one.source.text for one in found if one.source] == ["Ada Brandt", "Omar Diallo, 34"]
    assert [one.cue.text for one in found if one.cue] == [dash.strip()] * 2


def test_a_dash_that_goes_on_with_the_sentence_is_not_a_signature() -> None:
    text = "“The harbour must stay open” – a sentence that Ada Brandt likes to repeat whenever she is asked.\n"
    assert add_signed(analysis_of(text), []) == []
    text = "“Harbour Lights” – Ada Brandt’s novel\n"
    assert add_signed(analysis_of(text), []) == []


def test_turns_of_a_transcript_are_their_speakers_and_hold_what_is_quoted_in_them() -> None:
    inner = draft(TRANSCRIPT, "that we close", cue="say", source="we")
    found = add_signed(analysis_of(TRANSCRIPT), [inner])
    assert shown(TRANSCRIPT, found) == [["We stay open."], ["Until when?"], ["Until we say that we close."]]
    assert [one.source.text for one in found if one.source] == ["BRANDT", "HOST", "BRANDT"]


def test_headings_with_a_colon_are_not_a_transcript() -> None:
    text = "BREAKING: The harbour closes.\n\nIt was late.\n\nWATCH: The last ship leaves.\n\nMORE: What comes next.\n"
    assert add_signed(analysis_of(text), []) == []
    assert add_signed(analysis_of("NOTE: one.\n\nNOTE: two.\n"), []) == []


def test_turns_begin_with_labels_of_any_kind() -> None:
    lines = (
        *("Omar Diallo — Chief Executive", "Orders rose.", "We are pleased.", "[Applause]"),
        *("Ada Brandt — Northbank — Analyst", "And China?"),
        *("Omar Diallo — Chief Executive", "We do not say.", "The call ended at noon."),
    )
    text = "\n\n".join(lines)
    analysis = replace(analysis_of(text), names=(Name(at(text, "Ada Brandt"), "PER", 1.0),))
    found = add_signed(analysis, [])
    assert shown(text, found) == [["Orders rose.", "We are pleased."], ["And China?"], ["We do not say."]]
    assert [one.source.text for one in found if one.source][1] == "Ada Brandt — Northbank — Analyst"
    text = "Mr. DIALLO. The ferry has no propeller.\n\nMs. BRANDT. Then why did we pay for one?\n"
    found = add_signed(analysis_of(text), [])
    assert shown(text, found) == [["The ferry has no propeller."], ["Then why did we pay for one?"]]
    text = "Q. Did you sign it?\n\nA. I was not there.\n\nQ. Who was?\n\nA. Nobody.\n"
    found = add_signed(analysis_of(text), [])
    assert [one.source.text for one in found if one.source] == ["Q", "A", "Q", "A"]
    assert {one.act and one.act[0] for one in found} == {"expressed"}


def test_a_label_that_is_there_once_and_nobody_begins_no_turn() -> None:
    text = "THE SPEAKER: Order.\n\nMR. BORG: I beg to move.\n\nTHE SPEAKER: Granted.\n\nMotion: carried.\n"
    assert shown(text, add_signed(analysis_of(text), [])) == [["Order."], ["I beg to move."], ["Granted."]]


def test_labels_that_are_nobody_make_no_transcript() -> None:
    text = "Claim: The port is closed.\n\nVerdict: It is not.\n\nClaim: It never opened.\n\nVerdict: It did.\n"
    assert add_signed(analysis_of(text), []) == []
    countries = ("CHILE", "CHAD", "PERU", "MALI", "OMAN")
    text = "\n\n".join(f"{country}: Thousands marched." for country in countries)
    places = tuple(Name(at(text, country), "LOC", 1.0) for country in countries)
    assert add_signed(replace(analysis_of(text), names=places), []) == []
    text = "GDP: 3 billion.\n\nPopulation: Four million.\n\nCapital: Oslo.\n\nGDP: 2 billion.\n\nCapital: Bergen.\n"
    assert add_signed(analysis_of(text), []) == []
    films = (
        ("Ada Brandt — The Hour", "A film about ships."),
        ("Omar Diallo — Northbank", "A film."),
        ("Eva Ek — Rain", "Wet."),
    )
    text = "\n\n".join(line for film in films for line in film)
    assert add_signed(replace(analysis_of(text), names=(Name(at(text, "Eva Ek"), "PER", 1.0),)), []) == []
