"""The settings file of a project: ``onrecord init`` writes one, ``onrecord extract`` reads it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from onrecord.cli.project import ONCE, read_project, settings, template
from onrecord.files.records import read_statements
from onrecord.targets.target import Target
from tests.command import assert_one_clear_line, onrecord


@pytest.fixture
def project(news: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that ``news`` is in, as the current one, without a settings file."""
    monkeypatch.chdir(news.parent)
    return news.parent


def write(project: Path, text: str, model: Path) -> Path:
    path = project / "onrecord.toml"
    path.write_text(f"paths = ['news']\nmodel = '{model}'\n{text}", encoding="utf-8")
    return path


def test_a_project_is_one_command(project: Path, tiny_model: Path) -> None:
    write(project, 'output = "out/statements.jsonl"\ntarget = "the plan"\nmin_confidence = 0', tiny_model)
    result = onrecord("extract")
    assert result.returncode == 0, result.stderr
    assert "settings from onrecord.toml" in result.stderr
    found = list(read_statements(project / "out" / "statements.jsonl"))
    assert found
    assert {stance.target for statement in found for stance in statement.stance} == {"the plan"}
    assert "settings" not in onrecord("extract", "--quiet").stderr


def test_options_of_the_command_line_win(project: Path, tiny_model: Path) -> None:
    (project / "targets.toml").write_text('[[target]]\nname = "the fare"\n', encoding="utf-8")
    write(project, 'output = "a.jsonl"\ntargets = "targets.toml"\nexclude = ["b.txt"]', tiny_model)
    assert onrecord("extract").returncode == 0
    result = onrecord("extract", "news/b.txt", "--target", "the plan", "-o", "b.jsonl", "--exclude", "zzz")
    assert result.returncode == 0, result.stderr
    of_file, of_line = (list(read_statements(project / name)) for name in ("a.jsonl", "b.jsonl"))
    assert {stance.target for statement in of_file for stance in statement.stance} == {"the fare"}
    assert {stance.target for statement in of_line for stance in statement.stance} == {"the plan"}
    assert "b.txt" not in {statement.doc for statement in of_file}
    assert {statement.doc for statement in of_line} == {"b.txt"}


def test_a_file_that_is_named_is_read_and_its_paths_start_from_its_folder(
    project: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(project, 'output = "there.jsonl"', tiny_model)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert "name what to read" in onrecord("extract").stderr
    result = onrecord("extract", "--config", path)
    assert result.returncode == 0, result.stderr
    assert list(read_statements(project / "there.jsonl"))


@pytest.mark.parametrize("key", ["model", "ner_model", "ner-model", "stance_model"])
def test_a_model_folder_is_looked_for_beside_the_file_and_a_name_stays_a_name(project: Path, key: str) -> None:
    (project / "there" / "own").mkdir(parents=True)
    path = project / "there" / "p.toml"
    for given, read in (("own", str(project / "there" / "own")), ("somebody/a-model", "somebody/a-model")):
        path.write_text(f'{key} = "{given}"', encoding="utf-8")
        assert read_project(path).options == {key.replace("-", "_"): read}


def test_targets_may_have_other_names(project: Path) -> None:
    path = project / "p.toml"
    path.write_text('target = ["the plan", {name = "the port", synonyms = ["the harbour"]}]', encoding="utf-8")
    assert read_project(path).targets == (Target("the plan"), Target("the port", ("the harbour",)))
    path.write_text('[[target]]\nname = "the port"\nfiles = ["a/*"]', encoding="utf-8")
    assert read_project(path).targets == (Target("the port", files=("a/*",)),)


@pytest.mark.parametrize(
    ("text", "said", "status"),
    [
        (
            "min_confidense = 0.5",
            "onrecord.toml: there is no setting 'min_confidense'; did you mean 'min_confidence'?",
            2,
        ),
        ("restart = true", "there is no setting 'restart'; it is for one run, so give it on the command line", 2),
        ("zzz = 1", "there is no setting 'zzz'; there are paths, ", 2),
        ('min_confidence = "much"', "min_confidence is 'much'; expected a number", 2),
        ("strict = 1", "strict is 1; expected true or false", 2),
        ("shard_size = true", "shard_size is True; expected a whole number", 2),
        ("only = ['expressed', 3]", "only is 3; expected a text in quotation marks, or a list of such", 2),
        ("text-field = 'a'\ntext_field = 'b'", "'text_field' is given twice", 2),
        ("[[target]]\nsynonyms = ['x']", "target 1 has no name", 1),
        ('target = ""', "a target is empty", 1),
        ("target = 7", "target 1 is not a table", 1),
        ("a = = b", "onrecord.toml: not TOML", 1),
        ('targets = "no.toml"', "no.toml: cannot be read", 1),
        ('output = "onrecord.toml"', "is the settings file", 2),
    ],
)
def test_a_fault_in_the_file_is_one_line(project: Path, tiny_model: Path, text: str, said: str, status: int) -> None:
    path = write(project, text, tiny_model)
    before = path.read_bytes()
    assert_one_clear_line(onrecord("extract"), said, status=status)
    assert path.read_bytes() == before


def test_a_broken_file_does_not_keep_help_from_being_shown(project: Path, tiny_model: Path) -> None:
    write(project, "zzz = 1", tiny_model)
    assert onrecord("extract", "--help").returncode == 0


def test_a_file_that_is_not_there_is_one_line(project: Path) -> None:
    assert_one_clear_line(onrecord("extract", "--config", "no.toml"), "no.toml: cannot be read", status=1)


def test_nothing_to_read_is_one_line(project: Path) -> None:
    assert_one_clear_line(onrecord("extract"), "name what to read: files, folders, or -", "onrecord.toml", status=2)


def test_init_writes_a_file_that_works_and_never_overwrites(project: Path) -> None:
    result = onrecord("init")
    assert (result.returncode, result.stderr) == (
        0,
        "wrote onrecord.toml; say in it what to read, then: onrecord extract\n",
    )
    (project / "news").rename(project / "my-articles")
    assert "4 articles: 4 text" in onrecord("extract", "--dry-run").stderr
    (project / "onrecord.toml").write_text("mine")
    assert_one_clear_line(onrecord("init"), "onrecord.toml is there already; edit it, or name another file", status=1)
    assert (project / "onrecord.toml").read_text() == "mine"
    assert "onrecord extract --config new/deep/a.toml" in onrecord("init", "new/deep/a.toml").stderr
    assert (project / "new" / "deep" / "a.toml").read_text(encoding="utf-8") == template()


def test_every_setting_that_the_template_shows_is_one(project: Path) -> None:
    uncommented = re.sub(r"^# (?=\w+ = |\[\[)", "", template(), flags=re.MULTILINE)
    uncommented = re.sub(r"^target = .*\n", "", uncommented, flags=re.MULTILINE)  # which the tables replace
    (project / "targets.toml").write_text('[[target]]\nname = "the fare"\n', encoding="utf-8")
    (project / "onrecord.toml").write_text(uncommented, encoding="utf-8")
    read = read_project(Path("onrecord.toml"))
    assert [target for target in read.targets if not isinstance(target, Target)] == []
    assert len(read.targets) == 2
    assert set(tomllib.loads(uncommented)) <= set(settings())
    assert not ONCE & set(settings())
