"""Row `sight`: how far around each tier looks, measured by changing what lies far away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.pictures import pictures_in, read_picture
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.errors import TratteggioError
from engines.luma import luma_of
from engines.models.registry import TIERS, load_detail
from engines.nets.fidelity import FidelityNet

Picture = NDArray[np.float32]

_SIDE, _SCALE, _PICTURES = 384, 4, 8
_DISTANCES = (8, 16, 32, 64, 100, 128, 160)
# Change of the middle (8-bit codes) below which what lies beyond a distance is as good as unseen.
_SEEN = 0.05
_FIELD = 200
_NOTE = (
    "Mean change of the middle 16 x 16 answer pixels (8-bit codes, x4) when everything beyond the distance is replaced "
    "by its mirror image, over {count} pictures of urban100_sub. The field: twice the largest distance beyond which a "
    "change of {seen} codes is still caused."
)


def row_sight(bench: Bench) -> Iterator[Table]:
    """Effective receptive field of every tier by occlusion (after Zeiler and Fergus, ECCV 2014)."""
    bench.say("sight")
    paths = pictures_in(bench.folder / "urban100_sub")[: bench.at_most(_PICTURES)]
    lumas = [_middle(luma_of(read_picture(path))) for path in paths]
    rows: list[tuple[Cell, ...]] = []
    bars: list[Bar] = []
    for tier in TIERS:
        try:
            network = load_detail("cpu", tier).fidelity
        except TratteggioError as error:
            yield skipped(f"Sight of tier {tier}", error)
            continue
        changes = [float(np.mean([_change(network, luma, distance) for luma in lumas])) for distance in _DISTANCES]
        seen = [distance for distance, change in zip(_DISTANCES, changes, strict=True) if change >= _SEEN]
        width = 2 * max(seen, default=0)
        rows.append((tier, *changes, width))
        if tier == "best":
            bars.append(Bar("field of tier best", width, _FIELD, "px"))
    columns = (
        Column("tier"),
        *(Column(f"beyond {d} px", "codes", digits=3) for d in _DISTANCES),
        Column("field", "px"),
    )
    yield Table(
        "How far each tier looks", columns, tuple(rows), (_NOTE.format(count=len(lumas), seen=_SEEN),), tuple(bars)
    )


def _middle(luma: Picture) -> Picture:
    """The middle of a picture, mirrored outwards where it is small."""
    short = [max(0, _SIDE - side) for side in luma.shape]
    wide = np.pad(luma, [(s // 2, s - s // 2) for s in short], mode="symmetric")
    top, left = ((side - _SIDE) // 2 for side in wide.shape)
    return np.ascontiguousarray(wide[top : top + _SIDE, left : left + _SIDE])


def _change(network: FidelityNet, luma: Picture, distance: int) -> float:
    other = np.ascontiguousarray(luma[::-1, ::-1])
    near = np.s_[_SIDE // 2 - distance : _SIDE // 2 + distance, _SIDE // 2 - distance : _SIDE // 2 + distance]
    other[near] = luma[near]
    answers = [_answer(network, picture) for picture in (luma, other)]
    middle = _SIDE * _SCALE // 2
    cut = np.s_[middle - 8 : middle + 8, middle - 8 : middle + 8]
    return float(np.abs(answers[0][cut] - answers[1][cut]).mean() * 255)


def _answer(network: FidelityNet, luma: Picture) -> Picture:
    with torch.inference_mode():
        batch = torch.from_numpy(luma)[None, None].contiguous(memory_format=torch.channels_last)
        return np.asarray(network(batch, torch.zeros(1, 2), _SCALE)[0, 0].numpy())
