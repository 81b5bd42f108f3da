"""Rows of the benchmark of film damage by name."""

from __future__ import annotations

from collections.abc import Mapping

from engines.benchmark.bench import Row
from engines.benchmark.damage.row_repair import row_repair

DAMAGE_ROWS: Mapping[str, Row] = {"repair": row_repair}
