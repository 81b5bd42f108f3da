"""From faithful to perceptual: the one large control, per shot, and what it costs in figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.commands import add_stage, set_enabled, set_setting, set_slider
from app.document import ClipWork
from app.pictures import Readouts
from app.session import Session
from app.stage_text import fidelity_obstacle, percent, shot_title
from app.view_state import ViewState
from ui.panels.detent_track import STEPS, DetentTrack
from ui.panels.gesture import Gesture
from ui.panels.heading import Heading
from ui.panels.readout import Readout, ShareBar
from ui.panels.risk_control import RiskControl
from ui.theme import T, monospaced

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge


class FidelityPanel(QWidget):
    """A drag is one undo step; while it lasts the document follows at the display's pace."""

    def __init__(
        self,
        session: Session,
        bridge: RenderBridge,
        state: ViewState,  # noqa: ARG002 - every panel is made alike
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self.heading = Heading(self.tr("Fidelity"))
        self.track = DetentTrack()
        self.typed = QLineEdit()
        self.flagged = Readout(self.tr("flagged"))
        self.decibels = Readout(self.tr("from faithful"))
        self.distance = Readout(self.tr("perceptual distance"))
        self.bar = ShareBar(self.tr("Share of the picture that is flagged"))
        self.risk = RiskControl(session)
        self.why = QLabel()
        self.mend = QPushButton()
        self._arrange()
        self._describe()
        self._gesture = Gesture(session, self)
        self._connect()
        self.refresh()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[0])
        layout.addWidget(self.heading)
        layout.addWidget(self.track)
        ends = QGridLayout()
        ends.addWidget(QLabel(self.tr("Faithful")), 0, 0)
        ends.addWidget(self.typed, 0, 1, Qt.AlignmentFlag.AlignHCenter)
        ends.addWidget(QLabel(self.tr("Perceptual")), 0, 2, Qt.AlignmentFlag.AlignRight)
        figures = QHBoxLayout()
        # The last caption is the longest.
        for readout, share in ((self.flagged, 3), (self.decibels, 3), (self.distance, 4)):
            figures.addWidget(readout, share)
        for column in range(3):
            ends.setColumnStretch(column, 1)
        layout.addLayout(ends)
        layout.addSpacing(T.space[0])
        layout.addLayout(figures)
        layout.addWidget(self.bar)
        layout.addSpacing(T.space[1])
        layout.addWidget(self.risk)
        layout.addSpacing(T.space[0])
        layout.addWidget(self.why)
        layout.addWidget(self.mend, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        self.why.setWordWrap(True)
        self.why.setObjectName("muted")

    def _describe(self) -> None:
        self.typed.setFont(monospaced())
        self.typed.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.typed.setFixedWidth(64)
        self.track.setAccessibleName(self.tr("Fidelity, 0 faithful to 1 perceptual"))
        self.typed.setAccessibleName(self.tr("Fidelity value, 0 to 1"))
        self.mend.setAccessibleName(self.tr("Let the slider act"))

    def _connect(self) -> None:
        self.track.sliderPressed.connect(self._begin)
        self.track.valueChanged.connect(self._moved)
        self.track.sliderReleased.connect(self._gesture.release)
        self.typed.editingFinished.connect(self._typed)
        self.mend.clicked.connect(self._mend)
        self._session.document_changed.connect(self.refresh)
        self._session.clip_changed.connect(self._go)
        self._session.playhead_changed.connect(self._go)
        self._bridge.readouts_changed.connect(self._read)

    @Slot()
    def _go(self) -> None:
        if not self.track.isSliderDown():
            self._gesture.settle()
        self.risk.settle()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the shot under the playhead."""
        clip = self._session.clip
        self.heading.set_aside(shot_title(clip, self._shot(clip)) if clip else "")
        why, verb = ("", "")
        if clip is None:
            why = self.tr("No clip is open.")
        else:
            shot = clip.shots[self._shot(clip)]
            why, verb = fidelity_obstacle(shot)
            if self._session.document.forensic:
                locked = self.tr("Forensic mode locks the slider at Faithful: whatever lies beyond is invented.")
                why, verb = locked, ""
            self._show_value(shot.slider)
        self.risk.show_shot(clip, self._shot(clip) if clip else 0)
        self._allow(why, verb)
        self._read()

    def _allow(self, why: str, verb: str) -> None:
        for widget in (self.track, self.typed):
            widget.setEnabled(not why)
            widget.setToolTip(why or self._tip())
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.mend.setText(verb)
        self.mend.setToolTip(why)
        if not verb and self.mend.hasFocus():
            # Else the panel would scroll to whatever stands below, and the slider out of sight.
            self.track.setFocus()
        self.mend.setVisible(bool(verb))

    def _tip(self) -> str:
        return self.tr(
            "Fidelity\nAt 0 the picture holds only what the source determines. Towards 1 Detail adds what real pictures"
            " have there; what is probably invented is flagged."
        )

    def _show_value(self, value: float) -> None:
        if not self.track.isSliderDown():
            before = self.track.blockSignals(True)
            self.track.setValue(round(value * STEPS))
            self.track.blockSignals(before)
            self.track.update()
        if not self.typed.hasFocus() or not self.typed.isModified():
            self.typed.setText(f"{value:.2f}")

    @Slot()
    def _read(self) -> None:
        clip = self._session.clip
        said = self._bridge.readouts(clip.id, self._session.playhead) if clip else None
        said = said or Readouts()
        pending = self.tr("Not computed for this frame yet.")
        rough = "" if said.reduction == 1 else self.tr("Measured on the approximate picture.")
        share = "" if said.flagged is None else percent(said.flagged)
        self.flagged.set_value(
            share,
            rough or self.tr("Share of this frame's pixels that are flagged as invented (SYNTHESISED).")
            if share
            else pending,
        )
        self.bar.set_share(said.flagged)
        self.bar.setToolTip(self.flagged.toolTip())
        decibels = _decibels(said.decibels)
        self.decibels.set_value(
            decibels, rough or self.tr("How far the shown luma is from the faithful answer.") if decibels else pending
        )
        distance = "" if said.distance is None else f"{said.distance:.3f}"
        missing = self.tr("Not computed: the perceptual measure is not installed, or this frame waits for it.")
        name = f"{said.distance_name} {rough}".strip()
        self.distance.set_value(distance, name if distance else said.distance_why or missing)

    @Slot()
    def _begin(self) -> None:
        if self._session.clip is not None:
            self._gesture.press(self._step_name(self._session.clip))

    @Slot()
    def _moved(self) -> None:
        clip = self._session.clip
        if clip is None:
            return
        self.typed.setText(f"{self.track.share:.2f}")
        if not self.track.isSliderDown():
            self._gesture.nudge(self._step_name(clip))
        # Shot and value are those of now, whatever is looked at when the display is ready.
        clip_id, index, value = clip.id, self._shot(clip), self.track.share
        self._gesture.move(lambda: set_slider(self._session.document, clip_id, index, value))

    @Slot()
    def _typed(self) -> None:
        clip = self._session.clip
        if clip is None or not self.typed.isModified():
            return
        self.typed.setModified(False)
        try:
            value = float(self.typed.text().replace(",", "."))
        except ValueError:
            value = math.nan
        if not 0 <= value <= 1:
            self._session.notify(
                self.tr("“{text}” is no fidelity.").format(text=self.typed.text()),
                self.tr("Type a number from 0, faithful, to 1, perceptual."),
                "warning",
            )
            self.refresh()
        else:
            after = set_slider(self._session.document, clip.id, self._shot(clip), value)
            self._session.do(self._step_name(clip), after)
            self.refresh()

    @Slot()
    def _mend(self) -> None:
        """Do what the obstacle asks for."""
        clip = self._session.clip
        if clip is None:
            return
        index, document = self._shot(clip), self._session.document
        detail = clip.shots[index].stage("detail")
        if detail is not None and detail.enabled:
            after = set_setting(document, clip.id, index, "detail", "perceptual", "")
        else:
            document = document if detail is not None else add_stage(document, clip.id, "detail")
            after = set_enabled(document, clip.id, index, "detail", True)
        self._session.do(self.mend.text(), after)

    def _shot(self, clip: ClipWork) -> int:
        return clip.shot_index(self._session.playhead)

    def _step_name(self, clip: ClipWork) -> str:
        return self.tr("Fidelity of {shot}").format(shot=shot_title(clip, self._shot(clip)))


def _decibels(value: float | None) -> str:
    if value is None:
        return ""
    return "∞ dB" if math.isinf(value) else f"{value:.1f} dB"
