"""Rows of the benchmark of colour by name."""

from __future__ import annotations

from collections.abc import Mapping

from engines.benchmark.bench import Row
from engines.benchmark.colour.row_fade import row_fade

COLOUR_ROWS: Mapping[str, Row] = {
    "fade": row_fade,
}
"""Known changes of colour made on held-out pictures, and what is left of them."""
