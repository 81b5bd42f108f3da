"""Peers and the stage on the same pictures: who comes how close, in what time, with how much memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engines.benchmark.cost import measured
from engines.benchmark.peers import Peer, Treatment
from engines.errors import TratteggioError
from engines.metrics.psnr import psnr_y
from engines.types import Frame


@dataclass(frozen=True)
class Entry:
    """One contestant. psnr: PSNR-Y in dB, one per picture, border cropped as told. seconds: median for a picture."""

    name: str
    psnr: tuple[float, ...]
    seconds: float
    peak_mib: float
    answers: tuple[Frame, ...]

    @property
    def mean(self) -> float:
        return float(np.mean(self.psnr))


def entered(name: str, treat: Callable[[int], Frame], truths: Sequence[Frame], border: int = 0) -> Entry:
    """`treat` answers picture n; compared with `truths`."""
    result = measured(treat, range(len(truths)))
    scores = tuple(psnr_y(a, t, border) for a, t in zip(result.answers, truths, strict=True))
    return Entry(name, scores, result.seconds, result.peak_mib, tuple(result.answers))


def best_of(peer: Peer, sources: Sequence[Frame], truths: Sequence[Frame], border: int = 0) -> Entry | TratteggioError:
    """The variant with the highest mean PSNR-Y, by the truth: no peer loses by its setting. What is missing says so."""
    best: Entry | None = None
    for label, make in peer.variants:
        try:
            treat: Treatment = make()
        except TratteggioError as error:
            return error
        name = f"{peer.name} ({label})" if label else peer.name
        entry = entered(name, lambda n, treat=treat: treat(sources[n]), truths, border)  # type: ignore[misc]
        if best is None or entry.mean > best.mean:
            best = entry
    assert best is not None
    return best
