"""Next and previous: cuts, repairs, flagged frames, and the ends."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from app import navigate
from app.document import ClipWork, Marker, Media, ShotWork
from app.mask_plane import MaskPlane
from app.time_text import TimeText
from engines.errors import SettingError

MEDIA = Media(Path("reel.mkv"), "f", 96, 64, 48, Fraction(24))
PAINT = MaskPlane.of(np.full((64, 96), 255, np.uint8))
CLIP = (
    ClipWork("c", MEDIA, (ShotWork(0), ShotWork(20), ShotWork(37)), markers=(Marker(5), Marker(30)))
    .with_layer("damage", {3: PAINT, 12: PAINT})
    .with_layer("original", {40: PAINT})
)


def test_steps_stop_at_the_ends() -> None:
    assert navigate.step(CLIP, 10, 5) == 15
    assert navigate.step(CLIP, 2, -10) == 0
    assert navigate.step(CLIP, 45, 10) == 47


def test_cuts_forward_end_at_the_last_frame() -> None:
    assert [navigate.to_cut(CLIP, frame, 1) for frame in (0, 19, 20, 40)] == [20, 20, 37, 47]


def test_cuts_backward_stop_at_this_shots_start_first() -> None:
    assert [navigate.to_cut(CLIP, frame, -1) for frame in (47, 37, 21, 5, 0)] == [37, 20, 20, 0, 0]


def test_both_painted_layers_count_as_modified() -> None:
    assert navigate.to_modified(CLIP, 12, 1) == 40
    assert navigate.to_modified(CLIP, 12, -1) == 3
    assert navigate.to_modified(CLIP, 40, 1) is None


def test_flagged_passes_over_frames_without_a_share() -> None:
    flagged = {2: 0.0, 4: 0.1, 9: 0.2}
    assert navigate.to_flagged(flagged, 0, 1) == 4
    assert navigate.to_flagged(flagged, 9, -1) == 4
    assert navigate.to_flagged(flagged, 4, -1) is None


def test_markers() -> None:
    assert navigate.to_marker(CLIP, 5, 1) == 30
    assert navigate.to_marker(CLIP, 5, -1) is None


def test_the_play_range_follows_in_and_out() -> None:
    assert navigate.play_range(CLIP) == (0, 47)
    assert navigate.play_range(replace(CLIP, in_point=10, out_point=20)) == (10, 20)
    assert navigate.play_range(replace(CLIP, in_point=30)) == (30, 47)


def test_go_to_stays_within_the_clip() -> None:
    time = TimeText(Fraction(24))
    assert navigate.go_to(CLIP, time, "00:00:01:00", 0) == 24
    assert navigate.go_to(CLIP, time, "9999", 0) == 47
    with pytest.raises(SettingError):
        navigate.go_to(CLIP, time, "noon", 0)
