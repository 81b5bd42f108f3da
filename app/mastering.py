"""Up to which light the master that is on screen was made, where its file or its stages say so."""

from __future__ import annotations

from app.document import ClipWork
from app.pictures import Kind
from engines.errors import TratteggioError
from engines.media.source import ClipInfo
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.stages.hdr import Hdr
from engines.types import FrameNo


def mastering_peak(clip: ClipWork, info: ClipInfo, frame: FrameNo, kind: Kind) -> float | None:
    """cd/m2 of the mastering display, else of the brightest light (MaxCLL); None where nobody says.

    Of anything but the source: by stage hdr, where the frame's shot has it on.
    """
    use = None if kind == "source" else clip.shots[clip.shot_index(frame)].stage("hdr")
    if use is not None and use.enabled:
        try:
            stage = make_stage(use.name, use.settings, StageContext())
        except TratteggioError:
            return None  # the picture on the screen says why it cannot be made
        return stage.mastering.brightest if isinstance(stage, Hdr) else None
    said = info.hdr
    if said is None:
        return None
    if said.mastering is not None and said.mastering.brightest > 0:
        return said.mastering.brightest
    # Zero stands for unknown (CTA-861.3).
    return float(said.light.max_cll) if said.light is not None and said.light.max_cll > 0 else None
