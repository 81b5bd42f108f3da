"""A render with stage detail says, in its result and beside the master, what is invented and what computed it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.export.manifest import read_manifest
from engines.models.registry import load_detail, load_perceptual
from tests.app.report.report_kit import Elements
from tests.clips import write_clip
from tests.e2e.harness import Outcome, render_here

FRAMES = 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("detail")
    write_clip(made / "in.mkv", frames=FRAMES, width=48, height=32)
    return made


@pytest.fixture(scope="module")
def rendered(folder: Path) -> Outcome:
    detail = "detail:scale=2,noise=2,compression=0,temporal=0,seed=7,risk=0.05"
    return render_here(folder / "in.mkv", "-o", folder / "out.mkv", "--stage", detail, "--slider", "0.8")


def test_the_share_flagged_is_told_over_all_and_frame_by_frame(rendered: Outcome, folder: Path) -> None:
    result = rendered.result
    by_frame = result["flagged_share_by_frame"]
    assert len(by_frame) == FRAMES
    assert result["flagged_share"] == pytest.approx(sum(by_frame) / FRAMES)
    assert result["flagged_share"] == result["shares"]["SYNTHESISED"]
    manifest = read_manifest(folder / "out.mkv.tratteggio.json")
    assert manifest.flagged == tuple(by_frame)
    assert 0 < result["flagged_share"] < 1
    worst = by_frame.index(max(by_frame))
    assert f"Frame {worst}: most synthesised pixels" in (folder / "out.mkv.report.html").read_text()


def test_tier_runtime_weights_seed_and_risk_are_named(rendered: Outcome, folder: Path) -> None:
    assert rendered.code == 0
    record = read_manifest(folder / "out.mkv.tratteggio.json").stages[0]
    assert record.computed["tier"].startswith("standard (chosen by itself")
    assert record.computed["runtime"].startswith("PyTorch on the processor, float32")
    for text in (record.computed["weights"], (folder / "out.mkv.report.html").read_text()):
        assert load_detail("cpu").sha256 in text
        assert load_perceptual("cpu").sha256 in text
    assert (record.settings["seed"], record.settings["risk"]) == (7, 0.05)
    page = Elements((folder / "out.mkv.report.html").read_text())
    assert "Seed7" in page.text
    assert "Risk0.05" in page.text


def test_without_the_slider_only_the_faithful_weights_are_named(folder: Path) -> None:
    outcome = render_here(
        folder / "in.mkv", "-o", folder / "plain.mkv", "--stage", "detail:tier=draft", "--frames", "0-0"
    )
    assert outcome.result["flagged_share_by_frame"] == (0.0,)
    record = read_manifest(folder / "plain.mkv.tratteggio.json").stages[0]
    assert record.computed["tier"] == "draft (as asked)"
    assert record.computed["weights"] == f"faithful SHA-256 {load_detail('cpu', 'draft').sha256}"


def test_a_manifest_of_an_earlier_version_is_still_read(rendered: Outcome, folder: Path) -> None:
    assert rendered.code == 0
    path = folder / "out.mkv.tratteggio.json"
    held = json.loads(path.read_text())
    del held["flagged"], held["stages"][0]["computed"]
    old = folder / "old.json"
    old.write_text(json.dumps(held))
    manifest = read_manifest(old)
    assert manifest.flagged == ()
    assert manifest.stages[0].computed == {}
