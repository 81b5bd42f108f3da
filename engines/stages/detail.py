"""Stage `detail`: joint denoise, deblock and upscale of luma by the fidelity network; chroma is resampled."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from engines.blend import blend
from engines.detect.degradation import Degradation, estimate, sample_frames
from engines.detect.shots import Shot
from engines.errors import FrameError
from engines.luma import code_range, codes_of, luma_of
from engines.models.registry import DetailModel, load_detail
from engines.models.tiling import run_tiled
from engines.nets.condition import noise_condition, step_condition
from engines.nets.fidelity import enlarge
from engines.provenance import Origin, ProvenanceMap
from engines.resample import enlarge_plane, enlarged
from engines.stages.base import Geometry, Measurements, Rendered, Stage, StageType, Upstream
from engines.stages.settings import setting
from engines.types import Frame, FrameNo, Rect

Picture = NDArray[np.float32]

NAME = "detail"


@dataclass(frozen=True)
class DetailSettings:
    """`None` (written "auto") lets the shot's own frames decide."""

    scale: int = setting(1, "Scale", "How many times larger the picture leaves.", choices=(1, 2, 4), unit="x")
    noise: float | None = setting(
        None, "Noise", "Standard deviation of the noise to remove.", low=0, high=50, unit="8-bit code values"
    )
    compression: float | None = setting(
        None, "Compression", "Quantiser step of the codec to undo.", low=0, high=120, unit="8-bit code values"
    )
    texture: float = setting(
        0.0, "Texture", "Share of what was taken for noise that is handed back.", low=0, high=1, unit="share"
    )


class DetailStage(Stage):
    """Everything it answers is `ESTIMATED`. Confidence says how well the answer, shrunk again, explains the source."""

    name = NAME
    version = 3

    def __init__(self, settings: DetailSettings, measured: Measurements | None = None) -> None:
        self.settings = settings
        self._measured_once = measured or Measurements()

    def output(self, geometry: Geometry) -> Geometry:
        s = self.settings.scale
        return replace(geometry, width=geometry.width * s, height=geometry.height * s)

    @property
    def measures_shot(self) -> bool:
        return self.settings.noise is None or self.settings.compression is None

    def key(self) -> str:
        digest = load_detail("cpu").sha256
        return hashlib.sha256(f"{self.name} {self.version} {self.settings} {digest}".encode()).hexdigest()

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        model = load_detail(upstream.policy.device)
        scale, margin = self.settings.scale, model.fidelity.config.receptive_radius
        layout = upstream.geometry.format
        bounds = upstream.geometry.bounds
        wanted = _divided(region, scale, bounds)
        # Grown by more than the network sees, on the chroma grid, so that every cut gives the same samples.
        wide = wanted.grown(margin + 4 * layout.chroma_x, bounds).aligned(layout.chroma_x, layout.chroma_y, bounds)
        below = upstream.frame(number, wide)
        inner = wanted.moved(-wide.x, -wide.y)
        luma = _encoded(luma_of(below.frame), below.frame)
        told = self.degradation(number, upstream)
        answers = self._infer(luma, inner, told, model, upstream)
        frames = _assemble(below.frame, inner, answers, luma, scale)
        doubts = [_confidence(answer, luma, inner, scale, told) for answer in answers]
        earlier = below.provenance.crop(inner).resize(scale)
        ends = [
            Rendered(frame, earlier.merge(_estimated(doubt, scale)))
            for frame, doubt in zip(frames, doubts, strict=True)
        ]
        cut = region.moved(-wanted.x * scale, -wanted.y * scale)
        return blend(ends[0], ends[-1], self.settings.texture).crop(cut)

    def degradation(self, number: FrameNo, upstream: Upstream) -> Degradation:
        """What the network is told: the settings where given, otherwise measured on the source frames of the shot."""
        noise, step = self.settings.noise, self.settings.compression
        found = Degradation(0.0, 0.0)
        if noise is None or step is None:
            found = self._measured(upstream.shot(number), upstream)
        return Degradation(
            found.noise if noise is None else noise / 255.0,
            found.step if step is None else step,
        )

    def _measured(self, shot: Shot, upstream: Upstream) -> Degradation:
        def measure() -> Degradation:
            model = load_detail(upstream.policy.device)
            lumas = [luma for n in sample_frames(shot) if (luma := _sample(n, upstream)) is not None]
            return estimate(lumas, model.condition, upstream.policy.device)

        found: Degradation = self._measured_once.once((NAME, shot, upstream.policy.reduction), measure)
        return found

    def _infer(
        self, luma: Picture, inner: Rect, told: Degradation, model: DetailModel, upstream: Upstream
    ) -> tuple[Picture, ...]:
        """Luma of `inner`, `scale` times larger: the faithful answer and, where it is wanted, the full one."""
        scale, device = self.settings.scale, upstream.policy.device
        condition = torch.tensor([[noise_condition(told.noise), step_condition(told.step)]], device=device)

        def run(tile: Picture) -> Picture:
            with torch.inference_mode():
                batch = torch.from_numpy(tile)[None, None].to(device)
                result = model.fidelity(batch, condition, scale)
                if self.settings.texture > 0:
                    clean = result if scale == 1 else model.fidelity(batch, condition, 1)
                    result = torch.cat((result, result + enlarge(batch - clean, scale)), dim=1)
                return np.asarray(result[0].cpu().numpy())

        margin = model.fidelity.config.receptive_radius
        return tuple(
            run_tiled(luma, inner, scale, margin, upstream.policy.tile, run, upstream.cancel.check, upstream.note)
        )


