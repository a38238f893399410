"""A tokenizer of a few words, for tests of classifiers of text pairs."""

from __future__ import annotations

import pytest
from transformers import BertTokenizerFast

from tests.models.pairs import WORDS


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> BertTokenizerFast:
    folder = tmp_path_factory.mktemp("tokenizer")
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]) + "\n")
    return BertTokenizerFast.from_pretrained(folder)
