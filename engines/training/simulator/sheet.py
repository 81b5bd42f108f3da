"""A contact sheet of every degradation, for people to look at: `python -m engines.training.simulator.sheet OUT.png`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.errors import MediaError
from engines.training.simulator.chain import degrade
from engines.training.simulator.codecs import Codec, CodecSetting, code
from engines.training.simulator.grain import GrainLook, film_grain
from engines.training.simulator.halation import glowing
from engines.training.simulator.interlace import bobbed, combed
from engines.training.simulator.levels import Levels, quantised
from engines.training.simulator.motion_blur import curve, line, moved
from engines.training.simulator.optics import Psf, airy, blurred, disc, gaussian
from engines.training.simulator.reach import WILD, DegradationRange
from engines.training.simulator.sampling import Sampling, sampled
from engines.training.simulator.sensor import SensorLook, sensor_noise

_SIDE = 176
_SHOWN = 2
_LABEL = 190
_STILLS = (".jpg", ".jpeg", ".png", ".tif", ".tiff")

Work = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Row:
    """label: what is shown and how strong; work: B x 1 x H x W (0..1) -> the same, degraded."""

    label: str
    work: Work


def rows(seed: int) -> list[Row]:
    """One row per degradation at a strength that shows, then mixtures at random."""
    rng = np.random.default_rng(seed)
    still = torch.tensor([[3.0, 1.0]])
    coarse, fine = GrainLook(1.1, by_density=True), GrainLook(0.0, by_density=False)
    codecs: list[tuple[Codec, int]] = [("jpeg", 12), ("mjpeg", 24), ("mpeg2", 24), ("h264", 38), ("hevc", 38)]
    return [
        Row("clean", lambda x: x),
        Row("lens: Gaussian 1.5 px", _through(gaussian(1.5))),
        Row("diffraction: Airy 4 px", _through(airy(4.0))),
        Row("defocus: disc 3 px", _through(disc(3.0))),
        Row("movement: line 9 px", _through(line(9.0, 0.5))),
        Row("movement: curve 16 px", _through(curve(16.0, rng))),
        Row("halation 8 px, 50 %", lambda x: torch.stack([glowing(p[0], 8.0, 0.5)[None] for p in x])),
        Row("sampled x2: bicubic", _small("bicubic")),
        Row("sampled x2: area", _small("area")),
        Row("sampled x2: aliased", _small("aliased")),
        Row("grain 0.06, fine", lambda x: x + film_grain(x, torch.full((len(x),), 0.06), fine, rng)),
        Row("grain 0.06, clumped", lambda x: x + film_grain(x, torch.full((len(x),), 0.06), coarse, rng)),
        Row(
            "sensor 0.06, electronics", lambda x: x + sensor_noise(x, torch.full((len(x),), 0.06), SensorLook(0.0), rng)
        ),
        Row("sensor 0.06, photons", lambda x: x + sensor_noise(x, torch.full((len(x),), 0.06), SensorLook(1.0), rng)),
        Row("combed, 3 px", lambda x: combed(x, moved(x, still.expand(len(x), 2)), 1.0, 1)),
        Row("one field", lambda x: bobbed(x, 1)),
        Row("gamma 1.4", Levels(gamma=1.4).applied),
        Row("full taken for limited", Levels(gain=255 / 219, lift=-16 / 219).applied),
        *(
            Row(f"{name} {strength}", _coded(CodecSetting(name, strength, preset="ultrafast")))
            for name, strength in codecs
        ),
        Row("h264 CRF 36, P of movement", _coded_moving(CodecSetting("h264", 36, by_rate_factor=True))),
        *(Row(f"at random x{s}", _mixture(s, DegradationRange(), rng)) for s in (1, 2)),
        *(Row(f"wild at random x{s}", _mixture(s, WILD, rng)) for s in (1, 2, 4)),
    ]


def sheet(pictures: list[NDArray[np.uint8]], seed: int = 1) -> NDArray[np.uint8]:
    """H x W uint8: a labelled row per degradation, a column per picture (H x W uint8 luma, at least 176 pixels)."""
    patches = torch.stack([_middle(picture) for picture in pictures])[:, None]
    strips = []
    for row in rows(seed):
        shown = quantised(row.work(patches))[:, 0].numpy()
        strip = np.hstack([np.rint(patch * 255.0).astype(np.uint8) for patch in shown])
        strip = np.repeat(np.repeat(strip, _SHOWN, axis=0), _SHOWN, axis=1)
        label = np.full((strip.shape[0], _LABEL), 255, dtype=np.uint8)
        cv2.putText(label, row.label, (6, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.42, 0, 1, cv2.LINE_AA)
        strips.append(np.hstack((label, strip)))
    return np.vstack(strips)


def _through(psf: Psf) -> Work:
    return lambda x: torch.stack([blurred(patch[0], psf)[None] for patch in x])


def _small(how: Sampling) -> Work:
    return lambda x: sampled(x, 2, how).repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)


def _coded(setting: CodecSetting) -> Work:
    def work(x: Tensor) -> Tensor:
        return torch.cat([_decoded(patch, setting)[-1:] for patch in x])

    return work


def _coded_moving(setting: CodecSetting) -> Work:
    def work(x: Tensor) -> Tensor:
        steps = torch.tensor([[-3.4, -1.2], [-1.7, -0.6], [0.0, 0.0]])
        return torch.cat([_decoded(moved(patch[None].expand(3, -1, -1, -1), steps), setting)[-1:] for patch in x])

    return work


def _decoded(frames: Tensor, setting: CodecSetting) -> Tensor:
    codes = (frames.reshape(-1, *frames.shape[-2:]).clamp(0, 1) * 255).round().numpy().astype(np.uint8)
    return torch.from_numpy(code(codes, setting).astype(np.float32) / np.float32(255))[:, None]


def _mixture(scale: int, reach: DegradationRange, rng: np.random.Generator) -> Work:
    def work(x: Tensor) -> Tensor:
        luma = degrade(x, scale, rng, reach).luma
        return luma.repeat_interleave(scale, dim=2).repeat_interleave(scale, dim=3)

    return work


def _middle(picture: NDArray[np.uint8]) -> Tensor:
    top, left = ((side - _SIDE) // 2 for side in picture.shape)
    return torch.from_numpy(picture[top : top + _SIDE, left : left + _SIDE] / np.float32(255))


def _some(folder: Path, count: int) -> list[NDArray[np.uint8]]:
    """`count` pictures spread over the folder, as grey. Raises MediaError where too few are large enough."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _STILLS)
    found = []
    for path in paths[:: max(1, len(paths) // (3 * count))]:
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if picture is not None and min(picture.shape) >= _SIDE:
            found.append(np.asarray(picture, dtype=np.uint8))
        if len(found) == count:
            return found
    raise MediaError(
        f"{folder} has fewer than {count} pictures of at least {_SIDE} pixels a side.",
        "Name another folder with --data.",
    )


def main() -> None:
    """Command line: writes the sheet as PNG."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of clean stills")
    parser.add_argument("--pictures", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    if wanted.out.exists():
        raise MediaError(f"{wanted.out} exists already.", "Name another file, or remove it first.")
    unfinished = wanted.out.with_name(wanted.out.stem + ".part.png")
    if not cv2.imwrite(str(unfinished), sheet(_some(wanted.data, wanted.pictures), wanted.seed)):
        raise MediaError(f"{wanted.out} could not be written.", "Choose another folder.")
    unfinished.rename(wanted.out)


if __name__ == "__main__":
    main()
