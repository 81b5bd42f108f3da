"""How an SDR picture becomes HDR: method, luminances, transfer; as a value, and as the words a master carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Method = Literal["A", "C"]

PQ, HLG = "smpte2084", "arib-std-b67"
"""FFmpeg's names of the transfers of ITU-R BT.2100."""

_WORDS = re.compile(r"BT\.2446-1 method ([AC]), peak ([0-9.]+) cd/m2, white ([0-9.]+) cd/m2")


@dataclass(frozen=True)
class Mapping:
    """peak, white: cd/m2. Method A: SDR is shown at `white`, HDR at `peak`, and SDR white becomes the peak. Method C:
    what the Report puts at HDR reference white, 203 cd/m2, is put at `white`; `peak` is the nominal peak of HLG and
    says nothing for PQ.
    """

    method: Method
    peak: float
    white: float

    def words(self) -> str:
        """As a tag of the master."""
        return f"BT.2446-1 method {self.method}, peak {self.peak:g} cd/m2, white {self.white:g} cd/m2"

    @classmethod
    def from_words(cls, text: str) -> Mapping | None:
        """What `words` said; None for anything else."""
        found = _WORDS.fullmatch(text.strip())
        if found is None:
            return None
        method: Method = "A" if found[1] == "A" else "C"
        return cls(method, float(found[2]), float(found[3]))
