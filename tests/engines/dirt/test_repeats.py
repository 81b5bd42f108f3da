"""Doubled frames, coded again, do not vouch for each other's dirt."""

from __future__ import annotations

import numpy as np

from engines.detect.shots import Shot
from engines.dirt.look import ReadFrames, evidence_for, unlikeness
from engines.types import ColourSpec, Frame, PixelFormat


def _film(doubled: bool) -> list[Frame]:
    """A texture that pans by two pixels from picture to picture, each picture once or twice, with noise of coding."""
    rng = np.random.default_rng(4)
    wide = np.repeat(np.repeat(rng.integers(40, 200, (24, 60)), 4, axis=0), 4, axis=1)
    frames = []
    for number in range(10):
        moment = number // 2 if doubled else number
        picture = wide[:, 4 * moment : 4 * moment + 128].astype(np.float64)
        if moment == 2:
            picture[40:50, 60:72] = 10
        coded = np.clip(np.rint(picture + rng.normal(0, 2.0, picture.shape)), 0, 255).astype(np.uint8)
        frames.append(Frame((coded,), PixelFormat("gray", 8), ColourSpec()))
    return frames


def test_the_neighbours_asked_are_other_pictures() -> None:
    film = _film(doubled=True)
    evidence = evidence_for(4, Shot(0, 9), ReadFrames(lambda number: film[number]))
    assert evidence is not None
    for neighbour in evidence.neighbours[:2]:
        assert float(neighbour[42:48, 62:70].mean()) > 30
    single = evidence_for(2, Shot(0, 9), ReadFrames(lambda number: _film(doubled=False)[number]))
    assert single is not None


def test_unlikeness_tells_a_speck_from_coding() -> None:
    a, b = (frame.planes[0] for frame in _film(doubled=True)[4:6])
    assert unlikeness(a, b).coarse < 10
    spoiled = b.copy()
    spoiled[10:18, 10:18] = 255
    assert unlikeness(a, spoiled).coarse > 40
