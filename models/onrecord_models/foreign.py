"""Other people's models in place of ours, by folder or hub id: safetensors only, and never with their own code."""

from __future__ import annotations

import logging
from pathlib import Path

from onrecord_models.errors import WeightsError

_WANTED = ["*.safetensors", "*.json", "*.txt", "*.model"]


def foreign_folder(name: str, option: str) -> Path:
    """The folder of a model: ``name`` itself if it is one, else what the hub has under this id, downloaded or cached.

    ``option`` is how the user asked for it, for the message.

    Raises:
        WeightsError: there is no such folder, and the hub has no such model or cannot be reached.
    """
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    try:
        return Path(snapshot_download(name, allow_patterns=_WANTED))
    except HFValidationError as error:
        raise WeightsError(f"{option} {name}: not a folder, and not an id of the model hub") from error
    except Exception as error:  # the hub's library and its network stack raise types of many kinds
        raise WeightsError(
            f"{option} {name}: not a folder, and the model hub did not answer with it ({type(error).__name__}); "
            "download the model elsewhere and give its folder"
        ) from error
