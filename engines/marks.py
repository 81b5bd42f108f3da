"""What is known to be damaged in a frame, and where somebody said that nothing is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.masks import Coverage, Mask
from engines.types import Rect


@dataclass(frozen=True, eq=False)
class Marks:
    """Maps of the size of the picture they belong to, read-only. None: nowhere.

    damage: H x W uint8, 0 = sound to 255 = wholly damaged, between = a soft edge. protected: H x W bool, where no
    detector may mark anything. What a person painted as damage wins over protection.
    """

    damage: Coverage | None = None
    protected: Mask | None = None

    def __post_init__(self) -> None:
        for plane in (self.damage, self.protected):
            if plane is not None:
                plane.setflags(write=False)

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return sum(plane.nbytes for plane in (self.damage, self.protected) if plane is not None)

    @property
    def any_damage(self) -> bool:
        """Whether anything is damaged."""
        return self.damage is not None and bool(self.damage.any())

    def found(self, coverage: Coverage) -> Marks:
        """With what a detector found (H x W uint8), where that is not protected."""
        allowed = coverage if self.protected is None else np.where(self.protected, np.uint8(0), coverage)
        if not allowed.any():
            return self
        return Marks(allowed if self.damage is None else np.maximum(self.damage, allowed), self.protected)

    def crop(self, region: Rect) -> Marks:
        """The part in `region`."""
        rows, columns = slice(region.y, region.bottom), slice(region.x, region.right)
        damage = None if self.damage is None else np.ascontiguousarray(self.damage[rows, columns])
        protected = None if self.protected is None else np.ascontiguousarray(self.protected[rows, columns])
        return Marks(damage, protected)

    def enlarged(self, factor: int) -> Marks:
        """Every pixel repeated `factor` x `factor` times."""
        if factor == 1:
            return self
        damage = None if self.damage is None else self.damage.repeat(factor, axis=0).repeat(factor, axis=1)
        protected = None if self.protected is None else self.protected.repeat(factor, axis=0).repeat(factor, axis=1)
        return Marks(damage, protected)


NO_MARKS = Marks()
