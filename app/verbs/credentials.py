"""`tratteggio credentials ACTION`: signs masters (C2PA), and says what a signed file says and whether it holds."""

from __future__ import annotations

import argparse
import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from app.audit.log import AuditLog
from app.export.manifest import Manifest, read_manifest
from app.export.meter import Meter
from app.export.paths import MasterPaths, master_paths
from app.master_beside import opened_for
from app.package.certificate import Signatory
from app.package.credential_assets import can_embed, files_of
from app.package.credential_reading import read_credential
from app.package.credentials import Signed, sign_beside, sign_inside
from app.package.layout import is_package
from app.progress import Reporter, as_result
from app.verbs.certificate_args import signatory_from
from engines.errors import MediaError, RenderError, SettingError
from engines.media.framemd5 import read_framemd5
from engines.media.sink import refusals, refuse_existing
from engines.provenance import Origin


def run(args: argparse.Namespace) -> int:
    """Show or sign."""
    with Reporter(args.json) as reporter:
        return _show(args, reporter) if args.action == "show" else _sign(args, reporter)


def _show(args: argparse.Namespace, reporter: Reporter) -> int:
    file = opened_for(args.file.absolute())
    sidecar: Path | None = args.sidecar or _sidecar(file)
    try:
        anchors = args.trust.read_bytes() if args.trust else b""
    except OSError as error:
        raise SettingError(f"{args.trust} cannot be read: {error.strerror or error}.", "Check the path.") from error
    # Stills that carry credentials carry one each, and every one of them must hold.
    files = files_of(file) if sidecar is None else (file,)
    read = [read_credential(one, sidecar, anchors=anchors) for one in files]
    said = read[0]
    kept = f"beside it, in {sidecar.name}" if sidecar else "in the file"
    kept = f"in each of {len(files)} stills" if len(files) > 1 else kept
    if not args.json:
        print(f"{said.sentence} {said.source}".rstrip())
        print(f"  made by         {said.generator}")
        print(
            f"  what it is      {', '.join(one.rpartition('/')[2] for one in said.source_types) or 'as its source is'}"
        )
        print(f"  what was done   {', '.join(said.actions)}")
        for origin in Origin:
            if said.shares.get(origin.name):
                print(f"  {origin.name.lower():15} {100 * said.shares[origin.name]:.3f} % of the pixels")
        print(f"  kept            {kept}")
    reporter.show(as_result(**{**asdict(said), "shares": dict(said.shares)}, sentence=said.sentence, files=len(files)))
    return 0


def _sidecar(file: Path) -> Path | None:
    """The credential beside the file, by our names or by those of other tools."""
    beside = (master_paths(file).c2pa, file.with_suffix(".c2pa"))
    return next((path for path in beside if path.is_file()), None)


def _sign(args: argparse.Namespace, reporter: Reporter) -> int:
    who = signatory_from(args.certificate, args.key)
    paths = master_paths(args.master.absolute())
    if is_package(paths.master.parent.parent):
        raise RenderError(
            f"{paths.master.name} lies in a package, which signing would break.", "Sign before packaging."
        )
    manifest = read_manifest(paths.manifest)
    files_of(paths.master)
    if args.out is None:
        if not args.force:
            refuse_existing(paths.c2pa)
        signed, where = sign_beside(paths.master, paths.c2pa, manifest, who, args.timestamp), paths.c2pa
    else:
        signed, where = _sign_copy(paths, args.out.absolute(), manifest, who, args, reporter), args.out
    facts = signed.facts()
    if paths.audit.exists() and args.out is None:
        AuditLog.open(paths.audit).add("signed", **facts)
    elif paths.audit.exists():
        # The copy's files are not the master's, which `verify` goes by.
        AuditLog.open(paths.audit).add(
            "signed copy", **{**facts, "files": None}, copy=args.out.name, copied=facts["files"]
        )
    if not args.json:
        print(f"{where}: signed by {signed.signer}")
        print(f"  {signed.kind.because}")
        if signed.test:
            print("  That is a test certificate. Give your own with --certificate and --key.")
    reporter.show(as_result(credential=str(where), **facts))
    return 0


def _sign_copy(
    paths: MasterPaths,
    out: Path,
    manifest: Manifest,
    who: Signatory,
    args: argparse.Namespace,
    reporter: Reporter,
) -> Signed:
    """A copy with the credential inside. Raises MediaError where the container cannot carry one."""
    files = files_of(paths.master)
    if not can_embed(paths.master):
        raise MediaError(
            f"{files[0].suffix} files cannot carry content credentials.", "Leave -o out: one is written beside it."
        )
    stills = files[0] != paths.master
    if not args.force or stills:
        refuse_existing(out)
    if not stills and out.suffix.lower() != paths.master.suffix.lower():
        raise SettingError(f"A copy of {paths.master.name} ends in {paths.master.suffix}.", "Choose such a name.")
    hashes = read_framemd5(paths.framemd5)
    meter = Meter("check", reporter.show)
    meter.begin(len(hashes))
    partial = out.with_name(f".{out.stem}.part{'' if stills else out.suffix}")
    with refusals(out), removed(partial):
        if stills:
            partial.mkdir()
        for file in files:
            shutil.copyfile(file, partial / file.name if stills else partial)
        signed = sign_inside(partial, manifest, who, hashes, title=out.name, timestamp=args.timestamp, step=meter.step)
        partial.replace(out)
    return signed


@contextlib.contextmanager
def removed(path: Path) -> Iterator[None]:
    """Nothing half made stays behind."""
    try:
        yield
    finally:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
