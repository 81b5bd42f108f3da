"""Messages in a corner of the window: never modal, errors stay until closed, what is said twice is counted."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPropertyAnimation, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.notify import Notice
from ui import theme
from ui.i18n import tr
from ui.icons import icon
from ui.theme import T

MOST = 4
WIDTH = 380
SECONDS = {"info": 5, "warning": 10}
"""How long a message stays; errors stay until they are closed."""
LOOKS = {"info": ("info", "text"), "warning": ("warning", "approximate"), "error": ("error", "failed")}
"""A shape and a colour for each kind."""
_LONGEST = 40


def shortened(sentence: str) -> str:
    """Words too long for a line, such as paths, without their middle: they would be cut at the edge."""
    words = sentence.split(" ")
    half = _LONGEST // 2 - 1
    return " ".join(word if len(word) <= _LONGEST else f"{word[:half]}…{word[-half:]}" for word in words)


class Toast(QFrame):
    """One message. Stays while the pointer or the focus is on it."""

    closed = Signal(object)

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.notice, self.count = notice, 1
        self._sentence, self._hint = QLabel(shortened(notice.sentence)), QLabel(shortened(notice.hint))
        self._sentence.setToolTip(notice.sentence)
        self._hint.setToolTip(notice.hint)
        self.close_button = QToolButton()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_close)
        self._lay_out()
        self.setAccessibleName(notice.sentence)
        self.setAccessibleDescription(notice.hint)
        self._wait()

    def again(self) -> None:
        """The same was said once more."""
        self.count += 1
        self._sentence.setText(tr("Toast", "{0} ({1} times)").format(shortened(self.notice.sentence), self.count))
        self._wait()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().leaveEvent(event)
        self._wait()

    def appear(self) -> None:
        """Fades in where motion is welcome."""
        if not theme.motion():
            return
        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", effect)
        fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        fade.setDuration(theme.motion())
        fade.setStartValue(0.0)
        fade.setEndValue(1.0)
        fade.finished.connect(self._on_faded)
        fade.start()

    def _lay_out(self) -> None:
        look, colour = LOOKS[self.notice.kind]
        shape = QLabel()
        shape.setPixmap(icon(look, colour).pixmap(20, 20))
        for label, name in ((self._sentence, "toastSentence"), (self._hint, "toastHint")):
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._hint.setVisible(bool(self.notice.hint))
        self.close_button.setObjectName("flat")
        self.close_button.setIcon(icon("close"))
        self.close_button.setAccessibleName(tr("Toast", "Close message"))
        self.close_button.setToolTip(tr("Toast", "Close message"))
        self.close_button.clicked.connect(self._on_close)
        grid = QGridLayout(self)
        grid.setContentsMargins(T.space[2], T.space[1], T.space[1], T.space[1])
        grid.setHorizontalSpacing(T.space[1])
        grid.setVerticalSpacing(T.space[0])
        grid.addWidget(shape, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._sentence, 0, 1)
        grid.addWidget(self.close_button, 0, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._hint, 1, 1)
        grid.setColumnStretch(1, 1)

    def _wait(self) -> None:
        if self.notice.kind in SECONDS:
            self._timer.start(SECONDS[self.notice.kind] * 1000)

    @Slot()
    def _on_faded(self) -> None:
        # A null effect: with one set, every repaint would go through an off-screen picture.
        self.setGraphicsEffect(None)  # type: ignore[arg-type]

    @Slot()
    def _on_close(self) -> None:
        self._timer.stop()
        self.closed.emit(self)


class Toasts(QWidget):
    """The stack at the lower right of `window`, newest below; the oldest that is no error makes room."""

    def __init__(self, window: QWidget, margin_bottom: int = 0) -> None:
        super().__init__(window)
        self._window, self._margin_bottom = window, margin_bottom
        self._stack: list[Toast] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(T.space[1])
        self.setAccessibleName(tr("Toast", "Messages"))
        self.setFixedWidth(WIDTH)
        window.installEventFilter(self)
        self.hide()

    @property
    def shown(self) -> list[Toast]:
        return list(self._stack)

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        """Connect `Session.notified` here."""
        held = next((toast for toast in self._stack if toast.notice == notice), None)
        if held is not None:
            held.again()
        else:
            self._add(Toast(notice, self))
        self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def _add(self, toast: Toast) -> None:
        if len(self._stack) >= MOST:
            self._remove(next((held for held in self._stack if held.notice.kind != "error"), self._stack[0]))
        self._stack.append(toast)
        self._column.addWidget(toast)
        toast.closed.connect(self._on_closed)
        toast.show()
        toast.appear()
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))

    @Slot(object)
    def _on_closed(self, toast: Toast) -> None:
        # One that had to make room may still run out of time.
        if toast in self._stack:
            self._remove(toast)
            self.place()

    def _remove(self, toast: Toast) -> None:
        self._stack.remove(toast)
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()

    def place(self) -> None:
        """Above the status bar, within the window."""
        if not self._stack:
            self.hide()
            return
        window = self._window
        gap = T.space[3]
        self.setFixedWidth(min(WIDTH, window.width() - 2 * gap))
        self._column.activate()
        height = self._column.totalHeightForWidth(self.width())
        self.setFixedHeight(height)
        self.move(window.width() - self.width() - gap, window.height() - height - gap - self._margin_bottom)
        # Only now: shown elsewhere for a moment it would take the pointer there for a reader's.
        self.show()
        self.raise_()
