"""The chain of damage stages as a user types it: proposals, a render without any setting, a second one, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engines.masks import write_mask
from engines.media.open import open_source
from engines.training.reel import make_reel
from tests.e2e.harness import command, render_here

CHAIN = ("stabilise", "deflicker", "dirt", "scratch", "inpaint", "grain")
_TYPED = [part for name in CHAIN for part in ("--stage", name)]
_FRAMES = 16


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short film of our own with weave, flicker, dirt and scratches."""
    return make_reel(tmp_path_factory.mktemp("reel"), width=160, height=120, frames=_FRAMES, seed=3).damaged


def _sums(master: Path) -> list[str]:
    lines = master.with_name(master.name + ".framemd5").read_text().splitlines()
    return [line.rsplit(",", 1)[-1].strip() for line in lines if not line.startswith("#")]


def test_every_stage_works_with_no_settings_and_threads_change_no_bit(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sums = []
    for threads in ("1", "2"):
        out = tmp_path / f"{threads}.mkv"
        outcome = render_here(film, "-o", out, *_TYPED, "--threads", threads)
        assert outcome.code == 0, outcome.sentence
        sums.append(_sums(out))
    assert sums[0] == sums[1]
    manifest = json.loads((tmp_path / "2.mkv.tratteggio.json").read_text())
    assert [stage["name"] for stage in manifest["stages"]] == [*CHAIN]
    assert command(capsys, "verify", tmp_path / "2.mkv", "--source", film).code == 0
    master = open_source(tmp_path / "2.mkv")
    assert master.info.frame_count == _FRAMES
    master.close()


def test_proposals_are_told_and_kept_as_a_project_that_renders(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "film.tratteggio"
    done = command(capsys, "propose", film, "--project", project)
    assert done.code == 0
    shots = done.result["shots"]
    assert shots[0]["first"] == 0
    assert shots[-1]["last"] == _FRAMES - 1
    for finding in (finding for shot in shots for finding in shot["findings"]):
        assert 0.0 <= finding["confidence"] <= 1.0
        assert finding["reason"].endswith(".")
    assert render_here(project, "-o", tmp_path / "again.mkv").code == 0
    refused = command(capsys, "propose", film, "--project", project)
    assert refused.code == 1
    assert "film.tratteggio" in refused.sentence


def test_finding_without_repair_and_repair_without_finding_are_refused(film: Path, tmp_path: Path) -> None:
    alone = render_here(film, "-o", tmp_path / "a.mkv", "--stage", "dirt")
    assert alone.code == 1
    assert "no stage repairs it" in alone.sentence
    blind = render_here(film, "-o", tmp_path / "b.mkv", "--stage", "inpaint")
    assert blind.code == 1
    assert "not told what is damaged" in blind.sentence
    assert not list(tmp_path.glob("*.mkv*"))


def test_nothing_is_found_where_nothing_may_be(film: Path, tmp_path: Path) -> None:
    source = open_source(film)
    everywhere = np.ones((source.info.height, source.info.width), bool)
    for number in range(_FRAMES):
        write_mask(tmp_path / "protect", number, everywhere)
    source.close()
    stages = ("--stage", "dirt", "--stage", "scratch", "--stage", "inpaint")
    for name, protect in (("open", ()), ("shut", ("--protect", tmp_path / "protect"))):
        outcome = render_here(film, "-o", tmp_path / f"{name}.mkv", *stages, *protect)
        assert outcome.code == 0, outcome.sentence
    assert _sums(tmp_path / "shut.mkv") != _sums(tmp_path / "open.mkv")
    shares = json.loads((tmp_path / "shut.mkv.tratteggio.json").read_text())["shares"]
    assert shares["SOURCE"] == 1.0
