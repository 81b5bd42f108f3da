"""Deliveries as their users make them: stills there and back byte for byte, review copies that hide nothing."""

from __future__ import annotations

from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
import tifffile

from app.export.manifest import read_manifest
from app.export.paths import master_paths
from engines.masks import write_mask
from engines.media.display import to_rgb8
from engines.media.dpx_write import new_header, write_dpx
from engines.media.open import open_source
from tests.clips import clip_frame, write_clip
from tests.e2e.harness import Outcome, command, render_here

FRAMES = 3


def dpx(folder: Path) -> Path:
    folder.mkdir()
    for n in range(FRAMES):
        header = new_header(Fraction(18), f"01:00:00:{n:02}") + b"scanner's own" * 30
        write_dpx(folder / f"scan_{n + 40:05d}.dpx", clip_frame(n, 64, 48, "gbrp10le"), header)
    return folder / "scan_%05d.dpx"


def tiff(folder: Path, compression: str | None = None) -> Path:
    folder.mkdir()
    for n in range(FRAMES):
        samples = np.stack(clip_frame(n, 64, 48, "rgb48le").planes, axis=-1)
        tifffile.imwrite(
            folder / f"{n:04d}.tif", samples, byteorder=">", rowsperstrip=7, photometric="rgb", compression=compression
        )
    return folder / "%04d.tif"


def exr(folder: Path) -> Path:
    folder.mkdir()
    for n in range(FRAMES):
        grey = clip_frame(n, 64, 48, "rgb48le").planes[0].astype(np.float32) / 65535
        channels = {name: (grey * gain).astype(np.float16) for name, gain in zip("RGB", (1, 2, 0.5), strict=True)}
        header = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage, "slate": f"take {n}"}
        OpenEXR.File(header, channels | {"Z": grey}).write(str(folder / f"{n:04d}.exr"))
    return folder / "%04d.exr"


def same_files(one: Path, other: Path) -> bool:
    """Whether two folders hold the same names and bytes, and something at all."""
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (one, other))
    return bool(first) and first == second


def original(capsys: pytest.CaptureFixture[str], master: Path, out: Path) -> Outcome:
    return command(capsys, "original", master, "-o", out)


@pytest.mark.parametrize(
    ("make", "preset"),
    [(dpx, "ffv1"), (tiff, "ffv1"), (lambda folder: tiff(folder, "zlib"), "ffv1"), (exr, "ffv1_half")],
    ids=["dpx", "tiff", "deflated", "exr"],
)
def test_stills_to_ffv1_and_back_are_the_same_files(
    tmp_path: Path, make: object, preset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pattern = make(tmp_path / "in")  # type: ignore[operator]
    master = tmp_path / "reel.mkv"
    assert render_here(pattern, "-o", master, "--preset", preset).sentence == ""
    assert master_paths(master).headers.is_file()
    (tmp_path / "back").mkdir()
    outcome = original(capsys, master, tmp_path / "back" / pattern.name)
    assert outcome.code == 0, outcome.sentence
    assert same_files(tmp_path / "in", tmp_path / "back")


def test_a_repaired_preservation_master_gives_the_scans_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pattern = dpx(tmp_path / "in")
    master = tmp_path / "reel.mkv"
    outcome = render_here(pattern, "-o", master, "--delivery", "preservation", "--stage", "grade:lift=0.05")
    assert outcome.code == 0, outcome.sentence
    assert outcome.result["shares"]["ADJUSTED"] == 1
    manifest = read_manifest(master_paths(master).manifest)
    assert manifest.headers == "reel.mkv.headers.zip"
    assert manifest.job["delivery"] == "preservation"
    (tmp_path / "back").mkdir()
    assert original(capsys, master, tmp_path / "back" / pattern.name).code == 0
    assert same_files(tmp_path / "in", tmp_path / "back")


@pytest.mark.parametrize("make", [dpx, tiff, lambda folder: tiff(folder, "zlib"), exr])
def test_stills_that_nothing_changes_stay_the_same_files(tmp_path: Path, make: object) -> None:
    pattern = make(tmp_path / "in")  # type: ignore[operator]
    (tmp_path / "out").mkdir()
    preset = {".dpx": "dpx", ".tif": "tiff", ".exr": "exr"}[pattern.suffix]
    outcome = render_here(pattern, "-o", tmp_path / "out" / pattern.name, "--preset", preset)
    assert outcome.code == 0, outcome.sentence
    stills = tmp_path / "stills"
    stills.mkdir()
    for path in (tmp_path / "out").glob(f"*{pattern.suffix}"):
        path.rename(stills / path.name)
    assert same_files(tmp_path / "in", stills)


def test_a_film_keeps_no_headers(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "in.mkv", frames=2, width=64, height=48)
    assert render_here(clip, "-o", tmp_path / "out.mkv", "--reversible").code == 0
    assert not master_paths(tmp_path / "out.mkv").headers.exists()


def test_a_review_copy_of_a_master_marks_what_was_invented(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write_clip(tmp_path / "in.mkv", frames=3, width=160, height=120)
    block = np.zeros((120, 160), np.uint8)
    block[30:70, 40:90] = 255
    for number in range(3):
        write_mask(tmp_path / "masks", number, block)
    master, copy = tmp_path / "master.mkv", tmp_path / "review.mp4"
    repaired = render_here(clip, "-o", master, "--masks", tmp_path / "masks", "--stage", "inpaint")
    assert repaired.code == 0, repaired.sentence
    assert repaired.result["shares"]["SYNTHESISED"] > 0.05
    outcome = render_here(master, "-o", copy, "--delivery", "review", "--case", "12/26", "--exhibit", "B")
    assert outcome.code == 0, outcome.sentence
    assert outcome.result["height"] > 120
    assert outcome.result["shares"]["SYNTHESISED"] > 0.05
    manifest = read_manifest(master_paths(copy).manifest)
    assert manifest.stages[-1].name == "burn_in"
    assert manifest.stages[-1].settings["case"] == "Case 12/26 \N{MIDDLE DOT} Exhibit B"
    with closing(open_source(copy)) as shown, closing(open_source(master)) as plain:
        marked, was = (to_rgb8(source.read(1)).astype(int) for source in (shown, plain))
    changed = np.abs(marked[:120] - was).mean(axis=2)
    assert changed[30:70, 40:90].mean() > 20
    assert changed[80:].mean() < 3
    assert marked[120:].max() > 180
    assert command(capsys, "verify", copy, "--rerun", 1).code == 0
    refused = render_here(master, "-o", tmp_path / "b.mp4", "--delivery", "review", "--deinterlace")
    assert "do not fit its pictures" in refused.sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-o", "a.mkv", "--delivery", "review"), "cannot be written as a.mkv"),
        (("-o", "a.mkv", "--burn-in"), "would pass for a master"),
        (("-o", "a.mp4", "--delivery", "evidence"), "cannot be written as a.mp4"),
        (("-o", "a.mp4", "--delivery", "access", "--reversible"), "cannot be reversible"),
        (("-o", "a.mkv", "--delivery", "cinema"), "Known deliveries"),
    ],
)
def test_a_contradiction_is_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "in.mkv", frames=2, width=64, height=48)
    monkeypatch.chdir(tmp_path)
    outcome = render_here(clip, *arguments)
    assert outcome.code == 1
    assert words in outcome.sentence
    assert [path.name for path in tmp_path.iterdir()] == ["in.mkv"]
