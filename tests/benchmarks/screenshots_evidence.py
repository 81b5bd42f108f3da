"""Pictures of evidence and delivery: the case, an export that is packaged, a master opened again, its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QApplication, QDialog

from app import commands
from app.export.case import CaseFacts
from app.jobs.values import ExportOrder, PackageOrder
from app.mask_plane import MaskPlane
from ui.dialogs.export_dialog import ExportDialog
from ui.dialogs.master_dialog import MasterDialog
from ui.dialogs.package_dialog import PackageDialog
from ui.dialogs.timeline_dialog import TimelineDialog

if TYPE_CHECKING:
    from tests.benchmarks.screenshots import Studio

_SMALL = (1100, 700)
_LARGE = (1600, 900)
_PATIENCE = 300.0


def evidence(studio: Studio) -> None:
    """The active clip's first frames are rendered, packaged and opened again."""
    session, queue = studio.session, studio.station.queue
    before = session.document
    facts = CaseFacts("2026-114", "K-7", "", "A. Conti", "Regional laboratory for audio and video")
    session.do("Case", commands.set_case(before, facts))
    for name, size in (("", _LARGE), ("-small", _SMALL)):
        studio.window.resize(*size)
        studio.of_dialog(f"evidence-case{name}", "evidence.case")
        _export_dialog(studio, name)
    clip = session.clip
    assert clip is not None
    coverage = np.zeros((clip.media.height, clip.media.width), np.uint8)
    height, width = coverage.shape
    coverage[height // 3 : height // 3 + height // 10, width // 2 : width // 2 + width // 8] = 255
    painted = session.document
    for frame in (2, 3):
        painted = commands.set_mask(painted, clip.id, "damage", frame, MaskPlane.of(coverage))
    session.do("Paint", painted)
    out = studio.folder / "evidence" / "reel_restored.mkv"
    out.parent.mkdir(exist_ok=True)
    package = PackageOrder(out.parent / "reel_package", rerun=1)
    last = min(7, clip.media.frame_count - 1)
    job = queue.submit(ExportOrder(session.document, clip.id, out, "ffv1", (0, last), package=package, reversible=True))
    studio.do("workspace.deliver")
    studio.wait(lambda: queue.record(job).packaged == "running" or queue.record(job).state == "failed", _PATIENCE)
    studio.rest(1.0)
    studio.grab("evidence-packaging")
    studio.wait(lambda: queue.record(job).packaged in ("passed", "failed"), _PATIENCE)
    studio.rest(0.5)
    studio.grab("evidence-packaged")
    _package_dialog(studio, job)
    print(queue.record(job).package_sentence or queue.record(job).error, flush=True)
    studio.open(package.folder if queue.record(job).packaged == "passed" else out)
    studio.do("workspace.forensic")
    studio.do("view.compare_restored")
    session.seek(2)
    studio.settle()
    studio.point(0.55, 0.4)
    studio.rest(1.5)
    studio.grab("evidence-master-marks")
    studio.do("view.compare_provenance")
    studio.settle()
    studio.grab("evidence-master-provenance")
    _masters(studio)
    _timeline(studio)
    _no_dialog_left()
    session.do("As before", before)
    studio.do("workspace.repair")


def _export_dialog(studio: Studio, name: str) -> None:
    studio.do("file.export")
    studio.rest(2.0)
    dialog = studio.dialog()
    assert isinstance(dialog, ExportDialog)
    for kind in ("", "preservation", "evidence", "review"):
        kinds = dialog.form.delivery.kinds
        kinds.setCurrentIndex(kinds.findData(kind))
        studio.rest(1.0)
        studio.grab("-".join(filter(None, (f"evidence-export{name}", kind))), dialog)
    dialog.reject()
    studio.rest(0.2)


def _package_dialog(studio: Studio, job: str) -> None:
    studio.window.jobs.package_wanted.emit(job)
    studio.rest(0.4)
    dialog = studio.dialog()
    assert isinstance(dialog, PackageDialog)
    dialog.form.signer.setCurrentIndex(dialog.form.signer.findData("own"))
    studio.rest(0.3)
    studio.grab("evidence-package", dialog)
    dialog.reject()
    studio.rest(0.2)


def _masters(studio: Studio) -> None:
    for name, size in (("", _LARGE), ("-small", _SMALL)):
        studio.window.resize(*size)
        studio.do("evidence.master")
        studio.rest(1.0)
        dialog = studio.dialog()
        assert isinstance(dialog, MasterDialog)
        dialog.verify.click()
        studio.rest(1.0)
        studio.grab(f"evidence-verifying{name}", dialog)
        key = str(dialog.path)
        _until_idle(studio, key)
        studio.rest(0.5)
        studio.grab(f"evidence-master{name}", dialog)
        dialog.reject()
        studio.of_dialog(f"evidence-log{name}", "evidence.log", 1.5)


def _until_idle(studio: Studio, master: str) -> None:
    studio.wait(lambda: not studio.station.aftercare.busy(master), _PATIENCE)


def _timeline(studio: Studio) -> None:
    """The project's own, taken in again."""
    path = studio.folder / "evidence" / "reel.otio"
    studio.station.files.timelines.write(path)
    assert studio.wait(path.exists, _PATIENCE)
    studio.station.files.open_paths([path])
    assert studio.wait(lambda: any(isinstance(one, TimelineDialog) for one in QApplication.topLevelWidgets()))
    studio.rest(0.5)
    studio.grab("evidence-timeline", studio.dialog())
    studio.dialog().reject()
    studio.rest(0.2)


def _no_dialog_left() -> None:
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
