"""Between FFmpeg's frame layouts and our planes, sample for sample: order of samples and bytes, never arithmetic."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.types import Family, Frame, PixelFormat, Plane

NATIVE_SUFFIX = "le" if sys.byteorder == "little" else "be"
_PLANAR_YUV = re.compile(r"yuv(a|j)?(410|411|420|422|440|444)p(\d*)(?:le|be)?")
_PLANAR_RGB = re.compile(r"gbr(a?)p(f?)(\d*)(?:le|be)?")
_GREY = re.compile(r"gray(f?)(\d*)(?:le|be)?")
_SAMPLING = {"444": (1, 1), "422": (2, 1), "420": (2, 2), "411": (4, 1), "440": (1, 2), "410": (4, 4)}
# Planes of FFmpeg's gbr layouts, by our order R, G, B, A.
_GBR = (2, 0, 1, 3)


@dataclass(frozen=True)
class _Packed:
    """All components in one plane: position of each of our planes within a group of `group` samples."""

    family: Family
    depth: int
    positions: tuple[int, ...]
    group: int
    floating: bool = False


# Names without endianness. `x` and `0` bytes carry nothing and are written as full scale.
_PACKED: dict[str, _Packed] = {
    "rgb24": _Packed("rgb", 8, (0, 1, 2), 3),
    "bgr24": _Packed("rgb", 8, (2, 1, 0), 3),
    "rgba": _Packed("rgb", 8, (0, 1, 2, 3), 4),
    "bgra": _Packed("rgb", 8, (2, 1, 0, 3), 4),
    "argb": _Packed("rgb", 8, (1, 2, 3, 0), 4),
    "abgr": _Packed("rgb", 8, (3, 2, 1, 0), 4),
    "rgb0": _Packed("rgb", 8, (0, 1, 2), 4),
    "bgr0": _Packed("rgb", 8, (2, 1, 0), 4),
    "0rgb": _Packed("rgb", 8, (1, 2, 3), 4),
    "0bgr": _Packed("rgb", 8, (3, 2, 1), 4),
    "rgb48": _Packed("rgb", 16, (0, 1, 2), 3),
    "bgr48": _Packed("rgb", 16, (2, 1, 0), 3),
    "rgba64": _Packed("rgb", 16, (0, 1, 2, 3), 4),
    "bgra64": _Packed("rgb", 16, (2, 1, 0, 3), 4),
    "rgbf16": _Packed("rgb", 16, (0, 1, 2), 3, floating=True),
    "rgbaf16": _Packed("rgb", 16, (0, 1, 2, 3), 4, floating=True),
    "rgbf32": _Packed("rgb", 32, (0, 1, 2), 3, floating=True),
    "rgbaf32": _Packed("rgb", 32, (0, 1, 2, 3), 4, floating=True),
    "ya8": _Packed("gray", 8, (0, 1), 2),
    "ya16": _Packed("gray", 16, (0, 1), 2),
}
# 4:2:2 in groups of four bytes: positions of Y0, Cb, Y1, Cr.
_PACKED_422 = {"yuyv422": (0, 1, 2, 3), "uyvy422": (1, 0, 3, 2), "yvyu422": (0, 3, 2, 1)}
# Layouts that swscale expands exactly (a table look-up or a bit to a byte).
_EXPANDED = {"pal8": "rgba", "monob": "gray", "monow": "gray"}


def _base(name: str) -> str:
    return name[:-2] if name.endswith(("le", "be")) else name


def format_of(name: str) -> PixelFormat:
    """The planar layout that holds FFmpeg's `name` sample for sample. Raises MediaError for layouts we do not read."""
    if name in _EXPANDED:
        return format_of(_EXPANDED[name])
    if packed := _PACKED.get(_base(name)):
        return PixelFormat(packed.family, packed.depth, alpha=_has_alpha(packed), floating=packed.floating)
    if name in _PACKED_422:
        return PixelFormat("yuv", 8, 2, 1)
    if match := _PLANAR_YUV.fullmatch(name):
        x, y = _SAMPLING[match[2]]
        return PixelFormat("yuv", int(match[3] or 8), x, y, alpha=match[1] == "a")
    if match := _PLANAR_RGB.fullmatch(name):
        return PixelFormat("rgb", int(match[3] or 8), alpha=bool(match[1]), floating=bool(match[2]))
    if match := _GREY.fullmatch(name):
        return PixelFormat("gray", int(match[2] or 8), floating=bool(match[1]))
    if semi := _semi_planar(name):
        return semi
    raise MediaError(f"Pictures stored as {name} are not supported.", "Convert the clip to FFV1 first.")


def _has_alpha(packed: _Packed) -> bool:
    return len(packed.positions) == (4 if packed.family == "rgb" else 2)


def _semi_planar(name: str) -> PixelFormat | None:
    base = _base(name)
    if base in ("nv12", "nv21", "nv16", "nv24", "nv42"):
        x, y = {"nv12": (2, 2), "nv21": (2, 2), "nv16": (2, 1), "nv24": (1, 1), "nv42": (1, 1)}[base]
        return PixelFormat("yuv", 8, x, y)
    if re.fullmatch(r"p[024]1[026]", base):
        x, y = {"0": (2, 2), "2": (2, 1), "4": (1, 1)}[base[1]]
        return PixelFormat("yuv", int(base[2:]), x, y)
    return None


