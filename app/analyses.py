"""The one place where this process keeps what was measured on shots: in memory and below the data folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.data_folder import analyses_folder
from engines.analysis.store import AnalysisStore


def kept_analyses() -> AnalysisStore:
    """Shared by previews, exports and background work; what was not used for longest is deleted at the first call."""
    return _kept(analyses_folder())


@cache
def _kept(folder: Path) -> AnalysisStore:
    store = AnalysisStore(folder)
    store.trim()
    return store
