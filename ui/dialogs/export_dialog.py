"""The export dialog: choose a format, frames and a place; see what it will take; queue it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.document import ClipWork, Document
from app.export.deliveries import DELIVERIES
from app.forensic.rules import obstacles
from app.jobs.destination import Destination, Scout, default_out, default_package, with_preset
from app.jobs.estimator import Estimator
from app.jobs.preset_facts import OFFERED, PresetFacts, facts_of, made_of
from app.jobs.queue import JobQueue
from app.jobs.values import Estimate, ExportOrder, PackageOrder, cost_of
from app.render_bridge import RenderBridge
from app.session import Session
from app.settings import load_settings
from engines.errors import TratteggioError
from ui.dialogs.export_forecast import ExportForecast
from ui.dialogs.export_form import ExportForm, Range
from ui.dialogs.export_words import refused, size
from ui.dialogs.parts import grow
from ui.theme import T

_PAUSE_MS = 400
"""After a change, before samples are rendered: whoever walks through the formats must not start eleven processes."""


class ExportDialog(QDialog):
    """Exports the active clip as it is treated now; what is painted meanwhile is not in it."""

    queued = Signal(str)
    """Id of the job."""

    case_wanted = Signal()
    """Whose picture it is is to be told."""
    signer_chosen = Signal(object)
    """app.jobs.values.PackageOrder: who is to sign, for the next time."""

    def __init__(
        self,
        session: Session,
        bridge: RenderBridge,
        queue: JobQueue,
        parent: QWidget | None = None,
        package: PackageOrder | None = None,
    ) -> None:
        """The session must have an active clip. package: who signs, and which project goes into an archive package."""
        super().__init__(parent)
        assert session.clip is not None
        self._session, self._bridge, self._queue = session, bridge, queue
        self._document, self._clip = session.document, session.clip
        self._settings = load_settings()
        self._preset, self._range = "ffv1", "marked" if _marked(session.clip) else "clip"
        self._out = default_out(self._clip, session.path.parent if session.path else None, self._preset)
        self._package = package or PackageOrder(Path())
        self._delivery = ""
        self._place: Destination | None = None
        self._estimate: Estimate | None = None
        self._refusal = ""
        self._measured_reversible = False
        self._pressed = False
        """Export was pressed before it was known what is at the destination."""
        self._estimator, self._scout = Estimator(self), Scout(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._build()
        self._connect()
        self._show_presets()
        self._show_extras()
        self._propose_package()
        self.form.show_ranges(self._ranges(), self._range)
        self.form.show_out(self._out)
        self._look()
        self._remeasure()

    def _build(self) -> None:
        self.setWindowTitle(self.tr("Export"))
        title = QLabel(self.tr("Export {0}").format(self._clip.media.path.name))
        title.setObjectName("dialogTitle")
        self.form, self.forecast = ExportForm(), ExportForecast()
        self.forecast.setFixedWidth(300)
        halves = QHBoxLayout()
        halves.setSpacing(T.space[4])
        halves.addWidget(self.form, 1)
        halves.addWidget(self.forecast)
        self.why = QLabel()
        self.why.setWordWrap(True)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAccessibleName(self.tr("Cancel"))
        self.cancel_button.setToolTip(self.tr("Cancel (Esc)\nNothing is exported."))
        self.export_button = QPushButton(self.tr("&Export"))
        self.export_button.setAccessibleName(self.tr("Export"))
        self.export_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(T.space[1])
        buttons.addWidget(self.why, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.export_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(T.space[4],) * 4)
        box.setSpacing(T.space[3])
        box.addWidget(title)
        box.addLayout(halves, 1)
        box.addLayout(buttons)
        self.setMinimumSize(880, 400)

    def _connect(self) -> None:
        self.form.preset_picked.connect(self._on_preset)
        self.form.range_picked.connect(self._on_range)
        self.form.out_edited.connect(self._on_out)
        self.form.replace_toggled.connect(self._show_state)
        self.form.delivery.picked.connect(self._on_delivery)
        self.form.extras.changed.connect(self._on_extras)
        self.form.extras.case_wanted.connect(self.case_wanted)
        self._session.document_changed.connect(self._on_document)
        self.forecast.again.connect(self._remeasure)
        self._scout.looked.connect(self._on_looked)
        self._estimator.estimated.connect(self._on_estimated)
        self._estimator.refused.connect(self._on_refused)
        self._bridge.clip_info_ready.connect(self._on_clip_info)
        self._soon.timeout.connect(self._measure)
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self._export)

    def order(self) -> ExportOrder:
        """What the dialog says now."""
        settings = self._settings
        device = "cpu" if settings.device == "auto" else settings.device
        force = self.form.replace.isVisibleTo(self) and self.form.replace.isChecked()
        extras = self.form.extras
        return ExportOrder(
            self._document,
            self._clip.id,
            self._out,
            self._preset,
            self._frames(),
            force,
            settings.threads,
            device,
            extras.reversible.isChecked(),
            self._delivery,
            extras.package_form.order(self._package.project) if extras.package.isChecked() else None,
        )

    def done(self, code: int) -> None:
        """Ends the measuring, whichever way the dialog closes."""
        self._pressed = False
        self._soon.stop()
        self._estimator.close()
        self._scout.close()
        super().done(code)

    def blocker(self) -> str:
        """Why it cannot be exported as it stands; empty where it can."""
        facts = self._facts().get(self._preset)
        if facts is not None and facts.refusal:
            return refused(facts)
        if refusal := self._forensic_refusal():
            return refusal
        if self._queue.conflict(self._out):
            return self.tr("An unfinished export writes there already.")
        if self._place is None:
            return self._refusal
        if self._place.problem:
            return self._place.problem
        if self._place.existing and not self.form.replace.isChecked():
            return self.tr("{0} exists: choose another name, or tick Replace.").format(self._place.existing.name)
        problem = self.form.extras.problem() or self._place.package_problem
        return problem or self._refusal or self._no_room()

    def _forensic_refusal(self) -> str:
        """Why a forensic delivery refuses the clip as it is treated; empty where nothing is against it."""
        if not (self._forensic_delivery() and not self._document.forensic):
            return ""
        found = next((one for one in obstacles(self._document) if one.clip_id == self._clip.id), None)
        if found is None:
            return ""
        told = self.tr("A forensic delivery refuses this. {0} Switch on forensic mode: it says how to put that right.")
        return told.format(found.reason)

    def _forensic_delivery(self) -> bool:
        return bool(self._delivery) and DELIVERIES[self._delivery].forensic

    def _no_room(self) -> str:
        free = self._place.free if self._place else None
        if free is None or self._estimate is None or self._estimate.size.low <= free:
            return ""
        return self.tr("{0} are free there; the master takes more.").format(size(free))

    def _warning(self) -> str:
        """Worth saying though it can be started."""
        if self._place is None:
            starts = self.tr("Looking at the destination; then the export starts…")
            return starts if self._pressed else self.tr("Looking at the destination…")
        free = self._place.free
        if self._estimate is not None and free is not None and self._estimate.working > free:
            needed = size(self._estimate.working)
            return self.tr("Up to {0} are needed while it works; it may stop for want of room.").format(needed)
        return ""

    def _facts(self) -> dict[str, PresetFacts]:
        """By name; empty until the clip was looked into."""
        info = self._bridge.clip_info(self._clip.id)
        if info is None:
            return {}
        made = made_of(self._clip, info)
        names = DELIVERIES[self._delivery].presets if self._delivery else OFFERED
        return {name: facts_of(name, made) for name in names}

    def _show_presets(self) -> None:
        self.form.show_presets(tuple(self._facts().values()), self._preset)

    def _show_extras(self) -> None:
        extras = self.form.extras
        extras.show_case(self._document.case)
        extras.show_forensic(self._document.forensic, self._forensic_delivery())

    def _propose_package(self) -> None:
        """Beside the master, under its name."""
        held = self.form.extras.package_form.order() if self.form.extras.package.isChecked() else self._package
        self.form.extras.show_package(replace(held, folder=default_package(self._out)))

    def _ranges(self) -> tuple[Range, ...]:
        clip, count = self._clip, self._clip.media.frame_count
        shot = clip.shot_index(self._session.playhead)
        marked = self._span(*_between(clip)) if _marked(clip) else self.tr("no points are set")
        return (
            ("clip", self.tr("Whole clip"), self._span(0, count - 1), True),
            ("marked", self.tr("In to out"), marked, _marked(clip)),
            ("shot", clip.shots[shot].name or self.tr("Shot {0}").format(shot + 1), self._span(*self._shot()), True),
        )

    def _span(self, first: int, last: int) -> str:
        return self.tr("frames {0} to {1}").format(first, last)

    def _shot(self) -> tuple[int, int]:
        return self._clip.shot_range(self._clip.shot_index(self._session.playhead))

    def _frames(self) -> tuple[int, int]:
        whole = (0, self._clip.media.frame_count - 1)
        return {"clip": whole, "marked": _between(self._clip), "shot": self._shot()}[self._range]

    @Slot(str)
    def _on_delivery(self, name: str) -> None:
        self._delivery = name
        delivery = DELIVERIES.get(name)
        self.form.extras.show_delivery(delivery)
        self._show_extras()
        if delivery is not None and self._preset not in delivery.presets:
            facts = self._facts()
            suits = (one for one in delivery.presets if one in facts and not facts[one].refusal)
            self._on_preset(next(suits, delivery.presets[0]))
        else:
            self._remeasure()
        self._show_presets()
        self._show_state()

    @Slot()
    def _on_extras(self) -> None:
        reversible = self.form.extras.reversible.isChecked()
        if reversible != self._measured_reversible:
            self._remeasure()
        self._look()

    @Slot(object, object)
    def _on_document(self, _before: Document, after: Document) -> None:
        """What is said of the case may be edited from here; what is exported stays as it was."""
        self._document = replace(self._document, case=after.case)
        self._show_extras()

    @Slot(str)
    def _on_preset(self, name: str) -> None:
        self._out = with_preset(self._out, self._preset, name)
        self._preset = name
        self.form.show_out(self._out)
        self._propose_package()
        self._look()
        self._remeasure()

    @Slot(str)
    def _on_range(self, key: str) -> None:
        self._range = key
        self._remeasure()

    @Slot(object)
    def _on_out(self, out: Path) -> None:
        self._out = out
        self._propose_package()
        self._look()

    def _look(self) -> None:
        self._place, self._pressed = None, False
        extras = self.form.extras
        package = extras.package_form.order().folder if extras.package.isChecked() and not extras.problem() else None
        self._scout.look(self._out, self._clip.media.path, package)
        self._show_state()

    @Slot(object)
    def _on_looked(self, found: Destination) -> None:
        if found.out == self._out:
            self._place = found
            self.form.show_destination(found)
            self.forecast.show_free(found.free)
            pressed, self._pressed = self._pressed, False
            self._show_state()
            if pressed:
                self.export_button.click()

    @Slot()
    def _remeasure(self) -> None:
        self._estimator.stop()
        self._estimate, self._refusal, self._pressed = None, "", False
        self._measured_reversible = self.form.extras.reversible.isChecked()
        facts = self._facts().get(self._preset)
        if facts is not None and facts.refusal:
            self.forecast.show_nothing(self.tr("There is nothing to measure."))
        else:
            self.forecast.show_measuring()
            self._soon.start()
        self._show_state()

    @Slot()
    def _measure(self) -> None:
        self._estimator.start(self.order())

    @Slot(object)
    def _on_estimated(self, estimate: Estimate) -> None:
        self._estimate = estimate
        cost = cost_of(estimate.seconds, self._settings.watts, self._settings.cost_per_hour)
        packaged = self.form.extras.package.isChecked()
        self.forecast.show_estimate(estimate, cost, self._settings.currency, packaged=packaged)
        self._show_state()

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._refusal = sentence
        self.forecast.show_nothing(self.tr("Nothing could be measured."))
        self._show_state()

    @Slot(str)
    def _on_clip_info(self, clip_id: str) -> None:
        if clip_id == self._clip.id:
            self._show_presets()
            self._show_state()

    @Slot()
    def _show_state(self) -> None:
        blocker = self.blocker()
        self.why.setObjectName("refusal" if blocker else "muted")
        self.why.style().polish(self.why)
        self.why.setText(("✕  " + blocker) if blocker else self._warning())
        self.export_button.setEnabled(not blocker)
        # After what was shown or hidden has found its place.
        QTimer.singleShot(0, self, self._grow)
        consequence = self.tr("Queues the export; you can go on working.")
        self.export_button.setToolTip(f"{self.tr('Export')} (Enter)\n{blocker or consequence}")

    @Slot()
    def _grow(self) -> None:
        grow(self)

    @Slot()
    def _export(self) -> None:
        if self._place is None:
            self._pressed = True
            self._show_state()
            return
        order = self.order()
        try:
            job_id = self._queue.submit(order)
        except TratteggioError as error:
            self._on_refused(str(error))
            return
        if order.package is not None:
            self.signer_chosen.emit(order.package)
        self.queued.emit(job_id)
        self.accept()


def _marked(clip: ClipWork) -> bool:
    return clip.in_point is not None or clip.out_point is not None


def _between(clip: ClipWork) -> tuple[int, int]:
    last = clip.media.frame_count - 1 if clip.out_point is None else clip.out_point
    return clip.in_point or 0, last
