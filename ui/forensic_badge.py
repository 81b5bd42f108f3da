"""The strip above everything that says that forensic mode is on, for whom, and what is in its way."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.export.case import CaseFacts
from app.forensic.rules import obstacles
from app.session import Session
from ui.icons import icon
from ui.theme import T, colour, px

_HEIGHT, _STRIPE = 28, 10


class ForensicBadge(QWidget):
    """Hidden outside forensic mode; nothing else hides it."""

    wanted = Signal()
    """Somebody asks what is in the way, or to switch the mode off."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("forensicBadge")
        self.setFixedHeight(px(_HEIGHT))
        self.sign, self.name, self.promise, self.case = QLabel(), QLabel(), QLabel(), QLabel()
        self.button = QPushButton()
        self.name.setText(self.tr("FORENSIC MODE"))
        self.sign.setPixmap(icon("locked").pixmap(16, 16))
        row = QHBoxLayout(self)
        row.setContentsMargins(T.space[2] + 3 * _STRIPE, 0, T.space[2], 0)
        row.setSpacing(T.space[1])
        for part, stretch in ((self.sign, 0), (self.name, 0), (self.promise, 1), (self.case, 0), (self.button, 0)):
            row.addWidget(part, stretch)
        self.name.setStyleSheet(f"color: {T.bright}; font-weight: bold; letter-spacing: 1px;")
        self.promise.setStyleSheet(f"color: {T.text};")
        self.case.setStyleSheet(f"color: {T.bright};")
        self.promise.setMinimumWidth(0)
        self.button.setObjectName("flat")
        self.button.clicked.connect(self.wanted)
        self.setAccessibleName(self.tr("Forensic mode is on"))
        self.case.setAccessibleName(self.tr("Case"))
        session.document_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the document as it is now."""
        document = self._session.document
        self.setVisible(document.forensic)
        count = len(obstacles(document)) if document.forensic else 0
        if count:
            blocked = self.tr("1 stage is in the way: nothing can be exported")
            many = self.tr("{count} stages are in the way: nothing can be exported")
            self.promise.setText(blocked if count == 1 else many.format(count=count))
            self.button.setText(self.tr("Put right..."))
        else:
            self.promise.setText(self.tr("No synthesised pixel leaves; same input, same bits; every step is logged"))
            self.button.setText(self.tr("Switch off..."))
        self.button.setAccessibleName(self.tr("Forensic mode: {verb}").format(verb=self.button.text().rstrip(".")))
        self.button.setToolTip(self.tr("Forensic mode\nSays what it refuses, puts it right, or switches it off."))
        self.case.setText(case_line(document.case))
        self.setToolTip(
            self.tr(
                "Forensic mode\nStages that may invent detail, imported models and the slider are locked; damage that"
                " no frame shows stays and is listed."
            )
        )

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A ground of its own, striped at its left end: never colour alone."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("forensic"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(0, 0, 3 * _STRIPE, self.height())
        painter.setPen(QPen(colour("bright"), 3))
        for start in range(-self.height(), 3 * _STRIPE, _STRIPE):
            painter.drawLine(start, self.height() + 2, start + self.height() + 4, -2)


def case_line(case: CaseFacts) -> str:
    """ "2026-17 · A/3", or the collection's name; empty where nobody said."""
    return " · ".join(part for part in (case.case, case.exhibit, case.collection) if part)
