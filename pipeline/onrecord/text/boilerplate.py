"""Which paragraphs are boilerplate, not text of the article: menus, tickers, credits, sharing lines and the like.

A line is judged by its shape, by the lines around it and by a small stock of phrases that web pages have in common.
Dropping a sentence of the article is worse than keeping a menu. So a paragraph that holds a quotation or reads like a
sentence is boilerplate only if it matches one of the phrases from its first word on, and a short line, which may be a
heading, only next to navigation.
"""

from __future__ import annotations

import re
from typing import Final

from onrecord.document import Span
from onrecord.text.segmentation import Segmentation
from onrecord.text.word_lists import read_lists

_I: Final = re.IGNORECASE
_NAME: Final = r"(?:[A-Z][\w.'’-]*|[A-Z]\.|de|da|di|van|von|der|den|al|el|bin|la)"
_NAMES: Final = rf"{_NAME}(?: {_NAME}){{1,4}}"
_AGENCY: Final = (
    r"(?:AFP|AP|(?:The )?Associated Press|Reuters|UPI|dpa|EFE|ANSA|TASS|ITAR-TASS|Interfax|Xinhua|PTI|ANI|IANS|Bernama|"
    r"Kyodo|Yonhap|EPA|Getty(?: Images)?|Shutterstock|iStock|(?:News )?Agencies)"
)
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DAY: Final = r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?"

# A line of nothing but these words is a row of buttons or a menu entry, wherever it stands.
_WORDS: Final = read_lists("onrecord.text", "web_pages")
_BUTTONS: Final = _WORDS["buttons"]
_FILLERS: Final = _WORDS["fillers"]

# Entries of a site's menu. Alone they may be headings ("Business"); several together are a menu.
_SECTIONS: Final = _WORDS["menu entries"]
_SECTION_PHRASES: Final = re.compile(
    r"(?:about|contact) us|(?:log|sign) ?(?:in|out|up)|privacy (?:policy|notice)|terms (?:of (?:use|service)|and "
    r"conditions)|(?:my )?account|site ?map|cookie (?:policy|settings|preferences)|(?:back|go) to (?:the )?top|"
    r"main menu|"
    r"mobile version|press releases?|special reports?|most (?:read|popular|viewed|shared|commented|watched)|"
    r"editor['’]?s['’]? (?:picks?|choice)|"
    r"(?:all|more|latest|top|breaking|other|recent|related|popular|trending|show more|load more|see all|view all) "
    r"(?:news|stories|articles|headlines|posts|topics|videos|content|links)",
    _I,
)
# What forum software prints beside a member's name.
_FORUM: Final = re.compile(
    r"(?:joined|messages|posts|reaction score|likes(?: received)?|points|location|country|threads|reputation|"
    r"(?:senior |junior |new |active |well-known |elite )?member|moderator|administrator|registered user|"
    r"thread starter|solutions|trophy points|(?:join date|member since)\b.{0,20})\W*",
    _I,
)

_RELATED: Final = re.compile(
    r"(?:related|read (?:more|also|next|on)|see also|also (?:read|see|on)\b.{0,20}|you (?:may|might) also (?:like|"
    r"be interested in)|"
    r"more (?:from|on|in) .{1,30}|more(?: to read)?|recommended(?: for you)?|don['’]t miss|most (?:read|popular|"
    r"viewed)|"
    r"(?:related|latest|recent|popular|trending|top|other|more) (?:news|stories|articles|headlines|posts|topics|links|"
    r"coverage|reading|content|videos))\s*[:>»]*",
    _I,
)

