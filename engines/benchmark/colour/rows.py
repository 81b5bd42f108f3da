"""Rows of the benchmark of colour by name."""

from __future__ import annotations

from collections.abc import Mapping

from engines.benchmark.bench import Row

COLOUR_ROWS: Mapping[str, Row] = {}
"""Known changes of colour made on held-out pictures, and what is left of them."""
