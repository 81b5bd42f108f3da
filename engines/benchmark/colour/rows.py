"""Rows of the benchmark of colour by name."""

from __future__ import annotations

from collections.abc import Mapping

from engines.benchmark.bench import Row
from engines.benchmark.colour.row_fade import row_fade
from engines.benchmark.colour.row_hdr import row_hdr
from engines.benchmark.colour.row_roundtrip import row_roundtrip
from engines.benchmark.colour.row_speed import row_speed
from engines.benchmark.colour.row_steady import row_steady

COLOUR_ROWS: Mapping[str, Row] = {
    "fade": row_fade,
    "hdr": row_hdr,
    "roundtrip": row_roundtrip,
    "speed": row_speed,
    "steady": row_steady,
}
"""Known changes of colour made on held-out pictures, and what is left of them."""
