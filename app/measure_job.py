"""Runs measurements of the treated clip on a thread of its own, one at a time, and tells the window frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.measure import MeasureRequest, opened
from app.score_csv import write_scores
from engines.cancel import CancelToken
from engines.errors import Cancelled, TratteggioError
from engines.metrics.measures import Measure, chosen
from engines.metrics.perceptual import Search, find_perceptual
from engines.metrics.score import FrameScore, MeanScore, Tally, score


@dataclass(frozen=True)
class Summary:
    """What a finished, or stopped, measurement came to. worst: by measure, the frame and its figure."""

    mean: MeanScore
    worst: dict[str, tuple[int, float]]
    stopped: bool


class MeasureJob(QObject):
    """Signals come on the interface thread, each with the request it belongs to."""

    noted = Signal(object, str)
    """MeasureRequest, a sentence about what is compared."""
    named = Signal(object, str)
    """MeasureRequest, what the perceptual measure calls itself."""
    scored = Signal(object, object)
    """MeasureRequest, FrameScore."""
    finished = Signal(object, object)
    """MeasureRequest, Summary; None where it was stopped before the first frame."""
    failed = Signal(object, object)
    """MeasureRequest, TratteggioError."""
    written = Signal(object)
    """Path of a table."""
    not_written = Signal(object)
    """TratteggioError."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "measure")
        self._token = CancelToken()

    def start(self, request: MeasureRequest) -> None:
        """After whatever runs, which is stopped."""
        self._token.cancel()
        self._token = CancelToken()
        self._pool.submit(self._run, request, self._token)

    def cancel(self) -> None:
        """Between frames, tiles and packets; what was measured stays."""
        self._token.cancel()

    def export(self, path: Path, scores: Sequence[FrameScore], measures: Sequence[Measure]) -> None:
        """Write a table; whoever asked has agreed to replace what is there."""
        self._pool.submit(self._write, path, tuple(scores), tuple(measures))

    def close(self) -> None:
        """Cancel what runs and join the thread: it stops within one tile or one measure of a frame."""
        self._token.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, request: MeasureRequest, token: CancelToken) -> None:
        tally = Tally(measures := chosen(request.measures))
        seen = 0
        try:
            search = find_perceptual() if "perceptual" in request.measures else Search(None, "")
            if search.meter is not None:
                self.named.emit(request, search.meter.name)
            with opened(request, token) as (pairs, shots):
                for text in filter(None, (pairs.note, search.reason if search.meter is None else "")):
                    self.noted.emit(request, text)
                for one in score(pairs, measures, perceptual=search.meter, shots=shots, cancel=token):
                    tally.add(one)
                    seen += 1
                    self.scored.emit(request, one)
        except Cancelled:
            self.finished.emit(request, _summary(tally, stopped=True) if seen else None)
        except TratteggioError as error:
            self.failed.emit(request, error)
        except Exception as error:
            self.failed.emit(request, TratteggioError("The clip could not be measured.", repr(error)))
            raise
        else:
            self.finished.emit(request, _summary(tally, stopped=False))

    def _write(self, path: Path, scores: Sequence[FrameScore], measures: Sequence[Measure]) -> None:
        try:
            write_scores(path, scores, measures, force=True)
        except TratteggioError as error:
            self.not_written.emit(error)
        else:
            self.written.emit(path)


def _summary(tally: Tally, *, stopped: bool) -> Summary:
    return Summary(tally.mean(), dict(tally.worst), stopped)
