"""Common nouns that tell what a source is: a document, or somebody in a role."""

from __future__ import annotations

import re
from typing import Final

DOCUMENT_NOUNS: Final = frozenset(
    """accord act ad advertisement affidavit agreement analysis article audit bill blog book briefing brief bulletin
    charter chart clip communique complaint constitution contract convention data declaration decree directive
    document documents dossier draft editorial email emails e-mail e-mails essay excerpt figures file files filing
    filings finding findings form graphic headline headlines indictment interview law lawsuit leaflet letter letters
    manifesto autopsy banner banners footage graffiti image images inquiry investigation judgment judgement map
    measure memo memorandum message minutes motion notice order pact pamphlet paper papers petition photo photograph
    photographs photos picture pictures placard placards plan probe platform poll polls post posts press-release
    proposal protocol publication readout record records regulation release report reports research resolution
    results review ruling screenshot script sign slide speech statement statements statistics statute story studies
    study submission subpoena suit summary textbook survey surveys text tally tape testimony transcript transcripts
    treaty tweet tweets verdict video videos warrant website webpage site page white-paper will writ""".split()  # noqa: SIM905
)
"""Nouns that make a source a document."""

ROLE_NOUNS: Final = frozenset(
    """academic activist actor actress administrator adviser advisor advocate aide ally ambassador analyst anchor
    archbishop architect artist assistant athlete attorney author banker biologist bishop blogger boss broadcaster
    businessman businesswoman candidate captain cardinal celebrity ceo chair chairman chairperson chairwoman champion
    chancellor chief cleric coach co-chair co-founder colonel columnist comedian commander commentator commissioner
    comptroller congressman congresswoman consultant contractor coordinator councillor councilman councilwoman
    counsel critic dean delegate democrat deputy designer developer diplomat director dissident doctor donor
    economist editor emir employee engineer entrepreneur envoy epidemiologist executive expert farmer fellow
    filmmaker financier fisherman founder friend general geologist governor head historian host imam industrialist
    inspector instructor investor jeweller journalist judge justice king lawmaker lawyer leader lecturer legislator
    librarian lieutenant lobbyist magistrate magnate major manager mayor member merchant minister model mogul monk
    musician neighbor neighbour nominee novelist nun nurse officer official operative opponent organizer organiser
    owner painter partner pastor patriarch pediatrician philanthropist philosopher photographer physician physicist
    pilot player poet politician pollster pope preacher premier presenter president priest prince princess principal
    producer professor programmer prosecutor psychiatrist psychologist publisher queen rabbi rapporteur rebel rector
    registrar reporter representative researcher resident retiree ruler salesman scholar scientist secretary
    secretary-general senator sergeant sheriff shopkeeper singer sociologist soldier solicitor speaker specialist
    spokesman spokesperson spokeswoman staffer star statesman statistician strategist student sultan superintendent
    supervisor supporter surgeon surrogate teacher technician treasurer trader trustee tycoon undersecretary veteran
    vice-president victim volunteer warden whip widow winner witness worker writer mate brother sister husband wife
    son daughter father mother niece nephew cousin uncle aunt grandson granddaughter girlfriend boyfriend billionaire
    lady republican conservative liberal socialist communist islamist mp mla mlc cm pm dgp seer swami dictator elder
    professional translator interpreter citizen tenant landlord patron legend broker harvester dancer rapper chef
    detective laureate correspondent auditor convener convenor loyalist vice-chancellor pro-chancellor constable
    counselor counsellor curator conductor chieftain custodian goalkeeper striker defender midfielder skipper trainer
    geneticist chemist mathematician survivor hotelier secretary-designate vice-minister user expat teenager vendor
    medalist medallist pharmacist accountant inventor influencer vice-chairman vice-chair minister-president
    attorney-general director-general chief-of-staff staff""".split()  # noqa: SIM905
)
"""Nouns that say what a person does, holds or is to somebody."""

BODY_NAMES: Final = frozenset(
    """agency army assembly association authority bank board bureau center centre church club college commission
    committee company congress corporation crescent council court department federation foundation fund group
    hospital house institute institution league ministry museum network office organisation organization parliament
    party police school senate service society trust tribunal union university""".split()  # noqa: SIM905
)
"""Words that names of bodies are made with."""

COLLECTIVE: Final = frozenset(
    """administration government campaign ministry army military police parliament embassy office department party
    authorities presidency cabinet bureau company union court committee council board delegation mission team
    newspaper agency organization organisation camp press-office regime junta senate legislature consulate command
    directorate unit side leadership commission secretariat treasury prosecution coalition federation association
    authority assembly navy""".split()  # noqa: SIM905
)
BODIES: Final = COLLECTIVE | frozenset(
    """association bank body broadcaster charity church club commission country city company daily firm foundation
    group hospital institute institution magazine maker nation network operator outlet paper programme program
    publication retailer school service society state station think-tank tribunal university watchdog website weekly
    giant startup start-up manufacturer airline carrier developer force chamber league fund centre center museum
    movement ngo nonprofit utility regulator lender""".split()  # noqa: SIM905
)
"""Nouns of which one may speak as a body."""

PORTFOLIOS: Final = frozenset(
    """trade health culture education tourism finance economy labour labor employment sport sports youth environment
    energy interior safety welfare home justice defence defense planning industry transport development cooperation
    science technology agriculture commerce innovation communications infrastructure water climate affairs housing
    information family fisheries forestry mining petroleum resources media heritage arts women children internal
    external foreign""".split()  # noqa: SIM905
)
"""What ministers and departments are for."""

RANKS: Final = frozenset(
    """prof professor dr doctor captain capt brigadier brig major maj general gen colonel col lieutenant lt sergeant
    sgt corporal constable inspector commander cmdr admiral adm retd ret rep sen counselor counsellor advocate adv
    engr eng hon pol maj-general maj-gen rear marshal sheikh shaikh""".split()  # noqa: SIM905
)
"""Titles that go with any office and say little where a name has another one: ``Director Prof. Lund``."""

_AGENT: Final = re.compile(r"(?:[^aeiou\W]er|eer|[st]or|ist|ician|yst)$")
_NO_AGENTS: Final = frozenset(
    """answer banner border center chapter charter charger chronicler character computer cover encounter factor
    father-in-law filter former gender master matter meter monitor motor newsletter number order other offer paper
    power poster quarter register rumor sector sister-in-law shelter summer system tender theater tower transfer
    tractor trailer water weather whisper winter list mist twist checklist blacklist shortlist chorister disaster
    cluster roster filibuster latter after later letter newspaper broadsheeter never ever under over together however
    river layer liver silver fever lever tiger cider cyber inner outer upper lower finer timer steamer tanker
    freighter cruiser locker trigger folder""".split()  # noqa: SIM905
)


def is_agent(word: str) -> bool:
    """Whether a lower-case noun is built like what people are called by: ``harvester``, ``violinist``."""
    return len(word) > 5 and word not in _NO_AGENTS and word not in DOCUMENT_NOUNS and _AGENT.search(word) is not None
