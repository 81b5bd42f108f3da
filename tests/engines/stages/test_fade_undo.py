"""Stage fade with the setting undo: a master's frames get their own shot's parameters back, parts equal the whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.fade.parameters import LIMITS, SIZE, FadeParameters
from engines.graph import Graph, Puller
from engines.policy import EXPORT, PREVIEW
from engines.provenance import Origin
from engines.stages.fade import Fade, FadeSettings
from engines.stages.per_shot import PerShot
from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import MemorySource, random_frame

WIDTH, HEIGHT, COUNT = 48, 32, 4
YUV420 = PixelFormat("yuv", 8, 2, 2)


def told(folder: Path) -> Path:
    """Of a master of frames 10 to 13: only 11 and 12 had faded, unevenly."""
    vector = np.random.default_rng(5).uniform(-0.3, 0.3, SIZE) * LIMITS
    parameters = {name: array.tolist() for name, array in FadeParameters.from_vector(vector).arrays().items()}
    fade = {"name": "fade", "settings": {}, "applied": [{"first": 11, "last": 12, "parameters": parameters}]}
    path = folder / "m.tratteggio.json"
    path.write_text(json.dumps({"first": 10, "last": 13, "width": WIDTH, "height": HEIGHT, "stages": [fade]}))
    return path


def frames(layout: PixelFormat = YUV420, count: int = COUNT) -> list[Frame]:
    return [random_frame(layout, WIDTH, HEIGHT, seed, ColourSpec(range="tv", matrix="bt709")) for seed in range(count)]


def test_each_frame_gets_what_its_shot_was_given(tmp_path: Path) -> None:
    master = frames()
    puller = Puller(
        Graph(MemorySource(master), ShotList((0,), COUNT), (Fade(FadeSettings(undo=str(told(tmp_path)))),)), EXPORT
    )
    for number in range(COUNT):
        shown = puller.pull(number)
        same = all(np.array_equal(a, b) for a, b in zip(shown.frame.planes, master[number].planes, strict=True))
        assert same == (number in (0, 3))
        origin = Origin.SOURCE if same else Origin.ADJUSTED
        assert (shown.provenance.labels == origin).all()


def test_nothing_is_measured_for_it_or_told_of_it(tmp_path: Path) -> None:
    stage = Fade(FadeSettings(undo=str(told(tmp_path))))
    puller = Puller(Graph(MemorySource(frames()), ShotList((0,), COUNT), (stage,)), replace(EXPORT, wait=False))
    puller.pull(1)
    assert not puller.pending
    assert stage.applied(1, puller.below(0)) is None


@pytest.mark.parametrize("layout", [YUV420, PixelFormat("rgb", 16)])
def test_a_region_equals_the_same_cut_of_the_whole(layout: PixelFormat, tmp_path: Path) -> None:
    stage, region = Fade(FadeSettings(undo=str(told(tmp_path)))), Rect(6, 8, 22, 14)
    master = frames(layout)
    whole, part = (
        Puller(Graph(MemorySource(master), ShotList((0,), COUNT), (stage,)), EXPORT).pull(1, cut)
        for cut in (None, region)
    )
    for ours, theirs in zip(part.frame.planes, whole.crop(region).frame.planes, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_reduced_preview_is_of_the_same_master(tmp_path: Path) -> None:
    stage = Fade(FadeSettings(undo=str(told(tmp_path))))
    shown = Puller(Graph(MemorySource(frames()), ShotList((0,), COUNT), (stage,)), PREVIEW).pull(1)
    assert shown.frame.width == WIDTH // PREVIEW.reduction


def test_a_clip_of_another_length_is_refused(tmp_path: Path) -> None:
    stage = Fade(FadeSettings(undo=str(told(tmp_path))))
    puller = Puller(Graph(MemorySource(frames(count=3)), ShotList((0,), 3), (stage,)), EXPORT)
    with pytest.raises(SettingError, match="master of 4 frames"):
        puller.pull(0)


def test_shots_tell_of_their_own_variant() -> None:
    """A slider in the first shot, nothing in the second, and a third without the stage."""
    stage = PerShot({0: Fade(FadeSettings(cyan=0.4, sure=1.0)), 2: Fade(FadeSettings(strength=0.0)), 3: None})
    puller = Puller(Graph(MemorySource(frames()), ShotList((0, 2, 3), COUNT), (stage,)), EXPORT)
    first, second, third = (stage.applied(number, puller.below(0)) for number in (0, 2, 3))
    assert first is not None
    arrays = {name: np.asarray(values) for name, values in first.items()}
    np.testing.assert_allclose(FadeParameters.from_arrays(arrays).vector()[6], 0.2)
    assert second is third is None
