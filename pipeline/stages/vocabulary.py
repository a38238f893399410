"""Common nouns that tell what a source is: a document, or somebody in a role."""

from __future__ import annotations

from typing import Final

DOCUMENT_NOUNS: Final = frozenset(
    """accord act ad advertisement affidavit agreement analysis article audit bill blog book briefing brief bulletin
    charter chart clip communique complaint constitution contract convention data declaration decree directive document
    documents dossier draft editorial email emails e-mail e-mails essay excerpt figures file files filing filings
    finding findings form graphic headline headlines indictment interview law lawsuit leaflet letter letters manifesto
    map     measure memo memorandum message minutes motion notice order pact pamphlet paper papers petition photo plan
    platform poll polls post posts press-release proposal protocol publication readout record records regulation
    release report reports research resolution results review ruling screenshot script sign slide speech statement
    statements statistics statute story studies study submission subpoena suit summary survey surveys text tally
    tape testimony transcript transcripts treaty tweet tweets verdict video videos warrant website webpage site page
    white-paper will writ""".split()  # noqa: SIM905
)
"""Nouns that make a source a document."""

ROLE_NOUNS: Final = frozenset(
    """academic activist actor actress administrator adviser advisor advocate aide ally ambassador analyst anchor
    archbishop architect artist assistant athlete attorney author banker biologist bishop blogger boss broadcaster
    businessman businesswoman candidate captain cardinal celebrity ceo chair chairman chairperson chairwoman champion
    chancellor chief cleric coach co-chair co-founder colonel columnist comedian commander commentator commissioner
    comptroller congressman congresswoman consultant contractor coordinator councillor councilman councilwoman counsel
    critic dean delegate democrat deputy designer developer diplomat director dissident doctor donor economist editor
    emir employee engineer entrepreneur envoy epidemiologist executive expert farmer fellow filmmaker financier
    fisherman founder friend general geologist governor head historian host imam industrialist inspector instructor
    investor jeweller journalist judge justice king lawmaker lawyer leader lecturer legislator librarian lieutenant
    lobbyist magistrate magnate major manager mayor member merchant minister model mogul monk musician neighbor
    neighbour nominee novelist nun nurse officer official operative opponent organizer organiser owner painter partner
    pastor patriarch pediatrician philanthropist philosopher photographer physician physicist pilot player poet
    politician pollster pope preacher premier presenter president priest prince princess principal producer professor
    programmer prosecutor psychiatrist psychologist publisher queen rabbi rapporteur rebel rector registrar reporter
    representative researcher resident retiree ruler salesman scholar scientist secretary secretary-general senator
    sergeant sheriff shopkeeper singer sociologist soldier solicitor speaker specialist spokesman spokesperson
    spokeswoman staffer star statesman statistician strategist student sultan superintendent supervisor supporter
    surgeon surrogate teacher technician treasurer trader trustee tycoon undersecretary veteran vice-president victim
    volunteer warden whip widow winner witness worker writer mate brother sister husband wife son daughter father
    mother niece nephew cousin uncle aunt grandson granddaughter partner girlfriend boyfriend billionaire lady
    republican conservative liberal socialist communist islamist
    vice-chairman vice-chair minister-president attorney-general director-general chief-of-staff staff""".split()  # noqa: SIM905
)
"""Nouns that say what a person does, holds or is to somebody."""
