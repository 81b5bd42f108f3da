"""Every text can be read on what it stands on, every control's outline seen (WCAG 2.2)."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from engines.stages.catalogue import STAGES
from ui import icons, theme
from ui.theme import T

TEXTS = ("text", "bright", "muted", "accent", "ready", "approximate", "flagged", "mask", "protect", "original")
GROUNDS = ("window", "panel", "raised", "field")
OUTLINES = ("edge", "accent", "ready", "approximate", "failed", "flagged", "synthesised", "mask", "protect", "original")


def _luminance(name: str) -> float:
    channels = [int(getattr(T, name)[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", [*TEXTS, "failed"])
def test_texts_are_readable(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("text", ["text", "bright"])
def test_texts_are_readable_under_the_pointer(text: str) -> None:
    assert contrast(text, "hover") >= 4.5


def test_texts_on_the_accent_are_readable() -> None:
    assert contrast("on_accent", "accent") >= 4.5
    assert contrast("bright", "selected") >= 4.5


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("line", OUTLINES)
def test_outlines_are_seen(line: str, ground: str) -> None:
    assert contrast(line, ground) >= 3.0


@pytest.mark.parametrize("ground", ["window", "panel", "field"])
def test_fields_are_seen(ground: str) -> None:
    assert contrast("outline", ground) >= 3.0


def test_the_greys_are_neutral() -> None:
    for name in (*GROUNDS, "hover", "hairline", "edge", "outline", "text", "bright", "muted", "disabled"):
        colour = getattr(T, name)
        assert colour[1:3] == colour[3:5] == colour[5:7], name


def test_drawings_for_the_style_sheet_have_the_texts_colour() -> None:
    for name in icons.names():
        svg = files("resources.icons").joinpath(f"{name}.svg").read_text()
        assert ("currentColor" in svg) != name.startswith("style_"), name
        assert not name.startswith("style_") or T.text in svg, name


def _channels(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def test_every_drawing_draws_in_the_colour_asked_for(qtbot: QtBot) -> None:
    for name in icons.names():
        if name.startswith("style_"):
            continue
        picture = icons.icon(name, "failed").pixmap(48, 48).toImage()
        pixels = [picture.pixelColor(x, y) for x in range(48) for y in range(48)]
        seen = {_channels(pixel) for pixel in pixels if pixel.alpha() == 255}
        wanted = _channels(QColor(T.failed))
        assert seen
        # A half transparent part over an opaque one may be rounded.
        assert all(abs(a - b) <= 1 for one in seen for a, b in zip(one, wanted, strict=True)), name


def test_every_drawing_that_is_asked_for_exists() -> None:
    root = Path(icons.__file__).parent
    asked = {name for path in root.rglob("*.py") for name in re.findall(r'\bicon\("(\w+)"', path.read_text())}
    assert asked
    assert asked <= set(icons.names())
    assert {f"stage_{name}" for name in STAGES} <= set(icons.names())


def test_an_unknown_drawing_is_refused(qtbot: QtBot) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no such drawing")


def test_text_size_follows_the_preference(qtbot: QtBot, qapp: QApplication) -> None:
    try:
        theme.apply(qapp, 18)
        label = QLabel("text")
        qtbot.addWidget(label)
        assert label.font().pixelSize() == 24
        assert theme.monospaced(T.text_size).pixelSize() == 24
    finally:
        theme.apply(qapp)
    assert theme.px(T.text_size) == T.text_size


def test_reduced_motion_stops_animations() -> None:
    try:
        theme.reduce_motion(True)
        assert theme.motion() == 0
    finally:
        theme.reduce_motion(False)
    assert 0 < theme.motion() < 120


def test_an_icon_is_dimmed_where_disabled(qtbot: QtBot) -> None:
    drawn = icons.icon("stop").pixmap(24, 24, QIcon.Mode.Disabled).toImage()
    assert drawn.pixelColor(12, 12).name() == T.disabled
