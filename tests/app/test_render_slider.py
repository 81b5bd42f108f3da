"""What the render bridge shows while a handle is held: blends, read-outs, marks, pictures at the view's size."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app import live_pictures, perceptual_readout
from app.commands import add_stage, set_enabled, set_setting, set_slider
from app.document import Document
from app.pictures import Picture, View
from engines import viewing
from engines.metrics.perceptual import PerceptualMeter, Search
from engines.provenance import Origin
from engines.stages.base import Rendered, Upstream
from engines.stages.detail import DetailStage
from engines.types import Rect
from engines.viewing import Window
from tests.app.bridge_kit import HEIGHT, UNSURE, WAIT, WIDTH, Bench, detail_at, exported, same


def test_with_both_ends_in_memory_the_slider_only_blends(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[int] = []
    render = DetailStage.render

    def counted(self: DetailStage, number: int, region: Rect, upstream: Upstream) -> Rendered:
        rendered.append(number)
        return render(self, number, region, upstream)

    monkeypatch.setattr(DetailStage, "render", counted)
    bench.session.do("Detail", set_enabled(bench.session.document, bench.clip_id, 0, "detail", True))
    bench.session.do("Slide", set_slider(bench.session.document, bench.clip_id, 0, 0.05))
    want = bench.want(8)
    bench.exact(qtbot, want)
    qtbot.waitUntil(lambda: _decibels(bench) is not None, timeout=WAIT)
    assert 8 in rendered
    rendered.clear()
    for step in range(2, 11):
        bench.session.do("Slide", set_slider(bench.session.document, bench.clip_id, 0, step / 20))
        bench.pictures.clear()
        bench.exact(qtbot, want)
    assert 8 not in rendered
    assert 20 < (_decibels(bench) or 0) < 90


def _decibels(bench: Bench) -> float | None:
    told = bench.bridge.readouts(bench.clip_id, 8)
    return None if told is None else told.decibels


def test_at_rest_the_perceptual_distance_is_measured(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = PerceptualMeter("mean", lambda a, b: (a - b).abs().mean())
    monkeypatch.setattr(perceptual_readout, "find_perceptual", lambda: Search(meter, ""))
    bench.session.do("Detail", set_enabled(bench.session.document, bench.clip_id, 0, "detail", True))
    told = []
    for share in (0.5, 1.0):
        bench.session.do("Slide", set_slider(bench.session.document, bench.clip_id, 0, share))
        bench.exact(qtbot, bench.want(8))
        qtbot.waitUntil(lambda: _distance(bench) is not None, timeout=WAIT)
        told.append(_distance(bench) or 0.0)
    assert told[1] == pytest.approx(2 * told[0], rel=0.3)
    readouts = bench.bridge.readouts(bench.clip_id, 8)
    assert readouts is not None
    assert readouts.distance_name == "mean"


def _distance(bench: Bench) -> float | None:
    told = bench.bridge.readouts(bench.clip_id, 8)
    return None if told is None else told.distance


def test_the_flagged_share_changes_while_the_slider_is_dragged(bench: Bench, qtbot: QtBot) -> None:
    detail_at(bench, 0.5, **UNSURE)
    bench.exact(qtbot, bench.want(8))

    def measured() -> bool:
        told = bench.bridge.readouts(bench.clip_id, 8)
        return told is not None and told.flagged is not None and told.decibels is not None

    qtbot.waitUntil(measured, timeout=WAIT)
    session = bench.session
    shares: dict[float, float] = {}
    session.begin("Slide")
    for slider in (0.1, 0.4, 0.7, 1.0, 0.0):
        session.update(set_slider(session.document, bench.clip_id, 0, slider))
        qtbot.waitUntil(measured, timeout=WAIT)
        told = bench.bridge.readouts(bench.clip_id, 8)
        assert told is not None
        assert told.flagged is not None
        assert told.reduction == 1
        shares[slider] = told.flagged
        # The lane of flagged frames and the panel say the same.
        assert bench.bridge.flagged(bench.clip_id)[8] == told.flagged
        assert told.flagged == viewing.flagged_share(exported(bench, 8).provenance)
    assert session.gesturing
    session.commit()
    assert shares[0.0] == 0.0
    assert 0 < shares[0.1] < shares[1.0]


@pytest.mark.parametrize("marks", [False, True])
def test_the_marks_of_what_is_invented_follow_the_slider(bench: Bench, qtbot: QtBot, marks: bool) -> None:
    detail_at(bench, 0.0, **UNSURE)
    want = replace(bench.want(8, "restored" if marks else "provenance"), marks=marks)
    window = Window(0, 0, 2 * WIDTH, 2 * HEIGHT, WIDTH, HEIGHT)
    shown = []
    for slider in (0.0, 0.2, 1.0):
        bench.pictures.clear()
        bench.session.do("Slide", set_slider(bench.session.document, bench.clip_id, 0, slider))
        picture = bench.exact(qtbot, want)
        result = exported(bench, 8)
        colour = viewing.pinned(result.frame.colour, WIDTH, HEIGHT)
        plain = viewing.show(replace(result.frame, colour=colour), window)
        paint = viewing.marked if marks else viewing.provenance
        assert same(picture, paint(plain, result.provenance, window))
        shown.append(result.provenance.labels == Origin.SYNTHESISED)
    assert not shown[0].any()
    assert shown[1].sum() < shown[2].sum()


def test_colour_is_shown_at_the_size_of_the_view_while_its_handle_is_held(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_pictures, "_AT_ONCE", 0.0)
    want = bench.want(3, view=View(0, 0, WIDTH, HEIGHT, WIDTH // 2, HEIGHT // 2))
    bench.session.do("Add", add_stage(bench.session.document, bench.clip_id, "grade"))
    bench.session.do("On", set_enabled(bench.session.document, bench.clip_id, 0, "grade", True))

    def gain(value: str) -> Document:
        return set_setting(bench.session.document, bench.clip_id, 0, "grade", "gain", value)

    bench.session.begin("Gain")
    bench.session.update(gain("1.2"))
    bench.bridge.show([want])
    # Slow stages: half the size first, and finer as the handle rests.
    qtbot.waitUntil(lambda: [picture.reduction for picture in bench.pictures] == [4, 2], timeout=WAIT)
    live = bench.pictures[-1]
    assert (live.want, live.exact) == (want, False)
    monkeypatch.setattr(live_pictures, "_AT_ONCE", math.inf)
    bench.session.update(gain("1.25"))
    qtbot.waitUntil(lambda: [picture.reduction for picture in bench.pictures] == [4, 2, 2], timeout=WAIT)
    live = bench.pictures[-1]
    bench.session.commit()
    exact = bench.exact(qtbot, want)
    assert live.pixels is not None
    assert exact.pixels is not None
    assert np.abs(live.pixels.astype(int) - exact.pixels.astype(int)).mean() < 3


def test_a_picture_behind_its_handle_is_shown_as_such_while_that_is_held(bench: Bench) -> None:
    """Otherwise a handle that moves faster than pictures come would show none at all."""
    want = bench.want(3)
    bench.bridge.show([want])
    bench.session.begin("Slider")
    for value in (0.2, 0.4):
        bench.session.update(set_slider(bench.session.document, bench.clip_id, 0, value))
        held = bench.session.document.clip(bench.clip_id)
        bench.session.update(set_slider(bench.session.document, bench.clip_id, 0, value + 0.1))
        picture = Picture(want, np.zeros((HEIGHT, WIDTH, 4), np.uint8), 2)
        bench.pictures.clear()
        bench.bridge._restored_made(held, "content", picture, None)
        assert [(shown.stale, shown.exact) for shown in bench.pictures] == [(True, False)]
    bench.session.commit()
    bench.pictures.clear()
    bench.bridge._restored_made(held, "content", picture, None)
    assert bench.pictures == []
