"""Where the system's Chromium is, for whatever looks at the report in a browser."""

from __future__ import annotations

import shutil
from typing import Final

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The path of the program, under any of the names that systems give it; None if there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)
