"""The shared widgets: what they send, what they keep, what they say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.notify import Notice
from ui import theme
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.segmented_bar import SegmentedBar
from ui.widgets.switch import Switch
from ui.widgets.timecode_label import TimecodeLabel
from ui.widgets.toast import MOST, Toasts
from ui.widgets.value_slider import DOT, ValueSlider


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    theme.reduce_motion(True)
    yield
    theme.reduce_motion(False)


class Heard:
    """What a slider sent, in order."""

    def __init__(self, slider: ValueSlider) -> None:
        self.all: list[str | float] = []
        slider.started.connect(lambda: self.all.append("start"))
        slider.changed.connect(self.all.append)
        slider.finished.connect(lambda: self.all.append("finish"))


@pytest.fixture
def slider(qtbot: QtBot) -> ValueSlider:
    made = ValueSlider("Smallest", 0, 40, 2, unit="px", decimals=0)
    qtbot.addWidget(made)
    made.resize(200, 60)
    made.show()
    return made


def test_typing_with_or_without_the_unit_is_one_gesture(slider: ValueSlider, qtbot: QtBot) -> None:
    heard = Heard(slider)
    for text in ("12 px", "13"):
        slider.field.selectAll()
        QTest.keyClicks(slider.field, text)
        QTest.keyClick(slider.field, Qt.Key.Key_Return)
    assert heard.all == ["start", 12.0, "finish", "start", 13.0, "finish"]
    assert slider.field.text() == "13 px"


def test_what_is_out_of_range_is_refused_in_words(slider: ValueSlider, qtbot: QtBot) -> None:
    heard = Heard(slider)
    slider.field.selectAll()
    QTest.keyClicks(slider.field, "41")
    with qtbot.waitSignal(slider.text_entered) as entered:
        QTest.keyClick(slider.field, Qt.Key.Key_Return)
    assert entered.args == ["41"]
    assert heard.all == []
    assert (slider.value, slider.field.text()) == (2, "2 px")
    assert "0 px to 40 px" in slider.error.text()
    assert slider.error.isVisible()


def test_a_drag_is_one_gesture(slider: ValueSlider, qtbot: QtBot) -> None:
    heard = Heard(slider)
    middle = slider.track.height() // 2
    QTest.mousePress(slider.track, Qt.MouseButton.LeftButton, pos=QPoint(100, middle))
    QTest.mouseMove(slider.track, QPoint(150, middle))
    QTest.mouseMove(slider.track, QPoint(400, middle))
    QTest.mouseRelease(slider.track, Qt.MouseButton.LeftButton, pos=QPoint(400, middle))
    assert heard.all[0] == "start"
    assert heard.all[-2:] == [40.0, "finish"]
    assert heard.all.count("start") == heard.all.count("finish") == 1


def test_a_key_is_one_gesture_and_the_dot_marks_it(slider: ValueSlider, qtbot: QtBot) -> None:
    heard = Heard(slider)
    assert DOT not in slider.label.text()
    QTest.keyClick(slider.track, Qt.Key.Key_Right)
    assert heard.all == ["start", 3.0, "finish"]
    assert DOT in slider.label.text()


def test_a_double_click_on_the_name_resets(slider: ValueSlider, qtbot: QtBot) -> None:
    slider.set_value(30)
    heard = Heard(slider)
    QTest.mouseDClick(slider.label, Qt.MouseButton.LeftButton)
    assert heard.all == ["start", 2.0, "finish"]
    assert slider.is_default


def test_setting_is_silent_and_clamped(slider: ValueSlider) -> None:
    heard = Heard(slider)
    slider.set_value(99)
    assert (slider.value, heard.all) == (40, [])


def test_the_wheel_belongs_to_the_panel_without_focus(slider: ValueSlider) -> None:
    assert slider.track.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_a_switch_toggles_by_key_and_has_a_name(qtbot: QtBot) -> None:
    switch = Switch("Detail", "Adds detail.")
    qtbot.addWidget(switch)
    with qtbot.waitSignal(switch.toggled):
        QTest.keyClick(switch, Qt.Key.Key_Space)
    assert switch.isChecked()
    assert (switch.accessibleName(), switch.toolTip()) == ("Detail", "Detail\nAdds detail.")


def test_the_knob_tells_the_state_without_colour(qtbot: QtBot) -> None:
    switch = Switch("Detail")
    qtbot.addWidget(switch)
    off = switch.grab().toImage().convertToFormat(switch.grab().toImage().Format.Format_Grayscale8)
    switch.setChecked(True)
    on = switch.grab().toImage().convertToFormat(off.format())
    middle = off.height() // 2
    assert off.pixelColor(10, middle).value() > off.pixelColor(off.width() - 10, middle).value()
    assert on.pixelColor(10, middle).value() < on.pixelColor(on.width() - 10, middle).value()


def test_a_card_folds_by_its_arrow(qtbot: QtBot) -> None:
    card = Card("Dirt", tip="Removes dirt.")
    qtbot.addWidget(card)
    card.body.addWidget(QLabel("settings"))
    card.show()
    assert not card.content.isVisible()
    with qtbot.waitSignal(card.folded_changed) as signal:
        QTest.mouseClick(card.arrow, Qt.MouseButton.LeftButton)
    assert signal.args == [False]
    qtbot.waitUntil(card.content.isVisible)
    card.set_folded(True)
    qtbot.waitUntil(lambda: not card.content.isVisible())


def test_a_bar_sends_only_what_the_user_chose(qtbot: QtBot) -> None:
    bar = SegmentedBar("Compare", [("a", "Source", "tip"), ("b", "Restored", "tip")])
    qtbot.addWidget(bar)
    sent: list[str] = []
    bar.chosen.connect(sent.append)
    bar.set_current("a")
    QTest.mouseClick(bar.button("b"), Qt.MouseButton.LeftButton)
    assert (sent, bar.current()) == (["b"], "b")


def test_a_timecode_never_shrinks(qtbot: QtBot) -> None:
    label = TimecodeLabel("Timecode")
    qtbot.addWidget(label)
    label.set_time("01:00:00:00")
    wide = label.sizeHint().width()
    label.set_time("1")
    assert label.minimumWidth() == wide


def test_an_empty_state_offers_the_next_action(qtbot: QtBot) -> None:
    empty = EmptyState("Nothing here", "Drop something.")
    qtbot.addWidget(empty)
    button = empty.add_button("Open...", "Chooses a file.", main=True)
    assert button.accessibleName() == "Open..."


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


def test_the_same_message_is_counted_not_repeated(window: QWidget) -> None:
    toasts = Toasts(window)
    for _again in range(50):
        toasts.show_notice(Notice("warning", "The disk is full.", "Free some space."))
    assert [toast.count for toast in toasts.shown] == [50]


def test_a_storm_of_messages_stays_small_and_keeps_the_errors(window: QWidget) -> None:
    toasts = Toasts(window)
    toasts.show_notice(Notice("error", "The clip cannot be read."))
    for number in range(20):
        toasts.show_notice(Notice("info", f"Message {number}"))
    assert len(toasts.shown) == MOST
    assert toasts.shown[0].notice.kind == "error"
    assert toasts.geometry().bottom() < window.height()


def test_messages_never_take_the_focus_and_close(window: QWidget, qtbot: QtBot) -> None:
    toasts = Toasts(window)
    toasts.show_notice(Notice("error", "The clip cannot be read."))
    assert not toasts.shown[0].isModal()
    QTest.mouseClick(toasts.shown[0].close_button, Qt.MouseButton.LeftButton)
    assert toasts.shown == []
    assert not toasts.isVisible()


def test_messages_stay_in_the_corner_when_the_window_changes(window: QWidget) -> None:
    toasts = Toasts(window)
    toasts.show_notice(Notice("info", "Saved."))
    window.resize(500, 400)
    assert window.rect().contains(toasts.geometry())
