"""Defect channels as mask sources: infrared beside the picture, alpha inside it, and what does not fit."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.defects.channel import damage_map
from engines.detect.shots import ShotList
from engines.errors import MaskError, MediaError, SettingError
from engines.graph import Graph, Puller
from engines.media.open import open_source
from engines.policy import EXPORT, RenderPolicy
from engines.stages.base import Stage, StageContext
from engines.stages.defects import DEFECTS
from engines.stages.settings import parse_settings
from engines.types import Frame, PixelFormat
from tests.fakes import MemorySource, random_frame

WIDTH, HEIGHT, COUNT = 160, 120, 3
GRAY8 = PixelFormat("gray", 8)


def _truth(number: int) -> NDArray[np.bool_]:
    """Spots of 1 to 9 px radius, others in every frame."""
    drawn = np.zeros((HEIGHT, WIDTH), np.uint8)
    rng = np.random.default_rng(number)
    for radius in (1, 3, 9):
        centre = (int(rng.integers(12, WIDTH - 12)), int(rng.integers(12, HEIGHT - 12)))
        cv2.circle(drawn, centre, radius, 255, -1)
    return drawn > 0


def _infrared(number: int) -> NDArray[np.uint8]:
    """A lamp that falls off to 70 % in the corners, noise, and the spots 40 % darker."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    lamp = 220 * (1 - 0.6 * ((x / WIDTH - 0.5) ** 2 + (y / HEIGHT - 0.5) ** 2))
    noisy = lamp + np.random.default_rng(100 + number).normal(0, 3, lamp.shape)
    spotted = np.where(_truth(number), noisy * 0.6, noisy)
    return np.asarray(np.clip(np.rint(spotted), 0, 255), np.uint8)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    folder = tmp_path / "infrared"
    folder.mkdir()
    for number in range(COUNT):
        cv2.imwrite(str(folder / f"ir_{number:04d}.png"), _infrared(number))
    return folder


def _stage(settings: dict[str, str]) -> Stage:
    return DEFECTS.make(parse_settings("defects", DEFECTS.settings_type, settings), StageContext())


def _puller(source: object, settings: dict[str, str], policy: RenderPolicy = EXPORT) -> Puller:
    stage = _stage(settings)
    count = source.info.frame_count  # type: ignore[attr-defined]
    return Puller(Graph(source, ShotList((0,), count), (stage,)), policy)  # type: ignore[arg-type]


def _grey_clip(count: int = COUNT, width: int = WIDTH) -> MemorySource:
    return MemorySource([random_frame(GRAY8, width, HEIGHT, seed) for seed in range(count)])


def test_an_infrared_scan_marks_its_dark_spots_despite_the_lamp(scan: Path) -> None:
    pull = _puller(_grey_clip(), {"file": str(scan), "dilate": "0"})
    for number in range(COUNT):
        damage = pull.marks(1, number).damage
        assert damage is not None
        assert np.array_equal(damage > 0, _truth(number))


def test_dilating_widens_and_pixels_pass(scan: Path) -> None:
    source = _grey_clip()
    pull = _puller(source, {"file": str(scan), "dilate": "2"})
    damage = pull.marks(1, 0).damage
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    assert damage is not None
    assert np.array_equal(damage > 0, cv2.dilate(_truth(0).astype(np.uint8), disc) > 0)
    assert np.array_equal(pull.pull(0).frame.planes[0], source.read(0).planes[0])


def test_a_reduced_preview_marks_the_same_places(scan: Path) -> None:
    damage = _puller(_grey_clip(), {"file": str(scan)}, RenderPolicy("preview", reduction=2)).marks(1, 0).damage
    assert damage is not None
    assert damage.shape == (HEIGHT // 2, WIDTH // 2)
    large = cv2.erode(_truth(0).astype(np.uint8), np.ones((5, 5), np.uint8))[::2, ::2] > 0
    assert large.any()
    assert (damage[large] > 0).all()


def test_an_alpha_channel_of_stills_is_the_default(tmp_path: Path) -> None:
    for number in range(COUNT):
        colour = np.random.default_rng(number).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        alpha = np.where(_truth(number), 30, 255).astype(np.uint8)
        cv2.imwrite(str(tmp_path / f"scan_{number:04d}.png"), np.dstack([colour, alpha]))
    source = open_source(tmp_path)
    pull = _puller(source, {"dilate": "0"})
    for number in range(COUNT):
        damage = pull.marks(1, number).damage
        assert damage is not None
        assert np.array_equal(damage > 0, _truth(number))
    source.close()


def test_sixteen_bit_alpha_with_bright_defects() -> None:
    layout = PixelFormat("rgb", 16, alpha=True)
    base = random_frame(layout, WIDTH, HEIGHT)
    alpha = np.where(_truth(0), 60000, 900).astype(np.uint16)
    frame = Frame((*base.planes[:3], alpha), layout, base.colour)
    damage = _puller(MemorySource([frame]), {"defect": "bright", "dilate": "0"}).marks(1, 0).damage
    assert damage is not None
    assert np.array_equal(damage > 0, _truth(0))


def test_a_sound_channel_marks_nothing() -> None:
    for value in (0.0, 0.3, 1.0):
        assert not damage_map(np.full((HEIGHT, WIDTH), value, np.float32), 0.25, True, 3).any()


def test_what_does_not_fit_is_said_in_a_sentence(scan: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"needs an alpha channel.*defects:file=PATH"):
        _puller(_grey_clip(), {}).geometry(1)
    with pytest.raises(MaskError, match="has 3 frames, the clip 4"):
        _puller(_grey_clip(4), {"file": str(scan)}).marks(1, 0)
    with pytest.raises(MaskError, match="is 160x120, the picture 128x120"):
        _puller(_grey_clip(width=128), {"file": str(scan)}).marks(1, 0)
    with pytest.raises(MediaError, match="no file"):
        _puller(_grey_clip(), {"file": str(tmp_path / "none.mov")})


def test_the_key_follows_the_scan(scan: Path) -> None:
    before = _stage({"file": str(scan)}).key()
    assert _stage({"file": str(scan)}).key() == before
    cv2.imwrite(str(scan / "ir_0001.png"), _infrared(7))
    assert _stage({"file": str(scan)}).key() != before
