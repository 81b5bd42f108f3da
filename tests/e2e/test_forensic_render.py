"""A forensic render: nothing above ESTIMATED, the same bits every time, and refusals that say why."""

from __future__ import annotations

from pathlib import Path

import pytest

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
