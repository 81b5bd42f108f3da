"""FFmpeg's names for its colour numbers; "unknown" where a file does not say."""

from __future__ import annotations

import av

from engines.types import ColourSpec

_RANGES = {1: "tv", 2: "pc"}
_MATRICES = {
    0: "rgb",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
    15: "ipt-c2",
    16: "ycgco-re",
    17: "ycgco-ro",
}
_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
}
_TRANSFERS = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}


UNTAGGED = frozenset({"unknown", "reserved", "cineon"})
"""Values that FFmpeg's files have no tag for; film log is known to DPX alone."""


# What readers would take for something else. Linear light and BT.709 are what untagged stills of their kind mean.
_TELLING = {"cineon": "Film log", "smpte2084": "PQ", "arib-std-b67": "HLG"}
_WIDE = {"bt2020": "BT.2020", "smpte431": "DCI-P3", "smpte432": "Display P3"}
_MUTE_OF_TRANSFERS, _MUTE_OF_PRIMARIES = ("dpx", "tiff", "exr"), ("dpx", "tiff")


def unsaid(colour: ColourSpec, container: str) -> str:
    """What a file of this kind cannot say of the colour, in a sentence; empty where it says everything.

    container: FFmpeg's muxer, or the kind of still.
    """
    log = colour.transfer == "cineon"
    transfer = _TELLING.get(colour.transfer, "")
    # Of transfers that matter DPX knows film log alone, and all others but stills know PQ and HLG alone.
    if (log and container == "dpx") or (not log and container not in _MUTE_OF_TRANSFERS):
        transfer = ""
    primaries = _WIDE.get(colour.primaries, "") if container in _MUTE_OF_PRIMARIES else ""
    if not transfer and not primaries:
        return ""
    names = " and ".join(filter(None, (transfer, primaries)))
    what = " and ".join(word for word, told in (("transfer", transfer), ("primaries", primaries)) if told)
    verb = "have" if transfer and primaries else "has"
    stay = "stay" if primaries else "stays"
    other = "DPX" if log else "PNG or a video file"
    return f"{names} {verb} no tag in {container}: the master's {what} {stay} unsaid. {other} would say it."


NOTHING_NEW = ColourSpec()
"""For a still that is to say of its colour what its source's still said."""


def numbers(colour: ColourSpec) -> tuple[int | None, int | None]:
    """ITU-T H.273's numbers of primaries and transfer; None where it has none."""
    primaries = next((number for number, name in _PRIMARIES.items() if name == colour.primaries), None)
    return primaries, next((number for number, name in _TRANSFERS.items() if name == colour.transfer), None)


def colour_of(
    picture: av.VideoFrame, context: av.VideoCodecContext | None = None, chroma_location: str = "unknown"
) -> ColourSpec:
    """Tags of a decoded picture, filled up from its stream's where the picture is silent."""

    def name(names: dict[int, str], attribute: str) -> str:
        found = names.get(int(getattr(picture, attribute)))
        if found is None and context is not None:
            found = names.get(int(getattr(context, attribute)))
        return found or "unknown"

    # The old "yuvj" layouts are the same as "yuv", but of full range.
    spread = "pc" if picture.format.name.startswith("yuvj") else name(_RANGES, "color_range")
    return ColourSpec(
        spread,
        name(_MATRICES, "colorspace"),
        name(_PRIMARIES, "color_primaries"),
        name(_TRANSFERS, "color_trc"),
        chroma_location,
    )


def tag(picture: av.VideoFrame, colour: ColourSpec) -> None:
    """Puts what is known of the colour on a picture: some encoders write its tags (ProRes), not the stream's."""
    named = (
        ("color_range", _RANGES, colour.range),
        ("colorspace", _MATRICES, "rgb" if colour.matrix == "gbr" else colour.matrix),
        ("color_primaries", _PRIMARIES, colour.primaries),
        ("color_trc", _TRANSFERS, colour.transfer),
    )
    for attribute, names, wanted in named:
        number = next((number for number, name in names.items() if name == wanted), None)
        if number is not None:
            setattr(picture, attribute, number)
