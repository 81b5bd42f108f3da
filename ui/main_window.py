"""The window: where everything stands. What its verbs do is bound in `ui.bindings`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QChildEvent, QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPalette
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QTabBar, QToolButton, QVBoxLayout, QWidget

from app.jobs.queue import JobQueue
from app.render_bridge import RenderBridge
from app.session import Session
from app.settings import Settings
from app.shot_desks import ShotDesks
from app.view_state import ViewState
from ui.action_menus import ActionBook
from ui.forensic_badge import ForensicBadge
from ui.panels.curves_panel import CurvesPanel
from ui.panels.fidelity_panel import FidelityPanel
from ui.panels.job_status import JobStatus
from ui.panels.jobs_panel import JobsPanel
from ui.panels.mask_panel import MaskPanel
from ui.panels.measures_panel import MeasuresPanel
from ui.panels.media_panel import MediaPanel
from ui.panels.proposals_panel import ProposalsPanel
from ui.panels.regions_panel import RegionsPanel
from ui.panels.scopes_panel import ScopesPanel
from ui.panels.shots_panel import ShotsPanel
from ui.panels.stages_panel import StagesPanel
from ui.state_line import StateLine
from ui.theme import T, colour
from ui.timeline.player import Player
from ui.timeline.timeline import Timeline
from ui.timeline.transport import Transport
from ui.top_bar import TopBar
from ui.viewer.viewer import Viewer
from ui.widgets.grip import Grip
from ui.widgets.toast import Toasts
from ui.work_line import WorkLine
from ui.workspaces import Workspaces

_LEFT, _RIGHT, _BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)

_NARROWEST = {_LEFT: 240, _RIGHT: 300}
_ABOVE_STATUS = 32


class MainWindow(QMainWindow):
    """Picture first: viewer and transport in the centre, everything else in docks that can be moved and hidden."""

    dropped = Signal(list)
    """Paths of files and folders let go over the window."""
    closing = Signal(QCloseEvent)
    """The listener accepts or ignores the event."""

    def __init__(
        self,
        session: Session,
        bridge: RenderBridge,
        state: ViewState,
        desks: ShotDesks,
        queue: JobQueue,
        settings: Settings,
    ) -> None:
        super().__init__()
        self.session, self.state, self.desks = session, state, desks
        self._hidden: list[QDockWidget] = []
        self.setObjectName("MainWindow")
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.book = ActionBook(self)
        self.viewer = Viewer(session, bridge, state)
        self.transport = Transport(session, bridge, state)
        self.player = Player(session, bridge, state, self)
        self.transport.follow(self.player)
        self.viewer.canvas.screen_pictures.shown.connect(self.player.shown)
        self.timeline = Timeline(session, bridge, state)
        self.viewer.canvas.show_proposals(desks.proposals)
        self.viewer.canvas.show_regions(desks.regions)
        self.timeline.canvas.show_proposals(desks.proposals)
        self.media, self.shots = MediaPanel(session, bridge, state), ShotsPanel(session, bridge, state)
        self.fidelity, self.stages = FidelityPanel(session, bridge, state), StagesPanel(session, bridge, state)
        self.stages.show_proposals(desks.proposals)
        self.stages.show_summaries(desks.summaries)
        self.masks, self.scopes = MaskPanel(session, bridge, state), ScopesPanel(session, bridge, state)
        self.measures = MeasuresPanel(session, bridge, state)
        self.proposals = ProposalsPanel(session, state, desks.proposals)
        self.regions = RegionsPanel(session, bridge, desks.regions)
        self.curves = CurvesPanel(session, bridge, state, desks.curves)
        desks.analyses.finished.connect(self.curves.renew)
        self.jobs, self.job_status = JobsPanel(queue), JobStatus(queue)
        self.setCentralWidget(_column(self.viewer, self.transport, stretched=0))
        self.docks: Mapping[str, QDockWidget] = {
            "shots": self._dock("shots", self.tr("Shots"), _column(self.media, self.shots, stretched=1), _LEFT),
            "treatment": self._dock(
                "treatment", self.tr("Treatment"), _Scrolled(_column(self.fidelity, self.stages, stretched=1)), _RIGHT
            ),
            "masks": self._dock("masks", self.tr("Masks"), _Scrolled(self.masks), _RIGHT),
            "proposals": self._dock("proposals", self.tr("Proposals"), self.proposals, _RIGHT),
            "regions": self._dock("regions", self.tr("Regions"), self.regions, _RIGHT),
            "curves": self._dock("curves", self.tr("Curves"), _Scrolled(self.curves), _RIGHT),
            "scopes": self._dock("scopes", self.tr("Scopes"), self.scopes, _RIGHT),
            "measures": self._dock("measures", self.tr("Measures"), self.measures, _RIGHT),
            "timeline": self._dock("timeline", self.tr("Timeline"), self.timeline, _BOTTOM),
            "jobs": self._dock("jobs", self.tr("Jobs"), self.jobs, _RIGHT),
        }
        self._corners()
        self.workspaces = Workspaces(self, self.docks, settings.window)
        self.top_bar = TopBar(session, self.book, self.workspaces)
        self.badge = ForensicBadge(session)
        # Viewer only hides the bar, never the badge.
        self.setMenuWidget(_column(self.badge, self.top_bar, stretched=1))
        self.toasts = Toasts(self, margin_bottom=_ABOVE_STATUS)
        session.notified.connect(self.toasts.show_notice)
        self._status(session, bridge)
        session.project_changed.connect(self._title)
        session.history_changed.connect(self._title)
        self._title()

    def show_workspace(self, name: str) -> None:
        self.workspaces.switch(name)

    def set_viewer_only(self, on: bool) -> None:
        """Nothing but picture and transport; the same key brings everything back."""
        if on:
            self._hidden = [dock for dock in self.docks.values() if dock.isVisible()]
        for dock in self._hidden:
            dock.setVisible(not on)
        self.top_bar.setVisible(not on)
        self.statusBar().setVisible(not on)

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setTitleBarWidget(Grip(title))
        dock.setWidget(_on_panel(widget))
        if area in _NARROWEST and not isinstance(widget, _Scrolled):
            widget.setMinimumWidth(_NARROWEST[area])
        self.addDockWidget(area, dock)
        return dock

    def _corners(self) -> None:
        """Side docks reach down to the status bar; the timeline stands below the picture."""
        for corner, area in (
            (Qt.Corner.BottomLeftCorner, _LEFT),
            (Qt.Corner.BottomRightCorner, _RIGHT),
        ):
            self.setCorner(corner, area)
        for name in ("proposals", "regions", "curves"):
            self.tabifyDockWidget(self.docks["masks"], self.docks[name])
        self.docks["masks"].raise_()
        sides = [self.docks["shots"], self.docks["treatment"]]
        self.resizeDocks(sides, [248, 344], Qt.Orientation.Horizontal)
        # As low as its lanes allow: what is left belongs to the picture.
        self.resizeDocks([self.docks["timeline"]], [1], Qt.Orientation.Vertical)

    def _status(self, session: Session, bridge: RenderBridge) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self.job_status, 1)
        self.job_status.opened.connect(self.show_jobs)
        for desk, name, running, stopped in (
            (
                self.desks.analyses,
                self.tr("Analysis"),
                self.tr("Analysing {shot} for {stages}: {percent}"),
                self.tr("Analysis stopped"),
            ),
            (
                self.desks.proposals.scan,
                self.tr("Search for damage"),
                self.tr("Searching {shot} for {stages}: {percent}"),
                self.tr("Search for damage stopped"),
            ),
        ):
            bar.addPermanentWidget(WorkLine(desk, name, running, stopped))
        bar.addPermanentWidget(StateLine(session, bridge))

    @Slot()
    def _title(self) -> None:
        name = self.session.path.name if self.session.path else self.tr("Untitled")
        self.setWindowTitle(f"{name}[*] - Tratteggio")
        self.setWindowModified(self.session.dirty)

    def childEvent(self, event: QChildEvent) -> None:  # noqa: N802 - Qt's name
        """Docks on one place get a bar of tabs from Qt, which knows no name for it."""
        super().childEvent(event)
        bar = event.child()
        if event.polished() and isinstance(bar, QTabBar):
            bar.setAccessibleName(self.tr("Panels in this place"))
            bar.setToolTip(self.tr("Panels in this place\nArrow keys go from one to the next."))
            for button in bar.findChildren(QToolButton):
                button.setToolTip(self.tr("More panels"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        event.acceptProposedAction()
        self.dropped.emit([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        self.closing.emit(event)

    @Slot()
    def show_jobs(self, *_: object) -> None:
        """Bring the exports into view."""
        self.docks["jobs"].show()
        self.docks["jobs"].raise_()


def _on_panel(widget: QWidget) -> QWidget:
    """On the ground that all docks share."""
    palette = widget.palette()
    palette.setColor(QPalette.ColorRole.Window, colour("panel"))
    widget.setPalette(palette)
    widget.setAutoFillBackground(True)
    return widget


def _column(*widgets: QWidget, stretched: int) -> QWidget:
    """Widgets above each other; the one at index `stretched` takes what room is left."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(T.space[0])
    for index, widget in enumerate(widgets):
        layout.addWidget(widget, int(index == stretched))
    return column


class _Scrolled(QScrollArea):
    """Scrolls up and down only: it is never narrower than what is in it."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(widget)
        widget.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        inside = self.widget()
        bar = self.verticalScrollBar().sizeHint().width()
        width = inside.minimumSizeHint().width() + bar if inside is not None else 0
        return QSize(max(width, _NARROWEST[_RIGHT]), super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
