"""Spots that a stage's settings name in the picture: found, added, taken away and drawn on the frames they lie in."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from app import commands
from app.document import ClipWork
from app.session import Session
from app.stage_text import stage_title
from app.view_state import ViewState
from engines.errors import SettingError
from engines.stages.catalogue import STAGES
from engines.stages.setting_texts import Points, parsed_points
from engines.stages.settings import Described, described
from ui.i18n import tr
from ui.viewer import marks
from ui.viewer.transform import Transform

_REACH = 12.0
"""Device-independent pixels between the pointer and a spot that it takes in hand."""
_NAMED = 4
"""So many spots on a frame are drawn with their names; more with their letters only."""


@dataclass(frozen=True)
class Pick:
    """A spot of a setting on the frame shown. place: which of the setting's spots it is; x, y in source pixels."""

    stage: str
    key: str
    label: str
    place: int
    x: int
    y: int


class Picks:
    """Of the stage that is worked on, or of the one whose setting waits for spots. One change is one undo step."""

    def __init__(self, session: Session, state: ViewState) -> None:
        self._session, self._state = session, state

    @property
    def waiting(self) -> Described | None:
        """The setting that the next click on the picture adds to, None where none waits for spots."""
        drawing = self._state.drawing
        about = described_setting(*drawing) if drawing is not None else None
        return about if about is not None and about.draws == "points" else None

    def here(self) -> list[Pick]:
        """Those on the frame shown."""
        clip, frame = self._session.clip, self._session.playhead
        stage = self._state.drawing[0] if self._state.drawing is not None else self._state.stage
        if clip is None or stage not in STAGES:
            return []
        found = []
        for key, about in described(STAGES[stage].settings_type).items():
            if about.draws == "points":
                for place, (number, x, y) in enumerate(_points(clip, frame, stage, key)):
                    if number == frame:
                        found.append(Pick(stage, key, about.label, place, x, y))
        return found

    def nearest(self, x: float, y: float, now: Transform, ratio: float) -> Pick | None:
        """The spot that lies under a place of the source, give or take a little; None where there is none."""
        at = QPointF(*now.to_device(x, y))
        away = [((_middle(one, now) - at).manhattanLength(), one.place, one) for one in self.here()]
        close = [one for one in away if one[0] <= _REACH * ratio]
        return min(close, key=lambda one: one[:2])[2] if close else None

    def add(self, x: float, y: float) -> None:
        """The setting that waits gets the source pixel at x, y of the frame shown; nothing outside the picture."""
        clip, drawing = self._session.clip, self._state.drawing
        about = self.waiting
        if clip is None or drawing is None or about is None:
            return
        if not (0 <= x < clip.media.width and 0 <= y < clip.media.height):
            return
        points = _points(clip, self._session.playhead, *drawing)
        spot = (self._session.playhead, int(x), int(y))
        if spot not in points:
            self._set(*drawing, (*points, spot), tr("Picks", "Pick {setting} of {stage}"), about.label)

    def remove(self, pick: Pick) -> None:
        """Take one away."""
        clip = self._session.clip
        if clip is not None:
            points = _points(clip, self._session.playhead, pick.stage, pick.key)
            left = (*points[: pick.place], *points[pick.place + 1 :])
            self._set(pick.stage, pick.key, left, tr("Picks", "Remove {setting} of {stage}"), pick.label)

    def draw(self, painter: QPainter, now: Transform, ratio: float) -> None:
        """A ring, a cross and a letter each; those of the setting that waits stand out."""
        here, drawing = self.here(), self._state.drawing
        for one in here:
            words = one.label if len(here) <= _NAMED else one.label[:1]
            waited = drawing is None or drawing[1] == one.key
            marks.draw_pin(painter, _middle(one, now), words, ratio, token="bright" if waited else "muted")

    def _set(self, stage: str, key: str, points: Points, name: str, label: str) -> None:
        session = self._session
        assert session.clip is not None
        index = session.clip.shot_index(session.playhead)
        text = " ".join(f"{frame}:{x},{y}" for frame, x, y in points)
        try:
            after = commands.set_setting(session.document, session.clip_id, index, stage, key, text)
        except SettingError as error:
            session.notify_error(error)
            return
        session.do(name.format(setting=label, stage=stage_title(stage)), after)


def described_setting(stage: str, key: str) -> Described | None:
    """What a stage says of a setting; None for an unknown one."""
    return described(STAGES[stage].settings_type).get(key) if stage in STAGES else None


def _points(clip: ClipWork, frame: int, stage: str, key: str) -> Points:
    use = clip.shots[clip.shot_index(frame)].stage(stage)
    try:
        return parsed_points(stage, use.settings.get(key, "")) if use is not None else ()
    except SettingError:
        return ()  # the card says what is wrong with it


def _middle(pick: Pick, now: Transform) -> QPointF:
    return QPointF(*now.to_device(pick.x + 0.5, pick.y + 0.5))
