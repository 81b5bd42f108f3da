"""Where a treatment may be copied: a menu of the usual answers, and a list to choose from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from app.commands import copy_treatment
from app.document import ClipWork
from app.session import Session
from app.stage_text import shot_title
from ui.theme import T


class CopyMenu(QMenu):
    """Copies the treatment of one shot to all others, those after it, or chosen ones."""

    def __init__(self, session: Session, shot: int, parent: QWidget) -> None:
        super().__init__(self.tr("Copy treatment to"), parent)
        self.setToolTipsVisible(True)
        self._session = session
        self._shot = shot
        count = len(session.clip.shots) if session.clip else 0
        for text, action in (
            (self.tr("All other shots"), self._to_all),
            (self.tr("All shots after this one"), self._to_later),
            (self.tr("Shots to choose…"), self._to_chosen),
        ):
            made = self.addAction(text)
            made.triggered.connect(action)
            made.setEnabled(count > 1 and (action != self._to_later or shot + 1 < count))
            if not made.isEnabled():
                made.setToolTip(self.tr("There is no such shot in this clip."))

    @Slot()
    def _to_all(self) -> None:
        if self._session.clip is not None:
            self._copy(set(range(len(self._session.clip.shots))))

    @Slot()
    def _to_later(self) -> None:
        if self._session.clip is not None:
            self._copy(set(range(self._shot + 1, len(self._session.clip.shots))))

    @Slot()
    def _to_chosen(self) -> None:
        if self._session.clip is None:
            return
        chooser = ShotChooser(self._session.clip, self._shot, self.parentWidget())
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.accepted.connect(lambda: self._copy(chooser.chosen()))
        chooser.open()

    def _copy(self, to: set[int]) -> None:
        clip = self._session.clip
        if clip is None or self._shot >= len(clip.shots):
            return
        name = self.tr("Copy treatment of {shot}").format(shot=shot_title(clip, self._shot))
        self._session.do(name, copy_treatment(self._session.document, clip.id, self._shot, to - {self._shot}))


class ShotChooser(QDialog):
    """Shots with a tick each."""

    def __init__(self, clip: ClipWork, source: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Copy treatment"))
        layout = QVBoxLayout(self)
        layout.setSpacing(T.space[1])
        name = shot_title(clip, source)
        layout.addWidget(
            QLabel(self.tr("Shots that get the stages, settings and fidelity of {shot}:").format(shot=name))
        )
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Shots to copy to"))
        for index in range(len(clip.shots)):
            if index != source:
                self._add(index, shot_title(clip, index))
        self._list.setCurrentRow(0)
        layout.addWidget(self._list)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    def _add(self, index: int, title: str) -> None:
        item = QListWidgetItem(title, self._list)
        item.setData(Qt.ItemDataRole.UserRole, index)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Unchecked)

    def tick(self, index: int, on: bool = True) -> None:
        for item in self._items():
            if item.data(Qt.ItemDataRole.UserRole) == index:
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def chosen(self) -> set[int]:
        """Indices of the ticked shots."""
        ticked = (item for item in self._items() if item.checkState() == Qt.CheckState.Checked)
        return {int(item.data(Qt.ItemDataRole.UserRole)) for item in ticked}

    def _items(self) -> list[QListWidgetItem]:
        return [self._list.item(row) for row in range(self._list.count())]
