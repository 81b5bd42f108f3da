"""Crash reports: what went wrong in a running program, kept in the data folder and offered at the next start."""

from __future__ import annotations

import faulthandler
import os
import platform
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import psutil

from app.data_folder import data_folder
from app.version import VERSION


@dataclass(frozen=True)
class CrashReport:
    """A text file; it goes nowhere unless the user sends it."""

    path: Path
    at: float

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8", errors="replace")

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


class CrashReporter:
    """Writes down unhandled errors of every thread, and hard crashes of the interpreter, while it is installed."""

    def __init__(self, told: Callable[[str], None] = lambda _: None) -> None:
        """told: called with one sentence after an unhandled error was written; from the thread it happened in."""
        self._told = told
        self.path = _folder() / f"{int(time.time())}-{os.getpid()}.txt"
        self._file: IO[str] | None = None
        self._hooks = (sys.excepthook, threading.excepthook)
        self._start = 0

    def install(self) -> None:
        """Raises OSError where the data folder cannot be written."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("w", encoding="utf-8")
        python = f"Python {platform.python_version()}"
        self._file.write(f"Tratteggio {VERSION}, {python}, {platform.platform()}\n")
        self._file.flush()
        self._start = self._file.tell()
        faulthandler.enable(self._file)
        sys.excepthook = self._unhandled
        threading.excepthook = self._unhandled_in_thread

    def close(self) -> None:
        """A clean end: hooks are put back; a report in which nothing was written goes."""
        if self._file is None:
            return
        sys.excepthook, threading.excepthook = self._hooks
        faulthandler.disable()
        nothing = self._file.tell() == self._start
        self._file.close()
        self._file = None
        if nothing:
            self.path.unlink(missing_ok=True)

    def _unhandled(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            self._write("".join(traceback.format_exception(kind, error, trace)))
        self._hooks[0](kind, error, trace)

    def _unhandled_in_thread(self, args: threading.ExceptHookArgs) -> None:
        lines = traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback)
        self._write(f"In thread {args.thread.name if args.thread else 'unknown'}\n" + "".join(lines))
        self._hooks[1](args)

    def _write(self, text: str) -> None:
        if self._file is not None:
            self._file.write(f"\n{time.strftime('%Y-%m-%d %H:%M:%S')}\n{text}")
            self._file.flush()
            self._told("Something went wrong inside the program; a report was kept and your work is autosaved.")


def pending_reports() -> list[CrashReport]:
    """Reports of ended sessions, newest first; empty ones of killed sessions are removed."""
    folder = _folder()
    found: list[CrashReport] = []
    for path in folder.glob("*.txt") if folder.is_dir() else ():
        if _runs(path):
            continue
        report = CrashReport(path, path.stat().st_mtime)
        if len(report.text.splitlines()) > 1:
            found.append(report)
        else:
            report.remove()
    return sorted(found, key=lambda report: report.at, reverse=True)


def _folder() -> Path:
    return data_folder() / "crashes"


def _runs(path: Path) -> bool:
    """Whether the process that writes the report still does; a later one may have got its number."""
    start, _, pid = path.stem.partition("-")
    try:
        return psutil.Process(int(pid)).create_time() <= int(start) + 1
    except (psutil.Error, ValueError):
        return False
