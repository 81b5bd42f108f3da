"""Mask folders: what is accepted, what is refused with which sentence, and how masks follow the picture's size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.errors import MaskError
from engines.masks import MaskFolder, fitted, write_mask


def _save(path: Path, mode: str = "L", size: tuple[int, int] = (12, 8)) -> None:
    Image.new(mode, size).save(path)


def _open(folder: Path) -> MaskFolder:
    return MaskFolder(folder, 12, 8, 100)


def test_white_is_damaged_and_survives_a_round_trip(tmp_path: Path) -> None:
    mask = np.zeros((8, 12), np.bool_)
    mask[2:5, 3:9] = True
    path = write_mask(tmp_path / "new", 12, mask)
    masks = _open(tmp_path / "new")
    assert path.name == "000012.png"
    assert masks.numbers() == (12,)
    np.testing.assert_array_equal(masks.coverage(12), mask * np.uint8(255))
    assert masks.coverage(11) is None
    assert masks.key(11) == ""
    assert [p.name for p in path.parent.iterdir()] == ["000012.png"]


@pytest.mark.parametrize(
    ("mode", "colour", "said"), [("L", 128, 128), ("L", 1, 1), ("RGB", (255, 255, 255), 255), ("RGB", (9, 9, 9), 9)]
)
def test_grey_is_a_soft_edge(tmp_path: Path, mode: str, colour: int | tuple[int, int, int], said: int) -> None:
    picture = Image.new(mode, (12, 8))
    picture.putpixel((3, 2), colour)
    picture.save(tmp_path / "7.png")
    coverage = _open(tmp_path).coverage(7)
    assert coverage is not None
    assert np.argwhere(coverage).tolist() == [[2, 3]]
    assert coverage[2, 3] == said


def test_soft_masks_survive_a_round_trip(tmp_path: Path) -> None:
    soft = np.arange(96, dtype=np.uint8).reshape(8, 12)
    write_mask(tmp_path, 1, soft)
    np.testing.assert_array_equal(_open(tmp_path).coverage(1), soft)


def test_key_follows_content(tmp_path: Path) -> None:
    write_mask(tmp_path, 1, np.zeros((8, 12), np.bool_))
    write_mask(tmp_path, 2, np.zeros((8, 12), np.bool_))
    masks = _open(tmp_path)
    before = masks.key(1)
    assert before == masks.key(2)
    write_mask(tmp_path, 1, np.ones((8, 12), np.bool_))
    assert masks.key(1) != before
    coverage = masks.coverage(1)
    assert coverage is not None
    assert coverage.all()


@pytest.mark.parametrize(
    ("name", "mode", "size", "said"),
    [
        ("3.png", "L", (12, 9), "3.png is 12x9, but the clip is 12x8"),
        ("3.png", "RGBA", (12, 8), "3.png is not an 8-bit grey or RGB"),
        ("3.png", "I;16", (12, 8), "3.png is not an 8-bit grey or RGB"),
        ("3.png", "P", (12, 8), "3.png is not an 8-bit grey or RGB"),
        ("mask_3.png", "L", (12, 8), "mask_3.png has a name that is not a frame number"),
        ("100.png", "L", (12, 8), "100.png is beyond the clip, whose last frame is 99"),
    ],
)
def test_what_does_not_fit_is_refused_at_once(
    tmp_path: Path, name: str, mode: str, size: tuple[int, int], said: str
) -> None:
    _save(tmp_path / name, mode, size)
    with pytest.raises(MaskError, match=said) as caught:
        _open(tmp_path)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_two_files_for_one_frame_are_refused(tmp_path: Path) -> None:
    _save(tmp_path / "3.png")
    _save(tmp_path / "000003.png")
    with pytest.raises(MaskError, match="same frame"):
        _open(tmp_path)


def test_missing_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MaskError, match="does not exist"):
        _open(tmp_path / "nowhere")
    with pytest.raises(MaskError, match="holds no PNG"):
        _open(tmp_path)


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    _save(tmp_path / "3.png")
    (tmp_path / "notes.txt").write_text("seen")
    (tmp_path / ".000004.png.1.part.png").write_bytes(b"half")
    assert _open(tmp_path).numbers() == (3,)


def test_what_is_no_png_is_refused(tmp_path: Path) -> None:
    (tmp_path / "3.png").write_bytes(b"GIF89a and more than twenty-six bytes of it")
    with pytest.raises(MaskError, match=r"3\.png is not a readable PNG"):
        _open(tmp_path)


def test_damaged_pixels_are_an_error_when_read(tmp_path: Path) -> None:
    write_mask(tmp_path, 3, np.ones((8, 12), np.bool_))
    path = tmp_path / "000003.png"
    path.write_bytes(path.read_bytes()[:45])
    masks = _open(tmp_path)
    with pytest.raises(MaskError, match=r"000003\.png is not a readable PNG"):
        masks.coverage(3)


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "000003.png").mkdir()
    with pytest.raises(MaskError, match="cannot be written"):
        write_mask(tmp_path, 3, np.ones((8, 12), np.bool_))
    assert [p.name for p in tmp_path.iterdir()] == ["000003.png"]


def test_reduction_keeps_every_damaged_pixel() -> None:
    mask = np.zeros((9, 13), np.uint8)
    mask[8, 12], mask[0, 3] = 255, 7
    small = fitted(mask, 4, 3, reduction=4)
    assert np.argwhere(small).tolist() == [[0, 0], [2, 3]]
    assert small[0, 0] == 7


def test_enlarged_pictures_get_enlarged_masks() -> None:
    mask = np.eye(4, 6, dtype=np.uint8) * np.uint8(200)
    np.testing.assert_array_equal(fitted(mask, 12, 8), np.kron(mask, np.ones((2, 2), np.uint8)))
    with pytest.raises(MaskError, match="does not fit a picture of 7x4"):
        fitted(mask, 7, 4)
