"""What a clip's colour tags leave open or get wrong, what is assumed meanwhile, and what may be chosen instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from engines.colour.chosen import MATRICES, VALUES
from engines.colour.spaces import PRIMARIES
from engines.colour.transfer import TRANSFERS
from engines.luma import matrix_name
from engines.media.source import ClipInfo

Tag = Literal["range", "matrix", "primaries", "transfer", "chroma_location"]

_HDR = ("smpte2084", "arib-std-b67")
_WIDE = ("bt2020", "smpte431", "smpte432")
_SD_MATRICES = ("smpte170m", "bt470bg", "fcc")
_SD_HEIGHT, _HD_HEIGHT = 576, 720
_SD_LINES = (480, 486, 512, 576)
_VIDEO = ("bt709", "smpte170m", "bt470m", "bt470bg", "bt2020-10", "bt2020-12", "smpte240m")
_NAMES = MappingProxyType(
    {
        "tv": "limited",
        "pc": "full",
        "bt709": "BT.709",
        "smpte170m": "BT.601 (525 lines)",
        "bt470bg": "BT.601 (625 lines)",
        "bt470m": "NTSC 1953",
        "bt2020nc": "BT.2020",
        "bt2020c": "BT.2020 constant luminance",
        "bt2020": "BT.2020",
        "bt2020-10": "BT.2020 (10 bit)",
        "bt2020-12": "BT.2020 (12 bit)",
        "smpte240m": "SMPTE 240M",
        "fcc": "FCC 1953",
        "rgb": "R'G'B'",
        "smpte431": "DCI-P3",
        "smpte432": "Display P3",
        "smpte428": "DCI X'Y'Z'",
        "ebu3213": "EBU 3213",
        "film": "generic film",
        "smpte2084": "PQ",
        "arib-std-b67": "HLG",
        "iec61966-2-1": "sRGB",
        "iec61966-2-4": "xvYCC",
        "bt1361e": "BT.1361",
        "linear": "linear light",
        "log100": "logarithmic, 2 decades",
        "log316": "logarithmic, 2.5 decades",
        "cineon": "film log (printing density)",
    }
)


@dataclass(frozen=True)
class TagFinding:
    """One thing that is not as it should be. sentence: for a person. assumed: the value that is worked with meanwhile.

    kind: the tag is "missing", "contradicts" others or the picture, or is "unsupported" here. choices: values worth
    choosing, the likeliest first.
    """

    tag: Tag
    kind: Literal["missing", "contradicts", "unsupported"]
    sentence: str
    assumed: str
    choices: tuple[str, ...]


def check(info: ClipInfo) -> tuple[TagFinding, ...]:
    """Findings on the tags of `info`, as read or as chosen, in the order range, matrix, primaries, transfer."""
    return (*_range(info), *_matrix(info), *_primaries(info), *_transfer(info))


def choices(info: ClipInfo) -> dict[Tag, tuple[str, ...]]:
    """Every value that may be chosen for each tag that pictures like these have."""
    layout = info.format
    open_to: dict[Tag, tuple[str, ...]] = {
        "range": () if layout.floating else VALUES["range"],
        "matrix": tuple(name for name in MATRICES if name != "rgb") if layout.family == "yuv" else (),
        "primaries": () if layout.family == "gray" else VALUES["primaries"],
        "transfer": VALUES["transfer"],
        "chroma_location": VALUES["chroma_location"] if layout.chroma_x > 1 or layout.chroma_y > 1 else (),
    }
    return {tag: values for tag, values in open_to.items() if values}


def said(value: str) -> str:
    """A tag's value in words: "BT.709", "limited"."""
    return _NAMES.get(value, value)


def _range(info: ClipInfo) -> Iterator[TagFinding]:
    layout, colour = info.format, info.colour
    assumed = "tv" if layout.family == "yuv" else "pc"
    if layout.floating:
        return
    if colour.range not in VALUES["range"] and layout.family == "yuv":
        yield _missing("range", "range", assumed, ("tv", "pc"))
    if colour.range == "tv" and colour.transfer == "cineon":
        sentence = "Film log codes use the full range, but the tags say limited."
        yield TagFinding("range", "contradicts", sentence, "tv", ("pc", "tv"))


