"""Fixtures for all tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

# Qt's tests run without a screen; set before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# What tests keep (analyses, journals, settings) never lands in the data folder of whoever runs them.
os.environ["TRATTEGGIO_HOME"] = tempfile.mkdtemp(prefix="tratteggio-tests-")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public test clips beside the checkout; tests that need it are skipped where it is missing."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the public clips in ../shared/data, which are not beside this checkout")
    return folder
