"""The folder beside the master where a render keeps what is finished; one render at a time, gone on success."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from engines.errors import RenderError

# A render whose parent was killed needs a moment to notice.
_PATIENCE_SECONDS = 10.0


class WorkFolder:
    """A context: makes and locks the folder; removes it if `done` was set, or if nothing in it is worth keeping."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done = False
        # The lock lies beside the folder, so that removing the folder never removes a lock in use.
        self._lock = FileLock(folder.with_name(folder.name + ".lock"))

    def __enter__(self) -> WorkFolder:
        try:
            self._lock.acquire(timeout=_PATIENCE_SECONDS)
        except Timeout:
            raise RenderError(
                f"Another render is writing to {self.folder.name.removesuffix('.parts')}.",
                "Wait for it, or choose another name with -o.",
            ) from None
        try:
            self._refuse_links()
            self.folder.mkdir(exist_ok=True)
            self._sweep()
        except BaseException:
            self._unlock()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        if self.done or not (self.folder / "journal.jsonl").exists():
            shutil.rmtree(self.folder)
        self._unlock()

    def _unlock(self) -> None:
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)

    def _refuse_links(self) -> None:
        """What is appended to in here must not lie elsewhere."""
        for found in (self.folder, *self.folder.rglob("*")):
            # Of a file with two names the other may be anybody's; journal and log are appended to.
            shared = found.suffix == ".jsonl" and found.lstat().st_nlink > 1
            if found.is_symlink() or shared:
                raise RenderError(
                    f"{found.name} in {self.folder.parent} is a link where a render keeps its unfinished work.",
                    f"Remove it, or all of {self.folder.name}, and run it again.",
                )

    def _sweep(self) -> None:
        """Half-written leftovers of a killed run; whole segments are known to the journal."""
        for leftover in self.folder.glob("*.partial*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
