"""Label Studio: tasks with the statements as predictions, and the labelling configuration that shows them.

A statement is one ``Content`` region, or several linked by relations if the content is discontinuous, because Label
Studio has no such regions. Cue, source and via are regions linked to it. Form, stances and speakers belong to its
first region. Label Studio counts UTF-16 code units, as JavaScript does. The exported statements are kept in the
task's data.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from onrecord.document import Article, Meta, Span, Spans, Speaker, StanceLabel, Statement
from onrecord.errors import InputError, OutputError, RecordError
from onrecord.export.labels import (
    FORMS,
    MENTIONS,
    STANCES,
    CorrectedArticle,
    LabelledArticle,
    Labels,
    Restorer,
    labels_of,
    people_of,
    targets_of,
)
from onrecord.files.atomic import begins_with, replacing
from onrecord.files.records import json_line

_LABELS: Final = {"content": "Content", "cue": "Cue", "source": "Source", "via": "Via"}
_PARTS: Final = {name: part for part, name in _LABELS.items()}
_CONTINUES: Final = "continues"
_COLOURS: Final = {"content": "#d9a400", "cue": "#3b6fd4", "source": "#2e8b3d", "via": "#8a4fb5"}
_BEGINS: Final = b"<View>\n  <Style>"
_REGION: Final = re.compile(r"statement-(\d+)-content")


class CodeUnits:
    """Converts offsets in one text between code points and UTF-16 code units."""

    def __init__(self, text: str) -> None:
        self._wide = [position for position, character in enumerate(text) if ord(character) > 0xFFFF]
        self._units = [position + before for before, position in enumerate(self._wide)]

    def of(self, point: int) -> int:
        """The code unit at which the code point ``point`` starts."""
        return point + bisect_left(self._wide, point)

    def to_point(self, unit: int) -> int:
        """The code point that starts at the code unit ``unit``, or the one in whose middle it is."""
        return unit - bisect_left(self._units, unit)


def write_label_studio(articles: Sequence[LabelledArticle], path: Path, version: str) -> Path:
    """Writes the tasks to ``path`` and the labelling configuration beside it. Returns the path of the latter.

    ``version`` is the model version of the predictions.

    Raises:
        OutputError: the configuration would replace the tasks, or a file of somebody else.
        OSError: a file cannot be written.
    """
    targets = targets_of(articles)
    settings = path.with_suffix(".xml")
    if settings == path or (settings.exists() and not begins_with(settings, _BEGINS)):
        fault = "the labelling interface belongs there" if settings == path else "a file of something else is there"
        raise OutputError(f"{settings}: {fault}; choose another name with -o, such as tasks.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        for number, labelled in enumerate(articles):
            stream.write("[\n" if number == 0 else ",\n")
            stream.write(json_line(_task(labelled, targets, version)))
        stream.write("\n]\n" if articles else "[]\n")
    with replacing(settings) as stream:
        stream.write(configuration(targets))
    return settings


def configuration(targets: Sequence[str]) -> str:
    """The labelling configuration, with a question about the stance for each target."""
    view = ElementTree.Element("View")
    style = ElementTree.SubElement(view, "Style")
    style.text = ".htx-text { white-space: pre-wrap; }"
    labels = ElementTree.SubElement(view, "Labels", name="part", toName="text")
    for part, name in _LABELS.items():
        ElementTree.SubElement(labels, "Label", value=name, background=_COLOURS[part])
    relations = ElementTree.SubElement(view, "Relations")
    for name in (*MENTIONS, _CONTINUES):
        ElementTree.SubElement(relations, "Relation", value=name)
    ElementTree.SubElement(view, "Text", name="text", value="$text", granularity="symbol")
    of_content = {"perRegion": "true", "whenTagName": "part", "whenLabelValue": _LABELS["content"]}
    ElementTree.SubElement(
        view, "Header", value="Speakers, one per line: Ada Brandt; kind=person; role=mayor", size="5"
    )
    lines = {"name": "speakers", "toName": "text", "editable": "true", "maxSubmissions": "20"}
    ElementTree.SubElement(view, "TextArea", lines | of_content)
    questions = {"form": ("Form", FORMS), **{_stance(i): (f"Stance: {t}", STANCES) for i, t in enumerate(targets)}}
    for name, (question, answers) in questions.items():
        ElementTree.SubElement(view, "Header", value=question, size="5")
        choices = ElementTree.SubElement(
            view, "Choices", {"name": name, "toName": "text", "showInline": "true"} | of_content
        )
        for answer in answers:
            ElementTree.SubElement(choices, "Choice", value=answer)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _stance(target: int) -> str:
    return f"stance-{target + 1}"


def _task(labelled: LabelledArticle, targets: list[str], version: str) -> dict[str, Any]:
    return {
        "data": {
            "text": labelled.article.text,
            "doc": labelled.article.doc,
            "targets": targets,
            "statements": [statement.to_dict() for statement in labelled.statements],
        },
        "predictions": [{"model_version": version, "result": _result(labelled, targets)}],
    }


def _result(labelled: LabelledArticle, targets: list[str]) -> list[dict[str, Any]]:
    text, units = labelled.article.text, CodeUnits(labelled.article.text)
    found: list[dict[str, Any]] = []
    regions: dict[tuple[str, Span], str] = {}

    def place(span: Span) -> dict[str, Any]:
        return {"start": units.of(span.start), "end": units.of(span.end), "text": text[span.start : span.end]}

    def item(kind: str, name: str, key: str, value: dict[str, Any]) -> None:
        found.append({"id": key, "from_name": name, "to_name": "text", "type": kind, "value": value})

    def region(part: str, key: str, span: Span) -> str:
        item("labels", "part", key, {**place(span), "labels": [_LABELS[part]]})
        return key

    def relate(start: str, end: str, name: str) -> None:
        found.append({"type": "relation", "from_id": start, "to_id": end, "direction": "right", "labels": [name]})

    for number, statement in enumerate(labelled.statements):
        labels = labels_of(statement)
        content = [span for span in labels.content if span.end > span.start]
        if not content:
            raise RecordError(
                f"{statement.id}: its content is empty, which Label Studio cannot hold; remove the statement"
            )
        keys = [region("content", f"statement-{number}-content-{i}", span) for i, span in enumerate(content)]
        for piece in keys[1:]:
            relate(keys[0], piece, _CONTINUES)
        first = place(content[0])
        item("choices", "form", keys[0], {**first, "choices": [labels.form]})
        for target, label in labels.stances.items():
            item("choices", _stance(targets.index(target)), keys[0], {**first, "choices": [label]})
        if labels.speakers:
            item("textarea", "speakers", keys[0], {**first, "text": list(labels.speakers)})
        for part, spans in labels.mentions.items():
            for span in spans:
                if span.end == span.start:
                    continue
                if (part, span) not in regions:
                    regions[part, span] = region(part, f"{part}-{len(regions)}", span)
                relate(keys[0], regions[part, span], part)
    return found


def read_label_studio(path: Path) -> Iterator[CorrectedArticle]:
    """The articles of a file that Label Studio exported as JSON, with the statements that their labels now describe.

    If a task has several annotations, the one changed last counts; if it has none, the predictions do.

    Raises:
        InputError: the file cannot be read or is not such an export.
        RecordError: a task or a label in it cannot be understood; the message names the task.
    """
    try:
        tasks = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error}); export from Label Studio as JSON") from error
    if not isinstance(tasks, list):
        raise InputError(f"{path}: not a list of tasks; export from Label Studio as JSON, not as JSON-MIN")
    exported: list[list[Statement]] = []
    for number, task in enumerate(tasks, 1):
        try:
            exported.append([Statement.from_dict(record) for record in task["data"].get("statements", ())])
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError, RecordError) as error:
            raise RecordError(
                f"{path}, task {number}: not made by `onrecord export --to label-studio` ({error!r}); "
                "export from Label Studio as JSON, not as JSON-MIN"
            ) from error
    people = people_of(statement for group in exported for statement in group)
    for number, (task, group) in enumerate(zip(tasks, exported, strict=True), 1):
        try:
            yield _read_task(task, group, people)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            raise RecordError(f"{path}, task {number}: a label cannot be understood ({error!r})") from error
        except RecordError as error:
            raise RecordError(f"{path}, task {number}: {error}") from error


def _result_of(task: Mapping[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """The labels of the annotation that counts, or of the prediction, and whether there is an annotation."""
    annotations = [made for made in task.get("annotations", ()) if not made.get("was_cancelled")]
    annotations.sort(key=lambda made: str(made.get("updated_at", "")))
    versions = annotations or task.get("predictions", [])
    return versions[-1]["result"] if versions else [], bool(annotations)


def _read_task(task: Mapping[str, Any], exported: list[Statement], people: Mapping[str, Speaker]) -> CorrectedArticle:
    data = task["data"]
    text, targets = str(data["text"]), [str(target) for target in data.get("targets", ())]
    meta = exported[0].meta if exported else Meta(language="en", encoding="utf-8")
    article = Article(str(data["doc"]), text, meta)
    result, annotated = _result_of(task)
    regions, answers, related = _read_result(result, text)
    restorer = Restorer(article, people, _without_empty)
    statements: list[Statement] = []
    unclaimed, taken = dict(enumerate(exported)), len(exported)
    used: set[str] = set()
    for group in _groups([key for key, (part, _) in regions.items() if part == "content"], related):
        joined = {other for key in group for other in related.get(key, ()) if other in regions} - set(group)
        used |= joined
        numbers = [int(match[1]) for key in group if (match := _REGION.match(key))]
        shown = next((unclaimed.pop(number) for number in numbers if number in unclaimed), None)
        taken += shown is None
        labels = _labels(group, joined, regions, answers, targets)
        statements.append(restorer.restore(labels, shown, taken))
    alone = [text[slice(*span)] for key, (part, span) in regions.items() if part != "content" and key not in used]
    return CorrectedArticle(article, tuple(statements), tuple(alone), annotated)


def _without_empty(text: str, spans: Spans) -> Spans:
    return tuple(sorted(span for span in set(spans) if span.end > span.start))


def _read_result(
    result: Sequence[Mapping[str, Any]], text: str
) -> tuple[dict[str, tuple[str, Span]], dict[str, dict[str, list[str]]], dict[str, list[str]]]:
    """The regions by id; the answers for each, by the question's name; and the regions linked to each."""
    units = CodeUnits(text)
    regions: dict[str, tuple[str, Span]] = {}
    answers: dict[str, dict[str, list[str]]] = {}
    related: dict[str, list[str]] = {}
    for item in result:
        if item["type"] == "relation":
            related.setdefault(item["from_id"], []).append(item["to_id"])
            related.setdefault(item["to_id"], []).append(item["from_id"])
            continue
        key, value = str(item["id"]), item["value"]
        if item["type"] == "labels":
            span = Span(units.to_point(int(value["start"])), units.to_point(int(value["end"])))
            if not 0 <= span.start < span.end <= len(text):
                raise RecordError(f"region {key} is at {list(span)}, which is not in the text")
            regions[key] = (_PARTS[value["labels"][0]], span)
        elif item["type"] in {"choices", "textarea"}:
            given = value["choices" if item["type"] == "choices" else "text"]
            answers.setdefault(key, {})[item["from_name"]] = [given] if isinstance(given, str) else list(given)
    return regions, answers, related


