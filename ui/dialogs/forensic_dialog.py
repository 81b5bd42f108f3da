"""What is in the way of forensic mode, stage by stage, and one click that puts it right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.document import Document
from app.forensic.rules import OFF, SLIDER, Obstacle, plainly
from app.stage_text import shot_title, stage_title
from ui.theme import T, px

_WIDE, _HIGH = 560, 420


class ForensicDialog(QDialog):
    """Accepted: everything listed is to be put right, as one step."""

    def __init__(self, document: Document, found: Sequence[Obstacle], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Forensic Mode"))
        self.setMinimumWidth(px(_WIDE))
        self.told = QLabel(
            self.tr(
                "Forensic work lets nothing pass that a method may have invented, and nothing whose bits depend on the"
                " machine. This is in the way:"
            )
        )
        self.told.setWordWrap(True)
        self.reasons = [self._reason(document, same) for same in _alike(found)]
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        verb = self.tr("Put right") if document.forensic else self.tr("Put right and switch on")
        self.mend = buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        self.mend.setDefault(True)
        self.mend.setToolTip(self.tr("Put right\nOne step: undo takes it back."))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(T.space[2])
        layout.addWidget(self.told)
        layout.addWidget(self._scrolled(), 1)
        layout.addWidget(buttons)
        self.resize(px(_WIDE), min(px(_HIGH), self.sizeHint().height()))

    def _scrolled(self) -> QScrollArea:
        column, area = QWidget(), QScrollArea()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, T.space[1], 0)
        layout.setSpacing(T.space[1])
        for reason in self.reasons:
            layout.addWidget(reason)
        layout.addStretch(1)
        area.setWidget(column)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(min(column.sizeHint().height() + 2, px(_HIGH - 140)))
        area.setAccessibleName(self.tr("What is in the way"))
        area.setToolTip(self.tr("What is in the way\nStage, where, why, and what puts it right."))
        return area

    def _reason(self, document: Document, same: Sequence[Obstacle]) -> QFrame:
        """One card for all shots in which the same is in the way."""
        card, one = QFrame(), same[0]
        card.setObjectName("card")
        head, why, cure = QLabel(), QLabel(plainly(one.reason)), QLabel()
        head.setText(f"{stage_title(one.stage)} · {self._where(document, same)}")
        head.setObjectName("cardTitle")
        cure.setText(self.tr("Put right: {cure}").format(cure=self._cure(one.cure)))
        cure.setObjectName("muted")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(T.space[2], T.space[1], T.space[2], T.space[1])
        layout.setSpacing(2)
        for label in (head, why, cure):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            layout.addWidget(label)
        return card

    def _where(self, document: Document, same: Sequence[Obstacle]) -> str:
        clip = document.clip(same[0].clip_id)
        whole = len(same) == len(clip.shots) > 1
        if whole:
            where = self.tr("all {count} shots").format(count=len(same))
        elif len(same) == 1:
            where = shot_title(clip, same[0].shot)
        else:
            first = shot_title(clip, same[0].shot)
            where = self.tr("{count} shots, first {shot}").format(count=len(same), shot=first)
        return f"{clip.media.path.name}, {where}" if len(document.clips) > 1 else where

    def _cure(self, cure: str) -> str:
        if cure == SLIDER:
            return self.tr("the slider goes to Faithful")
        if cure == OFF:
            return self.tr("the stage is switched off")
        pairs = [pair.partition("=") for pair in cure.split(",")]
        words = (f"{key} = {value}" if value else self.tr("{key} left out").format(key=key) for key, _, value in pairs)
        return ", ".join(words)


def _alike(found: Sequence[Obstacle]) -> list[list[Obstacle]]:
    """Those that differ by their shot only, together."""
    groups: dict[tuple[str, str, str, str], list[Obstacle]] = {}
    for one in found:
        groups.setdefault((one.clip_id, one.stage, one.reason, one.cure), []).append(one)
    return list(groups.values())
