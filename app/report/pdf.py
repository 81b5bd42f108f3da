"""The page as PDF, by a process of its own: whatever happens to it, the report as HTML stands."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from engines.errors import RenderError

FONTS = "font:"
"""What stands before a font's file name in the stylesheet; the fonts are the program's own (`resources.fonts`)."""
_SECONDS = 120
_HINT = "The HTML report holds all of it; print that."


def write_pdf(page: str, path: Path) -> None:
    """Set the HTML `page` on A4. Raises RenderError where it cannot be set, or not in time."""
    words = [sys.executable, "-m", "app.report.pdf", str(path)]
    try:
        done = subprocess.run(words, input=page.encode("utf-8"), capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderError(f"The report could not be set as PDF ({error}).", _HINT) from error
    if done.returncode != 0 or not path.is_file():
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1] if said else f"code {done.returncode}"
        raise RenderError(f"The report could not be set as PDF ({why}).", _HINT)


def _set(page: str, path: Path) -> None:
    import plutoprint

    class Fonts(plutoprint.ResourceFetcher):
        """Nothing but the program's own fonts and what the page holds itself: no file and no network."""

        def fetch_url(self, url: str) -> plutoprint.ResourceData:
            if url.startswith("data:"):
                return plutoprint.default_resource_fetcher.fetch_url(url)
            name = url.removeprefix(FONTS)
            if not url.startswith(FONTS) or "/" in name or not name.endswith(".ttf"):
                raise ValueError(f"a report holds nothing from elsewhere ({url[:80]})")
            return plutoprint.ResourceData((files("resources.fonts") / name).read_bytes(), "font/ttf", "")

    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4, plutoprint.PAGE_MARGINS_NONE, plutoprint.MEDIA_TYPE_PRINT)
    book.custom_resource_fetcher = Fonts()
    book.load_html(page)
    book.write_to_pdf(str(path))


if __name__ == "__main__":
    _set(sys.stdin.buffer.read().decode("utf-8"), Path(sys.argv[1]))
