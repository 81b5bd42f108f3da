"""Whether a shot is scratched: what stage scratch would find in a few stretches of it."""

from __future__ import annotations

import numpy as np

from engines.analysis.finding import Finding, Sample
from engines.errors import FrameError
from engines.models.registry import load_line_judge
from engines.scratch.evidence import evidence_of
from engines.scratch.found import find
from engines.scratch.profile import LEAST_SIDE, band_count, kernels

# Scratches a frame from which a shot counts as scratched, and at which it is as scratched as films come.
_SCRATCHED, _WORST = 0.3, 12.0
_STRETCHES, _LENGTH = 3, 12
_WIDEST, _TILT_DEGREES, _SURE = 4.0, 1.5, 0.95


def propose_scratch(sample: Sample) -> Finding | None:
    """Stage scratch at its defaults. Raises Cancelled, ModelError."""
    if min(sample.info.width, sample.info.height) < LEAST_SIDE:
        return None
    counts, sure, shares = [], [], []
    with_kernels = kernels(_WIDEST)
    steepest = float(np.tan(np.radians(_TILT_DEGREES))) * sample.info.height / band_count(sample.info.height)
    for numbers in _stretches(sample.shot.first, sample.shot.last):
        frames, window = [], []
        for number in numbers:
            try:
                window.append(evidence_of(sample.frame(number), with_kernels))
            except FrameError:
                # The others stand for the shot; a shot without any readable frame is not judged.
                continue
            frames.append(number)
        found = find(frames, window, with_kernels, steepest, load_line_judge())
        for at in range(len(frames)):
            marked = found.confidence[:, at] >= _SURE
            counts.append(int(marked.sum()))
            sure += found.confidence[marked, at].tolist()
            lengths = (found.last - found.first)[marked] / found.paths.shape[1]
            shares += lengths.tolist()
    if not counts or float(np.mean(counts)) < _SCRATCHED:
        return None
    mean = float(np.mean(counts))
    severity = float(np.clip(np.log(mean / _SCRATCHED) / np.log(_WORST / _SCRATCHED), 0.05, 1.0))
    lines = "one scratch" if mean < 1.5 else f"{mean:.0f} scratches"
    reason = f"About {lines} in each frame, over {np.mean(shares):.0%} of the height on average."
    return Finding("scratch", severity, float(np.mean(sure)), reason)


def _stretches(first: int, last: int) -> list[range]:
    """Up to three stretches of up to twelve frames, evenly spread, none twice."""
    count = last - first + 1
    if count <= _LENGTH * _STRETCHES:
        return [range(start, min(start + _LENGTH, last + 1)) for start in range(first, last + 1, _LENGTH)]
    starts = np.linspace(first, last + 1 - _LENGTH, _STRETCHES).astype(int)
    return [range(start, start + _LENGTH) for start in starts.tolist()]
