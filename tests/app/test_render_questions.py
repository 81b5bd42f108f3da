"""What views ask the render bridge beside pictures: one pixel, scopes, curves, what computes a shot."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.pictures import Probe, ScopeAnswer
from engines.scopes import LumaCurve
from tests.app.bridge_kit import FRAMES, WAIT, Bench, detail_at


def test_information_thumbnails_probe_scope_and_curve(bench: Bench, qtbot: QtBot) -> None:
    bench.damage(4)
    bench.exact(qtbot, bench.want(4))
    qtbot.waitUntil(lambda: bench.bridge.clip_info(bench.clip_id) is not None, timeout=WAIT)
    assert bench.bridge.thumbnail(bench.clip_id, 2, 32) is None
    with qtbot.waitSignal(bench.bridge.thumbnail_ready, timeout=WAIT) as told:
        bench.bridge.thumbnail(bench.clip_id, 7, 32)
    assert told.args is not None
    assert told.args[2].shape[0] == 32
    with qtbot.waitSignal(bench.bridge.probe_ready, timeout=WAIT) as told:
        bench.bridge.probe(bench.clip_id, 4, 25, 25)
    probe: Probe = told.args[0]
    assert probe.names == ("Y", "Cb", "Cr")
    assert probe.restored is not None
    assert probe.origin in ("TRANSPORTED", "SYNTHESISED")
    assert probe.stage == "inpaint"
    with qtbot.waitSignal(bench.bridge.scope_ready, timeout=WAIT) as told:
        bench.bridge.ask_scope(bench.clip_id, 4)
    scope: ScopeAnswer = told.args[0]
    assert scope.restored is not None
    curves: list[LumaCurve] = []
    bench.bridge.curve_ready.connect(lambda clip_id, shot, curve: curves.append(curve))
    bench.bridge.ask_curve(bench.clip_id, 0)
    qtbot.waitUntil(lambda: bool(curves) and None not in curves[-1].source, timeout=WAIT)
    assert len(curves[-1].source) == FRAMES
    assert curves[-1].restored[4] is not None


def test_what_computes_a_shot_is_told_without_waiting(bench: Bench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.bridge.computed_known, timeout=WAIT):
        assert bench.bridge.computed(bench.clip_id, 0) == {}
    assert bench.bridge.computed(bench.clip_id, 0) == {}
    detail_at(bench, 0.0, tier="draft")
    assert bench.bridge.computed(bench.clip_id, 0) == {}
    with qtbot.waitSignal(bench.bridge.computed_known, timeout=WAIT):
        bench.bridge.computed(bench.clip_id, 0)
    told = bench.bridge.computed(bench.clip_id, 0)["detail"]
    assert (told.model, told.automatic, told.runtime.short) == ("draft", False, "PyTorch float32")
    # No amount changes what computes it: nothing is asked again while one is dragged.
    detail_at(bench, 0.0, noise="7")
    assert bench.bridge.computed(bench.clip_id, 0)["detail"] == told
    detail_at(bench, 0.0, tier="auto")
    qtbot.waitUntil(lambda: "detail" in bench.bridge.computed(bench.clip_id, 0), timeout=WAIT)
    assert bench.bridge.computed(bench.clip_id, 0)["detail"].model == "standard"
    detail_at(bench, 0.0, weights="lost")
    qtbot.wait(200)
    assert bench.bridge.computed(bench.clip_id, 0) == {}
    assert bench.bridge.computed(bench.clip_id, 9) == {}
