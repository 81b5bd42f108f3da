"""The manifest beside a master: what was rendered from what, so that it can be verified and understood later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from typing import Any

from app.export.typed import typed
from engines.errors import MediaError
from engines.media.missing import Missing
from engines.plain_file import read_json
from engines.stages.base import Stage
from engines.stages.per_shot import PerShot

MANIFEST_VERSION = 1
LARGEST_MANIFEST = 256 * 2**20
"""Bytes; a film of ten hours needs less."""

_COPY = "Restore it from a good copy."


@dataclass(frozen=True)
class StageRecord:
    """A stage as it ran: its settings in full and the content key that also covers its weights and version.

    computed: tier, runtime and weights' digests, in words, where there was a choice; by shot where shots differ.
    applied: by shot (first, last, parameters) the numbers that undo it, of stages that can be undone.
    """

    name: str
    settings: Mapping[str, Any]
    key: str
    computed: Mapping[str, Any] = field(default_factory=dict)
    applied: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Manifest:
    """Version 1. Paths: `source` absolute, the others names beside the manifest. Frames count from 0, ends included."""

    tool: str
    source: str
    source_fingerprint: str
    first: int
    last: int
    missing: Missing
    deinterlaced: bool
    preset: str
    lossless: bool
    """Whether the stored samples are exactly the rendered ones, so that SOURCE pixels can be compared."""
    width: int
    height: int
    stored_format: str
    stages: tuple[StageRecord, ...]
    masks: str | None
    shots: tuple[int, ...]
    shares: Mapping[str, float]
    """Share of the pixels (0..1) under each label, over all frames."""
    master: str
    framemd5: str
    provenance: str
    provenance_hashes: tuple[str, ...]
    segments: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...] = ()
    original: str | None = None
    protect: str | None = None
    project: str | None = None
    tags: str = ""
    """Colour tags that were chosen instead of the source's own, as `ChosenTags.parse` reads them."""
    flagged: tuple[float, ...] = ()
    """Share of invented (SYNTHESISED) pixels, 0..1, frame by frame; empty in manifests that were written before."""
    unrepaired: tuple[int, ...] = ()
    """Pixels of marked or found damage that were left as they are, frame by frame; see `flagged`."""
    hdr: Mapping[str, Any] = field(default_factory=dict)
    """Of PQ and HLG masters what the file says: mastering display (CIE x, y; cd/m2), light levels (cd/m2), mapping."""
    forensic: bool = False
    case: Mapping[str, str] = field(default_factory=dict)
    """`CaseFacts` as they were told."""
    clip: Mapping[str, Any] = field(default_factory=dict)
    """What `tratteggio probe` says of the source, measurements left out."""
    continuity: Mapping[str, Any] = field(default_factory=dict)
    """Gaps, uneven times, missing numbers and repeated frames, as `engines.media.continuity` gives them."""
    areas: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Shares (0..1) of every label but SOURCE and SYNTHESISED that occurs, frame by frame; see `flagged`."""
    identity: Mapping[str, Any] = field(default_factory=dict)
    """The source's files: names, sizes in bytes, MD5 and SHA-256, as `engines.media.identity` gives them."""
    audit: Mapping[str, Any] = field(default_factory=dict)
    """Of the audit log as it was when the master was named: `name`, `entries`, `head` (digest of the last entry)."""
    delta: str | None = None
    """Name of the file beside the master from which, with it, the source is rebuilt; None where none was asked for."""
    delta_hashes: tuple[str, ...] = ()
    """MD5 of its decoded frames."""
    reversal: Mapping[str, Any] = field(default_factory=dict)
    """What the source's pictures were and, of reversible masters, their MD5 (`app.export.source_facts`)."""
    headers: str | None = None
    """Name of the file beside the master that holds what is not samples of the source's stills."""
    job: Mapping[str, Any] = field(default_factory=dict)
    """The `RenderJob` in full, as its JSON has it; empty in manifests that were written before."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Versions, device and determinism of what computed the pictures."""
    version: int = MANIFEST_VERSION

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, default=str) + "\n"


_WHERE = (
    "Only masters written by tratteggio render have one; name the master itself (of a package: the one below data/)."
)


def read_manifest(path: Path) -> Manifest:
    """Raises MediaError where it is missing, torn, damaged or of a later version."""
    try:
        held = read_json(path, LARGEST_MANIFEST)
    except FileNotFoundError:
        raise MediaError(f"{path.name} is not beside the master.", _WHERE) from None
    except (OSError, ValueError) as error:
        raise MediaError(f"The manifest {path} cannot be read ({error}).", _COPY) from error
    return manifest_from(held, path)


def manifest_from(held: Any, path: Path) -> Manifest:
    """The manifest out of its JSON, which came from `path`. Raises MediaError where it is of another kind."""
    if not isinstance(held, dict) or held.get("version") != MANIFEST_VERSION:
        raise MediaError(
            f"The manifest {path} is of another version of Tratteggio.", "Use that version, or a newer one."
        )
    try:
        manifest = typed(Manifest, held)
    except (TypeError, ValueError) as error:
        raise MediaError(f"The manifest {path} is damaged ({error}).", _COPY) from error
    if not 0 <= manifest.first <= manifest.last:
        raise MediaError(f"The manifest {path} is damaged (its frames end before they begin).", _COPY)
    return manifest


def stage_record(stage: Stage, applied: tuple[Mapping[str, Any], ...] = ()) -> StageRecord:
    """What a stage did, settings in full; by the first frame of each shot where shots differ."""
    if isinstance(stage, PerShot):
        variants = {f"from frame {start}": variant for start, variant in stage.variants.items()}
        shots = {at: _settings(variant) for at, variant in variants.items()}
        computed = {at: facts for at, variant in variants.items() if (facts := _computed(variant))}
        return StageRecord(stage.name, shots, stage.key(), computed, applied)
    return StageRecord(stage.name, _settings(stage) or {}, stage.key(), _computed(stage), applied)


def _computed(stage: Stage | None) -> Mapping[str, str]:
    computed = stage.computed() if stage is not None else None
    return computed.facts if computed is not None else {}


def _settings(stage: Stage | None) -> dict[str, Any] | None:
    """None where the stage is off."""
    settings = getattr(stage, "settings", None)
    return asdict(settings) if is_dataclass(settings) and not isinstance(settings, type) else None
