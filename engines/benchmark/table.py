"""Figures as tables with units, and the bars that they must reach; as Markdown for people and values for programs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = str | float | int | None


@dataclass(frozen=True)
class Column:
    """A heading with its unit; `digits` after the point, `signed` for differences."""

    title: str
    unit: str = ""
    digits: int = 2
    signed: bool = False

    @property
    def heading(self) -> str:
        return f"{self.title}, {self.unit}" if self.unit else self.title

    def text(self, cell: Cell) -> str:
        """`-` for what was not measured."""
        if cell is None:
            return "-"
        if isinstance(cell, float):
            return f"{cell:{'+' if self.signed else ''}.{self.digits}f}"
        return str(cell)


@dataclass(frozen=True)
class Bar:
    """A goal: `value` must be at least (`at_most`: at most) `limit`, both in `unit`."""

    what: str
    value: float
    limit: float
    unit: str
    at_most: bool = False

    @property
    def met(self) -> bool:
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    def __str__(self) -> str:
        verdict = "met" if self.met else "NOT met"
        sign = "at most" if self.at_most else "at least"
        value, limit = (f"{number:.4g} {self.unit}".strip() for number in (self.value, self.limit))
        return f"{self.what}: {value} ({sign} {limit}: {verdict})"


@dataclass(frozen=True)
class Table:
    """One table of a row of the benchmark; `notes` say how it was measured and what could not be."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = field(default=())

    def markdown(self) -> str:
        """Aligned, so that it reads well on a terminal, too."""
        texts = [[column.heading for column in self.columns]]
        texts += [[c.text(cell) for c, cell in zip(self.columns, row, strict=True)] for row in self.rows]
        widths = [max(len(row[i]) for row in texts) for i in range(len(self.columns))]
        lines = [_line(row, widths) for row in texts]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        said = [f"* {bar}" for bar in self.bars] + [f"* {note}" for note in self.notes]
        return "\n".join((f"### {self.title}", "", *(lines if self.rows else ()), *(["", *said] if said else ())))

    def values(self) -> dict[str, Any]:
        """For JSON: rows by heading; infinities, which JSON does not know, say null."""
        headings = [column.heading for column in self.columns]
        return {
            "title": self.title,
            "rows": [dict(zip(headings, map(_finite, row), strict=True)) for row in self.rows],
            "notes": list(self.notes),
            "bars": [{**vars(bar), "met": bar.met} for bar in self.bars],
        }


def _finite(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
