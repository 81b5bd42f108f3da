"""A forensic render: nothing above ESTIMATED, the same bits every time, and refusals that say why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.export.manifest import read_manifest
from app.export.paths import master_paths
from engines.masks import write_mask
from engines.media.readback import decoded_hashes
from tests.clips import write_clip
from tests.e2e.harness import render_here


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("forensic") / "in.mkv", frames=4, width=64, height=48)


def test_two_runs_give_the_same_bits_and_no_invented_pixel(clip: Path) -> None:
    checksums = []
    for name in ("one", "two"):
        out = clip.with_name(f"{name}.mkv")
        outcome = render_here(clip, "-o", out, "--forensic", "--stage", "detail:scale=2,noise=6,compression=0")
        assert outcome.code == 0
        assert outcome.result["shares"]["SYNTHESISED"] == 0
        assert outcome.result["shares"]["ESTIMATED"] == 1
        lines = Path(f"{out}.framemd5").read_text().splitlines()
        checksums.append([line for line in lines if not line.startswith("#")])
    assert checksums[0] == checksums[1]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--stage", "detail", "--slider", "0.5"), "adds what real pictures usually show"),
        (("--stage", "detail:perceptual=1"), "adds what real pictures usually show"),
    ],
)
def test_the_perceptual_end_is_refused_with_the_reason(clip: Path, arguments: tuple[str, ...], reason: str) -> None:
    out = clip.with_name("refused.mkv")
    outcome = render_here(clip, "-o", out, "--forensic", *arguments)
    assert outcome.code != 0
    assert reason in outcome.sentence
    assert not out.exists()


def test_what_no_frame_shows_stays_the_source_and_is_counted(clip: Path, tmp_path: Path) -> None:
    block = np.zeros((48, 64), np.uint8)
    block[10:20, 8:30] = 255
    for number in range(4):
        write_mask(tmp_path / "masks", number, block)
    out = tmp_path / "left.mkv"
    repair = ("--masks", tmp_path / "masks", "--stage", "inpaint:spatial=leave")
    outcome = render_here(clip, "-o", out, "--forensic", *repair)
    assert outcome.code == 0, outcome.sentence
    assert outcome.result["unrepaired_pixels_by_frame"] == (220,) * 4
    assert outcome.result["shares"]["SOURCE"] == 1
    assert read_manifest(master_paths(out).manifest).unrepaired == (220,) * 4
    assert list(decoded_hashes(out)) == list(decoded_hashes(clip))


def test_what_is_filled_is_not_counted(clip: Path, tmp_path: Path) -> None:
    write_mask(tmp_path / "masks", 1, np.full((48, 64), 255, np.uint8))
    repair = ("--masks", tmp_path / "masks", "--stage", "inpaint")
    outcome = render_here(clip, "-o", tmp_path / "filled.mkv", *repair)
    assert outcome.result["unrepaired_pixels_by_frame"] == (0,) * 4
