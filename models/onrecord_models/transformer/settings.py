"""Settings of a model, kept in its ``config.json`` as ``transformers`` keeps them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar, Self


class ModelConfig:
    """What all configurations have in common; each has a ``model_type`` and its settings as attributes."""

    model_type: ClassVar[str] = ""
    sub_configs: ClassVar[dict[str, Any]] = {}
    """Read by the ``AutoModel`` of transformers."""

    def __init__(self, **kwargs: Any) -> None:
        """Further settings are kept as they are: other versions and libraries have written some."""
        for name, value in kwargs.items():
            setattr(self, name, value)

    @classmethod
    def from_dict(cls, settings: dict[str, Any], **kwargs: Any) -> Any:
        """A configuration of these settings; with ``return_unused_kwargs``, and the other arguments."""
        config = cls(**{name: value for name, value in settings.items() if name != "model_type"})
        return (config, kwargs) if kwargs.pop("return_unused_kwargs", False) else config

    @classmethod
    def from_pretrained(cls, folder: Path | str) -> Self:
        """The configuration in a folder's ``config.json``."""
        config: Self = cls.from_dict(json.loads((Path(folder) / "config.json").read_text(encoding="utf-8")))
        return config

    def to_dict(self) -> dict[str, Any]:
        """All settings, and the ``model_type``."""
        return {**vars(self), "model_type": self.model_type}

    def to_json_string(self) -> str:
        """All settings as JSON."""
        return json.dumps(self.to_dict(), indent=2, sort_keys=True) + "\n"

    def save_pretrained(self, folder: Path | str) -> None:
        """Writes ``config.json`` into a folder, which is made if there is none."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / "config.json").write_text(self.to_json_string(), encoding="utf-8")
