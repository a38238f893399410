"""What the user says of articles, in a file and by their paths, comes before what the articles say of themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from onrecord.document import Article
from onrecord.errors import InputError, SettingsError
from onrecord.reading import ReadSettings, discover
from tests.reading.making import write_archive, write_lines
from tests.reading.test_inputs import BODY, TEXT, page, read_all

Said = tuple[str | None, str | None, str | None, str | None]


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    (folder / "Easton Echo" / "2026-03-02").mkdir(parents=True)
    (folder / "Easton Echo" / "2026-03-02" / "a.txt").write_text(f"Pool stays open\n\n{TEXT}")
    (folder / "page.html").write_text(page(BODY, ""))
    write_lines(folder / "r.jsonl", [{"text": TEXT, "outlet": "Wire", "id": "x"}, {"text": TEXT, "id": "y"}])
    write_archive(folder / "z.zip", {"Weston Mail/3 March 2026/b.txt": TEXT})
    return folder


def said(folder: Path, **settings: object) -> dict[str, Said]:
    read = read_all(folder, ReadSettings(**settings))  # type: ignore[arg-type]
    return {
        doc: (article.meta.title, article.meta.date, article.meta.outlet, article.meta.url)
        for doc, article in read.items()
        if isinstance(article, Article)
    }


A = "Easton Echo/2026-03-02/a.txt"
Z = "z.zip!/Weston Mail/3 March 2026/b.txt"


def test_paths_say_what_folders_mean(news: Path) -> None:
    read = said(news, path_meta="{outlet}/{date}/*")
    assert read[A] == ("Pool stays open", "2026-03-02", "Easton Echo", None)
    assert read[Z] == (None, "2026-03-03", "Weston Mail", None)
    assert read["page.html"][2] == "The Post"


def test_a_file_says_more_than_the_path_and_the_path_more_than_the_article(news: Path, tmp_path: Path) -> None:
    table = tmp_path / "meta.csv"
    table.write_text(
        "DOC;Title;date;outlet;note\n"
        f"{A};A better title;;Echo;x\n"
        "page.html;;4 May 2026;;\n"
        "r.jsonl#2;Second row;;;\n"
        "r.jsonl;Any row;;Mail;\n"
    )
    read = said(news, meta=table, path_meta="{outlet}/{date}/*")
    assert read[A] == ("A better title", "2026-03-02", "Echo", None)
    assert read["page.html"] == ("Harbour stays open", "2026-05-04", "The Post", "https://post.example/harbour.html")
    assert read["r.jsonl#1"] == ("Any row", None, "Mail", None)
    assert read["r.jsonl#2"] == ("Second row", None, None, None)


def test_a_line_for_a_file_of_rows_comes_before_the_path_too(news: Path, tmp_path: Path) -> None:
    table = tmp_path / "meta.csv"
    table.write_text("doc,title,outlet\nr.jsonl,Any row,Mail\nr.jsonl#2,Second row,\n")
    read = said(news, meta=table, path_meta="{outlet}.jsonl")
    assert read["r.jsonl#1"] == ("Any row", None, "Mail", None)
    assert read["r.jsonl#2"] == ("Second row", None, "r", None)


def test_docs_that_are_not_there_are_said_once(news: Path, tmp_path: Path) -> None:
    table = tmp_path / "meta.csv"
    table.write_text("doc,title\n" + "".join(f"gone{n}.txt,T\n" for n in range(5)) + f"{A},T\n")
    (note,) = discover([news], ReadSettings(meta=table)).notes
    docs = "'gone0.txt', 'gone1.txt', 'gone2.txt' and 2 more"
    assert note == f"{table}: 5 of its docs are not among the articles ({docs})"
    (note,) = discover([news], ReadSettings(path_meta="{outlet}/{date}/{title}/*")).notes
    assert note.startswith("--path-meta: no article's path matches {outlet}/{date}/{title}/*; ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("title,date\nT,2026\n", "no column 'doc'"),
        ("doc,title\na.txt,T\na.txt,U\n", "row 2: the doc 'a.txt' is there twice"),
        ("doc,title\n,T\n", "row 1: the doc '' is empty"),
        ("doc,title\na.txt,T,U,V\n", "row 1 (line 2) has 4 cells and the header 2"),
        ("", "no rows"),
    ],
)
def test_what_is_wrong_with_the_file_is_one_line(news: Path, tmp_path: Path, content: str, words: str) -> None:
    table = tmp_path / "meta.csv"
    table.write_text(content)
    with pytest.raises((InputError, SettingsError)) as caught:
        discover([news], ReadSettings(meta=table))
    assert str(caught.value).startswith(f"{table}: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("{author}/*", "has {author}; expected title, date, "),
        ("{outlet}/{outlet}/*", "has {outlet} twice; expected title, "),
        ("news/*", "is 'news/*', which names nothing; "),
        ("{}", "has {}; expected title, "),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused(news: Path, pattern: str, fault: str) -> None:
    with pytest.raises(SettingsError, match=rf"^--path-meta {re.escape(fault)}"):
        discover([news], ReadSettings(path_meta=pattern))


def test_a_file_that_is_none_is_refused(news: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", news):
        with pytest.raises(InputError, match=r"--meta"):
            discover([news], ReadSettings(meta=path))
