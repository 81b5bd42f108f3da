"""What the viewer shows while nothing is open: what to do next, and the projects worked on last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui.icons import icon
from ui.theme import T
from ui.widgets.empty_state import EmptyState

_SHOWN = 5
_WIDTH = 420


class Welcome(QWidget):
    """Emits what was asked for; the main window does it."""

    open_requested = Signal()
    demo_requested = Signal()
    recent_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        state = EmptyState(
            self.tr("Drop a film scan here, or open one"),
            self.tr("A file, a folder of stills, or a project. Sources are only ever read."),
            icon("film", "muted"),
        )
        opener = state.add_button(self.tr("Open..."), self.tr("Choose a clip or a project."), main=True)
        demo = state.add_button(self.tr("Demo reel"), self.tr("Opens a short damaged film to try everything on."))
        opener.clicked.connect(self._on_open)
        demo.clicked.connect(self._on_demo)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(T.space[0])
        self._recent.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(state)
        column.addLayout(self._recent)
        column.addStretch(1)

    def set_recent(self, paths: list[str]) -> None:
        while self._recent.count():
            item = self._recent.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        if paths:
            title = QLabel(self.tr("Recent projects"))
            title.setStyleSheet(f"color: {T.muted}; font-size: {T.small_size}px;")
            self._recent.addWidget(title)
        for path in paths[:_SHOWN]:
            self._recent.addWidget(self._entry(path))

    def _entry(self, path: str) -> QPushButton:
        button = QPushButton()
        place = button.fontMetrics().elidedText(str(Path(path).parent), Qt.TextElideMode.ElideMiddle, _WIDTH // 2)
        button.setText(f"{Path(path).stem}   {place}")
        button.setFixedWidth(_WIDTH)
        button.setAccessibleName(self.tr("Open project {0}").format(Path(path).stem))
        button.setToolTip(self.tr("Open project\n{0}").format(path))
        button.setProperty("path", path)
        button.clicked.connect(self._on_recent)
        return button

    @Slot()
    def _on_open(self) -> None:
        self.open_requested.emit()

    @Slot()
    def _on_demo(self) -> None:
        self.demo_requested.emit()

    @Slot()
    def _on_recent(self) -> None:
        self.recent_requested.emit(self.sender().property("path"))
