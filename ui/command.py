"""The `tratteggio` command: headless verbs as they are, the window where one is asked for and there is a display."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from app import cli


def main(argv: Sequence[str] | None = None) -> int:
    """Run it. Returns the exit code."""
    return cli.main(argv, _window if has_display() else None)


def has_display() -> bool:
    """Whether Qt has a screen to open a window on."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def _window(args: argparse.Namespace) -> int:
    # Imported here: headless verbs must run without Qt and its system libraries.
    from ui.application import run

    return run(args)


if __name__ == "__main__":
    sys.exit(main())
