"""The status bar's right end: when the project was saved, how many threads work, how full the caches are."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLabel

from app.render_bridge import RenderBridge
from app.session import Session
from ui.theme import T

_EVERY_MS = 2000


class StateLine(QLabel):
    """One line, renewed every two seconds and whenever the project changes."""

    def __init__(self, session: Session, bridge: RenderBridge) -> None:
        super().__init__()
        self._session, self._bridge = session, bridge
        self.setObjectName("muted")
        self.setAccessibleName(self.tr("State"))
        self.setContentsMargins(T.space[2], 0, T.space[2], 0)
        self.setToolTip(self.tr("When the project file was last written, and how much memory the picture caches hold."))
        timer = QTimer(self)
        timer.setInterval(_EVERY_MS)
        timer.timeout.connect(self.renew)
        timer.start()
        session.project_changed.connect(self.renew)
        self.renew()

    @Slot()
    def renew(self) -> None:
        used, budget = self._bridge.memory
        cache = self.tr("cache {used:.1f} / {budget:.1f} GB").format(used=used / 1e9, budget=budget / 1e9)
        self.setText(f"{self._saved()}    {cache}")

    def _saved(self) -> str:
        if self._session.read_only:
            return self.tr("read-only")
        if self._session.saved_at is None:
            return self.tr("not saved yet") if self._session.document.clips else ""
        passed = max(time.time() - self._session.saved_at, 0.0)
        if passed < 90:
            return self.tr("saved {} s ago").format(round(passed))
        if passed < 5400:
            return self.tr("saved {} min ago").format(round(passed / 60))
        return self.tr("saved {} h ago").format(round(passed / 3600))
