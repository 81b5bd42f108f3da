"""How soon a colour control shows what it does: sliders of stages dragged in the real window, over 1080p and 4K clips.

    python -m tests.benchmarks.colour_drag [--sizes 1080,2160] [--events 100] [--behind detail] [--profile]

Prints median, 95th percentile and maximum in milliseconds from the handle's event to the end of the repaint that shows
the new setting (approximate or exact), for a handle that is moved on as soon as that is seen; how many pictures of a
handle that moves 60 times a second are seen; and how long after it is let go the exact picture stands there.
`--behind` puts another stage before them. The canvas is 1600x900.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

from app import commands
from app.document import Document
from tests.benchmarks.window import Bench, make_clip, rest, say, watchdog
from ui.panels.gesture import Gesture

_BAR = 33
_SIZES = {"1080": (1920, 1080), "2160": (3840, 2160)}
_DRAGGED = {"grade": ("gain", 0.8, 1.3), "fade": ("strength", 0.4, 1.0), "lut": ("strength", 0.2, 1.0)}
"""Setting, and between which values its handle goes."""
_LUT = "LUT_3D_SIZE 2\n0 0 0\n1 0 0.1\n0 1 0\n1 0.9 0\n0 0 1\n1 0 1\n0 1 0.9\n1 1 1\n"
_PACE_MS, _PATIENCE_MS = 16, 60_000


class Painted(QObject):
    """Waits for the end of the first painting of a widget for which something holds, as the event loop comes to it."""

    def __init__(self, widget: QWidget, true: Callable[[], bool]) -> None:
        super().__init__()
        self._widget, self._true = widget, true
        self._loop, self._at = QEventLoop(), 0.0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._widget and event.type() == QEvent.Type.Paint and not self._at and self._true():
            self._at = 1.0
            # What is posted now comes after the painting.
            QTimer.singleShot(0, self._stamp)
        return False

    def _stamp(self) -> None:
        self._at = time.perf_counter()
        self._loop.quit()

    def wait(self) -> float:
        """When it ended, as `time.perf_counter` tells."""
        QTimer.singleShot(_PATIENCE_MS, self._loop.quit)
        self._loop.exec()
        self._widget.removeEventFilter(self)
        assert self._at > 1.0, "it was never shown"
        return self._at


class Drag:
    """A handle of one stage's setting, moved from one end to the other and back."""

    def __init__(self, bench: Bench, stage: str, events: int) -> None:
        self.bench, self.stage, self.events = bench, stage, events
        self.key, self.low, self.high = _DRAGGED[stage]
        self.gesture = Gesture(bench.session, bench.window)
        self.worked: list[float] = []
        """Milliseconds of processor time per step, of all threads: what other work on the machine does not change."""

    def value(self, number: int) -> float:
        return round(self.low + (self.high - self.low) * (number % self.events) / self.events, 4)

    def document(self, number: int) -> Document:
        session = self.bench.session
        text = str(self.value(number))
        return commands.set_setting(session.document, session.clip_id, 0, self.stage, self.key, text)

    def current(self) -> bool:
        """What stands there is of the document as it is now."""
        held = self.bench.canvas.screen_pictures.state("restored")
        return held is not None and held.pixels is not None and not held.stale

    def steps(self) -> list[float]:
        """Every step waits for the one before to be seen, and then as long as a hand does."""
        values = []
        self.gesture.press("Drag")
        for number in range(self.events):
            before = self.bench.session.document
            painted = Painted(self.bench.canvas, self._new(before))
            start, worked = time.perf_counter(), time.process_time()
            self.gesture.move(partial(self.document, number))
            values.append((painted.wait() - start) * 1000)
            self.worked.append((time.process_time() - worked) * 1000)
            rest(_PACE_MS)
        return values

    def _new(self, before: Document) -> Callable[[], bool]:
        return lambda: self.bench.session.document is not before and self.current()

    def rush(self) -> float:
        """Pictures seen per second while the handle moves at the display's pace, heeding nothing."""
        seen: list[object] = []
        pictures = self.bench.canvas.screen_pictures

        def look() -> None:
            held = pictures._latest.get("restored")
            if held is not None and (not seen or seen[-1] is not held):
                seen.append(held)

        pictures.changed.connect(look)
        start = time.perf_counter()
        for number in range(self.events):
            self.gesture.move(partial(self.document, number + self.events // 3))
            rest(_PACE_MS)
        took = time.perf_counter() - start
        pictures.changed.disconnect(look)
        return len(seen) / took

    def let_go(self) -> float:
        return self.bench.timed(self.gesture.release, lambda: self.bench.exact("restored"))


def measure(bench: Bench, stage: str, events: int, profile: bool) -> None:
    session = bench.session
    _use(bench, stage)
    if stage == "lut":
        path = Path(tempfile.mkdtemp()) / "look.cube"
        path.write_text(_LUT)
        session.do("File", commands.set_setting(session.document, session.clip_id, 0, stage, "file", str(path)))
    if stage == "fade":
        # Nothing faded in this clip, and the stage would hand it through.
        session.do("Sure", commands.set_setting(session.document, session.clip_id, 0, stage, "sure", "0"))
    start = time.perf_counter()
    assert bench.wait(lambda: bench.exact("restored"), 300), "the exact picture never came"
    print(f"  (exact after {time.perf_counter() - start:.1f} s)")
    drag = Drag(bench, stage, events)
    profiler = cProfile.Profile()
    with watchdog() as gaps:
        if profile:
            profiler.enable()
        values = drag.steps()
        profiler.disable()
    say(f"{stage} {drag.key}, event to screen", values, _BAR)
    held = bench.canvas.screen_pictures.state("restored")
    print(f"  processor time of all threads: median {np.median(drag.worked):.1f} ms")
    print(f"  shown at 1/{held.reduction if held else 0}; the window deaf for {max(gaps):.0f} ms at most")
    print(f"  moved at the display's pace: {drag.rush():.0f} pictures seen per second")
    print(f"  exact {drag.let_go():.0f} ms after it was let go", flush=True)
    if profile:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(30)
    session.do("Off", commands.set_enabled(session.document, session.clip_id, 0, stage, False))


def _use(bench: Bench, stage: str) -> None:
    session = bench.session
    clip = session.document.clip(session.clip_id)
    if clip.shots[0].stage(stage) is None:
        session.do("Add", commands.add_stage(session.document, session.clip_id, stage))
    session.do("On", commands.set_enabled(session.document, session.clip_id, 0, stage, True))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1080,2160")
    parser.add_argument("--stages", default="grade,fade,lut")
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--behind", default="", help="a stage that works before them")
    parser.add_argument("--profile", action="store_true", help="what the interface thread does meanwhile")
    args = parser.parse_args()
    for name in args.sizes.split(","):
        size = _SIZES[name]
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(make_clip(Path(folder) / "clip.mp4", frames=24, size=size))
            bench.station.state.set("compare", "restored")
            if args.behind:
                _use(bench, args.behind)
            print(f"canvas {bench.canvas.width()}x{bench.canvas.height()}, source {size[0]}x{size[1]} H.264")
            for stage in args.stages.split(","):
                measure(bench, stage, args.events, args.profile)
            bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
