"""What a stage does to the shot on screen, as curves before and after: looked at, gone to, exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.curves_desk import CurvesDesk, CurvesRequest
from app.session import Session
from app.stage_text import shot_title, stage_title
from app.view_state import ViewState
from engines.analysis.curves import Curve
from engines.stages.catalogue import STAGES
from ui.panels.heading import Heading
from ui.panels.later import Later
from ui.panels.shot_curve_plot import ShotCurvePlot
from ui.theme import T

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge

_PACE_MS = 80
_PLOT_HEIGHT = 96


class CurvesPanel(QWidget):
    """Follows the stage that is worked on, as long as it has curves; another can be chosen."""

    def __init__(
        self, session: Session, bridge: RenderBridge, state: ViewState, desk: CurvesDesk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._state, self._desk = session, bridge, state, desk
        self._shown: tuple[CurvesRequest, tuple[Curve, ...]] | None = None
        self.heading = Heading(self.tr("Curves"))
        self.stage = QComboBox()
        self.export = QPushButton(self.tr("Export CSV…"))
        self.legend, self.note = QLabel(), QLabel()
        self.plots: list[ShotCurvePlot] = []
        self._titles: list[QLabel] = []
        self._later = Later(self, _PACE_MS, self.refresh)
        self._arrange()
        self._connect()
        self.refresh()

    def _arrange(self) -> None:
        verbs = QHBoxLayout()
        verbs.addWidget(self.stage, 1)
        verbs.addWidget(self.export)
        self._column = QVBoxLayout()
        self._column.setSpacing(T.space[0])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[1])
        layout.addWidget(self.heading)
        layout.addLayout(verbs)
        layout.addWidget(self.legend)
        layout.addWidget(self.note)
        layout.addLayout(self._column)
        layout.addStretch(1)
        self.stage.setAccessibleName(self.tr("Stage"))
        self.stage.setToolTip(self.tr("Stage\nWhose work on this shot is drawn: it follows the card you work on."))
        self.export.setAccessibleName(self.tr("Export curves as CSV"))
        strokes = [(T.failed, "╌╌", self.tr("before")), (T.ready, "──", self.tr("after"))]
        parts = [f'<span style="color:{tint}">{stroke}</span> {text}' for tint, stroke, text in strokes]
        self.legend.setText("&nbsp;&nbsp;&nbsp;".join([*parts, self.tr("by frame number")]))
        self.note.setWordWrap(True)
        for label in (self.legend, self.note):
            label.setObjectName("muted")

    def _connect(self) -> None:
        session = self._session
        self.stage.activated.connect(self._on_stage)
        self.export.clicked.connect(self._choose_table)
        session.clip_changed.connect(self._later.ask)
        session.document_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_playhead)
        self._bridge.clip_info_ready.connect(self._later.ask)
        self._state.changed.connect(self._on_state)
        self._desk.ready.connect(self._on_ready)
        self._desk.written.connect(self._on_written)
        self._desk.failed.connect(session.notify_error)

    @Slot()
    def renew(self, *_: object) -> None:
        """A shot was analysed."""
        self._later.ask()

    @Slot()
    def refresh(self) -> None:
        """Ask for the curves of what is on screen now."""
        clip = self._session.clip
        index = clip.shot_index(self._session.playhead) if clip is not None else 0
        names = [use.name for use in clip.shots[index].stages if _drawn(use.name)] if clip is not None else []
        if names != [self.stage.itemData(i) for i in range(self.stage.count())]:
            held = self.stage.currentData()
            self.stage.clear()
            for name in names:
                self.stage.addItem(stage_title(name), name)
            self.stage.setCurrentIndex(max(0, self.stage.findData(held)))
        self.stage.setEnabled(bool(names))
        title = self.tr("Curves · {shot}").format(shot=shot_title(clip, index)) if clip else self.tr("Curves")
        self.heading.set_title(title)
        info = self._bridge.clip_info(clip.id) if clip is not None else None
        if clip is None or not names or info is None:
            self._show(None, ())
            self._say(clip is not None, bool(names))
            return
        self._desk.ask(CurvesRequest(clip, index, str(self.stage.currentData()), info))

    def _say(self, clip: bool, stages: bool) -> None:
        if not clip:
            text = self.tr("Open a clip to see what stages do to its shots.")
        elif not stages:
            text = self.tr("No stage of this shot has curves: add Stabilise or Deflicker.")
        else:
            text = self.tr("The clip is being opened.")
        self.note.setText(text)
        self.note.show()

    @Slot(object, object)
    def _on_ready(self, request: CurvesRequest, curves: tuple[Curve, ...] | None) -> None:
        if request.clip.id != self._session.clip_id:
            return
        self._show(request, curves or ())
        self.note.setText(self.tr("The shot is being analysed; the curves come by themselves."))
        self.note.setVisible(curves is None)
        if curves and not self._stands():
            self._later.ask()

    def _show(self, request: CurvesRequest | None, curves: tuple[Curve, ...]) -> None:
        self._shown = None if request is None or not curves else (request, curves)
        while len(self.plots) < len(curves):
            title, plot = QLabel(), ShotCurvePlot("")
            plot.setMinimumHeight(_PLOT_HEIGHT)
            plot.chosen.connect(self._session.seek)
            self._titles.append(title)
            self.plots.append(plot)
            self._column.addWidget(title)
            self._column.addWidget(plot)
        for place, (title, plot) in enumerate(zip(self._titles, self.plots, strict=True)):
            title.setVisible(place < len(curves))
            plot.setVisible(place < len(curves))
            if request is not None and place < len(curves):
                curve = curves[place]
                title.setText(self.tr("{curve} ({unit})").format(curve=curve.name, unit=curve.unit))
                plot.setAccessibleName(self.tr("{curve} before and after").format(curve=curve.name))
                plot.setToolTip(self.tr("{curve}\nClick: go to the frame.").format(curve=curve.name))
                plot.show_curve(curve, request.first)
                plot.show_playhead(self._session.playhead)
        self.legend.setVisible(bool(curves))
        self.export.setEnabled(bool(curves))
        self.export.setToolTip(
            self.tr("Export CSV\nEvery frame of the shot as a row.") if curves else self.tr("There is no curve yet.")
        )

    @Slot()
    def _on_document(self) -> None:
        if not self._stands():
            self._later.ask()

    def _stands(self) -> bool:
        """Whether what is drawn is of the document as it is now: handles of other stages do not concern it."""
        clip = self._session.clip
        if self._shown is None or clip is None:
            return False
        request = self._shown[0]
        before, index = request.clip, request.index
        if (clip.id, clip.media) != (before.id, before.media) or index >= len(clip.shots):
            return False
        old, new = before.shots[index], clip.shots[index]
        names = [[use.name for use in shot.stages if _drawn(use.name)] for shot in (old, new)]
        same = names[0] == names[1] and old.name == new.name and old.stage(request.stage) == new.stage(request.stage)
        return same and clip.shot_range(index) == before.shot_range(index)

    @Slot()
    def _on_stage(self) -> None:
        self._later.ask()

    @Slot(str)
    def _on_state(self, name: str) -> None:
        place = self.stage.findData(self._state.stage)
        if name == "stage" and place >= 0:
            self.stage.setCurrentIndex(place)
            self._later.ask()

    @Slot(int)
    def _on_playhead(self, frame: int) -> None:
        for plot in self.plots:
            plot.show_playhead(frame)
        clip = self._session.clip
        shown = self._shown[0].index if self._shown is not None else -1
        if clip is not None and clip.shot_index(frame) != shown:
            self._later.ask()

    @Slot()
    def _choose_table(self) -> None:
        dialog = QFileDialog(self, self.tr("Export curves"), "", self.tr("Table (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write what is drawn; the dialog has asked about a file that is there."""
        if self._shown is not None:
            self._desk.export(Path(path), self._shown[0].first, self._shown[1])

    @Slot(object)
    def _on_written(self, path: Path) -> None:
        self._session.notify(self.tr("The curves are in {name}.").format(name=path.name))


def _drawn(name: str) -> bool:
    kind = STAGES.get(name)
    return kind is not None and kind.curves is not None
