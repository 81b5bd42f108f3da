"""PSNR and SSIM against hand-made figures, a direct implementation, and published tables."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.signal import convolve2d
from torch.nn import functional

from engines.errors import MediaError
from engines.metrics.psnr import psnr_y
from engines.metrics.ssim import ssim_y
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import random_frame

_GREY = PixelFormat("gray", 8)


def _grey(codes: NDArray[np.uint8]) -> Frame:
    # Limited range: the studio-range luma on the 8-bit scale is the code itself.
    return Frame((codes,), _GREY, ColourSpec("tv"))


def _rgb(picture: NDArray[np.uint8]) -> Frame:
    return Frame(tuple(np.ascontiguousarray(picture[..., i]) for i in range(3)), PixelFormat("rgb", 8), ColourSpec())


def test_psnr_of_a_known_error() -> None:
    a = np.full((20, 30), 100, dtype=np.uint8)
    b = a.copy()
    b[:10] += 4  # mean squared error 8
    assert psnr_y(_grey(a), _grey(b)) == pytest.approx(10 * math.log10(255**2 / 8), abs=1e-4)
    assert psnr_y(_grey(a), _grey(a)) == math.inf
    # Of the 10 x 20 left, the upper 5 rows differ by 4: again 8; with the left half alone it would not be.
    assert psnr_y(_grey(a), _grey(b), border=5) == pytest.approx(10 * math.log10(255**2 / 8), abs=1e-4)


def test_depth_and_range_do_not_matter() -> None:
    """The same luma in 8-bit limited and 10-bit full range."""
    rng = np.random.default_rng(0)
    nominal = rng.random((32, 32))
    other = np.clip(nominal + rng.normal(0, 0.05, nominal.shape), 0, 1)
    eight = [Frame((np.rint(16 + 219 * v).astype(np.uint8),), _GREY, ColourSpec("tv")) for v in (nominal, other)]
    layout = PixelFormat("gray", 16)
    deep = [Frame((np.rint(65535 * v).astype(np.uint16),), layout, ColourSpec("pc")) for v in (nominal, other)]
    assert psnr_y(eight[0], eight[1]) == pytest.approx(psnr_y(deep[0], deep[1]), abs=0.05)
    assert ssim_y(eight[0], eight[1]) == pytest.approx(ssim_y(deep[0], deep[1]), abs=2e-3)


def test_rgb_counts_as_bt601_of_any_size() -> None:
    black, red = np.zeros((600, 8, 3), np.uint8), np.zeros((600, 8, 3), np.uint8)
    red[..., 0] = 255
    assert psnr_y(_rgb(black), _rgb(red)) == pytest.approx(20 * math.log10(255 / (0.299 * 219)), abs=1e-3)


def test_ssim_is_wangs() -> None:
    rng = np.random.default_rng(3)
    a = np.asarray(cv2.GaussianBlur(rng.integers(16, 235, (40, 33)).astype(np.uint8), (0, 0), 1.5), dtype=np.uint8)
    b = np.clip(a + rng.normal(0, 9, a.shape), 0, 255).astype(np.uint8)
    line = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    window = np.outer(line, line) / line.sum() ** 2

    def smooth(plane: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(convolve2d(plane, window, mode="valid"))

    x, y = a.astype(float), b.astype(float)
    mx, my = smooth(x), smooth(y)
    vx, vy, cxy = smooth(x * x) - mx**2, smooth(y * y) - my**2, smooth(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    expected = ((2 * mx * my + c1) * (2 * cxy + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))).mean()
    assert ssim_y(_grey(a), _grey(b)) == pytest.approx(float(expected), abs=1e-5)
    assert ssim_y(_grey(a), _grey(a)) == 1.0


def test_pictures_that_cannot_be_compared_are_refused() -> None:
    a, b = random_frame(_GREY, 20, 20), random_frame(_GREY, 20, 22)
    for measure in (psnr_y, ssim_y):
        with pytest.raises(MediaError, match="20x20 and 20x22"):
            measure(a, b)
    with pytest.raises(MediaError, match="leaves nothing"):
        psnr_y(a, a, border=10)
    with pytest.raises(MediaError, match="11x11"):
        ssim_y(a, a, border=5)


@pytest.mark.parametrize(("scale", "decibels", "similarity"), [(2, 33.68, 0.930), (4, 28.43, 0.810)])
def test_bicubic_on_set5_reads_as_published(shared_data: Path, scale: int, decibels: float, similarity: float) -> None:
    found = []
    for path in sorted((shared_data / "bench" / "set5").glob("*.png")):
        bgr = cv2.imread(str(path))
        assert bgr is not None
        height, width = (n // scale * scale for n in bgr.shape[:2])
        truth = np.ascontiguousarray(bgr[:height, :width, ::-1].astype(np.uint8))
        small = _resized(truth, height // scale, width // scale)
        restored = _rgb(_resized(small, height, width))
        found.append((psnr_y(restored, _rgb(truth), scale), ssim_y(restored, _rgb(truth), scale)))
    means = np.mean(found, axis=0)
    assert means[0] == pytest.approx(decibels, abs=0.02)
    assert means[1] == pytest.approx(similarity, abs=0.002)


def _resized(picture: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    tensor = torch.from_numpy(picture.astype(np.float32)).permute(2, 0, 1)[None]
    sized = functional.interpolate(tensor, size=(height, width), mode="bicubic", antialias=True)
    return np.asarray(sized[0].permute(1, 2, 0).clamp(0, 255).round().numpy().astype(np.uint8))
