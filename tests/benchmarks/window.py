"""How fast the window feels: latencies of the real window on a 1080p H.264 clip, and the longest time it was deaf.

    python -m tests.benchmarks.window [--detail] [--group 250]

Prints median, 95th percentile and maximum in milliseconds. Every latency runs from the event to the end of the
repaint that shows its effect. `--detail` adds the slider, whose two 1080p endpoints are computed first.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TRATTEGGIO_HOME", tempfile.mkdtemp(prefix="tratteggio-bench-"))

import av
import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app import commands
from app.cli import parse
from app.jobs.values import ExportOrder
from app.mask_plane import MaskPlane
from ui.application import Workstation, build

EVENTS = 200
_SIZE = (1920, 1080)


def make_clip(path: Path, frames: int = 600, group: int = 48, size: tuple[int, int] = _SIZE) -> Path:
    """Moving coloured texture with grain, 24 fps, x264 with B-frames and a keyframe every `group` frames."""
    rng = np.random.default_rng(1)
    width, height = size
    wide = rng.integers(0, 255, (height // 8, width // 4), np.uint8).repeat(8, 0).repeat(8, 1)
    grain = rng.integers(-6, 7, (4, height, width), np.int16)
    with av.open(str(path), "w") as sink:
        options = {"preset": "veryfast", "g": str(group), "bf": "2", "crf": "23"}
        stream = sink.add_stream("libx264", rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            luma = np.clip(wide[:, number : number + width].astype(np.int16) + grain[number % 4], 0, 255)
            chroma = wide[-(height // 2) :, number : number + width] // 4 + 104
            frame = av.VideoFrame.from_ndarray(np.vstack((luma.astype(np.uint8), chroma)), format="yuv420p")
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    return path


class Bench:
    """The window with a clip in it."""

    def __init__(self, clip: Path) -> None:
        self.station: Workstation = build(parse(["open"]))
        self.session, self.window = self.station.session, self.station.window
        self.canvas = self.window.viewer.canvas
        self.window.resize(2200, 1400)
        self.window.show()
        self.station.files.open_paths([clip])
        self.wait(lambda: self.session.clip is not None)
        self.wait(lambda: False, 0.3)
        extra = self.window.size() - self.canvas.size()
        self.window.resize(1600 + extra.width(), 900 + extra.height())
        self.wait(lambda: self.session.clip is not None and self.session.clip.cuts_known, 120)

    def wait(self, true: Callable[[], bool], seconds: float = 60.0) -> bool:
        """Let the event loop run until `true`; whether it came about."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                return False
            # A loop that sleeps: spinning would keep the interpreter from the threads that render.
            rest(1)
        return True

    def exact(self, kind: str) -> bool:
        held = self.canvas.screen_pictures.state(kind)  # type: ignore[arg-type]
        return held is not None and held.exact and held.want.frame == self.session.playhead

    def shown(self, kind: str) -> bool:
        """The frame asked for stands there, if only approximately."""
        held = self.canvas.screen_pictures.state(kind)  # type: ignore[arg-type]
        right = held is not None and held.want.frame == self.session.playhead
        return right and held is not None and held.pixels is not None and not held.stale

    def timed(self, act: Callable[[], object], shown: Callable[[], bool]) -> float:
        """Milliseconds from `act` to the end of the repaint after `shown`."""
        start = time.perf_counter()
        act()
        assert self.wait(shown, 120), "it was never shown"
        self.canvas.repaint()
        return (time.perf_counter() - start) * 1000

    def close(self) -> None:
        self.station.close()
        self.window.deleteLater()
        QApplication.processEvents()


@contextmanager
def watchdog() -> Iterator[list[float]]:
    """Collects, in milliseconds, how much later than due a timer of 5 ms fires: how long the window was deaf."""
    gaps: list[float] = []
    last = time.perf_counter()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(5)

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append(max(0.0, (now - last) * 1000 - 5))
        last = now

    timer.timeout.connect(tick)
    timer.start()
    try:
        yield gaps
    finally:
        timer.stop()


def say(name: str, values: list[float], bar: float) -> None:
    middle, high, most = np.median(values), np.percentile(values, 95), max(values)
    verdict = "ok" if high <= bar else "ABOVE"
    print(
        f"{name:34} median {middle:7.1f}  p95 {high:7.1f}  max {most:7.1f} ms   bar {bar:.0f} ms {verdict}", flush=True
    )