_CAPITAL: Final = r"(?:[A-Z@©(]\S*|and|of|for|in|via|with|/|&)"
_CAPITALS: Final = rf"(?-i:{_CAPITAL}(?: {_CAPITAL}){{0,7}})"
# Whole lines, from the first word to the last. Those that end in ".{0,n}" go on freely for up to n characters.
_PHRASES: Final = re.compile(
    "|".join(
        (
            # sharing, following, subscribing
            r"(?:social media|share|sharing|follow)\b.{0,40}\b(?:icons?|buttons?|widgets?)\b.{0,40}",
            r"share (?:on|via)\b.{0,40}|share (?:this|our)(?: (?:article|story|page|post|on|via|with)\b.{0,60}|:)?",
            r"share (?:and comment|your (?:thoughts|opinion|comments|views))\b.{0,30}",
            r"(?:please )?(?:like|follow|join|find|connect with) us (?:on|at) .{0,100}|follow @\w+.{0,60}",
            r"(?:please )?follow [\w.'’, -]{2,60} on (?:facebook|twitter|instagram|telegram|youtube|linkedin|"
            r"tiktok|x)\b.{0,80}",
            r"(?:for more,? )?(?:please )?(?:sign up|subscribe|register)(?: (?:now|here|today|free))?[.!:>»]*",
            r"(?:for more,? )?(?:please )?(?:sign up|subscribe|register)\b.{0,60}\b(?:newsletters?|e-?mails?|"
            r"alerts|updates|podcast|"
            r"channel|feed|account|digest|inbox|off)\b.{0,60}",
            r".{0,60}\blike (?:the|us|our|this) page\b.{0,20}",
            r"get (?:the |our )?.{0,40}(?:in|to) your inbox.{0,40}",
            r"(?:for more .{0,40}, )?download (?:our|the) .{0,30}\bapp\b.{0,40}",
            r"click here\b.{0,80}",
            # asking for consent, showing advertisements
            r"(?:this|our) (?:web)?site uses cookies.{0,300}",
            r"we (?:and our partners )?use cookies (?:to|on|and|for)\b.{0,300}",
            r"by (?:continuing|using) (?:to (?:use|browse) )?(?:this|our|the) (?:web)?site,? you.{0,200}",
            r"(?:accept|reject|manage|allow)(?: all)? cookies",
            r"(?:scroll down to continue|story continues|article continues|continue reading|continues) (?:below|"
            r"after) .{0,40}",
            r"continue reading(?: below)?|advertise(?:ment)? (?:with us|here)|(?:paid|sponsored) (?:content|post|"
            r"advertisement)",
            # reading on
            r"(?:show|load|see|view|read) (?:more|all|less)(?: (?:\w+|news|stories|articles|comments|"
            r"photos)){0,2}\s*[>»…]*",
            r"(?:read|see|watch|listen to|view|click) (?:the |our )?(?:rest|full|complete|entire|original|whole) "
            r"(?:of )?"
            r"(?:the )?(?:article|story|report|interview|video|post|text)\b.{0,60}",
            r"(?:watch|listen to|see) (?:the |our )?(?:\w+ ){0,3}(?:video|interview|podcast|clip|segment|gallery)s?"
            r"(?: (?:segment|clip))?(?: (?:here|below|above))?[:.]?",
            r"more\s*[>»]+|(?:full text|abstract|correction appended)\.?",
            # comments and counters
            r"(?:leave|post|write|add) a (?:reply|comment)\b.{0,40}|join the (?:discussion|conversation)\b.{0,40}",
            r"(?:comments?|shares?|views?|likes?|replies)\s*[:(]?\s*[\d.,]+\s*[km]?\s*\)?",
            r"[\d.,]+\s*[km]? (?:comments?|shares?|views?|likes?|replies|reads?|retweets?)|no comments(?: yet)?",
            r"\d+[ -]min(?:ute)?s?(?: to)? read|reading time:? .{0,20}|(?:please )?log ?in to (?:comment|reply|"
            r"post)\b.{0,40}",
            r"your email address will not be published.{0,80}|required fields are marked.{0,10}",
            r"tags?\s*:.{0,200}|filed under\s*:?.{0,100}|categor(?:y|ies)\s*:.{0,100}|topics\s*:.{0,100}",
            # rights and powers
            r"(?:©|\(c\)|copyright\b(?=\s*(?:©|\(c\)|\d{4})))\s?.{0,400}|(?:.{0,80}[.,|] ?)?all rights "
            r"reserved\b.{0,200}",
            r"this material may not be published, broadcast.{0,100}",
            r"(?:proudly )?powered by \S+(?: \S+){0,2}|(?:web ?site|designed|developed|hosted) by \S+(?: \S+){0,3}",
            # who wrote, took, sent it
            r"(?:h/t|hat tip|via):? (?-i:[A-Z@])[\w. ]{2,40}",
            rf"(?:photos?|pictures?|images?|photographs?|pics?|file photo|(?:photo |image |picture )?credits?|sources?)"
            rf"(?: ?[:/|©] ?| by:? | courtesy(?: of)?:? ){_CAPITALS}",
            rf"(?:[–—-]+ ?)?(?:additional )?reporting (?:by|from) {_CAPITALS}|(?:contributing|contributors?): "
            rf"{_CAPITALS}",
            rf"{_CAPITALS} (?:contributed (?:reporting|to this (?:report|story|article))|reported from {_CAPITALS})\.?",
            r"(?:this )?(?:story|article|post) (?:has been|was|is being) (?:updated|corrected)\b.{0,200}",
            r"this (?:story|article|post) (?:was )?(?:first|originally) (?:appeared|published) (?:on|in|at|"
            r"by)\b.{0,120}",
        )
    ),
    _I | re.DOTALL,
)
_BYLINE: Final = re.compile(
    rf"(?:[Bb]y|BY|Written by|Reported by|Posted by|Story by|Text by|Author:)\s+{_NAMES}"
    rf"(?:(?: and|,| &) {_NAMES})*(?:\s*[,|/–—-]\s*(?:{_NAME}|of|the|for|and|in|[Ss]taff|[Ww]riter|[Rr]eporter|"
    r"[Cc]orrespondent|[Ee]ditor|\d+)(?: (?:\S+)){0,6})?"
)
_NOT_A_NAME: Final = re.compile(r"\b(?:The|A|An|Our|All|Any|Its|His|Her|Their|Now|No|Not|Land|Sea|Air|Law|Popular)\b")
_BRACKETED: Final = re.compile(
    r"(?:.{0,30}\b)?(?:reporting|editing|writing|edited|written|compiled|translated|inputs?|files) (?:by|from)\b.*|"
    r"(?:photos?|images?|pictures?|source|via|h/t)\b ?:?.{0,60}|(?:subscribe|read|see|watch) (?:more|also|to|here|"
    r"the full)\b.*|"
    r"(?:read|see|watch|photo|image|video) ?:.*|advertisement",
    _I | re.DOTALL,
)
_AGENCY_WORD: Final = re.compile(rf"\b{_AGENCY}\b", _I)
_CREDIT: Final = re.compile(
    rf"(?:{_NAMES}(?:\s?[/|,]\s?| via | for ))?(?:\w+\s?/\s?)?(?i:{_AGENCY})"
    rf"(?:(?:\s?[/,|&]\s?| and | with | via | )(?:(?i:{_AGENCY}|Photo|Photos|Pool|File)))*(?:\s?/\s?{_NAMES})?"
)
# Possessive, as figures can be read in several ways: a line of digits must not be tried in all of them.
_DATE: Final = re.compile(
    rf"(?:\d+ (?:second|minute|hour|day|week|month|year)s? ago|(?:{_MONTH}|{_DAY}|\d{{1,4}}(?:st|nd|rd|th)?|"
    rf"[ap]\.?m|gmt|utc|"
    r"est|edt|pst|bst|cet|ist|at|on|of|updated|published|posted|modified|last)(?![a-z])|[\W\d])++",
    _I,
)
_TAG: Final = re.compile(r"<[^<>]{1,300}>")
# Possessive, so that a token of a million marks is read once.
_URL: Final = re.compile(r"\W*+(?:(?:https?://|www\.)\S+|[^\s@]++@[\w-]++(?:\.[\w-]++)+|pic\.twitter\.com/\S+)", _I)
_TRAIL: Final = re.compile(r"\s*(?:[|>»›•·]|::)\s*|\s+/\s+")
_SENTENCE_ENDS: Final = (".", "!", "?", "…", ":", ";", ",", '"', "”", "’", "'", "»", ")")


