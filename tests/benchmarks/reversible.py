"""What it costs to be able to go back: sizes of deltas beside the master's and beside the source as FFV1.

    python -m tests.benchmarks.reversible ../shared/data/bench [--formats dpx10,tiff16] [--chains dirt,all]

Makes sources of several formats out of real clips (shrunk by area averages, so that more than 8 bits hold something),
renders them reversibly, rebuilds them, and compares every frame. Sizes are in kB; a delta's share is of the master's
size and of that of the source in FFV1, which is what keeping the source itself would cost.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from app.export.original import rebuild
from app.export.segment_delta import summed_layout
from engines.cancel import CancelToken
from engines.media.encode import encode_segment
from engines.media.framemd5 import frame_md5
from engines.media.open import open_source
from engines.media.planes import format_of
from engines.media.presets import PRESETS
from engines.media.source import ClipInfo
from engines.types import ColourSpec, Frame, PixelFormat
from tests.e2e.harness import render_here

CLIPS = {
    "saturn": "oldfilm/saturn_launch_colour.mp4",
    "dough": "clean_video/dough_720p.mp4",
    "holland": "oldfilm/winter_scenes_in_holland.mp4",
}
# Name, FFmpeg's layout, preset of the source.
FORMATS = {
    "ffv1-8": ("yuv420p", "ffv1"),
    "ffv1-10": ("yuv422p10le", "ffv1"),
    "ffv1-16": ("gbrp16le", "ffv1"),
    "dpx10": ("gbrp10le", "dpx"),
    "tiff16": ("gbrp16le", "tiff"),
}
CHAINS: dict[str, tuple[str, ...]] = {
    "none": (),
    "dirt": ("dirt", "inpaint"),
    "deflicker": ("deflicker",),
    "fade": ("fade",),
    "detail": ("detail:scale=1",),
    "all": ("deflicker", "dirt", "inpaint", "fade", "detail:scale=1"),
    "x2": ("detail:scale=2",),
}
_WIDTH = 448


def main() -> int:
    """Prints a table in Markdown. Exit code 1 where any source does not come back."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", default="saturn,dough")
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--chains", default="dirt,all")
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--keep", type=Path, help="leave sources and masters in this folder")
    args = parser.parse_args()
    print("| clip | source | chain | source as FFV1 | master | delta | of master | of source | identical | seconds |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        work = args.keep or Path(scratch)
        work.mkdir(exist_ok=True)
        for clip in args.clips.split(","):
            for name in args.formats.split(","):
                source, coded = _source(args.folder / CLIPS[clip], work / f"{clip}-{name}", name, args.frames)
                for chain in args.chains.split(","):
                    row, same = _row(source, coded, chain)
                    print(f"| {clip} | {name} | {chain} | {row}", flush=True)
                    wrong += not same
    return int(wrong > 0)


def _row(source: Path, coded: int, chain: str) -> tuple[str, bool]:
    out = source.with_name(f"{source.name}.{chain}.mkv")
    stages = [part for stage in CHAINS[chain] for part in ("--stage", stage)]
    started = time.monotonic()
    rendered = render_here(source, "-o", out, *stages, "--reversible", "--force")
    seconds = time.monotonic() - started
    if rendered.code:
        return f"{rendered.sentence} |", False
    delta, master = rendered.result["delta"]["bytes"], rendered.result["delta"]["master_bytes"]
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        back = Path(folder) / ("back.mkv" if source.is_file() else "back")
        rebuild(out, back, lambda _: None, CancelToken())
        same = _sums(back) == _sums(source)
    sizes = " | ".join(f"{size / 1e3:.0f}" for size in (coded, master, delta))
    return f"{sizes} | {delta / master:.1%} | {delta / coded:.1%} | {'yes' if same else 'NO'} | {seconds:.0f} |", same


def _sums(path: Path) -> list[str]:
    source = open_source(path)
    try:
        layout = summed_layout(source.info)
        return [frame_md5(source.read(number), layout) for number in range(source.info.frame_count)]
    finally:
        source.close()


def _source(film: Path, path: Path, name: str, frames: int) -> tuple[Path, int]:
    """The film in another format, and its size in bytes as FFV1."""
    pix_fmt, preset = FORMATS[name]
    pictures = list(_pictures(film, pix_fmt, frames))
    clip = ClipInfo(
        path=film,
        kind="still",
        container="",
        codec="",
        width=pictures[0].width,
        height=pictures[0].height,
        format=pictures[0].format,
        native_format=pix_fmt,
        colour=pictures[0].colour,
        sar=Fraction(1),
        rate=Fraction(24),
        time_base=Fraction(1, 24),
        pts=tuple(range(frames)),
    )
    coded = path.with_suffix(".mkv")
    encode_segment(coded, PRESETS["ffv1"], clip, clip.format, pictures, 0)
    if preset == "ffv1":
        return coded, coded.stat().st_size
    encode_segment(path, PRESETS[preset], clip, clip.format, pictures, 0)
    return path, coded.stat().st_size


def _pictures(film: Path, pix_fmt: str, frames: int) -> Iterator[Frame]:
    layout = format_of(pix_fmt)
    with av.open(str(film)) as file:
        for number, picture in enumerate(file.decode(file.streams.video[0])):
            if number == frames:
                return
            wide = picture.to_ndarray(format="rgb48le").astype(np.float32)
            size = (_WIDTH, round(picture.height * _WIDTH / picture.width / 2) * 2)
            yield _framed(cv2.resize(wide, size, interpolation=cv2.INTER_AREA) / 65535, layout)


def _framed(rgb: NDArray[np.floating[Any]], layout: PixelFormat) -> Frame:
    if layout.family == "rgb":
        planes = [np.rint(np.clip(rgb[..., i], 0, 1) * layout.peak).astype(layout.dtype) for i in range(3)]
        return Frame(tuple(planes), layout, ColourSpec(range="pc", matrix="rgb"))
    red, green, blue = (rgb[..., i] for i in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    unit = layout.peak / 255 if layout.depth == 8 else (layout.peak + 1) / 256
    parts = [16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748]
    planes = []
    for index, part in enumerate(parts):
        width, height = layout.plane_size(index, rgb.shape[1], rgb.shape[0])
        shrunk = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
        planes.append(np.rint(np.clip(shrunk * unit, 0, layout.peak)).astype(layout.dtype))
    return Frame(tuple(planes), layout, ColourSpec(range="tv", matrix="bt709"))


if __name__ == "__main__":
    sys.exit(main())
