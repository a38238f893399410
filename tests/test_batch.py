from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from onrecord import batch
from onrecord.batch import RunResult, RunSettings, run
from onrecord.document import Article, Span, Speaker, Statement
from onrecord.errors import InputError, OutputError, SettingsError, WeightsError
from onrecord.pipeline import Pipeline, PipelineSettings
from onrecord.reading import find_inputs
from onrecord.spool import Spool


def extract(model: Path, folder: Path, output: Path | None, shard_size: int = 2, **options: object) -> RunResult:
    settings = PipelineSettings(str(model), "cpu", "fp32", **options)  # type: ignore[arg-type]
    return run(find_inputs([folder]), settings, RunSettings(output, shard_size), lambda line: None, io.StringIO())


def test_a_run_writes_lines_in_the_order_of_the_articles_and_its_own_record(
    tiny_model: Path, news: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.jsonl"
    result = extract(tiny_model, news, output)
    docs = [json.loads(line)["doc"] for line in output.read_text(encoding="utf-8").splitlines()]
    assert docs == sorted(docs)
    assert result.articles == 4
    assert result.statements == len(docs) > 0
    record = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert record["statements"] == result.statements
    assert (record["settings"]["device"], record["settings"]["precision"]) == ("cpu", "fp32")
    assert set(record["weights"]) == {"embeddings.safetensors", "reader/model.safetensors", "stance/model.safetensors"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["news", "out.jsonl", "out.run.json"]


def test_running_twice_gives_the_same_bytes(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        extract(tiny_model, news, tmp_path / name, targets=("the plan",))
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_a_run_killed_after_a_shard_goes_on_and_ends_with_the_same_bytes(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract(tiny_model, news, tmp_path / "whole.jsonl")
    shards: list[int] = []
    original = Pipeline.extract_articles

    def stop_at_the_second(self: Pipeline, articles: list) -> list:  # type: ignore[type-arg]
        shards.append(len(articles))
        if len(shards) == 2:
            raise KeyboardInterrupt
        return original(self, articles)

    monkeypatch.setattr(Pipeline, "extract_articles", stop_at_the_second)
    output = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        extract(tiny_model, news, output)
    assert not output.exists()
    extract(tiny_model, news, output)
    assert len(shards) == 3  # one done, one killed, one after the resumption: the first is not read again
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_spool_of_other_options_is_not_taken_up(
    tiny_model: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(batch, "_finalise", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            extract(tiny_model, news, output)
    extract(tiny_model, news, output, targets=("the plan",))
    assert all(json.loads(line)["stance"] for line in output.read_text(encoding="utf-8").splitlines())


def test_an_article_that_cannot_be_read_is_skipped_and_named(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    (news / "broken.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))
    result = extract(tiny_model, news, tmp_path / "out.jsonl")
    assert result.articles == 4
    assert len(result.failed) == 1
    assert "broken.txt" in result.failed[0]


def test_nothing_readable_writes_nothing(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "a.txt").write_text("  \n")
    with pytest.raises(InputError, match=r"a\.txt"):
        extract(tiny_model, folder, tmp_path / "out.jsonl")
    (folder / "b.txt").write_text("")
    with pytest.raises(InputError, match="none of the articles"):
        extract(tiny_model, folder, tmp_path / "out.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_an_output_that_cannot_be_written_is_one_clear_error(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no folder"):
        extract(tiny_model, news, tmp_path / "missing" / "out.jsonl")
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
    assert (tmp_path / "real.jsonl").stat().st_size > 0


def test_a_folder_that_only_looks_like_a_spool_is_left_alone(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    notes = tmp_path / "out.jsonl.spool" / "notes"
    notes.parent.mkdir()
    notes.write_text("precious")
    with pytest.raises(OutputError, match="other files"):
        extract(tiny_model, news, tmp_path / "out.jsonl")
    assert notes.read_text() == "precious"
    assert not (tmp_path / ".out.jsonl.lock").exists()


def test_a_second_run_to_the_same_output_is_refused(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    with Spool(tmp_path / "out.jsonl", "key", 1), pytest.raises(OutputError, match="another run"):
        extract(tiny_model, news, tmp_path / "out.jsonl")


def test_a_broken_link_among_the_articles_is_skipped_and_named(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    (news / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (news / "loop.txt").symlink_to(news / "loop.txt")
    result = extract(tiny_model, news, tmp_path / "out.jsonl")
    assert sorted(Path(line.split(":")[0]).name for line in result.failed) == ["gone.txt", "loop.txt"]


def test_a_run_that_fails_before_its_first_shard_leaves_nothing(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(tiny_model, damaged)
    (damaged / "tokenizer.json").write_text("{}")
    with pytest.raises(WeightsError, match="no tokenizer"):
        extract(damaged, news, tmp_path / "out.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged", "news"]


@pytest.mark.parametrize("settings", ["{}", "[]", "no json", '{"encoder": {"model_type": "bert", "hidden_size": "x"}}'])
def test_a_damaged_configuration_is_a_weights_error(
    tiny_model: Path, news: Path, tmp_path: Path, settings: str
) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(tiny_model, damaged)
    (damaged / "reader" / "config.json").write_text(settings)
    with pytest.raises(WeightsError, match=r"config\.json"):
        extract(damaged, news, tmp_path / "out.jsonl")


def test_without_an_output_the_lines_go_to_the_stream(tiny_model: Path, news: Path) -> None:
    stream = io.StringIO()
    settings = PipelineSettings(str(tiny_model), "cpu", "fp32")
    result = run(find_inputs([news]), settings, RunSettings(None), lambda line: None, stream)
    assert len(stream.getvalue().splitlines()) == result.statements


def test_without_a_target_no_stance_is_guessed(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    extract(tiny_model, news, tmp_path / "out.jsonl")
    assert not any(json.loads(line)["stance"] for line in (tmp_path / "out.jsonl").read_text().splitlines())


def test_settings_say_what_is_wrong_with_them() -> None:
    with pytest.raises(SettingsError, match="shard size"):
        RunSettings(None, 0)
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


def test_a_surname_in_one_article_gets_the_full_name_of_another(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for doc, name in (("a.txt", "Ada Brandt"), ("b.txt", "Brandt")):
        (folder / doc).write_text(f"Mayor {name} said on Monday that the harbour would stay open.\n", encoding="utf-8")

    def one_statement(self: Pipeline, articles: list[Article]) -> list[list[Statement]]:
        names = ["Ada Brandt" if "Ada" in article.text else "Brandt" for article in articles]
        return [
            [
                Statement(
                    a.doc, f"{a.doc}#1", "x", (Span(0, 1),), "indirect", Span(0, 1), speakers=(Speaker(n, n, "person"),)
                )
            ]
            for a, n in zip(articles, names, strict=True)
        ]

    monkeypatch.setattr(Pipeline, "extract_articles", one_statement)
    extract(tiny_model, folder, tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["speakers"][0]["name"] for line in lines] == ["Ada Brandt", "Ada Brandt"]
    assert [line["speakers"][0]["id"] for line in lines] == ["ada-brandt", "ada-brandt"]


WIRE = (
    "Mayor Ada Brandt said on Monday that the harbour would stay open through the winter, whatever the council in the "
    "capital may decide about the ferry tax, the northern quay and the fishermen who have worked there for years.\n"
)


def write_wire(folder: Path) -> None:
    folder.mkdir()
    for doc, text in (("a.txt", WIRE), ("b.txt", f"Agency\n\n{WIRE}"), ("c.txt", "Omar Diallo said it was over.\n")):
        (folder / doc).write_text(text, encoding="utf-8")


def test_wire_copy_is_marked_and_its_statements_share_clusters(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wire(tmp_path / "news")

    def whole_text(self: Pipeline, articles: list[Article]) -> list[list[Statement]]:
        return [
            [Statement(a.doc, f"{a.doc}#1", a.text, (Span(0, len(a.text)),), "direct", Span(0, 1))] for a in articles
        ]

    monkeypatch.setattr(Pipeline, "extract_articles", whole_text)
    result = extract(tiny_model, tmp_path / "news", tmp_path / "out.jsonl")
    first, second, third = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert [line["meta"]["duplicate_of"] for line in (first, second, third)] == [None, "a.txt", None]
    assert first["cluster"] == second["cluster"] is not None
    assert third["cluster"] is None
    assert result.duplicates == 1


def test_wire_copy_can_be_left_out(tiny_model: Path, tmp_path: Path) -> None:
    write_wire(tmp_path / "news")
    settings = PipelineSettings(str(tiny_model), "cpu", "fp32")
    run_settings = RunSettings(tmp_path / "out.jsonl", 1, skip_duplicates=True)
    result = run(find_inputs([tmp_path / "news"]), settings, run_settings, lambda line: None, io.StringIO())
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert "a.txt" in {line["doc"] for line in lines}
    assert "b.txt" not in {line["doc"] for line in lines}
    assert result.statements == len(lines)
    record = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert record["duplicates"] == {"articles": 1, "skipped": True}
