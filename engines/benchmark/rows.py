"""All rows of the benchmark by subject and name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engines.benchmark.bench import Bench, Row, skipped
from engines.benchmark.colour.rows import COLOUR_ROWS
from engines.benchmark.damage.rows import DAMAGE_ROWS
from engines.benchmark.row_compression import row_compression
from engines.benchmark.row_edges import row_edges
from engines.benchmark.row_hallucination import row_hallucination
from engines.benchmark.row_joint import row_joint
from engines.benchmark.row_peers import row_peers
from engines.benchmark.row_perceptual import row_perceptual
from engines.benchmark.row_sight import row_sight
from engines.benchmark.row_speed import row_speed
from engines.benchmark.row_sr import row_sr
from engines.benchmark.row_temporal import row_temporal
from engines.benchmark.table import Table
from engines.errors import SettingError, TratteggioError

DETAIL_ROWS: Mapping[str, Row] = {
    "sr": row_sr,
    "joint": row_joint,
    "compression": row_compression,
    "perceptual": row_perceptual,
    "hallucination": row_hallucination,
    "temporal": row_temporal,
    "edges": row_edges,
    "sight": row_sight,
    "speed": row_speed,
    "peers": row_peers,
}


SUBJECTS: Mapping[str, Mapping[str, Row]] = {"colour": COLOUR_ROWS, "damage": DAMAGE_ROWS, "detail": DETAIL_ROWS}


def chosen(subject: str, names: str | None) -> tuple[str, ...]:
    """Rows named in a comma-separated list, all for None. Raises SettingError for an unknown one."""
    rows = SUBJECTS[subject]
    wanted = tuple(rows) if names is None else tuple(name.strip() for name in names.split(","))
    unknown = [name for name in wanted if name not in rows]
    if unknown:
        raise SettingError(
            f"There is no row {unknown[0]!r} in the benchmark of {subject}.", f"Known: {', '.join(rows)}."
        )
    return wanted


def measure(subject: str, name: str, bench: Bench) -> Iterator[Table]:
    """The tables of a row; one that cannot be measured says why instead of ending the run."""
    try:
        yield from SUBJECTS[subject][name](bench)
    except TratteggioError as error:
        yield skipped(name, error)
