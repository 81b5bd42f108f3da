"""Row `edges`: overshoot at generated steps beside Lanczos, and colour bleed at saturated edges beside bicubic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.benchmark import ours, peers
from engines.benchmark.bench import Bench
from engines.benchmark.pictures import GREY8, RGB8, STILL, pictures_in, read_picture, shrunk
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.errors import MediaError
from engines.media.convert import convert
from engines.metrics.chroma_error import chroma_error
from engines.metrics.overshoot import overshoot
from engines.resample import enlarged
from engines.types import ColourSpec, Frame, PixelFormat

_SIDE, _FINE = 96, 8
_STEPS = ((32, 224), (64, 160), (110, 146))
_ANGLES = (0, 7, 20, 45, 70, 90)
_HALF = 0.5
# Equal is not below.
_BELOW = 0.999
_YUV420 = PixelFormat("yuv", 8, 2, 2)
_VIDEO = ColourSpec(range="tv", matrix="smpte170m", chroma_location="left")
_KODAK = ("kodim03", "kodim14", "kodim23")
_STEP_NOTE = (
    "Mean over steps of {steps} (8-bit codes) at {angles} degrees, antialiased, 96 pixels a side once shrunk (bicubic "
    "shrinking rings by itself, area means do not). Overshoot: what lies beyond the plateaus on both sides, in per "
    "cent of the step. Noise and compression told: none."
)
_COLOUR_NOTE = (
    "Mean absolute error of Cb and Cr (8-bit codes) within 2 pixels of colour edges, 4:2:0 pictures shrunk by area "
    "means and enlarged again, against the full-colour truth. Bicubic minds the siting of chroma."
)


def row_edges(bench: Bench) -> Iterator[Table]:
    """Two tables."""
    bench.say("edges: steps")
    yield _steps(bench)
    bench.say("edges: colours")
    yield _colours(bench)


def step_picture(low: float, high: float, angle: float, side: int) -> Frame:
    """A grey step through the middle, each pixel the mean of 8 x 8 samples; its edge leans by `angle` degrees."""
    place = (np.arange(side * _FINE) + 0.5) / _FINE - side / 2
    across = np.cos(np.radians(angle)) * place[None, :] + np.sin(np.radians(angle)) * place[:, None]
    fine = np.where(across < 0, low, high)
    codes = fine.reshape(side, _FINE, side, _FINE).mean(axis=(1, 3))
    return Frame((np.rint(codes).astype(np.uint8),), GREY8, STILL)


def _steps(bench: Bench) -> Table:
    rows: list[tuple[Cell, ...]] = []
    bars: list[Bar] = []
    for scale in (2, 4):
        truths = [step_picture(low, high, angle, _SIDE * scale) for low, high in _STEPS for angle in _ANGLES]
        for sampling, shrink in (("bicubic", shrunk), ("area means", shrunk_by_area)):
            sources = [shrink(truth, scale) for truth in truths]
            means = {}
            for name, frames in _enlarged(sources, scale, bench):
                found = [value for f in frames if (value := overshoot(f, scale=scale)) is not None]
                means[name] = float(np.mean(found))
                rows.append((f"x{scale}", sampling, name, means[name], max(found), len(found)))
            share = means[ours.OURS] / means["Lanczos"]
            bars.append(
                Bar(f"x{scale}, shrunk by {sampling}: overshoot over Lanczos's", share, _HALF, "x", at_most=True)
            )
    columns = (
        Column("scale"),
        Column("shrunk by"),
        Column("method"),
        Column("overshoot", "% of the step"),
        Column("worst picture", "% of the step"),
        Column("pictures"),
    )
    steps = ", ".join(f"{low} to {high}" for low, high in _STEPS)
    note = _STEP_NOTE.format(steps=steps, angles=", ".join(map(str, _ANGLES)))
    return Table("Overshoot at step edges", columns, tuple(rows), (note,), tuple(bars))


def _enlarged(sources: Sequence[Frame], scale: int, bench: Bench) -> Iterator[tuple[str, list[Frame]]]:
    stage = bench.detail(scale=scale, noise=0, compression=0)
    yield "bicubic", [peers.bicubic(s, scale) for s in sources]
    yield "Lanczos", [peers.lanczos(s, scale) for s in sources]
    yield ours.OURS, [ours.restored(s, stage, device=bench.device) for s in sources]


def _colours(bench: Bench) -> Table:
    truths = [("generated discs", colour_picture())]
    notes = [_COLOUR_NOTE]
    try:
        every = pictures_in(bench.folder / "kodak24")
        truths += [(p.stem, read_picture(p, 8)) for p in every if p.stem in _KODAK][: bench.limit]
    except MediaError as error:
        notes.append(str(error))
    rows: list[tuple[Cell, ...]] = []
    bars: list[Bar] = []
    for name, truth in truths:
        for scale in (2, 4):
            small = convert(shrunk_by_area(truth, scale), _YUV420, _VIDEO)
            plain = small.with_planes(enlarged(small, scale, small.bounds)).quantised()
            own = ours.restored(small, bench.detail(scale=scale, noise=0, compression=0), device=bench.device)
            before, after = chroma_error(plain, truth), chroma_error(own, truth)
            if before is None or after is None:
                notes.append(f"{name} has no saturated edges to judge at.")
                continue
            rows.append((name, f"x{scale}", before, after, (after / before - 1) * 100))
            bars.append(Bar(f"{name} x{scale}: chroma error over bicubic's", after / before, _BELOW, "x", at_most=True))
    columns = (
        Column("picture"),
        Column("scale"),
        Column("bicubic", "codes"),
        Column(ours.OURS, "codes"),
        Column("change", "%", digits=1, signed=True),
    )
    return Table("Chroma at saturated edges", columns, tuple(rows), tuple(notes), tuple(bars))


def colour_picture(side: int = 384) -> Frame:
    """Saturated discs and bars on grey and on each other, antialiased."""
    fine = np.full((side * 4, side * 4, 3), 128, np.uint8)
    colours = ((220, 30, 30), (30, 200, 40), (40, 50, 225), (230, 220, 30), (30, 210, 220), (210, 40, 210))
    for index, colour in enumerate(colours):
        centre = (int(side * 4 * (0.2 + 0.3 * (index % 3))), int(side * 4 * (0.28 + 0.42 * (index // 3))))
        cv2.circle(fine, centre, side // 2, colour, -1)
        corner = (centre[0] + side // 5, centre[1] + side // 7)
        cv2.rectangle(fine, centre, corner, colours[(index + 1) % len(colours)], -1)
    picture: NDArray[np.uint8] = np.asarray(cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    return Frame(tuple(picture[..., c].copy() for c in range(3)), RGB8, STILL)


def shrunk_by_area(frame: Frame, scale: int) -> Frame:
    """Unlike bicubic reduction this does not ring, so that what rings is the enlargement."""
    size = (frame.width // scale, frame.height // scale)
    planes = tuple(np.asarray(cv2.resize(p, size, interpolation=cv2.INTER_AREA), np.uint8) for p in frame.planes)
    return frame.with_planes(planes)