def cached(bench: Bench) -> list[float]:
    frames = list(range(100, 110))
    for frame in frames:
        bench.session.seek(frame)
        bench.wait(lambda: bench.exact("source"))
    picked = random.Random(1).choices(frames, k=EVENTS)
    return [bench.timed(partial(bench.session.seek, frame), lambda: bench.exact("source")) for frame in picked]


def scrubbed(bench: Bench) -> tuple[list[float], list[float]]:
    """To the first picture of the frame itself, and to the exact one."""
    count = bench.session.clip.media.frame_count if bench.session.clip else 1
    first, exact = [], []
    for frame in random.Random(2).sample(range(count), EVENTS):
        start = time.perf_counter()
        first.append(bench.timed(partial(bench.session.seek, frame), lambda: bench.shown("source")))
        bench.wait(lambda: bench.exact("source"))
        exact.append((time.perf_counter() - start) * 1000)
    return first, exact


def brushed(bench: Bench) -> list[float]:
    bench.station.state.set("tool", "brush")
    size = bench.canvas.size()
    rng = random.Random(3)
    at = QPoint(size.width() // 2, size.height() // 2)
    _mouse(bench, QMouseEvent.Type.MouseButtonPress, at)
    values = []
    for _ in range(EVENTS):
        at = at + QPoint(rng.randint(-20, 20), rng.randint(-12, 12))
        start = time.perf_counter()
        _mouse(bench, QMouseEvent.Type.MouseMove, at)
        # What the move made dirty is painted as the event loop would.
        QApplication.sendPostedEvents()
        QApplication.processEvents()
        values.append((time.perf_counter() - start) * 1000)
    _mouse(bench, QMouseEvent.Type.MouseButtonRelease, at)
    bench.station.state.set("tool", "hand")
    return values


def _mouse(bench: Bench, kind: QMouseEvent.Type, at: QPoint) -> None:
    button = Qt.MouseButton.NoButton if kind == QMouseEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QMouseEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    place = QPointF(at)
    event = QMouseEvent(kind, place, bench.canvas.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(bench.canvas, event)


def slid(bench: Bench) -> list[float]:
    session = bench.session
    bench.station.state.set("compare", "restored")
    session.do("Detail", commands.set_enabled(session.document, session.clip_id, 0, "detail", True))
    for value in (0.0, 1.0):
        session.do("Slider", commands.set_slider(session.document, session.clip_id, 0, value))
        assert bench.wait(lambda: bench.exact("restored"), 400), "the endpoint never came"
    session.begin("Slide")
    rng = random.Random(4)
    values = []
    for _ in range(EVENTS):
        after = commands.set_slider(session.document, session.clip_id, 0, round(rng.random(), 3))
        values.append(bench.timed(partial(session.update, after), lambda: bench.shown("restored")))
    session.commit()
    return values


def deaf(bench: Bench, folder: Path) -> list[float]:
    """Scrub, infer, paint with autosave, and export at once, for 20 seconds."""
    session, station = bench.session, bench.station
    assert session.clip is not None
    media = session.clip.media
    order = ExportOrder(session.document, session.clip_id, folder / "out.mkv", "ffv1", frames=(0, 200))
    station.queue.submit(order)
    rng = np.random.default_rng(5)
    station.state.set("compare", "wipe")
    with watchdog() as gaps:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            session.seek(int(rng.integers(media.frame_count)))
            rest(60)
            coverage = np.zeros((media.height, media.width), np.uint8)
            y, x = int(rng.integers(900)), int(rng.integers(1700))
            coverage[y : y + 60, x : x + 60] = 255
            plane = MaskPlane.of(coverage)
            session.do("Paint", commands.set_mask(session.document, session.clip_id, "damage", session.playhead, plane))
            rest(60)
    for record in station.queue.records():
        station.queue.cancel(record.id, keep_parts=False)
    return gaps


def rest(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--detail", action="store_true", help="measure the slider, too")
    parser.add_argument("--group", type=int, default=48, help="frames from keyframe to keyframe")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(make_clip(Path(folder) / "clip.mp4", group=args.group))
        bench.station.state.set("compare", "source")
        print(f"canvas {bench.canvas.width()}x{bench.canvas.height()}, source {_SIZE[0]}x{_SIZE[1]} H.264")
        say("cached frame to screen", cached(bench), 16)
        say("brush feedback", brushed(bench), 16)
        first, exact = scrubbed(bench)
        say("scrub to a new H.264 frame", first, 120)
        say("  and its exact picture", exact, 120)
        say("interface thread deaf", deaf(bench, Path(folder)), 50)
        if args.detail:
            say("slider, both ends cached", slid(bench), 33)
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