def find_boilerplate(text: str, segmentation: Segmentation) -> frozenset[int]:
    """The indices in ``segmentation.paragraphs`` of those that are not text of the article."""
    lines = [" ".join(text[slice(*paragraph.span)].split()) for paragraph in segmentation.paragraphs]
    quoted = _paragraphs_with_quotations(segmentation)
    sure = {index for index, line in enumerate(lines) if _is_boilerplate(line, index in quoted, index, len(lines))}
    found = set(sure)
    found |= _forum_cards(lines)
    found |= _menus(lines, sure)
    found |= _foot(lines, sure, quoted)
    return frozenset(found)


def _paragraphs_with_quotations(segmentation: Segmentation) -> set[int]:
    found: set[int] = set()
    quotations = iter(segmentation.quotations)
    quotation = next(quotations, None)
    for index, paragraph in enumerate(segmentation.paragraphs):
        while quotation is not None and quotation.span.start < paragraph.span.end:
            found.add(index)
            quotation = next(quotations, None)
    return found


def _is_boilerplate(line: str, quoted: bool, index: int, count: int) -> bool:
    """Whether ``line`` is boilerplate by itself, whatever is around it."""
    if not _has_words(line):
        return True
    if line.startswith("©"):
        return len(line) <= 400
    if quoted or len(line) > 500:
        return False
    bare = line.lstrip("•*-–—·►▶➤>|● ").rstrip()
    if _PHRASES.fullmatch(bare) or _is_row_of_buttons(bare) or _is_trail(bare) or _is_figures(bare):
        return True
    if len(line) <= 60 and _is_foreign_script(line):
        return True
    if _DATE.fullmatch(bare) and any(character.isdigit() for character in bare):
        return True
    at_edge = index < 8 or index >= count - 6
    if at_edge and _BYLINE.fullmatch(bare.rstrip(".")) and not _NOT_A_NAME.search(bare):
        return True
    return _is_credit(line)


