"""Row `hallucination`: its tables say what was found and which goals are met."""

from __future__ import annotations

from pathlib import Path

from engines.benchmark.bench import Bench
from engines.benchmark.row_hallucination import _lettering_table, _map_table
from engines.benchmark.rows import measure
from engines.hallucination.evaluate import Evaluation, PlainRow, RiskRow
from engines.hallucination.lettering import LetteringResult


def _found(flagged: tuple[float, ...]) -> Evaluation:
    rows = [RiskRow(i / 4, 0.4, 0.93, 0.9, 0.7, 0.02, share, 0.09) for i, share in enumerate(flagged)]
    plain = (PlainRow("gradient", 0.8, 0.3), PlainRow("gradient, local", 0.86, 0.2), PlainRow("bicubic", 0.7, 0.1))
    return Evaluation(4, 0.1, 3, tuple(rows), plain)


def test_each_plain_measure_is_shown_at_its_best_and_must_be_beaten() -> None:
    table = _map_table(_found((0.3, 0.31, 0.35, 0.4, 0.45)))
    assert [row[0] for row in table.rows[5:]] == ["gradient", "bicubic"]
    assert table.rows[5][2] == 0.86
    assert table.rows[5][4] == 30.0
    assert all(bar.met for bar in table.bars)


def test_a_flagged_area_that_stands_still_is_told() -> None:
    table = _map_table(_found((0.3, 0.31, 0.31, 0.4, 0.45)))
    assert [bar.what for bar in table.bars if not bar.met] == ["steps of the slider on which the flagged area grows"]


def test_words_that_came_back_crisp_without_a_flag_are_told() -> None:
    (bar,) = _lettering_table(LetteringResult(500, 100, 94, 0.2), 500).bars
    assert not bar.met
    (bar,) = _lettering_table(LetteringResult(500, 100, 96, 0.2), 500).bars
    assert bar.met


def test_a_missing_set_is_a_note(tmp_path: Path) -> None:
    (table,) = measure("detail", "hallucination", Bench(tmp_path))
    assert "Skipped" in table.notes[0]
