"""Models of others in place of ours: found by folder or hub id, never with code of their own, safetensors only."""

from __future__ import annotations

import logging
from pathlib import Path

from onrecord_models.errors import WeightsError

_WANTED = ["*.safetensors", "*.json", "*.txt", "*.model"]


def foreign_folder(name: str, option: str) -> Path:
    """The folder of a model: ``name`` itself if it is one, else what the hub has under this id, downloaded or cached.

    ``option`` is how the user asked for it, for the message.

    Raises:
        WeightsError: there is no such folder, and no such model on the hub or no way to it.
    """
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    try:
        return Path(snapshot_download(name, allow_patterns=_WANTED))
    except HFValidationError as error:
        raise WeightsError(f"{option} {name}: there is no such folder, and it is no id of a model hub") from error
    except Exception as error:  # the hub's library and its network stack raise types of many kinds
        raise WeightsError(
            f"{option} {name}: there is no such folder, and the model hub gave nothing ({type(error).__name__}); "
            "download the model elsewhere and give its folder"
        ) from error
