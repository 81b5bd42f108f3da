"""What a treatment costs: median seconds, and how far the process grew while it ran."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import psutil

T = TypeVar("T")
R = TypeVar("R")

HOW = (
    "Time: median over the pictures after one warm-up. Memory: largest resident size of the process, sampled every "
    "2 ms while the first picture was treated, above what it was before."
)
_EVERY = 0.002


@dataclass(frozen=True)
class Measured(Generic[R]):
    """Answers in order, median seconds for one, and bytes of growth while the first was made."""

    answers: list[R]
    seconds: float
    peak_bytes: int

    @property
    def peak_mib(self) -> float:
        return self.peak_bytes / 2**20


def measured(call: Callable[[T], R], inputs: Sequence[T]) -> Measured[R]:
    """Treat every input; the first one twice, so that its warm-up does not count."""
    watch = Watch()
    with watch:
        call(inputs[0])
    answers, times = [], []
    for one in inputs:
        start = time.perf_counter()
        answers.append(call(one))
        times.append(time.perf_counter() - start)
    return Measured(answers, float(np.median(times)), watch.grown)


class Watch:
    """Samples the resident size on a thread while its context is open. What it measures must let go of the
    interpreter lock while it computes.
    """

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="benchmark-memory")
        self._before = self._peak = 0

    @property
    def peak(self) -> int:
        """Largest resident size of the process, bytes."""
        return self._peak

    @property
    def grown(self) -> int:
        """By how many bytes the process grew at the most."""
        return self._peak - self._before

    def __enter__(self) -> None:
        self._before = self._peak = self._process.memory_info().rss
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(_EVERY):
            self._peak = max(self._peak, self._process.memory_info().rss)
