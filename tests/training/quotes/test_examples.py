"""What the quote model learns of a window: anchors with and without a cue, acts, and what is left open."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch

from onrecord.document import Article, Mention, Span, Statement
from onrecord.text.segmentation import segment
from onrecord.text.windows import Window, build_windows
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_models.labels import ACTS
from onrecord_models.loading import WEIGHTS, load_tokenizer
from onrecord_models.quote_model import PairScores, QuoteModel, QuoteModelConfig
from onrecord_training.quotes import data
from onrecord_training.quotes.augmentation import vary
from onrecord_training.quotes.batches import collate
from onrecord_training.quotes.data import statement_examples
from onrecord_training.quotes.examples import IGNORED, UNKNOWN, Example, statement_example
from onrecord_training.quotes.losses import LOSSES, quote_losses
from tests.conftest import TINY_ENCODER
from tests.training.made_corpora import at

TOKENIZER = load_tokenizer(WEIGHTS / "small")
TEXT = (
    "Ada Lund said fares would fall. “We will see,” she added.\n\n“Nobody asked us at all.”\n\nThe port “is safe” now."
)


def statement(content: str, cue: str | None = None, source: str | None = None, act: str | None = None) -> Statement:
    def mention(words: str | None) -> Mention | None:
        return Mention(words, (at(words, TEXT),)) if words else None

    return Statement(
        "a", "a", content, (at(content, TEXT),), "indirect", Span(0, 1), mention(cue), mention(source), act=act  # type: ignore[arg-type]
    )  # fmt: skip


FARES = statement("fares would fall", "said", "Ada Lund", "expressed")
ASKED = statement("“Nobody asked us at all.”")
WINDOW: Window = build_windows(TEXT, segment(TEXT), frozenset(), TOKENIZER, 80)[0]
WORDS = [TEXT[start:end] for start, end in WINDOW.spans]


def owned(example: Example, owner: int) -> str:
    return " ".join(word for word, each in zip(WORDS, example.owners, strict=True) if each == owner and word)


def quotations(*beginnings: str) -> tuple[object, ...]:
    found = segment(TEXT).quotations
    return tuple(each for each in found if TEXT[each.span.start :].startswith(beginnings))


def test_a_statement_without_a_cue_is_anchored_at_its_first_token() -> None:
    example = statement_example(WINDOW, (FARES, ASKED))
    assert [WORDS[start:end] for start, end in example.cues] == [["said"], ["“"]]
    assert example.sources[1] == (0, 0)
    assert owned(example, 1) == "fares would fall"
    assert owned(example, 2) == "“ Nobody asked us at all . ”"
    start, end = example.cues[1]
    assert end == start + 1 and example.owners[start] == 2  # the anchor is part of the content
    labels = collate([example]).cue_labels[0].tolist()
    assert [WORDS[token] for token, label in enumerate(labels) if label == 1] == ["said", "“"]


def test_of_discontinuous_content_without_a_cue_the_first_piece_has_the_anchor() -> None:
    pieces = (at("“We will see,”", TEXT), at("“Nobody asked us at all.”", TEXT))
    example = statement_example(WINDOW, (replace(ASKED, content=pieces),))
    assert len(example.cues) == 1
    assert WINDOW.spans[example.cues[0][0]].start == pieces[0].start
    assert owned(example, 1).startswith("“ We will see , ”")
    assert owned(example, 1).endswith("“ Nobody asked us at all . ”")


def test_nothing_is_learned_of_silent_quotations_that_no_statement_touches() -> None:
    silent = quotations("“We", "“Nobody")
    assert len(silent) == 2
    example = statement_example(WINDOW, (FARES,), silent)  # type: ignore[arg-type]
    assert owned(example, IGNORED) == "“ We will see , ” “ Nobody asked us at all . ”"
    batch = collate([example])
    ignored = [token for token, owner in enumerate(example.owners) if owner == IGNORED]
    assert batch.cue_labels[0, ignored].tolist() == [IGNORED] * len(ignored)
    assert batch.owners[0, ignored].tolist() == [IGNORED] * len(ignored)
    added = statement("“We will see,”", "added", "she")
    assert owned(statement_example(WINDOW, (added,), silent), IGNORED).startswith("“ Nobody")  # type: ignore[arg-type]


def unvaried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "vary", lambda text, statements, generator: vary_nothing(text, statements))
    monkeypatch.setattr(data, "_SHORT_WINDOWS", 0.0)


def vary_nothing(text: str, statements: tuple[Statement, ...]) -> object:
    return replace(vary(text, statements, random.Random(0)), text=text, statements=statements)


def test_quotations_that_begin_a_sentence_are_left_open_where_annotators_marked_cues_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unvaried(monkeypatch)
    article = [AnnotatedArticle(Article("a", TEXT), {"anna": (FARES,)})]
    (open_one,) = statement_examples(article, TOKENIZER, 80, random.Random(1), cues_only=True)
    (labelled,) = statement_examples(article, TOKENIZER, 80, random.Random(1))
    assert owned(open_one, IGNORED) == "“ We will see , ” “ Nobody asked us at all . ”"  # and not “is safe”
    assert IGNORED not in labelled.owners
    assert owned(open_one, 1) == owned(labelled, 1) == "fares would fall"


def test_the_act_of_each_statement_is_learned_where_it_is_labelled() -> None:
    wanted = statement("is safe", None, None, "attitude")
    example = statement_example(WINDOW, (wanted, ASKED, FARES))
    assert example.acts == [ACTS.index("expressed"), IGNORED, ACTS.index("attitude")]
    other = statement_example(WINDOW, (FARES,))
    assert collate([other, example]).acts.tolist() == [[0, IGNORED, IGNORED], [0, IGNORED, 1]]


def test_cues_that_nobody_annotated_have_no_act_and_keep_the_others_in_order() -> None:
    example = statement_example(WINDOW, (FARES, statement("is safe", None, None, "attitude")))
    added = example.with_unannotated([(example.cues[0][1] + 3, example.cues[0][1] + 4)])
    assert [source == UNKNOWN for source in added.sources] == [False, True, False]
    assert added.acts == [0, IGNORED, 1]
    assert owned(added, 3) == owned(example, 2)
    silent = statement_example(WINDOW, (FARES,), quotations("“We"))  # type: ignore[arg-type]
    assert owned(silent.with_unannotated([(1, 2)]), IGNORED) == "“ We will see , ”"


def losses_of(acts: bool, *examples: Example) -> dict[str, float]:
    torch.manual_seed(0)
    model = QuoteModel(QuoteModelConfig(encoder=TINY_ENCODER, acts=acts)).eval()
    found = quote_losses(model, list(examples), 0.0, 103, 0.5)
    return dict(zip(LOSSES, found.tolist(), strict=True))


def test_acts_are_learned_by_models_that_tell_them_where_they_are_labelled() -> None:
    labelled, bare = statement_example(WINDOW, (FARES,)), statement_example(WINDOW, (ASKED,))
    assert losses_of(True, labelled)["act"] > 0
    assert losses_of(True, bare)["act"] == 0
    assert losses_of(False, labelled)["act"] == 0


def test_what_is_left_open_costs_nothing() -> None:
    everything = replace(statement_example(WINDOW, (FARES,)), cues=[], sources=[], acts=[])
    open_one = replace(everything, owners=[IGNORED] * len(everything.owners))
    assert losses_of(True, open_one) == dict.fromkeys(LOSSES, 0.0)


def test_pairs_are_scored_with_acts_by_models_that_tell_them() -> None:
    torch.manual_seed(0)
    for acts in (True, False):
        model = QuoteModel(QuoteModelConfig(encoder=TINY_ENCODER, acts=acts)).eval()
        hidden, none = torch.randn(1, 6, 16), torch.zeros(1, 6, dtype=torch.long)
        cues, present = torch.tensor([[[1, 2], [3, 5]]]), torch.ones(1, 2, dtype=torch.bool)
        scores: PairScores = model.score_pairs(hidden, none.bool(), none, cues, present)
        assert (scores.acts is not None) == acts
        if scores.acts is not None:
            assert scores.acts.shape == (1, 2, len(ACTS))
