"""Whatever a damaged or hostile file says, every command that reads it succeeds or ends with one line."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from onrecord.files.kept_texts import packed, write_kept_texts
from onrecord.files.records import to_line
from tests.command import onrecord
from tests.labelled import ARTICLE, FIRST, SECOND

VALUES: Final = (
    *(b"Infinity", b"-Infinity", b"NaN", b"1e999", b"9" * 400, b"9" * 5000, b"-1", b"1.5", b"null", b"true", b"[]"),
    *('"٢٠١٥-٠٣-١٨"'.encode(), b'"\\ud800"', b'"\\u0000"', b'"/etc/passwd"', b'"../x"', b'""', b"{}"),
    *(b"[" * 3000, b'{"a":' * 3000),
    *(b"\xff", b"\0", b"", b'"' + b"x" * 9999 + b'"', b'"0000-00-00"', b'"9999999999-01-01"', b"18446744073709551616"),
)
TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[^\s\[\]{},:]+')

COMMANDS: Final = {
    "show": ("s.jsonl", "show s.jsonl --full"),
    "speakers": ("s.jsonl", "speakers s.jsonl --json"),
    "positions": ("s.jsonl", "positions s.jsonl --all"),
    "clusters": ("s.jsonl", "clusters s.jsonl"),
    "targets": ("s.jsonl", "targets s.jsonl --toml"),
    "report": ("s.jsonl", "report s.jsonl -o out --articles news"),
    "csv": ("s.jsonl", "export s.jsonl --to csv -o out --articles news"),
    "brat": ("s.jsonl", "export s.jsonl --to brat -o out --articles news"),
    "label-studio": ("s.jsonl", "export s.jsonl --to label-studio -o out --articles news"),
    "conll": ("s.jsonl", "export s.jsonl --to conll -o out --articles news"),
    "kept texts": ("k.texts.sqlite", "export k.jsonl --to csv -o out"),
    "article": ("news/a.txt", "export s.jsonl --to brat -o out --articles news"),
    "index": ("brat/onrecord.json", "import --from brat brat -o out"),
    "labels": ("brat/a.ann", "import --from brat brat -o out"),
    "exported": ("brat/statements.jsonl", "import --from brat brat -o out"),
    "tasks": ("tasks.json", "import --from label-studio tasks.json -o out"),
    "agreement": ("s.jsonl", "agreement s.jsonl k.jsonl"),
    "evaluate": ("s.jsonl", "evaluate --gold k.jsonl --pred s.jsonl"),
    "targets file": ("t.toml", "extract news --targets t.toml --dry-run"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    (folder / "news").mkdir()
    (folder / "news" / "a.txt").write_bytes(ARTICLE.text.encode("utf-8"))
    record = json.loads(to_line(FIRST))
    record["meta"]["date"] = "2026-03-02"
    for name in ("s.jsonl", "k.jsonl"):
        (folder / name).write_text(f"{json.dumps(record)}\n{to_line(SECOND)}\n", encoding="utf-8")
    write_kept_texts(folder / "k.texts.sqlite", [("a.txt", packed(ARTICLE.text))], "")
    (folder / "t.toml").write_text('[[target]]\nname = "the plan"\nsynonyms = ["plan"]\n')
    for to, name in (("brat", "brat"), ("label-studio", "tasks.json")):
        made = onrecord("export", folder / "s.jsonl", "--to", to, "-o", folder / name, "--articles", folder / "news")
        assert made.returncode == 0
    return folder


def damaged(data: bytes, generator: random.Random) -> bytes:
    """The same file with a value replaced, a byte changed, its end cut off, or something put in between."""
    kind = generator.random()
    place = generator.randrange(len(data) + 1)
    if kind < 0.6 and (tokens := [match.span() for match in TOKEN.finditer(data)]):
        start, end = generator.choice(tokens)
        return data[:start] + generator.choice(VALUES) + data[end:]
    if kind < 0.75:
        return data[:place] + bytes([generator.randrange(256)]) + data[place + 1 :]
    return data[:place] if kind < 0.85 else data[:place] + generator.choice(VALUES) + data[place:]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_damaged_file_is_one_line_or_no_fault(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    victim, command = COMMANDS[name]
    generator = random.Random(name)
    for number in range(8):
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        (folder / victim).write_bytes(damaged((folder / victim).read_bytes(), generator))
        monkeypatch.chdir(folder)
        result = onrecord(*command.split())  # raises what the command lets through
        if result.returncode:
            lines = result.stderr.splitlines()
            assert len([line for line in lines if line.startswith("error: ")]) == 1, lines
            assert len(lines) == 1 < len(lines[0]) < 2100
            assert not (folder / "out").exists()
