"""The demo reel: what a newcomer sees first, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engines.training.film import FilmDamage
from engines.training.reel import Reel, make_reel

# Large enough to look at, small enough that two cores restore it within two minutes.
_WIDTH, _HEIGHT, DEMO_FRAMES = 480, 360, 40
_DAMAGE = FilmDamage(scratches=1)


def make_demo(folder: Path, step: Callable[[], None]) -> Reel:
    """Make it in `folder`, replacing an earlier one; `step` is called after each frame. Raises RenderError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return make_reel(
        folder,
        width=_WIDTH,
        height=_HEIGHT,
        frames=DEMO_FRAMES,
        settings=_DAMAGE,
        progress=lambda *_: step(),
    )
