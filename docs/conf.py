"""The site of these pages: ``make docs`` builds it with Sphinx, warnings as errors."""

import re
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from typer import Context
from typer.cli import get_docs_for_click
from typer.main import get_command

from onrecord.cli.app import app

project = "onrecord"
version = release = installed("onrecord")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "onrecord"
html_copy_source = html_show_sphinx = False
# What is copied from a code block that shows a prompt are the commands alone.
copybutton_prompt_text = "$ "
# Dollar signs, TOML and console output don't have to please a lexer.
suppress_warnings = ["misc.highlighting_failure"]

# The API reference comes from the docstrings, which are Google style with Markdown's `code`.
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
default_role = "literal"
maximum_signature_line_length = 80
napoleon_numpy_docstring = False

# The page of commands comes from the command line itself.
_command = get_command(app)
_commands = get_docs_for_click(obj=_command, ctx=Context(_command), name="onrecord", title="Commands").strip() + "\n"
_page = Path(__file__).with_name("commands.md")
if not _page.exists() or _page.read_text(encoding="utf-8") != _commands:
    _page.write_text(_commands, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Takes out of signatures what only pydantic reads, with its address in memory."""

    def simplify(*event: Any) -> tuple[str, str | None] | None:
        *_, signature, returned = event
        if signature is None:
            return None
        signature = re.sub(r"~?typing\.Annotated\[(.+?), <[^<>]*_Limits object at \w+>\]", r"\1", signature)
        return re.sub(r"~(?:\w+\.)+", "", signature).replace("<factory>", "Meta()"), returned

    app.connect("autodoc-process-signature", simplify)
