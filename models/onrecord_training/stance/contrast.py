"""Made-up statements for training stance: contrast pairs from templates about invented places, people and matters.

Material of training alone: nothing here is known at run time. What it teaches is what the corpora lack: that
reported speech is about a target named apart from it; that a judgement may lie in the verb; that attacking a
target's critics defends it and supporting what it harms opposes it; that somebody else's opinion nearby is not the
speaker's; and that terms, dates, sums, procedure and other matters are neutral.

In a template the content stands in angle brackets; ``a|b`` in round brackets is a choice. ``{s}`` is the speaker,
``{t}`` how the article refers to the target, ``{p}`` somebody else, ``{o}`` another matter.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from onrecord_models.stance_model import StanceInput

OPPOSITE: Final = {"support": "oppose", "oppose": "support", "neutral": "neutral"}

Labelled = tuple[StanceInput, str]
"""An input and its label."""

MATTERS: Final[dict[str, tuple[str, ...]]] = {
    "support": (
        "{s} (hailed|welcomed|praised|applauded|endorsed|backed|defended|celebrated) <{t}>.",
        "{s} (hailed|praised|welcomed) <{t} as (a historic step|a milestone|a victory for common sense|long overdue)>.",
        "{s} called {t} <(historic|a breakthrough|a wise decision|the right step|a model for others)>.",
        "<{t} will bring (jobs and stability|peace to the region|security at last|billions in investment)>, {s} said.",
        "{s} said <{t} (was badly needed|would make everybody safer|is fair to all|corrects an old injustice)>.",
        "{s} urged (deputies|members|the council) <to (approve|adopt|back|ratify) {t} without delay>.",
        "{s} (promised|pledged|vowed) <to carry out {t} in full>.",
        "{s} vowed <to defend {t} (against its enemies|in court|to the end)>.",
        "{s} said <those who attack {t} (have not read it|are hypocrites|care about nobody but themselves)>.",
        "{s} (dismissed|rejected|brushed aside) <(criticism of|complaints about|the fuss over) {t} (as hysteria|)>.",
        "{s} accused opponents of {t} <of (spreading lies|scaring people|serving foreign interests)>.",
        "{s} said <there is nothing (wrong|unlawful|dangerous) about {t}>.",
        "{s} (denied|rejected claims) <that {t} (is illegal|harms anyone|threatens its neighbours|is a mistake)>.",
        "<We will never give up {t}>, {s} said.",
        "{s} said <without {t} the country would be (poorer|defenceless|lost)>.",
        "{s} is proud <of {t}>.",
        "<We have waited (years|a long time) for {t}>, {s} told (reporters|the crowd).",
        "{s} warned <that (scrapping|delaying|blocking) {t} would be a (disaster|mistake)>.",
        "{s} condemned <(attempts to block|the campaign against|the attacks on) {t}>.",
        "{s} regretted <that {t} did not come sooner>.",
        "{s} said it did not share <(the fears|the worries|the doubts) about {t}>.",
        "{s} congratulated {p} <on {t}>.",
        "{s} thanked {p} <for {t}>.",
        "<{t} (meets the interests of both peoples|fully complies with international law)>, {s} stressed.",
        "{s} expressed (satisfaction|delight|joy) <at {t}>.",
        "{s} said <it was ready to take part in {t}, which deserves every support>.",
        "{s} said <{t} (is working|has already saved lives|has been a success)>.",
        "<Thanks to {t}, (our children will live better|life is returning to normal)>, {s} said.",
        "{s} called the (protests|complaints) against {t} <(absurd|groundless|shameful)>.",
        "{s} spoke out <in favour of {t}>.",
        "{s} said <nobody has the right to judge the country for {t}>.",
        "<{t} brings us (closer to|nearer to) {good}>, {s} said.",
        "{s} said <{t} would (bring|mean|secure) {good} (for|to) {who}>.",
        "{s} said <without {t} there (will|would) be (nothing but|more) {bad}>.",
        "{s} called {t} <the only (way|chance) to (avoid|prevent) {bad}>.",
        "{s} said <{t} would (protect|help|save) {who}>.",
        "<Because of {t}, {who} have hope again>, {s} said.",
        "{s} (advised|told|asked) critics of {t} <to (keep quiet|mind their own business|look at themselves first)>.",
        "{s} said <critics of {t} (are envious|do not understand the country|should be silent)>.",
        "{s} said <those who oppose {t} want {bad}>.",
        "In reply to critics of {t}, {s} said <its opponents had brought the country only {bad}>.",
    ),
    "oppose": (
        "{s} (condemned|denounced|slammed|criticised|rejected|attacked|deplored|blasted) <{t}>.",
        "{s} (condemned|criticised|denounced) <{t} as (illegal|a betrayal|reckless|a step towards war|a farce)>.",
        "{s} called {t} <(illegal|a disgrace|a grave mistake|shameful|null and void)>.",
        "<{t} will (cost jobs|cause bloodshed|ruin small farmers|only deepen the conflict)>, {s} said.",
        "{s} said <{t} (was unnecessary|would make nobody safer|is unfair|repeats an old mistake)>.",
        "{s} urged (deputies|members|the council) <to (vote against|reject|throw out|block) {t}>.",
        "{s} said it would <not (recognise|accept|tolerate) {t}>.",
        "{s} (does|did) not (recognise|accept|support|agree with) <{t}>.",
        "{s} vowed <to (fight|challenge|stop) {t} (in court|by all means|)>.",
        "{s} said <those who praise {t} (have not read it|are deceiving the public|are paid to do so)>.",
        "{s} (dismissed|mocked) <(praise of|the enthusiasm for|the promises of) {t} as naive>.",
        "{s} accused supporters of {t} <of (spreading lies|ignoring the facts|selling out the country)>.",
        "{s} said <there is nothing good about {t}>.",
        "{s} (denied|doubted) <that {t} (is legal|helps anyone|will bring peace|is needed)>.",
        "<{t} must be (stopped|withdrawn|cancelled|scrapped)>, {s} said.",
        "{s} demanded <(the withdrawal of|an immediate end to|the repeal of) {t}>.",
        "{s} is (wary|afraid|ashamed) <of {t}>.",
        "<We never asked for {t}>, {s} told (reporters|the crowd).",
        "{s} warned <(against {t}|that {t} would have grave consequences|of the dangers of {t})>.",
        "{s} (welcomed|hailed) <(the decision to suspend|the court ruling against|the resistance to) {t}>.",
        "{s} regretted <that {t} had been (adopted|allowed) at all>.",
        "{s} expressed (concern|alarm|outrage|dismay) <(at|over) {t}>.",
        "{s} praised {p} <for refusing to have anything to do with {t}>.",
        "{s} thanked the protesters <who stand up against {t}>.",
        "<{t} (violates the constitution|breaks international law|tramples on our rights)>, {s} stressed.",
        "{s} said <it would have no part in {t}>.",
        "{s} said <{t} (is not working|has cost lives|has been a failure|is a waste of money)>.",
        "<Because of {t}, (our children will be poorer|people are leaving their homes)>, {s} said.",
        "{s} called the (protests|complaints) against {t} <(justified|understandable|overdue)>.",
        "{s} spoke out <against {t}>.",
        "{s} said <(the country|people here) will pay dearly for {t}>.",
        "{s} said <it continues to support those who suffer from {t}>.",
        "<{t} leads straight to {bad}>, {s} said.",
        "{s} said <{t} would (bring|mean|cause) {bad} (for|to) {who}>.",
        "{s} said <{t} (leaves|would leave) {who} with nothing but {bad}>.",
        "{s} (feared|warned) <that {t} would (hurt|ruin|drive out|punish) {who}>.",
        "{s} called {t} <a sure way to {bad}>.",
        "In (response|reply|reaction) to {t}, {s} (reaffirmed|reiterated|stressed) <its (full|) support for "
        "(the people|the workers|the villages) of {c}>.",
        "Asked about {t}, {s} said it stood <by {who}, who would lose everything>.",
        "<{t} (has no legal force|is not worth the paper it is written on)>, {s} said.",
        "{s} said <those who defend {t} want {bad}>.",
        "In a protest note about {t}, {s} said <{c} belongs to its people and to nobody else>.",
        "<{who} were promised {good} and got {bad}>, {s} said of {t}.",
    ),
    "neutral": (
        "{s} said <{t} was (announced|discussed|presented|signed) on {d}>.",
        "<{t} (consists of {n} articles|runs to {n} pages)>, {s} said.",
        "Under {t}, <the sides will set up a joint commission within {n} days>.",
        "According to {s}, <{t} (will cost|is financed with|is valued at) {m}>.",
        "{s} said <{t} would be (discussed|debated|put to a vote|reviewed) on {d}>.",
        "{s} did not say <whether it (supports|backs|opposes) {t}>.",
        "{s} (declined|refused) to comment <on {t}>.",
        "{s} asked <(when {t} would take effect|what {t} would mean for the region|who had drafted {t})>.",
        "{s} said it had <not (seen|read|received) the text of {t}>.",
        "{s} said <copies of {t} would be sent to the ministries by {d}>.",
        "{s} said <{n} people took part in the drafting of {t}>.",
        "{s} said <the vote on {t} ended {n} to {n}>.",
        "{s} said <there are arguments for and against {t}>.",
        "{s} said <opinions on {t} differ>.",
        "{s} said <a court would hear the case about {t} on {d}>.",
        "{s} said it was <(studying|examining|following) {t}>.",
        "{s} confirmed <that {t} (entered into force|came up at the meeting|had been registered)>.",
        "{s} denied <that {t} had been discussed at the meeting>.",
        "{s} refused <either to condemn or to endorse {t}>.",
        "{s} said <{t} covers (pensions, customs and police|{n} districts|the years to come)>.",
        "{s} said <the deadline for comments on {t} is {d}>.",
        "{s} told the court <that {t} dates back to a meeting with {p}>.",
        "{s} said <{t} is valid for {n} years and may be extended>.",
        "{s} noted <that {p} (opposes|supports|has criticised|has praised) {t}>.",
        "{s} reported <that {n} (delegates|experts|officers) had arrived in connection with {t}>.",
        "{s} said <(payments|deliveries|talks) under {t} begin on {d}>.",
        "{s} said <money for {t} comes from the (budget|reserve fund)>.",
        "<The annex of {t} lists {n} (firms|villages|crossings)>, {s} explained.",
        "{s} said <{c} would provide {m} (for {t}|for the first stage|this year)>.",
        "{s} said <the two sides would form a joint board within {n} months>.",
        "{s} said <the talks lasted for {n} hours>.",
        "Asked about {t}, {s} only said <that (the weather was bad|it was late|lunch was good|the train was late)>.",
        "{s} said <{n} people were (wounded|killed|arrested) in {c} on {d}>.",
        "{s} said <prices in {c} rose by {n} percent last year>.",
        "{s} said <the delegation consists of {n} people>.",
        "{s} said <{t} names {n} places where {who} may apply>.",
        "{s} said <the first part of {t} concerns {who}>.",
        "{s} said it would <hear {who} before it takes a position on {t}>.",
    ),
}
"""About agreements, laws, projects and acts."""

PROPOSALS: Final[dict[str, tuple[str, ...]]] = {
    "support": (
        "{s} (called for|favoured|proposed|insisted on) <{g}>.",
        "{s} said <the government should (finally|) {b}>.",
        "{s} (wants|plans|promised|pledged|intends) <to {b}>.",
        "{s} urged {p} <to {b}>.",
        "<It is (high|) time to {b}>, {s} said.",
        "{s} said <(failing|refusing) to {b} would be a mistake>.",
        "{s} argued <that {g} would (save lives|help everybody|cost nothing)>.",
        "{s} said <it had no objection to {g}>.",
        "{s} criticised {p} <for not agreeing to {b}>.",
        "<Those who do not want to {b} (live in the past|are wrong)>, {s} said.",
    ),
    "oppose": (
        "{s} (ruled out|warned against|opposed|rejected|objected to) <{g}>.",
        "{s} said <the government (should|must) not {b}>.",
        "{s} (refused|is in no hurry) <to {b}>.",
        "{s} urged {p} <not to {b}>.",
        "<This is not the time to {b}>, {s} said.",
        "{s} said <(trying|agreeing) to {b} would be a mistake>.",
        "{s} argued <that {g} would (cost lives|help nobody|be a gift to the rich)>.",
        "{s} said <there was no reason to {b}>.",
        "{s} criticised {p} <for agreeing to {b}>.",
        "<Those who want to {b} (live in a dream|are wrong)>, {s} said.",
    ),
    "neutral": (
        "{s} did not say <whether it would {b}>.",
        "{s} asked <who had proposed to {b}>.",
        "{s} said <a working group would report on {g} by {d}>.",
        "{s} said <{g} would cost {m}>.",
        "{s} said <deputies would debate on {d} whether to {b}>.",
        "{s} said <{n} members had signed a request to {b}>.",
        "{s} said it was <too early to speak about {g}>.",
        "{s} said <it was for {p} to decide whether to {b}>.",
    ),
}
"""About what might be done; ``{g}`` and ``{b}`` are its gerund and its infinitive."""

ACTORS: Final[dict[str, tuple[str, ...]]] = {
    "support": (
        "{s} (praised|endorsed|defended|thanked|congratulated|applauded) <{t}>.",
        "{s} called {t} <(a true leader|a friend|honest|the best choice|a pillar of the country)>.",
        "{s} said <{t} (has done a great job|deserves respect|can be trusted|was right all along)>.",
        "{s} said <the (attacks on|accusations against) {t} are (unfair|baseless|cowardly)>.",
        "{s} expressed <(full confidence in|gratitude to|solidarity with) {t}>.",
        "<We stand with {t}>, {s} said.",
        "{s} urged voters <to back {t}>.",
        "{s} accused those who criticise {t} <of (envy|hypocrisy|bad faith)>.",
        "{s} demanded <the release of {t}>.",
        "{s} said <the country owes much to {t}>.",
    ),
    "oppose": (
        "{s} (accused|criticised|denounced|attacked|mocked|blamed) <{t}>.",
        "{s} accused {t} <of (lying|corruption|breaking the law|provoking the conflict)>.",
        "{s} called {t} <(a liar|a puppet|corrupt|a danger to the country|an embarrassment)>.",
        "{s} said <{t} (has failed|cannot be trusted|must go|belongs in prison|was wrong all along)>.",
        "{s} said <the accusations against {t} are (true|serious|only the beginning)>.",
        "{s} blamed {t} <for (the crisis|the deaths|the delays)>.",
        "<We are tired of {t}>, {s} said.",
        "{s} urged voters <to turn their backs on {t}>.",
        "{s} said <it had lost all confidence in {t}>.",
        "{s} demanded <(the resignation|the arrest|the punishment) of {t}>.",
    ),
    "neutral": (
        "{s} said <{t} would (arrive|speak|return) on {d}>.",
        "{s} said it had <(met|spoken to) {t} on {d}>.",
        "{s} said <{t} has {n} (employees|relatives|advisers)>.",
        "{s} asked <where {t} had been on {d}>.",
        "{s} declined to say <whether {t} would be invited>.",
        "{s} said <a letter from {t} had been received>.",
        "{s} confirmed <that {t} attended the meeting>.",
        "{t} said <the meeting would be held on {d}>.",
        "{s} said <it was for the court to decide about {t}>.",
        "{s} quoted {t} <as saying that talks would go on>.",
    ),
}
"""About people and bodies."""

BEFORE: Final = (
    "{T} (was announced|was the subject of a debate|made headlines) on {d}.",
    "The council (discussed|debated) {T} on {d}.",
    "{P} had (asked about|spoken of) {T} earlier.",
    "The (session|meeting) was devoted to {T}.",
    "{P} presented {T} in {c}.",
)
"""Sentences before that bring the target in."""

BEFORE_OPINION: Final = (
    "{P} (condemned|rejected|denounced) {T}.",
    "{P} (hailed|welcomed|praised) {T}.",
    "{P} called {T} (a disaster|a triumph|illegal|historic).",
    "There were protests against {T} in {c}.",
    "Thousands celebrated {T} in {c}.",
)
"""Sentences before in which somebody else takes a side."""

_REFERENCES = ("it", "this step", "the move", "the plan", "the decision")

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
_BODIES = ("party", "ministry", "police", "parliament", "government", "union", "army", "court", "agency", "church")
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
"""Claims and camps about a matter, and whether who is for the matter is for them."""


@dataclass(frozen=True, slots=True)
class _World:
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
            return f"the {self.place()} {self.generator.choice(_BODIES)}"
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
        body = self.generator.choice(_BODIES)
        name = f"the {self.place()} {body}"
        return name, (name, f"the {body}")

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


def contrast_examples(count: int, generator: random.Random, unseen: bool = False) -> list[Labelled]:
    """``count`` made-up examples, the labels about evenly; ``unseen`` ones share no template, no name with others."""
    world = _World(generator, unseen)
    makers = (_matter, _matter, _matter, _proposal, _actor, _other_matter)
    return [generator.choice(makers)(world) for _ in range(count)]


def split_templates(templates: Sequence[str], unseen: bool) -> list[str]:
    """Every fifth template is held out."""
    return [template for index, template in enumerate(templates) if (index % 5 == 4) is unseen]


def _pick(world: _World, templates: dict[str, tuple[str, ...]]) -> tuple[str, str]:
    label = world.generator.choice(("support", "oppose", "neutral"))
    return label, world.generator.choice(split_templates(templates[label], world.unseen))


def _matter(world: _World) -> Labelled:
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


def _proposal(world: _World) -> Labelled:
    gerund, base = world.proposal()
    label, template = _pick(world, PROPOSALS)
    target = world.generator.choice((gerund, gerund, f"the proposal to {base}", f"plans to {base}"))
    if world.generator.random() < 0.15:
        target, label = f"the refusal to {base}", OPPOSITE[label]
    before = world.fill(f"There was talk of {gerund} in {{c}}.") if world.generator.random() < 0.2 else ""
    return _example(world, target, template, before, label, g=gerund, b=base)


def _actor(world: _World) -> Labelled:
    target, short = world.actor()
    label, template = _pick(world, ACTORS)
    before = ""
    if world.generator.random() < 0.3:
        before = world.fill("(The meeting was about|Much was said about|The talk turned to) {T}.", T=target)
    reference = world.generator.choice(short if before else short[:2])
    return _example(world, target, template, before, label, t=reference)


def _other_matter(world: _World) -> Labelled:
    """A side taken on something else, with the target nearby or nowhere: neutral."""
    target, _ = world.matter() if world.generator.random() < 0.7 else world.actor()
    _, other = world.matter()
    _, template = _pick(world, MATTERS)
    before = ""
    if world.generator.random() < 0.6:
        before = world.fill(world.generator.choice(BEFORE + BEFORE_OPINION), T=target, P=world.speaker())
    return _example(world, target, template, before, "neutral", t=other[-1])


def _example(world: _World, target: str, template: str, before: str, label: str, **slots: str) -> Labelled:
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
    speaker = _World(generator, unseen=False).speaker()
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


def invented_name(generator: random.Random) -> str:
    """A person who is in no text."""
    world = _World(generator, unseen=False)
    return world.person() if generator.random() < 0.5 else world.surname()


def invented_target(generator: random.Random) -> str:
    """A matter, proposal or actor that no text is about."""
    world = _World(generator, unseen=False)
    kind = generator.random()
    if kind < 0.5:
        return world.matter()[0]
    return world.proposal()[0] if kind < 0.75 else world.actor()[0]


_MODAL = re.compile(r"\b(should|must|can|will|would|could|is|are|does|do)\b(?! not\b)(?!n't)", re.IGNORECASE)
_WE_SHOULD = re.compile(
    r"^(?:We|Governments?|The government|The state|States|Society|Schools) (?:should|must) (\w+) (.+)$"
)


def vary_claim(claim: str, label: str, generator: random.Random) -> tuple[str, str]:
    """A claim as another target with the label that follows: negated, as a proposal, as an idea or as it is."""
    claim = claim.rstrip(" .")
    kind = generator.random()
    if kind < 0.25 and len(_MODAL.findall(claim)) == 1:
        return _negate(claim), OPPOSITE[label]
    proposal = _WE_SHOULD.match(claim)
    if kind < 0.65 and proposal and proposal[1] != "not":
        return f"{gerund(proposal[1].lower())} {proposal[2]}", label
    if kind < 0.75:
        return f"the {generator.choice(('idea', 'view', 'claim', 'opinion'))} that {claim[0].lower()}{claim[1:]}", label
    return claim, label


def gerund(verb: str) -> str:
    """The -ing form of a regular verb: ``ban`` → ``banning``, ``legalise`` → ``legalising``."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) and len(verb) > 2:
        return verb[:-1] + "ing"
    if re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", verb) and not verb.endswith(("ck", "rk")):
        return verb + verb[-1] + "ing"
    return verb + "ing"


def _negate(claim: str) -> str:
    if re.search(r"\b(does|do) not\b|n't\b|\bnot\b|\bno\b", claim):
        return f"it is not true that {claim[0].lower()}{claim[1:]}"
    if re.search(r"\b(do|does)\b", claim, re.IGNORECASE):
        return f"it is wrong that {claim[0].lower()}{claim[1:]}"
    return _MODAL.sub(lambda match: f"{match[0]} not", claim, count=1)
