"""What the window shows and how, beside the document: not saved with the project, never undone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from app.document import Layer
from app.pins import Pin
from engines.colour.screen import AUTOMATIC, Screen

COMPARE_MODES = ("source", "restored", "wipe", "side", "difference", "blink", "provenance")
PINS = ("pin_a", "pin_b")
"""Places whose colours are compared."""
TOOLS = ("hand", "brush", "eraser", "lasso", "rectangle", "line")


class ViewState(QObject):
    """Observable values; `set` tells who listens, by name, only where the value changed."""

    changed = Signal(str)

    compare: str = "source"
    """One of COMPARE_MODES."""
    holding_source: bool = False
    """While `A` is held the source is shown whatever `compare` says."""
    tool: str = "hand"
    layer: Layer = "damage"
    brush_size: float = 24.0
    """Diameter in source pixels, 1 to 500."""
    brush_hardness: float = 1.0
    """Share of the radius that is fully painted, 0 to 1."""
    masks_shown: bool = True
    masks_solo: bool = False
    onion_skin: bool = False
    """Neighbour frames' masks in outline."""
    stage: str = ""
    """The stage that is worked on: whose card was used last."""
    drawing: tuple[str, str] | None = None
    """Stage and setting whose rectangle the next drag on the picture draws, or to whose spots the next click adds."""
    pin_a: Pin | None = None
    pin_b: Pin | None = None
    pinning: str = ""
    """One of PINS: the next click on the picture sets it."""
    measuring: bool = False
    """How far the restored frame is from its source is measured, frame by frame."""
    proposals_shown: bool = True
    """Outlines of what detectors propose."""
    overlay: bool = False
    """Provenance marks over the restored picture."""
    screen: Screen = AUTOMATIC
    """The view transform and the overlay through which pictures are seen."""
    difference_gain: float = 8.0
    surround: str = "dark"
    """black, dark, grey (18 %), mid, white."""
    playing: int = 0
    """Shuttle speed: 0 stopped, 1 forward, -1 backward, 2, 4, 8 faster."""
    every_frame: bool = False
    """Play every frame however long it takes, instead of keeping the clock."""
    play_rate: float | None = None
    """Frames per second of playback; None = the clip's own."""
    viewer_only: bool = False
    reduce_motion: bool = False

    def set(self, name: str, value: Any) -> None:
        """Raises AttributeError for an unknown name."""
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.changed.emit(name)
