"""Makes the demo reel on a thread of its own, for the window."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.demo_reel import DEMO_FRAMES, make_demo
from engines.errors import Cancelled, TratteggioError


class DemoMaker(QObject):
    """One reel at a time; a second wish while one is made is ignored."""

    made = Signal(object)
    """engines.training.reel.Reel."""
    progressed = Signal(int, int)
    """n, N frames."""
    refused = Signal(object)
    """TratteggioError."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def make(self, folder: Path) -> None:
        """Answers by `made` or `refused`."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, args=(folder,), name="demo reel", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stops after the frame in work."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, folder: Path) -> None:
        done = 0

        def step() -> None:
            nonlocal done
            if self._closing.is_set():
                raise Cancelled
            done += 1
            self.progressed.emit(done, DEMO_FRAMES)

        try:
            reel = make_demo(folder, step)
        except Cancelled:
            return
        except TratteggioError as error:
            self.refused.emit(error)
        except OSError as error:
            self.refused.emit(TratteggioError(f"The demo reel could not be made: {error.strerror or error}."))
        else:
            self.made.emit(reel)
