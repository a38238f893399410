"""A tokenizer in a folder, as ``transformers`` calls it and without importing that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer


class FastTokenizer:
    """Texts to the ids of tokens and to where those are.

    ``cls_token_id`` begins a window and ``sep_token_id`` stands between paragraphs and at the end; ``pad_token_id``
    fills windows up and ``mask_token_id`` hides words in training: 0 if there is none. ``special`` are these tokens
    themselves, by their role.
    """

    def __init__(self, path: Path, special: Mapping[str, str]) -> None:
        """``special`` are the special tokens by their role, such as ``cls_token``.

        Raises:
            ValueError: there is no token that begins a window, or none that ends it. For a file that is not a
                tokenizer, ``tokenizers`` raises a plain Exception.
        """
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        known = {token.content for token in self._tokenizer.get_added_tokens_decoder().values() if token.special}
        missing = [token for token in special.values() if token not in known]
        self._tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in missing])
        if absent := {"cls_token", "sep_token"} - special.keys():
            raise ValueError(f"tokenizer_config.json has no {min(absent)}")
        self.special = dict(special)
        ids = {role: self._tokenizer.token_to_id(token) for role, token in special.items()}
        self.cls_token_id = ids["cls_token"] or 0
        self.sep_token_id = ids["sep_token"] or 0
        self.pad_token_id = ids.get("pad_token") or 0
        self.mask_token_id = ids.get("mask_token") or 0

    def __call__(self, texts: str | Sequence[str], **options: Any) -> dict[str, list[Any]]:
        """``input_ids`` and ``offset_mapping`` of one text or of each; options are those that transformers has."""
        special = bool(options.get("add_special_tokens", True))
        if isinstance(texts, str):
            one = self._tokenizer.encode(texts, add_special_tokens=special)
            return {"input_ids": one.ids, "offset_mapping": one.offsets}
        found = self._tokenizer.encode_batch(list(texts), add_special_tokens=special)
        return {"input_ids": [each.ids for each in found], "offset_mapping": [each.offsets for each in found]}

    def convert_ids_to_tokens(self, ids: Sequence[int]) -> list[str]:
        """The tokens of these ids."""
        return [self._tokenizer.id_to_token(number) or "" for number in ids]

    def get_vocab(self) -> dict[str, int]:
        """The id of each token."""
        return self._tokenizer.get_vocab()
