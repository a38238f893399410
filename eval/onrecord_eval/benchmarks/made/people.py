"""Articles with invented speakers whose identities are known, to measure how well people are distinguished.

Every person has the forms under which articles name them and the roles that articles give them. All that makes real
names hard is there: shared surnames, shared full names, spellings, initials, middle names, titles, hyphens and
diacritics. All people, places and organizations are invented.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.document import Span, Speaker, Statement


@dataclass(frozen=True, slots=True)
class SyntheticPerson:
    """One person.

    ``forms`` are full names, ``shorts`` what an article says after the full name, ``alone`` what it may say without it,
    and ``roles`` different words for the same work.
    """

    label: str
    forms: tuple[str, ...]
    roles: tuple[str, ...] = ()
    shorts: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()


def _people(text: str) -> tuple[SyntheticPerson, ...]:
    """One person a line: forms | roles | alone, each a list separated by ``;``. Two lines may have the same form."""
    found: list[SyntheticPerson] = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        fields = [*line.split("|"), "", ""][:3]
        forms, roles, alone = (tuple(filter(None, map(str.strip, field.split(";")))) for field in fields)
        shorts = (forms[0].split()[-1],)
        found.append(SyntheticPerson(f"{number:02} {forms[0]}", forms, roles, shorts, alone))
    return tuple(found)


PEOPLE: Final = _people(
    """
    Ada Brenwick | mayor of Osterhaven; Osterhaven Mayor; mayor | Brenwick
    Colm Brenwick | striker for Osterhaven Rovers; footballer; Rovers player
    Petra Brenwick | economist at the Halden Institute; senior economist | Brenwick
    Tomas Oakhollow | Norvalian foreign minister; foreign minister of Norvalia; Norvalia's chief diplomat | Oakhollow
    Ines Oakhollow | prosecutor; Lindmark County prosecutor; chief prosecutor
    Jude Oakhollow
    Marek Stolvik | sheriff of Tarn County; Tarn County Sheriff | Stolvik
    Lena Stolvik | novelist; author of The Salt Road
    Rafe Stolvik | spokesman for the harbour police; police spokesman
    Wim Dalcroft | senator from Eastmoor; Eastmoor Senator; Republican senator
    Greta Dalcroft | surgeon at Saint Brannoc Hospital; heart surgeon
    John Ferrow | goalkeeper; Tolhurst City goalkeeper
    John Ferrow | archbishop of Mirefield; Archbishop
    Maria Kestle | mayor of Dunmarsh; Dunmarsh mayor
    Maria Kestle | mayor of Highcombe; Highcombe Mayor
    Peter Valdane | professor of law at Quillon University; law professor
    Peter Valdane | chief executive of Brightwell Shipping; Brightwell Shipping CEO
    Sara Lindqvale | singer; folk singer
    Sara Lindqvale | detective with the Tolhurst police; police detective
    David Orrin | farmer; dairy farmer from Wexley
    David Orrin | minister of finance; finance minister; Norvalian finance minister
    Hana Moravik | head coach of Tarn United; coach
    Hana Moravik | nurse; nurse at Dunmarsh Hospital
    Sergei Turovin; Sergey Turovin | Zhelezny governor; governor of Zhelezny
    Yevgeny Baskalov; Evgeny Baskalov; Yevgeni Baskalov | spokesman for the Border Council; Border Council spokesman
    Mohammed al-Teruzi; Muhammad al-Teruzi; Mohamed Al Teruzi | leader of the opposition; opposition leader
    Dmytro Halvenko; Dmitro Halvenko | defence minister; minister of defence
    Aleksandr Prizhin; Alexander Prizhin | general; commander of the northern fleet
    Volodymyr Zarenskyy; Volodymyr Zarensky; Volodymyr Zarenskiy | president of Karvonia; Karvonian President | Zarensky
    Khaled Mansouri; Haled Mansuri | lawyer; human rights lawyer
    Mikhail Dostavin; Mikheil Dostavin | trade envoy; trade envoy of Karvonia
    Jörg Mällinger; Jörg Maellinger; Jorg Mallinger | chairman of the dockers' union; union chairman
    Zoë Fenwright; Zoe Fenwright | headteacher; headteacher of Wexley School
    François Délacour; Francois Delacour | EU trade commissioner; trade commissioner
    Søren Ravnkilde; Soren Ravnkilde | climate scientist; scientist at Quillon University
    Łucja Wierzbak; Lucja Wierzbak | archivist; historian
    Anne-Marie Thorsel; Anne Marie Thorsel | judge; federal judge
    Carol-Ann Bückler; Carol Ann Buckler; Carol-Ann Bueckler | party chairwoman; chairwoman of the Green Party
    José Luis Arrendo; Jose Luis Arrendo; José Arrendo | interior minister; minister of the interior
    Enrique Soto Balvan; Enrique Soto | ambassador to Norvalia; ambassador
    Harold T. Winmore; Harold Winmore; H. T. Winmore | congressman; Democratic congressman | Winmore
    Edith Rose Calloran; Edith Calloran; E. R. Calloran | biologist; marine biologist
    H D Ramaswarna; H.D. Ramaswarna; HD Ramaswarna | chief minister of Velapur; Velapur chief minister | Ramaswarna
    J. K. Ellismere; JK Ellismere | playwright
    George W. Tannock; George Tannock | attorney general; Eastmoor attorney general
    George H. Pellow; George Pellow | admiral; retired admiral
    Dr. Nadia Quorra; Nadia Quorra; Dr Nadia Quorra | epidemiologist; doctor | Quorra
    Sen. Paul Hexley; Paul Hexley; Senator Paul Hexley | senator; senator for Norvalia
    Sir Alban Reeve; Alban Reeve | chairman of the Reeve Trust; philanthropist
    Prime Minister Ilse Vandoren; Ilse Vandoren | prime minister; prime minister of Belmark | Vandoren
    Kim Tae-rok; Kim Tae Rok | striker; footballer
    Hun Vesna | president; president of the senate
    Daniel Petrosk | reporter; journalist
    Daniela Petrosk | dancer
    Anton Lisitsov | chess champion; chess player
    Antonia Lisitsova | pharmacist
    Ian Mabry | councillor; Dunmarsh councillor
    Iain Mabry
    Robert Castlemere Jr.; Robert Castlemere | ferry captain
    Ngozi Adelaru-Bright; Ngozi Adelaru Bright | director of the Halden Institute; institute director
    Oskar Nyhlund | | Nyhlund
    Beatrix Nyhlund | |
    Ruth Abelmoor | teacher | Abelmoor
    Bashir al-Domari; Bashir Domari | president of Sarqan; Sarqan's president | al-Domari
    Pieter van der Velm; Pieter Van der Velm | transport minister; minister of transport | van der Velm
    Tove Ackersund | banker |
    Milo Grantvale | researcher; researcher at Quillon University | Grantvale
    Ursula Okonjaro | United Nations envoy; UN envoy | Okonjaro
    Kostas Vellidis; Costas Vellidis | shipowner; businessman
    Philippa Storrow; Phillippa Storrow | conductor
    """
)
"""The people that the rules were written with."""


OTHER_PEOPLE: Final = _people(
    """
    P. K. Sundaravel; PK Sundaravel; P K Sundaravel | district collector; collector of Manipet | Sundaravel
    Anil Devakotta | opposition leader; leader of the opposition | Devakotta
    Sunita Devakotta | film actress; actress
    Rajiv Bhanot | police commissioner; Nandipur police commissioner
    Rajiv Bhanot | cricketer; fast bowler; opening batsman
    Chea Sovannak; CHEA SOVANNAK | prime minister; Prime Minister | Sovannak
    Nguyen Van Hieu; Nguyễn Văn Hiếu | party secretary; general secretary of the party
    Nguyen Van Tho | fisherman; shrimp fisherman
    Kim Yong-sul; Kim Yong Sul | nuclear envoy; chief nuclear envoy
    Kim Yong-suk | figure skater; skater
    Zhao Lingwei | foreign ministry spokesman; spokesman for the foreign ministry | Zhao
    Abdelrahman el-Hashemi; Abdulrahman al-Hashimi; Abdel Rahman al-Hashemi | central bank governor; bank governor
    Yousef Barazi; Youssef Barazi; Yusuf Barazi | rebel commander; commander of the rebels
    Fatima Zahrani; Fatimah Zahrani | education minister; minister of education
    Husain Qasimov; Hussein Kasimov | oil minister; minister for oil
    Nikolay Verenko; Nikolai Verenko; Mykola Verenko | parliament speaker; speaker of parliament
    Oleksiy Dubrovin; Oleksii Dubrovin; Aleksei Dubrovin | air force chief; chief of the air force
    Natalia Dubrovina; Natalya Dubrovina | ballerina
    Vyacheslav Kolmarov; Viacheslav Kolmarov | oligarch; steel magnate
    Gyorgy Feketeri; György Feketeri | archbishop of Varalja; Archbishop
    Željko Marinčić; Zeljko Marincic | goalkeeper; Varalja goalkeeper
    Åsa Hjelmqvist; Asa Hjelmqvist | climate minister; minister for climate
    Günther Straßlinger; Guenther Strasslinger; Gunther Strasslinger | finance spokesman; party finance spokesman
    Jan Jansma | baker; baker in Dorsvliet
    Jan Janssma | alderman; Dorsvliet alderman
    Stephen Harcastle | retired judge; judge
    Steven Harcastle | drummer
    Marc Teillard | chef; head chef
    Mark Teillard | union organiser; organiser of the bus drivers' union
    María José Olmedilla; Maria Jose Olmedilla; María José Olmedilla Ruz | health minister; minister of health
    Luis Alberto Cañadas Prieto; Luis Alberto Cañadas; Luis Cañadas | senator; opposition senator | Cañadas
    João Batista Figueirol; Joao Batista Figueirol; João Figueirol | mayor of Porto Claro; Porto Claro mayor
    Ana Figueirol | volleyball player; volleyball captain
    Jean-Pierre Laborde; Jean Pierre Laborde | bishop of Aurelle; bishop
    Jean-Paul Laborde | racing cyclist; cyclist
    William Ashgrove | bus driver; driver
    William Ashgrove | conservative councillor; councillor
    Emma Thornbury | student; student at Kingsholm School
    Emma Thornbury | marine scientist; scientist at the Kelp Institute
    James O'Dornan; James O’Dornan | farmers' leader; president of the Farmers' League | O'Dornan
    Mary McElvaine; Mary Mc Elvaine | pharmacist; community pharmacist
    Robert E. Hollister; Robert Hollister; R. E. Hollister | general; army general
    Robert J. Hollister | bank robber; suspect
    Thomas Pellinger Sr. ; Thomas Pellinger | hotelier; hotel owner
    Catherine Wexcombe; Katherine Wexcombe | chief executive of Norrland Power; Norrland Power chief | Wexcombe
    Lord Edmund Farleigh; Edmund Farleigh | former chancellor; chancellor
    Rev. Josiah Tembwe; Josiah Tembwe; Reverend Josiah Tembwe | pastor; pastor of Grace Chapel
    Chief Emeka Onwudile; Emeka Onwudile | governorship candidate; candidate for governor
    Ngugi wa Kamotho; Ngugi Wa Kamotho | novelist; writer
    Tendai Mushaviri | miner; gold miner
    Tendai Mushaviri | opposition lawmaker; lawmaker
    Amos Mushaviri | athletics coach; coach
    Isabel van Rensveld; Isabel Van Rensveld | trade union leader; union leader | van Rensveld
    Ludo de Craeyer; Ludo De Craeyer | transport commissioner; EU transport commissioner | de Craeyer
    Mehmet Şahinoğlu; Mehmet Sahinoglu | governor of Kirdere; Kirdere governor
    Elif Şahinoğlu | rap singer; singer
    Giorgi Tsikhelidze; Georgi Tsikhelidze | border guard chief; head of the border guard
    Davit Abazadze; David Abazadze | wrestler; wrestling champion
    Siobhán Ní Mhurtha; Siobhan Ni Mhurtha | teacher; primary school teacher
    Tom Bexhill | |
    Tim Bexhill | weather presenter; presenter | Bexhill
    Lady Honor Castellane; Honor Castellane | museum director; director of the Castellane Museum
    """
)
"""People made up after the rules were written. Mistakes on them led to changes in rules, though not in word lists.

