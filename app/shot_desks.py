"""The desks that work on shots in the background, together."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.analysis_desk import AnalysisDesk
from app.curves_desk import CurvesDesk
from app.proposals_desk import ProposalsDesk
from app.regions_desk import RegionsDesk
from app.render_bridge import RenderBridge
from app.session import Session
from app.summaries_desk import SummariesDesk
from engines.errors import MediaError, TratteggioError


class ShotDesks(QObject):
    """analyses: what stages must know of shots; proposals: what detectors find; curves, summaries: what stages did.

    regions: what of rendered frames a person should look at.
    """

    media_failed = Signal(str, object)
    """clip id, MediaError: others that read the clip may have said it already."""

    def __init__(self, session: Session, bridge: RenderBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.analyses = AnalysisDesk(session, self)
        self.proposals = ProposalsDesk(session, self)
        self.regions = RegionsDesk(session, self)
        self.curves = CurvesDesk(self)
        self.summaries = SummariesDesk(self)
        self.analyses.finished.connect(self.summaries.renew)
        self.analyses.finished.connect(lambda clip_id, _index: bridge.renew(clip_id))
        self._session = session
        self._said: set[str] = set()
        session.clip_changed.connect(self._on_clip)
        for desk in (self.analyses, self.proposals.scan):
            desk.failed.connect(self._tell)

    @Slot(str)
    def _on_clip(self, _clip_id: str) -> None:
        self._said.clear()

    @Slot(str, object)
    def _tell(self, clip_id: str, error: TratteggioError) -> None:
        """Once for each clip: every shot, and every desk, may fail for the same reason."""
        if isinstance(error, MediaError):
            self.media_failed.emit(clip_id, error)
        elif error.sentence not in self._said:
            self._said.add(error.sentence)
            self._session.notify_error(error)

    def close(self) -> None:
        """Cancel everything and join every thread."""
        self.analyses.close()
        self.proposals.close()
        self.regions.close()
        self.curves.close()
        self.summaries.close()
