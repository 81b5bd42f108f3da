"""What a worker is told once, before it is given segments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from app.export.job import RenderJob
from engines.types import FrameNo


@dataclass(frozen=True)
class Brief:
    """starts: first frame of every shot, as the whole render sees them. folder: where finished segments go."""

    job: RenderJob
    starts: tuple[FrameNo, ...]
    folder: Path

    def to_json(self) -> str:
        return json.dumps({"job": self.job.to_json(), "starts": self.starts, "folder": str(self.folder)})

    @classmethod
    def from_json(cls, text: str) -> Brief:
        held = json.loads(text)
        return cls(RenderJob.from_json(held["job"]), tuple(held["starts"]), Path(held["folder"]))
