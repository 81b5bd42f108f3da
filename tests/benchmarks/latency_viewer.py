"""How long the viewer takes from a mouse event to the painted picture, and from a frame number to the screen.

Run: `python -m tests.benchmarks.latency_viewer`. A 1080p clip in a viewport of 1600x900, pictures already in memory.
"""

from __future__ import annotations

import math
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import commands
from app.document import Media
from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import ViewState
from tests.ui.viewer.kit import AnsweringBridge
from ui import theme
from ui.viewer.viewer import Viewer

_EVENTS = 200
_CANVAS = (1600, 900)


def main() -> None:
    app = QApplication(sys.argv)
    theme.apply(app)
    session, bridge, state = Session(), AnsweringBridge(), ViewState()
    viewer = Viewer(session, cast(RenderBridge, bridge), state)
    document, clip_id = commands.add_clip(
        session.document, Media(Path("/nowhere/clip.mkv"), "f" * 64, 1920, 1080, 400, Fraction(24))
    )
    session.do("Add clip", document)
    session.set_clip(clip_id)
    viewer.resize(_CANVAS[0], _CANVAS[1] + 80)
    viewer.show()
    _settle(app)
    state.set("compare", "wipe")
    for frame in range(_EVENTS):
        session.seek(frame)
    _report("cached frame to screen, wipe", lambda n: session.seek(n % _EVENTS), viewer)
    for size in (24.0, 200.0):
        _paint(viewer, size, app)


def _paint(viewer: Viewer, size: float, app: QApplication) -> None:
    canvas, state = viewer.canvas, viewer.state
    state.set("tool", "brush")
    state.set("brush_size", size)
    state.set("brush_hardness", 0.7)
    _settle(app)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, _on_circle(0))
    _report(f"brush of {size:g} px, event to painted", lambda n: QTest.mouseMove(canvas, _on_circle(n)), viewer)
    began = time.perf_counter()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, _on_circle(_EVENTS))
    print(f"brush of {size:g} px, letting go: {(time.perf_counter() - began) * 1e3:.1f} ms")


def _on_circle(number: int) -> QPoint:
    angle = number / _EVENTS * math.tau
    return QPointF(800 + 350 * math.cos(angle), 450 + 350 * math.sin(angle)).toPoint()


def _settle(app: QApplication) -> None:
    for _ in range(5):
        app.processEvents()


def _report(name: str, act: Callable[[int], object], viewer: Viewer) -> None:
    times = []
    for number in range(_EVENTS):
        began = time.perf_counter()
        act(number)
        # Paints what was marked, as the event loop would next.
        QApplication.processEvents()
        times.append((time.perf_counter() - began) * 1e3)
    print(f"{name}: median {np.median(times):.1f} ms, p95 {np.percentile(times, 95):.1f} ms, most {max(times):.1f} ms")


if __name__ == "__main__":
    main()
