"""From the document to what is computed: the graph that previews pull from, and the job that exports render."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.build import build_graph, chain, shots_of
from app.data_folder import models_folder
from app.document import ClipWork, Document, Layer, ShotWork
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.forensic.rules import refuse_obstacles
from app.mask_plane import Coverage, MaskPlane
from engines.cache import ByteCache
from engines.graph import Graph
from engines.masks import write_mask
from engines.media.hdr_metadata import HdrMetadata
from engines.media.source import Source
from engines.models.collection import stamp
from engines.stages.base import Measurements, Stage, StageContext
from engines.stages.catalogue import STAGES, make_stage
from engines.stages.painted import Painted
from engines.stages.settings import lacking
from engines.types import FrameNo

_MASK_BYTES = 64 * 2**20
_KEPT_STAGES = 32


class PlaneMasks:
    """Painted planes of a document as a `MaskSource`; what was unpacked last is kept for the next document."""

    def __init__(self, planes: Mapping[FrameNo, MaskPlane], unpacked: ByteCache[str, Coverage]) -> None:
        self._planes = planes
        self._unpacked = unpacked

    def numbers(self) -> tuple[FrameNo, ...]:
        """Frames that have paint, ascending."""
        return tuple(sorted(self._planes))

    def coverage(self, number: FrameNo) -> Coverage | None:
        """H x W uint8, read-only; None where the frame has no paint."""
        plane = self._planes.get(number)
        if plane is None or plane.empty:
            return None
        found = self._unpacked.get(plane.key)
        if found is None:
            found = plane.coverage()
            found.setflags(write=False)
            self._unpacked.put(plane.key, found)
        return found

    def key(self, number: FrameNo) -> str:
        """Content hash of the frame's paint, empty without any."""
        plane = self._planes.get(number)
        return "" if plane is None else plane.key


class StageMemory:
    """What the graphs of successive documents share over *one* opened source: stages whose settings are
    the same, what was measured on its shots, unpacked masks. Used from one thread at a time.
    """

    def __init__(self) -> None:
        self._measured = Measurements()
        self._unpacked: ByteCache[str, Coverage] = ByteCache(_MASK_BYTES)
        self._layers: dict[Layer, tuple[Mapping[FrameNo, MaskPlane], PlaneMasks]] = {}
        self._stages: dict[tuple[str, str, tuple[tuple[str, str], ...]], Stage] = {}

    def masks(self, clip: ClipWork, layer: Layer) -> PlaneMasks:
        """The layer's paint; the same object as long as the document holds the same planes."""
        planes = clip.layer(layer)
        held = self._layers.get(layer)
        if held is None or held[0] is not planes:
            held = self._layers[layer] = (planes, PlaneMasks(planes, self._unpacked))
        return held[1]

    def stage(self, name: str, settings: Mapping[str, str], hdr: HdrMetadata | None) -> Stage:
        """Made only where none with these settings and models is remembered; hdr: what the source says of itself.

        Raises SettingError, ModelError.
        """
        models = models_folder()
        # A model may be removed and another imported under its name.
        key = (name, stamp(models), tuple(sorted(settings.items())))
        held = self._stages.pop(key, None)
        if held is None:
            held = make_stage(name, settings, StageContext(self._measured, models, hdr=hdr))
        # Put last; the first is the one that was not asked for longest.
        self._stages[key] = held
        while len(self._stages) > _KEPT_STAGES:
            self._stages.pop(next(iter(self._stages)))
        return held


def graph_of(clip: ClipWork, source: Source, memory: StageMemory | None = None) -> Graph:
    """The graph of `clip`'s work over its opened source. Raises SettingError."""
    memory = memory or StageMemory()
    damage = memory.masks(clip, "damage")
    shots = shot_specs(clip)
    painted, original = Painted(damage, memory.masks(clip, "protect")), memory.masks(clip, "original")
    stages = chain(shots, painted, original, partial(memory.stage, hdr=source.info.hdr))
    return build_graph(stages, source, lambda: shots_of(shots, source.info.frame_count))


def shot_specs(clip: ClipWork) -> tuple[ShotSpec, ...]:
    """How each shot is treated, as jobs say it; a stage that lacks a needed setting does nothing yet."""
    return tuple(
        ShotSpec(
            shot.start,
            tuple(
                StageSpec(use.name, dict(use.settings), use.enabled and not _lacks(use.name, use.settings))
                for use in shot.stages
            ),
            shot.slider,
        )
        for shot in clip.shots
    )


def _lacks(stage: str, settings: Mapping[str, str]) -> str:
    """Label of the setting without which the stage has nothing to do; empty where nothing is lacking."""
    kind = STAGES.get(stage)
    return lacking(kind.settings_type, settings) if kind is not None else ""


def endpoints(clip: ClipWork) -> tuple[ClipWork, ClipWork]:
    """The clip with the slider of every shot at faithful, and at perceptual: what `engines.blend` mixes."""
    faithful, full = (
        replace(clip, shots=tuple(replace(shot, slider=end) for shot in clip.shots)) for end in (0.0, 1.0)
    )
    return faithful, full


def slider_blends(shot: ShotWork) -> bool:
    """Whether the slider acts on the shot's last stage: then its picture is the blend of the endpoints' pictures.

    With a stage after it (its repair would search in another picture) the graph itself must be asked.
    """
    used = [use for use in shot.stages if use.enabled]
    return bool(used) and used[-1].name == "detail" and "perceptual" not in used[-1].settings


def project_job(
    document: Document,
    clip_id: str,
    out: Path,
    preset: str | None,
    *,
    masks_into: Path,
    frames: tuple[FrameNo, FrameNo] | None = None,
) -> RenderJob:
    """The job that renders a clip as the document treats it; masks are written below the folder `masks_into`.

    Without `frames`, what lies between the in and out points. Raises KeyError, MaskError, and SettingError
    where the document is forensic and the clip's treatment may invent.
    """
    clip = document.clip(clip_id)
    refuse_obstacles(replace(document, clips=(clip,)))
    last = clip.media.frame_count - 1
    marked = clip.in_point is not None or clip.out_point is not None
    if frames is None and marked:
        frames = (clip.in_point or 0, last if clip.out_point is None else clip.out_point)
    return RenderJob(
        source=clip.media.path,
        out=out,
        preset=preset,
        frames=frames,
        masks=_written(clip, "damage", masks_into),
        protect=_written(clip, "protect", masks_into),
        original=_written(clip, "original", masks_into),
        missing=clip.media.missing,
        deinterlace=clip.media.deinterlace,
        tags=clip.media.tags,
        tracked=clip.media.tracked,
        shots=shot_specs(clip),
        fingerprint=clip.media.fingerprint,
        forensic=document.forensic,
        case=document.case,
    )


def _written(clip: ClipWork, layer: Layer, folder: Path) -> Path | None:
    """The layer as a folder of PNGs named by its content: a job that is run again finds what it wrote before."""
    planes = clip.layer(layer)
    if not planes:
        return None
    text = " ".join(f"{number} {plane.key}" for number, plane in planes.items())
    into = folder / f"{layer}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    for number, plane in planes.items():
        if not (into / f"{number:06d}.png").exists():
            write_mask(into, number, plane.coverage())
    return into
