"""What masters and copies are made for: each kind of delivery decides preset and extras, and says what it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.export.job import RenderJob
from engines.colour.conversion import HLG, PQ
from engines.errors import SettingError
from engines.media.presets import PRESETS
from engines.types import ColourSpec, PixelFormat


@dataclass(frozen=True)
class Delivery:
    """presets: those it may be stored in; the first that suits the pictures is taken where nobody chooses.

    package: an archive package of it should be made. sdr: it is for SDR pictures only. keeps, loses: of samples, sound,
    timecode, HDR and provenance, as clauses.
    """

    name: str
    title: str
    presets: tuple[str, ...]
    keeps: str
    loses: str
    forensic: bool = False
    reversible: bool = False
    burn_in: bool = False
    package: bool = False
    sdr: bool = False

    @property
    def called(self) -> str:
        """The title within a sentence."""
        return self.title[0].lower() + self.title[1:]

    @property
    def sentence(self) -> str:
        """What it keeps and what it loses."""
        return f"Keeps {self.keeps}; loses {self.loses}."


_NAMES = {PQ: "PQ", HLG: "HLG"}
_SMALL = "exact samples, bits above 8 (above 10 as hevc), chroma above 4:2:0; takes SDR pictures without alpha"
_BESIDE = "provenance, checksums and report beside it"

DELIVERIES: Mapping[str, Delivery] = MappingProxyType(
    {
        delivery.name: delivery
        for delivery in (
            Delivery(
                "preservation",
                "Preservation master",
                ("ffv1", "exr", "ffv1_half"),
                "every restored sample, sound, timecode and HDR metadata, provenance, checksums of every frame, and "
                "beside it what the source is rebuilt from, headers of stills included",
                "nothing",
                reversible=True,
                package=True,
            ),
            Delivery(
                "mezzanine",
                "Mezzanine for editing (ProRes)",
                ("prores_hq", "prores_4444", "prores_4444xq"),
                f"10 bits, the chroma and alpha of the source, sound, timecode, HDR tags, {_BESIDE}",
                "exact samples (lossy compression), bits above 10, full range, floats",
            ),
            Delivery(
                "access",
                "Access copy (H.264)",
                ("h264", "hevc"),
                f"the picture to look at, sound, timecode, {_BESIDE}",
                _SMALL,
                sdr=True,
            ),
            Delivery(
                "review",
                "Review copy with burn-in (H.264)",
                ("h264", "hevc"),
                f"the picture with invented pixels marked, timecode, frame and case below it, sound, {_BESIDE}",
                f"what lies under the drawing, {_SMALL}",
                burn_in=True,
                sdr=True,
            ),
            Delivery(
                "evidence",
                "Evidence exhibit",
                ("ffv1", "exr", "ffv1_half"),
                "every sample, sound, timecode, provenance, checksums, audit log, report, and beside it what the "
                "source is rebuilt from; holds nothing above ESTIMATED",
                "nothing",
                forensic=True,
                reversible=True,
                package=True,
            ),
        )
    }
)


def delivery_called(name: str) -> Delivery:
    """Raises SettingError where there is none of this name."""
    found = DELIVERIES.get(name)
    if found is None:
        raise SettingError(f"There is no delivery {name!r}.", f"Known deliveries: {', '.join(DELIVERIES)}.")
    return found


def with_delivery(job: RenderJob, name: str) -> RenderJob:
    """The job made into a delivery; settings that it leaves open follow when it is rendered. Empty: as it is.

    Raises SettingError where the job was told otherwise.
    """
    if not name:
        return job
    delivery = delivery_called(name)
    what = delivery.called
    if job.preset is not None and job.preset not in delivery.presets:
        allowed = " or ".join(delivery.presets)
        raise SettingError(
            f"A {what} is not stored as {job.preset}.", f"Leave the preset to the delivery, or take {allowed}."
        )
    if job.reversible and not delivery.reversible:
        raise SettingError(
            f"A {what} cannot be reversible: it loses {delivery.loses}.", "Choose preservation or evidence for that."
        )
    if job.burn_in and not delivery.burn_in:
        raise SettingError(f"A {what} carries no burn-in.", "Choose review for that.")
    return replace(
        job,
        delivery=name,
        forensic=job.forensic or delivery.forensic,
        reversible=delivery.reversible,
        burn_in=delivery.burn_in,
    )


def preset_of(job: RenderJob, layout: PixelFormat) -> str | None:
    """The preset for pictures of `layout`: the job's, or its delivery's; None where neither says."""
    if job.preset is not None or not job.delivery:
        return job.preset
    names = delivery_called(job.delivery).presets
    if layout.floating:
        return next((name for name in names if PRESETS[name].kind == "sequence"), names[0])
    if job.delivery == "mezzanine" and (layout.alpha or (layout.family != "gray" and layout.chroma_x == 1)):
        return "prores_4444"
    return names[0]


def check_delivery(job: RenderJob, layout: PixelFormat, colour: ColourSpec, preset: str) -> None:
    """Raises SettingError where such pictures are not what the job delivers, or a burn-in has no place."""
    if job.burn_in and PRESETS[preset].master:
        raise SettingError(
            f"A burn-in does not go into {PRESETS[preset].title}: such a file would pass for a master.",
            "Choose h264, hevc or prores_hq.",
        )
    if job.burn_in and job.reversible:
        raise SettingError("A copy with burn-in cannot be reversible.", "Leave --reversible or --burn-in out.")
    if not job.delivery:
        return
    delivery = delivery_called(job.delivery)
    if delivery.sdr and (layout.floating or colour.transfer in (PQ, HLG)):
        found = "floats" if layout.floating else _NAMES[colour.transfer]
        way = "convert:depth=10,transfer=bt709" if layout.floating else "sdr"
        raise SettingError(
            f"A {delivery.called} shows SDR, and the pictures are {found}.", f"Add --stage {way} as the last stage."
        )
