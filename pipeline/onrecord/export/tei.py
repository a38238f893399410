"""TEI P5: a corpus with a text for each article, in which every statement is a ``said`` that points to who said it.

The header of the corpus lists the forms and acts, that of each article what is known of it, its speakers and the
targets of its stances. `tei_text` marks the statements. Elements and attributes are those of TEI P5 as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, get_args

from onrecord.document import Article, Form, Meta, SourceType, Speaker, StanceLabel, Statement
from onrecord.errors import InputError
from onrecord.export.articles import each_article
from onrecord.export.labels import LabelledArticle
from onrecord.export.tei_text import Said, paragraphs, xml_attribute, xml_text
from onrecord.files.atomic import replacing
from onrecord.queries.date_ranges import day_of
from onrecord.queries.store import speaker_key
from onrecord.text.addresses import web_address
from onrecord_models.labels import ACTS

NAMESPACE: Final = "http://www.tei-c.org/ns/1.0"
_SOURCE_TYPE: Final = "source_type"
_WHEN: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")


def write_tei(statements: Path, path: Path, articles: Path | None = None) -> tuple[int, int]:
    """Writes the corpus, and returns how many statements and how many articles it has.

    Raises:
        InputError, RecordError: as `each_article` raises them; or there is no statement.
        OSError: the file cannot be written.
    """
    count = number = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="{NAMESPACE}">\n')
        stream.writelines(f"{line}\n" for line in _corpus_header())
        for number, labelled in enumerate(each_article(statements, articles, texts_needed=True), 1):
            stream.writelines(f"{line}\n" for line in _article(labelled, f"a{number}"))
            count += len(labelled.statements)
        if not number:
            raise InputError(f"{statements}: no statements, and a TEI corpus needs one at least")
        stream.write("</teiCorpus>\n")
    return count, number


def _corpus_header() -> Iterator[str]:
    from onrecord import __version__

    yield "<teiHeader>"
    yield "<fileDesc><titleStmt><title>Statements in news articles</title></titleStmt>"
    yield "<publicationStmt><p>Made by onrecord; not published.</p></publicationStmt>"
    yield "<sourceDesc><p>The articles that the texts below name.</p></sourceDesc></fileDesc>"
    released = re.match(r"\d+(\.\d+){0,3}", __version__)
    version = released[0] if released else "0"
    yield f'<encodingDesc><appInfo><application ident="onrecord" version="{version}"><label>onrecord</label>'
    yield "</application></appInfo><classDecl>"
    yield from _taxonomy("form", "How the words are reported", get_args(Form))
    yield from _taxonomy("act", "What is reported: that it was said, thought or decided", ACTS)
    yield from _taxonomy(_SOURCE_TYPE, "What kind of source this is", get_args(SourceType))
    yield "</classDecl></encodingDesc>"
    yield "</teiHeader>"


def _taxonomy(identifier: str, description: str, categories: Sequence[str]) -> Iterator[str]:
    yield f'<taxonomy xml:id="{identifier}"><desc>{xml_text(description)}</desc>'
    for category in categories:
        yield f'<category xml:id="{_category(identifier, category)}"><catDesc>{xml_text(category)}</catDesc></category>'
    yield "</taxonomy>"


def _category(taxonomy: str, category: str) -> str:
    return f"{taxonomy}.{category.replace(' ', '-')}"


@dataclass(slots=True)
class _Known:
    """The ids, in the file, of an article's speakers and targets."""

    prefix: str
    speakers: dict[str, tuple[str, Speaker]] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)

    def add(self, statement: Statement) -> None:
        for speaker in statement.speakers:
            key = speaker_key(statement.doc, speaker)
            name, known = self.speakers.get(key, (f"{self.prefix}.p{len(self.speakers) + 1}", speaker))
            self.speakers[key] = name, _completed(known, speaker)
        for stance in statement.stance:
            self.targets.setdefault(stance.target, f"{self.prefix}.t{len(self.targets) + 1}")

    def of(self, statement: Statement) -> list[str]:
        return [self.speakers[speaker_key(statement.doc, speaker)][0] for speaker in statement.speakers]


def _completed(known: Speaker, other: Speaker) -> Speaker:
    """``known`` with what only another statement tells: an article gives a role, a gender or a reason once."""
    return replace(
        known,
        role=known.role or other.role,
        source_type=known.source_type or other.source_type,
        gender=known.gender or other.gender,
        anonymous=known.anonymous or other.anonymous,
        reason=known.reason or other.reason,
    )


