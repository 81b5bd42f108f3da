"""Row `stills`: what it judges, what it leaves out, and how quality inside a mask is counted."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.benchmark.bench import Bench
from engines.benchmark.damage.row_stills import navier_stokes, psnr_inside, row_stills
from engines.benchmark.pictures import read_picture
from engines.metrics import perceptual
from engines.types import Frame


def _picture(path: Path, seed: int = 0) -> Path:
    noise = np.random.default_rng(seed).random((72, 96, 3)).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), 4.0))
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.rint(np.clip((soft - 0.5) * 6 + 0.5, 0, 1) * 255).astype(np.uint8))
    return path


@pytest.fixture(autouse=True)
def _no_backbone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(perceptual.FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    monkeypatch.setenv(perceptual.HOME_VARIABLE, str(tmp_path / "nowhere"))


def test_it_judges_every_set_at_hand_and_says_what_is_missing(tmp_path: Path) -> None:
    _picture(tmp_path / "kodak24" / "one.png")
    _picture(tmp_path / "set14" / "lenna.png", 1)
    _picture(tmp_path / "set14" / "man.png", 2)
    tables = list(row_stills(Bench(tmp_path)))
    assert "Skipped" in tables[0].notes[0], "cbsd68_sub is not there"
    lines = {row[0]: row[1] for row in tables[-1].rows}
    assert lines == {"kodak24": 1, "set14": 1, "all": 2}
    psnr = list(tables[-1].rows[-1][2:5])
    assert all(isinstance(cell, float) and 10 < cell < 60 for cell in psnr)


def test_psnr_inside_counts_the_mask_alone(tmp_path: Path) -> None:
    truth = read_picture(_picture(tmp_path / "a.png"))
    mask = np.zeros((truth.height, truth.width), np.bool_)
    mask[20:30, 30:50] = True
    outside = Frame(tuple(np.where(mask, p, 255 - p) for p in truth.planes), truth.format, truth.colour)
    inside = Frame(tuple(np.where(mask, 255 - p, p) for p in truth.planes), truth.format, truth.colour)
    assert psnr_inside(outside, truth, mask) == pytest.approx(68.0)
    assert psnr_inside(inside, truth, mask) < 30
    assert psnr_inside(navier_stokes(inside, mask), truth, mask) > psnr_inside(inside, truth, mask) + 5