def _matrix(info: ClipInfo) -> Iterator[TagFinding]:
    colour = info.colour
    if info.format.family != "yuv":
        return
    assumed = matrix_name(colour, info.width, info.height)
    large = info.height >= _HD_HEIGHT
    likely = ("bt709", "smpte170m", "bt2020nc") if large else ("smpte170m", "bt470bg", "bt709")
    if colour.matrix in ("unknown", "reserved"):
        yield _missing("matrix", "matrix", assumed, likely)
    elif colour.matrix == "rgb":
        sentence = "The tags say R'G'B', but the file is stored as Y'CbCr; its planes are read as G', B' and R'."
        yield TagFinding("matrix", "contradicts", sentence, "rgb", likely)
    elif colour.matrix not in MATRICES:
        sentence = f"The matrix {colour.matrix} is not known here; {said(assumed)} is used, and colours may be wrong."
        yield TagFinding("matrix", "unsupported", sentence, assumed, likely)
    elif colour.matrix == "bt2020c":
        sentence = "BT.2020 constant luminance is read as the usual BT.2020, and colours are slightly wrong."
        yield TagFinding("matrix", "unsupported", sentence, "bt2020nc", ("bt2020nc", "bt709"))
    elif colour.matrix == "bt2020nc" and colour.primaries in ("bt709", "smpte170m", "bt470bg"):
        sentence = f"The matrix is of BT.2020, but the primaries are {said(colour.primaries)}."
        yield TagFinding("matrix", "contradicts", sentence, colour.matrix, ("bt709", "bt2020nc"))
    elif colour.matrix == "bt709" and 640 <= info.width <= 768 and info.height in _SD_LINES:
        sentence = f"A picture of {info.width}x{info.height} is tagged with the HD matrix BT.709."
        yield TagFinding("matrix", "contradicts", sentence, colour.matrix, ("bt709", "smpte170m", "bt470bg"))
    elif colour.matrix in _SD_MATRICES and large:
        sentence = f"A picture of {info.width}x{info.height} is tagged with the SD matrix {said(colour.matrix)}."
        yield TagFinding("matrix", "contradicts", sentence, colour.matrix, (colour.matrix, "bt709"))


def _primaries(info: ClipInfo) -> Iterator[TagFinding]:
    colour = info.colour
    if info.format.family == "gray":
        return
    if colour.primaries in ("unknown", "reserved"):
        usual = ("bt709", "bt2020", "smpte432") if info.height > _SD_HEIGHT else ("smpte170m", "bt470bg", "bt709")
        yield _missing("primaries", "primaries", "bt709", _WIDE[::2] if colour.transfer in _HDR else usual)
    elif colour.primaries not in PRIMARIES:
        sentence = f"The primaries {colour.primaries} are not known here; BT.709 is used."
        yield TagFinding("primaries", "unsupported", sentence, "bt709", ("bt709", "bt2020"))
    elif colour.transfer in _HDR and colour.primaries not in _WIDE:
        sentence = f"The transfer is {said(colour.transfer)}, but the primaries are {said(colour.primaries)}."
        yield TagFinding("primaries", "contradicts", sentence, colour.primaries, ("bt2020", "smpte432"))


def _transfer(info: ClipInfo) -> Iterator[TagFinding]:
    layout, colour = info.format, info.colour
    log = (info.metadata or {}).get("transfer_characteristic", "")
    if layout.floating:
        if colour.transfer in _VIDEO:
            sentence = f"Floats hold linear light as a rule, but the tags say {said(colour.transfer)}."
            yield TagFinding("transfer", "contradicts", sentence, colour.transfer, ("linear", colour.transfer))
        elif colour.transfer == "unknown":
            yield _missing("transfer", "transfer", "linear", ("linear", "iec61966-2-1", "bt709"))
    elif colour.transfer in ("unknown", "reserved") and info.codec == "dpx":
        told = f" (the header says {log})" if log not in ("", "unknown") else ""
        sentence = f"The header does not say whether codes are film log, video or linear{told}: video is assumed."
        yield TagFinding("transfer", "missing", sentence, "bt709", ("cineon", "bt709", "linear"))
    elif colour.transfer in ("unknown", "reserved"):
        still = info.kind != "container" and layout.family != "yuv"
        yield _missing("transfer", "transfer", "bt709", ("iec61966-2-1", "bt709") if still else ("bt709", "smpte2084"))
    elif colour.transfer not in TRANSFERS:
        sentence = f"The transfer {colour.transfer} is not known here; BT.709 is used."
        yield TagFinding("transfer", "unsupported", sentence, "bt709", ("bt709",))
    elif colour.transfer in _HDR and layout.depth < 10:
        sentence = f"{said(colour.transfer)} needs 10 bits, but the picture has {layout.depth}."
        yield TagFinding("transfer", "contradicts", sentence, colour.transfer, ("bt709", colour.transfer))
    elif colour.transfer == "cineon" and layout.depth < 10:
        sentence = f"Film log needs 10 bits, but the picture has {layout.depth}."
        yield TagFinding("transfer", "contradicts", sentence, colour.transfer, ("bt709", "cineon"))


def _missing(tag: Tag, name: str, assumed: str, likely: tuple[str, ...]) -> TagFinding:
    verb = "are" if tag == "primaries" else "is"
    sentence = f"The file does not say its {name}: {said(assumed)} {verb} assumed."
    return TagFinding(tag, "missing", sentence, assumed, likely)
