"""The desks that work on shots in the background, together."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.analysis_desk import AnalysisDesk
from app.curves_desk import CurvesDesk
from app.proposals_desk import ProposalsDesk
from app.render_bridge import RenderBridge
from app.session import Session


class ShotDesks(QObject):
    """analyses: what stages must know of shots; proposals: what detectors find; curves: what stages did."""

    def __init__(self, session: Session, bridge: RenderBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.analyses = AnalysisDesk(session, self)
        self.proposals = ProposalsDesk(session, self)
        self.curves = CurvesDesk(self)
        self.analyses.finished.connect(lambda clip_id, _index: bridge.renew(clip_id))
        for desk in (self.analyses, self.proposals.scan):
            desk.failed.connect(session.notify_error)

    def close(self) -> None:
        """Cancel everything and join every thread."""
        self.analyses.close()
        self.proposals.close()
        self.curves.close()
