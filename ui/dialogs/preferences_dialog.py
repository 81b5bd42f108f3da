"""Preferences: how the program looks, stores and computes. Nothing here changes a picture."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDoubleSpinBox, QFormLayout, QLineEdit, QSpinBox, QWidget

from app.settings import Settings
from engines.models.devices import DEVICES
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.theme import T


class PreferencesDialog(QDialog):
    """`settings_chosen` sends the new settings when OK is pressed; who listens applies and stores them."""

    settings_chosen = Signal(object)
    """app.settings.Settings."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(T.space[3])
        self._form.setVerticalSpacing(T.space[1])
        title = tr("Preferences", "Preferences")
        layout = column(self, title, tr("Preferences", "They act at once; none of them changes a picture."), 520)
        layout.addLayout(self._form)
        self._build()
        layout.addStretch(1)
        reset = button(tr("Preferences", "Defaults"), tr("Preferences", "Puts every preference here back; keys stay."))
        cancel = button(tr("Preferences", "Cancel"), tr("Preferences", "Everything stays as it was."))
        self.ok = button(tr("Preferences", "OK"), tr("Preferences", "Applies and stores the preferences."), main=True)
        reset.clicked.connect(self._on_reset)
        cancel.clicked.connect(self.reject)
        self.ok.clicked.connect(self._on_ok)
        layout.addLayout(row(reset, None, cancel, self.ok))
        self.show_settings(settings)

    def settings(self) -> Settings:
        """What the form says now."""
        return replace(
            self._settings,
            surround=self.surround.currentData(),
            text_size=self.text_size.value() if self.text_size.value() > self.text_size.minimum() else 0,
            reduce_motion=self.reduce_motion.isChecked(),
            cache_megabytes=self.cache.value(),
            autosave_minutes=self.autosave.value(),
            threads=self.threads.value(),
            device=self.device.currentData(),
            every_frame=self.every_frame.isChecked(),
            audio=self.audio.isChecked(),
            cost_per_hour=self.cost.value() or None,
            currency=self.currency.text().strip() or Settings().currency,
            watts=self.watts.value() or None,
        )

    def show_settings(self, settings: Settings) -> None:
        """Fills the form."""
        _choose(self.surround, settings.surround)
        self.text_size.setValue(settings.text_size)
        self.reduce_motion.setChecked(settings.reduce_motion)
        self.cache.setValue(settings.cache_megabytes)
        self.autosave.setValue(settings.autosave_minutes)
        self.threads.setValue(settings.threads)
        _choose(self.device, settings.device)
        self.every_frame.setChecked(settings.every_frame)
        self.audio.setChecked(settings.audio)
        self.cost.setValue(settings.cost_per_hour or 0.0)
        self.currency.setText(settings.currency)
        self.watts.setValue(settings.watts or 0.0)

    def _build(self) -> None:
        self._build_look()
        self._build_work()
        self._build_playback()
        self._build_costs()

    def _build_look(self) -> None:
        self._section(tr("Preferences", "Look"))
        self.surround, self.text_size = QComboBox(), QSpinBox()
        self.reduce_motion = QCheckBox(tr("Preferences", "Reduce motion"))
        for key, name in (
            ("black", tr("Preferences", "Black")),
            ("dark", tr("Preferences", "Dark grey")),
            ("mid", tr("Preferences", "Mid grey")),
            ("grey", tr("Preferences", "18 % grey")),
            ("white", tr("Preferences", "White")),
        ):
            self.surround.addItem(name, key)
        # One below the smallest stands for the system's size.
        self.text_size.setRange(6, 32)
        self.text_size.setSuffix(tr("Preferences", " pt"))
        self.text_size.setSpecialValueText(tr("Preferences", "As the system"))
        self._row(
            tr("Preferences", "Picture surround"), self.surround, tr("Preferences", "The grey around the picture.")
        )
        self._row(tr("Preferences", "Text size"), self.text_size, tr("Preferences", "Of all texts of the window."))
        self._row("", self.reduce_motion, tr("Preferences", "Panels and messages appear without moving."))

    def _build_work(self) -> None:
        self._section(tr("Preferences", "Work"))
        self.autosave, self.cache, self.threads, self.device = QDoubleSpinBox(), QSpinBox(), QSpinBox(), QComboBox()
        self.autosave.setRange(0.5, 60.0)
        self.autosave.setDecimals(1)
        self.autosave.setSuffix(tr("Preferences", " min"))
        self.cache.setRange(0, 262144)
        self.cache.setSingleStep(256)
        self.cache.setSuffix(tr("Preferences", " MB"))
        self.cache.setSpecialValueText(tr("Preferences", "Automatic"))
        self.threads.setRange(0, 256)
        self.threads.setSpecialValueText(tr("Preferences", "Automatic"))
        self.device.addItem(tr("Preferences", "Automatic"), "auto")
        for name in DEVICES:
            self.device.addItem(name.upper(), name)
        saved = tr("Preferences", "Between full copies of the work; every step is kept at once in any case.")
        self._row(tr("Preferences", "Autosave every"), self.autosave, saved)
        self._row(tr("Preferences", "Memory for pictures"), self.cache, tr("Preferences", "More means fewer waits."))
        cores = tr("Preferences", "Processor threads for restoring; fewer leave room for other programs.")
        self._row(tr("Preferences", "Threads"), self.threads, cores)
        self._row(
            tr("Preferences", "Networks run on"), self.device, tr("Preferences", "Which processor runs networks.")
        )

    def _build_playback(self) -> None:
        self._section(tr("Preferences", "Playback"))
        self.every_frame = QCheckBox(tr("Preferences", "Play every frame"))
        self.audio = QCheckBox(tr("Preferences", "Play sound"))
        self._row("", self.every_frame, tr("Preferences", "Waits for each frame instead of keeping the clock."))
        self._row("", self.audio, tr("Preferences", "At true speed only; off at other speeds."))

    def _build_costs(self) -> None:
        self._section(tr("Preferences", "Costs in export estimates"))
        self.cost, self.currency, self.watts = QDoubleSpinBox(), QLineEdit(), QDoubleSpinBox()
        for spin, most in ((self.cost, 10000.0), (self.watts, 20000.0)):
            spin.setRange(0.0, most)
            spin.setSpecialValueText(tr("Preferences", "Not shown"))
        self.cost.setSuffix(tr("Preferences", " per hour"))
        self.watts.setDecimals(0)
        self.watts.setSuffix(" W")
        self.currency.setMaxLength(5)
        self._row(tr("Preferences", "Running costs"), self.cost, tr("Preferences", "Of this machine, for estimates."))
        self._row(tr("Preferences", "Currency"), self.currency, tr("Preferences", "As it is written beside amounts."))
        self._row(tr("Preferences", "Power draw"), self.watts, tr("Preferences", "Of this machine, for estimates."))

    def _section(self, title: str) -> None:
        self._form.addRow(text(title, "sectionTitle"))

    def _row(self, name: str, field: QWidget, tip: str) -> None:
        title = name or (field.text() if isinstance(field, QCheckBox) else "")
        field.setAccessibleName(title)
        field.setToolTip(f"{title}\n{tip}")
        self._form.addRow(name, field)

    @Slot()
    def _on_reset(self) -> None:
        self.show_settings(Settings())

    @Slot()
    def _on_ok(self) -> None:
        self.settings_chosen.emit(self.settings())
        self.accept()


def _choose(box: QComboBox, key: str) -> None:
    box.setCurrentIndex(max(0, box.findData(key)))
