"""One session works on a project at a time: a lock beside the file, and who holds it."""

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from app.atomic import write_atomically
from app.export.typed import typed
from engines.plain_file import read_json


@dataclass(frozen=True)
class Holder:
    """Who has a project open. since: seconds since 1970."""

    user: str = "another user"
    host: str = "another machine"
    pid: int = 0
    since: float = 0.0

    def __str__(self) -> str:
        return f"{self.user} on {self.host}"


class ProjectLock:
    """Held until `release`, or until the process ends however it ends: a stale one is simply taken over."""

    def __init__(self, project: Path) -> None:
        project = project.resolve()
        self.project = project
        self._holder_path = project.with_name(f".{project.name}.holder")
        self._lock = FileLock(project.with_name(f".{project.name}.lock"), timeout=0, thread_local=False)

    def acquire(self) -> Holder | None:
        """None where it is ours now, else who has it. Raises OSError where no lock can be made there."""
        try:
            self._lock.acquire()
        except Timeout:
            if not Path(self._lock.lock_file).exists():
                # No file can be made there, which the lock takes for a disk that is slow to answer.
                raise PermissionError(errno.EACCES, "no files can be made there") from None
            return self._held_by()
        except NotImplementedError as error:
            raise OSError("the disk knows no locks") from error
        mine = Holder(_user(), platform.node() or "this machine", os.getpid(), time.time())
        try:
            write_atomically(self._holder_path, json.dumps(asdict(mine)).encode())
        except OSError:
            self._lock.release()
            raise
        return None

    def release(self) -> None:
        if self._lock.is_locked:
            with contextlib.suppress(OSError):  # a stale name does no harm, the lock decides
                self._holder_path.unlink(missing_ok=True)
            # The lock file stays: removing it could leave two sessions with locks on two files of that name.
            self._lock.release()

    def _held_by(self) -> Holder:
        try:
            return typed(Holder, read_json(self._holder_path))
        except (OSError, ValueError, TypeError):
            return Holder()  # being written at this moment


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "another user"
