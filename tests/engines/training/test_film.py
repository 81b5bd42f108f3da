"""The film simulator: what it says it did is what it did."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.training.film import FilmDamage, damage, moved
from engines.training.film_codec import CodecPass
from engines.training.film_frame import DamagedFrame

Rgb = NDArray[np.float32]

_NOTHING = FilmDamage(
    fade=None,
    flicker=0.0,
    flicker_spread=0.0,
    weave=0.0,
    weave_angle=0.0,
    grain=0.0,
    blotches=0.0,
    hairs=0.0,
    scratches=0,
)


def _texture(width: int = 120, height: int = 96) -> Rgb:
    noise = np.random.default_rng(4).random((height, width, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.5)
    return np.asarray(np.clip(0.5 + (smooth - 0.5) * 4, 0.05, 0.95), dtype=np.float32)


def _grey(value: float, width: int = 120, height: int = 96) -> Rgb:
    return np.full((height, width, 3), value, dtype=np.float32)


def _waves(dx: float, dy: float) -> Rgb:
    """A smooth pattern moved by an exact amount."""
    x, y = np.arange(160) - dx, np.arange(128)[:, None] - dy
    wave = 0.5 + 0.3 * np.sin(x / 7) * np.cos(y / 9)
    return wave[..., None].repeat(3, axis=2).astype(np.float32)


def _run(picture: Rgb, settings: FilmDamage, count: int = 6, seed: int = 1) -> list[DamagedFrame]:
    return list(damage((picture for _ in range(count)), settings, seed))


def test_without_damage_nothing_changes() -> None:
    picture = _texture()
    for frame in _run(picture, _NOTHING):
        assert np.array_equal(frame.picture, picture)
        assert not frame.mask.any()
        assert (frame.weave, frame.angle, frame.gain) == ((0.0, 0.0), 0.0, 1.0)
        assert (frame.field == 1.0).all()


def test_the_seed_decides_everything() -> None:
    first, again, other = (_run(_texture(), FilmDamage(), seed=seed) for seed in (3, 3, 4))
    for a, b, c in zip(first, again, other, strict=True):
        assert np.array_equal(a.picture, b.picture)
        assert np.array_equal(a.mask, b.mask)
        assert a.weave == b.weave
        assert not np.array_equal(a.picture, c.picture)


def test_frames_stream() -> None:
    asked: list[int] = []

    def frames() -> Iterator[Rgb]:
        for number in range(100):
            asked.append(number)
            yield _texture()

    running = damage(frames(), FilmDamage(), 1)
    assert [next(running).number for _ in range(3)] == [0, 1, 2]
    assert len(asked) == 3


def test_masks_are_exact() -> None:
    picture = _texture()
    settings = replace(_NOTHING, blotches=4.0, hairs=1.0, scratches=2)
    frames = _run(picture, settings, 12)
    for frame in frames:
        changed = (frame.picture != picture).any(axis=2)
        assert not (changed & ~frame.mask).any()
        # A tone can equal the picture by chance, but hardly in many places.
        assert changed.sum() > 0.97 * frame.mask.sum()
        assert frame.picture.min() >= 0.0
        assert frame.picture.max() <= 1.0
    assert any(frame.dirt.any() for frame in frames)
    assert all(frame.scratch.any() for frame in frames)


def test_dirt_lasts_one_frame_and_scratches_persist() -> None:
    frames = _run(_grey(0.5), replace(_NOTHING, blotches=5.0, scratches=1), 10)
    for before, now in itertools.pairwise(frames):
        together = (before.dirt & now.dirt).sum() / max(1, now.dirt.sum())
        assert together < 0.5
    kept = [(a.scratch & b.scratch).sum() / b.scratch.sum() for a, b in itertools.pairwise(frames)]
    assert np.median(kept) > 0.5
    # A scratch is a line: far higher than wide.
    rows, columns = np.nonzero(frames[0].scratch)
    assert np.ptp(rows) > 3 * np.ptp(columns)


def test_weave_is_as_recorded() -> None:
    frames = _run(_waves(0.0, 0.0), replace(_NOTHING, weave=0.012), 8)
    for frame in frames:
        expected = _waves(*frame.weave)
        assert np.abs(frame.picture - expected)[12:-12, 12:-12].max() < 0.002
        # As strict as it looks: a quarter of a pixel off would show.
        assert np.abs(frame.picture - _waves(frame.weave[0] + 0.25, frame.weave[1]))[12:-12, 12:-12].max() > 0.008
    assert len({frame.weave for frame in frames}) == 8


def test_weave_has_the_size_asked_for() -> None:
    tiny = _grey(0.5, 64, 64)
    frames = _run(tiny, replace(_NOTHING, weave=0.01, weave_angle=0.2), 500)
    assert np.std([f.weave for f in frames], axis=0) == pytest.approx([0.64, 0.64], rel=0.2)
    assert np.std([f.angle for f in frames]) == pytest.approx(0.2, rel=0.2)


def test_rotation_turns_counter_clockwise_about_the_centre() -> None:
    spot = np.zeros((101, 101, 3), dtype=np.float32)
    spot[50, 90] = 1.0  # right of the centre: goes up
    turned = moved(spot, 0.0, 0.0, 10.0)
    y, x = np.unravel_index(int(np.argmax(turned[..., 0])), (101, 101))
    assert (int(x), int(y)) == (round(50 + 40 * np.cos(np.pi / 18)), round(50 - 40 * np.sin(np.pi / 18)))


def test_flicker_scales_the_light_by_the_recorded_gain() -> None:
    picture = _grey(0.4, 32, 32)
    frames = _run(picture, replace(_NOTHING, flicker=0.08), 300)
    for frame in frames[:20]:
        assert (frame.picture / picture) ** 2.2 == pytest.approx(frame.gain, rel=1e-3)
    assert np.std(np.log([f.gain for f in frames])) == pytest.approx(0.08, rel=0.2)
    uneven = _run(picture, replace(_NOTHING, flicker_spread=0.08), 2)[1]
    assert uneven.gain == 1.0
    assert np.ptp(uneven.picture) > 0.01


def test_grain_depends_on_brightness_and_is_correlated() -> None:
    settings = replace(_NOTHING, grain=0.03, grain_size=0.7)
    middle, dark = (_run(_grey(v), settings, 1)[0].picture[..., 1].astype(np.float64) for v in (0.5, 0.08))
    assert middle.std() == pytest.approx(0.03, rel=0.08)
    assert dark.std() < 0.7 * middle.std()
    noise = middle - middle.mean()
    assert (noise[:, 1:] * noise[:, :-1]).mean() / noise.var() > 0.3
    frames = _run(_grey(0.5), settings, 2)
    fresh = np.corrcoef(frames[0].picture.ravel(), frames[1].picture.ravel())[0, 1]
    assert abs(fresh) < 0.05


def test_one_damage_does_not_disturb_anothers_course() -> None:
    everything, without_dirt = FilmDamage(), replace(FilmDamage(), blotches=0.0, hairs=0.0)
    for a, b in zip(_run(_texture(), everything), _run(_texture(), without_dirt), strict=True):
        assert a.weave == b.weave
        assert a.gain == b.gain
        assert np.array_equal(a.scratch, b.scratch)
        untouched = ~a.dirt
        assert np.array_equal(a.picture[untouched], b.picture[untouched])


@pytest.mark.parametrize("codec", [CodecPass("h264", 24), CodecPass("mpeg2", 6)])
def test_a_codec_pass_keeps_frames_and_truth(codec: CodecPass) -> None:
    picture = _texture(97, 75)  # odd sizes
    plain = _run(picture, replace(FilmDamage(), codec=None), 14)
    coded = _run(picture, replace(FilmDamage(), codec=codec), 14)
    assert [f.number for f in coded] == list(range(14))
    for a, b in zip(plain, coded, strict=True):
        assert b.picture.shape == a.picture.shape
        assert np.array_equal(a.mask, b.mask)
        error = float(np.abs(a.picture - b.picture).mean())
        assert 0.001 < error < 0.06


def test_coarser_quantisers_cost_more() -> None:
    picture = _texture()
    errors = []
    for quantiser in (12, 26, 40):
        frame = _run(picture, replace(_NOTHING, codec=CodecPass("h264", quantiser)), 3)[2]
        errors.append(float(np.square(frame.picture - picture).mean()))
    assert errors == sorted(errors)
    assert errors[2] > 3 * errors[0]
