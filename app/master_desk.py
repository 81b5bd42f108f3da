"""Everything that a master says of itself, read on a thread: its manifest, its audit log, the reports beside it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.audit.entry import Entry
from app.audit.log import read_log
from app.export.manifest import Manifest
from app.export.paths import MasterPaths
from app.master_beside import master_beside, opened_for
from app.package.layout import is_package
from engines.errors import MediaError, TratteggioError


@dataclass(frozen=True)
class MasterFacts:
    """package: the archive package that the master lies in, None where it lies free. size: bytes of the master.

    log: entries of its audit log; empty where it has none, or where `broken` names the line that is not as it was.
    head: whether the log holds what the manifest knows of it.
    """

    paths: MasterPaths
    manifest: Manifest
    package: Path | None
    size: int
    log: tuple[Entry, ...] = ()
    broken: str = ""

    @property
    def reports(self) -> tuple[Path, ...]:
        """Those that are there, the printable one last."""
        return tuple(path for path in (self.paths.report, self.paths.pdf) if path.is_file())


def facts_of(path: Path) -> MasterFacts:
    """Of a master, or of the one in an archive package. Not on the interface thread.

    Raises MediaError or RenderError where it is none, or its manifest cannot be read.
    """
    found = master_beside(opened_for(path))
    if found is None:
        raise MediaError(f"{path.name} is no master: no manifest beside it names it.", "Choose a master or a package.")
    paths, manifest = found
    above = paths.master.parent.parent
    package = above if is_package(above) else None
    entries: tuple[Entry, ...] = ()
    broken = ""
    if manifest.audit:
        try:
            entries = read_log(paths.audit)
            broken = _doubt(manifest, entries, paths.audit.name)
        except TratteggioError as error:
            broken = str(error)
    return MasterFacts(paths, manifest, package, _size(paths.master), entries, broken)


def _doubt(manifest: Manifest, entries: tuple[Entry, ...], name: str) -> str:
    """Why an intact chain is not the one that the manifest knows; empty where it is."""
    count, head = manifest.audit.get("entries"), manifest.audit.get("head")
    if not isinstance(count, int) or not 0 < count <= len(entries):
        return f"The audit log {name} ends at line {len(entries)}, and the manifest knows {count} entries."
    if entries[count - 1].digest != head:
        return f"The audit log {name} is another than the manifest knows: line {count} has another digest."
    return ""


def _size(master: Path) -> int:
    if master.is_dir():
        return sum(file.stat().st_size for file in master.iterdir() if file.is_file())
    return master.stat().st_size if master.is_file() else 0


class MasterDesk(QObject):
    """Answers come by signal, the latest question's only."""

    read = Signal(object)
    """MasterFacts."""
    refused = Signal(object)
    """TratteggioError."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, "read master")
        self._asked = 0
        self._lock = threading.Lock()

    def ask(self, path: Path) -> None:
        with self._lock:
            self._asked += 1
        self._thread.submit(self._read, self._asked, path)

    def close(self) -> None:
        """Nothing comes afterwards."""
        with self._lock:
            self._asked += 1
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _read(self, number: int, path: Path) -> None:
        try:
            facts = facts_of(path)
        except TratteggioError as error:
            self._refuse(number, error)
        except OSError as error:
            self._refuse(
                number, MediaError(f"{path.name} cannot be read: {error.strerror or error}.", "Check the disk.")
            )
        except Exception as error:  # noqa: BLE001 - whoever asked must hear of it; bugs are reported, too
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
            self._refuse(number, MediaError(f"{path.name} could not be read: {error}."))
        else:
            with self._lock:
                if number == self._asked:
                    self.read.emit(facts)

    def _refuse(self, number: int, error: TratteggioError) -> None:
        with self._lock:
            if number == self._asked:
                self.refused.emit(error)
