"""A session with one clip behind a render bridge, and everything the bridge said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from app.commands import add_clip, set_enabled, set_mask, set_setting, set_slider
from app.document import Media
from app.mask_plane import MaskPlane
from app.pictures import Picture, View, Want
from app.project_job import graph_of
from app.render_bridge import RenderBridge
from app.session import Session
from engines import viewing
from engines.graph import Puller
from engines.media.open import open_source
from engines.policy import EXPORT
from engines.stages.base import Rendered

WIDTH, HEIGHT, FRAMES = 96, 64, 24
VIEW = View(0, 0, WIDTH, HEIGHT, WIDTH, HEIGHT)
WAIT = 60_000


def same(picture: Picture, expected: viewing.Bgrx | None) -> bool:
    assert picture.pixels is not None
    assert expected is not None
    return np.array_equal(picture.pixels, expected)


class Bench:
    """A session with one clip, a bridge, and everything the bridge said."""

    def __init__(self, path: Path) -> None:
        source = open_source(path)
        self.info = source.info
        source.close()
        info = self.info
        self.media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
        self.session = Session()
        self.bridge = RenderBridge(self.session)
        self.pictures: list[Picture] = []
        self.bridge.picture_ready.connect(self.pictures.append)
        document, self.clip_id = add_clip(self.session.document, self.media)
        self.session.do("Add clip", document)

    def want(self, frame: int, kind: str = "restored", view: View = VIEW) -> Want:
        return Want(self.clip_id, frame, kind, view)  # type: ignore[arg-type]

    def exact(self, qtbot: QtBot, want: Want) -> Picture:
        """Ask, and wait until the exact picture (or a failure) is there."""
        found = [picture for picture in self.bridge.show([want]) if picture.exact or picture.failure]

        def there() -> bool:
            found.extend(p for p in self.pictures if p.want == want and (p.exact or p.failure))
            return bool(found)

        qtbot.waitUntil(there, timeout=WAIT)
        return found[-1]

    def damage(self, frame: int, x: int = 20) -> None:
        coverage = np.zeros((HEIGHT, WIDTH), np.uint8)
        coverage[20:30, x : x + 12] = 255
        plane = MaskPlane.of(coverage)
        self.session.do("Paint", set_mask(self.session.document, self.clip_id, "damage", frame, plane))


def detail_at(bench: Bench, slider: float, **settings: str) -> None:
    document = set_enabled(bench.session.document, bench.clip_id, 0, "detail", True)
    for key, text in settings.items():
        document = set_setting(document, bench.clip_id, 0, "detail", key, text)
    bench.session.do("Detail", set_slider(document, bench.clip_id, 0, slider))


def exported(bench: Bench, frame: int) -> Rendered:
    """As a render computes it: the slider is a setting of the stage, nothing is blended from the cache."""
    source = open_source(bench.media.path)
    result = Puller(graph_of(bench.session.document.clip(bench.clip_id), source), EXPORT).pull(frame)
    source.close()
    return result


# What is enlarged from grain is never sure: some of it is flagged.
UNSURE = {"scale": "2", "noise": "4", "compression": "0", "temporal": "0"}
