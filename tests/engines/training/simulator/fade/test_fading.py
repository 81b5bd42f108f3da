"""Faded film: the unfaded film shows the picture, fades look as they must, and every fade gives the same bits again."""

from __future__ import annotations

import numpy as np
import pytest

from engines.colour.mapped import Rgb
from engines.training.simulator.fade.draw import draw_fade
from engines.training.simulator.fade.dyes import DYE_SETS, HELD_OUT_DYES
from engines.training.simulator.fade.fading import Fade, Scan, faded, fresh
from engines.training.simulator.fade.scanners import HELD_OUT_SCANNER, SCANNERS
from engines.training.simulator.fade.uneven import Patch, Uneven


def _picture(seed: int = 1) -> Rgb:
    """Colours as photographs have them: every brightness, moderate chroma, black and white among them."""
    rng = np.random.default_rng(seed)
    grey = rng.uniform(0.05, 0.95, (1, 24, 32))
    picture = np.clip(grey + rng.uniform(-0.18, 0.18, (3, 24, 32)), 0.0, 1.0).astype(np.float32)
    picture[:, 0, 0], picture[:, 0, 1] = 0.0, 1.0
    return picture


@pytest.mark.parametrize("dyes", DYE_SETS)
@pytest.mark.parametrize("scanner", SCANNERS)
def test_a_film_that_has_not_faded_shows_the_picture(dyes: str, scanner: str) -> None:
    picture = _picture()
    away = np.abs(faded(picture, Fade(dyes=dyes, scanner=scanner, scan=Scan(bits=0))) - picture)
    assert away.mean() < 0.5 / 255
    assert np.percentile(away, 98) < 1.0 / 255


def test_fresh_is_what_the_film_can_show_of_the_picture() -> None:
    picture, fade = _picture(), Fade(loss=(0.7, 0.2, 0.4), stain=0.2)
    assert np.abs(fresh(picture, fade) - picture).max() < 1.0 / 255
    pure = np.zeros((3, 2, 2), np.float32)
    pure[0] = 1.0
    assert fresh(pure, Fade(dyes="agfacolor", scanner="camera"))[0].min() > 0.8


def test_a_lost_dye_lets_its_light_through() -> None:
    grey = np.full((3, 4, 4), 0.4, np.float32)
    for dye in range(3):
        loss = tuple(0.6 if k == dye else 0.0 for k in range(3))
        scan = faded(grey, Fade(loss=(loss[0], loss[1], loss[2]), scan=Scan(bits=0)))[:, 0, 0]
        others = np.delete(scan, dye)
        assert scan[dye] > 0.5
        assert others.min() > 0.37
        assert others.max() < scan[dye] - 0.05


def test_stain_takes_blue_first() -> None:
    white = np.ones((3, 4, 4), np.float32)
    red, green, blue = faded(white, Fade(stain=0.3, scan=Scan(bits=0)))[:, 0, 0]
    assert 1.0 >= red > green > blue


def test_the_order_of_the_reaction_decides_which_densities_suffer() -> None:
    ramp = np.repeat(np.linspace(0.15, 0.75, 16, dtype=np.float32)[None, None], 3, axis=0)
    scans = [faded(ramp, Fade(loss=(0.6, 0, 0), order=(n, 1, 1), scan=Scan(bits=0)))[0, 0] for n in (0.8, 1.0, 1.3)]
    thin, dense = -1, 0
    assert scans[0][thin] > scans[1][thin] > scans[2][thin]
    assert scans[0][dense] < scans[1][dense] < scans[2][dense]


def test_uneven_fades_are_worse_where_they_say_and_wander_with_time() -> None:
    grey = np.full((3, 20, 40), 0.4, np.float32)
    fade = Fade(loss=(0.5, 0, 0), uneven=Uneven(patches=(Patch(0.25, 0.5, 0.1, 0.8, moves=0.5),)), scan=Scan(bits=0))
    first, last = faded(grey, fade, 0.0)[0, 10], faded(grey, fade, 1.0)[0, 10]
    assert np.argmax(first) == pytest.approx(10, abs=1)
    assert np.argmax(last) == pytest.approx(30, abs=1)


def test_a_scan_set_on_the_faded_film_gets_its_white_and_black_back() -> None:
    ends = np.repeat(np.array([[[1.0, 0.0]]], np.float32), 3, axis=0)
    fade = Fade(loss=(0.8, 0.1, 0.4), stain=0.2)
    assert np.ptp(faded(ends, fade)[:, 0, 0]) > 0.03
    scan = Scan(balance=1.0, exposure=1.0, black=1.0, black_each=1.0, bits=0)
    set_right = faded(ends, Fade(loss=fade.loss, stain=fade.stain, scan=scan))
    assert set_right[:, 0, 0] == pytest.approx(1.0, abs=2e-3)
    assert set_right[:, 0, 1] == pytest.approx(0.0, abs=0.2)  # a light of 0.02 is a code of 0.2


def test_drawn_fades_are_heavier_the_more_is_asked_and_the_same_again() -> None:
    picture = _picture()
    change = []
    for heaviness in (0.0, 0.3, 1.0):
        drawn = [draw_fade(np.random.default_rng(seed), heaviness) for seed in range(24)]
        assert drawn == [draw_fade(np.random.default_rng(seed), heaviness) for seed in range(24)]
        scans = [faded(picture, fade) for fade in drawn]
        assert all(s.dtype == np.float32 and s.min() >= 0.0 and s.max() <= 1.0 for s in scans)
        assert np.array_equal(scans[0], faded(picture, drawn[0]))
        change.append(np.mean([np.abs(s - picture).mean() for s in scans]))
    assert change[0] < 0.01 < change[1] < change[2]


def test_training_never_sees_what_is_held_out() -> None:
    seen = [draw_fade(np.random.default_rng(seed)) for seed in range(200)]
    assert HELD_OUT_DYES not in {f.dyes for f in seen}
    assert HELD_OUT_SCANNER not in {f.scanner for f in seen}
    judged = [draw_fade(np.random.default_rng(seed), held_out=True) for seed in range(100)]
    assert {f.dyes for f in judged} == set(DYE_SETS)
    assert {f.scanner for f in judged} == set(SCANNERS)
