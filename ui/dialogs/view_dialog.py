"""How pictures are brought to this display: automatically, by OpenColorIO, or by a look-up table. Acts at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QStackedWidget,
    QWidget,
)

from app.screen_desk import ConfigOffer, ScreenDesk
from engines.colour.ocio import BUILT_IN
from engines.colour.screen import AUTOMATIC, Screen
from engines.errors import TratteggioError
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.theme import T

_FILE = "file"


class ViewDialog(QDialog):
    """Every change is seen as soon as it is known to work; closing keeps it."""

    def __init__(self, desk: ScreenDesk, screen: Screen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._screen = desk, screen.bare()
        self._offer: ConfigOffer | None = None
        self._labels: list[QLabel] = []
        purpose = tr("ViewDialog", "How pictures are brought to this display. Masters and exports never change by it.")
        layout = column(self, tr("ViewDialog", "View transform"), purpose, 520)
        self.kind, self.pages = QComboBox(), QStackedWidget()
        self.forms: dict[str, QFormLayout] = {}
        form = _form()
        self._row(form, tr("ViewDialog", "View"), self.kind, tr("ViewDialog", "What decides how codes are shown."))
        layout.addLayout(form)
        layout.addWidget(self.pages)
        self._build_automatic()
        self._build_config()
        self._build_table()
        layout.addLayout(self._trims())
        self._align()
        self.message = text("", "refusal")
        layout.addWidget(self.message)
        layout.addStretch(1)
        reset = button(tr("ViewDialog", "Automatic"), tr("ViewDialog", "Puts everything here back to its default."))
        close = button(tr("ViewDialog", "Close"), tr("ViewDialog", "Keeps what is chosen."), main=True)
        layout.addLayout(row(reset, None, close))
        reset.clicked.connect(self._on_reset)
        close.clicked.connect(self.accept)
        desk.offered.connect(self._on_offered)
        desk.refused.connect(self._on_refused)
        desk.adopted.connect(self._on_adopted)
        self._show()
        self._connect()
        if self._screen.kind == "ocio":
            desk.ask(self._screen.config)

    # --- the form -------------------------------------------------------------------------------------------------

    def _build_automatic(self) -> None:
        form = self._page("automatic", tr("ViewDialog", "Automatic, from the clip's tags"))
        self.display = QComboBox()
        for key, name in (
            ("srgb", tr("ViewDialog", "sRGB, as most computer displays")),
            ("bt1886", tr("ViewDialog", "BT.1886, a video monitor")),
            ("p3", tr("ViewDialog", "Display P3")),
        ):
            self.display.addItem(name, key)
        tip = tr("ViewDialog", "SDR video is shown as it is coded; HDR is rolled off, wider gamuts are fitted.")
        self._row(form, tr("ViewDialog", "This display is"), self.display, tip)

    def _build_config(self) -> None:
        form = self._page("ocio", tr("ViewDialog", "OpenColorIO"))
        self.config, self.space, self.device, self.view = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        for name in BUILT_IN:
            self.config.addItem(name, name)
        self.config.addItem(tr("ViewDialog", "As $OCIO names"), "")
        self.config.addItem(tr("ViewDialog", "Choose a file..."), _FILE)
        for name, box, tip in (
            (
                tr("ViewDialog", "Configuration"),
                self.config,
                tr("ViewDialog", "Built in, a file, or the one that the system names."),
            ),
            (
                tr("ViewDialog", "Colour space of clips"),
                self.space,
                tr("ViewDialog", "What codes mean; guessed from each clip's tags unless it is chosen."),
            ),
            (tr("ViewDialog", "Display"), self.device, tr("ViewDialog", "What this display is.")),
            (tr("ViewDialog", "Look of the view"), self.view, tr("ViewDialog", "How pictures are rendered for it.")),
        ):
            # Names of configurations are long: the form must not grow with them.
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(24)
            self._row(form, name, box, tip)

    def _build_table(self) -> None:
        form = self._page("lut", tr("ViewDialog", "Look-up table (.cube)"))
        self.table = button(
            tr("ViewDialog", "Choose..."), tr("ViewDialog", "A .cube file, applied to R, G and B as they are coded.")
        )
        self.table.clicked.connect(self._choose_table)
        self.table.setAccessibleName(tr("ViewDialog", "Table"))
        self._labelled(form, tr("ViewDialog", "Table"), self.table)

    def _trims(self) -> QFormLayout:
        form = _form()
        self.exposure, self.gamma, self.target, self.peak = (
            QDoubleSpinBox(),
            QDoubleSpinBox(),
            QComboBox(),
            QDoubleSpinBox(),
        )
        self.exposure.setRange(-10.0, 10.0)
        self.exposure.setSingleStep(0.25)
        self.exposure.setSuffix(tr("ViewDialog", " stops"))
        self.gamma.setRange(0.2, 5.0)
        self.gamma.setSingleStep(0.05)
        self.peak.setRange(0.0, 10000.0)
        self.peak.setSpecialValueText(tr("ViewDialog", "As the clip says"))
        self.peak.setDecimals(0)
        self.peak.setSingleStep(100.0)
        self.peak.setSuffix(tr("ViewDialog", " cd/m²"))
        for key, name in (("bt709", "BT.709"), ("smpte432", "P3"), ("bt2020", "BT.2020")):
            self.target.addItem(name, key)
        for name, field, tip in (
            (tr("ViewDialog", "Exposure"), self.exposure, tr("ViewDialog", "Brighter or darker, of the view only.")),
            (tr("ViewDialog", "Gamma"), self.gamma, tr("ViewDialog", "Above 1 lifts the mid-tones of the view.")),
            (
                tr("ViewDialog", "Mastering peak"),
                self.peak,
                tr("ViewDialog", "Of PQ masters: from where the view rolls off, and what the gamut warning guards."),
            ),
            (tr("ViewDialog", "Warn outside"), self.target, tr("ViewDialog", "Which gamut the warning guards.")),
        ):
            self._row(form, name, field, tip)
        return form

    def _page(self, key: str, name: str) -> QFormLayout:
        page = QWidget()
        form = _form()
        form.setContentsMargins(0, 0, 0, 0)
        page.setLayout(form)
        self.kind.addItem(name, key)
        self.pages.addWidget(page)
        self.forms[key] = form
        return form

    def _row(self, form: QFormLayout, name: str, field: QWidget, tip: str) -> None:
        field.setAccessibleName(name)
        field.setToolTip(f"{name}\n{tip}")
        self._labelled(form, name, field)

    def _labelled(self, form: QFormLayout, name: str, field: QWidget) -> None:
        label = QLabel(name)
        label.setBuddy(field)
        self._labels.append(label)
        form.addRow(label, field)

    def _align(self) -> None:
        """One column of fields, although the forms are several."""
        width = max(label.sizeHint().width() for label in self._labels)
        for label in self._labels:
            label.setMinimumWidth(width)

    # --- what it says ---------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.config.activated.connect(self._on_config)
        self.device.currentIndexChanged.connect(self._on_device)
        for box in (self.display, self.space, self.view, self.target):
            box.currentIndexChanged.connect(self._on_change)
        for spin in (self.exposure, self.gamma, self.peak):
            spin.valueChanged.connect(self._on_change)

    def _show(self) -> None:
        """Fill the form with what is chosen."""
        screen = self._screen
        fields = (self.kind, self.display, self.config, self.exposure, self.gamma, self.peak, self.target)
        blockers = [QSignalBlocker(field) for field in fields]
        self.kind.setCurrentIndex(self.kind.findData(screen.kind))
        self.display.setCurrentIndex(self.display.findData(screen.display))
        self.target.setCurrentIndex(self.target.findData(screen.target))
        self._name_config(screen.config if screen.kind == "ocio" else BUILT_IN[0])
        self.exposure.setValue(screen.exposure)
        self.gamma.setValue(screen.gamma)
        self.peak.setValue(screen.peak)
        for blocker in blockers:
            blocker.unblock()
        self.table.setText(Path(screen.lut).name or tr("ViewDialog", "Choose..."))
        self._show_page()

    def _show_page(self) -> None:
        kind = self.kind.currentData()
        self.pages.setCurrentIndex(self.kind.currentIndex())
        for field in (self.exposure, self.gamma):
            field.setEnabled(kind != "lut")

    def _name_config(self, config: str) -> None:
        place = self.config.findData(config)
        if place < 0:
            place = self.config.count() - 1
            self.config.insertItem(place, Path(config).name, config)
        self.config.setCurrentIndex(place)

    @Slot()
    def _on_kind(self) -> None:
        self._show_page()
        self._say("")
        kind = self.kind.currentData()
        self._screen = replace(self._screen, kind=kind)
        if kind == "ocio":
            config = self.config.currentData()
            self._screen = replace(self._screen, config=config)
            self._desk.ask(config)
        elif kind == "lut" and not self._screen.lut:
            self._choose_table()
        else:
            self._choose()

    @Slot(int)
    def _on_config(self, place: int) -> None:
        config = self.config.itemData(place)
        if config == _FILE:
            chosen, _ = QFileDialog.getOpenFileName(
                self,
                tr("ViewDialog", "OpenColorIO configuration"),
                "",
                tr("ViewDialog", "Configurations (*.ocio *.ocioz);;All files (*)"),
            )
            if not chosen:
                self._name_config(self._screen.config)
                return
            config = chosen
            self._name_config(config)
        self._screen = replace(self._screen, config=config, space="", device="", view="")
        self._say("")
        self._desk.ask(config)

    @Slot()
    def _choose_table(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("ViewDialog", "Look-up table"), "", tr("ViewDialog", "Look-up tables (*.cube);;All files (*)")
        )
        if chosen:
            self.use_table(chosen)

    def use_table(self, path: str) -> None:
        """See through a .cube file."""
        self._screen = replace(self._screen, kind="lut", lut=path)
        self._show()
        self._choose()

    @Slot(str, object)
    def _on_offered(self, config: str, found: object) -> None:
        if config != self._screen.config or self.kind.currentData() != "ocio":
            return
        if isinstance(found, TratteggioError):
            self._offer = None
            self._fill(self.space, [], "")
            self._fill(self.device, [], "")
            self._fill(self.view, [], "")
            self._say(f"{found.sentence} {found.hint}")
            return
        assert isinstance(found, ConfigOffer)
        self._offer = found
        guess = tr("ViewDialog", "Guessed: {0}").format(found.guess)
        self._fill(self.space, [(guess, ""), *((name, name) for name in found.facts.spaces)], self._screen.space)
        self._fill(self.device, [(name, name) for name, _ in found.facts.views], self._screen.device)
        self._fill_views(self._screen.view)
        self._on_change()

    @Slot()
    def _on_device(self) -> None:
        self._fill_views("")
        self._on_change()

    def _fill_views(self, chosen: str) -> None:
        views = dict(self._offer.facts.views).get(self.device.currentData(), ()) if self._offer is not None else ()
        self._fill(self.view, [(name, name) for name in views], chosen)

    def _fill(self, box: QComboBox, rows: list[tuple[str, str]], chosen: str) -> None:
        blocker = QSignalBlocker(box)
        box.clear()
        for name, key in rows:
            box.addItem(name, key)
        box.setCurrentIndex(max(box.findData(chosen), 0) if rows else -1)
        box.setEnabled(bool(rows))
        blocker.unblock()

    @Slot()
    def _on_change(self) -> None:
        """Take over what the form says."""
        kind = self.kind.currentData()
        self._screen = replace(
            self._screen,
            display=self.display.currentData(),
            exposure=round(self.exposure.value(), 2),
            gamma=round(self.gamma.value(), 2),
            peak=self.peak.value(),
            target=self.target.currentData(),
        )
        if kind == "ocio" and self._offer is not None:
            self._screen = replace(
                self._screen,
                space=self.space.currentData() or "",
                device=self.device.currentData() or "",
                view=self.view.currentData() or "",
            )
        self._choose()

    def _choose(self) -> None:
        if self._screen.kind == "ocio" and self._offer is None:
            return
        if self._screen.kind == "lut" and not self._screen.lut:
            return
        self._desk.choose(self._screen)

    @Slot()
    def _on_reset(self) -> None:
        self._screen = AUTOMATIC
        self._offer = None
        self._show()
        self._say("")
        self._desk.choose(AUTOMATIC)

    @Slot(object)
    def _on_refused(self, error: TratteggioError) -> None:
        self._say(f"{error.sentence} {error.hint}")

    @Slot(object)
    def _on_adopted(self, screen: Screen) -> None:
        if screen == self._screen:
            self._say("")

    def _say(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(T.space[3])
    form.setVerticalSpacing(T.space[1])
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form
