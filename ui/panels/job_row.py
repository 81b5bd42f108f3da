"""One export in the jobs panel: its name, how it stands, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.jobs.values import ACTIVE, RESUMABLE, JobProgress, JobRecord
from ui.i18n import tr
from ui.icons import icon
from ui.panels.job_words import detail_of, state_of
from ui.panels.state_label import StateLabel
from ui.theme import T, monospaced

_BAR_HEIGHT = 4


def _verbs() -> tuple[tuple[str, str, str, str], ...]:
    """Name, drawing, title, consequence."""
    return (
        ("up", "up", tr("Jobs", "Move up"), tr("Jobs", "This export starts before the one above it.")),
        ("pause", "pause", tr("Jobs", "Pause"), tr("Jobs", "Stops after this frame; what is finished is kept.")),
        ("resume", "play", tr("Jobs", "Resume"), tr("Jobs", "Goes on after the last finished part.")),
        ("retry", "retry", tr("Jobs", "Try again"), tr("Jobs", "Goes on after the last finished part.")),
        ("verify", "verify", tr("Jobs", "Verify"), tr("Jobs", "Compares the master with its checksums and source.")),
        ("about", "info", tr("Jobs", "About this master"), tr("Jobs", "What it says of itself, its log and reports.")),
        ("report", "report", tr("Jobs", "Open report"), tr("Jobs", "Shows what was done, in the browser.")),
        ("package", "package", tr("Jobs", "Archive package"), tr("Jobs", "A checked folder of all that explains it.")),
        ("show_package", "package", tr("Jobs", "Show package"), tr("Jobs", "Opens the folder of the archive package.")),
        ("reveal", "reveal", tr("Jobs", "Show in folder"), tr("Jobs", "Opens the folder of the master.")),
        (
            "stop_package",
            "cancel",
            tr("Jobs", "Stop packaging"),
            tr("Jobs", "It leaves nothing; the master stays."),
        ),
        ("cancel", "cancel", tr("Jobs", "Cancel"), tr("Jobs", "Asks what becomes of the finished part.")),
        ("remove", "remove", tr("Jobs", "Remove from list"), tr("Jobs", "Files on disk are not touched.")),
    )


class JobRow(QFrame):
    """Shows one record; says by `wanted` (verb, job id) what the user asked for."""

    wanted = Signal(str, str)

    def __init__(self, record: JobRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.job_id = record.id
        self.name, self.state = _Name(record.job.out.name), StateLabel()
        self.name.setObjectName("cardTitle")
        self.name.setToolTip(str(record.job.out))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(_BAR_HEIGHT)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("Jobs", "Progress of {0}").format(record.job.out.name))
        self.detail, self.error = QLabel(), QLabel()
        self.detail.setFont(monospaced(T.small_size))
        self.error.setObjectName("refusal")
        for label in (self.detail, self.error):
            label.setWordWrap(True)
        self.buttons: dict[str, QToolButton] = {}
        self._lay_out()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(T.space[2], T.space[1], T.space[1], T.space[1])
        box.setSpacing(T.space[0])
        head = QHBoxLayout()
        head.setSpacing(T.space[0])
        head.addWidget(self.state, 1)
        for verb, drawing, title, tip in _verbs():
            head.addWidget(self._button(verb, drawing, title, tip))
        box.addWidget(self.name)
        box.addLayout(head)
        box.addWidget(self.bar)
        box.addWidget(self.detail)
        box.addWidget(self.error)
        self.question = _Question(self._answer)
        self.question.hide()
        box.addWidget(self.question)

    def _button(self, verb: str, drawing: str, title: str, tip: str) -> QToolButton:
        button = self.buttons[verb] = QToolButton()
        button.setObjectName("flat")
        button.setIcon(icon(drawing))
        button.setAccessibleName(f"{title}: {self.name.whole}")
        button.setToolTip(f"{title}\n{tip}")
        button.clicked.connect(self._ask if verb == "cancel" else partial(self._want, verb))
        return button

    def show_record(self, record: JobRecord, progress: JobProgress, elapsed: float, first: bool) -> None:
        """`first`: nothing stands above it in the list."""
        self.state.set_line(state_of(record))
        busy = record.state in ("running", "stopping") or "running" in (record.verify, record.packaged)
        self.bar.setVisible(busy)
        self.bar.setValue(round(progress.share * 1000))
        self.detail.setText(detail_of(record, progress, elapsed))
        wrong = record.error or (record.package_sentence if record.packaged == "failed" else "")
        self.error.setText(f"✕  {wrong}")
        self.error.setVisible(bool(wrong))
        if record.state == "stopping" or record.state not in ACTIVE | RESUMABLE:
            self.question.hide()
        shown = _shown(record, first)
        for verb, button in self.buttons.items():
            button.setVisible(verb in shown)

    def show_elapsed(self, record: JobRecord, progress: JobProgress, elapsed: float) -> None:
        """Only what changes while it runs."""
        self.bar.setValue(round(progress.share * 1000))
        self.detail.setText(detail_of(record, progress, elapsed))

    @Slot()
    def _ask(self) -> None:
        self.question.show()
        self.question.keep.setFocus()

    def _answer(self, verb: str) -> None:
        self.question.hide()
        if verb:
            self.wanted.emit(verb, self.job_id)

    def _want(self, verb: str) -> None:
        self.wanted.emit("resume" if verb == "retry" else verb, self.job_id)


class _Name(QLabel):
    """A name that gives way to the buttons beside it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.whole = text
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(text)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideMiddle, self.width()))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(0, self.fontMetrics().height())


class _Question(QWidget):
    """What becomes of the finished part of a cancelled export."""

    def __init__(self, answer: Callable[[str], None]) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, T.space[0], 0, 0)
        box.setSpacing(T.space[0])
        said = QLabel(tr("Jobs", "Cancel this export? What becomes of its finished part?"))
        said.setWordWrap(True)
        box.addWidget(said)
        line = QHBoxLayout()
        line.setSpacing(T.space[0])
        box.addLayout(line)
        self.keep = self._choice(tr("Jobs", "Keep it"), tr("Jobs", "A later export to the same name goes on after it."))
        self.drop = self._choice(tr("Jobs", "Remove it"), tr("Jobs", "Deletes what was rendered so far."))
        self.stay = self._choice(tr("Jobs", "Go on"), tr("Jobs", "Nothing is cancelled."))
        for button, verb in ((self.keep, "cancel_keep"), (self.drop, "cancel_drop"), (self.stay, "")):
            button.clicked.connect(partial(answer, verb))
            line.addWidget(button)
        line.addStretch(1)

    def _choice(self, title: str, tip: str) -> QPushButton:
        button = QPushButton(title)
        button.setAccessibleName(title)
        button.setToolTip(f"{title}\n{tip}")
        return button


def _shown(record: JobRecord, first: bool) -> frozenset[str]:
    """The verbs that make sense now."""
    match record.state:
        case "running":
            return frozenset({"pause", "cancel"})
        case "queued":
            return frozenset({"pause", "cancel"} | (set() if first else {"up"}))
        case "preparing":
            return frozenset({"cancel"})
        case "paused" | "interrupted":
            return frozenset({"resume", "cancel"})
        case "failed":
            return frozenset({"retry", "cancel"})
        case "done":
            if "running" in (record.verify, record.packaged):
                return frozenset({"report", "reveal"} | ({"stop_package"} if record.packaged == "running" else set()))
            packaged = "show_package" if record.packaged == "passed" else "package"
            return frozenset({"verify", "about", "report", packaged, "reveal", "remove"})
    return frozenset()
