"""FFmpeg's own filters for old film one after another, through PyAV: deshake, deflicker, nlmeans."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import av
from av.filter import Graph, filters_available

from engines.errors import SettingError
from engines.media.planes import from_av, to_av
from engines.types import Frame

FILTERS = (("deshake", ""), ("deflicker", "size=15"), ("nlmeans", "s=3"))


def ffmpeg_chain(frames: Sequence[Frame], filters: Sequence[tuple[str, str]] = FILTERS) -> list[Frame]:
    """8-bit 4:2:0 frames through `filters` (name, options), in FFmpeg's own threads.

    Raises SettingError where this build of FFmpeg lacks one of them.
    """
    for name, _ in filters:
        if name not in filters_available:
            raise SettingError(f"FFmpeg {av.ffmpeg_version_info} was built without {name}.", "Use another build.")
    graph = Graph()
    first, rate = frames[0], Fraction(1, 25)
    last = graph.add_buffer(
        width=first.width, height=first.height, format=av.VideoFormat(first.format.name), time_base=rate
    )
    for name, options in (*filters, ("format", f"pix_fmts={first.format.name}"), ("buffersink", "")):
        added = graph.add(name, options) if options else graph.add(name)
        last.link_to(added)
        last = added
    graph.configure()
    answers: list[Frame] = []
    for number, frame in enumerate([*frames, None]):
        if frame is None:
            graph.vpush(None)
        else:
            picture = to_av(frame, frame.format.name)
            picture.time_base, picture.pts = rate, number
            graph.vpush(picture)
        while True:
            try:
                answer = graph.vpull()
            except (BlockingIOError, EOFError):
                break
            answers.append(first.with_planes(tuple(from_av(answer))))
    return answers
