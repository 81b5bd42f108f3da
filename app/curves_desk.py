"""Curves of a stage over a shot, from what was measured there: read and drawn up off the interface thread."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.analyses import kept_analyses
from app.atomic import write_atomically
from app.data_folder import models_folder
from app.document import ClipWork
from engines.analysis.curves import Curve
from engines.analysis.shot_analysis import Arrays
from engines.detect.shots import Shot
from engines.errors import RenderError, TratteggioError
from engines.media.source import OWN, ClipInfo, Descent
from engines.stages.base import StageContext
from engines.stages.catalogue import STAGES, make_stage
from engines.stages.settings import parse_settings
from engines.types import Frame, FrameNo


@dataclass(frozen=True)
class CurvesRequest:
    """Which curves: of stage `stage` in shot `index` of a clip as it was then. info: of the clip's source."""

    clip: ClipWork
    index: int
    stage: str
    info: ClipInfo

    @property
    def first(self) -> FrameNo:
        return self.clip.shots[self.index].start


class CurvesDesk(QObject):
    """Signals come on the interface thread. The latest question counts."""

    ready = Signal(object, object)
    """CurvesRequest, tuple[Curve, ...]; None where the shot is not analysed yet."""
    written = Signal(object)
    """Path of a table."""
    failed = Signal(object)
    """TratteggioError."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "curves")
        self._latest: CurvesRequest | None = None
        self._closed = False

    def ask(self, request: CurvesRequest) -> None:
        """Answers by `ready`, unless something else is asked for first. Nothing after `close`."""
        if self._closed:
            return
        self._latest = request
        self._pool.submit(self._guarded, request)

    def export(self, path: Path, first: FrameNo, curves: Sequence[Curve]) -> None:
        """Write a table; whoever asked has agreed to replace what is there. Answers by `written` or `failed`."""
        self._pool.submit(self._write, path, first, tuple(curves))

    def close(self) -> None:
        """Join the thread."""
        self._latest, self._closed = None, True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _guarded(self, request: CurvesRequest) -> None:
        if request is not self._latest:
            return
        try:
            self.ready.emit(request, curves_of(request))
        except TratteggioError as error:
            self.failed.emit(error)
        except Exception as error:  # noqa: BLE001 - a bug must not end the thread; it is reported
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))

    def _write(self, path: Path, first: FrameNo, curves: tuple[Curve, ...]) -> None:
        try:
            write_atomically(path, table(first, curves).encode())
        except OSError as error:
            sentence = f"The table {path} could not be written: {error.strerror}."
            self.failed.emit(RenderError(sentence, "Choose a folder you may write to."))
        else:
            self.written.emit(path)


def curves_of(request: CurvesRequest) -> tuple[Curve, ...] | None:
    """None where the shot is not analysed yet. Raises SettingError, ModelError."""
    kind = STAGES.get(request.stage)
    if request.clip.shots[request.index].stage(request.stage) is None or kind is None or kind.curves is None:
        return ()
    found = measured(request)
    return None if found is None else kind.curves(*found)


def measured(request: CurvesRequest) -> tuple[Any, Arrays] | None:
    """Settings of the stage, and what its first analysis measured on the shot; None where that is not done yet.

    Raises SettingError, ModelError, MediaError.
    """
    use, kind = request.clip.shots[request.index].stage(request.stage), STAGES.get(request.stage)
    if use is None or kind is None:
        return None
    stage = make_stage(use.name, use.settings, StageContext(models=models_folder()))
    needs = stage.needs(request.first)
    shot = Shot(*request.clip.shot_range(request.index))
    arrays = kept_analyses().held(needs[0], _Known(request.info), shot) if needs else None
    return None if arrays is None else (parse_settings(use.name, kind.settings_type, use.settings), arrays)


def table(first: FrameNo, curves: Sequence[Curve]) -> str:
    """Comma-separated: frame, then each curve before and after, with its unit."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    names = [f"{curve.name} {when} ({curve.unit})" for curve in curves for when in ("before", "after")]
    rows.writerow(["frame", *names])
    count = max((len(curve.before) for curve in curves), default=0)
    for at in range(count):
        values = [float(side[at]) for curve in curves for side in (curve.before, curve.after)]
        rows.writerow([first + at, *(f"{value:.6g}" for value in values)])
    return text.getvalue()


@dataclass(frozen=True)
class _Known:
    """A `Source` that is known but not open: measurements are found by what it is."""

    info: ClipInfo

    def read(self, number: FrameNo) -> Frame:
        raise IndexError(f"frame {number} of a source that is not open")

    def descent(self, number: FrameNo) -> Descent:  # noqa: ARG002 - nothing stands in for anything
        return OWN

    def close(self) -> None:
        """Nothing is open."""
