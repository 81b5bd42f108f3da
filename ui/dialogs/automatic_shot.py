"""One shot in the review of automatic restoration: a frame before and after, and what is proposed, to be ticked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.automatic import Reviewed
from app.document import ClipWork
from app.stage_text import shot_title, stage_title
from app.time_text import TimeText
from engines.analysis.finding import Finding
from engines.viewing import Bgrx
from ui.dialogs.parts import button, text
from ui.i18n import tr
from ui.theme import T


class AutomaticShot(QFrame):
    """Shows `reviewed`; `chosen` tells the stages that are ticked."""

    ticked = Signal()
    shown = Signal(int)
    """The frame pictured, when the user wants to see it large."""

    def __init__(self, clip: ClipWork, reviewed: Reviewed, time: TimeText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.reviewed = reviewed
        plan = reviewed.plan
        count = plan.shot.last - plan.shot.first + 1
        title = f"{shot_title(clip, reviewed.index)}  ·  {time.timecode(plan.shot.first)}  ·  {time.seconds(count)}"
        self.setAccessibleName(title)
        self.boxes: dict[str, QCheckBox] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(T.space[2], T.space[2], T.space[2], T.space[2])
        layout.setSpacing(T.space[2])
        for picture, name in ((reviewed.before, tr("Automatic", "Before")), (reviewed.after, tr("Automatic", "After"))):
            layout.addLayout(_captioned(picture, name, title))
        layout.addLayout(self._proposals(title), 1)

    def chosen(self) -> frozenset[str]:
        """Names of the stages that are ticked."""
        return frozenset(name for name, box in self.boxes.items() if box.isChecked())

    def tick_all(self, on: bool) -> None:
        """All of the shot's proposals."""
        for box in self.boxes.values():
            box.setChecked(on)

    def _proposals(self, title: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(T.space[1])
        column.addWidget(text(title, "cardTitle"))
        for finding in self.reviewed.plan.findings:
            head = tr("Automatic", "{0}  –  {1:.0%} sure")
            box = QCheckBox(head.format(stage_title(finding.stage), finding.confidence))
            box.setChecked(True)
            box.setAccessibleName(stage_title(finding.stage))
            box.setToolTip(_settings(finding))
            box.toggled.connect(self.ticked)
            self.boxes[finding.stage] = box
            column.addWidget(box)
            column.addWidget(text(finding.reason, "muted"))
        if not self.boxes:
            column.addWidget(text(tr("Automatic", "Nothing to do was found."), "muted"))
        see = button(tr("Automatic", "Go to Frame"), tr("Automatic", "Shows this frame in the viewer."))
        see.clicked.connect(lambda: self.shown.emit(self.reviewed.plan.frame))
        column.addStretch(1)
        column.addWidget(see, 0, Qt.AlignmentFlag.AlignLeft)
        return column


def _captioned(pixels: Bgrx, name: str, title: str) -> QVBoxLayout:
    height, width = pixels.shape[:2]
    image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32)
    picture = QLabel()
    picture.setPixmap(QPixmap.fromImage(image))
    picture.setFixedSize(width, height)
    picture.setAccessibleName(f"{title}: {name}")
    column = QVBoxLayout()
    column.setSpacing(T.space[0])
    column.addWidget(picture)
    column.addWidget(text(name, "muted"))
    column.addStretch(1)
    return column


def _settings(finding: Finding) -> str:
    """What would be set, for the tooltip."""
    if not finding.settings:
        return tr("Automatic", "With its default settings.")
    told = ", ".join(f"{key} = {value}" for key, value in finding.settings.items())
    return tr("Automatic", "With {0}.").format(told)
