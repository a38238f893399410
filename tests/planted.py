"""A made collection: articles whose speakers are planted, so that who is who is known.

Every person has the forms under which articles name them and the roles that articles give them. What is hard about
real names is all there: shared surnames, shared full names, spellings, initials, middle names, titles, hyphens and
diacritics. All people, places and bodies are invented.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from onrecord.document import Span, Speaker, Statement


@dataclass(frozen=True, slots=True)
class Planted:
    """One person. ``forms`` are names in full, ``shorts`` what an article says after one, ``alone`` what it may say
    without one; ``roles`` are what articles call them, in different words for the same work."""

    label: str
    forms: tuple[str, ...]
    roles: tuple[str, ...] = ()
    shorts: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()


def _people(text: str) -> tuple[Planted, ...]:
    """A line each: forms | roles | alone; several of one set apart by ``;``. Two lines may have the same form."""
    found: list[Planted] = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        fields = [*line.split("|"), "", ""][:3]
        forms, roles, alone = (tuple(filter(None, map(str.strip, field.split(";")))) for field in fields)
        shorts = (forms[0].split()[-1],)
        found.append(Planted(f"{number:02} {forms[0]}", forms, roles, shorts, alone))
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
"""The people that the collection pass was written with."""


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
"""People made up before they were first tried; what they brought to light was mended in rules, not in word lists.

They are no longer unseen: an honest figure needs new ones.
"""


@dataclass(frozen=True, slots=True)
class PlantedArticle:
    """The speakers of one article as its resolver would give them, each with the label of who it is."""

    doc: str
    speakers: tuple[tuple[str, Speaker], ...]

    def statements(self) -> list[Statement]:
        return [
            Statement(self.doc, f"{self.doc}#{n}", "Yes", (Span(0, 3),), "direct", Span(0, 3), speakers=(speaker,))
            for n, (_, speaker) in enumerate(self.speakers, 1)
        ]


def made_collection(
    people: Sequence[Planted] = PEOPLE, articles: int = 200, speakers: int = 3, seed: int = 20
) -> list[PlantedArticle]:
    """Articles in which each person speaks about equally often; the same for the same arguments.

    Nobody shares an article with somebody of the same form or surname: what one article keeps apart is easy.
    """
    rng = random.Random(seed)
    spoken: Counter[str] = Counter()
    made: list[PlantedArticle] = []
    for number in range(articles):
        chosen: list[Planted] = []
        for one in sorted(people, key=lambda one: (spoken[one.label], rng.random())):
            surnames = {form.split()[-1] for other in chosen for form in other.forms}
            if len(chosen) < speakers and not surnames & {form.split()[-1] for form in one.forms}:
                chosen.append(one)
        spoken.update(one.label for one in chosen)
        made.append(PlantedArticle(f"{number:03}.txt", tuple((one.label, _named(one, rng)) for one in chosen)))
    return made


def _named(one: Planted, rng: random.Random) -> Speaker:
    role = rng.choice(one.roles) if one.roles and rng.random() < 0.8 else None
    if one.alone and rng.random() < 0.15:
        return Speaker(rng.choice(one.alone), "provisional", "person", role)
    aliases = one.shorts if rng.random() < 0.7 else ()
    return Speaker(rng.choice(one.forms), "provisional", "person", role, aliases=aliases)


@dataclass(frozen=True, slots=True)
class Merging:
    """How a collection did: pairs of places where one person speaks, and pairs merged that are two people's."""

    pairs: int
    merged: int
    false: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]

    @property
    def recall(self) -> float:
        return self.merged / self.pairs


def score(places: Iterable[tuple[str, str, str]]) -> Merging:
    """Compares every two of ``places``: who it is, the name in the article, the id given."""
    pairs = merged = 0
    false: Counter[tuple[str, str]] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    for (one, one_name, one_id), (other, other_name, other_id) in combinations(places, 2):
        if one == other:
            pairs += 1
            merged += one_id == other_id
            if one_id != other_id:
                missed[min((one_name, other_name), (other_name, one_name))] += 1
        elif one_id == other_id:
            false[min((one, other), (other, one))] += 1
    return Merging(pairs, merged, tuple(false.elements()), tuple(missed.elements()))
