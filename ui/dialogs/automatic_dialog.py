"""Automatic restoration: what was found in each shot, before and after, and a tick for what shall be done."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from app.automatic import Automatic, Reviewed
from app.automatic_plan import apply_plans
from app.document import ClipWork
from app.session import Session
from app.time_text import TimeText
from engines.colour.screen import Screen
from engines.errors import TratteggioError
from ui.dialogs.automatic_shot import AutomaticShot
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.theme import T

_WIDTH, _LIST_HEIGHT = 960, 480


class AutomaticDialog(QDialog):
    """Shots appear as they are looked at. Nothing changes before Apply, and then in one step that can be undone."""

    def __init__(
        self, session: Session, automatic: Automatic, clip: ClipWork, screen: Screen, parent: QWidget | None = None
    ) -> None:
        """screen: the view transform through which its pictures are seen, as the viewer's are."""
        super().__init__(parent)
        self._session, self._automatic, self._clip = session, automatic, clip
        self._time = TimeText(clip.media.rate)
        self.shots: dict[int, AutomaticShot] = {}
        purpose = tr(
            "Automatic",
            "Looks at every shot and proposes what to do, with reasons. Nothing is applied before you say so.",
        )
        layout = column(self, tr("Automatic", "Automatic restoration"), purpose, _WIDTH)
        self.bar, self.said = QProgressBar(), text("", "muted")
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("Automatic", "Progress"))
        self.bar.setToolTip(tr("Automatic", "How much of the clip was looked at."))
        layout.addWidget(self.said)
        layout.addWidget(self.bar)
        layout.addWidget(self._list(), 1)
        layout.addLayout(self._buttons())
        automatic.progressed.connect(self._on_progress)
        automatic.reviewed.connect(self._on_reviewed)
        automatic.finished.connect(self._on_finished)
        automatic.failed.connect(self._on_failed)
        self.finished.connect(automatic.cancel)
        self._say(tr("Automatic", "Opening {0}…").format(clip.media.path.name))
        self._renew()
        automatic.start(clip, screen)

    def _list(self) -> QScrollArea:
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, T.space[1], 0)
        self._column.setSpacing(T.space[1])
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setMinimumHeight(_LIST_HEIGHT)
        area.setWidget(inner)
        area.setAccessibleName(tr("Automatic", "Shots and proposals"))
        return area

    def _buttons(self) -> QVBoxLayout:
        self.none_button = button(tr("Automatic", "Untick All"), tr("Automatic", "Takes every tick away."))
        self.all_button = button(tr("Automatic", "Tick All"), tr("Automatic", "Ticks every proposal."))
        self.stop_button = button(tr("Automatic", "Stop"), tr("Automatic", "What was found so far stays in the list."))
        self.close_button = button(tr("Automatic", "Close"), tr("Automatic", "Nothing is changed."))
        self.apply_button = button(
            tr("Automatic", "Apply Ticked"),
            tr("Automatic", "Switches the ticked stages on in their shots; one undo takes it back."),
            main=True,
        )
        self.all_button.clicked.connect(lambda: self._tick(True))
        self.none_button.clicked.connect(lambda: self._tick(False))
        self.stop_button.clicked.connect(self._automatic.cancel)
        self.close_button.clicked.connect(self.reject)
        self.apply_button.clicked.connect(self._on_apply)
        box = QVBoxLayout()
        box.addLayout(
            row(self.all_button, self.none_button, None, self.stop_button, self.close_button, self.apply_button)
        )
        return box

    def _tick(self, on: bool) -> None:
        for shot in self.shots.values():
            shot.tick_all(on)

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)

    @Slot(str, int, int, float)
    def _on_progress(self, clip_id: str, index: int, count: int, share: float) -> None:
        if clip_id != self._clip.id:
            return
        self.bar.setValue(round((index + share) / count * 1000))
        self._say(tr("Automatic", "Looking at shot {0} of {1}: {2:.0%} measured").format(index + 1, count, share))

    @Slot(str, object)
    def _on_reviewed(self, clip_id: str, reviewed: Reviewed) -> None:
        if clip_id != self._clip.id:
            return
        card = AutomaticShot(self._clip, reviewed, self._time)
        card.ticked.connect(self._renew)
        card.shown.connect(self._session.seek)
        self.shots[reviewed.index] = card
        self._column.insertWidget(self._column.count() - 1, card)
        self._renew()

    @Slot(str, bool)
    def _on_finished(self, clip_id: str, whole: bool) -> None:
        if clip_id != self._clip.id:
            return
        self.bar.hide()
        self.stop_button.setEnabled(False)
        found = sum(len(shot.reviewed.plan.findings) for shot in self.shots.values())
        if not whole:
            self._say(tr("Automatic", "Stopped after {0} of {1} shots.").format(len(self.shots), len(self._clip.shots)))
        elif found:
            proposals = tr("Automatic", "1 proposal") if found == 1 else tr("Automatic", "{0} proposals").format(found)
            sentence = tr("Automatic", "{0} in {1}. Untick what you do not want.")
            self._say(sentence.format(proposals, self._shots_looked()))
        else:
            self._say(tr("Automatic", "Nothing to do was found in {0}.").format(self._shots_looked()))
        self._renew()

    def _shots_looked(self) -> str:
        count = len(self.shots)
        return tr("Automatic", "1 shot") if count == 1 else tr("Automatic", "{0} shots").format(count)

    @Slot(str, object)
    def _on_failed(self, clip_id: str, error: TratteggioError) -> None:
        if clip_id == self._clip.id:
            self.bar.hide()
            self.stop_button.setEnabled(False)
            self._say(f"{error.sentence} {error.hint}")

    @Slot()
    def _renew(self) -> None:
        ticked = sum(len(shot.chosen()) for shot in self.shots.values())
        self.apply_button.setEnabled(ticked > 0)
        for one in (self.all_button, self.none_button):
            one.setEnabled(any(shot.reviewed.plan.findings for shot in self.shots.values()))

    @Slot()
    def _on_apply(self) -> None:
        held = next((clip for clip in self._session.document.clips if clip.id == self._clip.id), None)
        starts = tuple(shot.start for shot in self._clip.shots)
        if held is None or tuple(shot.start for shot in held.shots) != starts:
            self._say(tr("Automatic", "The clip was cut anew or removed meanwhile: look at it again."))
            return
        plans = {index: shot.reviewed.plan for index, shot in self.shots.items()}
        chosen = {index: shot.chosen() for index, shot in self.shots.items()}
        document = apply_plans(self._session.document, self._clip.id, plans, chosen)
        self._session.do(tr("Automatic", "Automatic restoration"), document)
        self.accept()
