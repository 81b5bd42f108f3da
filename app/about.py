"""What the program is made of: its version, and every library with the terms it comes under."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires

from av import _core
from PySide6.QtCore import Signal

from app.errands import Errands
from app.version import VERSION

OURS = "Apache-2.0"
_CLASSIFIER = "License :: "


class Librarian(Errands):
    """Lists the libraries on a thread; their licences are hundreds of files."""

    listed = Signal(object)
    """Sequence of Library, the program itself first."""

    def __init__(self) -> None:
        super().__init__("licences")

    def ask(self) -> None:
        self._submit(self._run)

    def _run(self) -> None:
        self.listed.emit((program(with_text=True), *libraries()))


@dataclass(frozen=True)
class Library:
    """One part. terms: "" where its package does not say. text: the licence in full, "" where it is not included."""

    name: str
    version: str
    terms: str
    text: str = ""


def program(*, with_text: bool = False) -> Library:
    """Tratteggio itself. with_text: reads files."""
    return Library("Tratteggio", VERSION, OURS, _text_of("tratteggio") if with_text else "")


def platform_line() -> str:
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def libraries() -> list[Library]:
    """Everything the program needs at run time, FFmpeg as it was built first. Reads files: for a worker."""
    names = {re.split(r"[\s;<>=!~\[(]", need)[0] for need in requires("tratteggio") or () if "extra ==" not in need}
    known = [library for name in sorted(names, key=str.lower) if (library := _library(name)) is not None]
    return [ffmpeg(), *known]


def ffmpeg() -> Library:
    """The FFmpeg inside PyAV; its terms follow from how it was built."""
    codecs = _core.library_meta["libavcodec"]
    version = str(_core.ffmpeg_version_info)
    return Library("FFmpeg", version, str(codecs["license"]), f"Built with:\n{codecs['configuration']}")


def _library(name: str) -> Library | None:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    return Library(found.metadata["Name"], found.version, _terms(found), _text_of(name))


def _terms(found: Distribution) -> str:
    """The licence's short name; packages state it in one of three places."""
    meta = found.metadata
    fields = ("License-Expression", "License")
    stated = next((meta[field] for field in fields if field in meta), "")
    if stated and "\n" not in stated and len(stated) < 120:
        return stated
    classes = [
        line.removeprefix(_CLASSIFIER).removeprefix("OSI Approved :: ")
        for line in meta.get_all("Classifier") or ()
        if line.startswith(_CLASSIFIER)
    ]
    return ", ".join(classes)


def _text_of(name: str) -> str:
    """All licence files in the package, one after the other."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return ""
    wanted = [path for path in files if path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE"))]
    texts = [path.read_text(encoding="utf-8") for path in wanted if path.suffix.lower() in ("", ".txt", ".md", ".rst")]
    return "\n\n".join(text for text in texts if text)
