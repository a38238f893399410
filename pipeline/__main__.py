"""``python -m onrecord`` is ``onrecord``."""

from onrecord.cli import app

if __name__ == "__main__":
    app(prog_name="onrecord")
