"""Where an export would go: whether it may, what is there already, how much room there is."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.document import ClipWork
from app.export.paths import master_paths
from app.package.building import check_place
from engines.errors import TratteggioError
from engines.media.presets import PRESETS


@dataclass(frozen=True)
class Destination:
    """existing: what would be replaced; free: bytes on that disk; problem: why nothing can be written there.

    package_problem: the same of the archive package, where one is wanted.
    """

    out: Path
    existing: Path | None = None
    free: int | None = None
    problem: str = ""
    package_problem: str = ""


def default_out(clip: ClipWork, folder: Path | None, preset: str) -> Path:
    """`REEL_restored.mkv` in `folder` (the project's), or beside the clip; a folder for stills."""
    media, chosen = clip.media.path, PRESETS[preset]
    stem = (media.name if media.is_dir() else media.stem).split("%")[0].rstrip("._- ") or "film"
    name = f"{stem}_restored"
    # A dot in the name of a folder would be taken for a suffix.
    name = f"{name.replace('.', '_')}_{preset}" if chosen.kind == "sequence" else name + chosen.suffix
    return (folder or media.parent) / name


def default_package(master: Path) -> Path:
    """`reel_package` beside the master."""
    stem = master.stem if master.suffix else master.name
    return master.parent / f"{stem.split('%')[0].rstrip('._- ') or 'master'}_package"


def with_preset(out: Path, before: str, after: str) -> Path:
    """The same name as the other format writes it."""
    old, new = PRESETS[before], PRESETS[after]
    stem = out.name.removesuffix(f"_{before}") if old.kind == "sequence" else out.stem
    return out.with_name(f"{stem.replace('.', '_')}_{after}" if new.kind == "sequence" else stem + new.suffix)


def look_at(out: Path, source: Path) -> Destination:
    """Asks the disk: not for the interface thread."""
    folder = out.parent
    if not out.is_absolute() or not out.name:
        return Destination(out, problem="Name a file in a folder.")
    if not folder.is_dir():
        return Destination(out, problem=f"The folder {folder} does not exist.")
    if not os.access(folder, os.W_OK):
        return Destination(out, problem=f"There is no permission to write into {folder}.")
    if out.resolve() in (source.resolve(), source.resolve().parent):
        return Destination(out, problem="The master would overwrite its own source.")
    paths = master_paths(out)
    existing = () if paths.placing.exists() else paths.existing()
    return Destination(out, existing[0] if existing else None, shutil.disk_usage(folder).free)


class Scout(QObject):
    """Looks at destinations on a thread of its own."""

    looked = Signal(object)
    """Destination."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="destination")
        self._latest = 0

    def look(self, out: Path, source: Path, package: Path | None = None) -> None:
        """Answered by `looked`; of several questions at once only the last: typing asks letter by letter.

        package: folder of the archive package, where one is wanted.
        """
        self._latest += 1
        self._thread.submit(self._answer, self._latest, out, source, package)

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _answer(self, number: int, out: Path, source: Path, package: Path | None) -> None:
        if number != self._latest:
            return
        try:
            found = look_at(out, source)
            if package is not None:
                found = replace(found, package_problem=_against(package))
            self.looked.emit(found)
        except OSError as error:
            problem = f"The destination cannot be reached ({error.strerror or error})."
            self.looked.emit(Destination(out, problem=problem))


def _against(package: Path) -> str:
    """Why no package can be made there; empty where one can."""
    try:
        check_place(package)
    except TratteggioError as error:
        return str(error)
    return ""