def _groups(contents: list[str], related: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The groups of content regions that relations link, in the order of each group's first region."""
    left = dict.fromkeys(contents)
    while left:
        group, waiting = [], [next(iter(left))]
        while waiting:
            key = waiting.pop(0)
            if key in left:
                del left[key]
                group.append(key)
                waiting += related.get(key, ())
        yield group


def _labels(
    group: list[str],
    joined: set[str],
    regions: Mapping[str, tuple[str, Span]],
    answers: Mapping[str, Mapping[str, list[str]]],
    targets: list[str],
) -> Labels:
    given = {name: answer for key in reversed(group) for name, answer in answers.get(key, {}).items() if answer}
    mentions = {
        part: spans
        for part in MENTIONS
        if (spans := tuple(sorted({span for key in joined for other, span in [regions[key]] if other == part})))
    }
    stances: dict[str, StanceLabel] = {}
    for number, target in enumerate(targets):
        for label in given.get(_stance(number), ())[:1]:
            stances[target] = STANCES[STANCES.index(label)]
    form = given.get("form")
    return Labels(
        content=tuple(sorted({regions[key][1] for key in group})),
        mentions=mentions,
        form=FORMS[FORMS.index(form[0])] if form else None,
        speakers=tuple(line for line in given.get("speakers", ()) if line.strip()),
        stances=stances,
    )
