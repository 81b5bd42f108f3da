"""Checks a master: its log, every file beside it, every frame, its source, and on demand frames rendered again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path

from app.export.events import Emit, Event, note
from app.export.hdr_said import hdr_facts
from app.export.manifest import Manifest, read_manifest
from app.export.meter import Meter
from app.export.paths import MasterPaths, master_paths
from app.package.check import check_package
from app.package.layout import is_package, master_of
from app.verification.frames import Tally, walk
from app.verification.logged import Logged, changed, check_files, check_log
from app.verification.rerun import Rerun, chosen_frames, repeat
from app.verification.source import check_identity, opened_source
from engines.cancel import CancelToken
from engines.errors import Cancelled, MediaError, RenderError, TratteggioError
from engines.media.assemble import Said
from engines.media.framemd5 import read_framemd5
from engines.media.hdr_metadata import HdrMetadata
from engines.media.open import open_source
from engines.media.readback import decoded_hashes
from engines.media.source import ClipInfo, Source

Say = Callable[[str], None]
_SEEDS = 2**32


def verify(
    master: Path,
    source: Path | None,
    emit: Emit,
    *,
    rerun: int = 0,
    seed: int | None = None,
    cancel: CancelToken | None = None,
) -> Event:
    """Re-check `master`, or the master in the archive package `master`.

    source: where the source lies, if not where the manifest says. rerun: so many random frames are rendered again;
    seed: which ones, random where None. Returns the `result` event. Raises RenderError that names the file, line, frame
    or sample that fails, MediaError where something needed is missing.
    """
    cancel = cancel or CancelToken()

    def say(sentence: str) -> None:
        emit(note(sentence))

    if packaged := is_package(master):
        check_package(master, lambda _: cancel.check())
        paths, manifest = master_of(master)
    else:
        paths = master_paths(master)
        manifest = read_manifest(paths.manifest)
    logged = check_log(paths, manifest)
    wrong = check_files(paths, logged) if logged is not None else ()
    if logged is None:
        say("There is no audit log: an older version made this master.")
    with ExitStack() as opened:
        try:
            picture, tally, original = _frames(paths, manifest, source, opened, Meter("verify", emit), say)
        except Cancelled:
            raise
        except TratteggioError as error:
            if not wrong:
                raise
            # The frame alone would not say which file.
            raise RenderError(f"{changed(wrong[0])} {error.sentence}", error.hint) from error
        if wrong:
            raise RenderError(f"{changed(wrong[0])} Every picture is whole: what was changed lies between them.")
        identified = original is not None and check_identity(manifest, source, original, cancel, say)
        again = None
        if rerun:
            chosen = secrets.randbelow(_SEEDS) if seed is None else seed
            again = _again(paths, manifest, logged, picture, source, (rerun, chosen), Meter("rerun", emit), cancel)
    return {
        "event": "result",
        "verified": True,
        "master": str(paths.master),
        "package": str(master) if packaged else None,
        "frames": tally.frames,
        "source_samples_compared": tally.source_samples,
        "source_identified": identified,
        "shares": tally.shares,
        "delta_frames": len(manifest.delta_hashes),
        "files": sorted(logged.digests) if logged is not None else [],
        "audit": dict(manifest.audit),
        "rerun": asdict(again) if again is not None else None,
    }


def _frames(
    paths: MasterPaths, manifest: Manifest, source: Path | None, opened: ExitStack, meter: Meter, say: Say
) -> tuple[Source, Tally, Source | None]:
    """The master and its source, opened, and what was compared of their frames."""
    hashes = read_framemd5(paths.framemd5)
    picture = opened.enter_context(closing(open_source(paths.master)))
    track = opened.enter_context(closing(open_source(paths.provenance)))
    count = manifest.last - manifest.first + 1
    for name, found in (("frames", picture.info.frame_count), ("checksums", len(hashes))):
        if found != count:
            raise RenderError(f"The master has {found} {name} where its manifest says {count}.")
    for name, found in (("frames", track.info.frame_count), ("checksums", len(manifest.provenance_hashes))):
        if found != count:
            raise RenderError(f"The provenance track has {found} {name} instead of {count}.")
    _check_hdr(manifest, picture.info)
    original = opened_source(manifest, source, say)
    if original is not None:
        opened.enter_context(closing(original))
    if not manifest.lossless:
        say(f"SOURCE pixels are not compared: preset {manifest.preset} does not store samples exactly.")
    meter.begin(count)
    tally = walk(manifest, hashes, picture, track, original if manifest.lossless else None, meter.step)
    _check_delta(paths, manifest)
    return picture, tally, original


def _check_hdr(manifest: Manifest, info: ClipInfo) -> None:
    """Raises RenderError where an HDR master says another thing of itself than its manifest."""
    found = hdr_facts(Said(info.colour, info.hdr or HdrMetadata())).get("words", "")
    wanted = manifest.hdr.get("words", "")
    if wanted and found != wanted:
        raise RenderError(f"The master says {found or 'nothing of HDR'} of itself where its manifest says {wanted}.")


def _check_delta(paths: MasterPaths, manifest: Manifest) -> None:
    """Raises RenderError where what the source is rebuilt from is not what was written."""
    if manifest.delta is None:
        return
    if not paths.delta.is_file():
        raise MediaError(f"{paths.delta.name} is missing beside the master.", "Restore it from a good copy.")
    for index, (found, wanted) in enumerate(zip_longest(decoded_hashes(paths.delta), manifest.delta_hashes)):
        if found != wanted:
            raise RenderError(f"Frame {index} of {paths.delta.name} differs from its checksum.")


def _again(
    paths: MasterPaths,
    manifest: Manifest,
    logged: Logged | None,
    picture: Source,
    source: Path | None,
    wanted: tuple[int, int],
    meter: Meter,
    cancel: CancelToken,
) -> Rerun:
    count, seed = wanted
    if logged is None:
        raise MediaError("Without an audit log nothing says how to render frames again.", "Leave --rerun out.")
    frames = chosen_frames(manifest, count, seed)
    meter.begin(len(frames))
    repeat(manifest, logged, paths, picture, source, frames, meter.step, cancel)
    return Rerun(seed, frames, manifest.lossless)
