"""Stage `detail`: joint denoise, deblock and upscale of luma by the fidelity network; chroma is resampled."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from engines.detect.degradation import Degradation, estimate, sample_frames
from engines.detect.shots import Shot
from engines.errors import FrameError
from engines.luma import code_range, codes_of, luma_of
from engines.models.registry import DetailModel, load_detail
from engines.models.tiling import run_tiled
from engines.nets.condition import noise_condition, step_condition
from engines.nets.fidelity import enlarge
from engines.provenance import Origin, ProvenanceMap
from engines.resample import chroma_shift, enlarge_plane
from engines.stages.base import Geometry, Rendered, Stage, StageType, Upstream
from engines.stages.settings import setting
from engines.types import Frame, FrameNo, Plane, Rect

Picture = NDArray[np.float32]


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

    name = "detail"
    version = 2

    def __init__(self, settings: DetailSettings) -> None:
        self.settings = settings
        self._estimates: dict[tuple[Shot, int], Degradation] = {}
        self._lock = threading.Lock()

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
        answer, confidence = self._infer(luma, inner, self.degradation(number, upstream), model, upstream)
        frame = _assemble(below.frame, inner, answer, luma, scale)
        labels = ProvenanceMap.uniform(inner.width * scale, inner.height * scale, Origin.ESTIMATED)
        said = ProvenanceMap(labels.labels, confidence.repeat(scale, 0).repeat(scale, 1), labels.donor)
        merged = below.provenance.crop(inner).resize(scale).merge(said)
        cut = region.moved(-wanted.x * scale, -wanted.y * scale)
        return Rendered(frame, merged).crop(cut)

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
        key = (shot, upstream.policy.reduction)
        with self._lock:
            if key not in self._estimates:
                model = load_detail(upstream.policy.device)
                lumas = [luma for n in sample_frames(shot) if (luma := _sample(n, upstream)) is not None]
                self._estimates[key] = estimate(lumas, model.condition, upstream.policy.device)
            return self._estimates[key]

    def _infer(
        self, luma: Picture, inner: Rect, told: Degradation, model: DetailModel, upstream: Upstream
    ) -> tuple[Picture, NDArray[np.uint8]]:
        """Luma of `inner`, `scale` times larger, and its confidence at source size (0..255)."""
        scale, device = self.settings.scale, upstream.policy.device
        condition = torch.tensor([[noise_condition(told.noise), step_condition(told.step)]], device=device)

        def run(tile: Picture) -> Picture:
            with torch.inference_mode():
                batch = torch.from_numpy(tile)[None, None].to(device)
                result = model.fidelity(batch, condition, scale)
                if self.settings.texture > 0:
                    removed = batch - model.fidelity(batch, condition, 1)
                    result = result + self.settings.texture * enlarge(removed, scale)
                return np.asarray(result[0, 0].cpu().numpy())

        margin = model.fidelity.config.receptive_radius
        answer = run_tiled(luma, inner, scale, margin, upstream.policy.tile, run, upstream.cancel.check, upstream.note)
        return answer, _confidence(answer, luma, inner, scale, told)


def _sample(number: FrameNo, upstream: Upstream) -> Picture | None:
    """Luma for measuring; a damaged frame is passed over here, whoever wants that frame is told."""
    try:
        frame = upstream.source(number)
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


def _assemble(below: Frame, inner: Rect, answer: Picture, luma: Picture, scale: int) -> Frame:
    """The answer's luma with the resampled rest of `below`, cut to `inner` (source pixels); float32 code values."""
    layout, colour = below.format, below.colour
    black, white = code_range(layout, colour)
    shift = chroma_shift(layout, colour.chroma_location, scale)
    cut = inner.scaled(scale)
    planes: list[Plane] = []
    if layout.family == "rgb":
        # The luma correction is added to all three channels: hue stays, detail is the network's.
        plain = _window(enlarge_plane(_decoded(luma, below), scale), cut)
        correction = (_decoded(answer, below) - plain) * np.float32(white - black)
        for plane in below.planes[:3]:
            planes.append(_window(enlarge_plane(plane, scale), cut) + correction)
    else:
        planes.append(codes_of(_decoded(answer, below), below))
        for index, plane in enumerate(below.planes[1:3] if layout.family == "yuv" else (), start=1):
            width, height = layout.plane_size(index, cut.width, cut.height)
            x, y = cut.x // layout.chroma_x, cut.y // layout.chroma_y
            planes.append(_window(enlarge_plane(plane, scale, shift), Rect(x, y, width, height)))
    if layout.alpha:
        planes.append(_window(enlarge_plane(below.planes[-1], scale), cut))
    return Frame(tuple(planes), layout, colour)


def _window(plane: Picture, cut: Rect) -> Picture:
    return np.ascontiguousarray(plane[cut.y : cut.bottom, cut.x : cut.right])


DETAIL = StageType(
    "detail",
    "Removes noise and compression and enlarges luma, as far as the source determines it.",
    DetailSettings,
    lambda settings, _: DetailStage(settings),
)
