"""Where the program keeps what is its own: settings, recent projects, journals, crash reports."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME_VARIABLE = "TRATTEGGIO_HOME"
"""Names another data folder: for tests, and to carry the program on a disk."""


def data_folder() -> Path:
    """The folder; it need not exist yet."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else platformdirs.user_data_path("tratteggio")


def models_folder() -> Path:
    """Where the user's own models lie; it need not exist yet."""
    return data_folder() / "models"


def lpips_folder() -> Path:
    """Where fetched backbones of LPIPS lie; it need not exist yet."""
    return data_folder() / "lpips"


def analyses_folder() -> Path:
    """Where measurements over shots lie, by content; it need not exist yet and may be deleted at any time."""
    return data_folder() / "analyses"
