"""The process that packages a master for the window, as `tratteggio package` does."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.export.events import Emit, Event
from app.jobs.serving import serve
from engines.cancel import CancelToken
from engines.errors import SettingError

if TYPE_CHECKING:
    from app.package.certificate import Signatory

MODULE = "app.package.worker"


@dataclass(frozen=True)
class PackageRequest:
    """What `tratteggio package` is told, see `app.package.make.Choices`.

    certificate, key: PEM files of who signs content credentials; without them the test certificate does, unless
    `unsigned`.
    """

    master: Path
    folder: Path
    rerun: int = 3
    seed: int | None = None
    project: Path | None = None
    source: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    timestamp: str = ""
    unsigned: bool = False
    move: bool = False

    def to_json(self) -> str:
        return json.dumps(vars(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> PackageRequest:
        held = json.loads(text)
        for name in ("master", "folder", "project", "source", "certificate", "key"):
            held[name] = Path(held[name]) if held[name] is not None else None
        return cls(**held)


def package(request: PackageRequest, emit: Emit, cancel: CancelToken | None = None) -> Event:
    """Do what the request says. Raises SettingError for certificates that do not fit, and what `make_package` does."""
    # Bags, XML and certificates need much that nobody else waits for.
    from app.package.make import Choices, make_package

    who = None if request.unsigned else _signatory(request)
    choices = Choices(
        request.rerun, request.seed, request.project, request.source, who, request.timestamp, request.move
    )
    return make_package(request.master, request.folder, emit, choices, cancel)


def _signatory(request: PackageRequest) -> Signatory:
    from app.package.certificate import read_signatory
    from app.package.certificate_trial import trial_signatory

    if request.certificate is not None and request.key is not None:
        return read_signatory(request.certificate, request.key)
    if request.certificate is not None or request.key is not None:
        raise SettingError("A certificate and its key belong together.", "Give both --certificate and --key.")
    return trial_signatory()


def main() -> int:
    return serve(lambda text, emit, cancel: package(PackageRequest.from_json(text), emit, cancel))


if __name__ == "__main__":
    sys.exit(main())
