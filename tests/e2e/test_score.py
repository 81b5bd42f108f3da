"""`tratteggio score` as a user would call it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.clips import write_clip
from tests.e2e.harness import command


def test_every_measure_as_a_table_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip, table = write_clip(tmp_path / "a.mkv", frames=4), tmp_path / "figures.csv"
    argv = ("score", clip, clip, "--measures", "all", "--frames", "1-2", "--csv", table)
    outcome = command(capsys, *argv, "--lpips-folder", tmp_path)
    assert outcome.code == 0
    assert outcome.result["frames"] == 2
    # Equal pictures have no finite figure, which JSON cannot say otherwise.
    assert outcome.result["psnr_y"] is None
    assert (outcome.result["high_band"], outcome.result["patches"], outcome.result["lpips"]) == (1.0, 0.0, None)
    assert outcome.result["blockiness"] == outcome.result["blockiness_reference"]
    assert outcome.result["worst"]["ssim_y"]["frame"] == 1
    assert str(tmp_path) in outcome.result["perceptual_reason"]
    assert "models fetch lpips-alex" in outcome.result["perceptual_reason"]
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [(row["frame"], row["psnr_y"], row["perceptual"]) for row in rows] == [("1", "inf", ""), ("2", "inf", "")]
    again = command(capsys, *argv)
    assert again.code == 1
    assert "exists already" in again.sentence
    assert command(capsys, *argv, "--force").code == 0


def test_an_enlarged_result_is_scored_against_its_source_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = write_clip(tmp_path / "small.mkv", frames=2)
    large = write_clip(tmp_path / "large.mkv", frames=2, width=192, height=128)
    refused = command(capsys, "score", large, small, "--measures", "psnr")
    assert refused.code == 1
    assert "--versus source" in refused.sentence
    outcome = command(capsys, "score", large, small, "--measures", "psnr", "--versus", "source")
    assert outcome.code == 0
    assert any("enlarged 2 times" in str(event.get("text")) for event in outcome.events)


def test_an_unknown_measure_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write_clip(tmp_path / "a.mkv", frames=2)
    outcome = command(capsys, "score", clip, clip, "--measures", "vmaf")
    assert outcome.code == 1
    assert "no measure 'vmaf'" in outcome.sentence
