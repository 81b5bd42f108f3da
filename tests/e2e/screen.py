"""A person at a screen: an X server without a monitor, the real window on it, a mouse and a keyboard."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_MAIN = "Tratteggio"
"""The main window's title ends so, and no dialog's."""
ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def x_server(width: int = 1680, height: int = 1000) -> Iterator[str]:
    """A display of its own; its name. Skips the test where Xvfb or xdotool are missing."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("needs Xvfb and xdotool, which are not installed")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(timeout=10)


class Person:
    """Looks at the window by the names that screen readers hear, and acts through mouse and keyboard alone."""

    def __init__(self, display: str, home: Path, *argv: object) -> None:
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"},
            "DISPLAY": display,
            "TRATTEGGIO_HOME": str(home),
            "QT_QPA_PLATFORM": "xcb",
        }
        self.window = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.window_child", *map(str, argv)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=self.environment,
        )
        self.pid = int(self._line()["pid"])
        self.until(lambda: self.where("Viewer") is not None)

    def _line(self) -> Any:
        assert self.window.stdout is not None
        line = self.window.stdout.readline()
        assert line, f"the window ended with {self.window.wait(timeout=5)}"
        return json.loads(line)

    def ask(self, question: str) -> Any:
        assert self.window.stdin is not None
        self.window.stdin.write(question + "\n")
        self.window.stdin.flush()
        return self._line()

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("state")
        return found

    def where(self, name: str) -> list[int] | None:
        found: list[int] | None = self.ask(f"where {name}")
        return found

    def until(self, true: Callable[[], bool], seconds: float = 120.0) -> None:
        """Wait as a person waits. Fails after `seconds`."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"nothing happened for {seconds} s: {self.state()}"
            time.sleep(0.05)

    def sees(self, what: str, value: Any, seconds: float = 120.0) -> None:
        """Wait until the state says `value`."""
        self.until(lambda: bool(self.state()[what] == value), seconds)

    def hands(self, *words: object) -> None:
        """`xdotool WORDS`."""
        subprocess.run(["xdotool", *map(str, words)], env=self.environment, check=True, timeout=30)

    def point(self, name: str, across: float = 0.5, down: float = 0.5) -> tuple[int, int]:
        place = self.where(name)
        assert place is not None, f"no visible {name!r}"
        x, y, width, height = place
        return int(x + width * across), int(y + height * down)

    def click(self, name: str, across: float = 0.5, down: float = 0.5) -> None:
        self.hands("mousemove", *self.point(name, across, down), "click", 1)

    def drag(self, start: tuple[int, int], end: tuple[int, int], steps: int = 12) -> None:
        """Press, move in steps, release."""
        self.hands("mousemove", *start, "mousedown", 1)
        for step in range(1, steps + 1):
            x = start[0] + (end[0] - start[0]) * step // steps
            y = start[1] + (end[1] - start[1]) * step // steps
            self.hands("mousemove", x, y, "sleep", 0.02)
        self.hands("sleep", 0.2, "mouseup", 1)

    def keys(self, *names: str) -> None:
        self.hands("key", "--delay", 30, *names)

    def back(self) -> None:
        """Keyboard to the main window after a dialog, as a window manager would give it."""
        self.hands("search", "--onlyvisible", "--name", "Tratteggio$", "windowfocus", "--sync")

    def type(self, text: str) -> None:
        self.hands("type", "--delay", 15, text)

    def enter(self, path: Path) -> None:
        """Replace what stands in the field that has the keyboard, and look whether it is there."""
        self.keys("ctrl+a")
        self.type(str(path))
        self.sees("typed", str(path))

    def file_dialog(self, path: Path) -> None:
        """Answer the dialog for files that opens, once it has the keyboard."""
        self.until(lambda: not str(self.state()["active"] or _MAIN).endswith(_MAIN))
        self.enter(path)
        self.keys("Return")
        self.until(lambda: len(self.state()["dialogs"]) == 1)

    def export_dialog(self, path: Path) -> None:
        """Open it and name the master."""
        self.keys("ctrl+e")
        self.sees("active", "Export")
        self.keys("alt+s")
        self.sees("focus", "Destination")
        self.enter(path)

    def drop(self, paths: list[Path], name: str) -> None:
        """Drag files out of another program's window onto the widget `name`."""
        source = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.drag_source", *map(str, paths)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=self.environment,
        )
        try:
            assert source.stdout is not None
            assert source.stdout.readline().strip() == "ready"
            time.sleep(0.3)
            before = self.state()
            self.drag((20, 20), self.point(name), steps=25)
            self.until(lambda: self.state() != before)
        finally:
            source.kill()
            source.wait()
            if source.stdout is not None:
                source.stdout.close()

    def kill(self) -> None:
        """As a power cut does."""
        self.window.send_signal(signal.SIGKILL)
        self._close()

    def leave(self) -> None:
        """As a person logging out does; a window that does not go within a minute fails the test."""
        self.window.terminate()
        self._close()

    def _close(self) -> None:
        try:
            self.window.wait(timeout=60)
        except subprocess.TimeoutExpired:
            # Where every thread stands goes to the crash report on standard error.
            self.window.send_signal(signal.SIGABRT)
            self.window.wait(timeout=60)
            raise
        for pipe in (self.window.stdin, self.window.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
