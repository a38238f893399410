from __future__ import annotations

from dataclasses import replace

from onrecord.document import Span, Speaker, Stance, Statement
from onrecord.tables.statements import statement_table


def statement(text: str, *stances: Stance, speaker: Speaker | None = None) -> Statement:
    speakers = (speaker,) if speaker else ()
    return Statement("a.txt", "a.txt#1", text, (Span(0, 1),), "direct", Span(0, 1), speakers=speakers, stance=stances)


def test_every_target_is_named_and_has_its_stance() -> None:
    stances = Stance("the port", "support", 0.9), Stance("the mayor", "oppose", 0.8)
    lines = list(statement_table([statement("x", *stances, speaker=Speaker("Ada"))]))
    assert "stance towards: the port | the mayor" in lines[1]
    assert "support 0.90 | oppose 0.80" in lines[2]


def test_a_speaker_nobody_can_tell_is_shown_as_unknown() -> None:
    assert "(unknown)" in list(statement_table([statement("x")]))[1]


def test_long_statements_are_cut_unless_asked_for_in_full() -> None:
    long = "word " * 100
    assert list(statement_table([statement(long)]))[1].endswith("…")
    assert long.strip() in list(statement_table([statement(long)], full=True))[1]


def test_what_articles_hold_cannot_steer_the_terminal() -> None:
    speaker = Speaker("Ada\x1b[2J\nBrandt")
    shown = "\n".join(statement_table([statement("a\x1b]0;title\x07b\rc", speaker=speaker)]))
    assert not any(ord(character) < 32 and character != "\n" for character in shown)
    assert shown.count("\n") == 1


def test_what_a_limit_leaves_out_is_counted() -> None:
    assert list(statement_table([statement("x"), statement("y"), statement("z")], limit=1))[-1] == "… and 2 more"


def test_words_that_stand_elsewhere_have_a_sign_that_the_end_explains() -> None:
    alone, same = statement("x"), replace(statement("y"), cluster="c1")
    conflict = replace(statement("z"), cluster="c2", attribution_conflict=True)
    lines = list(statement_table([alone, same, conflict]))
    assert [line[0] for line in lines[1:4]] == [" ", "=", "≠"]
    assert lines[-1].startswith("= the same words elsewhere, ≠ given to different speakers")
    assert list(statement_table([alone]))[-1].endswith("x")
    assert list(statement_table([same], full=True))[1].endswith("y  [c1]")
