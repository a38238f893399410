"""Runs over folders: what is written, what is skipped, what is refused, and how an interrupted one goes on."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import weakref
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Statement
from onrecord.errors import InputError, OutputError, SettingsError, WeightsError
from onrecord.pipeline import Pipeline, PipelineSettings, Prepared
from onrecord.reading import find_inputs
from onrecord.runs import run as batch
from onrecord.runs.run import RunSettings, run
from onrecord.runs.spool import Failure, Spool
from tests.runs.running import PRECISIONS, QUOTED, Recorder, docs_of, errors_of, extract


def stop_before_the_final_pass(monkeypatch: pytest.MonkeyPatch, model: Path, folder: Path, output: Path) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(batch, "_finalise", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            extract(model, folder, output)


def test_a_run_writes_lines_in_the_order_of_the_articles_and_its_own_record(
    tiny_model: Path, news: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.jsonl"
    result = extract(tiny_model, news, output)
    docs = [json.loads(line)["doc"] for line in output.read_text(encoding="utf-8").splitlines()]
    assert docs == sorted(docs)
    assert set(docs) == QUOTED
    assert result.articles == 4
    assert result.statements == len(docs) > 0
    record = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert record["statements"] == result.statements
    assert (record["settings"]["device"], record["settings"]["precision"]) == ("cpu", "fp32")
    parts = {f"{part}/model.safetensors" for part in ("quotes", "coreference", "stance")}
    assert set(record["weights"]) == {"embeddings.safetensors", *parts}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["news", "out.jsonl", "out.run.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="names of files that are not UTF-8")
def test_a_file_of_people_may_have_a_name_that_is_not_utf_8(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    people = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv"))
    people.write_text("name,id\nAda Brandt,Q1\n")
    extract(tiny_model, news, None, RunSettings(tmp_path / "out.jsonl", people=people))
    record = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert record["people"]["file"] == str(people)


def test_running_twice_gives_the_same_bytes(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        extract(tiny_model, news, tmp_path / name, targets=("the plan",))
        assert docs_of(tmp_path / name) == QUOTED
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_run_killed_after_a_shard_goes_on_and_ends_with_the_same_bytes(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, precision: str
) -> None:
    settings: dict[str, Any] = {"precision": precision, "targets": ("the plan",)}
    extract(tiny_model, news, tmp_path / "whole.jsonl", **settings)
    shards: list[int] = []
    original = Pipeline.extract_prepared

    def stop_at_the_second(self: Pipeline, prepared: list[Prepared]) -> list[list[Statement]]:
        shards.append(len(prepared))
        if len(shards) == 2:
            raise KeyboardInterrupt
        return original(self, prepared)

    monkeypatch.setattr(Pipeline, "extract_prepared", stop_at_the_second)
    output = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        extract(tiny_model, news, output, **settings)
    assert not output.exists()
    extract(tiny_model, news, output, **settings)
    assert len(shards) == 3  # one done, one killed, one after the resumption: the first is not read again
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert docs_of(output) == QUOTED


def test_a_spool_of_other_options_is_refused_until_the_user_chooses(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.jsonl"
    stop_before_the_final_pass(monkeypatch, tiny_model, news, output)
    with pytest.raises(
        OutputError, match=r"4 finished articles there, but these have changed since: --target; start again with --re"
    ):
        extract(tiny_model, news, output, targets=("the plan",))
    assert not output.exists()
    extract(tiny_model, news, output, RunSettings(output, shard_size=2, restart=True), targets=("the plan",))
    lines = output.read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(json.loads(line)["stance"] for line in lines)


def test_changed_articles_and_weights_are_noticed(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.jsonl"
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    stop_before_the_final_pass(monkeypatch, model, news, output)
    before = (news / "b.txt").read_bytes()
    status = (news / "b.txt").stat()
    (news / "b.txt").write_bytes(before + b"More.\n")
    with pytest.raises(OutputError, match="changed since: articles;"):
        extract(model, news, output)
    (news / "b.txt").write_bytes(before)
    os.utime(news / "b.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    (news / "e.txt").write_text("One more article, said the editor.\n")
    with pytest.raises(OutputError, match="changed since: articles;"):
        extract(model, news, output)
    (news / "e.txt").unlink()
    weights = model / "quotes" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(OutputError, match="changed since: model;"):
        extract(model, news, output)


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json", "coreference/config.json"])
def test_a_changed_file_of_the_model_is_noticed(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    output, model = tmp_path / "out.jsonl", tmp_path / "model"
    shutil.copytree(tiny_model, model)
    stop_before_the_final_pass(monkeypatch, model, news, output)
    before = (model / name).read_bytes()
    (model / name).write_bytes(before + b"\n")
    with pytest.raises(OutputError, match="changed since: model;"):
        extract(model, news, output)
    (model / name).write_bytes(before)
    extract(model, news, output)
    assert docs_of(output) == QUOTED


def test_an_article_that_cannot_be_read_is_skipped_and_named(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    (news / "broken.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))
    recorder = Recorder()
    result = extract(tiny_model, news, tmp_path / "out.jsonl", monitor=recorder)
    assert (result.articles, result.failed) == (4, 1)
    (failure,) = errors_of(tmp_path / "out.jsonl")
    assert failure.keys() == {"path", "stage", "message"}
    assert (failure["path"], failure["stage"]) == ("broken.txt", "decoding")
    assert result.errors == (Failure(**failure),)
    assert recorder.failures == [failure["message"]]
    assert docs_of(tmp_path / "out.jsonl") == QUOTED
    (news / "broken.txt").unlink()
    extract(tiny_model, news, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.errors.jsonl").exists()


def test_a_strict_run_stops_at_the_first_article_that_cannot_be_read(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (news / "c.txt").write_text(" ")
    output = tmp_path / "out.jsonl"
    with pytest.raises(InputError, match=r"c\.txt: .*--strict"):
        extract(tiny_model, news, output, RunSettings(output, shard_size=2, strict=True))
    assert not output.exists()
    stop_before_the_final_pass(monkeypatch, tiny_model, news, output)
    with pytest.raises(InputError, match=r"c\.txt: .*--strict"):  # the failure is of an earlier run
        extract(tiny_model, news, output, RunSettings(output, shard_size=2, strict=True))


def test_an_article_that_the_pipeline_fails_on_costs_no_other_article(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Pipeline.extract_prepared

    def fail_on_one(self: Pipeline, prepared: list[Prepared]) -> list[list[Statement]]:
        if any(one.analysis.article.doc == "b.txt" for one in prepared):
            raise RecursionError("too deep")
        return original(self, prepared)

    def fail_on_all(self: Pipeline, prepared: list[Prepared]) -> list[list[Statement]]:
        raise MemoryError("no more")

    monkeypatch.setattr(Pipeline, "extract_prepared", fail_on_one)
    output = tmp_path / "out.jsonl"
    assert extract(tiny_model, news, output).articles == 3
    (failure,) = errors_of(output)
    assert (failure["path"], failure["stage"]) == ("b.txt", "analysis")
    assert "RecursionError: too deep" in failure["message"]
    assert docs_of(output) == QUOTED - {"b.txt"}
    monkeypatch.setattr(Pipeline, "extract_prepared", fail_on_all)
    with pytest.raises(MemoryError):  # no fault of the articles
        extract(tiny_model, news, output)


def test_the_models_are_gone_when_the_final_pass_begins(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models: list[weakref.ref[object]] = []
    build, finalise = Pipeline.build.__func__, batch._finalise  # type: ignore[attr-defined]

    def noting(cls: type[Pipeline], settings: PipelineSettings) -> Pipeline:
        pipeline: Pipeline = build(cls, settings)
        models.append(weakref.ref(pipeline.quote_model))
        return pipeline

    def checking(*arguments: Any) -> Any:
        assert [model() for model in models] == [None]
        return finalise(*arguments)

    monkeypatch.setattr(Pipeline, "build", classmethod(noting))
    monkeypatch.setattr(batch, "_finalise", checking)
    extract(tiny_model, news, tmp_path / "out.jsonl")
    assert docs_of(tmp_path / "out.jsonl") == QUOTED


def test_progress_counts_what_an_earlier_run_did(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.jsonl"
    recorder = Recorder()
    result = extract(tiny_model, news, output, monitor=recorder)
    assert [tally.articles for tally in recorder.tallies] == [0, 2, 4]
    assert recorder.tallies[-1].statements == result.statements > 0
    assert recorder.tallies[-1].words == sum(len(path.read_text().split()) for path in news.rglob("*.txt"))
    stop_before_the_final_pass(monkeypatch, tiny_model, news, output)
    again = Recorder()
    assert extract(tiny_model, news, output, monitor=again).statements == result.statements
    assert [tally.articles for tally in again.tallies] == [4]
    assert again.said == ["continuing an interrupted run: 4 of 4 articles are done"]


def test_live_lines_are_at_the_outputs_place_before_the_run_ends(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.jsonl"
    seen: list[str] = []
    original = Pipeline.extract_prepared

    def look(self: Pipeline, prepared: list[Prepared]) -> list[list[Statement]]:
        seen.append(output.read_text(encoding="utf-8"))
        if len(seen) == 2:
            raise KeyboardInterrupt
        return original(self, prepared)

    monkeypatch.setattr(Pipeline, "extract_prepared", look)
    live = RunSettings(output, shard_size=2, append_live=True)
    with pytest.raises(KeyboardInterrupt):
        extract(tiny_model, news, output, live)
    output.write_text(seen[1] + '{"half a li', encoding="utf-8")
    extract(tiny_model, news, output, live)
    assert seen[0] == ""
    assert {json.loads(line)["doc"] for line in seen[1].splitlines()} == {"a/first.txt", "b.txt"}
    assert seen[2] == seen[1]
    extract(tiny_model, news, tmp_path / "whole.jsonl")
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert docs_of(output) == QUOTED


def test_nothing_readable_writes_nothing(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "a.txt").write_text("  \n")
    with pytest.raises(InputError, match=r"a\.txt"):
        extract(tiny_model, folder, tmp_path / "out.jsonl")
    (folder / "b.txt").write_text("")
    with pytest.raises(InputError, match="none of the articles"):
        extract(tiny_model, folder, tmp_path / "out.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "out.errors.jsonl"]


def test_an_output_that_cannot_be_written_is_one_clear_error(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"b\.txt is a file, not a folder; choose another place with -o"):
        extract(tiny_model, news, news / "b.txt" / "deep" / "out.jsonl")
    with pytest.raises(OutputError, match="too long"):
        extract(tiny_model, news, tmp_path / ("o" * 249))
    with pytest.raises(SettingsError, match="is a folder"):
        extract(tiny_model, news, tmp_path)


def test_an_article_is_never_overwritten(tiny_model: Path, news: Path) -> None:
    before = (news / "b.txt").read_bytes()
    with pytest.raises(SettingsError, match="one of the articles"):
        extract(tiny_model, news, news / "b.txt")
    assert (news / "b.txt").read_bytes() == before


def test_an_output_that_is_a_link_is_followed(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    extract(tiny_model, news, tmp_path / "link.jsonl")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert docs_of(tmp_path / "real.jsonl") == QUOTED


def test_a_folder_that_only_looks_like_a_spool_is_left_alone(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    notes = tmp_path / "out.jsonl.spool" / "notes"
    notes.parent.mkdir()
    notes.write_text("precious")
    with pytest.raises(OutputError, match="other files"):
        extract(tiny_model, news, tmp_path / "out.jsonl")
    assert notes.read_text() == "precious"
    assert not (tmp_path / ".out.jsonl.lock").exists()


def test_a_second_run_to_the_same_output_is_refused(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    wanted = rf"another run is writing there \(process {os.getpid()}\)"
    with Spool(tmp_path / "out.jsonl", {}), pytest.raises(OutputError, match=wanted):
        extract(tiny_model, news, tmp_path / "out.jsonl")


def test_a_broken_link_among_the_articles_is_skipped_and_named(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    (news / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (news / "loop.txt").symlink_to(news / "loop.txt")
    assert extract(tiny_model, news, tmp_path / "out.jsonl").failed == 2
    failures = errors_of(tmp_path / "out.jsonl")
    assert [(failure["path"], failure["stage"]) for failure in failures] == [
        ("gone.txt", "reading"),
        ("loop.txt", "reading"),
    ]
    assert docs_of(tmp_path / "out.jsonl") == QUOTED


def test_a_run_that_fails_before_its_first_shard_leaves_nothing(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(tiny_model, damaged)
    (damaged / "tokenizer.json").write_text("{}")
    with pytest.raises(WeightsError, match="not a tokenizer"):
        extract(damaged, news, tmp_path / "out.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged", "news"]


@pytest.mark.parametrize("settings", ["{}", "[]", "no json", '{"encoder": {"model_type": "bert", "hidden_size": "x"}}'])
def test_a_damaged_configuration_is_a_weights_error(
    tiny_model: Path, news: Path, tmp_path: Path, settings: str
) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(tiny_model, damaged)
    (damaged / "quotes" / "config.json").write_text(settings)
    with pytest.raises(WeightsError, match=r"config\.json"):
        extract(damaged, news, tmp_path / "out.jsonl")


def test_without_an_output_the_lines_go_to_the_stream(tiny_model: Path, news: Path) -> None:
    stream = io.StringIO()
    settings = PipelineSettings(str(tiny_model), "cpu", "fp32")
    result = run(find_inputs([news]), settings, RunSettings(None), stream)
    lines = stream.getvalue().splitlines()
    assert len(lines) == result.statements
    assert {json.loads(line)["doc"] for line in lines} == QUOTED


def test_without_a_target_no_stance_is_guessed(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    extract(tiny_model, news, tmp_path / "out.jsonl")
    assert docs_of(tmp_path / "out.jsonl") == QUOTED
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert not any(json.loads(line)["stance"] for line in lines)


def test_settings_say_what_is_wrong_with_them() -> None:
    with pytest.raises(SettingsError, match="the shard size is 0; expected 1 or more"):
        RunSettings(None, shard_size=0)
    with pytest.raises(SettingsError, match="the number of threads is -1; expected 1 or more"):
        RunSettings(None, threads=-1)
    with pytest.raises(SettingsError, match="no engine 'rya'; expected local or ray; did you mean 'ray'"):
        RunSettings(None, engine="rya")
    with pytest.raises(SettingsError, match="--append-live needs an output file"):
        RunSettings(None, append_live=True)
    with pytest.raises(SettingsError, match="precision"):
        PipelineSettings(precision="int4")
    with pytest.raises(SettingsError, match="target is empty"):
        PipelineSettings(targets=(" ",))
    with pytest.raises(SettingsError, match="tuple"):
        PipelineSettings(targets="the treaty")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="UTF-8"):
        PipelineSettings(targets=("bad \udcff",))
    with pytest.raises(SettingsError, match="no device"):
        PipelineSettings(device="toaster").resolved()


def test_a_text_with_surrogates_is_refused(tiny_model: Path) -> None:
    with pytest.raises(InputError, match="surrogates"):
        Pipeline.load(str(tiny_model)).extract("He said \ud800.")
