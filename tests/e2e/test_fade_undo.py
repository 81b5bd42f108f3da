"""A fade that was brought back is taken back from the master and its manifest alone."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.media.open import open_source
from engines.training.scene import Scene
from tests.clips import write_clip
from tests.e2e.harness import command, render_here

MANIFEST = "m.mkv.tratteggio.json"
SLIDERS = "cyan=0.6,magenta=0.1,yellow=0.3,stain=0.5,sure=1"
"""Much of red comes back and a stain goes, whatever the estimate says."""


def _scan(folder: Path, frames: int) -> Path:
    """8-bit stills with a cut in the middle; nothing so near black or white that a map of colours could clip it."""
    pictures = folder / "scan"
    pictures.mkdir()
    scene = Scene(96, 64, frames)
    for number, picture in enumerate(scene):
        codes = np.rint(255.0 * (0.12 + 0.68 * np.clip(picture[:, :, ::-1], 0.0, 1.0))).astype(np.uint8)
        cv2.imwrite(str(pictures / f"scan_{number:06d}.png"), codes)
    return pictures


@pytest.fixture(scope="module")
def undone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scan, a 16-bit RGB master of its frames 2 to 8, and what undo makes of that, b.mkv."""
    folder = tmp_path_factory.mktemp("undone")
    scan = _scan(folder, 10)
    fade = f"fade:{SLIDERS},neutral=7:20,20"
    for outcome in (
        render_here(scan, "-o", folder / "m.mkv", "--frames", "2-8", "--stage", "convert:depth=16", "--stage", fade),
        render_here(folder / "m.mkv", "-o", folder / "b.mkv", "--stage", f"fade:undo={folder / MANIFEST}"),
    ):
        assert outcome.code == 0, outcome.sentence
    return folder


def test_every_code_of_the_scan_comes_back(undone: Path) -> None:
    scan, master, back = (open_source(undone / name) for name in ("scan", "m.mkv", "b.mkv"))
    assert back.info.frame_count == 7
    for number in range(7):
        theirs, shown, ours = scan.read(number + 2), master.read(number), back.read(number)
        whole = np.all([(plane > 0) & (plane < 65535) for plane in shown.planes], axis=0)
        assert whole.mean() > 0.98
        for before, after, restored in zip(theirs.planes, ours.planes, shown.planes, strict=True):
            np.testing.assert_array_equal(np.rint(after / 257.0)[whole], before[whole])
            assert np.abs(restored / 257.0 - before).max() > 4.0


def test_the_manifest_tells_each_shot(undone: Path) -> None:
    """The second shot has a spot; what undo did is not told, for it cannot be undone in turn."""
    fade = json.loads((undone / MANIFEST).read_text())["stages"][1]
    assert [(shot["first"], shot["last"]) for shot in fade["applied"]] == [(2, 4), (5, 8)]
    first, second = (shot["parameters"] for shot in fade["applied"])
    assert first != second
    assert json.loads((undone / "b.mkv.tratteggio.json").read_text())["stages"][0]["applied"] == []


def test_what_was_taken_over_is_told_as_well(undone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No frame is rendered anew, and the manifest is the same."""
    before = json.loads((undone / MANIFEST).read_text())["stages"]
    fade = f"fade:{SLIDERS},neutral=7:20,20"
    argv = ("--frames", "2-8", "--stage", "convert:depth=16", "--stage", fade, "--force")
    again = render_here(undone / "scan", "-o", undone / "m.mkv", *argv)
    assert again.code == 0, again.sentence
    assert again.result["segments"]["rendered"] == 0
    assert json.loads((undone / MANIFEST).read_text())["stages"] == before
    assert command(capsys, "verify", undone / "m.mkv").code == 0


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p16le"])
def test_subsampled_chroma_comes_back_nearly(pix_fmt: str, tmp_path: Path) -> None:
    """Within a code of 8 bits nearly everywhere: luma sees chroma that is interpolated anew."""
    options = {"level": "3", "g": "1", "colorspace": "bt709", "color_range": "tv"}
    source = write_clip(tmp_path / "in.mkv", frames=2, pix_fmt=pix_fmt, options=options)
    for outcome in (
        render_here(source, "-o", tmp_path / "m.mkv", "--stage", f"fade:{SLIDERS}"),
        render_here(tmp_path / "m.mkv", "-o", tmp_path / "b.mkv", "--stage", f"fade:undo={tmp_path / MANIFEST}"),
    ):
        assert outcome.code == 0, outcome.sentence
    before, shown, after = (open_source(tmp_path / name).read(1) for name in ("in.mkv", "m.mkv", "b.mkv"))
    code = (before.format.peak + 1) / 256
    for theirs, restored, ours in zip(before.planes, shown.planes, after.planes, strict=True):
        off = np.abs(ours.astype(np.float64) - theirs) / code
        assert np.abs(restored.astype(np.float64) - theirs).mean() / code > 2.0
        assert off.mean() < 0.12
        assert np.percentile(off, 99.0) <= 1.0


def test_what_does_not_belong_to_the_clip_is_refused(undone: Path, tmp_path: Path) -> None:
    other = write_clip(tmp_path / "other.mkv", frames=2)
    grey = write_clip(tmp_path / "grey.mkv", frames=2, pix_fmt="gray")
    for source, manifest, sentence in (
        (other, undone / MANIFEST, "tells of a master of 7 frames"),
        (grey, undone / MANIFEST, "grey picture"),
        (other, tmp_path / "none.json", "is missing"),
        (other, undone / "b.mkv.tratteggio.json", "tells of no fade"),
        (other, other, "no manifest of a master"),
    ):
        outcome = render_here(source, "-o", tmp_path / "out.mkv", "--stage", f"fade:undo={manifest}")
        assert outcome.code == 1
        assert sentence in outcome.sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == ["grey.mkv", "other.mkv"]
