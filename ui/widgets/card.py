"""A stage's card: a switch, a name, one line of what it did, and its settings folded away."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.theme import T
from ui.widgets.switch import Switch

UNBOUNDED = 16777215
"""Qt's own largest height of a widget."""


class Card(QFrame):
    """Put the settings into `body` (a QVBoxLayout). `switch` is None where the card cannot be switched off."""

    folded_changed = Signal(bool)

    def __init__(self, title: str, *, switchable: bool = True, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.switch = Switch(title, tip) if switchable else None
        self.title, self.summary, self.arrow = QLabel(title), QLabel(), QToolButton()
        self.content = QWidget()
        self.head, self.body = QHBoxLayout(), QVBoxLayout(self.content)
        self._folding = QPropertyAnimation(self.content, b"maximumHeight", self)
        self._folding.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._folding.finished.connect(self._on_folded)
        self._folded = True
        self._lay_out()
        self._dress(title, tip)

    @property
    def folded(self) -> bool:
        return self._folded

    def set_summary(self, text: str) -> None:
        """What the stage did to this shot, in one line; the whole of it in the tooltip."""
        self.summary.setText(text)
        self.summary.setToolTip(text)

    def set_folded(self, folded: bool) -> None:
        """Hides or shows the settings, moving for a moment where motion is not reduced."""
        if folded == self._folded:
            return
        self._folded = folded
        self._turn_arrow()
        full = self.content.sizeHint().height()
        self.content.show()
        self._folding.stop()
        self._folding.setDuration(theme.motion())
        self._folding.setStartValue(full if folded else 0)
        self._folding.setEndValue(0 if folded else full)
        self._folding.start()
        self.folded_changed.emit(folded)

    def _lay_out(self) -> None:
        small, gap, wide = T.space[0], T.space[1], T.space[2]
        head, texts, all_ = self.head, QVBoxLayout(), QVBoxLayout(self)
        texts.setSpacing(1)
        texts.addWidget(self.title)
        texts.addWidget(self.summary)
        if self.switch is not None:
            head.addWidget(self.switch)
        head.setSpacing(gap)
        head.addLayout(texts, 1)
        head.addWidget(self.arrow)
        all_.setContentsMargins(gap, gap, gap, gap)
        all_.setSpacing(0)
        all_.addLayout(head)
        all_.addWidget(self.content)
        self.body.setContentsMargins(wide + small, gap, small, small)
        self.body.setSpacing(gap)

    def _dress(self, title: str, tip: str) -> None:
        self.title.setObjectName("cardTitle")
        self.summary.setObjectName("muted")
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.title, self.summary):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.title.setToolTip(f"{title}\n{tip}" if tip else title)
        self.arrow.setObjectName("flat")
        self.arrow.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.arrow.setAccessibleName(tr("Card", "Settings of {0}").format(title))
        self.arrow.clicked.connect(self._on_arrow)
        self.content.hide()
        self._turn_arrow()

    def _turn_arrow(self) -> None:
        self.arrow.setArrowType(Qt.ArrowType.RightArrow if self._folded else Qt.ArrowType.DownArrow)
        verb = tr("Card", "Show settings") if self._folded else tr("Card", "Hide settings")
        self.arrow.setToolTip(verb)
        self.arrow.setAccessibleDescription(verb)

    @Slot()
    def _on_arrow(self) -> None:
        self.set_folded(not self._folded)

    @Slot()
    def _on_folded(self) -> None:
        self.content.setVisible(not self._folded)
        self.content.setMaximumHeight(UNBOUNDED)
