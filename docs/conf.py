"""The site of these pages: ``make docs`` builds it with Sphinx, warnings as errors."""

import subprocess
import sys
from importlib.metadata import version as installed
from pathlib import Path

project = "onrecord"
version = release = installed("onrecord")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "onrecord"
html_copy_source = html_show_sphinx = False
# Dollar signs, TOML and console output don't have to please a lexer.
suppress_warnings = ["misc.highlighting_failure"]

# The API reference comes from the docstrings, which are Google style with Markdown's `code`.
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
default_role = "literal"
maximum_signature_line_length = 80
napoleon_numpy_docstring = False

# The page of commands comes from the command line itself.
_TYPER = (
    sys.executable,
    "-m",
    "typer",
    "onrecord.cli.app",
    "utils",
    "docs",
    "--name",
    "onrecord",
    "--title",
    "Commands",
)
_made = subprocess.run(_TYPER, check=True, capture_output=True, text=True).stdout
_page = Path(__file__).with_name("commands.md")
if not _page.exists() or _page.read_text(encoding="utf-8") != _made:
    _page.write_text(_made, encoding="utf-8")
