"""Content credentials (C2PA 2.x) of masters: signed into the file where its container can hold them, else beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import c2pa

from app.export.manifest import Manifest
from app.export.paths import MasterPaths
from app.package.certificate import Signatory
from app.package.credential_assets import EMBEDDING, can_embed, checksums, files_of, opened, sha256_of
from app.package.credential_claims import claims
from app.package.credential_context import SIGNING
from app.package.credential_reading import read_credential, signed_source
from app.package.source_type import SourceType, source_type
from engines.cancel import CancelToken
from engines.errors import MediaError, RenderError, SettingError
from engines.media.framemd5 import read_framemd5
from engines.media.readback import read_back
from engines.media.sink import whole_file

_LIST = "text/plain"
_OTHER = "application/octet-stream"


@dataclass(frozen=True)
class Signed:
    """What was signed. files: by name the SHA-256 before and after; of sidecars both are the same.

    sidecar: the credential beside the master, its digest in `sidecar_digest`; None where every file carries its own.
    folder: of stills that lie in one, its name. kind: what the credential says of the pixels. timestamp: the
    authority that vouched for the time, empty where none was asked.
    """

    signer: str
    test: bool
    kind: SourceType
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sidecar: Path | None = None
    sidecar_digest: str = ""
    folder: str = ""
    timestamp: str = ""

    def facts(self) -> dict[str, object]:
        """For the audit log: `files` is what the files are from now on, by their names beside the master."""
        inside = f"{self.folder}/" if self.folder else ""
        after = {f"{inside}{name}": digest for name, (_, digest) in self.files.items()}
        if self.sidecar is not None:
            after[self.sidecar.name] = self.sidecar_digest
        return {
            "signer": self.signer,
            "test_certificate": self.test,
            "digital_source_type": self.kind.uri or None,
            "sidecar": self.sidecar.name if self.sidecar else None,
            "timestamp": self.timestamp or None,
            "files": after,
            "before": {f"{inside}{name}": digest for name, (digest, _) in self.files.items()},
        }


def sign(
    paths: MasterPaths,
    manifest: Manifest,
    who: Signatory,
    *,
    timestamp: str = "",
    cancel: CancelToken | None = None,
    step: Callable[[], None] = lambda: None,
) -> Signed:
    """Sign a master the way its container allows: inside MP4, MOV, TIFF and PNG, else beside it as `paths.c2pa`.

    Files that carry it inside are replaced: it is for copies, as in packages. timestamp: URL of a time authority
    (RFC 3161) to ask; nobody is asked without it. `step` is called after every frame that was decoded to compare.
    Raises MediaError, RenderError, Cancelled.
    """
    if not can_embed(paths.master):
        return sign_beside(paths.master, paths.c2pa, manifest, who, timestamp)
    hashes = read_framemd5(paths.framemd5)
    return sign_inside(paths.master, manifest, who, hashes, timestamp=timestamp, cancel=cancel, step=step)


def sign_beside(master: Path, sidecar: Path, manifest: Manifest, who: Signatory, timestamp: str = "") -> Signed:
    """Write a credential beside a master of any format; its files stay as they are.

    It is bound to the SHA-256 of the file; of stills, to the text `checksums` gives. An older sidecar is replaced.
    Raises MediaError, RenderError where it cannot be signed, written or read back.
    """
    files, origin = files_of(master), signed_source(manifest)
    if master == files[0]:
        digest = sha256_of(master)
        with opened(master) as asset:
            held = _sign(manifest, master.name, _OTHER, asset, _Echo(asset), who, timestamp, origin, embed=False)
        done = {master.name: (digest, digest)}
    else:
        text = checksums(files)
        sink = io.BytesIO()
        held = _sign(manifest, master.name, _LIST, io.BytesIO(text), sink, who, timestamp, origin, embed=False)
        done = {name: (digest, digest) for digest, name in (line.split("  ", 1) for line in text.decode().splitlines())}
    with whole_file(sidecar) as partial:
        partial.write_bytes(held)
        read_credential(master, partial)
    folder = master.name if master.is_dir() else ""
    kind = source_type(manifest.shares)
    return Signed(who.name, who.test, kind, done, sidecar, sha256_of(sidecar), folder, timestamp)


def sign_inside(
    master: Path,
    manifest: Manifest,
    who: Signatory,
    hashes: Sequence[str],
    *,
    title: str = "",
    timestamp: str = "",
    cancel: CancelToken | None = None,
    step: Callable[[], None] = lambda: None,
) -> Signed:
    """Put a credential into the master, or into each of its stills; every file is replaced by its signed copy.

    hashes: MD5 of the decoded frames, in order; signing must not change them. title: what a single file is called in
    it, default its name. `step` is called after every frame.
    Raises MediaError where the container cannot hold one, RenderError where a file cannot be signed or changed by
    it (then it is as it was), Cancelled.
    """
    files = files_of(master)
    if not can_embed(master):
        raise MediaError(f"{files[0].suffix} files cannot carry content credentials.", "Sign beside it instead.")
    stills = master != files[0]
    if stills and len(files) != len(hashes):
        raise MediaError(f"{master.name} holds {len(files)} stills where {len(hashes)} frames belong.")
    done, origin = {}, signed_source(manifest)
    for index, file in enumerate(files):
        if cancel is not None:
            cancel.check()
        before, called = sha256_of(file), file.name if stills or not title else title
        with whole_file(file) as partial:
            with opened(file) as asset, partial.open("w+b") as sink:
                _sign(manifest, called, EMBEDDING[file.suffix.lower()], asset, sink, who, timestamp, origin, embed=True)
            read_credential(partial, suffix=file.suffix)
            read_back(partial, hashes[index : index + 1] if stills else hashes, cancel=cancel, step=step)
            after = sha256_of(partial)
        done[called] = (before, after)
    folder = master.name if master.is_dir() else ""
    return Signed(who.name, who.test, source_type(manifest.shares), done, folder=folder, timestamp=timestamp)


def _sign(
    manifest: Manifest,
    title: str,
    mime: str,
    asset: BinaryIO | io.BytesIO,
    sink: object,
    who: Signatory,
    timestamp: str,
    origin: Path | None,
    *,
    embed: bool,
) -> bytes:
    """The credential's bytes; the signed asset goes into `sink`. origin: a source that carries a credential of its own,
    which this one then rests on. Raises RenderError, SettingError where `timestamp` is no address.
    """
    if timestamp and not timestamp.startswith(("http://", "https://")):
        raise SettingError(f"{timestamp!r} is no address of a time authority.", "Give one such as https://host/path.")
    said = claims(manifest, title, mime)
    try:
        info = c2pa.C2paSignerInfo(who.algorithm, who.chain, who.key, timestamp or None)
        with (
            c2pa.Context.from_dict(SIGNING) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder({**said, "ingredients": [] if origin else said["ingredients"]}, context) as builder,
        ):
            if origin is not None:
                with opened(origin) as stream:
                    builder.add_ingredient(json.dumps(said["ingredients"][0]), EMBEDDING[origin.suffix.lower()], stream)
            if not embed:
                builder.set_no_embed()
            held: bytes = builder.sign(signer, mime, asset, sink)
            return held
    except (c2pa.C2paError, ValueError) as error:
        why = str(error).strip().rstrip(".")
        if timestamp and "http" in why:
            raise RenderError(
                f"{title} was not signed: the time authority {timestamp} gave no time.",
                "Check its address and the network, or sign without it.",
            ) from error
        hint = "Check the certificate: C2PA asks for a leaf with its chain, and for the usage e-mail protection."
        raise RenderError(f"{title} could not be signed: {why}.", hint) from error


class _Echo(io.RawIOBase):
    """Stands for the copy of an asset that stays as it is: the SDK writes it and reads it again; nobody needs it."""

    def __init__(self, asset: BinaryIO) -> None:
        super().__init__()
        self._asset, self._at = asset, 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        before = self._asset.tell()
        self._asset.seek(self._at)
        held = self._asset.read(size)
        self._asset.seek(before)
        self._at += len(held)
        return held

    def write(self, data: object) -> int:
        count = len(memoryview(data))  # type: ignore[arg-type]
        self._at += count
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            before = self._asset.tell()
            self._at = self._asset.seek(offset, whence)
            self._asset.seek(before)
        else:
            self._at = offset + (self._at if whence == io.SEEK_CUR else 0)
        return self._at

    def tell(self) -> int:
        return self._at
