"""Many specks at once: each moved with its surroundings, none where neither neighbour can give it."""

from __future__ import annotations

import cv2
import numpy as np

from engines.masks import Mask
from engines.provenance import Origin, ProvenanceMap
from engines.repair.donors import View
from engines.repair.journeys import Journeys
from engines.repair.patch import apply
from engines.repair.specks import Manner, repair_specks
from engines.stages.base import Rendered
from engines.types import ColourSpec, Frame, PixelFormat

LAYOUT = PixelFormat("yuv", 8, 2, 2)
HEIGHT, WIDTH = 180, 240


def _frame(number: int, damage: Mask) -> Frame:
    """Texture that pans by (1.6, -0.7) pixels a frame; damage is white."""
    planes = []
    for index, step in enumerate((1, 2, 2)):
        noise = np.random.default_rng(index).standard_normal((HEIGHT + 40, WIDTH + 40)).astype(np.float32)
        wide = cv2.GaussianBlur(noise, (0, 0), 2.5)
        wide = 120 + 30 * wide / wide.std()
        shift = np.array([[1, 0, -20 - 1.6 * number / step], [0, 1, -20 + 0.7 * number / step]], np.float32)
        picture = cv2.warpAffine(wide, shift, (WIDTH // step, HEIGHT // step), flags=cv2.INTER_CUBIC)
        plane = np.rint(picture.clip(16, 235)).astype(np.uint8)
        plane[damage[::step, ::step]] = 235
        planes.append(plane)
    return Frame(tuple(planes), LAYOUT, ColourSpec("tv"))


def _specks(seed: int, count: int = 25) -> Mask:
    rng = np.random.default_rng(seed)
    drawn = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(count):
        centre = (int(rng.integers(WIDTH)), int(rng.integers(HEIGHT)))
        cv2.circle(drawn, centre, int(rng.integers(1, 6)), (1,), -1)
    return np.asarray(drawn > 0)


def _view(number: int, damage: Mask) -> View:
    return View(number, number - 1, _frame(number, damage), ProvenanceMap.uniform(WIDTH, HEIGHT), damage)


def _repaired(masks: tuple[Mask, Mask, Mask]) -> tuple[Rendered, Mask]:
    before, current, after = (_view(number, mask) for number, mask in enumerate(masks))
    journeys = Journeys(current, lambda _, make: make())
    weight = masks[1].astype(np.float32)
    patches, left = repair_specks(current, masks[1], weight, [before, after], journeys, None, Manner(1.0, 0.0, 1))
    return apply(Rendered(current.frame, current.provenance), patches), left


def test_specks_come_back_and_nothing_else_changes() -> None:
    masks = (_specks(1), _specks(2), _specks(3))
    answer, left = _repaired(masks)
    done = masks[1] & ~left
    assert done.sum() > 0.8 * masks[1].sum()
    truth, luma = _frame(1, np.zeros_like(done)).planes[0], answer.frame.planes[0]
    error = np.square(luma[done].astype(np.float64) - truth[done]).mean()
    assert 10 * np.log10(255**2 / error) > 36.0
    cells, untouched = (m.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).any(axis=(1, 3)) for m in (done, left))
    for index in (1, 2):
        inside = cells & ~untouched
        clean = _frame(1, np.zeros_like(done)).planes[index][inside].astype(np.float64)
        error = np.square(answer.frame.planes[index][inside] - clean).mean()
        assert 10 * np.log10(255**2 / error) > 36.0
    np.testing.assert_array_equal(luma[~done], _frame(1, masks[1]).planes[0][~done])
    assert (answer.provenance.labels[done] == Origin.TRANSPORTED).all()
    assert set(np.unique(answer.provenance.donor[done])) <= {-1, 1}


def test_what_both_neighbours_lack_is_left_to_others() -> None:
    nowhere = np.ones((HEIGHT, WIDTH), np.bool_)
    masks = (nowhere, _specks(2), nowhere)
    answer, left = _repaired(masks)
    np.testing.assert_array_equal(left, masks[1])
    assert (answer.provenance.labels == Origin.SOURCE).all()
