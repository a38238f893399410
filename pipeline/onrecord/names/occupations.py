"""What roles tell about whether two bearers of one name are one person.

A role is read into a line of work, the bodies and places it belongs to, and the posts that one person holds at a
time. ``compare`` then says how likely it is that one person has both. Of this kind of evidence articles give little
and in many words, so only plain contradictions count as such; a role that tells nothing speaks for nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from onrecord.names.countries import split_countries
from onrecord.names.forms import HONORIFICS, TITLES, fold, without_possessive


class Bond(IntEnum):
    """What two roles say of two bearers of one name, from two people to one person.

    ``DOUBTFUL``: other work elsewhere. ``PLAUSIBLE``: other work in the same place. ``OPEN``: nothing against it.
    """

    APART = 0
    DOUBTFUL = 1
    PLAUSIBLE = 2
    OPEN = 3
    SAME = 4


_NOUNS: Final[dict[str, str]] = {
    "politics": """ambassador candidate chancellor commissioner congressman congresswoman councillor councilman
        councilwoman councilor delegate diplomat dissident emir emperor empress envoy gov governor king lawmaker
        legislator lobbyist mayor minister mp nominee politician pollster premier prince princess queen rapporteur rep
        representative ruler sen senator statesman strategist sultan undersecretary""",
    "law": "attorney barrister counsel judge justice lawyer magistrate prosecutor solicitor",
    "police": "constable detective policeman policewoman sheriff superintendent warden",
    "military": "admiral brigadier colonel corporal gen general lieutenant major sergeant soldier",
    "business": """banker businessman businesswoman ceo entrepreneur financier industrialist investor magnate merchant
        mogul shipowner shopkeeper trader tycoon""",
    "academia": """academic archaeologist archivist anthropologist biologist chemist economist geologist historian
        lecturer mathematician philosopher physicist prof professor rector researcher scholar scientist sociologist
        statistician""",
    "medicine": """doctor epidemiologist nurse paediatrician pediatrician pharmacist physician psychiatrist
        psychologist surgeon virologist""",
    "sport": """athlete boxer champion coach cricketer cyclist defender footballer goalkeeper golfer midfielder player
        quarterback runner sprinter striker swimmer winger""",
    "arts": """actor actress artist comedian composer conductor dancer designer filmmaker guitarist model musician
        novelist painter photographer playwright poet sculptor singer songwriter violinist""",
    "media": "anchor blogger broadcaster columnist commentator correspondent editor journalist presenter reporter",
    "church": "archbishop ayatollah bishop cardinal cleric imam monk nun pastor patriarch pope preacher priest rabbi",
    "school": "headmaster headmistress headteacher pupil schoolboy schoolgirl student teacher",
}
_CONTEXTS: Final[dict[str, str]] = {
    "politics": """administration assembly cabinet congress council embassy eu foreign government kremlin ministry nato
        parliament parliamentary party presidential senate un opposition""",
    "law": "court tribunal",
    "police": "police",
    "military": "air army fleet forces military naval navy troops",
    "business": "airline airlines bank business company corporation firm group holdings shipping",
    "academia": "college institute laboratory research university",
    "medicine": "clinic hospital medical",
    "sport": "basketball club cricket football league racing rovers rugby soccer team tennis united",
    "arts": "ballet band film opera orchestra theater theatre",
    "media": "magazine newspaper news tv",
    "church": "church diocese mosque",
    "school": "school",
    "union": "union",
}
_ALONE: Final = frozenset(
    """architect carpenter developer driver electrician engineer farmer fisherman jeweller librarian nanny pilot
    plumber programmer salesman technician waiter waitress baker""".split()  # noqa: SIM905
)
"""Trades that are lines of work of their own."""

_GENERAL: Final = frozenset(
    """adviser advisor administrator aide chair chairman chairperson chairwoman chief commander coordinator
    director executive founder head leader manager member officer official president principal
    representative secretary secretary-general speaker spokesman spokesperson spokeswoman
    vice-president captain co-founder""".split()  # noqa: SIM905
)
"""Nouns of many lines of work: the words around them tell which."""

_TELLING_NOTHING: Final = frozenset(
    """activist advocate ally author billionaire boss candidate celebrity colleague consultant contractor critic donor
    employee expert fellow figure friend guest host lady man mate neighbor neighbour operative opponent organiser
    organizer owner partner person philanthropist producer publisher rebel resident retiree specialist staff staffer
    star supervisor supporter surrogate suspect trustee veteran victim volunteer whip winner witness woman worker writer
    wife mother daughter sister niece aunt widow girlfriend husband father son brother nephew uncle cousin
    grandson granddaughter boyfriend""".split()  # noqa: SIM905
)
"""Nouns that may be said of anybody."""

_NEIGHBOURS: Final = frozenset(
    frozenset(pair.split("-"))
    for pair in """politics-law politics-business politics-military politics-academia politics-media politics-union
    law-academia law-police academia-medicine academia-media academia-business academia-school arts-media
    business-media business-sport military-police business-union""".split()  # noqa: SIM905
)
"""Lines of work that one person may well be named in."""

_SINGLE_POSTS: Final[dict[str, str]] = {
    **dict.fromkeys(["mayor", "sheriff", "archbishop", "bishop", "king", "queen", "chancellor"], ""),
    **{"governor": "governor", "gov": "governor", "minister": "minister", "premier": "minister"},
}
"""Posts of which a place has one, and whose holder rarely goes on to hold it elsewhere."""

_SAME_NOUN: Final[dict[str, str]] = {
    "spokesman": "spokesperson", "spokeswoman": "spokesperson", "chairman": "chair", "chairwoman": "chair",
    "chairperson": "chair", "head": "chief", "attorney": "lawyer", "ceo": "executive", "sen": "senator",
    "rep": "representative", "gov": "governor", "gen": "general", "prof": "professor", "advisor": "adviser",
    "congressman": "representative", "congresswoman": "representative", "goalkeeper": "footballer",
    "striker": "footballer", "midfielder": "footballer", "player": "footballer", "defender": "footballer",
}  # fmt: skip
_PARTIES: Final = frozenset(
    """democrat democratic republican labour tory conservative liberal socialist green communist independent
    nationalist gop""".split()  # noqa: SIM905
)
_PAST: Final = re.compile(r"\b(?:former|ex|retired|late|then|onetime|one-time)\b", re.IGNORECASE)
_COMMON: Final = frozenset(
    """the a an of for and department office high senior county city town state district region province republic north
    south east west northern southern eastern western deputy vice committee board union""".split()  # noqa: SIM905
)
_LISTED: Final = frozenset(word for words in (*_NOUNS.values(), *_CONTEXTS.values()) for word in words.split())
_NO_NAMES: Final = TITLES | HONORIFICS.keys() | _PARTIES | _LISTED | _ALONE | _GENERAL | _COMMON
"""Words that are no place or body, also in capitals."""

_BEFORE_COMPLEMENT: Final = frozenset(["of", "for", "at", "from", "in", "with", "to", "on", "and", "who"])
_STEM: Final = 5
"""Words that share so many first letters are taken for one: wrestler and wrestling."""


def _lookup(table: dict[str, str]) -> dict[str, str]:
    return {word: field for field, words in table.items() for word in words.split()}


_FIELD_OF_NOUN: Final = _lookup(_NOUNS) | {trade: trade for trade in _ALONE}
_FIELD_OF_CONTEXT: Final = _lookup(_CONTEXTS)


@dataclass(frozen=True, slots=True)
class Occupation:
    """What roles say. ``countries`` and ``places`` (all other names in a role) are what somebody belongs to.

    ``odd`` are fields that this module has no list for, each a noun of its own. ``stems`` are what else the role says.
    ``posts`` are posts of which there is one, each with its place: ``mayor@easton``.
    """

    fields: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    odd: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    past: bool = False

    def __or__(self, other: Occupation) -> Occupation:
        """What both say of one person."""
        return Occupation(
            self.fields | other.fields,
            self.nouns | other.nouns,
            self.countries | other.countries,
            self.places | other.places,
            self.posts | other.posts,
            self.odd | other.odd,
            self.stems | other.stems,
            self.past and other.past,
        )

    def __bool__(self) -> bool:
        return bool(self.fields or self.nouns or self.countries or self.places or self.stems)


@lru_cache(maxsize=16384)
def read_occupation(role: str) -> Occupation:
    """The occupation behind a role's words; an empty one where they tell nothing.

    >>> sorted(read_occupation("mayor of Easton").posts), sorted(read_occupation("Russian president").countries)
    (['mayor@easton'], ['russia'])
    """
    pieces = [piece.strip('.,;:()"“”') for piece in re.split(r"[\s/–—]+", role)]
    countries, rest = split_countries([piece for piece in pieces if piece])
    words = [word for piece in rest for word in fold(without_possessive(piece)).split()]
    nouns = {_SAME_NOUN.get(word, word) for word in words if word in _FIELD_OF_NOUN or word in _GENERAL}
    fields = {_FIELD_OF_NOUN[word] for word in words if word in _FIELD_OF_NOUN}
    if any(word in ("general", "major") for word in words) and (nouns & _GENERAL or len(fields) > 1):
        fields.discard("military")  # the secretary general, the attorney general
    if not fields:
        fields = {_FIELD_OF_CONTEXT[word] for word in words if word in _FIELD_OF_CONTEXT}
    if not fields and "president" in words and (countries or len(words) == 1):
        fields = {"politics"}
    odd = set()
    if not fields and (head := _head(role)) and head not in _GENERAL | _TELLING_NOTHING | _NO_NAMES:
        fields = odd = {head}
    places = {
        word
        for piece in rest
        if piece[:1].isupper()
        for word in fold(without_possessive(piece)).split()
        if word not in _NO_NAMES
    }
    held = {_SINGLE_POSTS[word] or word for word in words if word in _SINGLE_POSTS}
    where = countries if held & {"minister"} else places
    posts = {f"{post}@{place}" for post in held for place in where}
    return Occupation(
        frozenset(fields),
        frozenset(nouns),
        frozenset(countries),
        frozenset(places),
        frozenset(posts),
        frozenset(odd),
        frozenset(word[:_STEM] for word in words if word not in _NO_NAMES | _TELLING_NOTHING),
        _PAST.search(role) is not None,
    )


def _head(role: str) -> str | None:
    """The noun that a role is headed by, if it is an ordinary word: ``miner`` in ``gold miner of Easton``."""
    words = re.split(r"[\s,;]+", role.strip())
    cut = next((index for index, word in enumerate(words) if word in _BEFORE_COMPLEMENT), len(words))
    word = words[cut - 1].strip(".()\"“”’'") if cut else ""
    return word if word.isalpha() and word.islower() and len(word) > 2 else None


def compare(one: Occupation, other: Occupation) -> Bond:
    """What the occupations of two bearers of a name say about whether they are one person."""
    bond = _compare_present(one, other)
    if bond < Bond.PLAUSIBLE and (one.past or other.past):  # who was a footballer may be a minister now
        return Bond.DOUBTFUL if _hold_different_posts(one, other) else Bond.PLAUSIBLE
    return bond


def _compare_present(one: Occupation, other: Occupation) -> Bond:
    if not one or not other:
        return Bond.OPEN
    if _hold_different_posts(one, other):
        return Bond.APART
    shared = bool(one.countries & other.countries or one.places & other.places)
    if one.fields & other.fields:
        return Bond.SAME if shared or one.nouns & other.nouns or one.stems & other.stems else Bond.OPEN
    if not one.fields or not other.fields:
        return Bond.SAME if shared or one.stems & other.stems else Bond.OPEN
    if one.odd or other.odd:
        return Bond.PLAUSIBLE if shared or one.stems & other.stems else Bond.DOUBTFUL
    if any(frozenset((field, second)) in _NEIGHBOURS for field in one.fields for second in other.fields):
        return Bond.PLAUSIBLE if shared else Bond.DOUBTFUL
    return Bond.APART


def _hold_different_posts(one: Occupation, other: Occupation) -> bool:
    held = {post.split("@")[0] for post in one.posts} & {post.split("@")[0] for post in other.posts}
    return any(not _places_of(post, one) & _places_of(post, other) for post in held)


def _places_of(post: str, occupation: Occupation) -> set[str]:
    return {place for held, place in (text.split("@") for text in occupation.posts) if held == post}
