"""The source that a master was made from: found, opened as the render opened it, and known by its digests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.export.manifest import Manifest
from app.export.paths import first_file
from engines.cancel import CancelToken
from engines.colour.chosen import ChosenTags
from engines.errors import MediaError, RenderError
from engines.media.identity import SourceIdentity, identify
from engines.media.open import open_source
from engines.media.source import Source

_WHERE = "Say where the source is now with --source."
_LONG = 4 * 2**30


def opened_source(manifest: Manifest, given: Path | None, say: Callable[[str], None]) -> Source | None:
    """The source; None, said aloud, where it is not where the manifest says.

    given: where it is now instead. Raises MediaError where that cannot be read, RenderError where it is another file.
    """
    path = given or Path(manifest.source)
    if given is None and first_file(path) is None:
        say(f"The source {path} is gone: nothing was compared with it. {_WHERE}")
        return None
    try:
        source = open_source(
            path,
            missing=manifest.missing,
            deinterlace=manifest.deinterlaced,
            tags=ChosenTags.parse(manifest.tags),
            note=lambda _: None,
        )
    except MediaError as error:
        raise MediaError(str(error), _WHERE) from error
    if source.info.fingerprint != manifest.source_fingerprint:
        source.close()
        raise RenderError(f"{path} is not the file that was restored: its content is another.")
    return source


def check_identity(
    manifest: Manifest, given: Path | None, source: Source, cancel: CancelToken, say: Callable[[str], None]
) -> bool:
    """Whether the source's files, read from end to end, were compared with the manifest's digests.

    Raises RenderError naming the file that differs, MediaError where one cannot be read, Cancelled.
    """
    if not manifest.identity:
        return False
    wanted = SourceIdentity.from_json(manifest.identity)
    if wanted.size > _LONG:
        say(f"All {wanted.size / 1e9:.1f} GB of the source are read for their checksums.")
    found = identify(given or Path(manifest.source), source.info, lambda _: cancel.check())
    if found.sha256 == wanted.sha256:
        return True
    # A file may have another name now: what it holds is what counts.
    if len(found.files) == len(wanted.files):
        pairs = zip(found.files, wanted.files, strict=True)
        changed = next((here.name for here, then in pairs if here.sha256 != then.sha256), None)
        if changed is None:
            return True
        raise RenderError(f"{changed} is not the file that was restored: its SHA-256 is another.", _WHERE)
    raise RenderError(f"The source has {len(found.files)} files where {len(wanted.files)} were restored from.", _WHERE)
