"""Perceptual meters: what is found where, what it is called, and that it measures."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.errors import MediaError, ModelError
from engines.metrics.perceptual import FOLDER_VARIABLE, STAND_IN_NAME, find_perceptual
from engines.metrics.squeezenet import SqueezeNetFeatures
from engines.models.weights import save_weights
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import random_frame

_RGB = PixelFormat("rgb", 8)
_STAND_IN = "squeezenet1_1_caffe_features.safetensors"


def _stand_in_folder(folder: Path) -> Path:
    torch.manual_seed(0)
    save_weights(folder / _STAND_IN, SqueezeNetFeatures().state_dict(), {})
    return folder


def _noisy(frame: Frame, sigma: float) -> Frame:
    rng = np.random.default_rng(1)
    planes = (np.clip(np.rint(p + rng.normal(0, sigma, p.shape)), 0, 255).astype(np.uint8) for p in frame.planes)
    return frame.with_planes(tuple(planes))


def _smooth() -> Frame:
    y, x = np.mgrid[:80, :96]
    planes = (128 + 80 * np.sin(x / 9 + k) * np.cos(y / 7) for k in range(3))
    return Frame(tuple(p.astype(np.uint8) for p in planes), _RGB, ColourSpec())


def test_without_weights_there_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_perceptual(tmp_path)
    assert found.meter is None
    assert "alexnet-owt-7be5be79.pth" in found.reason
    assert str(tmp_path) in found.reason
    monkeypatch.setenv(FOLDER_VARIABLE, str(_stand_in_folder(tmp_path)))
    by_variable = find_perceptual()
    assert by_variable.meter is not None
    assert by_variable.meter.name == STAND_IN_NAME == "perceptual distance (SqueezeNet stand-in)"
    assert by_variable.reason


def test_the_stand_in_grows_with_noise(tmp_path: Path) -> None:
    meter = find_perceptual(_stand_in_folder(tmp_path)).meter
    assert meter is not None
    clean = _smooth()
    assert meter.distance(clean, clean) == 0.0
    distances = [meter.distance(clean, _noisy(clean, sigma)) for sigma in (2, 8, 30)]
    assert distances == sorted(distances)
    assert distances[0] > 0
    with pytest.raises(MediaError, match="differ in size"):
        meter.distance(clean, random_frame(_RGB, 80, 80))
    with pytest.raises(MediaError, match="64x64"):
        meter.distance(random_frame(_RGB, 40, 80), random_frame(_RGB, 40, 80))


def test_the_real_stand_in_weights_read_as_documented(shared_data: Path) -> None:
    folder = shared_data.parent / "weights" / "lpips"
    if not (folder / _STAND_IN).is_file():
        pytest.skip("needs the SqueezeNet stand-in beside the public clips")
    meter = find_perceptual(folder).meter
    assert meter is not None
    clean = _smooth()
    weak, strong = (meter.distance(clean, _noisy(clean, sigma)) for sigma in (2, 25))
    assert 0.0 < weak < 0.3 < strong < 2.0


def test_other_weights_under_the_name_are_refused(tmp_path: Path) -> None:
    save_weights(tmp_path / _STAND_IN, {"features.0.weight": torch.zeros(3)}, {})
    with pytest.raises(ModelError, match=r"not a SqueezeNet 1\.1"):
        find_perceptual(tmp_path)


@pytest.mark.skipif(importlib.util.find_spec("lpips") is None, reason="needs the optional package lpips")
def test_lpips_is_built_from_a_backbone_file(tmp_path: Path) -> None:
    path = tmp_path / "squeezenet1_1-b8a52dc0.pth"
    torch.manual_seed(0)
    torch.save(SqueezeNetFeatures().state_dict(), path)
    found = find_perceptual(tmp_path)
    assert found.meter is not None
    assert found.meter.name == "LPIPS (SqueezeNet)"
    assert found.reason == ""
    clean = _smooth()
    assert found.meter.distance(clean, clean) == 0.0
    assert found.meter.distance(clean, _noisy(clean, 30)) > 0.0

    torch.save({"features.0.weight": torch.zeros(3)}, path)
    with pytest.raises(ModelError, match="does not fit its name"):
        find_perceptual(tmp_path)
    path.write_bytes(b"no weights at all")
    with pytest.raises(ModelError, match="cannot be read"):
        find_perceptual(tmp_path)