So they are no longer unseen: an honest figure needs new people.
"""


@dataclass(frozen=True, slots=True)
class SyntheticArticle:
    """One article: its speakers as the pipeline would give them, each with the label of the person behind it."""

    doc: str
    speakers: tuple[tuple[str, Speaker], ...]

    def statements(self) -> list[Statement]:
        return [
            Statement(self.doc, f"{self.doc}#{n}", "Yes", (Span(0, 3),), "direct", Span(0, 3), speakers=(speaker,))
            for n, (_, speaker) in enumerate(self.speakers, 1)
        ]


def synthetic_collection(
    people: Sequence[SyntheticPerson] = PEOPLE, articles: int = 200, speakers: int = 3, seed: int = 20
) -> list[SyntheticArticle]:
    """Articles in which each person speaks about equally often; the same for the same arguments.

    Nobody shares an article with a person of the same form or surname, because one article keeps them apart anyway.
    """
    rng = random.Random(seed)
    spoken: Counter[str] = Counter()
    made: list[SyntheticArticle] = []
    for number in range(articles):
        chosen: list[SyntheticPerson] = []
        for person in sorted(people, key=lambda person: (spoken[person.label], rng.random())):
            surnames = {form.split()[-1] for other in chosen for form in other.forms}
            if len(chosen) < speakers and not surnames & {form.split()[-1] for form in person.forms}:
                chosen.append(person)
        spoken.update(person.label for person in chosen)
        made.append(
            SyntheticArticle(f"{number:03}.txt", tuple((person.label, _named(person, rng)) for person in chosen))
        )
    return made


def _named(person: SyntheticPerson, rng: random.Random) -> Speaker:
    role = rng.choice(person.roles) if person.roles and rng.random() < 0.8 else None
    if person.alone and rng.random() < 0.15:
        return Speaker(rng.choice(person.alone), "provisional", "person", role)
    aliases = person.shorts if rng.random() < 0.7 else ()
    return Speaker(rng.choice(person.forms), "provisional", "person", role, aliases=aliases)
