"""Colours at pins and of whole frames, read by the bridge's thread off a real clip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.colour_probe import ColourProbe
from app.commands import add_clip, add_stage, remove_clip
from app.document import Media
from app.pins import Pin
from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import ViewState
from engines.colour.readout import reading, square_around
from engines.media.open import open_source
from tests.app.fake_stages import Pace, fakes
from tests.clips import write_clip

__all__ = ["fakes"]
WAIT = 60_000


class Bench:
    """A clip, the bridge and the probe."""

    def __init__(self, path: Path) -> None:
        source = open_source(path)
        info, self.frame = source.info, source.read(3)
        source.close()
        self.session, self.state = Session(), ViewState()
        self.bridge = RenderBridge(self.session)
        self.probe = ColourProbe(self.session, self.bridge, self.state)
        media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
        document, self.clip_id = add_clip(self.session.document, media)
        self.session.do("Add clip", document)
        self.session.set_clip(self.clip_id)
        self.size = (info.width, info.height)

    def add(self, stage: str) -> None:
        self.session.do("Add", add_stage(self.session.document, self.clip_id, stage))


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fakes: Pace) -> Iterator[Bench]:
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    made = Bench(write_clip(tmp_path / "clip.mkv", frames=8))
    yield made
    made.bridge.close()


def test_a_pin_on_any_frame_is_read_before_and_after(bench: Bench, qtbot: QtBot) -> None:
    bench.add("specks")
    pin = Pin(bench.clip_id, 3, 40, 30)
    bench.state.set("pin_a", pin)
    qtbot.waitUntil(lambda: bench.probe.pinned("pin_a") is not None, timeout=WAIT)
    read = bench.probe.pinned("pin_a")
    assert read is not None
    assert read.names == ("Y", "Cb", "Cr")
    assert read.source == reading(bench.frame, square_around(40, 30), bench.size)
    assert read.restored is not None
    assert read.change == pytest.approx(0.0, abs=1e-4), "the stage hands everything through"
    bench.state.set("pin_a", Pin(bench.clip_id, 3, 41, 30))
    assert bench.probe.pinned("pin_a") is None, "what was read belongs to another place"


def test_the_change_of_the_frame_follows_document_and_playhead(bench: Bench, qtbot: QtBot) -> None:
    bench.state.set("measuring", True)
    qtbot.waitUntil(lambda: bench.probe.change is not None, timeout=WAIT)
    assert bench.probe.change is not None
    assert bench.probe.change.largest == 0.0
    bench.session.seek(2)
    assert bench.probe.change is None
    qtbot.waitUntil(lambda: bench.probe.change is not None, timeout=WAIT)


def test_what_waits_for_an_analysis_is_not_told_as_restored(bench: Bench, qtbot: QtBot) -> None:
    bench.add("even")
    bench.state.set("pin_a", Pin(bench.clip_id, 3, 40, 30))
    bench.state.set("measuring", True)
    qtbot.waitUntil(lambda: bench.probe.pinned("pin_a") is not None and bench.probe.change is not None, timeout=WAIT)
    read, change = bench.probe.pinned("pin_a"), bench.probe.change
    assert read is not None
    assert change is not None
    assert read.restored is None
    assert change.mean is None


def test_pins_of_a_clip_that_leaves_go_with_it(bench: Bench) -> None:
    bench.state.set("pin_b", Pin(bench.clip_id, 0, 4, 4))
    bench.session.do("Remove", remove_clip(bench.session.document, bench.clip_id))
    assert bench.state.pin_b is None


def test_frames_of_two_pins_are_compared_as_wholes(bench: Bench, qtbot: QtBot) -> None:
    bench.add("specks")
    bench.state.set("measuring", True)
    for name, frame in (("pin_a", 1), ("pin_b", 5)):
        bench.state.set(name, Pin(bench.clip_id, frame, 40, 30))
    qtbot.waitUntil(lambda: bench.probe.apart is not None and bench.probe.apart.restored is not None, timeout=WAIT)
    found = bench.probe.apart
    assert found is not None
    assert found.source is not None
    assert found.source > 1.0, "the picture moves"
    assert found.restored == pytest.approx(found.source, abs=1e-4)


def test_an_hdr_master_is_read_in_nits(bench: Bench, qtbot: QtBot) -> None:
    bench.add("hdr")
    bench.state.set("pin_a", Pin(bench.clip_id, 3, 40, 30))
    qtbot.waitUntil(lambda: bench.probe.pinned("pin_a") is not None, timeout=WAIT)
    read = bench.probe.pinned("pin_a")
    assert read is not None
    assert read.restored is not None
    assert read.source.nits is None
    assert read.restored.nits is not None
    assert 0 <= min(read.restored.nits) <= max(read.restored.nits) <= 1000.5
    assert read.change is not None
