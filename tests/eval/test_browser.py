"""The error browser: a page that holds its data and runs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.document import Speaker
from onrecord.errors import OutputError, SettingsError
from onrecord_eval.browser import browser_data, browser_page, write_browser
from onrecord_eval.diagnosis import diagnose
from onrecord_eval.metrics.result import Evaluation
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.metrics.statements import Labelled, ScoredArticle
from onrecord_eval.run import evaluate_statements
from tests.eval.making import make_statement

ATTACK = "</script><img src=x onerror=alert(1)><!--<script>"
TEXT = (
    f"“The 😀 bridge is safe,” Ada Lund said. {ATTACK} is a mistake.\n\n"
    "Critics doubt it. __DATA__ Work stops on Friday."
)


def article() -> ScoredArticle:
    gold = (
        make_statement(
            TEXT, "“The 😀 bridge is safe,”", source="Ada Lund", cue="said", speakers=["Ada Lund"], stance="support"
        ),
        make_statement(
            TEXT,
            "it",
            source="Critics",
            cue="doubt",
            form="indirect",
            stance="oppose",
            speakers=[Speaker(None, description=ATTACK)],
        ),
        make_statement(TEXT, "Work stops on Friday", form="indirect", stance="neutral"),
    )
    predicted = (
        make_statement(
            TEXT, "The 😀 bridge is safe,” Ada", cue="said", speakers=["Bo"], stance="oppose", confidence=0.9
        ),
        make_statement(TEXT, ATTACK + " is a mistake", form="indirect", source="Lund", confidence=0.5),
        make_statement(TEXT, "Work stops on Friday", form="indirect", stance="neutral", confidence=0.7),
    )
    return ScoredArticle(f"{ATTACK}.txt", TEXT, (gold,), predicted)


def evaluation() -> Evaluation:
    return evaluate_statements(f"{ATTACK} __DATA__", [article()], BootstrapSettings(samples=5))


def test_each_kind_of_fault_has_its_own_name() -> None:
    findings = diagnose(article(), Labelled(speakers=True, stance=True))
    assert [finding.faults for finding in findings] == [
        ("boundary", "source", "speaker", "stance"),
        ("false find",),
        ("miss",),
        (),
    ]
    assert [finding.form for finding in findings] == ["direct", "indirect", "indirect", "indirect"]
    assert diagnose(article(), Labelled(speakers=False, stance=False))[0].faults == ("boundary", "source", "stance")


def test_segments_join_back_to_the_paragraphs() -> None:
    [data] = browser_data([article()], evaluation())["articles"]
    paragraphs = [paragraph for paragraph in TEXT.split("\n") if paragraph]
    for side in ("gold", "predicted"):
        assert ["".join(segment[0] for segment in row[side]) for row in data["paragraphs"]] == paragraphs
    first = data["paragraphs"][0]
    assert first["findings"] == [0, 1]
    assert [segment[0] for segment in first["gold"] if segment[1]] == ["“The 😀 bridge is safe,”"]
    assert [segment[0] for segment in first["gold"] if 0 in segment[2]] == ["Ada Lund"]
    assert ["Lund", [], [1], []] in first["predicted"]


def test_untrusted_text_cannot_leave_the_data() -> None:
    page = browser_page([article()], evaluation())
    assert "<img" not in page
    # The template's own two scripts are all there are.
    assert len(re.findall(r"<script", page)) == len(re.findall(r"</script>", page)) == 2
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert block is not None and "<" not in block[1]
    data = json.loads(block[1])
    assert data["articles"][0]["doc"] == f"{ATTACK}.txt"
    assert data["title"] == f"{ATTACK} __DATA__"  # a placeholder in the data stays what it is
    assert "&lt;/script&gt;" in page.split("<title>")[1].split("</title>")[0]


def test_policy_allows_the_own_blocks_only() -> None:
    page = browser_page([article()], evaluation())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy[1] and "unsafe" not in policy[1]
    for tag in ("script", "style"):
        block = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert block is not None
        digest = base64.b64encode(hashlib.sha256(block[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]


def test_page_asks_for_nothing_and_sets_no_markup() -> None:
    page = browser_page([article()], evaluation())
    assert not re.search(
        r"""(?:src|href)=["'](?!#)|url\(|@import|fetch\(|XMLHttpRequest|innerHTML|insertAdjacentHTML""",
        page.split('id="data"')[0] + page.rsplit("<script>", 1)[1],
    )


def test_the_browser_is_written_or_one_line_says_why_not(tmp_path: Path) -> None:
    write_browser(tmp_path / "errors.html", [article()], evaluation())
    assert (tmp_path / "errors.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(SettingsError, match="--articles DIR"):
        write_browser(tmp_path / "errors.html", [replace(article(), text="The\0bridge")], evaluation())
    with pytest.raises(OutputError, match="cannot write"):
        write_browser(tmp_path / "missing" / "errors.html", [article()], evaluation())


def test_nothing_to_show() -> None:
    empty = evaluate_statements("nothing", [], BootstrapSettings(samples=0))
    assert browser_data([], empty)["articles"] == []
