"""How a master is to be packaged: where, who signs its content credentials, how hard it is checked before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QLineEdit, QPushButton, QSpinBox, QWidget

from app.jobs.values import PackageOrder
from ui.dialogs.parts import row
from ui.i18n import tr
from ui.theme import T

_PEM = "PEM (*.pem *.crt *.cer *.key)"


class PackageForm(QWidget):
    """Shows and edits; looks at no disk."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(T.space[2])
        self._form.setVerticalSpacing(T.space[1])
        self._boxes: dict[QLineEdit, QWidget] = {}
        self.folder = self._path(
            tr("Package", "Package"), tr("Package", "A new folder that holds everything; it must not exist yet."), "new"
        )
        self.signer = QComboBox()
        for key, title in (
            ("test", tr("Package", "Test certificate (proves nothing)")),
            ("own", tr("Package", "My certificate")),
            ("none", tr("Package", "No content credentials")),
        ):
            self.signer.addItem(title, key)
        self._row(
            tr("Package", "Signed with"),
            self.signer,
            tr(
                "Package",
                "Content credentials (C2PA) say what was done to the picture. The test certificate is made by this "
                "program: it shows that nothing was changed since, not who signed.",
            ),
        )
        self.certificate = self._path(
            tr("Package", "Certificate"), tr("Package", "PEM chain, your own certificate first."), "file"
        )
        self.key = self._path(
            tr("Package", "Its key"),
            tr("Package", "PEM private key without a password; it is read, never copied."),
            "file",
        )
        self.rerun = QSpinBox()
        self.rerun.setRange(0, 100)
        self.rerun.setValue(3)
        self._row(
            tr("Package", "Frames to render anew"),
            self.rerun,
            tr("Package", "Frames drawn by lot that are made again and compared before the package is made."),
        )
        self.signer.currentIndexChanged.connect(self._on_signer)
        self.rerun.valueChanged.connect(self.changed)
        self._on_signer()

    def show_order(self, order: PackageOrder) -> None:
        self.folder.setText(str(order.folder))
        self.signer.setCurrentIndex(max(0, self.signer.findData(order.signer)))
        self.certificate.setText(str(order.certificate or ""))
        self.key.setText(str(order.key or ""))
        self.rerun.setValue(order.rerun)

    def order(self, project: Path | None = None) -> PackageOrder:
        """What the form says now; `problem` must be empty."""
        own = self.signer.currentData() == "own"
        return PackageOrder(
            Path(self.folder.text()),
            self.signer.currentData(),
            Path(self.certificate.text()) if own else None,
            Path(self.key.text()) if own else None,
            self.rerun.value(),
            project,
        )

    def problem(self) -> str:
        """Why it cannot be made so; empty where nothing is against it."""
        if not Path(self.folder.text()).is_absolute():
            return tr("Package", "Name a new folder for the package.")
        if self.signer.currentData() == "own" and not (self.certificate.text() and self.key.text()):
            return tr("Package", "Choose your certificate and its key, or another way to sign.")
        return ""

    def _path(self, title: str, tip: str, kind: str) -> QLineEdit:
        field, browse = QLineEdit(), QPushButton(tr("Package", "Browse…"))
        browse.setAccessibleName(tr("Package", "Choose: {0}").format(title))
        browse.setToolTip(tr("Package", "Choose: {0}\n{1}").format(title, tip))
        browse.setAutoDefault(False)
        browse.clicked.connect(lambda: self._browse(field, title, kind))
        field.textChanged.connect(self.changed)
        line = row(field, browse)
        line.setStretch(0, 1)
        line.setContentsMargins(0, 0, 0, 0)
        box = QWidget()
        box.setLayout(line)
        self._boxes[field] = box
        self._row(title, box, tip, field)
        return field

    def _row(self, title: str, widget: QWidget, tip: str, field: QWidget | None = None) -> None:
        named = field or widget
        named.setAccessibleName(title)
        named.setToolTip(f"{title}\n{tip}")
        self._form.addRow(title, widget)

    def _browse(self, field: QLineEdit, title: str, kind: str) -> None:
        if kind == "new":
            options = QFileDialog.Option.DontConfirmOverwrite
            path, _ = QFileDialog.getSaveFileName(self, title, field.text(), options=options)
        else:
            path, _ = QFileDialog.getOpenFileName(
                self, title, field.text(), f"{_PEM};;{tr('Package', 'All files (*)')}"
            )
        if path:
            field.setText(path)

    @Slot()
    def _on_signer(self) -> None:
        own = self.signer.currentData() == "own"
        for field in (self.certificate, self.key):
            self._form.setRowVisible(self._boxes[field], own)
        self.changed.emit()
