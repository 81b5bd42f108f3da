"""What the tuning dialog says: how a run is going, and what it gained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ui.i18n import tr

HEADINGS = ("degraded", "before", "after", "change")


def heading(name: str) -> str:
    """A column's title, with its unit."""
    return {
        "degraded": tr("Tune", "Degraded, dB"),
        "before": tr("Tune", "Before, dB"),
        "after": tr("Tune", "After, dB"),
        "change": tr("Tune", "Change, dB"),
    }[name]


def task(name: str) -> str:
    """A row's title."""
    return {
        "x2": tr("Tune", "Twice as large"),
        "x4": tr("Tune", "Four times as large"),
        "noise x1": tr("Tune", "Noise"),
        "codec x1": tr("Tune", "Compression"),
        "mixed x2": tr("Tune", "All at once, twice as large"),
    }.get(name, name)


def running(progress: Mapping[str, Any]) -> str:
    """Where a run is."""
    if not progress:
        return tr("Tune", "Reading the footage and judging the weights as they are…")
    minutes, total = progress["elapsed_s"] / 60, progress["total_s"] / 60
    return tr("Tune", "Step {0}, minute {1} of {2}. You can close this and go on working.").format(
        progress["step"], f"{minutes:.1f}", f"{total:g}"
    )


def finished(result: Mapping[str, Any]) -> str:
    """What became of it."""
    if not result["kept"]:
        return tr("Tune", "Nothing better was found on the held-out frames. No model was written, the old one stays.")
    best = max(result["table"], key=lambda row: row["change"])
    sentence = tr("Tune", "{0} is better on frames it never saw, most at “{1}”: {2} dB. General pictures: {3} dB.")
    return sentence.format(result["name"], task(best["task"]), f"{best['change']:+.2f}", f"{result['general_db']:+.2f}")
