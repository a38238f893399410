"""The pictures of the report in the docs: ``python -m onrecord_eval.screenshots ARTICLES FOLDER`` takes them anew.

It reads invented articles, makes their report as a user would, and photographs some of its pages with Chromium. It
needs Playwright (``pip install 'onrecord[browser]'``) and a Chromium of the system.
"""

from __future__ import annotations

import argparse
import base64
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from onrecord.errors import InputError, OnrecordError, OutputError, SettingsError
from onrecord_eval.chromium import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

_TARGET: Final = "the port expansion"
_TITLE: Final = "Easton’s harbour"
_SIZE: Final = (1440, 900)
_QUALITY: Final = 0.9
_LISTS: Final = ("index", "without")
"""What pages that list articles are called."""
_AS_WEBP: Final = """async ([png, quality]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", quality).split(",")[1];
}"""
"""The browser that takes a picture can compress it, too: no other library is needed."""


class Shot(NamedTuple):
    """A picture: of the page ``path`` below the report, once it shows ``ready``."""

    name: str
    path: str
    ready: str


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, help="the articles, in any format that onrecord extract reads")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    given = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as made:
            report = make_report(given.articles, Path(made))
            for path in take(report, given.folder):
                print(f"{path}: {path.stat().st_size / 1000:.0f} kB")
    except OnrecordError as error:
        sys.exit(str(error))


def make_report(articles: Path, folder: Path) -> Path:
    """The report of the articles, made in ``folder`` by the same commands that users give.

    Raises:
        InputError: one of them fails.
    """
    statements, report = folder / "statements.jsonl", folder / "report"
    _onrecord("extract", articles, "-o", statements, "--target", _TARGET, "--model", "auto", "--quiet")
    _onrecord("report", statements, "-o", report, "--title", _TITLE)
    return report


def _onrecord(*arguments: str | Path) -> None:
    done = subprocess.run([sys.executable, "-m", "onrecord", *map(str, arguments)], check=False)
    if done.returncode:
        raise InputError(f"onrecord {arguments[0]} failed with status {done.returncode}; see above")


def shots(report: Path) -> list[Shot]:
    """What is photographed: of the pages that there are several of, the first stance and the longest article."""
    stance = next(iter(sorted((report / "stances").glob("*-oppose.html"))), None)
    articles = [path for path in (report / "articles").glob("*.html") if not path.stem.startswith(_LISTS)]
    article = max(articles, key=lambda path: path.stat().st_size, default=None)
    if stance is None or article is None:
        raise InputError(f"{report}: no article, or nobody opposes {_TARGET}; give articles where somebody does")
    return [
        Shot("overview", "index.html", "main h1"),
        Shot("stance", f"stances/{stance.name}", ".of-speaker"),
        Shot("article", f"articles/{article.name}", ".reader .text"),
        Shot("search", "search/index.html#q=harbour", "[data-results] li"),
        Shot("compare", "search/compare.html", ".column li"),
    ]


def take(report: Path, folder: Path) -> Iterator[Path]:
    """Photographs the pages of a report into ``folder``, in light colours, and names each picture when it is there.

    Raises:
        SettingsError: Playwright or Chromium is missing.
        OutputError: a picture cannot be written.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise SettingsError("pictures need Playwright; install it: pip install 'onrecord[browser]'") from error
    chromium = find_chromium()
    if chromium is None:
        raise SettingsError("pictures need Chromium; install it, on Debian with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        width, height = _SIZE
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
        for shot in shots(report):
            picture = _picture(page, f"{report.resolve().as_uri()}/{shot.path}", shot)
            path = folder / f"{shot.name}.webp"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(picture)
            except OSError as error:
                raise OutputError(f"{path}: cannot be written ({error.strerror}); choose another folder") from error
            yield path
        browser.close()


def _picture(page: Page, address: str, shot: Shot) -> bytes:
    page.goto("about:blank")  # as an address that differs only after # would not load the page again
    page.goto(address)
    page.wait_for_selector(shot.ready)
    png = base64.b64encode(page.screenshot()).decode("ascii")
    page.goto("about:blank")  # whose policy, unlike the report's, lets a picture be drawn
    return base64.b64decode(page.evaluate(_AS_WEBP, [png, _QUALITY]))


if __name__ == "__main__":
    main()