def from_av(picture: av.VideoFrame) -> tuple[Plane, ...]:
    """Our planes of a decoded picture, in native byte order. Copies. Raises MediaError for layouts we do not read."""
    name = picture.format.name
    if name in _EXPANDED:
        return from_av(picture.reformat(format=_EXPANDED[name]))
    layout = format_of(name)
    if packed := _PACKED.get(_base(name)):
        groups = _samples(picture, 0, layout.dtype, picture.width * packed.group)
        return tuple(np.ascontiguousarray(groups[:, p :: packed.group]) for p in packed.positions)
    if positions := _PACKED_422.get(name):
        return _split_422(picture, positions)
    if _semi_planar(name):
        return _split_semi_planar(picture, layout)
    raw = tuple(
        _samples(picture, index, layout.dtype, picture.planes[index].width).copy()
        for index in range(layout.plane_count)
    )
    return tuple(raw[i] for i in _GBR[: len(raw)]) if layout.family == "rgb" else raw


def to_av(frame: Frame, name: str) -> av.VideoFrame:
    """An FFmpeg picture in layout `name` holding exactly the frame's (quantised) samples.

    `name` must hold the frame's format: same family, depth, sampling and alpha. Raises MediaError otherwise.
    """
    frame = frame.quantised()
    if format_of(name) != frame.format:
        raise MediaError(f"A {frame.format.name} picture does not fit {name} sample for sample.")
    picture = av.VideoFrame(frame.width, frame.height, name)
    dtype = frame.format.dtype
    if packed := _PACKED.get(_base(name)):
        groups = np.full((frame.height, frame.width * packed.group), frame.format.peak, dtype=dtype)
        for position, plane in zip(packed.positions, frame.planes, strict=True):
            groups[:, position :: packed.group] = plane
        _store(picture, 0, groups)
    elif positions := _PACKED_422.get(name):
        _store(picture, 0, _join_422(frame, positions))
    elif _semi_planar(name):
        _store_semi_planar(picture, frame)
    else:
        order = _GBR if frame.format.family == "rgb" else range(4)
        for ours, theirs in zip(range(len(frame.planes)), order, strict=False):
            _store(picture, theirs, frame.planes[ours])
    return picture


def native_name(layout: PixelFormat) -> str:
    """FFmpeg's planar name of a layout with this machine's byte order (`yuv422p10le`)."""
    byte_sized = layout.depth == 8 and not layout.floating
    return layout.name if byte_sized else layout.name + NATIVE_SUFFIX


def _samples(picture: av.VideoFrame, index: int, dtype: np.dtype[Any], width: int) -> NDArray[Any]:
    """Rows of a plane without padding, in native byte order."""
    plane = picture.planes[index]
    swapped = picture.format.is_big_endian and dtype.itemsize > 1
    stored = dtype.newbyteorder(">") if swapped else dtype.newbyteorder("<") if dtype.itemsize > 1 else dtype
    # Negative strides (bottom-up AVI) come out of PyAV already turned; the buffer is rows of line_size bytes.
    rows = np.frombuffer(memoryview(plane), dtype=np.uint8, count=plane.line_size * plane.height).reshape(
        plane.height, -1
    )
    used = rows[:, : width * dtype.itemsize]
    return np.ascontiguousarray(used).view(stored).astype(dtype, copy=False)


def _store(picture: av.VideoFrame, index: int, values: NDArray[Any]) -> None:
    plane = picture.planes[index]
    rows = np.frombuffer(memoryview(plane), dtype=np.uint8, count=plane.line_size * plane.height).reshape(
        plane.height, -1
    )
    stored = values.dtype.newbyteorder(">" if picture.format.is_big_endian else "<")
    data = np.ascontiguousarray(values, dtype=stored).view(np.uint8)
    rows[:, : data.shape[1]] = data


def _split_422(picture: av.VideoFrame, positions: tuple[int, ...]) -> tuple[Plane, ...]:
    pairs = -(-picture.width // 2)
    data = _samples(picture, 0, np.dtype(np.uint8), pairs * 4)
    y0, cb, y1, cr = (data[:, p::4] for p in positions)
    luma = np.stack((y0, y1), axis=-1).reshape(picture.height, -1)[:, : picture.width]
    return np.ascontiguousarray(luma), np.ascontiguousarray(cb), np.ascontiguousarray(cr)


def _join_422(frame: Frame, positions: tuple[int, ...]) -> NDArray[np.uint8]:
    luma, cb, cr = frame.planes
    even = np.pad(luma, ((0, 0), (0, luma.shape[1] % 2)), mode="edge")
    data = np.empty((frame.height, cb.shape[1] * 4), dtype=np.uint8)
    for position, plane in zip(positions, (even[:, ::2], cb, even[:, 1::2], cr), strict=True):
        data[:, position::4] = plane
    return data


def _semi_planar_shift(layout: PixelFormat) -> int:
    """P010 and its kin keep their samples in the high bits of 16."""
    return 16 - layout.depth if layout.depth > 8 else 0


def _split_semi_planar(picture: av.VideoFrame, layout: PixelFormat) -> tuple[Plane, ...]:
    shift = _semi_planar_shift(layout)
    luma = _samples(picture, 0, layout.dtype, picture.width) >> shift
    chroma_width, _ = layout.plane_size(1, picture.width, picture.height)
    both = _samples(picture, 1, layout.dtype, chroma_width * 2) >> shift
    first, second = np.ascontiguousarray(both[:, ::2]), np.ascontiguousarray(both[:, 1::2])
    crcb = picture.format.name in ("nv21", "nv42")
    return luma, *((second, first) if crcb else (first, second))


def _store_semi_planar(picture: av.VideoFrame, frame: Frame) -> None:
    shift = _semi_planar_shift(frame.format)
    crcb = picture.format.name in ("nv21", "nv42")
    first, second = (frame.planes[2], frame.planes[1]) if crcb else (frame.planes[1], frame.planes[2])
    both = np.stack((first, second), axis=-1).reshape(first.shape[0], -1)
    _store(picture, 0, frame.planes[0] << shift)
    _store(picture, 1, both << shift)
