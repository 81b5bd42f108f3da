"""The values that travel through the house: frames in their native samples, and what describes them. All frozen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

FrameNo = int
Rate = Fraction
Plane = NDArray[Any]
Family = Literal["gray", "yuv", "rgb"]


@dataclass(frozen=True)
class Rect:
    """Pixels `x <= column < x + width`, `y <= row < y + height`, in luma samples of the picture it is used with."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def grown(self, margin: int, within: Rect) -> Rect:
        """Enlarged by `margin` on every side, cut at `within`."""
        x, y = max(self.x - margin, within.x), max(self.y - margin, within.y)
        right, bottom = min(self.right + margin, within.right), min(self.bottom + margin, within.bottom)
        return Rect(x, y, right - x, bottom - y)

    def aligned(self, step_x: int, step_y: int, within: Rect) -> Rect:
        """Grown outwards to multiples of the chroma grid, cut at `within`."""
        x, y = self.x // step_x * step_x, self.y // step_y * step_y
        right = min(-(-self.right // step_x) * step_x, within.right)
        bottom = min(-(-self.bottom // step_y) * step_y, within.bottom)
        return Rect(x, y, right - x, bottom - y)

    def moved(self, dx: int, dy: int) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def scaled(self, factor: int) -> Rect:
        return Rect(self.x * factor, self.y * factor, self.width * factor, self.height * factor)


@dataclass(frozen=True)
class PixelFormat:
    """A planar sample layout. Planes are ordered Y'[A], Y'CbCr[A] or RGB[A], whatever the file's own order is.

    `depth` counts significant bits (16 or 32 for floats). `chroma_x` and `chroma_y` are the subsampling factors
    (1 = none; 4:2:0 is 2, 2). Alpha, where present, is the last plane at full size.
    """

    family: Family
    depth: int
    chroma_x: int = 1
    chroma_y: int = 1
    alpha: bool = False
    floating: bool = False

    @property
    def plane_count(self) -> int:
        return (1 if self.family == "gray" else 3) + int(self.alpha)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Native sample type: uint8, uint16, float16 or float32."""
        if self.floating:
            return np.dtype(np.float16 if self.depth == 16 else np.float32)
        return np.dtype(np.uint8 if self.depth <= 8 else np.uint16)

    @property
    def peak(self) -> float:
        """Largest code value; 1.0 for floats."""
        return 1.0 if self.floating else float(2**self.depth - 1)

    @property
    def name(self) -> str:
        """FFmpeg's name of the planar layout, without the endianness suffix (`yuv422p10`, `gbrp16`, `gray`)."""
        depth = f"f{self.depth}" if self.floating else ("" if self.depth == 8 else str(self.depth))
        if self.family == "gray":
            return f"ya{'8' if self.depth == 8 else depth}" if self.alpha else f"gray{depth}"
        if self.family == "rgb":
            return f"gbr{'a' if self.alpha else ''}p{depth}"
        sampling = {(1, 1): "444", (2, 1): "422", (2, 2): "420", (4, 1): "411", (1, 2): "440", (4, 4): "410"}
        return f"yuv{'a' if self.alpha else ''}{sampling[self.chroma_x, self.chroma_y]}p{depth}"

    def plane_size(self, index: int, width: int, height: int) -> tuple[int, int]:
        """(width, height) of plane `index` in a picture of `width` x `height`; subsampled sizes round up."""
        if self.family == "yuv" and index in (1, 2):
            return -(-width // self.chroma_x), -(-height // self.chroma_y)
        return width, height


@dataclass(frozen=True)
class ColourSpec:
    """How code values mean light. FFmpeg's names; "unknown" where the file does not say (never guessed here).

    range: "tv" (limited), "pc" (full) or "unknown". matrix: "bt709", "smpte170m", "bt2020nc", "rgb", ...
    """

    range: str = "unknown"
    matrix: str = "unknown"
    primaries: str = "unknown"
    transfer: str = "unknown"
    chroma_location: str = "unknown"


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture. Planes are C-contiguous, read-only, of the format's native dtype or of float32 *code values*.

    float32 holds every integer code value exactly, so a sample that no stage touched survives float stages
    unchanged; `quantised` brings the planes back to the native dtype. Planes have the format's own sizes.
    """

    planes: tuple[Plane, ...]
    format: PixelFormat
    colour: ColourSpec

    def __post_init__(self) -> None:
        if len(self.planes) != self.format.plane_count:
            raise ValueError(f"{self.format.name} has {self.format.plane_count} planes, got {len(self.planes)}")
        for index, plane in enumerate(self.planes):
            width, height = self.format.plane_size(index, self.width, self.height)
            if plane.shape != (height, width):
                raise ValueError(f"plane {index} of {self.format.name} is {plane.shape}, expected {(height, width)}")
            plane.setflags(write=False)

    @property
    def width(self) -> int:
        return int(self.planes[0].shape[1])

    @property
    def height(self) -> int:
        return int(self.planes[0].shape[0])

    @property
    def bounds(self) -> Rect:
        return Rect(0, 0, self.width, self.height)

    @cached_property
    def nbytes(self) -> int:
        return sum(int(plane.nbytes) for plane in self.planes)

    def with_planes(self, planes: tuple[Plane, ...]) -> Frame:
        return replace(self, planes=planes)

    def crop(self, region: Rect) -> Frame:
        """Cut out `region`, whose corners must lie on the chroma grid or on the picture's edge."""
        if region == self.bounds:
            return self
        fx, fy = self.format.chroma_x, self.format.chroma_y
        if region.x % fx or region.y % fy:
            raise ValueError(f"{region} does not start on the {fx}x{fy} chroma grid")
        planes = []
        for index, plane in enumerate(self.planes):
            full = self.format.plane_size(index, self.width, self.height) == (self.width, self.height)
            sx, sy = (1, 1) if full else (fx, fy)
            cut = plane[region.y // sy : -(-region.bottom // sy), region.x // sx : -(-region.right // sx)]
            planes.append(np.ascontiguousarray(cut))
        return self.with_planes(tuple(planes))

    def quantised(self) -> Frame:
        """Planes in the format's native dtype: rounded to nearest and clipped to the code range; floats are cast."""
        target = self.format.dtype
        if all(plane.dtype == target for plane in self.planes):
            return self
        return self.with_planes(tuple(_quantise(plane, target, self.format.peak) for plane in self.planes))


def _quantise(plane: Plane, target: np.dtype[Any], peak: float) -> Plane:
    if plane.dtype == target:
        return plane
    if target.kind == "f":
        return plane.astype(target)
    return np.clip(np.rint(plane), 0, peak).astype(target)
