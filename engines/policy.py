"""How a frame is wanted: at what reduction, on which device, in tiles of which size."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderPolicy:
    """`reduction` divides the source size before any stage (1 = exact); `tile` is a tile's side in source pixels.

    wait: whether measurements over the shot that were not made yet are made at once; otherwise stages that need them
    hand their frames through.
    """

    name: str
    reduction: int = 1
    tile: int = 512
    device: str = "cpu"
    wait: bool = True


SCRUB = RenderPolicy("scrub", reduction=4, tile=256)
PREVIEW = RenderPolicy("preview", reduction=2, tile=256)
REFINED = RenderPolicy("refined", tile=256)
EXPORT = RenderPolicy("export")
