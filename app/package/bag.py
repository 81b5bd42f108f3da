"""Makes a folder a bag, as BagIt 1.0 (RFC 8493) has it, and reads what a bag says of itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import bagit

from app.package.layout import ALGORITHMS, BAGIT, README
from engines.errors import RenderError
from engines.media.sink import refusals

BAGIT_TEXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LARGEST_INFO = 1 << 20
# The library tells errors on the terminal besides raising them; we tell them once, in a sentence.
logging.getLogger("bagit").setLevel(logging.CRITICAL + 1)


def make_bag(folder: Path, info: Mapping[str, str], readme: str) -> None:
    """Move everything in `folder` into its `data` and describe it: manifests, tag manifests, bag-info, a readme.

    The process' working directory is another one while this runs: not for a thread beside others. Raises RenderError.
    """
    with refusals(folder):
        try:
            bag = bagit.make_bag(str(folder), bag_info=dict(info), checksums=list(ALGORITHMS))
            # The library still writes version 0.97, whose bags differ from those of 1.0 in nothing that we use.
            (folder / BAGIT).write_text(BAGIT_TEXT, encoding="ascii", newline="\n")
            (folder / README).write_text(readme, encoding="utf-8", newline="\n")
            bag.save()
        except (bagit.BagError, RuntimeError) as error:
            raise RenderError(f"{folder.name} could not be made a bag: {error}.") from error


def library_validates(folder: Path) -> None:
    """Structure, completeness and sizes as the reference library judges them. Raises RenderError."""
    try:
        bagit.Bag(str(folder)).validate(completeness_only=True)
    except (bagit.BagError, ValueError, OSError) as error:
        raise RenderError(f"{folder.name} is no valid bag: {error}.", "Get it from where it was made.") from error


def info_of(path: Path) -> Mapping[str, str]:
    """Labels and values of bag-info.txt, one line each as we write them. Raises RenderError."""
    try:
        if path.stat().st_size > _LARGEST_INFO:
            raise ValueError("it is too large")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise RenderError(f"{path.name} cannot be read ({error}).", "Get it from where it was made.") from error
    pairs = (line.partition(":") for line in lines)
    return {label.strip(): value.strip() for label, _, value in pairs}
