"""Contrast examples for training stance, from templates about invented places, people and matters.

They teach what the corpora lack: reported speech may be about a target that is named elsewhere; a judgement may lie in
the verb; attacking a target's critics defends it, and supporting what it harms opposes it; somebody else's opinion
nearby is not the speaker's; and terms, dates, sums, procedure and other matters are neutral. They are only used in
training.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from onrecord_models.stance_model import StanceInput
from onrecord_training.stance.examples import OPPOSITE, Labelled
from onrecord_training.stance.invented import InventedWorld
from onrecord_training.stance.templates import ACTORS, BEFORE, BEFORE_OPINION, MATTERS, PROPOSALS

_REFERENCES = ("it", "this step", "the move", "the plan", "the decision")
_SAYING = ("said", "stated", "argued", "insisted", "added", "stressed", "wrote", "told reporters", "noted", "believes")
_CLAIMS = (
    ("{t} is (illegal|harmful|dangerous|a mistake)", False),
    ("{t} (should|must) be (stopped|withdrawn|scrapped)", False),
    ("{t} is (necessary|lawful|a good thing|justified)", True),
    ("{t} (should|must) (go ahead|be supported)", True),
    ("the (protests|campaign|opposition) against {t}", False),
    ("the critics of {t}", False),
    ("the supporters of {t}", True),
)
"""Claims and groups about a matter, and whether those who support the matter support them."""


def contrast_examples(count: int, generator: random.Random, unseen: bool = False) -> list[Labelled]:
    """``count`` examples, the labels about evenly; ``unseen`` ones share no template and no name with the others."""
    world = InventedWorld(generator, unseen)
    makers = (_matter, _matter, _matter, _proposal, _actor, _other_matter)
    return [generator.choice(makers)(world) for _ in range(count)]


def split_templates(templates: Sequence[str], unseen: bool) -> list[str]:
    """The templates to train on, or the held-out ones, every fifth, if ``unseen``."""
    return [template for index, template in enumerate(templates) if (index % 5 == 4) is unseen]


def _pick(world: InventedWorld, templates: dict[str, tuple[str, ...]]) -> tuple[str, str]:
    label = world.generator.choice(("support", "oppose", "neutral"))
    return label, world.generator.choice(split_templates(templates[label], world.unseen))


def _matter(world: InventedWorld) -> Labelled:
    target, short = world.matter()
    label, template = _pick(world, MATTERS)
    choose = world.generator.choice
    kind = world.generator.random()
    before = ""
    if kind < 0.55:
        before = world.fill(choose(BEFORE if kind < 0.3 else BEFORE_OPINION), T=target, P=world.speaker())
    reference = choose((*short, *_REFERENCES)) if before else choose((target, target, *short))
    if world.generator.random() < 0.3:
        claim, agrees = choose(_CLAIMS)
        target = world.fill(claim, t=target)
        label = label if agrees else OPPOSITE[label]
    return _example(world, target, template, before, label, t=reference)


def _proposal(world: InventedWorld) -> Labelled:
    gerund, base = world.proposal()
    label, template = _pick(world, PROPOSALS)
    target = world.generator.choice((gerund, gerund, f"the proposal to {base}", f"plans to {base}"))
    if world.generator.random() < 0.15:
        target, label = f"the refusal to {base}", OPPOSITE[label]
    before = world.fill(f"There was talk of {gerund} in {{c}}.") if world.generator.random() < 0.2 else ""
    return _example(world, target, template, before, label, g=gerund, b=base)


def _actor(world: InventedWorld) -> Labelled:
    target, short = world.actor()
    label, template = _pick(world, ACTORS)
    before = ""
    if world.generator.random() < 0.3:
        before = world.fill("(The meeting was about|Much was said about|The talk turned to) {T}.", T=target)
    reference = world.generator.choice(short if before else short[:2])
    return _example(world, target, template, before, label, t=reference)


def _other_matter(world: InventedWorld) -> Labelled:
    """A side taken on something else, with the target nearby or nowhere: neutral."""
    target, _ = world.matter() if world.generator.random() < 0.7 else world.actor()
    _, other = world.matter()
    _, template = _pick(world, MATTERS)
    before = ""
    if world.generator.random() < 0.6:
        before = world.fill(world.generator.choice(BEFORE + BEFORE_OPINION), T=target, P=world.speaker())
    return _example(world, target, template, before, "neutral", t=other[-1])


def _example(world: InventedWorld, target: str, template: str, before: str, label: str, **slots: str) -> Labelled:
    speaker = world.speaker()
    filled = world.fill(_vary_frame(template, world.generator), s=speaker, **slots)
    start, end = filled.index("<"), filled.index(">") - 1
    sentence = filled.replace("<", "").replace(">", "")
    context = f"{before} {sentence}".lstrip()
    statement = sentence[start:end]
    if world.generator.random() < 0.2:
        speaker = ""
    return StanceInput(target, statement, context, speaker), label


def _vary_frame(template: str, generator: random.Random) -> str:
    """The same template with other quotation marks and verbs of saying."""
    kind = generator.random()
    if template.startswith("<") and "," in template[template.index(">") :] and kind < 0.6:
        content, rest = template[1:].split(">,", 1)
        template = f"<“{content},”>{rest}"
    elif " said <" in template and kind < 0.5:
        template = template.replace(" said <", f" {generator.choice(_SAYING)} <", 1)
    elif "> as" not in template and kind > 0.85:
        template = template.replace("<", "<“", 1).replace(">", "”>", 1)
    if template.endswith(" {s} said.") and generator.random() < 0.3:
        template = template.removesuffix("{s} said.") + "said {s}."
    return template


def reported(statement: str, generator: random.Random) -> tuple[str, str, str]:
    """A plain sentence as reported speech of an invented speaker: statement, context and speaker."""
    speaker = InventedWorld(generator, unseen=False).speaker()
    statement = statement.rstrip(" .")
    frames = (
        "{s} said that {x}.",
        "“{x},” {s} said.",
        "{s} argued that {x}.",
        "According to {s}, {x}.",
        "{x}, {s} said.",
    )
    context = generator.choice(frames).format(s=speaker, x=statement)
    return statement, context, speaker
