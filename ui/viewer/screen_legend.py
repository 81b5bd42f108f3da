"""The line that says through what the picture is seen: a view transform that is not plain, the overlay's legend."""

from __future__ import annotations

from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.pictures import Kind
from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import ViewState
from engines.colour.automatic import HLG_PEAK, WHITE, is_plain, transfer_of
from engines.colour.false_colour import Band, bands
from engines.colour.gamut import COLOURS, WARNINGS
from engines.colour.scale import Scale
from engines.types import ColourSpec
from ui.theme import T

_LONG = 64
"""Letters."""
_STRIPES = {"range": "╱╱", "gamut": "╲╲", "peak": "╳╳"}


class ScreenLegend(QWidget):
    """Hidden where pictures are shown as they are coded, without an overlay."""

    def __init__(self, session: Session, bridge: RenderBridge, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._state = session, bridge, state
        self.view, self.legend = QLabel(), QLabel()
        self.view.setAccessibleName(self.tr("View transform"))
        self.view.setToolTip(
            self.tr("View transform\nHow the picture is brought to this display. Never part of an export.")
        )
        self.legend.setToolTip(self.tr("Legend\nWhat the colours and stripes over the picture mean."))
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        row = QHBoxLayout(self)
        row.setContentsMargins(T.space[2], 0, T.space[2], 0)
        row.setSpacing(T.space[2])
        for label in (self.view, self.legend):
            label.setStyleSheet(f"color: {T.muted}; font-size: {T.small_size}px;")
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        row.addWidget(self.legend, 1)
        row.addWidget(self.view)
        session.clip_changed.connect(self.refresh)
        bridge.clip_info_ready.connect(self.refresh)
        bridge.picture_ready.connect(self.refresh)
        state.changed.connect(self._on_state)
        self.refresh()

    @Slot()
    def refresh(self, *_: object) -> None:
        """Say what holds now."""
        seen, legend = self._seen(), self._explained()
        if seen != self.view.text() or legend != self.legend.text():
            self.view.setText(seen)
            # In one line, unless names of a configuration make it too long for that.
            self.view.setWordWrap(len(seen) > _LONG)
            self.view.setVisible(bool(seen))
            self.legend.setText(legend)
            self.legend.setAccessibleName(self._spoken())
        self.setVisible(bool(seen or legend))

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name in ("screen", "compare", "holding_source"):
            self.refresh()

    def _kind(self) -> Kind:
        alone = self._state.holding_source or self._state.compare == "source"
        return "source" if alone else "restored"

    def _scale(self) -> Scale:
        return self._bridge.scale_of(self._session.clip_id, self._kind())

    def _peak(self) -> float:
        session = self._session
        seen = self._bridge.seen_through(self._state.screen, session.clip_id, session.playhead, self._kind())
        return seen.rolled_from

    def _seen(self) -> str:
        """The view transform in a few words; empty where codes are shown as they are."""
        screen = self._state.screen
        info = self._bridge.clip_info(self._session.clip_id)
        if info is None:
            return ""
        trims = []
        if screen.exposure:
            trims.append(self.tr("{0:+.1f} stops").format(screen.exposure))
        if screen.gamma != 1.0:
            trims.append(self.tr("gamma {0:.2f}").format(screen.gamma))
        if screen.kind == "lut":
            return self.tr("View: {0}").format(Path(screen.lut).name)
        if screen.kind == "ocio":
            words = [screen.device, screen.view] if screen.view else [self.tr("OpenColorIO")]
            return self.tr("View: {0}").format(", ".join([*filter(None, words), *trims]))
        scale = self._scale()
        # Where the restored picture is of another kind of light than its source, the source's tags say nothing of it.
        alike = scale is self._bridge.scale_of(self._session.clip_id, "source")
        colour = info.colour if alike else ColourSpec()
        if scale.name == "percent" and is_plain(screen, info.format, colour):
            return ""
        return self.tr("View: {0}").format(
            ", ".join([self._automatic(scale, transfer_of(info.format, colour)), *trims])
        )

    def _automatic(self, scale: Scale, transfer: str) -> str:
        if scale.name == "pq":
            peak = self._peak()
            return self.tr("PQ rolled off from {0:g} to {1:g} cd/m² (BT.2390)").format(peak, WHITE)
        if scale.name == "hlg":
            return self.tr("HLG rolled off from {0:g} to {1:g} cd/m² (BT.2390)").format(HLG_PEAK, WHITE)
        light = {
            "cineon": self.tr("printing density as light"),
            "linear": self.tr("light"),
        }.get(transfer, self.tr("colours"))
        displays = {"srgb": "sRGB", "bt1886": "BT.1886", "p3": "Display P3"}
        return self.tr("{0} for {1}").format(light, displays[self._state.screen.display])

    def _explained(self) -> str:
        """The overlay's legend as rich text; each entry stays in one piece."""
        parts = [
            f'<span style="color:{mark}">{glyph}</span>&nbsp;{escape(words).replace(" ", "&nbsp;")}'
            for mark, glyph, words in self._entries()
        ]
        return " &nbsp; ".join(parts)

    def _spoken(self) -> str:
        return "; ".join([self.tr("Legend"), *(words for _, _, words in self._entries())])

    def _entries(self) -> list[tuple[str, str, str]]:
        """Colour, glyph and words of each entry."""
        screen = self._state.screen
        if screen.overlay == "exposure":
            scale = self._scale()
            return [(_hex(band.colour), "■", self._band(band, scale)) for band in bands(scale)]
        if screen.overlay == "gamut":
            return [
                (_hex(COLOURS[label]), _STRIPES[name], self._warning(name))
                for name, label in WARNINGS.items()
                if name != "peak" or self._scale().name == "pq"
            ]
        return []

    def _band(self, band: Band, scale: Scale) -> str:
        names = {
            "below": self.tr("below black"),
            "black": self.tr("black"),
            "grey": self.tr("18 % grey"),
            "skin": self.tr("skin"),
            "bright": self.tr("nearly white"),
            "white": self.tr("white"),
            "above": self.tr("above white"),
            "reference": self.tr("reference white"),
            "highlight": self.tr("highlight"),
            "bright_highlight": self.tr("bright highlight"),
            "extreme": self.tr("extreme"),
        }
        unit = "IRE" if scale.unit == "IRE" else "cd/m²"
        if band.low == -float("inf"):
            levels = f"< {band.high:g} {unit}"
        elif band.high == float("inf"):
            levels = f"≥ {band.low:g} {unit}"
        else:
            levels = f"{band.low:g} – {band.high:g} {unit}"
        return f"{names[band.name]} {levels}"

    def _warning(self, name: str) -> str:
        if name == "range":
            return self.tr("below black or above white")
        if name == "peak":
            return self.tr("above {0:g} cd/m²").format(self._peak())
        targets = {"bt709": "BT.709", "smpte432": "P3", "bt2020": "BT.2020"}
        return self.tr("outside {0}").format(targets[self._state.screen.target])


def _hex(rgb: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
