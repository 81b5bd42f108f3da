"""Real old films, end to end: a sequence of stills and compressed files, exact copies and repairs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.masks import write_mask
from engines.media.open import open_source
from engines.media.readback import decoded_hashes
from tests.e2e.harness import command, render_here


@pytest.mark.parametrize(
    "name",
    ["oldfilm/his_girl_friday_1940.mp4", "lowbitrate/highway_cctv_320x240.avi", "clean_video/bbb_1080p60_2s.mp4"],
)
def test_compressed_films_are_copied_exactly(name: str, shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "bench" / name
    outcome = render_here(source, "-o", tmp_path / "out.mkv", "--frames", "0-39")
    assert outcome.code == 0, outcome.sentence
    first = [digest for digest, _ in zip(decoded_hashes(source), range(40), strict=False)]
    assert [*decoded_hashes(tmp_path / "out.mkv")] == first


def test_a_painted_blotch_is_repaired_from_other_frames(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared_data / "bench" / "oldfilm" / "rtn002_street_chase"
    # A black blotch on the white wall, and a white scratch with a blotch beside it ten frames later.
    blotch, scratch = np.zeros((480, 640), np.uint8), np.zeros((480, 640), np.uint8)
    cv2.circle(blotch, (489, 306), 8, 1, -1)
    cv2.circle(scratch, (522, 166), 16, 1, -1)
    cv2.line(scratch, (561, 20), (559, 330), 1, 7)
    write_mask(tmp_path / "masks", 21, blotch > 0)
    write_mask(tmp_path / "masks", 31, scratch > 0)
    outcome = render_here(source, "-o", tmp_path / "out.mkv", "--masks", tmp_path / "masks", "--stage", "inpaint")
    assert outcome.code == 0, outcome.sentence
    assert outcome.result["shares"]["SYNTHESISED"] == 0
    assert outcome.result["shares"]["TRANSPORTED"] > 0
    assert command(capsys, "verify", tmp_path / "out.mkv").code == 0
    before, after = (open_source(p).read(21).planes[0][blotch > 0].mean() for p in (source, tmp_path / "out.mkv"))
    assert after > before + 40
