"""Export jobs as values: what was ordered, how far it is, what it is expected to take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from app.document import Document
from app.export.deliveries import with_delivery
from app.export.job import RenderJob
from app.export.typed import typed
from engines.plain_file import loaded

JobState = Literal["preparing", "queued", "running", "stopping", "paused", "interrupted", "failed", "done"]
"""preparing: masks are being copied; stopping: asked to pause or cancel, the current frame is finished first;
interrupted: the program ended while it ran."""
VerifyState = Literal["", "running", "passed", "failed"]
Signer = Literal["none", "test", "own"]
"""Nobody; the certificate that this program makes for trying things out; the user's own."""

RECORD_VERSION = 1
ACTIVE: frozenset[JobState] = frozenset({"preparing", "queued", "running", "stopping"})
RESUMABLE: frozenset[JobState] = frozenset({"paused", "interrupted", "failed"})


@dataclass(frozen=True)
class PackageOrder:
    """How a finished master is to be packaged.

    folder: the package, new. signer: who signs its content credentials; `certificate` and `key` (PEM files) where that
    is the user's own. rerun: so many random frames are rendered anew before it counts as sound. project: the project
    file to put into it.
    """

    folder: Path
    signer: Signer = "test"
    certificate: Path | None = None
    key: Path | None = None
    rerun: int = 3
    project: Path | None = None

    def values(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> PackageOrder:
        """The opposite of `values`. Raises KeyError, TypeError."""
        held = dict(values)
        held["folder"] = Path(held["folder"])
        for name in ("certificate", "key", "project"):
            held[name] = Path(held[name]) if held.get(name) else None
        return cls(**held)


@dataclass(frozen=True)
class ExportOrder:
    """What the export dialog asks for. `frames` counts from 0, both ends included; None = the whole clip.

    delivery: what it is for, as `app.export.deliveries` names it, "" = nothing said. package: the archive package to
    make of it once it is finished.
    """

    document: Document
    clip_id: str
    out: Path
    preset: str
    frames: tuple[int, int] | None = None
    force: bool = False
    threads: int = 0
    device: str = "cpu"
    reversible: bool = False
    delivery: str = ""
    package: PackageOrder | None = None


def ordered(job: RenderJob, order: ExportOrder) -> RenderJob:
    """The clip's job as it was ordered. Raises SettingError where its delivery is told otherwise."""
    job = replace(job, threads=order.threads, device=order.device, reversible=order.reversible)
    return with_delivery(job, order.delivery)


@dataclass(frozen=True)
class JobRecord:
    """A job with everything that survives the program. `seconds` were spent on it in all runs together.

    order: place in the queue, lowest first. result: the render's last event; empty until it is done.
    """

    id: str
    job: RenderJob
    title: str
    created: float
    order: int
    state: JobState = "queued"
    error: str = ""
    seconds: float = 0.0
    result: Mapping[str, Any] = field(default_factory=dict)
    verify: VerifyState = ""
    verify_sentence: str = ""
    package: PackageOrder | None = None
    """What is, or is to be, made of it once it is done."""
    packaged: VerifyState = ""
    package_sentence: str = ""

    def to_json(self) -> str:
        package = self.package.values() if self.package else None
        held = asdict(self) | {"job": json.loads(self.job.to_json()), "package": package, "version": RECORD_VERSION}
        return json.dumps(held, default=str, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> JobRecord:
        """Raises ValueError, TypeError or SettingError for what no version of ours has written."""
        held = loaded(text)
        if not isinstance(held, dict) or held.pop("version", None) != RECORD_VERSION:
            raise ValueError("written by another version")
        return typed(cls, held)


@dataclass(frozen=True)
class JobProgress:
    """Of a running job. phase: cuts, render, check or verify; fps and eta_s belong to the phase."""

    phase: str = ""
    n: int = 0
    total: int = 0
    fps: float = 0.0
    eta_s: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        return self.n / self.total if self.total else 0.0


@dataclass(frozen=True)
class Span:
    """A figure with its 90 % interval."""

    low: float
    mid: float
    high: float

    @property
    def spread(self) -> float:
        """Half the interval, relative to the middle."""
        return (self.high - self.low) / 2 / self.mid if self.mid > 0 else 0.0


@dataclass(frozen=True)
class Estimate:
    """What a render is expected to take, measured on `samples` windows of its own frames.

    seconds: from start to verified master. size: bytes of the master with everything beside it. working: bytes the
    disk must have free meanwhile. memory: bytes, peak. final: measuring is over.
    """

    seconds: Span
    size: Span
    working: float
    memory: int
    frames: int
    samples: int
    final: bool = False
    progress: float = 0.0
    """Share of the measuring that is done, 0 to 1."""

    def as_event(self) -> Mapping[str, Any]:
        return {"event": "result" if self.final else "estimate", **asdict(self)}

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Estimate:
        held = {name: value for name, value in event.items() if name != "event"}
        return cls(**{**held, "seconds": Span(**held["seconds"]), "size": Span(**held["size"])})


@dataclass(frozen=True)
class Cost:
    """Of a render: energy in kWh at the stated wattage, money at the stated rate; None where nothing was stated."""

    energy: Span | None
    money: Span | None


def cost_of(seconds: Span, watts: float | None, per_hour: float | None) -> Cost:
    """What `seconds` of this machine cost."""

    def scaled(factor: float | None) -> Span | None:
        return None if not factor else Span(seconds.low * factor, seconds.mid * factor, seconds.high * factor)

    return Cost(scaled(watts and watts / 3.6e6), scaled(per_hour and per_hour / 3600))
