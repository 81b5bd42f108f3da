"""Settings that stand for a place in the picture or for moments of the shot: drawn, and keyed at the playhead."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from engines.errors import SettingError
from engines.stages.setting_texts import Keys, at, parsed_keys
from engines.types import FrameNo
from ui.icons import icon
from ui.panels.setting_base import LabelledRow, SettingRow, SettingType
from ui.theme import T, monospaced
from ui.widgets.value_slider import ValueSlider

_FIELD_WIDTH = 96


@dataclass(frozen=True)
class PlaceWords:
    """What a row of a place in the picture says. empty: in the field; form: how it is typed; draw, clear: its buttons,
    each a verb and a sentence of consequence.
    """

    empty: str
    form: str
    draw: tuple[str, str]
    clear: tuple[str, str]


class PlaceRow(LabelledRow):
    """Something that lies in the picture: set there with the mouse, typed, or none."""

    draw_wanted = Signal(bool)
    """Whether the picture is to wait for it."""

    def __init__(self, setting: SettingType, words: PlaceWords, parent: QWidget | None = None) -> None:
        label = setting.about.label
        self.field, self.draw, self.clear = QLineEdit(), QPushButton(), QPushButton()
        super().__init__(setting, QWidget(), parent)
        # Below the name: four numbers need the room.
        row = QHBoxLayout()
        row.setSpacing(T.space[0])
        row.addWidget(self.field, 1)
        row.addWidget(self.draw)
        row.addWidget(self.clear)
        self.column.insertLayout(1, row)
        self.field.setMinimumWidth(_FIELD_WIDTH)
        self.field.setFont(monospaced(T.small_size))
        self.field.setPlaceholderText(words.empty)
        self.field.setAccessibleName(label)
        self.field.setToolTip(f"{label}\n{setting.about.help}\n{words.form}")
        self.draw.setCheckable(True)
        for button, (verb, tip) in ((self.draw, words.draw), (self.clear, words.clear)):
            button.setText(verb)
            button.setAccessibleName(f"{label}: {verb.lower()}")
            button.setToolTip(f"{verb}\n{tip}")
        self.field.editingFinished.connect(self._finish)
        self.draw.clicked.connect(self.draw_wanted)
        self.clear.clicked.connect(self._none)

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        self.field.setText(text or "")
        self.clear.setEnabled(bool(text))
        self._mark(self.label, bool(text))
        self.refuse("")

    def show_drawing(self, on: bool) -> None:
        """Whether the picture waits for it."""
        self.draw.setChecked(on)

    @Slot()
    def _finish(self) -> None:
        if self.field.isModified():
            self.field.setModified(False)
            self.entered.emit(self._typed(self.field.text()))

    def _typed(self, text: str) -> str:
        """The setting's text out of what a person typed."""
        return text.strip()

    @Slot()
    def _none(self) -> None:
        self.entered.emit("")


class RectRow(PlaceRow):
    """A rectangle in source pixels."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        words = PlaceWords(
            self.tr("whole picture"),
            self.tr("x,y,width,height in source pixels."),
            (self.tr("Draw"), self.tr("Drag a rectangle over the picture; Esc leaves it as it was.")),
            (self.tr("None"), self.tr("The whole picture counts again.")),
        )
        super().__init__(setting, words, parent)

    def _typed(self, text: str) -> str:
        return text.replace(" ", "")


class PointsRow(PlaceRow):
    """Spots in source pixels of frames."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        words = PlaceWords(
            self.tr("no spot"),
            self.tr("frame:x,y in source pixels, spots parted by blanks."),
            (self.tr("Pick"), self.tr("Click spots in the picture; a right click removes one, Esc ends.")),
            (self.tr("None"), self.tr("All spots of this setting are taken away, those of other frames, too.")),
        )
        super().__init__(setting, words, parent)
        self.draw.setIcon(icon("pick"))

    def show_text(self, text: str | None, follows: float | None = None) -> None:
        super().show_text(text, follows)
        count = len(text.split()) if text else 0
        if count:
            spots = self.tr("1 spot") if count == 1 else self.tr("{0} spots").format(count)
            self.label.setText(f"{self.label.text()}  {spots}")
        self.field.setCursorPosition(0)


class KeysRow(SettingRow):
    """A value that changes over the frames: the one at the playhead, keys set and removed there."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        about = setting.about
        low, high = float(about.low or 0.0), float(1.0 if about.high is None else about.high)
        self.slider = ValueSlider(about.label, low, high, high, unit=about.unit, tip=about.help)
        self.put, self.take = QPushButton(self.tr("Set key here")), QPushButton(self.tr("Remove key"))
        self.told = QLabel()
        self._keys: Keys = ()
        self._frame: FrameNo = 0
        row = QHBoxLayout()
        row.setSpacing(T.space[0])
        row.addWidget(self.put)
        row.addWidget(self.take)
        row.addStretch(1)
        self.column.addWidget(self.slider)
        self.column.addLayout(row)
        self.column.addWidget(self.told)
        self.told.setObjectName("muted")
        self.told.setWordWrap(True)
        self.put.setAccessibleName(self.tr("{setting}: set key here").format(setting=about.label))
        self.take.setAccessibleName(self.tr("{setting}: remove key").format(setting=about.label))
        self.put.setToolTip(self.tr("Set key here\nThe value holds on this frame; between keys it moves evenly."))
        self.slider.label.installEventFilter(self)
        self.slider.finished.connect(self._moved)
        self.put.clicked.connect(self._put)
        self.take.clicked.connect(self._take)

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        try:
            self._keys = parsed_keys(self.setting.about.label, text or "")
            self.refuse("")
        except SettingError as error:
            self._keys = ()
            self.refuse(str(error))
        self._show()

    def show_frame(self, frame: FrameNo) -> None:
        self._frame = frame
        self._show()

    def refuse(self, sentence: str) -> None:
        self.slider.refuse(sentence)

    @property
    def _here(self) -> bool:
        return any(frame == self._frame for frame, _ in self._keys)

    def _show(self) -> None:
        if not self.slider.track.isSliderDown():
            self.slider.set_value(at(self._keys, self._frame, float(self.slider.value)))
        self._mark(self.slider.label, bool(self._keys))
        self.take.setEnabled(self._here)
        self.take.setToolTip(
            self.tr("Remove key\nThe keys around it decide about this frame again.")
            if self._here
            else self.tr("This frame has no key.")
        )
        keys = ", ".join(self.tr("{0}: {1:.2f}").format(frame, value) for frame, value in self._keys)
        self.told.setText(
            self.tr("Keys by frame: {0}").format(keys) if keys else self.tr("No key: the same throughout.")
        )

    @Slot()
    def _moved(self) -> None:
        if self._here:
            self._put()

    @Slot()
    def _put(self) -> None:
        self._send({**dict(self._keys), self._frame: self.slider.value})

    @Slot()
    def _take(self) -> None:
        self._send({frame: value for frame, value in self._keys if frame != self._frame})

    def _send(self, keys: dict[FrameNo, float]) -> None:
        self.entered.emit(" ".join(f"{frame}:{value:g}" for frame, value in sorted(keys.items())))
