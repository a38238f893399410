"""The tokenizer gives what transformers' own gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from onrecord_models.loading import WEIGHTS
from onrecord_models.transformer.tokenizer import FastTokenizer

TEXTS = [
    "“We will not sign,” said Ms Brandt – naïvely.",
    "special [SEP] tokens <mask> in </s> the [MASK] text <s>x [UNK] <unk> <pad>[CLS]",
    " \t x <mask> y\u00a0z 中文 🙂",
    "",
]


@pytest.mark.parametrize("model", ["small", "base"])
def test_ids_and_offsets_are_those_of_transformers(model: str) -> None:
    folder = WEIGHTS / model
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    special = {name: value for name, value in settings.items() if name.endswith("_token")}
    theirs = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), **special)
    ours = FastTokenizer(folder / "tokenizer.json", special)
    wanted = theirs(TEXTS, add_special_tokens=False, return_offsets_mapping=True)
    found = ours(TEXTS, add_special_tokens=False)
    assert found["input_ids"] == wanted["input_ids"]
    assert found["offset_mapping"] == [[tuple(each) for each in text] for text in wanted["offset_mapping"]]
    assert ours(TEXTS[0], add_special_tokens=False)["input_ids"] == wanted["input_ids"][0]
    for role in ("cls_token_id", "sep_token_id", "pad_token_id", "mask_token_id"):
        assert getattr(ours, role) == getattr(theirs, role)


def test_without_a_token_that_ends_windows_there_is_no_tokenizer(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sep_token"):
        FastTokenizer(WEIGHTS / "small" / "tokenizer.json", {"cls_token": "[CLS]"})
