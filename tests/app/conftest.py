"""Fixtures for tests of the application."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.data_folder import HOME_VARIABLE
from tests.app.bridge_kit import FRAMES, HEIGHT, WIDTH, Bench
from tests.clips import write_clip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(folder))
    return folder


@pytest.fixture(scope="session")
def bridge_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("bridge") / "clip.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)


@pytest.fixture
def bench(bridge_clip: Path, home: Path, qapp: object) -> Iterator[Bench]:
    """A bridge with one clip; small pictures are kept in the test's own data folder. No thread may stay behind."""
    before = set(threading.enumerate())
    made = Bench(bridge_clip)
    yield made
    made.bridge.close()
    assert set(threading.enumerate()) <= before