def _sample(number: FrameNo, upstream: Upstream) -> Picture | None:
    """Luma for measuring; a damaged frame is passed over here, whoever wants that frame is told."""
    try:
        frame = upstream.source(number).frame
    except FrameError:
        return None
    return _encoded(luma_of(frame), frame)


def _confidence(answer: Picture, luma: Picture, inner: Rect, scale: int, told: Degradation) -> NDArray[np.uint8]:
    """Re-degradation consistency: 255 where the answer, averaged down, is the source; 0 beyond three tolerances."""
    source = luma[inner.y : inner.bottom, inner.x : inner.right]
    small = answer.reshape(inner.height, scale, inner.width, scale).mean(axis=(1, 3), dtype=np.float32)
    tolerance = 3.0 * (told.noise + told.step / 255.0 / 4.0 + 2.0 / 255.0)
    share = 1.0 - np.abs(small - source) / np.float32(tolerance)
    return np.asarray(np.rint(np.clip(share, 0.0, 1.0) * 255.0), dtype=np.uint8)


def _estimated(confidence: NDArray[np.uint8], scale: int) -> ProvenanceMap:
    """What the stage says of its own answer; `confidence` has the source's size."""
    grown = confidence.repeat(scale, 0).repeat(scale, 1)
    labels = ProvenanceMap.uniform(grown.shape[1], grown.shape[0], Origin.ESTIMATED)
    return ProvenanceMap(labels.labels, grown, labels.donor)


def _divided(region: Rect, scale: int, bounds: Rect) -> Rect:
    """The source pixels that a region of the enlarged picture stands on."""
    x, y = region.x // scale, region.y // scale
    right, bottom = min(-(-region.right // scale), bounds.right), min(-(-region.bottom // scale), bounds.bottom)
    return Rect(x, y, right - x, bottom - y)


def _is_linear(frame: Frame) -> bool:
    return frame.format.floating and frame.colour.transfer in ("unknown", "linear")


def _encoded(luma: Picture, frame: Frame) -> Picture:
    """Scene-linear luma on the perceptual scale that the network knows; other luma as it is."""
    if not _is_linear(frame):
        return luma
    return np.asarray(np.sign(luma) * np.abs(luma) ** np.float32(1 / 2.4), dtype=np.float32)


def _decoded(luma: Picture, frame: Frame) -> Picture:
    if not _is_linear(frame):
        return luma
    return np.asarray(np.sign(luma) * np.abs(luma) ** np.float32(2.4), dtype=np.float32)


def _assemble(below: Frame, inner: Rect, answers: tuple[Picture, ...], luma: Picture, scale: int) -> tuple[Frame, ...]:
    """Each answer's luma with the resampled rest of `below`, cut to `inner` (source pixels); float32 code values."""
    if below.format.family != "rgb":
        rest = enlarged(below, scale, inner, first=1)
        return tuple(
            Frame((codes_of(_decoded(answer, below), below), *rest), below.format, below.colour) for answer in answers
        )
    # The luma correction is added to all three channels: hue stays, detail is the network's.
    black, white = code_range(below.format, below.colour)
    cut, planes = inner.scaled(scale), enlarged(below, scale, inner)
    plain = enlarge_plane(_decoded(luma, below), scale)[cut.y : cut.bottom, cut.x : cut.right]
    frames = []
    for answer in answers:
        correction = (_decoded(answer, below) - plain) * np.float32(white - black)
        own = (*(plane + correction for plane in planes[:3]), *planes[3:])
        frames.append(Frame(own, below.format, below.colour))
    return tuple(frames)


DETAIL = StageType(
    NAME,
    "Removes noise and compression and enlarges luma, as far as the source determines it.",
    DetailSettings,
    lambda settings, context: DetailStage(settings, context.measured),
)
