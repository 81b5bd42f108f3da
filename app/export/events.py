"""What a render process tells its parent: one JSON object per line, and nothing else, on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

Event = Mapping[str, Any]
Emit = Callable[[Event], None]


def note(text: str) -> Event:
    """Something worth a line; the render goes on."""
    return {"event": "note", "text": text}


def progress(phase: str, n: int, total: int, fps: float, eta_s: float | None) -> Event:
    """`n` of `total` frames of `phase` are done; `fps` is the rate of this run, `eta_s` seconds to the phase's end."""
    eta = None if eta_s is None else round(eta_s, 1)
    return {"event": "progress", "phase": phase, "n": n, "total": total, "fps": round(fps, 2), "eta_s": eta}


def error(sentence: str) -> Event:
    """The render stopped."""
    return {"event": "error", "error": sentence}


def print_event(event: Event) -> None:
    """One line of JSON on standard output, at once."""
    sys.stdout.write(json.dumps(event, default=str) + "\n")
    sys.stdout.flush()
