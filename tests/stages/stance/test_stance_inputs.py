"""What the stance model is shown of an article: windows, statements by their tokens, and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from onrecord import Pipeline
from onrecord.document import Article, Mention, Span, Speaker, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.stance.inputs import article_input, target_encoder
from onrecord.stages.states import ArticleStates
from onrecord_models.stance.model import LEAD, AskedStatement
from tests.stages.making import MANY_BRIDGES, make_analysis, read_by, said


def with_cues(analysis: Analysis) -> Analysis:
    """The word before each content is its cue."""
    text = analysis.article.text

    def cue(statement: Statement) -> Mention:
        end = statement.content[0].start - 1
        return Mention("said", (Span(text.rindex("said", 0, end), end),))

    return replace(analysis, statements=tuple(replace(each, cue=cue(each)) for each in analysis.statements))


def marked(analysis: Analysis, window: int, ranges: Sequence[tuple[int, int]]) -> list[str]:
    spans, text = analysis.windows[window].spans, analysis.article.text
    return [text[spans[start].start : spans[end - 1].end] for start, end in ranges]


def test_statements_are_marked_in_their_windows_also_in_later_ones(tiny_reader: Pipeline) -> None:
    analysis = with_cues(read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0, 4, 5, 11))))
    states = ArticleStates(analysis)
    own = [place.window for each in analysis.statements if (place := states.of(each.content[0]))]
    assert len(own) == 4 and own[0] == 0 and len(set(own)) >= 3 and len(analysis.windows) > len(set(own))
    given = article_input(analysis)
    assert given is not None
    article, numbers = given
    assert numbers == [0, 1, 2, 3]
    used = sorted(set(own))
    assert [used[each.window] for each in article.statements] == own
    for statement, asked in zip(analysis.statements, article.statements, strict=True):
        window = used[asked.window]
        assert marked(analysis, window, asked.content) == [statement.text]
        assert marked(analysis, window, asked.source) == ["Ada Lund"]
        assert marked(analysis, window, asked.cue) == ["said"]
    for number, kept in zip(used, article.windows, strict=True):
        assert torch.equal(kept, states.window_states(number))
    assert article.led == tuple(number > 0 for number in used)
    assert torch.equal(article.lead, states.window_states(0)[1 : 1 + LEAD])


def test_an_article_that_is_quoted_late_is_read_with_its_beginning(tiny_reader: Pipeline) -> None:
    given = article_input(read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(8))))
    assert given is not None
    assert (given[0].led, len(given[0].windows), len(given[0].lead)) == ((True,), 1, LEAD)


def test_statements_in_paragraphs_that_are_skipped_are_left_out(
    tiny_reader: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onrecord.pipeline.find_boilerplate", lambda text, segmentation: frozenset({1, 2}))
    analysis = read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0, 1, 2, 5)))
    assert analysis.boilerplate == {1, 2}
    given = article_input(analysis)
    assert given is not None
    article, numbers = given
    assert numbers == [0, 3]
    assert [len(each.content) for each in article.statements] == [1, 1]
    used = sorted({window for window in range(len(analysis.windows)) if "bridge 5" in whole(analysis, window)} | {0})
    assert [marked(analysis, used[each.window], each.content) for each in article.statements] == [
        ["that bridge 0 would stay open"],
        ["that bridge 5 would stay open"],
    ]
    assert article_input(replace(analysis, statements=analysis.statements[1:3])) is None
    assert article_input(replace(analysis, statements=())) is None


def whole(analysis: Analysis, window: int) -> str:
    spans = analysis.windows[window].spans
    return analysis.article.text[spans[0].start : spans[-1].end]


def test_what_lies_in_another_window_than_the_statement_is_not_marked(tiny_reader: Pipeline) -> None:
    analysis = read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0, 8)))
    first, last = analysis.statements
    assert first.source is not None
    far = Span(last.content[0].start, last.content[0].end)
    moved = replace(last, content=(first.content[0], far), source=first.source)
    given = article_input(replace(analysis, statements=(moved, replace(last, source=first.source))))
    assert given is not None
    one, other = given[0].statements
    assert marked(analysis, 0, one.content) == [first.text]
    assert (len(one.source), other.source) == (1, ())


def test_statements_of_one_speaker_have_one_number(tiny_reader: Pipeline) -> None:
    analysis = read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0, 1, 2, 3, 4, 5)))
    speakers: list[tuple[Speaker, ...]] = [
        (Speaker("Ada Lund", id="E1"),),
        (Speaker(None, description="critics"),),
        (Speaker("Lund", id="E1"), Speaker("Bo Berg", id="E2")),
        (),
        (Speaker(None, description="critics"),),
        (Speaker(None),),
    ]
    pairs = zip(analysis.statements, speakers, strict=True)
    given = article_input(replace(analysis, statements=tuple(replace(each, speakers=who) for each, who in pairs)))
    assert given is not None
    assert [each.speaker for each in given[0].statements] == [0, 1, 0, -1, 1, -1]


def test_a_target_is_encoded_with_the_quote_models_lower_layers(tiny_reader: Pipeline) -> None:
    encode = target_encoder(tiny_reader.runner, tiny_reader.tokenizer)
    short, long, again = encode(["the port bill", "the bridge and the harbour " * 30, "the port bill"])
    assert short.shape == (5, 16)
    assert long.shape == (64, 16)
    assert torch.allclose(short.float(), again.float(), atol=1e-2)
    (analysis,) = tiny_reader.analyse([Article("-", "the port bill")])
    assert torch.allclose(short.float(), ArticleStates(analysis).window_states(0).float(), atol=1e-2)
    assert encode([]) == []


def test_statements_of_the_reader_are_asked_about_as_tokens(tiny_reader: Pipeline) -> None:
    given = article_input(read_by(tiny_reader, make_analysis("Ada Lund said no.", [("no", "Ada Lund")])))
    assert given is not None
    assert given[0].statements == (AskedStatement(0, ((4, 5),), ((1, 3),), (), -1),)
