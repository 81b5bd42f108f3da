"""Fixtures for all tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker

# Qt's tests run without a screen; set before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# What tests keep (analyses, journals, settings, tables of packets) never lands in the folders of whoever runs them.
_HOME = tempfile.mkdtemp(prefix="tratteggio-tests-")
os.environ["TRATTEGGIO_HOME"] = _HOME
os.environ["XDG_CACHE_HOME"] = str(Path(_HOME, "cache"))
os.environ["XDG_CONFIG_HOME"] = str(Path(_HOME, "config"))  # Qt's own file dialog remembers its columns there
# As the program itself does; some tests load the library first.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# New hostile input is searched for elsewhere (tests.fuzz.long): what this suite says depends on the change alone.
hypothesis.settings.register_profile("suite", derandomize=True, database=None)
hypothesis.settings.load_profile("suite")

ROOT = Path(__file__).resolve().parent.parent


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public test clips beside the checkout; tests that need it are skipped where it is missing."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the public clips in ../shared/data, which are not beside this checkout")
    return folder


class PatientQtBot(QtBot):
    """Waits until it happens, however busy the machine is; only what never happens fails, after a minute."""

    def waitUntil(  # noqa: N802 - the name is Qt's
        self, callback: Callable[[], bool | None], *, timeout: int = 60_000
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(  # noqa: N802 - as above
        self,
        signal: Any,
        *,
        timeout: int = 60_000,
        raising: bool | None = None,
        check_params_cb: Callable[..., bool] | None = None,
    ) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, raising=raising, check_params_cb=check_params_cb)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """The window's hands in all tests."""
    return PatientQtBot(request)
