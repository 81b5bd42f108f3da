"""Every control of the window and its dialogs: named for who cannot see it, explained, and reached by Tab."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QSplitterHandle,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app import commands
from app.crash_report import CrashReport
from app.pins import Pin
from app.recovery import Recoverable
from engines.stages.catalogue import STAGES
from tests.clips import write_clip
from tests.ui.stand import Stand, stand
from ui.dialogs.crash_dialog import CrashDialog
from ui.dialogs.recovery_dialog import RecoveryDialog
from ui.widgets.card import Card
from ui.widgets.fold import Fold

_CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QAbstractItemView)
_INNER = (QScrollBar, QHeaderView, QSplitterHandle)
_LEAST_CONTRAST = 4.5


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """With a clip, every panel shown, a card of every stage unfolded, and colours read."""
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    clip = write_clip(tmp_path / "clip.mkv", frames=6)
    with stand(qtbot) as made:
        made.station.state.set("reduce_motion", True)
        made.window.resize(1680, 1400)
        made.drop_clip(clip)
        qtbot.waitUntil(lambda: made.session.clip is not None and made.session.clip.cuts_known)
        _treat(made)
        for dock in made.window.docks.values():
            dock.show()
        for card in made.window.findChildren(Card):
            card.set_folded(False)
        for fold in made.window.findChildren(Fold):
            fold.set_folded(False)
        qtbot.wait(200)
        yield made


def _treat(stand: Stand) -> None:
    """Every stage in the chain, switched off; pins on the picture."""
    session, state = stand.session, stand.station.state
    document = session.document
    for stage in STAGES:
        document = commands.add_stage(document, session.clip_id, stage)
        document = commands.set_enabled(document, session.clip_id, 0, stage, False)
    session.do("Stages", document)
    state.set("pin_a", Pin(session.clip_id, 0, 10, 10))
    state.set("pin_b", Pin(session.clip_id, 2, 20, 20))
    state.set("measuring", True)


def _controls(root: QWidget) -> list[QWidget]:
    """What a person acts on; parts that Qt puts into its own controls are theirs."""
    found = [
        widget
        for widget in root.findChildren(QWidget)
        if isinstance(widget, _CONTROLS) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    return [widget for widget in found if not _inner(widget)]


def _inner(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    owned = isinstance(parent, QAbstractSpinBox | QComboBox | QAbstractItemView | QLineEdit)
    popup = parent is not None and isinstance(parent.parentWidget(), QComboBox)
    plain = type(widget) is QAbstractScrollArea
    return owned or popup or plain or isinstance(widget, _INNER) or widget.objectName().startswith("qt_")


def _described(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton | QLineEdit | QLabel) else ""
    return f"{type(widget).__name__} {widget.objectName()!r} {text!r} in {type(widget.parentWidget()).__name__}"


def _lacks(root: QWidget) -> dict[str, list[str]]:
    controls = _controls(root)
    assert controls
    return {
        "name": [_described(one) for one in controls if not one.accessibleName()],
        # No tooltip may cover the picture: the canvas describes itself.
        "tooltip": [_described(one) for one in controls if not (one.toolTip() or one.accessibleDescription())],
    }


def test_every_control_of_the_window_has_a_name_and_says_what_it_does(window: Stand) -> None:
    assert len(_controls(window.window)) > 60
    assert _lacks(window.window) == {"name": [], "tooltip": []}


_DIALOGS = (
    "file.export",
    "file.relink",
    "edit.models",
    "edit.preferences",
    "view.transform",
    "stage.tune",
    "help.palette",
    "help.shortcuts",
    "help.about",
    "help.licences",
    "play.go_to",
)


def test_every_control_of_the_dialogs_has_a_name_and_says_what_it_does(window: Stand, tmp_path: Path) -> None:
    lacks = {}
    for action in _DIALOGS:
        window.window.book.trigger(action)
        dialog = window.dialog()
        lacks[action] = _lacks(dialog)
        dialog.reject()
        window.qtbot.waitUntil(lambda: not window.dialogs())
    report = tmp_path / "report.txt"
    report.write_text("ValueError\n", "utf-8")
    left: tuple[QDialog, ...] = (
        RecoveryDialog([Recoverable(tmp_path, None, time.time(), 3, ("Brush",))], window.window),
        CrashDialog(CrashReport(report, time.time()), window.window),
    )
    for dialog in left:
        lacks[type(dialog).__name__] = _lacks(dialog)
    assert {name: lack for name, lack in lacks.items() if lack != {"name": [], "tooltip": []}} == {}


def test_tab_reaches_every_control_and_comes_round(window: Stand) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window.window.activateWindow()
    window.window.viewer.canvas.setFocus()
    window.qtbot.waitUntil(window.window.viewer.canvas.hasFocus)
    wanted = {
        one
        for one in _controls(window.window)
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    seen: Counter[QWidget] = Counter()
    for _ in range(2 * len(wanted)):
        focus = application.focusWidget()
        assert focus is not None
        seen[focus] += 1
        focus.focusNextPrevChild(True)
    missed = [_described(one) for one in wanted if not _reached(one, seen)]
    assert "\n".join(missed) == ""
    assert window.window.viewer.canvas in {one for one, times in seen.items() if times > 1}, "it never came round"


def _reached(widget: QWidget, seen: Counter[QWidget]) -> bool:
    """Of buttons that exclude each other Tab reaches one, arrows the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return any(seen[one] for one in (group.buttons() if group is not None else [widget]))


def test_words_stand_out_from_their_ground(window: Stand) -> None:
    """Measured on the pixels of the whole window: the strongest colour of each text against its ground."""
    image = window.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ratio = image.devicePixelRatio()
    pixels = np.asarray(image.constBits()).reshape(image.height(), image.width(), 4)[..., 2::-1]
    weak, measured = {}, 0
    for one in window.window.findChildren(QWidget):
        worded = isinstance(one, QLabel | QAbstractButton) and any(sign.isalnum() for sign in one.text())
        if not (worded and one.isVisible() and one.isEnabled() and _whole(one)):
            continue
        corner, size = one.mapTo(window.window, one.rect().topLeft()) * ratio, one.size() * ratio
        cut = pixels[corner.y() : corner.y() + size.height(), corner.x() : corner.x() + size.width()]
        contrast = _contrast(cut)
        measured += 1
        if contrast < _LEAST_CONTRAST:
            weak[_described(one)] = round(contrast, 2)
    assert weak == {}
    assert measured > 40


def _whole(widget: QWidget) -> bool:
    """Not scrolled out of sight, not even in part."""
    return widget.visibleRegion().boundingRect() == widget.rect()


def _contrast(cut: np.ndarray) -> float:
    """By the rule of WCAG 2, of the commonest colour and the one farthest from it."""
    share = cut.reshape(-1, 3) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance = np.round(linear @ (0.2126, 0.7152, 0.0722), 4)
    values, counts = np.unique(luminance, return_counts=True)
    ground = values[counts.argmax()]
    return max(
        float((max(value, ground) + 0.05) / (min(value, ground) + 0.05)) for value in (luminance.min(), luminance.max())
    )
