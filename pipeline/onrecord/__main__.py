"""``python -m onrecord`` is ``onrecord``."""

from onrecord.cli.app import app

if __name__ == "__main__":
    app(prog_name="onrecord")
