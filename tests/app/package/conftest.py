"""A small master with masks, and its package, made once; tests that change them work on copies."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.export.job import RenderJob, StageSpec
from app.export.render import render
from app.package.certificate_trial import trial_signatory
from app.package.make import Choices, make_package
from engines.cancel import CancelToken
from tests.clips import write_clip


def nothing(_event: object) -> None:
    """Whoever listens to no events."""


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`reel.mkv` of six frames, repaired under one mask, with everything beside it and its source."""
    folder = tmp_path_factory.mktemp("packaged")
    source = write_clip(folder / "source.mkv", frames=6)
    masks = folder / "painted"
    masks.mkdir()
    mask = np.zeros((64, 96), np.uint8)
    mask[20:26, 40:48] = 255
    cv2.imwrite(str(masks / "000003.png"), mask)
    job = RenderJob(source, folder / "reel.mkv", stages=(StageSpec("inpaint"),), masks=masks)
    render(job, nothing, CancelToken())
    return folder / "reel.mkv"


@pytest.fixture(scope="session")
def package(master: Path) -> Path:
    """The package of it, signed with a test certificate of its own."""
    folder = master.parent / "package"
    choices = Choices(rerun=1, seed=5, signatory=trial_signatory(master.parent))
    make_package(master, folder, nothing, choices)
    return folder


@pytest.fixture
def copied(package: Path, tmp_path: Path) -> Path:
    """A copy to be spoilt."""
    return Path(shutil.copytree(package, tmp_path / "package"))


@pytest.fixture
def moved(master: Path, tmp_path: Path) -> Callable[[str], Path]:
    """The master under a name of the test's own folder, with all that stands beside it."""

    def copy(name: str) -> Path:
        for path in master.parent.glob("reel.mkv*"):
            shutil.copy2(path, tmp_path / path.name)
        return tmp_path / name

    return copy
