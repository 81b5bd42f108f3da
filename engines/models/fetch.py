"""Fetches one file over HTTP(S): resumed where it stopped, through the system's proxy, named only when verified."""

from __future__ import annotations

import errno
import hashlib
import http.client
import shutil
import socket
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engines.cancel import CancelToken
from engines.errors import ModelError
from engines.media.sink import refusals

PARTIAL = ".partial"
_PIECE = 256 * 1024
_WAIT_SECONDS = 30.0
_TRIES = 5
"""How often in a row a connection may break without a byte more."""
_PAUSE_SECONDS = 0.5
_SPARE_BYTES = 32 * 2**20
_AGENT = "tratteggio (model fetch)"

Progress = Callable[[int, int], None]
"""Bytes so far, bytes in all."""


def fetch(
    origin: str,
    target: Path,
    nbytes: int,
    sha256: str,
    progress: Progress = lambda _done, _all: None,
    cancel: CancelToken | None = None,
) -> Path:
    """Bring `origin` (URL or file path) to `target`, which must have `nbytes` bytes and digest `sha256`.

    What came so far stays as `target` + ".partial" when it stops, and is gone on from. Proxies are those of
    HTTP_PROXY, HTTPS_PROXY and NO_PROXY or of the system. Raises ModelError (offline, not there, other content),
    RenderError (disk full, no permission) and Cancelled.
    """
    cancel = cancel or CancelToken()
    with refusals(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + PARTIAL)
    _check_room(target, nbytes - _size(partial))
    resumed = _size(partial) > 0
    try:
        _bring(origin, partial, nbytes, progress, cancel)
        found = _digest(partial, cancel)
        if found != sha256 and resumed:
            # The older part may be what is wrong: once more from the start.
            partial.unlink()
            _bring(origin, partial, nbytes, progress, cancel)
            found = _digest(partial, cancel)
    except FileNotFoundError as error:
        raise ModelError(f"{origin} does not exist.", "Check the file's name.") from error
    if found != sha256:
        with refusals(target):
            partial.unlink()
        raise ModelError(
            f"What lies at {origin} is not the listed file: its SHA-256 is {found}, not {sha256}.",
            "It was thrown away. Get it from another place: --from FILE_OR_URL.",
        )
    with refusals(target):
        partial.replace(target)
    return target


def _bring(origin: str, partial: Path, nbytes: int, progress: Progress, cancel: CancelToken) -> None:
    """Until `partial` holds `nbytes` bytes."""
    if _size(partial) > nbytes:
        partial.unlink()
    if "://" not in origin:
        partial.unlink(missing_ok=True)
        _append(partial, _pieces_of_file(Path(origin)), nbytes, progress, cancel)
        return
    failures = 0
    while (before := _size(partial)) < nbytes:
        problem = _stretch(origin, partial, nbytes, progress, cancel)
        failures = 0 if _size(partial) > before else failures + 1
        if _size(partial) >= nbytes:
            return
        if failures >= _TRIES:
            kept = f"{_size(partial) / 1e6:.1f} of {nbytes / 1e6:.1f} MB are kept. " if _size(partial) else ""
            raise ModelError(
                f"The connection to {_host(origin)} breaks off ({problem}).",
                f"{kept}Try again later: it goes on where it stopped.",
            )
        cancel.check()
        time.sleep(_PAUSE_SECONDS)


def _stretch(origin: str, partial: Path, nbytes: int, progress: Progress, cancel: CancelToken) -> str:
    """One connection. Returns why it ended early."""
    have = _size(partial)
    request = urllib.request.Request(origin, headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        # An opener of its own: urllib's shared one keeps the proxies of its first use.
        with urllib.request.build_opener().open(request, timeout=_WAIT_SECONDS) as answer:
            # A server that knows no ranges sends the whole.
            if have and (answer.status != 206 or not _continues(answer, have)):
                partial.unlink()
            _append(partial, _pieces_of(answer), nbytes, progress, cancel)
        return "it ended early"
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:
            partial.unlink()
            return "the server gives no such range"
        raise _refused(origin, error) from error
    except urllib.error.URLError as error:
        if _size(partial) > 0 and isinstance(error.reason, TimeoutError | ConnectionError):
            return str(error.reason)
        raise _unreachable(origin, error.reason) from error
    except (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        return str(error) or type(error).__name__
    except ValueError as error:
        raise ModelError(
            f"{origin} is no address that can be fetched from.", "Give an http(s) address or a file."
        ) from error


def _append(partial: Path, pieces: Iterator[bytes], nbytes: int, progress: Progress, cancel: CancelToken) -> None:
    have = _size(partial)
    # Opened late and closed first: what the disk refuses is not a fault of the network.
    for piece in pieces:
        cancel.check()
        if have + len(piece) > nbytes:
            partial.unlink(missing_ok=True)
            raise ModelError(
                f"More than the listed {nbytes / 1e6:.1f} MB came: it is another file.", "It was thrown away."
            )
        with refusals(partial), partial.open("ab") as file:
            file.write(piece)
        have += len(piece)
        progress(have, nbytes)


def _pieces_of(answer: Any) -> Iterator[bytes]:
    while piece := answer.read(_PIECE):
        yield piece


def _pieces_of_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _continues(answer: Any, have: int) -> bool:
    return str(answer.headers.get("Content-Range", "")).startswith(f"bytes {have}-")


def _refused(origin: str, error: urllib.error.HTTPError) -> ModelError:
    host = _host(origin)
    if error.code in (404, 410):
        return ModelError(f"{host} no longer has {origin} ({error.code}).", "Get it elsewhere: --from FILE_OR_URL.")
    if error.code in (401, 403, 407):
        who = "The proxy" if error.code == 407 else host
        return ModelError(
            f"{who} refuses to hand out {origin} ({error.code} {error.reason}).", "Check access and proxy."
        )
    return ModelError(f"{host} answers {error.code} {error.reason}.", "Try again later.")


def _unreachable(origin: str, reason: object) -> ModelError:
    proxy = urllib.request.getproxies().get(urllib.parse.urlsplit(origin).scheme)
    way = f" through the proxy {_host(proxy)}" if proxy else ""
    why = "there is no network, or the name is unknown" if isinstance(reason, socket.gaierror) else str(reason)
    return ModelError(
        f"{_host(origin)} cannot be reached{way} ({why}).",
        "Check the connection and HTTPS_PROXY, or bring the file on a disk: --from FILE.",
    )


def _host(address: str) -> str:
    """Without user names or passwords that a proxy's address may hold."""
    parts = urllib.parse.urlsplit(address if "://" in address else f"//{address}")
    return parts.hostname or address


def _check_room(target: Path, needed: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if free < needed + _SPARE_BYTES:
        raise ModelError(
            f"There is not enough room in {target.parent}: {needed / 1e6:.1f} MB are needed, {free / 1e6:.1f} MB free.",
            "Free some space.",
        )


def _digest(path: Path, cancel: CancelToken) -> str:
    digest = hashlib.sha256()
    for piece in _pieces_of_file(path):
        cancel.check()
        digest.update(piece)
    return digest.hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return 0
        raise
