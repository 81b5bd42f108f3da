"""Rows of the benchmark of film damage by name."""

from __future__ import annotations

from collections.abc import Mapping

from engines.benchmark.bench import Row
from engines.benchmark.damage.row_chain import row_chain
from engines.benchmark.damage.row_dirt import row_dirt
from engines.benchmark.damage.row_flicker import row_flicker
from engines.benchmark.damage.row_grain import row_grain
from engines.benchmark.damage.row_repair import row_repair
from engines.benchmark.damage.row_scratches import row_scratches
from engines.benchmark.damage.row_stills import row_stills
from engines.benchmark.damage.row_weave import row_weave

DAMAGE_ROWS: Mapping[str, Row] = {
    "weave": row_weave,
    "flicker": row_flicker,
    "dirt": row_dirt,
    "scratches": row_scratches,
    "repair": row_repair,
    "stills": row_stills,
    "grain": row_grain,
    "chain": row_chain,
}
