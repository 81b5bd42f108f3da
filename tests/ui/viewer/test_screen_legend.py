"""The legend: nothing where codes are shown as they are; else through what the picture is seen, and what bands mean."""

from __future__ import annotations

from types import SimpleNamespace

from pytestqt.qtbot import QtBot

from engines.colour.screen import AUTOMATIC, Screen
from engines.types import ColourSpec, PixelFormat
from tests.ui.viewer.kit import opened

_PQ = ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084")


def _info(colour: ColourSpec) -> SimpleNamespace:
    return SimpleNamespace(format=PixelFormat("yuv", 10, 2, 2), colour=colour, sar=1)


def test_plain_pictures_need_no_words(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    bridge.info = _info(ColourSpec())  # type: ignore[assignment]
    viewer.screen_legend.refresh()
    assert viewer.screen_legend.isHidden()


def test_bands_are_named_with_their_levels_in_the_picture_s_unit(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    bridge.info = _info(ColourSpec())  # type: ignore[assignment]
    viewer.state.set("screen", AUTOMATIC.under("exposure"))
    legend = viewer.screen_legend
    assert not legend.isHidden()
    assert "18 % grey 38 – 42 IRE" in legend.legend.accessibleName()
    bridge.scale = "pq"
    legend.refresh()
    assert "reference white 180 – 228 cd/m²" in legend.legend.accessibleName()
    viewer.state.set("screen", AUTOMATIC)
    assert legend.legend.text() == ""


def test_warnings_are_told_by_their_stripes(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    viewer.state.set("screen", Screen(overlay="gamut", target="smpte432", peak=4000.0))
    assert "outside P3" in viewer.screen_legend.legend.accessibleName()
    assert "4000" not in viewer.screen_legend.legend.accessibleName()
    bridge.scale = "pq"
    viewer.screen_legend.refresh()
    assert "above 4000 cd/m²" in viewer.screen_legend.legend.accessibleName()
    assert "╳╳" in viewer.screen_legend.legend.text()


def test_a_view_that_is_not_plain_is_named(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    bridge.info, bridge.scale = _info(_PQ), "pq"  # type: ignore[assignment]
    legend = viewer.screen_legend
    legend.refresh()
    assert legend.view.text() == "View: PQ rolled off from 1000 to 203 cd/m² (BT.2390)"
    viewer.state.set("compare", "restored")
    bridge.source_scale, bridge.scale = "pq", "percent"
    legend.refresh()
    # Stage sdr made a plain picture of it.
    assert legend.view.text() == ""
    bridge.source_scale, bridge.scale = "", "pq"
    bridge.peak = 4000.0
    legend.refresh()
    assert legend.view.text() == "View: PQ rolled off from 4000 to 203 cd/m² (BT.2390)"
    bridge.info, bridge.scale = _info(ColourSpec(transfer="cineon")), "percent"  # type: ignore[assignment]
    for screen, expected in (
        (Screen(display="p3", exposure=1.0), "View: printing density as light for Display P3, +1.0 stops"),
        (Screen("lut", lut="/films/print.cube"), "View: print.cube"),
        (Screen("ocio", device="sRGB", view="Film", gamma=1.2), "View: sRGB, Film, gamma 1.20"),
    ):
        viewer.state.set("screen", screen)
        assert legend.view.text() == expected


def test_pictures_are_wanted_through_the_view_and_overlays_only_where_levels_are(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    screen = Screen(display="p3", overlay="gamut")
    viewer.state.set("screen", screen)
    viewer.state.set("compare", "wipe")
    assert [want.screen for want in bridge.asked[-1]] == [screen, screen]
    viewer.state.set("compare", "difference")
    assert [want.screen for want in bridge.asked[-1]] == [screen.bare()]
