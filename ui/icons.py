"""Our own monochrome drawings as icons, in the theme's colours and sharp at every scale of the display."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.theme import colour


def names() -> list[str]:
    """Every drawing there is."""
    return sorted(entry.name[:-4] for entry in files("resources.icons").iterdir() if entry.name.endswith(".svg"))


def icon(name: str, token: str = "text", on: str = "bright") -> QIcon:
    """The drawing in the colour `token`, in `on` where checked, dimmed where disabled. Raises FileNotFoundError."""
    return QIcon(_Drawing(name, token, on))


@cache
def _svg(name: str) -> str:
    return files("resources.icons").joinpath(f"{name}.svg").read_text(encoding="utf-8")


@cache
def _renderer(name: str, tint: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_svg(name).replace("currentColor", tint).encode()))


class _Drawing(QIconEngine):
    """Paints the vector itself: no pixmap of the wrong size is ever scaled."""

    def __init__(self, name: str, token: str, on: str) -> None:
        super().__init__()
        _svg(name)
        self._name, self._token, self._on = name, token, on

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        token = "disabled" if mode == QIcon.Mode.Disabled else self._on if state == QIcon.State.On else self._token
        _renderer(self._name, colour(token).name()).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _Drawing(self._name, self._token, self._on)
