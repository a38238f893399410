"""Claims in other words: negated, as a proposal, or as an idea."""

from __future__ import annotations

import random
import re
from typing import Final

_REWORDED: Final = 0.5
_BEGINNINGS: Final = re.compile(
    r"(?:an?|all|any|every|he|his|its?|many|more|most|my|no|our|she|some|such|that|the|their|there|these|they|this|those"
    r"|we|what|your)\b",
    re.IGNORECASE,
)
"""First words that are written with a capital only because they are first."""

_CLAIM: Final = re.compile(r"\b(?:is|are|was|were|has|have|will|should|must|can|would|does|do)\b")
_MODAL = re.compile(r"\b(should|must|can|will|would|could|is|are|does|do)\b(?! not\b)(?!n't)", re.IGNORECASE)
_WE_SHOULD = re.compile(
    r"^(?:We|Governments?|The government|The state|States|Society|Schools) (?:should|must) (\w+) (.+)$"
)


def reword(target: str, generator: random.Random) -> tuple[str, bool]:
    """A target in other words, and whether these mean the opposite; only claims are reworded, half of the time."""
    if generator.random() > _REWORDED or len(target.split()) < 3 or not _CLAIM.search(target):
        return target, False
    return vary_claim(target, generator)


def vary_claim(claim: str, generator: random.Random) -> tuple[str, bool]:
    """A claim as another target, and whether it is the opposite: negated, as a proposal, as an idea or as it is."""
    claim = claim.rstrip(" .")
    kind = generator.random()
    if kind < 0.25 and len(_MODAL.findall(claim)) == 1:
        return _negate(claim), True
    proposal = _WE_SHOULD.match(claim)
    if kind < 0.65 and proposal and proposal[1] != "not":
        return f"{gerund(proposal[1].lower())} {proposal[2]}", False
    if kind < 0.75:
        return f"the {generator.choice(('idea', 'view', 'claim', 'opinion'))} that {_within(claim)}", False
    return claim, False


def gerund(verb: str) -> str:
    """The -ing form of a regular verb: ``ban`` → ``banning``, ``legalise`` → ``legalising``."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) and len(verb) > 2:
        return verb[:-1] + "ing"
    if re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", verb):
        return verb + verb[-1] + "ing"
    return verb + "ing"


def _negate(claim: str) -> str:
    if re.search(r"\b(does|do) not\b|n't\b|\bnot\b|\bno\b", claim):
        return f"it is not true that {_within(claim)}"
    if re.search(r"\b(do|does)\b", claim, re.IGNORECASE):
        return f"it is wrong that {_within(claim)}"
    return _MODAL.sub(lambda match: f"{match[0]} not", claim, count=1)


def _within(claim: str) -> str:
    """The claim as it is written within a sentence; what may be a name keeps its capital."""
    return claim[0].lower() + claim[1:] if _BEGINNINGS.match(claim) else claim
