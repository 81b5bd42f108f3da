"""Stills of every packing that headers are kept of, written by several writers."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import OpenEXR
import tifffile

from engines.media.dpx_write import new_header, write_dpx
from engines.media.planes import to_av
from engines.types import Frame
from tests.engines.media.write_helpers import picture

SIZES = ((37, 23), (48, 16))
"""Odd ones need padding at the end of rows."""
DPX = ("gbrp10le", "gbrp12le", "rgb48be", "gray10le", "gray12le", "gray16be", "rgb24", "gray", "rgba64be")
FFMPEGS_DPX = {layout.name for layout in av.Codec("dpx", "w").video_formats or ()}


def dpx(path: Path, name: str, size: tuple[int, int], seed: int = 1, user: bytes = b"") -> Path:
    write_dpx(path, picture(name, seed, size), new_header(Fraction(24), f"01:00:00:{seed:02}") + user)
    return path


def swapped_dpx(path: Path, size: tuple[int, int]) -> Path:
    """Little-endian 10-bit RGB with odd bits where nobody looks, user data, and bytes after the picture."""
    data = bytearray(dpx(path, "gbrp10le", size, user=b"grading room 3" * 20).read_bytes())
    (offset,) = struct.unpack_from(">I", data, 4)
    for kind, places in {"I": (4, 16, 20, 24, 28, 660, 772, 776, 808), "H": (768, 770, 804, 806)}.items():
        for place in places:
            struct.pack_into("<" + kind, data, place, *struct.unpack_from(">" + kind, data, place))
    data[:4] = b"XPDS"
    words = np.frombuffer(bytes(data[offset:]), ">u4").astype("<u4")
    words[::7] |= 3  # the two bits that no component uses
    path.write_bytes(bytes(data[:offset]) + words.tobytes() + b"tail of a scanner")
    return path


def packed_12_bits(path: Path, size: tuple[int, int]) -> Path:
    """12-bit RGB without gaps, as some scanners write it: three words hold eight samples."""
    frame = picture("gbrp12le", 5, size)
    plain = dpx(path, "gbrp12le", size, 5).read_bytes()
    header = bytearray(plain[:2048])
    struct.pack_into(">H", header, 804, 0)
    rows = np.stack(frame.planes, axis=-1).reshape(size[1], -1)
    data = b""
    for row in rows:
        number = sum(int(sample) << (12 * place) for place, sample in enumerate(row))
        words = number.to_bytes(-(-len(row) * 12 // 32) * 4, "little")
        data += np.frombuffer(words, "<u4").astype(">u4").tobytes()
    struct.pack_into(">I", header, 16, len(header) + len(data))
    path.write_bytes(bytes(header) + data)
    return path


def ffmpeg_still(path: Path, codec: str, name: str, frame: Frame, **options: str) -> Path:
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = frame.width, frame.height, name, Fraction(1, 24)
    encoder.options = options
    path.write_bytes(b"".join(bytes(p) for p in (*encoder.encode(to_av(frame, name)), *encoder.encode(None))))
    return path


def tiff(path: Path, name: str, size: tuple[int, int], **options: Any) -> Path:
    frame = picture(name, 2, size)
    samples = np.stack(frame.planes, axis=-1) if len(frame.planes) > 1 else frame.planes[0]
    if options.get("planarconfig") == "separate":
        samples = np.moveaxis(samples, -1, 0)
    tifffile.imwrite(path, samples, photometric="rgb" if samples.ndim == 3 else "minisblack", **options)
    return path


def exr(path: Path, name: str, size: tuple[int, int], compression: Any = OpenEXR.NO_COMPRESSION) -> Path:
    frame = picture(name, 3, size)
    names = {1: "Y", 3: "RGB", 4: "RGBA"}[len(frame.planes)]
    header = {"compression": compression, "type": OpenEXR.scanlineimage, "slate": "reel 4"}
    depth = {"Z": frame.planes[0].astype(np.float32)}
    OpenEXR.File(header, dict(zip(names, frame.planes, strict=True)) | depth).write(str(path))
    return path


def cineon(path: Path, size: tuple[int, int]) -> Path:
    rng = np.random.default_rng(4)
    header = bytearray(2048)
    struct.pack_into(">II", header, 0, 0x802A5FD7, 2048)
    header[193] = 3
    for channel in range(3):
        struct.pack_into(">BBBBII", header, 196 + 28 * channel, 0, channel + 1, 10, 0, *size)
    header[681] = 5
    words = rng.integers(0, 2**30, size[0] * size[1], dtype=np.uint32) << 2
    path.write_bytes(bytes(header) + words.astype(">u4").tobytes())
    return path
