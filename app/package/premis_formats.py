"""What PREMIS says of formats: media types, and PRONOM's keys where one key fits every such file of ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Format:
    """name: IANA media type. pronom: key in the registry of The National Archives (UK), empty where it depends on
    the version of the format.
    """

    name: str
    pronom: str = ""


_FORMATS = {
    ".mkv": Format("video/matroska", "fmt/569"),
    ".mov": Format("video/quicktime", "x-fmt/384"),
    ".mp4": Format("video/mp4", "fmt/199"),
    ".dpx": Format("image/dpx"),
    ".cin": Format("image/cineon"),
    ".exr": Format("image/x-exr"),
    ".tif": Format("image/tiff", "fmt/353"),
    ".tiff": Format("image/tiff", "fmt/353"),
    ".png": Format("image/png"),
    ".jpg": Format("image/jpeg"),
    ".jpeg": Format("image/jpeg"),
    ".json": Format("application/json", "fmt/817"),
    ".jsonl": Format("application/jsonl"),
    ".tratteggio": Format("application/json", "fmt/817"),
    ".otio": Format("application/json", "fmt/817"),
    ".framemd5": Format("text/plain", "x-fmt/111"),
    ".txt": Format("text/plain", "x-fmt/111"),
    ".html": Format("text/html", "fmt/471"),
    ".pdf": Format("application/pdf"),
    ".xml": Format("application/xml", "fmt/101"),
    ".zip": Format("application/zip", "x-fmt/263"),
    ".c2pa": Format("application/c2pa"),
}
_UNKNOWN = Format("application/octet-stream")


def format_of_file(name: str) -> Format:
    """By the suffix."""
    return _FORMATS.get(PurePosixPath(name).suffix.lower(), _UNKNOWN)