def _has_words(line: str) -> bool:
    """Whether letters are left once markup and addresses are taken away."""
    tokens = _TAG.sub(" ", line).split() if "<" in line else line.split()
    return any(not _URL.fullmatch(token) for token in tokens if any(map(str.isalpha, token)))


def _is_credit(line: str) -> bool:
    """An agency's line, or a note on who reported, in brackets: `(Reuters)`, `[With inputs from PTI]`, `— AFP`."""
    inside = line.rstrip(". ")
    if inside[:1] + inside[-1:] not in ("()", "[]"):
        return _CREDIT.fullmatch(inside.lstrip("—–- ")) is not None
    inside = inside[1:-1].strip()
    if _BRACKETED.fullmatch(inside):
        return True
    # No verb can be among words that all begin with a capital.
    words = re.split(r"[\s/,|]+", inside)
    capitals = all(not word[:1].islower() or word in ("and", "with", "via", "for", "dpa") for word in words)
    return len(words) <= 8 and capitals and _AGENCY_WORD.search(inside) is not None


def _is_row_of_buttons(line: str) -> bool:
    words = [word.strip(".,:()!>»") for word in line.lower().split()]
    words = [word for word in words if word and not word.replace(".", "").rstrip("km").isdigit()]
    return len(words) <= 10 and any(w in _BUTTONS for w in words) and all(w in _BUTTONS or w in _FILLERS for w in words)


def _is_trail(line: str) -> bool:
    """`Home | News | Sport`, `Home > World > Europe`."""
    entries = [entry for entry in _TRAIL.split(line) if entry]
    if len(entries) < 3 or line.endswith((".", "!", "?")):
        return False
    return sum(_is_section(entry) for entry in entries) >= 2 and all(len(entry.split()) <= 4 for entry in entries[:-1])


