"""A worker as the render sees it: given a segment, it tells what happens by events."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Protocol

from app.export.events import Event
from app.farm.brief import Brief

Tell = Callable[["Hand", Event], None]
"""Called on a thread of the hand's own. Events: ready, frame, note, segment, error; `gone`, with how, is the last."""


class Hand(Protocol):
    """One that renders a segment at a time."""

    name: str

    def give(self, key: str) -> None:
        """Let it render this segment; it must be idle."""

    def dismiss(self) -> None:
        """Let it stop between two frames; `gone` follows."""


class LocalHand:
    """A process of this machine; starts at once."""

    def __init__(self, name: str, brief: Brief, tell: Tell) -> None:
        self.name = name
        self._tell = tell
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.farm.hand_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._send(brief.to_json())
        threading.Thread(target=self._listen, name=name, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def give(self, key: str) -> None:
        self._send(key)

    def dismiss(self) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            return  # it has ended already; `gone` says so

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            return  # it has ended already; `gone` says so

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.endswith("\n"):
                break  # killed in the middle of a word
            self._tell(self, json.loads(line))
        code = self._process.wait()
        self._process.stdout.close()
        self.dismiss()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self._tell(self, {"event": "gone", "how": how})
