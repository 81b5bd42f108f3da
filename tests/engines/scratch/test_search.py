"""Lines planted in noise: the search finds them, the trace follows them, and nothing is found where nothing is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.scratch.evidence import evidence_of
from engines.scratch.hough import line_sums
from engines.scratch.moving import Moment, moments
from engines.scratch.profile import band_count, kernels
from engines.scratch.search import search
from engines.scratch.trace import traced
from engines.training.plant.scratches import PlantedLine, scratched
from engines.types import ColourSpec, Frame, PixelFormat

WIDTH, HEIGHT, COUNT = 240, 200, 12
STEEPEST = float(np.tan(np.radians(1.5))) * HEIGHT / band_count(HEIGHT)


def _noise(number: int, sigma: float = 6.0) -> Frame:
    plane = 110 + np.random.default_rng(number).normal(0, sigma, (HEIGHT, WIDTH))
    rounded = np.asarray(np.clip(np.rint(plane), 0, 255), np.uint8)
    return Frame((rounded,), PixelFormat("gray", 8), ColourSpec(range="tv"))


def _line(number: int, **given: float | bool) -> PlantedLine:
    about = {"x": 90.0, "slope": 0.01, "top": 0, "bottom": HEIGHT, "width": 1.2, "contrast": 0.06, "bright": True}
    about |= given
    drift = about.pop("drift", 0.0)
    about["x"] = float(about["x"]) + float(drift) * (number - COUNT / 2)
    return PlantedLine(identity=0, middle=HEIGHT / 2, **about)  # type: ignore[arg-type]


def _seen(frames: list[Frame]) -> list[Moment]:
    return moments([evidence_of(frame, kernels(4.0)) for frame in frames], kernels(4.0))


def _window(**given: float | bool) -> list[Moment]:
    return _seen([scratched(_noise(n), [_line(n, **given)]).frame for n in range(COUNT)])


def _centres(line: PlantedLine, bands: int) -> NDArray[np.float64]:
    rows = (np.arange(bands) + 0.5) * HEIGHT / bands - 0.5
    return line.x + line.slope * (rows - line.middle)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"bright": False},
        {"width": 0.5, "contrast": 0.05},
        {"width": 4.0, "contrast": 0.03},
        {"drift": 0.4},
        {"slope": -0.02},
        {"top": 60, "bottom": 150},
    ],
)
def test_a_planted_line_is_found_and_followed(given: dict[str, float | bool]) -> None:
    window = _window(**given)
    traces = traced(window, search(window, STEEPEST))
    bands = traces.paths.shape[1]
    assert (traces.sign[0] > 0) == given.get("bright", True)
    for number in (0, COUNT // 2, COUNT - 1):
        truth = _line(number, **given)
        covered = slice(int(traces.first[0]), int(traces.last[0]))
        away = np.abs(traces.paths[0] + traces.shifts[0, number] - _centres(truth, bands))[covered]
        assert float(away.mean()) < 0.8
    tall = HEIGHT / bands
    assert abs(traces.first[0] * tall - float(given.get("top", 0))) < 20
    assert abs(traces.last[0] * tall - float(given.get("bottom", HEIGHT))) < 20


def test_two_lines_at_once_and_none_between() -> None:
    frames = [scratched(_noise(n), [_line(n), _line(n, x=180.0, bright=False)]).frame for n in range(COUNT)]
    window = _seen(frames)
    found = sorted(one.x for one in search(window, STEEPEST)[:2])
    assert found == pytest.approx([90 - 0.01 * 100, 180 - 0.01 * 100], abs=2.0)


def test_noise_alone_gives_no_strong_candidate() -> None:
    window = _seen([_noise(n) for n in range(COUNT)])
    assert all(one.score < 3.5 for one in search(window, STEEPEST))
    assert not search(_seen([_noise(0, 0.0)] * COUNT), STEEPEST)


def test_an_edge_is_no_line() -> None:
    plane = np.full((HEIGHT, WIDTH), 60, np.uint8)
    plane[:, WIDTH // 2 :] = 180
    frame = Frame((plane,), PixelFormat("gray", 8), ColourSpec(range="tv"))
    window = _seen([frame] * 3)
    line = scratched(frame, [_line(0, x=60.0, slope=0.0)]).frame
    beside = _seen([line] * 3)
    edge = max((one.score for one in search(window, STEEPEST)), default=0.0)
    assert edge < 0.5 * max(one.score for one in search(beside, STEEPEST))


def test_sums_along_lines_are_sums_along_lines() -> None:
    cells = np.random.default_rng(0).random((8, 40)).astype(np.float32)
    lean, sums = line_sums(cells, 1, 1.0)[-1]
    assert sums.shape == (1, 2 * lean + 1, 40)
    upright = cells.sum(0)
    assert np.allclose(sums[0, lean], upright, atol=1e-5)
    diagonal = sum(cells[band, 10 + band] for band in range(8))
    assert sums[0, 2 * lean, 10] == pytest.approx(diagonal, abs=1e-5)
    other = sum(cells[band, 20 - band] for band in range(8))
    assert sums[0, 0, 20] == pytest.approx(other, abs=1e-5)


def test_a_moving_scene_is_taken_away_and_the_scratch_stays() -> None:
    """Uprights and blobs of a scene, panned by 1 px a frame, against a weak scratch over them."""
    rng = np.random.default_rng(4)
    uprights = np.repeat(rng.normal(0, 25, (1, WIDTH + COUNT + 40)), HEIGHT, 0).astype(np.float32)
    blobs = rng.normal(0, 250, uprights.shape).astype(np.float32)
    scene = 120 + cv2.GaussianBlur(uprights, (0, 0), 1.2) + cv2.GaussianBlur(blobs, (0, 0), 5.0)
    frames = []
    for number in range(COUNT):
        grain = np.random.default_rng(number).normal(0, 2, (HEIGHT, WIDTH))
        plane = np.clip(np.rint(scene[:, 20 + number : 20 + number + WIDTH] + grain), 16, 235).astype(np.uint8)
        clean = Frame((plane,), PixelFormat("gray", 8), ColourSpec(range="tv"))
        frames.append(scratched(clean, [_line(number, slope=0.0)]).frame)
    held = _seen(frames)
    assert np.mean([one.moved[:, 20:-20].mean() for one in held]) > 0.8
    best = search(held, STEEPEST)[0]
    assert best.x == pytest.approx(90, abs=2)
