"""Stage `detail`: joint denoise, deblock and upscale of luma, faithful to perceptual; chroma follows it."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engines.analysis.propose_detail import propose_detail
from engines.blend import blend, flagged
from engines.chroma import MARGIN
from engines.detect.degradation import Degradation, estimate, sample_frames
from engines.detect.shots import Shot
from engines.errors import FrameError, SettingError
from engines.hallucination.calibrator import load_calibrator
from engines.hallucination.features import REACH
from engines.models.registry import DetailModel, Tier, choose_tier, load_detail, load_perceptual, load_tuned, why_tier
from engines.models.running import runtime_for
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.computed import Computed
from engines.stages.detail_answers import Answers, Question, ask
from engines.stages.detail_frames import assemble, encoded_luma, pinned
from engines.stages.detail_neighbours import ANCHOR_EVERY, neighbourhood, seed_noise
from engines.stages.detail_risk import flag_rule, risks
from engines.stages.settings import setting
from engines.temporal import FARTHEST, uncertainty
from engines.types import FrameNo, Rect

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
    perceptual: float = setting(
        0.0, "Perceptual", "From the faithful answer (0) to one that looks real (1).", low=0, high=1, unit="share"
    )
    seed: int = setting(
        0,
        "Seed",
        "Another number gives another equally plausible picture.",
        low=0,
        high=9999,
        another="Another equally plausible picture: the next seed.",
    )
    risk: float = setting(
        0.1,
        "Risk",
        "Share of the visibly wrong area that may stay unflagged.",
        low=0.02,
        high=0.3,
        unit="share",
    )
    tier: str = setting(
        "auto",
        "Tier",
        "Draft is quick, best sees far around.",
        choices=("auto", "draft", "standard", "best"),
        rare=True,
    )
    fast: bool = setting(
        False, "Fast", "Compute in the quickest precision (INT8), at most 0.1 dB from the exact one.", rare=True
    )
    temporal: int = setting(
        FARTHEST,
        "Neighbours",
        "Frames before and after that help, inside the shot.",
        low=0,
        high=FARTHEST,
        unit="frames",
        rare=True,
    )
    weights: str = setting(
        "",
        "Weights",
        "Name of a model tuned to your archive; empty: the shipped one of the tier.",
        names="tuned",
        rare=True,
    )


class DetailStage(Stage):
    """The faithful answer is `ESTIMATED`; towards the perceptual one, what is probably invented is `SYNTHESISED`.

    Confidence is the probability that the error around a pixel stays below what is visible (`engines.hallucination`).
    """

    name = NAME
    version = 4

    def __init__(self, settings: DetailSettings, context: StageContext | None = None) -> None:
        context = context or StageContext()
        if settings.weights and (context.models is None or Path(settings.weights).name != settings.weights):
            raise SettingError(f"Stage detail: there is no model {settings.weights!r}.", "See: tratteggio models list.")
        self.settings = settings
        self._context = context
        # Raises ModelError now rather than at the first frame.
        self.key()

    def model(self, device: str, draft: bool = False) -> DetailModel:
        """F as the settings choose it; `draft` where an approximation is good enough. Raises ModelError."""
        if draft and not self.settings.weights:
            return load_detail(device, "draft")
        if self.settings.weights:
            assert self._context.models is not None
            return load_tuned(self._context.models / f"{self.settings.weights}.safetensors", device)
        return load_detail(device, self.tier)

    @property
    def tier(self) -> Tier:
        """What "auto" comes to on the context's device."""
        chosen = self.settings.tier
        return choose_tier(self._context.device) if chosen == "auto" else cast(Tier, chosen)

    def output(self, geometry: Geometry) -> Geometry:
        s = self.settings.scale
        return replace(geometry, width=geometry.width * s, height=geometry.height * s)

    @property
    def reach(self) -> int:
        return max(self.settings.temporal, ANCHOR_EVERY if self.settings.perceptual > 0 else 0)

    @property
    def measures_shot(self) -> bool:
        # Where a shot begins decides where its noise is anchored.
        return self.settings.noise is None or self.settings.compression is None or self.settings.perceptual > 0

    @property
    def alone(self) -> bool:
        return True

    @property
    def invents(self) -> str:
        return _invents(self.settings)

    @property
    def varies(self) -> str:
        return _varies(self.settings)

    def key(self) -> str:
        digests = [self.model("cpu").sha256, load_calibrator().sha256]
        if self.settings.perceptual > 0:
            digests.append(load_perceptual("cpu").sha256)
        return hashlib.sha256(f"{self.name} {self.version} {self.settings} {digests}".encode()).hexdigest()

    def computed(self) -> Computed:
        """Of exact pictures; approximate ones are made by tier draft in the quickest way."""
        device, s = self._context.device, self.settings
        model = self.model(device).luma
        digests = {"faithful": model.sha256}
        if s.perceptual > 0:
            digests["perceptual"] = load_perceptual(device).sha256
        automatic = s.tier == "auto" and not s.weights
        name = s.weights or self.tier
        why = "tuned to your archive" if s.weights else why_tier(device) if automatic else "as asked"
        runtime = runtime_for(model, device, s.scale, s.fast).choice
        return Computed(name, why, automatic, runtime, digests)

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        scale = self.settings.scale
        layout, bounds = upstream.geometry.format, upstream.geometry.bounds
        wanted = _divided(region, scale, bounds)
        # What the risk and the colour of a pixel are read from lies around it.
        roomy = wanted.grown(max(-(-REACH // scale), MARGIN * max(layout.chroma_x, layout.chroma_y)), bounds)
        config = self._model(upstream).fidelity.config
        # Grown by more than the networks see, on the chroma grid, so that every cut gives the same samples.
        steps = math.lcm(config.grid, layout.chroma_x), math.lcm(config.grid, layout.chroma_y)
        wide = roomy.grown(config.receptive_radius + 4 * layout.chroma_x, bounds).aligned(*steps, bounds)
        below = upstream.frame(number, wide)
        held = pinned(below.frame, upstream.geometry)
        luma = encoded_luma(held)
        told = self.degradation(number, upstream)
        answers = self._answers(number, luma, wide, roomy, told, upstream)
        source = luma[roomy.y - wide.y : roomy.bottom - wide.y, roomy.x - wide.x : roomy.right - wide.x]
        inner = wanted.moved(-roomy.x, -roomy.y).scaled(scale)
        sure = [_confidence(risk, inner) for risk in risks(answers, source, scale, told)]
        place = wanted.moved(-wide.x, -wide.y)
        earlier = below.provenance.crop(place).resize(scale)
        ends = []
        for luma_end, confidence in zip((answers.faithful, answers.perceptual), sure, strict=False):
            assert luma_end is not None
            around = roomy.moved(-wide.x, -wide.y)
            frame = replace(assemble(held, place, luma_end, luma, scale, told, around), colour=below.frame.colour)
            ends.append(Rendered(frame, earlier.merge(_estimated(confidence))))
        if len(ends) > 1:
            ends[1] = self._flagged(ends[1])
        region_cut = region.moved(-wanted.x * scale, -wanted.y * scale)
        return blend(ends[0], ends[-1], self.settings.perceptual).crop(region_cut)

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
        model = self.model(upstream.policy.device)

        def measure() -> Degradation:
            lumas = [luma for n in sample_frames(shot) if (luma := _sample(n, upstream)) is not None]
            return estimate(lumas, model.condition, upstream.policy.device)

        found: Degradation = self._context.measured.once((NAME, model.sha256, shot, upstream.policy.reduction), measure)
        return found

    def _answers(
        self, number: FrameNo, luma: Picture, wide: Rect, roomy: Rect, told: Degradation, upstream: Upstream
    ) -> Answers:
        """What the networks say of `roomy`; `luma` is that of `wide` (source pixels)."""
        here = np.s_[:, wide.y : wide.bottom, wide.x : wide.right]
        near = np.zeros((2, *luma.shape), np.float32)
        if self.settings.temporal > 0:
            unsure = uncertainty(told.noise, told.step)
            near = neighbourhood(number, self.settings.temporal, unsure, upstream)[here]
        noise = seed_noise(number, self.settings.seed, upstream)[here] if self.settings.perceptual > 0 else None
        device = upstream.policy.device
        perceptual = load_perceptual(device) if noise is not None else None
        question = Question(luma, near, told, noise)
        region = roomy.moved(-wide.x, -wide.y)
        fast = self.settings.fast or upstream.policy.reduction > 1
        return ask(question, region, self.settings.scale, self._model(upstream).luma, perceptual, upstream, fast)

    def _model(self, upstream: Upstream) -> DetailModel:
        return self.model(upstream.policy.device, draft=upstream.policy.reduction > 1)

    def _flagged(self, end: Rendered) -> Rendered:
        """The perceptual end with its labels, and the rule by which they follow the slider."""
        rule = flag_rule(self.settings.risk, self.settings.scale)
        said = end.provenance
        labels = flagged(said.labels, said.confidence, rule)
        return Rendered(end.frame, ProvenanceMap(labels, said.confidence, said.donor), rule)


def _sample(number: FrameNo, upstream: Upstream) -> Picture | None:
    """Luma for measuring; a damaged frame is passed over here, whoever wants that frame is told."""
    try:
        return encoded_luma(upstream.source(number).frame)
    except FrameError:
        return None


def _confidence(risk: Picture, inner: Rect) -> NDArray[np.uint8]:
    cut = risk[inner.y : inner.bottom, inner.x : inner.right]
    return np.asarray(np.rint((1.0 - np.clip(cut, 0.0, 1.0)) * 255.0), dtype=np.uint8)


def _estimated(confidence: NDArray[np.uint8]) -> ProvenanceMap:
    labels = ProvenanceMap.uniform(confidence.shape[1], confidence.shape[0], Origin.ESTIMATED)
    return ProvenanceMap(labels.labels, confidence, labels.donor)


def _divided(region: Rect, scale: int, bounds: Rect) -> Rect:
    """The source pixels that a region of the enlarged picture stands on."""
    x, y = region.x // scale, region.y // scale
    right, bottom = min(-(-region.right // scale), bounds.right), min(-(-region.bottom // scale), bounds.bottom)
    return Rect(x, y, right - x, bottom - y)


def _invents(settings: DetailSettings) -> str:
    if settings.perceptual > 0:
        return "Stage detail adds what real pictures usually show (set the slider, or detail:perceptual, to 0)."
    if settings.weights:
        # Any network of this shape goes under such a name, one that was trained to look real, too.
        return f"Nobody vouches for what the tuned model {settings.weights} adds (leave detail:weights out)."
    return ""


def _varies(settings: DetailSettings) -> str:
    if not settings.fast:
        return ""
    return "Stage detail computes in the quickest precision, whose bits depend on the machine (use detail:fast=false)."


DETAIL = StageType(
    NAME,
    "Removes noise and compression and enlarges luma, as far as the source determines it.",
    DetailSettings,
    DetailStage,
    propose=propose_detail,
    invents=_invents,
    varies=_varies,
    honest={"perceptual": "0", "weights": "", "fast": "false"},
)
