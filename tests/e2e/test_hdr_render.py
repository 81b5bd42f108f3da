"""HDR masters from the command line: they say what their frames are, survive interruption, and give SDR back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.cli import parse
from app.export.events import Event
from app.export.render import render
from app.verbs.render import job_for
from engines.cancel import CancelToken
from engines.colour.difference import delta_e
from engines.colour.mapped import nominal_rgb
from engines.errors import Cancelled
from engines.hdr.light_level import LightMeter
from engines.media.open import open_source
from engines.stages.hdr_frames import full_chroma
from tests.clips import write_clip
from tests.e2e.harness import command, render_here
from tests.forgery import forge

TAGGED = {"level": "3", "g": "1", "slicecrc": "1", "slices": "4", "colorspace": "bt709", "color_range": "tv"}


def _source(folder: Path, frames: int = 3) -> Path:
    return write_clip(folder / "in.mkv", frames=frames, options=TAGGED)


@pytest.mark.parametrize(
    ("name", "preset", "settings"),
    [
        ("out.mkv", "ffv1", "peak=1000,white=203"),
        ("out.mkv", "ffv1", "method=C,white=100,depth=12,chroma=444"),
        ("out.mov", "prores_4444", "peak=4000,chroma=444,display=bt2020,darkest=0.0005"),
        ("out.mp4", "hevc_hdr10", "peak=1000,white=203"),
    ],
)
def test_a_master_says_what_its_frames_are(
    name: str, preset: str, settings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    master = tmp_path / name
    outcome = render_here(_source(tmp_path), "-o", master, "--stage", f"hdr:{settings}", "--preset", preset)
    assert outcome.code == 0, outcome.sentence
    source = open_source(master)
    assert source.info.hdr is not None
    assert source.info.hdr.light is not None
    assert source.info.hdr.mastering is not None
    said = outcome.result["hdr"]
    assert (said["max_cll"], said["max_fall"]) == (source.info.hdr.light.max_cll, source.info.hdr.light.max_fall)
    assert said["mastering_display"]["brightest"] == source.info.hdr.mastering.brightest
    meter = LightMeter()
    for number in range(source.info.frame_count):
        meter.add(source.read(number))
    assert meter.light is not None
    if preset == "ffv1":
        assert source.info.hdr.light == meter.light.level()
    else:
        assert meter.light.brightest == pytest.approx(source.info.hdr.light.max_cll, rel=0.15)
    manifest = json.loads((tmp_path / f"{name}.tratteggio.json").read_text())
    assert manifest["hdr"] == json.loads(json.dumps(said))
    assert "MaxCLL" in (tmp_path / f"{name}.report.html").read_text()
    probed = command(capsys, "probe", master).result
    assert probed["hdr"]["max_cll"] == said["max_cll"]
    assert command(capsys, "verify", master).code == 0
    forge(tmp_path, name, manifest=json.loads(json.dumps(manifest).replace("MaxCLL ", "MaxCLL 1")))
    doubted = command(capsys, "verify", master)
    assert doubted.code == 1
    assert "where its manifest says" in doubted.sentence


@pytest.mark.parametrize("settings", ["peak=1000,chroma=444", "method=C,white=100,peak=400,transfer=hlg,chroma=444"])
def test_sdr_comes_back_without_being_told_how(settings: str, tmp_path: Path) -> None:
    """The master's own tag says how it was made."""
    source, master, again = _source(tmp_path), tmp_path / "hdr.mkv", tmp_path / "sdr.mkv"
    for outcome in (
        render_here(source, "-o", master, "--stage", f"hdr:depth=12,{settings}"),
        render_here(master, "-o", again, "--stage", "sdr"),
    ):
        assert outcome.code == 0, outcome.sentence
    before, after = open_source(source).read(1), open_source(again).read(1)
    assert (after.colour.matrix, after.colour.transfer) == ("bt709", "bt709")
    assert open_source(again).info.hdr is None
    first, second = (np.clip(nominal_rgb(frame), 0, 1) for frame in (full_chroma(before), after))
    off = delta_e(first, second)
    assert off.mean() < 0.5
    assert np.percentile(off, 99) < 2.0


def test_light_is_that_of_all_segments_however_they_came(tmp_path: Path) -> None:
    """Stopped in the second segment and gone on; and taken over from the old master."""
    source, whole, stopped = _source(tmp_path, frames=60), tmp_path / "whole.mkv", tmp_path / "stopped.mkv"
    argv = ("--stage", "hdr:peak=2000")
    wanted = render_here(source, "-o", whole, *argv).result["hdr"]
    cancel = CancelToken()

    def emit(event: Event) -> None:
        if event["event"] == "progress" and event["phase"] == "render" and event["n"] >= 30:
            cancel.cancel()

    with job_for(parse(["render", str(source), "-o", str(stopped), *argv])) as job, pytest.raises(Cancelled):
        render(job, emit, cancel)
    gone_on = render_here(source, "-o", stopped, *argv).result
    assert gone_on["segments"]["reused"] >= 1
    assert gone_on["hdr"] == wanted
    taken_over = render_here(source, "-o", whole, *argv, "--force").result
    assert taken_over["segments"]["rendered"] == 0
    assert taken_over["hdr"] == wanted


def test_what_it_came_with_is_not_what_it_is(tmp_path: Path) -> None:
    """A part of an HDR master: the display stays, the light is measured anew."""
    source, master, part = _source(tmp_path, frames=6), tmp_path / "hdr.mkv", tmp_path / "part.mkv"
    first = render_here(source, "-o", master, "--stage", "hdr:peak=3000").result["hdr"]
    second = render_here(master, "-o", part, "--frames", "2-2").result["hdr"]
    assert second["mastering_display"] == first["mastering_display"]
    assert second["max_cll"] <= first["max_cll"]
    meter = LightMeter()
    meter.add(open_source(part).read(0))
    assert meter.light is not None
    assert second["max_cll"] == meter.light.level().max_cll


@pytest.mark.parametrize(
    ("out", "argv", "sentence"),
    [
        ("out.mp4", ("--preset", "hevc_hdr10"), "Put --stage hdr last"),
        ("out.mp4", ("--stage", "hdr", "--preset", "h264"), "PQ needs 10 bits"),
        ("out.mkv", ("--stage", "hdr:peak=150"), "below SDR white"),
        ("out.mkv", ("--stage", "hdr", "--stage", "hdr"), "HDR already"),
        ("out.mkv", ("--stage", "sdr"), "takes PQ or HLG"),
    ],
)
def test_refused_before_anything_is_rendered(out: str, argv: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    source = _source(tmp_path)
    outcome = render_here(source, "-o", tmp_path / out, *argv)
    assert outcome.code == 1
    assert sentence in outcome.sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mkv"]
