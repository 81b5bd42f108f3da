"""Row `roundtrip`: every format, matrix, range and depth through float, through light and through a file, and back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from engines.benchmark.bench import Bench
from engines.benchmark.colour.identity import (
    colours_of,
    picture,
    through_file,
    through_float,
    through_layout,
    through_light,
)
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.media.planes import format_of
from engines.media.presets import PRESETS, Preset, stored_format
from engines.types import Frame, PixelFormat

_HALF = 0.5
_COLUMNS = (
    Column("stored in"),
    Column("samples"),
    Column("bits"),
    Column("codings", digits=0),
    Column("through R'G'B' and back", "codes", digits=4),
    Column("through light and back", "codes", digits=4),
    Column("in pass-through", "codes", digits=1),
)
_NOTE = (
    "Largest change of any code value, before rounding: below 0.5 every code comes back. Pictures: ramps over the "
    "whole range, pseudo-random codes, the extremes, nominal black and white; most are colours beyond any display. "
    "Codings: matrices (BT.601, BT.709, BT.2020, SMPTE 240M, FCC) times ranges (limited, full) times layouts. "
    "Through light: BT.1886, PQ and HLG, the worst. Pass-through: written to a file of that format and read back, "
    "its tags, too; of lossy formats, converted to what they store and back."
)


def row_roundtrip(bench: Bench) -> Iterator[Table]:
    """One table: the worst of every format and kind of samples."""
    rows: list[tuple[Cell, ...]] = []
    with tempfile.TemporaryDirectory(prefix="tratteggio-roundtrip-") as folder:
        for preset in PRESETS.values():
            for kind, layouts in _kinds(preset).items():
                rows.append(_row(preset, kind, layouts[: bench.limit], Path(folder)))
                bench.say(f"{preset.name}: {kind}")
    worst = [max(float(row[place] or 0.0) for row in rows) for place in (4, 5, 6)]
    yield Table(
        "Round trips of code values",
        _COLUMNS,
        tuple(rows),
        notes=(_NOTE,),
        bars=(
            Bar("through R'G'B' and back", worst[0], _HALF, "codes", at_most=True),
            Bar("through light and back", worst[1], _HALF, "codes", at_most=True),
            Bar("in pass-through", worst[2], 0.0, "codes", at_most=True),
        ),
    )


def _kinds(preset: Preset) -> dict[str, list[PixelFormat]]:
    """Layouts that the preset stores sample for sample, by what they are: "Y'CbCr 4:2:2", "R'G'B' float"."""
    found: dict[str, dict[PixelFormat, None]] = {}
    for name in preset.formats:
        layout = format_of(name)
        if preset.master or stored_format(preset, layout)[0] == layout:
            found.setdefault(_kind(layout), {})[layout] = None
    return {kind: list(layouts) for kind, layouts in found.items()}


def _kind(layout: PixelFormat) -> str:
    family = {"gray": "grey", "rgb": "R'G'B'", "yuv": "Y'CbCr"}[layout.family]
    across, down = layout.chroma_x, layout.chroma_y
    sampling = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (4, 1): "4:1:1", (1, 2): "4:4:0", (4, 4): "4:1:0"}
    words = (family, sampling[across, down] if layout.family == "yuv" else "", "float" if layout.floating else "")
    return " ".join(word for word in words if word)


def _row(preset: Preset, kind: str, layouts: list[PixelFormat], folder: Path) -> tuple[Cell, ...]:
    in_float = in_light = passed = 0.0
    codings = 0
    for layout in layouts:
        colours = list(colours_of(layout))
        for colour in colours:
            frame = picture(layout, colour)
            in_float, in_light = max(in_float, through_float(frame)), max(in_light, through_light(frame))
            passed = max(passed, through_file(frame, preset, folder) if preset.master else _lossy(frame, preset))
        codings += len(colours)
    bits = sorted({layout.depth for layout in layouts})
    light = None if layouts[0].floating else in_light
    return preset.name, kind, ", ".join(map(str, bits)), codings, in_float, light, passed


def _lossy(frame: Frame, preset: Preset) -> float:
    """Limited range only, which is what these codecs store: full range loses codes by nature."""
    return through_layout(frame, preset) if frame.colour.range == "tv" else 0.0
