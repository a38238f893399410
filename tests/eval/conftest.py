"""Made-up corpora in the layout of the real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eval.making import POLNEAR_TEXT, conllu, write


@pytest.fixture
def polnear(tmp_path: Path) -> Path:
    write(tmp_path / "text" / "ferry.txt", POLNEAR_TEXT)

    def spans(*pieces: str) -> str:
        starts = [POLNEAR_TEXT.index(piece) for piece in pieces]
        return ";".join(f"{start} {start + len(piece)}" for start, piece in zip(starts, pieces, strict=True))

    lines = [
        f"T1\tSource {spans('Ada Lund')}\tAda Lund",
        f"T2\tCue {spans('says')}\tsays",
        f"T3\tContent {spans('the toll is fair')}\tthe toll is fair",
        "E1\tAttribution:T2 Source:T1 Cue:T2 Content:T3",
        f"T4\tContent {spans('“It is not,”', '“It never was.”')}\t…",
        f"T5\tSource {spans('Bo Berg')}\tBo Berg",
        "E2\tAttribution:T4 Source:T5 Content:T4",
    ]
    write(tmp_path / "attributions" / "ferry_anna.ann", "\n".join(lines))
    write(tmp_path / "attributions" / "ferry_bert.ann", "")
    return tmp_path


@pytest.fixture
def gum(tmp_path: Path) -> Path:
    first = conllu(
        ("1", "Mayor", "NOUN", 2, "Entity=(1-person-new"),
        ("2", "Lund", "PROPN", 4, "Entity=1)"),
        ("3-4", "didn't", "_", 0, "_"),
        ("3", "did", "AUX", 4, "_"),
        ("4", "n't", "PART", 0, "_"),
        ("5", "praise", "VERB", 4, "_"),
        ("6", "her", "PRON", 7, "Entity=(2-object-new(1-person-giv)"),
        ("7", "bridge", "NOUN", 5, "Entity=2)|SpaceAfter=No"),
        ("7.1", "elided", "VERB", 0, "_"),
        ("8", ".", "PUNCT", 4, "_"),
    ).replace("\t0\t_\t_\t_\n3\tdid", "\t_\t_\t_\t_\n3\tdid")
    second = conllu(("1", "Who", "PRON", 2, "Entity=(3-person-new)"), ("2", "knows", "VERB", 0, "_"))
    write(tmp_path / "conllu" / "doc.conllu", f"# newdoc\n{first}\n\n# text = Who knows\n{second}\n\n")
    rows = ["(1", "1)", "_", "_", "_", "(1)", "_", "_", "_", "_"]
    body = "\n".join(f"{number}\tword\t{mark}" for number, mark in enumerate(rows))
    write(tmp_path / "ontogum-conll" / "doc.conll", f"# begin document doc\n{body}\n# end document\n")
    return tmp_path
