"""The demo reel on disk, read back with FFmpeg."""

from __future__ import annotations

import functools
import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.errors import Cancelled, MediaError
from engines.masks import MaskFolder
from engines.media.open import open_source
from engines.media.planes import from_av
from engines.training.film import FilmDamage
from engines.training.reel import Reel, make_reel
from engines.types import ColourSpec

_make = functools.partial(make_reel, width=96, height=72, frames=12)
_DIRT_ONLY = FilmDamage(
    fade=None, flicker=0.0, flicker_spread=0.0, weave=0.0, weave_angle=0.0, grain=0.0, blotches=6.0, scratches=1
)


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Reel:
    return _make(tmp_path_factory.mktemp("demo") / "reel", seed=3)


def _luma(path: Path) -> list[NDArray[np.uint16]]:
    with av.open(path) as source:
        return [from_av(frame)[0] for frame in source.decode(video=0)]


def test_the_film_carries_everything(reel: Reel) -> None:
    with av.open(reel.damaged) as source:
        pictures, sound = source.streams.video[0], source.streams.audio[0]
        context = pictures.codec_context
        assert (context.name, context.pix_fmt, context.width, context.height) == ("ffv1", "yuv422p10le", 96, 72)
        assert (int(context.color_range), int(context.colorspace)) == (1, 1)
        assert (int(context.color_primaries), int(context.color_trc)) == (1, 1)
        assert pictures.average_rate == 24
        assert pictures.metadata["TIMECODE"] == "01:00:00:00"
        assert source.metadata["title"].startswith("A Day by the Sea")
        assert [c["metadata"]["title"] for c in source.chapters()] == ["The harbour", "The street"]
        second = source.chapters()[1]
        assert second["start"] * (second["time_base"] or 0) == Fraction(6, 24)
        assert (sound.codec_context.name, sound.rate, sound.codec_context.channels) == ("pcm_s24le", 48000, 2)
        samples = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in source.decode(sound)])
    assert len(samples) == 12 * 2000
    with av.open(reel.truth) as source:
        assert not source.streams.audio
        assert [f.pts is not None for f in source.decode(video=0)] == [True] * 12


def test_our_own_reader_reads_it(reel: Reel) -> None:
    source = open_source(reel.damaged)
    info = source.info
    assert (info.frame_count, info.rate, info.sar) == (12, Fraction(24), Fraction(1))
    assert info.field_order == "progressive"
    assert info.colour == ColourSpec("tv", "bt709", "bt709", "bt709", "left")
    assert np.array_equal(source.read(7).planes[0], _luma(reel.damaged)[7])
    source.close()


def test_the_pops_are_in_sync(reel: Reel) -> None:
    with av.open(reel.damaged) as source:
        samples = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in source.decode(audio=0)])
    # 24 bits in the upper part of 32.
    assert not (samples & 0xFF).any()
    loud = (np.abs(samples[:, 0].reshape(12, 2000).astype(np.float64)).mean(axis=1)) / 2**31
    assert set(np.flatnonzero(loud > 0.2)) == {0, 6}


def test_the_description_and_the_masks_agree(reel: Reel) -> None:
    said = json.loads(reel.description.read_text(encoding="utf-8"))
    assert (said["seed"], said["cut"], said["frames"]) == (3, 6, 12)
    assert [one["frame"] for one in said["per_frame"]] == list(range(12))
    masks = MaskFolder(reel.masks, 96, 72, 12)
    for one in said["per_frame"]:
        coverage = masks.coverage(one["frame"])
        share = 0.0 if coverage is None else float((coverage > 0).mean())
        assert share >= max(one["dirt_share"], one["scratch_share"]) - 1e-6
        assert share <= one["dirt_share"] + one["scratch_share"] + 1e-6


def test_outside_the_masks_dirt_alone_leaves_luma_bit_identical(tmp_path: Path) -> None:
    dirty = _make(tmp_path / "dirty", seed=8, settings=_DIRT_ONLY)
    masks = MaskFolder(dirty.masks, 96, 72, 12)
    changed = 0
    for number, (clean, damaged) in enumerate(zip(_luma(dirty.truth), _luma(dirty.damaged), strict=True)):
        coverage = masks.coverage(number)
        outside = np.ones_like(clean, dtype=np.bool_) if coverage is None else coverage == 0
        assert np.array_equal(clean[outside], damaged[outside])
        changed += int((clean != damaged).sum())
    assert changed > 200


def test_the_same_seed_gives_the_same_bytes(reel: Reel, tmp_path: Path) -> None:
    again = _make(tmp_path / "again", seed=3)
    for name in ("truth.mkv", "reel.mkv", "truth.json"):
        assert (again.folder / name).read_bytes() == (reel.folder / name).read_bytes()


def test_a_reel_that_is_there_is_kept_and_anything_else_refused(reel: Reel, tmp_path: Path) -> None:
    stamp = reel.damaged.stat().st_mtime_ns
    assert _make(reel.folder, seed=3) == reel
    with pytest.raises(MediaError, match="holds something else"):
        _make(reel.folder, seed=4)
    assert reel.damaged.stat().st_mtime_ns == stamp
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(MediaError, match="holds something else"):
        _make(tmp_path, seed=3)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled_and_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = tmp_path / "empty"
    folder.mkdir()
    made = make_reel(folder, width=64, height=64, frames=4, progress=lambda done, of: told.append((done, of)))
    assert made.description.is_file()
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_cancelled_reel_leaves_nothing(tmp_path: Path) -> None:
    token = CancelToken()

    def stop(done: int, of: int) -> None:
        if done == 2:
            token.cancel()

    with pytest.raises(Cancelled):
        make_reel(tmp_path / "reel", width=64, height=64, frames=6, cancel=token, progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [(63, 64, 4), (64, 32, 4), (64, 64, 1)])
def test_impossible_sizes_are_refused(tmp_path: Path, size: tuple[int, int, int]) -> None:
    with pytest.raises(MediaError, match="cannot be made"):
        make_reel(tmp_path / "reel", width=size[0], height=size[1], frames=size[2])
    assert list(tmp_path.iterdir()) == []
