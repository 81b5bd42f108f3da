"""Pictures that the window keeps know the view transform they are seen through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.commands import add_clip
from app.document import Media
from app.picture_maker import variant
from app.pictures import Kind, Picture, View, Want
from app.render_bridge import RenderBridge
from app.session import Session
from engines.colour.screen import AUTOMATIC, Screen
from engines.media.open import open_source
from tests.clips import write_clip

_WAIT = 60_000
_VIEW = View(0, 0, 96, 64, 48, 32)
_BRIGHT = Screen(exposure=1.0)


@pytest.fixture
def opened(home: Path, qapp: object, tmp_path: Path) -> Iterator[tuple[RenderBridge, str]]:
    session = Session()
    path = write_clip(tmp_path / "clip.mkv", frames=4)
    source = open_source(path)
    info = source.info
    source.close()
    media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    document, clip_id = add_clip(session.document, media)
    bridge = RenderBridge(session)
    session.do("Import", document)
    session.set_clip(clip_id)
    yield bridge, clip_id
    bridge.close()


def _shown(qtbot: QtBot, bridge: RenderBridge, want: Want) -> np.ndarray:
    found: list[Picture] = []
    bridge.picture_ready.connect(found.append)
    found += bridge.show([want])
    qtbot.waitUntil(lambda: any(picture.want == want and picture.exact for picture in found), timeout=_WAIT)
    bridge.picture_ready.disconnect(found.append)
    pixels = next(picture.pixels for picture in found if picture.want == want and picture.exact)
    assert pixels is not None
    return pixels


def test_each_view_transform_is_a_variant_of_its_own() -> None:
    kinds: tuple[Kind, ...] = ("source", "restored", "difference")
    for kind in kinds:
        wants = [Want("c1", 0, kind, _VIEW, screen=screen) for screen in (AUTOMATIC, _BRIGHT)]
        assert variant(wants[0]) != variant(wants[1])


@pytest.mark.parametrize("kind", ["source", "restored"])
def test_pictures_come_through_the_view_that_is_wanted(
    qtbot: QtBot, opened: tuple[RenderBridge, str], kind: str
) -> None:
    bridge, clip_id = opened
    plain = Want(clip_id, 1, kind, _VIEW)  # type: ignore[arg-type]
    bright = Want(clip_id, 1, kind, _VIEW, screen=_BRIGHT)  # type: ignore[arg-type]
    first, second = _shown(qtbot, bridge, plain), _shown(qtbot, bridge, bright)
    assert second[..., :3].mean() > first[..., :3].mean() * 1.1
    assert np.array_equal(bridge.show([plain])[0].pixels, first)  # type: ignore[arg-type]


def test_thumbnails_follow_the_view_and_say_so(qtbot: QtBot, opened: tuple[RenderBridge, str]) -> None:
    bridge, clip_id = opened

    def thumbnail() -> np.ndarray:
        bridge.thumbnail(clip_id, 0, 20)
        qtbot.waitUntil(lambda: bridge.thumbnail(clip_id, 0, 20) is not None, timeout=_WAIT)
        found = bridge.thumbnail(clip_id, 0, 20)
        assert found is not None
        return found

    before = thumbnail()
    with qtbot.waitSignal(bridge.thumbnails_outdated):
        bridge.set_screen(_BRIGHT.under("gamut"))
    assert thumbnail()[..., :3].mean() > before[..., :3].mean() * 1.1
    with qtbot.assertNotEmitted(bridge.thumbnails_outdated):
        bridge.set_screen(_BRIGHT)
    assert bridge.scale_of(clip_id, "source").name == "percent"