def _is_figures(line: str) -> bool:
    """A ticker: more figures than letters, and few of those (`EUR/USD 1.0634 +0.21%`)."""
    letters = sum(character.isalpha() for character in line)
    digits = sum(character.isdigit() for character in line)
    if re.search(r"\b[a-z]{4,}", line):
        return False
    return (
        letters <= 12
        and digits >= 4
        and digits >= letters / 2
        and bool(re.search(r"[+−-]\d|%|[$€£¥₽]|\d\.\d{2}", line))
    )


def _is_foreign_script(line: str) -> bool:
    letters = [character for character in line if character.isalpha()]
    return (
        sum(character >= "\u0370" and not "\u1e00" <= character < "\u2000" for character in letters) > len(letters) / 2
    )


def _is_section(line: str) -> bool:
    entry = line.strip(" .:>»›•*-–—|").lower()
    return entry in _SECTIONS or entry in _BUTTONS or _SECTION_PHRASES.fullmatch(entry) is not None


def _is_short(line: str) -> bool:
    """Whether ``line`` may be an entry of a menu or a card, by its length and its end."""
    return len(line.split()) <= 4 and len(line) <= 40 and not line.endswith(_SENTENCE_ENDS)


def _is_prose(line: str) -> bool:
    words = len(line.split())
    return words > 25 or (words >= 8 and line.endswith(_SENTENCE_ENDS))


def _forum_cards(lines: list[str]) -> set[int]:
    """Member cards of a forum: short lines, three of them or more of the kind `Joined`, with name and rank above."""
    found: set[int] = set()
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _is_short(lines[end]):
            end += 1
        labels = [i for i in range(start, end) if _FORUM.fullmatch(lines[i].lstrip("-•* "))]
        if len(labels) >= 3:
            last = labels[-1]
            # The value of the last label, unless it is a headline's place.
            if last + 1 < end and (lines[last + 1][:1] in "-•*" or lines[last + 1].replace(",", "").isdigit()):
                last += 1
            found.update(range(max(start, labels[0] - 2), last + 1))
        start = end + 1
    return found


def _menus(lines: list[str], sure: set[int]) -> set[int]:
    """Runs of at least four short lines above or below the article, at least half of which are known menu entries.

    What follows the last entry is kept, buttons apart: it may be the headline.
    """
    prose = [index for index, line in enumerate(lines) if index not in sure and _is_prose(line)]
    if not prose:
        return set()
    found: set[int] = set()
    for start, end in (Span(0, prose[0]), Span(prose[-1] + 1, len(lines))):
        run: list[int] = []
        for index in range(start, end + 1):
            if index < end and (index in sure or _is_short(lines[index])):
                run.append(index)
                continue
            entries = [i for i in run if _is_section(lines[i])]
            known = len(set(entries) | (sure & set(run)))
            if len(run) >= 4 and 2 * known >= len(run) and len(entries) >= 2:
                last = max((i for i in entries if not _is_row_of_buttons(lines[i])), default=-1)
                found.update(i for i in run if i <= last)
            run = []
    return found


def _foot(lines: list[str], sure: set[int], quoted: set[int]) -> set[int]:
    """What follows the article: short lines after a line of navigation, and headlines after `Related articles`."""
    found: set[int] = set()
    tail = len(lines)
    while tail > 0 and (tail - 1 in sure or _is_foot_line(lines[tail - 1]) or _is_section(lines[tail - 1])):
        tail -= 1
    after_navigation = after_related = False
    for index in range(tail, len(lines)):
        line = lines[index]
        if _RELATED.fullmatch(line):
            after_related = True
            found.add(index)
        elif _is_section(line) and index + 1 < len(lines):
            after_navigation = True
            found.add(index)
        elif index in sure:
            after_navigation |= _PHRASES.fullmatch(line) is not None
        elif (after_navigation and _is_short(line) and index not in quoted) or after_related:
            found.add(index)
    return found


def _is_foot_line(line: str) -> bool:
    """A line that may be the headline of another article: not long, and no sentence."""
    return len(line.split()) <= 18 and not line.endswith((".", "!", ":", '"', "”"))
