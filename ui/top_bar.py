"""Above everything: the menus, the workspaces, the project's name."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from app.session import Session
from ui.action_menus import ActionBook
from ui.theme import T
from ui.workspaces import Workspaces

_NAME_WIDTH = 280


class TopBar(QWidget):
    """Menus left, workspaces in the middle, what is open right; a dot says that there is unsaved work."""

    def __init__(self, session: Session, book: ActionBook, workspaces: Workspaces) -> None:
        super().__init__()
        self._session, self._workspaces = session, workspaces
        self._group = QButtonGroup(self)
        self._name = QLabel()
        self._name.setAccessibleName(self.tr("Project"))
        self._name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QGridLayout(self)
        layout.setContentsMargins(T.space[0], 0, T.space[2], 0)
        layout.addWidget(book.menu_bar(), 0, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(self._spaces(book), 0, 1)
        layout.addWidget(self._name, 0, 2)
        # Equal sides keep the workspaces in the middle of the window.
        layout.setColumnStretch(0, 1)
        layout.setColumnStretch(2, 1)
        session.project_changed.connect(self._show_name)
        session.history_changed.connect(self._show_name)
        workspaces.changed.connect(self._show_space)
        self._show_name()

    def _spaces(self, book: ActionBook) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        for name in ("review", "repair", "forensic", "deliver"):
            action = book.action(f"workspace.{name}")
            button = QPushButton(action.text().replace("&", ""))
            button.setObjectName(name)
            button.setCheckable(True)
            button.setProperty("flatTab", True)
            button.setToolTip(action.toolTip())
            button.setAccessibleName(self.tr("Workspace {}").format(button.text()))
            button.clicked.connect(action.trigger)
            self._group.addButton(button)
            row.addWidget(button)
        return row

    @Slot(str)
    def _show_space(self, name: str) -> None:
        for button in self._group.buttons():
            button.setChecked(button.objectName() == name)

    @Slot()
    def _show_name(self) -> None:
        path = self._session.path
        name = path.name if path else self.tr("Untitled")
        name = QFontMetrics(self._name.font()).elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH)
        state = self.tr("read-only") if self._session.read_only else ("\u2022" if self._session.dirty else "")
        self._name.setText(f"{name} {state}".strip())
        self._name.setToolTip(str(path) if path else self.tr("Not saved yet. Every stroke is kept in the journal."))
