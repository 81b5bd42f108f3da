"""Every FFmpeg layout that we read comes back sample for sample."""

from __future__ import annotations

import av.video.format
import numpy as np
import pytest

from engines.errors import MediaError
from engines.media.planes import format_of, from_av, native_name, to_av
from tests.fakes import random_frame

_EXPANDED_ONLY = {"pal8", "monob", "monow"}


def _readable(name: str) -> bool:
    try:
        format_of(name)
    except MediaError:
        return False
    return name not in _EXPANDED_ONLY


# (PyAV's stubs lack the list of names.)
LAYOUTS = sorted(name for name in av.video.format.names if _readable(name))  # type: ignore[attr-defined]


def test_the_layouts_of_real_masters_are_read() -> None:
    wanted = {
        "yuv420p",
        "yuv422p10le",
        "yuv444p12le",
        "gray16le",
        "gbrp16le",
        "gbrpf16le",
        "rgb48be",
        "p010le",
        "uyvy422",
    }
    assert wanted <= set(LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_there_and_back_changes_no_sample(name: str) -> None:
    frame = random_frame(format_of(name), 37, 23, seed=len(name))
    back = from_av(to_av(frame, name))
    assert len(back) == len(frame.planes)
    for ours, theirs in zip(frame.planes, back, strict=True):
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(("packed", "planar"), [("rgb48be", "gbrp16le"), ("rgb24", "gbrp"), ("yuyv422", "yuv422p")])
def test_order_of_components_agrees_with_swscale(packed: str, planar: str) -> None:
    frame = random_frame(format_of(packed), 32, 16, seed=3)
    converted = to_av(frame, packed).reformat(format=planar)
    for ours, theirs in zip(frame.planes, from_av(converted), strict=True):
        assert np.array_equal(ours, theirs)


def test_native_names_exist_in_ffmpeg() -> None:
    for name in LAYOUTS:
        layout = native_name(format_of(name))
        assert av.VideoFormat(layout, 16, 16).name == layout


def test_bayer_is_refused_in_a_sentence() -> None:
    with pytest.raises(MediaError, match="bayer_rggb8 are not supported"):
        format_of("bayer_rggb8")
