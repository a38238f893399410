"""Pronouns between two people: does the model read the text, or does it take whoever is named first?

    python -m onrecord_eval.benchmarks.pronoun_order [--model small]

Each pattern names a woman and a man and then quotes "he" or "she". It is filled in with both orders of the two and with
both pronouns, so the order of the names says nothing. A model that always takes the first-named person has 1.00 in one
column and 0.00 in the other. Statements and sources are given; only the speaker is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from onrecord.document import Article, Meta, Span, Statement
from onrecord.pipeline import PipelineSettings
from onrecord.text.quotations import quotation_states
from onrecord.text.segmentation import segment
from onrecord.text.statements import build_mention, build_statement
from onrecord_eval.adapters import PipelineParts
from onrecord_eval.benchmarks.measuring import option_parser, print_table
from onrecord_eval.metrics.speaker_names import normalise_name
from onrecord_eval.tasks.base import SpeakerFinder

WOMEN: Final = ("Ruth Dale", "Michelle Okafor", "Ana Boyd", "Susan Lindqvist", "Maria Petrov", "Fatima Rahman")
MEN: Final = ("James Pratt", "Peter Voss", "Carlos Medina", "Thomas Nkemelu", "Ivan Horak", "Ahmed Siddiqui")
QUOTED: Final = "“That was never the plan,”"
PATTERNS: Final = (
    "{first} met {second} at the harbour on Monday. {quoted} {pronoun} said.",
    "{first} opened the bridge. {second} was not invited. {quoted} {pronoun} said on Tuesday.",
    "“The river is low,” {first} said. {second} disagrees. {quoted} {pronoun} said.",
    "{first} wrote to {second} about the toll. The letter arrived in March. {quoted} {pronoun} said.",
    "The council elected {first} in May, after {second} had resigned. {quoted} {pronoun} said.",
    "{first} praised the report. The union of {second} rejected it. {quoted} {pronoun} said in an interview.",
    "Among the guests were {first} and {second}. {quoted} {pronoun} told reporters.",
    "{second_possessive} term ends in June. {first} will follow. {quoted} {pronoun} said.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A text, the statement with the pronoun, its right speaker, and where in the order of names that one is."""

    article: Article
    statement: Statement
    speaker: str
    pronoun: str
    named_first: bool


def cases() -> Iterator[Case]:
    """Every pattern with every pair of a woman and a man of one row, in both orders and with both pronouns."""
    for number, pattern in enumerate(PATTERNS):
        for woman, man in zip(WOMEN, MEN[number % len(MEN) :] + MEN[: number % len(MEN)], strict=True):
            for first, second in ((woman, man), (man, woman)):
                for speaker, pronoun in ((woman, "she"), (man, "he")):
                    yield _case(pattern, first, second, speaker, pronoun)


def _case(pattern: str, first: str, second: str, speaker: str, pronoun: str) -> Case:
    text = pattern.format(first=first, second=second, second_possessive=f"{second}’s", quoted=QUOTED, pronoun=pronoun)
    article = Article("-", text, Meta(language="en"))
    start = text.index(QUOTED)
    source = text.index(pronoun, start + len(QUOTED))
    segmentation = segment(text)
    statement = build_statement(
        article,
        segmentation,
        (Span(start, start + len(QUOTED)),),
        identifier="-#1",
        states=quotation_states(text, segmentation.quotations),
        source=build_mention(article, (Span(source, source + len(pronoun)),)),
    )
    other = second if speaker == first else first
    return Case(article, statement, speaker, pronoun, text.index(speaker) < text.index(other))


@dataclass(slots=True)
class Answers:
    """How many questions were asked, and what was answered: the right name, the other person's, or none."""

    asked: int = 0
    right: int = 0
    other: int = 0
    none: int = 0


def answer(finder: SpeakerFinder) -> dict[tuple[str, bool], Answers]:
    """What is answered, by the pronoun and by whether its person is named first."""
    found: dict[tuple[str, bool], Answers] = defaultdict(Answers)
    for case in cases():
        (speakers,) = finder.speakers(case.article, [case.statement])
        names = {normalise_name(speaker.name) for speaker in speakers if speaker.name}
        answers = found[case.pronoun, case.named_first]
        answers.asked += 1
        answers.right += names == {normalise_name(case.speaker)}
        answers.other += bool(names) and names != {normalise_name(case.speaker)}
        answers.none += not names
    return dict(found)


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--model", default="small", help="name or folder of the model")
    model = parser.parse_args().model
    rows: list[tuple[str, ...]] = [("pronoun", "its person is named", "texts", "right", "the other person", "no name")]
    found = answer(PipelineParts(PipelineSettings(model)).speaker_finder)
    for (pronoun, named_first), answers in sorted(found.items()):
        shares = (answers.right, answers.other, answers.none)
        rows.append(
            (
                pronoun,
                "first" if named_first else "second",
                f"{answers.asked}",
                *(f"{share / answers.asked:.2f}" for share in shares),
            )
        )
    print_table(f"Pronouns between two people, model {model}", rows)


if __name__ == "__main__":
    main()
