"""Technical metadata of the master as MediaInfo reads it: its own XML, EBUCore and PBCore."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree
from pymediainfo import MediaInfo

from app.package.layout import METADATA
from app.package.xml_reading import parse_xml
from engines.errors import MediaError

OUTPUTS = {"mediainfo": "XML", "ebucore": "EBUCore_1.8_ps", "pbcore": "PBCore_2.1"}
"""MediaInfo's names of what is written, by the file's own."""


def technical_metadata(still_or_file: Path) -> Mapping[str, bytes]:
    """UTF-8 XML by name in the package, each well-formed; of stills the first one speaks for all.

    Where the file lies on this machine is taken out: it means nothing to whoever opens the package. Raises MediaError
    where MediaInfo does not know the file or answers with what is no XML.
    """
    return {f"{METADATA}/{name}.xml": _asked(still_or_file, output) for name, output in OUTPUTS.items()}


def _asked(path: Path, output: str) -> bytes:
    try:
        text = MediaInfo.parse(path, output=output)
    except (OSError, RuntimeError) as error:
        raise MediaError(f"MediaInfo cannot read {path.name} ({error}).", "Check the installation.") from error
    assert isinstance(text, str)
    here = escape(str(path.parent))
    whole = text.replace(here + os.sep, "").replace(here, ".").strip().encode("utf-8") + b"\n"
    try:
        root = parse_xml(whole)
    except etree.XMLSyntaxError as error:
        raise MediaError(f"MediaInfo's {output} of {path.name} is no XML ({error}).", "Check the file.") from error
    if len(root) == 0:
        raise MediaError(f"MediaInfo does not know what {path.name} is.", "Check the file.")
    return whole
