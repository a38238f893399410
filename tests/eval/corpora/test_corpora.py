"""Each corpus read from a made-up sample in its format, and on a folder that is something else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Span
from onrecord.errors import InputError
from onrecord_eval.corpora.cofenet_cut import cut_article, cut_statistics
from onrecord_eval.corpora.conll2003 import read_conll2003
from onrecord_eval.corpora.directed_sentiment import DirectedSentence, read_directed_sentiment
from onrecord_eval.corpora.gap import read_gap
from onrecord_eval.corpora.gum import read_gum
from onrecord_eval.corpora.newsmtsc import read_newsmtsc
from onrecord_eval.corpora.perspectrum import read_perspectrum
from onrecord_eval.corpora.polnear import read_polnear
from onrecord_eval.corpora.worldwide import align_tokens, join_tokens, read_worldwide
from tests.eval.making import GAP_HEADER, POLNEAR_TEXT, conllu, write


@pytest.mark.parametrize("read", [read_polnear, read_worldwide, read_gum])
def test_other_folders_are_refused(read: Callable[[Path], Iterator[Any]], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not .*expected"):
        list(read(tmp_path))


@pytest.mark.parametrize("read", [read_gap, read_newsmtsc, read_perspectrum, read_directed_sentiment])
def test_other_files_are_refused(read: Callable[[Path], Iterator[Any]], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"other\.txt.*expected"):
        list(read(write(tmp_path / "other.txt", '{"claim": "Bridges are good"}\n')))
    with pytest.raises(InputError, match="cannot be read"):
        list(read(tmp_path / "missing.txt"))


# PolNeAR and its cut


def test_polnear_has_statements_by_each_annotator(polnear: Path) -> None:
    [annotated] = read_polnear(polnear)
    assert {name: len(found) for name, found in annotated.annotations.items()} == {"anna": 2, "bert": 0}
    assert annotated.annotations["anna"][1].text == "“It is not,” … “It never was.”"


def test_cofenets_cut_of_polnear_has_an_instance_for_each_paragraph(polnear: Path) -> None:
    [annotated] = read_polnear(polnear)
    instances = cut_article(annotated)
    assert [instance.article.text for instance in instances] == [
        "Ferry fares rise",
        "Ada Lund says the toll is fair.",
        "“It is not,” said Bo Berg.",  # the asterisks before it are no instance
        "“It never was.”",
    ]
    assert instances[2].article.doc == f"ferry.txt#{POLNEAR_TEXT.index('“It is not')}"
    parts = [[statement.text for statement in instance.annotations["anna"]] for instance in instances]
    assert parts == [[], ["the toll is fair"], ["“It is not,”"], ["“It never was.”"]]  # one statement in two instances
    for instance in instances:
        for statement in instance.annotations["anna"]:
            assert instance.article.slice(statement.content) == statement.text
    source = instances[2].annotations["anna"][0].source
    assert source is not None and source.text == instances[2].article.slice(source.spans) == "Bo Berg"
    assert instances[3].annotations["anna"][0].source is None
    statistics = cut_statistics(instances)
    # Tokens: 3 words; 7 words and a stop; 6 words and 4 marks; 3 words and 3 marks. The first has no label.
    assert (statistics.instances, statistics.unlabelled) == (4, 1)
    assert statistics.mean_tokens == (3 + 8 + 10 + 6) / 4
    assert cut_statistics([]).mean_tokens == 0


# Worldwide Newswire


def test_worldwide_from_its_tokens(tmp_path: Path) -> None:
    rows = "Ada\tB-Person\nLund\tI-Person\nleft\tO\nNorhaven\tB-Location\n,\tO\nsaid\tO\nBo\tB-Person\n"
    rows += "\nIn\tO\nMay\tB-Date\n"
    write(tmp_path / "dev" / "a.txt.tsv", rows)
    [labelled] = read_worldwide(tmp_path / "dev")
    assert labelled.article.text == "Ada Lund left Norhaven, said Bo\nIn May"
    assert not labelled.published
    found = [(labelled.article.text[span.start : span.end], name) for span, name in labelled.names()]
    assert found == [("Ada Lund", "person"), ("Norhaven", "location"), ("Bo", "person")]


def test_worldwide_from_the_published_text(tmp_path: Path) -> None:
    write(tmp_path / "dev" / "a.txt.tsv", "South\tB-NORP\n-\tI-NORP\nNorland\tI-NORP\ners\tB-NORP\tB-Misc\n")
    write(tmp_path / "text" / "dev" / "a.txt", "http://example.org\n\nSouth-Norlanders")
    [labelled] = read_worldwide(tmp_path / "dev")
    assert labelled.published
    # A B- label opens a name even if its class is that of the name before.
    found = [labelled.article.text[span.start : span.end] for span, _ in labelled.names()]
    assert found == ["South-Norland", "ers"]


def test_conll_2003_has_three_classes_of_ours(tmp_path: Path) -> None:
    rows = "Ada\tB-person\nLund\tI-person\nmet\tO\nDanish\tB-else\nTelenor\tB-organisation\n.\tO\n\nNo\tO\n.\tO\n"
    [text] = read_conll2003(write(tmp_path / "dev.txt", rows))
    assert [(text.text[slice(*span)], name) for span, name in text.names] == [
        ("Ada Lund", "person"),
        ("Danish", None),
        ("Telenor", "organization"),
    ]
    with pytest.raises(InputError, match="holds no sentence"):
        list(read_conll2003(write(tmp_path / "none.txt", "\n")))


def test_worldwide_lines_are_checked(tmp_path: Path) -> None:
    write(tmp_path / "a.txt.tsv", "Ada\tPerson\n")
    with pytest.raises(InputError, match=r"line 1: expected `token<TAB>label`"):
        list(read_worldwide(tmp_path))


def test_tokens_are_found_only_close_together() -> None:
    assert align_tokens("one two", ["one", "two"]) == [Span(0, 3), Span(4, 7)]
    assert align_tokens("one two", ["two", "one"]) is None
    assert align_tokens("one" + " " * 50 + "two", ["one", "two"]) is None


def test_joined_tokens_stand_at_their_spans() -> None:
    sentences = [['"', "It", "is", "n't", "50", "%", "(", "yet", ")", ",", '"', "he", "said", "."], ["Yes", "."]]
    text, spans = join_tokens(sentences)
    assert text == '"It isn\'t 50% (yet)," he said.\nYes.'
    assert [text[span.start : span.end] for span in spans] == [token for sentence in sentences for token in sentence]


# GAP, NewsMTSC, Perspectrum


def test_gap_has_a_pronoun_and_two_names_in_each_row(tmp_path: Path) -> None:
    text = "When Ada met Eva, she smiled."
    row = f"test-1\t{text}\tshe\t18\tAda\t5\tTRUE\tEva\t13\tFALSE\thttp://example.org"
    [example] = read_gap(write(tmp_path / "gap.tsv", f"{GAP_HEADER}\n{row}\n"))
    assert [text[start:end] for start, end in (example.pronoun, *example.names)] == ["she", "Ada", "Eva"]
    assert example.refers == (True, False)
    assert example.gender == "feminine"


def test_gap_offsets_are_checked(tmp_path: Path) -> None:
    row = "test-1\tAda met Eva.\tshe\t3\tAda\t0\tTRUE\tEva\t8\tFALSE\thttp://example.org"
    with pytest.raises(InputError, match="line 2: not an example of GAP"):
        list(read_gap(write(tmp_path / "gap.tsv", f"{GAP_HEADER}\n{row}\n")))


def test_newsmtsc_has_a_polarity_for_each_target(tmp_path: Path) -> None:
    sentence = "Lund praised the bridge, but Berg called Lund a liar."
    targets = [{"from": 0, "to": 4, "polarity": 6.0}, {"from": 29, "to": 33, "polarity": 4.0}]
    targets.append({"from": 41, "to": 45, "polarity": 2.0})
    line = json.dumps({"sentence_normalized": sentence, "targets": targets})
    found = list(read_newsmtsc(write(tmp_path / "train.jsonl", line + "\n")))
    assert [(example.mention, example.label) for example in found] == [
        ("Lund", "support"),
        ("Berg", "neutral"),
        ("Lund", "oppose"),
    ]


def test_perspectrum_has_perspectives_on_claims(tmp_path: Path) -> None:
    rows = [
        {"claim_id": 7, "claim": "Build the bridge", "perspective": stance, "stance": stance}
        for stance in ("support", "undermine")
    ]
    path = write(tmp_path / "dev.jsonl", "\n".join(map(json.dumps, rows)))
    assert [(one.claim_id, one.claim, one.label) for one in read_perspectrum(path)] == [
        ("7", "Build the bridge", "support"),
        ("7", "Build the bridge", "oppose"),
    ]


# GUM


def test_gum_has_mentions_and_who_they_refer_to(gum: Path) -> None:
    [document] = read_gum(gum, "gum")
    text = document.article.text
    assert text == "Mayor Lund didn't praise her bridge.\nWho knows"
    found = [(text[m.span.start : m.span.end], m.cluster, m.entity_type, m.form) for m in document.mentions]
    assert found == [
        ("Mayor Lund", "1", "person", "name"),
        ("her", "1", "person", "pronoun"),
        ("her bridge", "2", "object", "nominal"),
        ("Who", "3", "person", "pronoun"),
    ]


def test_ontogum_takes_its_clusters_from_its_own_file(gum: Path) -> None:
    [document] = read_gum(gum)
    assert [(m.cluster, m.entity_type, m.form) for m in document.mentions] == [
        ("1", "person", "name"),
        ("1", "person", "pronoun"),
    ]


def test_gum_files_must_fit_together(gum: Path) -> None:
    write(gum / "ontogum-conll" / "doc.conll", "0\tword\t_\n")
    with pytest.raises(InputError, match="has 1 words where GUM's file has 10"):
        list(read_gum(gum))
    write(gum / "conllu" / "doc.conllu", conllu(("1", "Lund", "PROPN", 0, "Entity=(1-person-new")) + "\n")
    with pytest.raises(InputError, match="opened but never closed"):
        list(read_gum(gum, "gum"))
    write(gum / "conllu" / "doc.conllu", "1\tLund\n")
    with pytest.raises(InputError, match="10 tab-separated fields"):
        list(read_gum(gum, "gum"))


# Directed sentiment


def test_directed_sentiment_has_who_judges_whom_and_how(tmp_path: Path) -> None:
    lines = [
        "[Lund] praised [the port] in Oslo.\tLund\tthe port\t1",
        "[Lund] praised [the port] in Oslo.\tLund\tthe port\t2",
        "[The port] was attacked by [Lund].\tThe port\tLund\t4",
        "[The port] was attacked by [Lund].\tLund\tThe port\t3",
        "",
        "[Lund] met [Berg].\tLund\tBerg\t0 ",
    ]
    found = list(read_directed_sentiment(write(tmp_path / "train.txt", "\n".join(lines))))
    praised, attacked, met = (
        "Lund praised the port in Oslo.",
        "The port was attacked by Lund.",
        "Lund met Berg.",
    )
    assert found == [
        DirectedSentence(praised, Span(0, 4), Span(13, 21), "support"),
        DirectedSentence(praised, Span(13, 21), Span(0, 4), "support"),
        DirectedSentence(attacked, Span(25, 29), Span(0, 8), "oppose"),
        DirectedSentence(attacked, Span(25, 29), Span(0, 8), "oppose"),
        DirectedSentence(met, Span(0, 4), Span(9, 13), "neutral"),
    ]
    for each in found:
        assert {each.sentence[slice(*span)] for span in (each.holder, each.target)} <= {
            "Lund", "the port", "The port", "Berg"
        }  # fmt: skip


def test_directed_sentiment_whose_brackets_cut_a_word_takes_it_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "train.txt", "[Lun]d praised [the port].\tLun\tthe port\t1\n")
    (found,) = read_directed_sentiment(path)
    assert [found.sentence[slice(*span)] for span in (found.holder, found.target)] == ["Lund", "the port"]


@pytest.mark.parametrize(
    "sentence", ["Lund praised [the port].", "[Lund] praised [the port] and [Berg].", "[Berg] praised [the port]."]
)
def test_directed_sentiment_without_two_parties_is_left_out(tmp_path: Path, sentence: str) -> None:
    path = write(tmp_path / "train.txt", f"{sentence}\tLund\tthe port\t1\n")
    assert list(read_directed_sentiment(path)) == []


@pytest.mark.parametrize("line", ["Lund\tthe port\t1", "[Lund] met [Berg].\tLund\tBerg\t5", "[Lund] met [Berg]."])
def test_a_line_that_is_no_directed_sentiment_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "train.txt", f"[Lund] met [Berg].\tLund\tBerg\t0\n{line}\n")
    with pytest.raises(InputError, match=r"train\.txt, line 2: not a line of directed sentiment; expected"):
        list(read_directed_sentiment(path))
