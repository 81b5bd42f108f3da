"""The process that makes an archive package of a finished master, as `tratteggio package` does."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from app.export.events import Emit, Event
from app.jobs.serving import serve
from app.jobs.values import PackageOrder
from engines.cancel import CancelToken

MODULE = "app.jobs.package_worker"


@dataclass(frozen=True)
class PackageRequest:
    """Which master, and how it is to be packaged."""

    master: Path
    order: PackageOrder

    def to_json(self) -> str:
        return json.dumps({"master": str(self.master), "order": self.order.values()})


def main() -> int:
    return serve(_work)


def _work(request: str, emit: Emit, cancel: CancelToken) -> Event:
    from app.package.certificate import Signatory, read_signatory
    from app.package.certificate_trial import trial_signatory
    from app.package.make import Choices, make_package

    asked = json.loads(request)
    order = PackageOrder.of(asked["order"])
    signatory: Signatory | None = None
    if order.signer == "own":
        assert order.certificate is not None
        assert order.key is not None
        signatory = read_signatory(order.certificate, order.key)
    elif order.signer == "test":
        signatory = trial_signatory()
    choices = Choices(rerun=order.rerun, project=order.project, signatory=signatory)
    return make_package(Path(asked["master"]), order.folder, emit, choices, cancel)


if __name__ == "__main__":
    sys.exit(main())
