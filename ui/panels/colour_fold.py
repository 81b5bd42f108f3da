"""What a clip's codes are taken to mean: each colour tag, what is doubtful about it, and choosing otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QSize, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from app.clip_colour import ClipColour, clip_colour, set_tag
from app.document import ClipWork
from app.render_bridge import RenderBridge
from app.session import Session
from engines.colour.tags import Tag, TagFinding, said
from engines.errors import TratteggioError
from engines.media.source import ClipInfo
from ui.icons import icon
from ui.theme import T
from ui.widgets.fold import Fold
from ui.widgets.value_slider import DOT

_TAGS: tuple[Tag, ...] = ("range", "matrix", "primaries", "transfer", "chroma_location")
_SIGN = 14
_LETTERS = 6
"""Of a value that a narrow panel shows at least; the list that opens shows it whole."""


class ColourFold(Fold):
    """Of the active clip. A choice is one step to undo; it acts in preview, export and the tags of the master."""

    def __init__(self, session: Session, bridge: RenderBridge, parent: QWidget | None = None) -> None:
        title = self.tr("Colour")
        super().__init__(title, self.tr("What the clip's code values mean, as its file says or as you choose."), parent)
        self._session, self._bridge = session, bridge
        self.rows = {tag: _TagRow(tag, words, tip, self) for tag, (words, tip) in self._words().items()}
        grid = QGridLayout()
        grid.setHorizontalSpacing(T.space[1])
        grid.setVerticalSpacing(T.space[0])
        grid.setColumnStretch(1, 1)
        for place, row in enumerate(self.rows.values()):
            grid.addWidget(row.label, 2 * place, 0)
            grid.addWidget(row.box, 2 * place, 1)
            grid.addWidget(row.below, 2 * place + 1, 0, 1, 2)
            row.box.activated.connect(self._on_chosen)
        self.body.addLayout(grid)
        session.document_changed.connect(self._on_document)
        session.clip_changed.connect(self.refresh)
        bridge.clip_info_ready.connect(self.refresh)
        self._info: ClipInfo | None = None
        self.refresh()

    def _words(self) -> Mapping[Tag, tuple[str, str]]:
        """Names of the tags, and what each decides."""
        words = {
            "range": (self.tr("Range"), self.tr("Which codes are black and white.")),
            "matrix": (self.tr("Matrix"), self.tr("How R'G'B' is made of luma and chroma.")),
            "primaries": (self.tr("Primaries"), self.tr("Which red, green and blue are meant.")),
            "transfer": (self.tr("Transfer"), self.tr("How codes become light.")),
            "chroma_location": (self.tr("Chroma siting"), self.tr("Where chroma samples lie between luma samples.")),
        }
        return {tag: words[tag] for tag in _TAGS}

    @Slot()
    def _on_document(self) -> None:
        """Most of what changes in a document, many times a second while a handle is held, is not this."""
        if self._known() is not self._info:
            self.refresh()

    def _known(self) -> ClipInfo | None:
        clip = self._session.clip
        return self._bridge.clip_info(clip.id) if clip is not None else None

    @Slot()
    def refresh(self, *_: object) -> None:
        """Show the tags of the active clip, as far as they are known."""
        info = self._info = self._known()
        self.setVisible(info is not None)
        if info is None:
            return
        colour = clip_colour(info)
        findings = {finding.tag: finding for finding in colour.findings}
        for tag, row in self.rows.items():
            row.show_tag(colour if tag in colour.choices else None, findings.get(tag))
        doubts = sum(finding.kind != "missing" for finding in colour.findings)
        self.warn(self.tr("1 doubt") if doubts == 1 else self.tr("{0} doubts").format(doubts) if doubts else "")
        self.mark(bool(colour.chosen.items()))

    @Slot(int)
    def _on_chosen(self, _index: int) -> None:
        box, clip = self.sender(), self._session.clip
        row = next((row for row in self.rows.values() if row.box is box), None)
        if row is not None and clip is not None:
            self._choose(clip, row)

    def _choose(self, clip: ClipWork, row: _TagRow) -> None:
        session, value = self._session, str(row.box.currentData() or "")
        try:
            after = set_tag(session.document, clip.id, row.tag, value)
        except TratteggioError as error:
            session.notify_error(error)
            self.refresh()
            return
        session.do(self.tr("{tag} of {clip}").format(tag=row.name, clip=clip.media.path.name), after)


class _TagRow(QObject):
    """A tag's name, its value to choose, and below them what is doubtful about it; the fold places them."""

    def __init__(self, tag: Tag, name: str, tip: str, parent: QObject) -> None:
        super().__init__(parent)
        self.tag, self.name = tag, name
        self.label, self.box, self.below = QLabel(name), QComboBox(), QWidget()
        self.sign, self.doubt = QLabel(), QLabel()
        self.label.setToolTip(f"{name}\n{tip}")
        self.box.setAccessibleName(name)
        self.box.setToolTip(f"{name}\n{tip}")
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(_LETTERS)
        self.sign.setPixmap(icon("warning", "approximate").pixmap(QSize(_SIGN, _SIGN)))
        self.doubt.setWordWrap(True)
        line = QHBoxLayout(self.below)
        line.setContentsMargins(0, 0, 0, T.space[0])
        line.setSpacing(T.space[0])
        line.addWidget(self.sign)
        line.addWidget(self.doubt, 1)

    def show_tag(self, colour: ClipColour | None, finding: TagFinding | None) -> None:
        """The file's own word or what was chosen; what is wrong with it. None: such pictures have no such tag."""
        for widget in (self.label, self.box):
            widget.setVisible(colour is not None)
        self.below.setVisible(finding is not None)
        if colour is None:
            return
        tagged, chosen = getattr(colour.tagged, self.tag), getattr(colour.chosen, self.tag)
        likely = finding.choices if finding is not None else ()
        rest = [value for value in colour.choices[self.tag] if value not in likely]
        self._fill(
            self._own(tagged, finding, chosen), [value for value in likely if value in colour.choices[self.tag]], rest
        )
        self.box.setCurrentIndex(max(0, self.box.findData(chosen)) if chosen else 0)
        self.label.setText(f"{self.name} {DOT}" if chosen else self.name)
        self.doubt.setText(finding.sentence if finding is not None else "")
        doubtful = finding is not None and finding.kind != "missing"
        self.sign.setVisible(doubtful)
        self.doubt.setObjectName("doubt" if doubtful else "muted")
        self.doubt.style().polish(self.doubt)

    def _own(self, tagged: str, finding: TagFinding | None, chosen: str) -> str:
        """How the list names the file's own word."""
        if tagged not in ("unknown", "reserved"):
            return self.tr("{0} (file)").format(said(tagged))
        if finding is not None and finding.kind == "missing" and not chosen:
            return self.tr("{0} (assumed)").format(said(finding.assumed))
        return self.tr("not tagged")

    def _fill(self, own: str, likely: Sequence[str], rest: Sequence[str]) -> None:
        """The file's own first, then what is worth choosing, then everything else."""
        self.box.clear()
        self.box.addItem(own, "")
        for values in (likely, rest):
            if values:
                self.box.insertSeparator(self.box.count())
            for value in values:
                self.box.addItem(said(value), value)
        view = self.box.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 2 * T.space[3])
