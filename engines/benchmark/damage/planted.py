"""Frames in memory whose damage is known, through stage inpaint: as an export would repair them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engines.benchmark.held import HeldClip
from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.masks import Coverage, Mask
from engines.policy import RenderPolicy
from engines.stages.inpaint import Inpaint, InpaintSettings
from engines.stages.painted import Painted
from engines.types import Frame, FrameNo


class HeldMasks:
    """A `MaskSource` of masks in memory: H x W bool by frame number."""

    def __init__(self, masks: Mapping[FrameNo, Mask]) -> None:
        self._masks = dict(masks)

    def numbers(self) -> tuple[FrameNo, ...]:
        """Ascending."""
        return tuple(sorted(self._masks))

    def coverage(self, number: FrameNo) -> Coverage | None:
        """255 on damage; None where the frame has none."""
        mask = self._masks.get(number)
        return None if mask is None else np.where(mask, np.uint8(255), np.uint8(0))

    def key(self, number: FrameNo) -> str:
        """One source holds one set of masks, so the number says it all."""
        return str(number) if number in self._masks else ""


def repairing(frames: Sequence[Frame], masks: Mapping[FrameNo, Mask], device: str) -> Puller:
    """Pulls `frames` (one shot) with what `masks` mark repaired at the stage's defaults."""
    stages = (Painted(HeldMasks(masks)), Inpaint(InpaintSettings()))
    return Puller(
        Graph(HeldClip(frames), ShotList((0,), len(frames)), stages), RenderPolicy("benchmark", device=device)
    )
