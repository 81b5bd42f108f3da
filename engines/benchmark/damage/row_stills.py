"""Row `stills`: single pictures, a tenth obscured, no other frame to take from: stage inpaint beside OpenCV's ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.damage.planted import repairing
from engines.benchmark.damage.repair_peers import telea
from engines.benchmark.pictures import pictures_in, read_picture
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.errors import TratteggioError
from engines.luma import luma_of
from engines.masks import Mask
from engines.metrics.perceptual import PerceptualMeter, find_perceptual
from engines.training.plant.obscure import obscured, painted
from engines.types import Frame

_TITLE = "Single stills with 10 % obscured"
_SHARE, _RADIUS = 0.10, 5.0
_SETS = ("kodak24", "set14", "cbsd68_sub")
# The one picture of Set14 that journals no longer take.
_LEFT_OUT = "lenna"
_OVER_TELEA = 1.0


@dataclass(frozen=True)
class _Judged:
    """PSNR inside the mask on luma (dB) and the perceptual distance of the whole picture, by way of filling."""

    psnr: dict[str, float]
    distance: dict[str, float]


def row_stills(bench: Bench) -> Iterator[Table]:
    """One table: a line per set, and all pictures together."""
    search = find_perceptual()
    judged: dict[str, list[_Judged]] = {}
    for name in _SETS:
        try:
            paths = [p for p in pictures_in(bench.folder / name) if p.stem != _LEFT_OUT]
        except TratteggioError as error:
            yield skipped(f"{_TITLE}: {name}", error)
            continue
        for number, path in enumerate(paths[: bench.at_most(len(paths))]):
            bench.say(f"stills: {path.stem}")
            judged.setdefault(name, []).append(_judge(read_picture(path), number, search.meter, bench.device))
    if judged:
        yield _table(judged, search.meter.name if search.meter else None)


def _judge(truth: Frame, seed: int, meter: PerceptualMeter | None, device: str) -> _Judged:
    plan = obscured(truth, truth, _SHARE, seed)
    damaged, mask = painted(truth, plan, seed), plan.mask
    answers = {
        "inpaint": repairing([damaged], {0: mask}, device).pull(0).frame.quantised(),
        "Telea": telea(damaged, mask),
        "Navier-Stokes": navier_stokes(damaged, mask),
    }
    psnr = {name: psnr_inside(answer, truth, mask) for name, answer in answers.items()}
    return _Judged(psnr, {name: meter.distance(a, truth) for name, a in answers.items()} if meter else {})


def navier_stokes(frame: Frame, mask: Mask) -> Frame:
    """8-bit planes of full size with `mask` filled from around it (Bertalmio et al. 2001, radius 5)."""
    place = mask.astype(np.uint8)
    filled = (np.asarray(cv2.inpaint(plane, place, _RADIUS, cv2.INPAINT_NS), np.uint8) for plane in frame.planes)
    return frame.with_planes(tuple(filled))


def psnr_inside(picture: Frame, truth: Frame, mask: Mask) -> float:
    """dB on luma, peak 1, over the pixels of the mask; at most 68, what 8 bits tell."""
    error = float(np.square(luma_of(picture)[mask] - luma_of(truth)[mask]).mean())
    return float(-10 * np.log10(max(error, 10**-6.8)))


def _table(judged: dict[str, list[_Judged]], meter: str | None) -> Table:
    ways = ("inpaint", "Telea", "Navier-Stokes")
    columns = [Column("pictures"), Column("number", digits=0), *(Column(way, "dB") for way in ways)]
    columns.append(Column("over Telea", "dB", signed=True))
    columns += [Column(f"{meter}, {way}", digits=4) for way in ways] if meter else []
    together = [one for held in judged.values() for one in held]
    rows = [_line(name, held, ways) for name, held in {**judged, "all": together}.items()]
    gain = float(np.mean([one.psnr["inpaint"] - one.psnr["Telea"] for one in together]))
    bars = [Bar("over Telea inside the masks", gain, _OVER_TELEA, "dB")]
    if meter:
        near, far = (float(np.mean([one.distance[way] for one in together])) for way in ways[:2])
        bars.append(Bar(f"{meter} over Telea's", near / far, 1.0, "", at_most=True))
    note = (
        "A tenth of each picture under blobs, strokes, lettering and face-sized covers drawn to where there is most to "
        "see; PSNR on luma inside the masks, mean of the pictures. Stage inpaint at its defaults, so with grain like "
        "the surroundings', which costs PSNR. Telea 2004 and Navier-Stokes are OpenCV's, radius 5, on R, G and B."
    )
    return Table(_TITLE, tuple(columns), tuple(rows), (note,), tuple(bars))


def _line(name: str, held: Sequence[_Judged], ways: Sequence[str]) -> tuple[Cell, ...]:
    psnr = [float(np.mean([one.psnr[way] for one in held])) for way in ways]
    distance = [float(np.mean([one.distance[way] for one in held])) for way in ways if held[0].distance]
    return (name, len(held), *psnr, psnr[0] - psnr[1], *distance)
