"""What every row of the benchmark is given, and how a row says that it could not be measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engines.benchmark import ours
from engines.benchmark.table import Table
from engines.errors import TratteggioError
from engines.stages.base import Geometry, Stage
from engines.types import ColourSpec, PixelFormat


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True)
class Imported:
    """A model of others as a stage."""

    name: str
    stage: Stage

    @property
    def scale(self) -> int:
        """How many times larger the picture leaves."""
        return self.stage.output(Geometry(64, 64, PixelFormat("gray", 8), ColourSpec())).width // 64


@dataclass(frozen=True)
class Bench:
    """folder: holds set5, set14, kodak24, clean_video, ... limit: of pictures or clips per set, for a quick look.

    models: imported models that join the tables they fit. crops: where pictures to look at are written.
    common: settings of stage detail for all rows, where a row does not set them itself (`tier`, `fast`).
    """

    folder: Path
    limit: int | None = None
    models: tuple[Imported, ...] = ()
    crops: Path | None = None
    common: Mapping[str, str] = field(default_factory=dict)
    device: str = "cpu"
    say: Callable[[str], None] = _silent

    def detail(self, **settings: object) -> Stage:
        """Stage detail for one source; see `ours.detail`."""
        return ours.detail(**{**self.common, **settings})

    def at_most(self, count: int) -> int:
        """`count`, or the limit where that is lower."""
        return count if self.limit is None else min(count, self.limit)


Row = Callable[[Bench], Iterator[Table]]


def skipped(title: str, reason: TratteggioError | str) -> Table:
    """A table without figures that says why."""
    return Table(title, (), (), notes=(f"Skipped: {reason}",))