def _article(labelled: LabelledArticle, prefix: str) -> Iterator[str]:
    article, known = labelled.article, _Known(prefix)
    for statement in labelled.statements:
        known.add(statement)
    documents = [(name, who) for name, who in known.speakers.values() if who.kind == "document"]
    others = [(name, who) for name, who in known.speakers.values() if who.kind != "document"]
    yield f'<TEI xml:id="{prefix}" n={xml_attribute(article.doc)}>'
    yield "<teiHeader>"
    yield f"<fileDesc><titleStmt><title>{xml_text(article.meta.title or article.doc or 'untitled')}</title></titleStmt>"
    yield "<publicationStmt><p>Made by onrecord; not published.</p></publicationStmt>"
    yield f"<sourceDesc>{_source(article)}</sourceDesc></fileDesc>"
    if known.targets:
        yield "<encodingDesc><classDecl>"
        for target, identifier in known.targets.items():
            yield from _taxonomy(identifier, target, get_args(StanceLabel))
        yield "</classDecl></encodingDesc>"
    language = article.meta.language or "en"
    ident = language if _LANGUAGE.fullmatch(language) else "und"
    yield f'<profileDesc><langUsage><language ident="{ident}"/></langUsage>'
    if others:
        yield "<particDesc><listPerson>"
        yield from (_participant(identifier, speaker) for identifier, speaker in others)
        yield "</listPerson></particDesc>"
    yield "</profileDesc></teiHeader>"
    numbered = [(f"{prefix}.s{place}", statement) for place, statement in enumerate(labelled.statements, 1)]
    degrees = [degree for identifier, statement in numbered for degree in _degrees(statement, identifier, known)]
    if documents or degrees:
        yield "<standOff>"
        if documents:
            yield "<listBibl>"
            for identifier, who in documents:
                yield f'<bibl xml:id="{identifier}"><title>{xml_text(who.name or who.description or "")}</title></bibl>'
            yield "</listBibl>"
        yield from degrees
        yield "</standOff>"
    yield "<text><body><div>"
    said = [_said(statement, identifier, known) for identifier, statement in numbered]
    yield from paragraphs(article, labelled.statements, said)
    yield "</div></body></text>"
    yield "</TEI>"


def _source(article: Article) -> str:
    meta: Meta = article.meta
    parts = [f'<title level="a">{xml_text(meta.title or article.doc or "untitled")}</title>']
    if meta.outlet:
        parts.append(f"<publisher>{xml_text(meta.outlet)}</publisher>")
    if meta.date:
        when = f' when="{meta.date}"' if _WHEN.fullmatch(meta.date) and day_of(meta.date) else ""
        parts.append(f"<date{when}>{xml_text(meta.date)}</date>")
    if address := web_address(meta.url):
        parts.append(f"<ptr target={xml_attribute(address)}/>")
    parts.append(f'<idno type="onrecord">{xml_text(article.doc)}</idno>')
    return f"<bibl>{''.join(parts)}</bibl>"


def _participant(identifier: str, speaker: Speaker) -> str:
    """A person, an organization, or a group; somebody of unknown kind counts as a person."""
    element, name = {"organization": ("org", "orgName"), "group": ("personGrp", "persName")}.get(
        speaker.kind, ("person", "persName")
    )
    parts = [f"<{name}>{xml_text(speaker.name)}</{name}>"] if speaker.name else []
    parts += [f'<{name} type="alias">{xml_text(alias)}</{name}>' for alias in speaker.aliases]
    if speaker.id is not None:
        parts.append(f'<idno type="onrecord">{xml_text(speaker.id)}</idno>')
    if speaker.role and element == "person":
        parts.append(f"<occupation>{xml_text(speaker.role)}</occupation>")
    notes = [speaker.description, speaker.role if element != "person" else None]
    parts += [f"<note>{xml_text(note)}</note>" for note in notes if note]
    if speaker.anonymous:  # without words, if the article does not say why
        parts.append(f'<note type="anonymous">{xml_text(speaker.reason.text if speaker.reason else "")}</note>')
    facts = f' ana="#{_category(_SOURCE_TYPE, speaker.source_type)}"' if speaker.source_type else ""
    if speaker.gender and element != "org":
        facts += f' gender="{speaker.gender}"'
    return f'<{element} xml:id="{identifier}"{facts}>{"".join(parts)}</{element}>'


def _degrees(statement: Statement, identifier: str, known: _Known) -> Iterator[str]:
    """How probable each speaker, the act and each stance is: an attribute of the statement has several values."""
    speakers = zip(known.of(statement), statement.speakers, strict=True)
    asserted = [("@who", name, who.score) for name, who in dict(speakers).items()]
    asserted.append(("@ana", f"act.{statement.act}", statement.act_score if statement.act else None))
    asserted += [
        ("@ana", f"{known.targets[stance.target]}.{stance.label}", stance.score)
        for stance in statement.stance
        if stance.label != "unclear"  # its score is that of another label
    ]
    for attribute, value, score in asserted:
        if score is not None:
            place = f'target="#{identifier}" match="{attribute}" locus="value"'
            yield f'<certainty {place} assertedValue="#{value}" degree="{score}"/>'


def _said(statement: Statement, identifier: str, known: _Known) -> Said:
    classes = [f"form.{statement.form}", *([f"act.{statement.act}"] if statement.act else [])]
    classes += [f"{known.targets[stance.target]}.{stance.label}" for stance in statement.stance]
    who = [f"#{name}" for name in dict.fromkeys(known.of(statement))]
    every = [f'who="{" ".join(who)}"'] if who else []
    # What somebody thinks was not said; whether words were spoken or written, nobody noted.
    every.append(f'aloud="{"false" if statement.act == "attitude" else "unknown"}"')
    if statement.confidence is not None:
        every.append(f'cert="{statement.confidence}"')
    every.append(f'ana="{" ".join(f"#{name}" for name in dict.fromkeys(classes))}"')
    return Said(identifier, f"n={xml_attribute(statement.id)}", " ".join(every))
