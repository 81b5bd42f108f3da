from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.benchmark.crops import write_crops
from engines.benchmark.pictures import grey_of, noisy, pictures_in, read_picture, shrunk
from engines.errors import MediaError
from engines.types import ColourSpec, Frame, PixelFormat


def test_pictures_are_cut_to_the_multiple_and_shrunk(tmp_path: Path) -> None:
    colours = np.zeros((50, 61, 3), np.uint8)
    colours[...] = (200, 100, 50)
    Image.fromarray(colours).save(tmp_path / "a.png")
    frame = read_picture(pictures_in(tmp_path)[0], 4)
    assert (frame.width, frame.height) == (60, 48)
    small = shrunk(frame, 4)
    assert (small.width, small.height) == (15, 12)
    assert [int(p[3, 3]) for p in small.planes] == [200, 100, 50]
    assert int(grey_of(frame).planes[0][0, 0]) == round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)


def test_what_is_missing_or_broken_says_so(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no pictures"):
        pictures_in(tmp_path)
    (tmp_path / "a.png").write_bytes(b"not a picture")
    with pytest.raises(MediaError, match="cannot be read"):
        read_picture(tmp_path / "a.png")


def test_noise_is_of_the_stated_strength_of_the_range_in_use() -> None:
    grey = Frame((np.full((128, 128), 120, np.uint8),), PixelFormat("gray", 8), ColourSpec())
    chroma = np.full((64, 64), 90, np.uint8)
    video = Frame((grey.planes[0], chroma, chroma), PixelFormat("yuv", 8, 2, 2), ColourSpec(range="tv"))
    assert float(noisy(grey, 15, 1).planes[0].std()) == pytest.approx(15, rel=0.03)
    assert float(noisy(video, 15, 1).planes[0].std()) == pytest.approx(15 * 219 / 255, rel=0.03)
    assert noisy(video, 15, 1).planes[1] is video.planes[1]
    assert not np.array_equal(noisy(grey, 15, 1).planes[0], noisy(grey, 15, 2).planes[0])


def test_crops_show_where_the_detail_is_and_replace_nothing(tmp_path: Path) -> None:
    truth = np.zeros((300, 400, 3), np.uint8)
    truth[20:200, 150:390] = np.random.default_rng(0).integers(0, 255, (180, 240, 1))
    frame = Frame(tuple(truth[..., c].copy() for c in range(3)), PixelFormat("rgb", 8), ColourSpec())
    write_crops(tmp_path / "crops" / "a.png", [("truth", frame), ("again", frame)])
    with Image.open(tmp_path / "crops" / "a.png") as sheet:
        picture = np.asarray(sheet)
    assert picture.shape[1] == 2 * (384 + 8) + 8
    assert picture[28 : 28 + 384, 8 : 8 + 384].std() > 50
    with pytest.raises(MediaError, match="exists"):
        write_crops(tmp_path / "crops" / "a.png", [("truth", frame)])
