"""FFmpeg's own deflicker on the luma of a clip, through PyAV."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import av
from av.filter import Graph, filters_available

from engines.errors import SettingError
from engines.media.planes import from_av, to_av
from engines.types import ColourSpec, Frame, PixelFormat

_GREY = PixelFormat("gray", 8)
SIZES = (5, 25)
"""Frames it averages over: its default, and a steadier one."""


def ffmpeg_deflicker(frames: Sequence[Frame], size: int) -> list[Frame]:
    """8-bit frames with luma through `deflicker` (mean of means over `size` frames); chroma as it was.

    It scales each frame by one factor and sees neither motion nor place. Raises SettingError where this build of
    FFmpeg lacks the filter.
    """
    if "deflicker" not in filters_available:
        raise SettingError(f"FFmpeg {av.ffmpeg_version_info} was built without deflicker.", "Use another build.")
    graph = Graph()
    first = frames[0]
    source = graph.add_buffer(
        width=first.width, height=first.height, format=av.VideoFormat("gray"), time_base=Fraction(1, 25)
    )
    treatment = graph.add("deflicker", f"size={size}:mode=am")
    layout, sink = graph.add("format", "pix_fmts=gray"), graph.add("buffersink")
    source.link_to(treatment)
    treatment.link_to(layout)
    layout.link_to(sink)
    graph.configure()
    answers: list[Frame] = []
    for number, frame in enumerate([*frames, None]):
        if frame is None:
            graph.vpush(None)
        else:
            picture = to_av(Frame((frame.planes[0],), _GREY, ColourSpec()), "gray")
            picture.time_base, picture.pts = Fraction(1, 25), number
            graph.vpush(picture)
        while True:
            try:
                answer = graph.vpull()
            except (BlockingIOError, EOFError):
                break
            answers.append(answer_in(frames[len(answers)], answer))
    return answers


def answer_in(frame: Frame, answer: av.VideoFrame) -> Frame:
    """`frame` with the filter's luma."""
    return frame.with_planes((*from_av(answer), *frame.planes[1:]))
