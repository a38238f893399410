"""Articles that nobody should write, and folders that change under a run: it goes on and says what it left out."""

from __future__ import annotations

import io
import json
import random
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from onrecord.document import Article
from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.files.records import read_statements, read_text
from onrecord.pipeline import Pipeline, PipelineSettings
from onrecord.reading import Input, ReadSettings, find_inputs, read_article
from onrecord.runs.run import RunSettings, run
from tests.faults import unprivileged
from tests.runs.running import QUOTED, docs_of

GOOD = "Mayor Ada Brandt said the harbour would stay open.\n\n“We will not close it,” Brandt said.\n"


def articles_of(output: Path) -> int:
    """How many articles a run has read."""
    return int(json.loads(output.with_name("out.run.json").read_text())["articles"])


def extract(model: Path, inputs: list[Input], output: Path, **settings: object) -> dict[str, str]:
    """Runs, and gives what was skipped, and why."""
    run(inputs, PipelineSettings(str(model)), RunSettings(output, **settings), io.StringIO())  # type: ignore[arg-type]
    errors = output.with_name("out.errors.jsonl")
    if not errors.exists():
        return {}
    found = [json.loads(line) for line in errors.read_text(encoding="utf-8").splitlines()]
    assert all("\n" not in failure["message"] and failure["stage"] != "analysis" for failure in found)
    return {failure["path"]: failure["message"] for failure in found}


