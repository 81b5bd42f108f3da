"""The before/after picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.errors import RenderError
from engines.picture import before_after, draw_before_after
from engines.provenance import Origin, ProvenanceMap
from engines.types import ColourSpec, Frame, PixelFormat


def _frame(value: int, width: int, height: int) -> Frame:
    plane = np.full((height, width), value, dtype=np.uint8)
    return Frame((plane, plane.copy(), plane.copy()), PixelFormat("rgb", 8), ColourSpec())


def _map(width: int, height: int, invented: bool = True) -> ProvenanceMap:
    labels = np.zeros((height, width), dtype=np.uint8)
    if invented:
        # Odd places: plain subsampling would step over them.
        labels[height // 2 + 1, width // 2 + 1] = Origin.SYNTHESISED
    return ProvenanceMap(labels, np.full_like(labels, 255), np.zeros((height, width), dtype=np.int8))


def _count(sheet: Image.Image, colour: tuple[int, int, int], below: int) -> int:
    pixels = np.asarray(sheet)[:below]
    return int((pixels == colour).all(axis=2).sum())


@pytest.mark.parametrize(("width", "height"), [(64, 48), (480, 360), (1920, 1080)])
def test_panels_show_source_and_result(width: int, height: int) -> None:
    sheet = draw_before_after(_frame(40, width, height), _frame(200, width, height), _map(width, height))
    panels = min(960, width * -(-480 // width))
    tall = round(panels * height / width)
    assert _count(sheet, (40, 40, 40), 40 + tall) >= 0.99 * panels * tall
    assert _count(sheet, (200, 200, 200), 40 + tall) >= 0.99 * panels * tall
    # One invented pixel of two million is still there, in its white outline, after shrinking.
    assert _count(sheet, (255, 255, 255), 40 + tall) >= 8


def test_a_smaller_source_is_enlarged() -> None:
    small = draw_before_after(_frame(40, 240, 180), _frame(200, 480, 360), _map(480, 360))
    same = draw_before_after(_frame(40, 480, 360), _frame(200, 480, 360), _map(480, 360))
    assert np.array_equal(np.asarray(small), np.asarray(same))


def test_the_legend_counts() -> None:
    """Nothing else changes the legend but the shares."""
    source, result = _frame(40, 480, 360), _frame(200, 480, 360)
    without, with_one = (np.asarray(draw_before_after(source, result, _map(480, 360, one))) for one in (False, True))
    assert not np.array_equal(without[420:], with_one[420:])


def test_a_map_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="480x360"):
        draw_before_after(_frame(1, 240, 180), _frame(1, 240, 180), _map(480, 360))


def test_it_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "picture.part"
    before_after(_frame(40, 64, 48), _frame(200, 64, 48), _map(64, 48), path)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
    assert [p.name for p in tmp_path.iterdir()] == ["picture.part"]
    with pytest.raises(RenderError):
        before_after(_frame(40, 64, 48), _frame(200, 64, 48), _map(64, 48), path / "below" / "a.png")
