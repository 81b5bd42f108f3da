"""The folder beside a package in which it is made: one maker at a time, recognised and swept after a crash."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from app.atomic import sync_folder
from engines.errors import MediaError, RenderError
from engines.media.sink import refusals

_MARK = "tratteggio-package-in-the-making"
_SUFFIX = ".packing"


def check_place(folder: Path) -> None:
    """Raises RenderError where `folder` exists already, MediaError where it cannot be made there."""
    if os.path.lexists(folder):
        raise RenderError(f"{folder} exists already.", "Choose another name for the package, or move it away.")
    if not folder.parent.is_dir():
        raise MediaError(f"The folder {folder.parent} does not exist.", "Create it, or choose another place.")


class Building:
    """A context: `root` is empty at first and becomes `folder` by `name_it`; whatever else happens, it goes."""

    def __init__(self, folder: Path) -> None:
        """Raises RenderError, MediaError as `check_place` does."""
        check_place(folder)
        self.folder = folder
        self._around = folder.with_name(folder.name + _SUFFIX)
        self.root = self._around / folder.name
        # The lock lies beside, so that removing the folder never removes a lock in use.
        self._lock = FileLock(self._around.with_name(self._around.name + ".lock"))

    def __enter__(self) -> Building:
        with refusals(self.folder):
            try:
                self._lock.acquire(timeout=1.0)
            except Timeout:
                raise RenderError(
                    f"{self.folder.name} is being made already.", "Wait for it, or choose another name."
                ) from None
            try:
                self._begin()
            except BaseException:
                self._unlock()
                raise
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        shutil.rmtree(self._around, ignore_errors=value is not None)
        self._unlock()

    def name_it(self) -> None:
        """The package is whole: it gets its name. Raises RenderError where something took the name meanwhile."""
        with refusals(self.folder):
            if os.path.lexists(self.folder):
                raise RenderError(f"{self.folder} appeared while the package was made.", "Choose another name.")
            sync_folder(self.root)
            self.root.rename(self.folder)
            sync_folder(self.folder.parent)

    def _begin(self) -> None:
        mark = self._around / _MARK
        if os.path.lexists(self._around):
            # What a killed maker left is ours to sweep; what does not bear the mark is not.
            ours = self._around.is_dir() and not self._around.is_symlink()
            if not ours or not (mark.is_file() or not any(self._around.iterdir())):
                raise RenderError(f"{self._around} is in the way.", "Move it away, or choose another name.")
            shutil.rmtree(self._around)
        self._around.mkdir()
        mark.touch()
        self.root.mkdir()

    def _unlock(self) -> None:
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)