UNREADABLE = {
    "empty": (b"", "empty"),
    "white space": (b" \r\n\t\n", "empty"),
    "wide white space": ("\u3000\u2003\n".encode(), "only white space"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image"),
    "invalid UTF-8": (GOOD.encode() * 9 + b"\xe2\x80 end", "UTF-8, but damaged at byte"),
    "NUL bytes": (b"The mayor said\x00 it would stay.", "binary data"),
    "20 MB": (GOOD.encode() * (20_000_000 // len(GOOD.encode())), "million characters"),
    "more than 20 MB": (b"a " * 10_500_000, "over 20 MB"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_not_an_article_costs_no_other(tiny_model: Path, news: Path, tmp_path: Path, name: str) -> None:
    data, words = UNREADABLE[name]
    (news / "bad.txt").write_bytes(data)
    output = tmp_path / "out.jsonl"
    failures = extract(tiny_model, find_inputs([news]), output)
    assert list(failures) == ["bad.txt"]
    assert words in failures["bad.txt"]
    assert articles_of(output) == 4
    assert docs_of(output) == QUOTED


@pytest.mark.parametrize(("names", "builds"), [("abc", 0), ("ab", 1)])
def test_a_model_is_built_once_and_only_if_there_is_something_to_read(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: str, builds: int
) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text("" if name in names else GOOD)
    built: list[PipelineSettings] = []
    build = Pipeline.build

    def build_slowly(settings: PipelineSettings) -> Pipeline:
        built.append(settings)
        time.sleep(0.2)  # long enough for a second thread to ask for it, too
        return build(settings)

    monkeypatch.setattr(Pipeline, "build", build_slowly)
    settings = RunSettings(tmp_path / "out.jsonl", shard_size=1)
    with nullcontext() if builds else pytest.raises(InputError):
        run(find_inputs([tmp_path]), PipelineSettings(str(tiny_model)), settings, io.StringIO())
    assert len(built) == builds


ODD = {
    "UTF-16 without BOM": GOOD.encode("utf-16-le"),
    "CRLF": GOOD.replace("\n", "\r\n").encode(),
    "a line of 1 MB without a space": b"a" * 1_000_000,
    "10,000 unbalanced quotation marks": ("“" * 10_000 + GOOD + '"' * 9_999 + "‘" * 10_000).encode(),
    "right-to-left text in English": "The mayor said: “שלום, مرحبا”, \u202eand meant it\u202c, on Monday.\n".encode(),
    "emoji and combining marks": "“We 👩‍👩‍👧 stay 🇬🇧,” said Zoe\u0308 Ru\u0301iz\u0336 on Monday. 👍🏽\n".encode(),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_articles_are_read_and_offsets_fit(tiny_model: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "odd.txt").write_bytes(ODD[name])
    output = tmp_path / "out.jsonl"
    assert extract(tiny_model, find_inputs([folder]), output) == {}
    statements = list(read_statements(output))
    assert statements
    for statement in statements:
        text = read_text(folder, statement)
        assert Article("", text).slice(statement.content) == statement.text


def test_a_file_that_may_not_be_read_is_named() -> None:
    with unprivileged() as folder:
        for name in ("a.txt", "b.txt", "c.zip", "d.jsonl", "e.xml"):
            (folder / name).write_text(GOOD)
        for name in ("a.txt", "c.zip", "d.jsonl", "e.xml"):
            (folder / name).chmod(0)
        inputs = {item.doc: item for item in find_inputs([folder])}
        assert read_article(inputs.pop("b.txt")).text == GOOD
        for doc, item in inputs.items():
            with pytest.raises(InputError, match=rf"{doc}: .*Permission denied"):
                read_article(item)


@pytest.mark.parametrize("many", [False, True])
def test_a_file_that_vanishes_during_the_run_is_skipped_and_named(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    gone = news / ("e.jsonl" if many else "e.txt")
    gone.write_text(json.dumps({"text": GOOD}) if many else GOOD)
    inputs = find_inputs([news])
    prepare = Pipeline.prepare

    def vanish(self: Pipeline, articles: list[Article]) -> object:
        gone.unlink(missing_ok=True)
        return prepare(self, articles)

    monkeypatch.setattr(Pipeline, "prepare", vanish)
    failures = extract(tiny_model, inputs, tmp_path / "out.jsonl", shard_size=1)
    assert list(failures) == [inputs[-1].doc]
    assert docs_of(tmp_path / "out.jsonl") == QUOTED
    assert "No such file" in failures[inputs[-1].doc]


@pytest.mark.slow
def test_random_bytes_never_stop_a_run(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    noise = random.Random(7)
    suffixes = ("txt", "html", "jsonl", "jsonl.gz", "zip", "tar.gz")
    heads = (b"", b"\xff\xfe", b"<html>", b'{"text": "', b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"\xef\xbb\xbf")
    for number in range(120):
        suffix = suffixes[number % len(suffixes)]
        data = noise.choice(heads) + noise.randbytes(noise.choice((0, 1, 7, 400, 9000)))
        (news / f"noise{number}.{suffix}").write_bytes(data)
        letters = "".join(noise.choice("ab \n.,“”\"'<>&é—") for _ in range(noise.choice((3, 80, 3000))))
        (news / f"letters{number}.{'html' if number % 2 else 'txt'}").write_text(letters, encoding="utf-8")
    output = tmp_path / "out.jsonl"
    inputs = find_inputs([news])
    failures = extract(tiny_model, inputs, output)
    assert not {"a/first.txt", "b.txt", "c.txt", "d.txt"} & failures.keys()
    assert articles_of(output) + len(failures) == len(inputs) > 120
    assert docs_of(output) >= QUOTED


def test_saved_texts_are_what_offsets_count_in(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    (news / "old.txt").write_bytes("“It’s Zoë’s pool,” said the mayor.".encode("cp1252"))
    (news / "bom.txt").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    (news / "wide.txt").write_bytes(GOOD.replace("\n", "\r\n").encode("utf-16-le"))
    body = "".join(
        f"<p>“Part {n} of the caf&eacute; stays &amp; that is final,” said Ada Brandt.</p>" for n in range(9)
    )
    (news / "page.html").write_text(f"<html><body><article>{body}</article></body></html>")
    ids = ("../../up", "/abs", "a:b?c", "x" * 300, ".", "", "dir/one")
    rows = "".join(json.dumps({"text": GOOD, "id": name}) + "\n" for name in ids)
    (news / "rows.jsonl").write_text(rows)
    output, saved = tmp_path / "out.jsonl", tmp_path / "deep" / "texts"
    failures = extract(tiny_model, find_inputs([news], ReadSettings(id_field="id")), output, save_text=saved)
    assert list(failures) == ["rows.jsonl#6"]
    statements = list(read_statements(output))
    assert {"old.txt", "bom.txt", "wide.txt", "page.html", "rows.jsonl#../../up"} <= {s.doc for s in statements}
    for statement in statements:
        assert Article("", read_text(saved, statement)).slice(statement.content) == statement.text
        if not statement.doc.startswith(("page", "rows")):
            assert Article("", read_text(news, statement)).slice(statement.content) == statement.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "news", "out.errors.jsonl", "out.jsonl",
                                                                "out.run.json", "out.texts.sqlite"]  # fmt: skip


def test_texts_are_not_saved_among_the_articles(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds articles to read"):
        extract(tiny_model, find_inputs([news]), tmp_path / "out.jsonl", save_text=news)


def test_a_stopped_run_notices_that_its_rows_are_others(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"text": f"{GOOD}{n}", "body": GOOD, "id": n}) + "\n" for n in range(9)))
    output = tmp_path / "out.jsonl"
    settings = {"shard_size": 2}

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("onrecord.runs.run._finalise", stop)
        extract(tiny_model, find_inputs([rows]), output, **settings)
    for other in (ReadSettings(id_field="id"), ReadSettings(text_field="body")):
        with pytest.raises(OutputError, match="changed since: articles;"):
            extract(tiny_model, find_inputs([rows], other), output, **settings)
    table = tmp_path / "meta.csv"
    table.write_text("doc,title\nrows.jsonl,T\n")
    with pytest.raises(OutputError, match="changed since: --meta or --path-meta;"):
        extract(tiny_model, find_inputs([rows], ReadSettings(meta=table)), output, **settings)
    assert extract(tiny_model, find_inputs([rows]), output, **settings) == {}
    resumed = output.read_bytes()
    extract(tiny_model, find_inputs([rows]), output, **settings)
    assert output.read_bytes() == resumed
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("onrecord.runs.run._finalise", stop)
        extract(tiny_model, find_inputs([rows]), output, **settings)
    rows.write_text(rows.read_text().replace("harbour", "harbor"))
    with pytest.raises(OutputError, match="changed since: articles;"):
        extract(tiny_model, find_inputs([rows]), output, **settings)
