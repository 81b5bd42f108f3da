"""Row dirt on a small clip: both detectors are judged, with and without grain."""

from __future__ import annotations

from pathlib import Path

from engines.benchmark.bench import Bench
from engines.benchmark.damage.row_dirt import row_dirt
from tests.clips import write_clip


def test_a_clip_is_judged_with_and_without_grain(tmp_path: Path) -> None:
    (tmp_path / "vid4").mkdir()
    write_clip(tmp_path / "vid4" / "calendar.mp4", frames=26, width=160, height=96, codec="libx264", pix_fmt="yuv420p")
    tables = list(row_dirt(Bench(tmp_path, limit=1)))
    assert [table.title for table in tables] == ["Dirt", "Dirt under grain of 6 codes"]
    for table in tables:
        assert [row[:2] for row in table.rows] == [
            (clip, detector) for clip in ("calendar", "all") for detector in ("dirt", "rank order alone")
        ]
        ours, baseline = table.rows[-2:]
        assert ours[4] == baseline[4]
        assert all(0 <= float(cell or 0) <= 100 for row in table.rows for cell in row[2:8])
        assert [bar.limit for bar in table.bars] == [90.0, 85.0, 0.9]


def test_without_clips_it_says_so(tmp_path: Path) -> None:
    for table in row_dirt(Bench(tmp_path, limit=1)):
        assert table.rows == ()
        assert table.notes[0].startswith("Skipped")
