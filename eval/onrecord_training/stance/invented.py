"""Invented places, people, matters and proposals, with which templates are filled.

Two worlds share no name, subject or proposal: one to train on, the other to measure on.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

_SUBJECTS = (
    "fishing rights", "joint patrols", "free trade", "border crossings", "gas transit", "extradition", "water sharing",
    "customs", "air defence", "grain exports", "student exchange", "land reform", "pensions", "press freedom",
    "the railways", "election rules", "wind farms", "foreign agents", "school meals", "military bases",
)  # fmt: skip
_UNSEEN_SUBJECTS = (
    "seabed mining", "prisoner exchange", "dual citizenship", "hospital fees", "satellite launches", "timber imports",
    "church property", "rent control",
)  # fmt: skip
_AGREEMENTS = ("treaty", "accord", "agreement", "deal", "pact", "memorandum", "declaration")
_LAWS = ("bill", "law", "act", "decree", "reform", "amendment", "referendum", "strategy")
_PROJECTS = ("dam", "pipeline", "port", "railway", "mine", "power plant", "airport", "bridge", "refinery", "exercise")
_ACTS = (
    "the air strikes on {c}", "the sanctions against {c}", "the deployment of troops to {c}", "the blockade of {c}",
    "the expulsion of diplomats from {c}", "the election in {c}", "the peace plan for {c}", "the operation in {c}",
    "the arrest of {p}", "the appointment of {p}", "the visit of {p}", "the inquiry into {p}", "the verdict on {p}",
)  # fmt: skip
_PROPOSED = (
    ("raising the retirement age", "raise the retirement age"),
    ("lifting the sanctions on {c}", "lift the sanctions on {c}"),
    ("closing the border with {c}", "close the border with {c}"),
    ("sending troops to {c}", "send troops to {c}"),
    ("taxing large fortunes", "tax large fortunes"),
    ("building a wall", "build a wall"),
    ("holding early elections", "hold early elections"),
    ("joining the customs union", "join the customs union"),
    ("banning foreign adoption", "ban foreign adoption"),
    ("recognising the independence of {c}", "recognise the independence of {c}"),
    ("cutting farm subsidies", "cut farm subsidies"),
    ("pardoning {p}", "pardon {p}"),
    ("arming the rebels in {c}", "arm the rebels in {c}"),
    ("leaving the alliance", "leave the alliance"),
    ("talking to {p}", "talk to {p}"),
    ("expanding the port of {c}", "expand the port of {c}"),
)
_UNSEEN_PROPOSED = (
    ("returning the islands to {c}", "return the islands to {c}"),
    ("privatising the post office", "privatise the post office"),
    ("moving the capital to {c}", "move the capital to {c}"),
    ("abolishing military service", "abolish military service"),
)
_OFFICES = ("president", "prime minister", "minister", "governor", "judge", "general", "mayor", "bishop", "ambassador")
_ORGANIZATIONS = (
    "party", "ministry", "police", "parliament", "government", "union", "army", "court", "agency", "church",
)  # fmt: skip
_UNNAMED = ("the ministry", "a spokesman", "critics", "the opposition", "a senior official", "residents", "analysts")

_ONSETS = ("V", "T", "M", "K", "Br", "D", "L", "Z", "Or", "Sh")
_UNSEEN_ONSETS = ("H", "Gr", "P", "Qu", "J")
_MIDDLES = ("ar", "el", "or", "im", "ul", "ent", "av", "osh", "ad")
_PLACE_ENDS = ("ia", "mark", "stan", "ora", "burg", "ovo", "ena")
_PERSON_ENDS = ("en", "ov", "ski", "ez", "ard", "itch", "ano")
_FIRST_NAMES = ("Ada", "Boris", "Clara", "Daniel", "Elena", "Farid", "Greta", "Hassan", "Ines", "Jonas", "Karim")
_DAYS = ("Monday", "Tuesday", "Thursday", "12 March", "1 September", "the end of the year", "20 June", "next week")
_SUMS = ("$3 billion", "12 million euros", "400,000 dollars", "a third of the budget", "$850 million")

_GOOD = (
    "peace", "prosperity", "safety", "reconciliation", "justice", "stability", "growth", "clean water", "freedom",
    "jobs", "trust", "reunification", "lower prices", "an end to the violence",
)  # fmt: skip
_BAD = (
    "war", "poverty", "bloodshed", "chaos", "annexation", "corruption", "hunger", "dictatorship", "pollution",
    "a new arms race", "higher prices", "isolation", "fear", "job losses", "occupation",
)  # fmt: skip
_PEOPLE = (
    "fishermen", "families", "farmers", "pensioners", "young people", "villagers", "workers", "refugees", "patients",
    "small firms", "minorities", "journalists",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InventedWorld:
    """What templates are filled with; the held-out world shares no name, subject or proposal with the other."""

    generator: random.Random
    unseen: bool

    def place(self) -> str:
        return self._word(_PLACE_ENDS)

    def surname(self) -> str:
        return self._word(_PERSON_ENDS)

    def person(self) -> str:
        return f"{self.generator.choice(_FIRST_NAMES)} {self.surname()}"

    def speaker(self) -> str:
        kind = self.generator.random()
        if kind < 0.15:
            return self.generator.choice(_UNNAMED)
        if kind < 0.4:
            return self.place()
        if kind < 0.6:
            return f"the {self.place()} {self.generator.choice(_ORGANIZATIONS)}"
        return self.person()

    def subject(self) -> str:
        return self.generator.choice(_UNSEEN_SUBJECTS if self.unseen else _SUBJECTS)

    def matter(self) -> tuple[str, tuple[str, ...]]:
        """A matter's name in full and short ways to refer to it."""
        choose = self.generator.choice
        kind = self.generator.random()
        if kind < 0.35:
            head, subject = choose(_AGREEMENTS), self.subject()
            first, second = self.place(), self.place()
            full = choose(
                (
                    f"the {first}-{second} {head} on {subject}",
                    f"the {head} on {subject}",
                    f"the {head} between {first} and {second}",
                    f"{first}'s {head} with {second} on {subject}",
                )
            )
            return full, (f"the {head}", f"the new {head}", "the document", f"the signing of the {head}")
        if kind < 0.6:
            head, subject = choose(_LAWS), self.subject()
            full = choose(
                (f"the {head} on {subject}", f"the new {head} on {subject}", f"{self.place()}'s {subject} {head}")
            )
            return full, (f"the {head}", f"the controversial {head}", f"the {head} on {subject}")
        if kind < 0.8:
            head, place = choose(_PROJECTS), self.place()
            return f"the {place} {head}", (f"the {head}", "the project", f"the planned {head}")
        act = choose(_ACTS).format(c=self.place(), p=self.person())
        return act, (act.split(" of ")[0].split(" on ")[0].split(" against ")[0], act)

    def proposal(self) -> tuple[str, str]:
        """A proposal as a gerund and as an infinitive."""
        gerund, base = self.generator.choice(_UNSEEN_PROPOSED if self.unseen else _PROPOSED)
        place, person = self.place(), self.person()
        return gerund.format(c=place, p=person), base.format(c=place, p=person)

    def actor(self) -> tuple[str, tuple[str, ...]]:
        if self.generator.random() < 0.6:
            name = self.person()
            office = self.generator.choice(_OFFICES)
            return name, (name.split()[1], name, f"the {office}", f"{office} {name}")
        organization = self.generator.choice(_ORGANIZATIONS)
        name = f"the {self.place()} {organization}"
        return name, (name, f"the {organization}")

    def fill(self, template: str, **given: str) -> str:
        """``template`` with its choices made and its slots filled."""
        chosen = re.sub(r"\(([^()]*\|[^()]*)\)", lambda match: self.generator.choice(match[1].split("|")), template)
        choose = self.generator.choice
        values = {
            "d": choose(_DAYS),
            "m": choose(_SUMS),
            "c": self.place(),
            "p": self.person(),
            **self._outcomes(),
            **given,
        }
        chosen = re.sub(r"\{n\}", lambda _: str(self.generator.randint(2, 90)), chosen)
        filled = re.sub(r" +([,.>])", r"\1", re.sub(r"  +", " ", chosen.format(**values)))
        return filled[0].upper() + filled[1:] if filled[0] != "<" else "<" + filled[1].upper() + filled[2:]

    def _outcomes(self) -> dict[str, str]:
        choose = self.generator.choice
        return {"good": choose(_GOOD), "bad": choose(_BAD), "who": choose(_PEOPLE)}

    def _word(self, ends: Sequence[str]) -> str:
        onset = self.generator.choice(_UNSEEN_ONSETS if self.unseen else _ONSETS)
        return onset + self.generator.choice(_MIDDLES) + self.generator.choice(ends)


def invented_name(generator: random.Random) -> str:
    """A person who is in no text."""
    world = InventedWorld(generator, unseen=False)
    return world.person() if generator.random() < 0.5 else world.surname()


def invented_target(generator: random.Random) -> str:
    """A matter, proposal or actor that no text is about."""
    world = InventedWorld(generator, unseen=False)
    kind = generator.random()
    if kind < 0.5:
        return world.matter()[0]
    return world.proposal()[0] if kind < 0.75 else world.actor()[0]
