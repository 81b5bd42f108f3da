"""The process that verifies a finished master, as `tratteggio verify` does."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from app.export.events import Emit, Event
from app.jobs.serving import serve
from engines.cancel import CancelToken

MODULE = "app.jobs.verify_worker"


@dataclass(frozen=True)
class VerifyRequest:
    """Which master; what it was made from is in its manifest. rerun: so many random frames are rendered anew."""

    master: Path
    rerun: int = 0

    def to_json(self) -> str:
        return json.dumps({"master": str(self.master), "rerun": self.rerun})


def main() -> int:
    return serve(_work)


def _work(request: str, emit: Emit, cancel: CancelToken) -> Event:
    from app.export.verify import verify

    def checked(event: Event) -> None:
        cancel.check()
        emit(event)

    asked = json.loads(request)
    return verify(Path(asked["master"]), None, checked, rerun=int(asked["rerun"]), cancel=cancel)


if __name__ == "__main__":
    sys.exit(main())
