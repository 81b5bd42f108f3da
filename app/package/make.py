"""An archive package in one action: gathered, verified, described, bagged, checked, and only then named."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from app.audit.log import AuditLog, read_log
from app.audit.masks import LAYERS
from app.export.events import Emit, Event, note
from app.export.manifest import read_manifest
from app.export.paths import MasterPaths, master_paths
from app.export.verify import verify
from app.interchange.otio import text_of, timeline_of_manifest
from app.package.bag import make_bag
from app.package.building import Building
from app.package.certificate import Signatory
from app.package.check import check_package
from app.package.credential_assets import files_of
from app.package.credentials import sign
from app.package.fixity import Fixity, digest_of_all, fixity
from app.package.gather import Part, mask_parts, master_names, master_parts, of_manifest, project_parts
from app.package.layout import PREMIS, TIMELINE, is_package
from app.package.painted import mask_folders
from app.package.placing import ByteMeter, check_room, place, put
from app.package.premis import Described, premis_document
from app.package.readme import readme
from app.package.retelling import report_anew
from app.package.technical import technical_metadata
from app.version import VERSION
from engines.cancel import CancelToken
from engines.errors import RenderError

# So many files in one entry keep lines of the log short.
_FILES_A_LINE = 10_000


@dataclass(frozen=True)
class Choices:
    """What a person may say of a package.

    rerun: how many random frames are rendered again before the master counts as sound; seed: which, None = random.
    project: where the master came from, if another than its manifest says. source: where the source is now.
    signatory: who signs content credentials, None = nobody; timestamp: URL of an authority to ask for the time.
    move: the master goes into the package instead of a copy of it.
    """

    rerun: int = 3
    seed: int | None = None
    project: Path | None = None
    source: Path | None = None
    signatory: Signatory | None = None
    timestamp: str = ""
    move: bool = False


def make_package(
    master: Path, folder: Path, emit: Emit, choices: Choices | None = None, cancel: CancelToken | None = None
) -> Event:
    """Package a finished master into the new `folder`; returns the `result` event.

    A file, a folder or a pattern of stills, as `render` named it. The process' working directory changes while it
    runs: give it a process of its own beside other work (`app.package.worker`). Raises RenderError where the master
    is unsound, MediaError where something is missing or in the way, Cancelled; then `folder` is not there.
    """
    making = _Making(master, folder, emit, choices or Choices(), cancel or CancelToken())
    with Building(folder) as building:
        result = making.run(building)
    if making.choices.move:
        making.remove_originals()
    return result


class _Making:
    """One package while it is made; `placed` holds the digests of what lies in the payload."""

    def __init__(self, master: Path, folder: Path, emit: Emit, choices: Choices, cancel: CancelToken) -> None:
        self.choices, self._folder = choices, folder
        self._emit, self._cancel = emit, cancel
        self._from = master_paths(master)
        if folder == master or master in folder.parents or is_package(master.parent.parent):
            raise RenderError("A package cannot be made inside a master or of a package.", "Choose another folder.")
        self._manifest = read_manifest(self._from.manifest)
        if not self._manifest.audit:
            raise RenderError(
                f"{master.name} was made without an audit log, by an earlier version.", "Render it again to package it."
            )
        self._placed: dict[str, Fixity] = {}
        self._parts: tuple[Part, ...] = ()

    def run(self, building: Building) -> Event:
        """From nothing to a named package; answers what it is."""
        root = building.root
        paths = master_paths(root / self._from.master.name)
        with tempfile.TemporaryDirectory(prefix="tratteggio-masks-") as folder:
            self._gather(root, Path(folder))
        asked = self.choices
        verified = verify(
            paths.master, asked.source, self._emit, rerun=asked.rerun, seed=asked.seed, cancel=self._cancel
        )
        log = AuditLog.open(paths.audit)
        log.add("verified", **{name: fact for name, fact in verified.items() if name not in ("event", "master")})
        self._sign(paths, log)
        self._report(paths, verified)
        for name, data in technical_metadata(files_of(paths.master)[0]).items():
            self._put(root, name, data)
        self._put(root, TIMELINE, text_of(timeline_of_manifest(self._manifest, paths.master)).encode("utf-8"))
        self._describe(root, paths, log)
        files = self._placed
        make_bag(root, self._info(), readme(self._manifest, self._from, files))
        total = sum(one.size for one in files.values())
        check_package(root, ByteMeter("check package", total, self._emit, self._cancel).step)
        building.name_it()
        return {
            "event": "result",
            "package": str(self._folder),
            "master": self._manifest.master,
            "files": len(files),
            "bytes": total,
            "verified": verified,
            "log_head": log.head,
        }

    def remove_originals(self) -> None:
        """Of a master that was moved: the package holds all of it under names of its own by now."""
        for part in self._parts:
            part.source.unlink()
        if self._from.master.is_dir():
            self._from.master.rmdir()

    def _gather(self, root: Path, folder: Path) -> None:
        choices = self.choices
        project = of_manifest(self._manifest, choices.project)
        log = read_log(self._from.audit)
        painted = mask_folders(self._manifest, log, project, folder)
        self._parts = master_parts(self._from)
        others = [part for layer in LAYERS if layer in painted for part in mask_parts(layer, painted[layer])]
        if project is not None:
            others += project_parts(project)
        elif self._manifest.project:
            self._emit(note(f"The project {self._manifest.project} is not there any more: it is not in the package."))
        total = check_room(root, [*self._parts, *others], move=choices.move)
        meter = ByteMeter("package", total, self._emit, self._cancel)
        for part in self._parts:
            self._placed[part.name] = place(part, root, meter.step, move=choices.move)
        for part in others:
            self._placed[part.name] = place(part, root, meter.step, move=False)

    def _sign(self, paths: MasterPaths, log: AuditLog) -> None:
        if self.choices.signatory is None:
            return
        signed = sign(
            paths, self._manifest, self.choices.signatory, timestamp=self.choices.timestamp, cancel=self._cancel
        )
        log.add("signed", **signed.facts())
        if signed.test:
            self._emit(note("Content credentials are signed with the test certificate: they prove nothing of who did."))
        for file in files_of(paths.master):
            if signed.sidecar is None:
                self._again(paths.master.parent, file)
        if signed.sidecar is not None:
            self._again(paths.master.parent, signed.sidecar)

    def _report(self, paths: MasterPaths, verified: Event) -> None:
        older = paths.pdf.read_bytes() if paths.pdf.exists() else None
        report_anew(paths, self._manifest, self.choices.source, verified, lambda text: self._emit(note(text)))
        if older is not None and not paths.pdf.exists():
            # Why there is no new one was said; the log names one, and the older tells the truth, if not all of it.
            paths.pdf.write_bytes(older)
        for file in (paths.report, paths.pdf):
            if file.exists():
                self._again(paths.master.parent, file)

    def _describe(self, root: Path, paths: MasterPaths, log: AuditLog) -> None:
        """The last entries of the log name everything but the log itself and what tells of it."""
        digests = {name: one.sha256 for name, one in self._placed.items()}
        names = sorted(name for name in digests if name not in (paths.audit.name, PREMIS))
        for start in range(0, len(names), _FILES_A_LINE):
            log.add("packaged files", listed={name: digests[name] for name in names[start : start + _FILES_A_LINE]})
        log.add(
            "packaged",
            package=self._folder.name,
            count=len(digests) + 1,
            digest_of_all=digest_of_all({name: digests[name] for name in names}),
            # What differs from what the render wrote: whoever verifies goes by the last that is said of a file.
            files={file.name: digests[file.name] for file in (paths.report, paths.pdf) if file.name in digests},
        )
        self._again(root, paths.audit)
        entries = read_log(paths.audit)
        name = uuid.uuid5(uuid.NAMESPACE_OID, log.head).urn
        masters = master_names(master_parts(paths), paths)
        self._put(root, PREMIS, premis_document(Described(name, self._manifest, self._placed, masters, entries)))

    def _info(self) -> Mapping[str, str]:
        case = self._manifest.case
        identifiers = [case.get("case"), case.get("exhibit"), case.get("collection")]
        told = {
            "Source-Organization": case.get("organisation"),
            "Contact-Name": case.get("examiner"),
            "External-Identifier": ", ".join(filter(None, identifiers)),
            "External-Description": f"Restored picture {self._manifest.master}, with where every pixel comes from",
            "Bag-Software-Agent": f"Tratteggio {VERSION}, bagit.py {version('bagit')}",
        }
        return {label: text for label, text in told.items() if text}

    def _put(self, root: Path, name: str, data: bytes) -> None:
        self._placed[name] = put(data, name, root)

    def _again(self, root: Path, file: Path) -> None:
        """A file of the payload was written or changed: its digests are."""
        self._placed[file.relative_to(root).as_posix()] = fixity(file)
