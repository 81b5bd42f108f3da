"""Work on shots in the status bar: what is at work, how far it is, and a button that stops it or goes on."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.shot_desk import ShotDesk, ShotProgress
from app.stage_text import stage_title
from ui.icons import icon
from ui.theme import T


class WorkLine(QWidget):
    """Empty while nothing is at work and nothing was stopped."""

    def __init__(self, desk: ShotDesk, name: str, running: str, stopped: str, parent: QWidget | None = None) -> None:
        """running: a sentence with {shot}, {stages} and {percent}; stopped: what is said after a cancel."""
        super().__init__(parent)
        self._desk, self._running, self._stopped = desk, running, stopped
        self._news: ShotProgress | None = None
        self.text, self.button = QLabel(), QToolButton()
        self.text.setObjectName("muted")
        self.text.setAccessibleName(name)
        self.button.setObjectName("flat")
        row = QHBoxLayout(self)
        row.setContentsMargins(T.space[2], 0, 0, 0)
        row.setSpacing(T.space[0])
        row.addWidget(self.text)
        row.addWidget(self.button)
        self._name = name
        self.button.clicked.connect(self._on_button)
        desk.progressed.connect(self._on_progress)
        desk.stopped_changed.connect(self._show)
        self._dress("cancel", self.tr("Stop"))
        self._show()

    @Slot(object)
    def _on_progress(self, news: ShotProgress | None) -> None:
        self._news = news
        self._show()

    @Slot()
    def _on_button(self) -> None:
        if self._desk.stopped:
            self._desk.resume()
        else:
            self._desk.cancel()

    @Slot()
    def _show(self) -> None:
        stopped, news = self._desk.stopped, self._news
        self.setVisible(stopped or news is not None)
        if stopped:
            self.text.setText(self._stopped)
            self._dress("play", self.tr("Go on"))
        elif news is not None:
            stages = ", ".join(stage_title(stage).lower() for stage in news.stages)
            self.text.setText(self._running.format(shot=news.shot, stages=stages, percent=f"{news.share * 100:.0f} %"))
            self._dress("cancel", self.tr("Stop"))

    def _dress(self, drawing: str, verb: str) -> None:
        self.button.setIcon(icon(drawing))
        self.button.setAccessibleName(f"{self._name}: {verb}")
        self.button.setToolTip(
            f"{verb}\n" + self.tr("What is done stays; the rest is done when it is asked for again.")
        )
