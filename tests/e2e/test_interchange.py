"""Timelines, masks and content credentials on the command line, on real files, as their users would."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.commands import add_clip, set_cuts, set_in, set_mask, toggle_marker
from app.document import Document
from app.interchange.media import open_media
from app.mask_plane import MaskPlane
from app.project_io import load_project, save_project
from tests.app.interchange.reels import edit
from tests.clips import write_clip
from tests.e2e.harness import Outcome, command, render_here

FRAMES, WIDTH, HEIGHT = 12, 96, 64


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two shots and a half, a marker, a range and a mask, of a clip with a timecode."""
    source = write_clip(tmp_path / "reel.mkv", frames=FRAMES, timecode="10:00:00:00")
    document, clip_id = add_clip(Document(), open_media(source).media)
    document = set_in(set_cuts(document, clip_id, [5, 9]), clip_id, 2)
    painted = np.zeros((HEIGHT, WIDTH), np.uint8)
    painted[10:20, 30:50] = 255
    document = set_mask(document, clip_id, "damage", 6, MaskPlane.of(painted))
    save_project(toggle_marker(document, clip_id, 7, "Splice"), tmp_path / "p.tratteggio")
    return tmp_path / "p.tratteggio"


@pytest.fixture
def still_series(tmp_path: Path) -> Path:
    folder = tmp_path / "scan"
    folder.mkdir()
    for number in range(40, 52):
        picture = np.full((HEIGHT, WIDTH, 3), number * 4, np.uint8)
        cv2.imwrite(str(folder / f"f_{number:05}.png"), picture)
    return folder


@pytest.mark.parametrize("suffix", ["otio", "edl"])
def test_a_project_goes_out_and_comes_back(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    timeline, back = tmp_path / f"x.{suffix}", tmp_path / "back.tratteggio"
    assert command(capsys, "timeline", "export", project, "-o", timeline).result["shots"] == 3
    said = command(capsys, "timeline", "import", timeline, "-o", back).result
    assert said["notes"] == []
    assert [clip["cuts"] for clip in said["clips"]] == [[0, 5, 9]]
    assert edit(load_project(back).clips[0]) == edit(load_project(project).clips[0])
    # Nothing is overwritten unasked.
    refused = command(capsys, "timeline", "export", project, "-o", timeline)
    assert (refused.code, "exists already" in refused.sentence) == (1, True)
    refused = command(capsys, "timeline", "import", timeline, "-o", back)
    assert (refused.code, "exists already" in refused.sentence) == (1, True)


def test_otiotool_opens_ours(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    master = tmp_path / "m.mkv"
    assert render_here(project, "-o", master).code == 0
    for source in (project, master):
        timeline = tmp_path / f"{source.stem}.otio"
        command(capsys, "timeline", "export", source, "-o", timeline)
        argv = [str(Path(sys.executable).with_name("otiotool")), "--list-clips", "--verify-ranges", "-i", str(timeline)]
        told = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=300)
        assert told.stdout.count("IN BOUNDS") == 3
        assert "OUT OF BOUNDS" not in told.stdout
    # The master's own timeline says where it was cut: from frame 2 on, at 5 and 9.
    back = tmp_path / "m.tratteggio"
    command(capsys, "timeline", "import", tmp_path / "m.otio", "-o", back)
    assert [shot.start for shot in load_project(back).clips[0].shots] == [0, 3, 7]


def test_stills_are_sequences(still_series: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, clip_id = add_clip(Document(), open_media(still_series).media)
    project = tmp_path / "p.tratteggio"
    save_project(set_in(set_cuts(document, clip_id, [4]), clip_id, 1), project)
    timeline = tmp_path / "x.otio"
    command(capsys, "timeline", "export", project, "-o", timeline)
    text = timeline.read_text()
    assert '"name_prefix": "f_"' in text
    assert '"start_frame": 40' in text
    back = tmp_path / "back.tratteggio"
    assert command(capsys, "timeline", "import", timeline, "-o", back, "--media", still_series).code == 0
    assert edit(load_project(back).clips[0]) == edit(load_project(project).clips[0])
    # Beside the timeline they are found by name; as an EDL, too.
    edl = tmp_path / "x.edl"
    command(capsys, "timeline", "export", project, "-o", edl)
    for given in (timeline, edl):
        said = command(capsys, "timeline", "import", given, "-o", tmp_path / f"{given.suffix[1:]}.tratteggio")
        assert said.result["clips"][0]["cuts"] == [0, 4]


def test_media_and_rates_that_do_not_fit(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    timeline = tmp_path / "elsewhere" / "x.edl"
    timeline.parent.mkdir()
    command(capsys, "timeline", "export", project, "-o", timeline)
    lost = command(capsys, "timeline", "import", timeline, "-o", tmp_path / "a.tratteggio")
    assert (lost.code, "were not found: reel.mkv" in lost.sentence) == (1, True)
    other = write_clip(tmp_path / "other.mov", frames=FRAMES, codec="libx264", pix_fmt="yuv420p", rate=25)
    said = command(capsys, "timeline", "import", timeline, "--media", other, "-o", tmp_path / "b.tratteggio")
    assert (said.code, "asks for frames" in said.sentence) == (1, True)
    # The media is known to begin there, although its file does not say so.
    said = command(
        capsys,
        "timeline",
        "import",
        timeline,
        "--media",
        other,
        "-o",
        tmp_path / "b.tratteggio",
        "--start",
        "10:00:00:00",
    )
    assert said.result["clips"][0]["cuts"] == [0, 5, 9]
    odd = command(capsys, "timeline", "import", timeline, "--media", other, "-o", tmp_path / "b.txt")
    assert odd.sentence.startswith("tratteggio: b.txt is no name for a project.")
    assert command(capsys, "timeline", "export", project, "-o", tmp_path / "x.xml").code == 1


def test_a_project_takes_a_timeline_into_its_own_clips(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    timeline = tmp_path / "x.edl"
    command(capsys, "timeline", "export", project, "-o", timeline)
    timeline.write_text(timeline.read_text().replace("10:00:00:05", "10:00:00:06"))
    out = tmp_path / "q.tratteggio"
    assert command(capsys, "timeline", "import", timeline, "--into", project, "-o", out).code == 0
    before, after = load_project(project).clips[0], load_project(out).clips[0]
    assert [shot.start for shot in after.shots] == [0, 6, 9]
    assert (after.id, dict(after.damage)) == (before.id, dict(before.damage))


def test_masks_go_out_and_come_back(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "painted"
    assert command(capsys, "masks", "export", project, "-o", out).result["damage"] == 1
    mask = np.asarray(cv2.imread(str(out / "damage" / "000006.png"), cv2.IMREAD_UNCHANGED))
    assert mask.dtype == np.uint8
    assert int((mask == 255).sum()) == 200
    again = command(capsys, "masks", "export", project, "-o", out)
    assert (again.code, "already holds PNG files" in again.sentence) == (1, True)
    (out / "damage" / "000006.png").rename(out / "damage" / "000003.png")
    back = tmp_path / "back.tratteggio"
    said = command(capsys, "masks", "import", project, "--protect", out / "damage", "-o", back)
    assert said.result["protect"] == 1
    clip = load_project(back).clips[0]
    assert set(clip.protect) == {3}
    assert set(clip.damage) == {6}
    assert "No folder of masks" in command(capsys, "masks", "import", project, "-o", tmp_path / "c.tratteggio").sentence


@pytest.fixture
def master(tmp_path: Path) -> Path:
    source = write_clip(tmp_path / "in.mov", frames=FRAMES, codec="libx264", pix_fmt="yuv420p", rate=25)
    assert render_here(source, "-o", tmp_path / "m.mp4", "--stage", "deflicker").code == 0
    return tmp_path / "m.mp4"


def test_credentials_of_a_master(master: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = master.read_bytes()

    def go(*argv: object) -> Outcome:
        return command(capsys, "credentials", *argv)

    none = go("show", master)
    assert (none.code, "carries no content credential" in none.sentence) == (1, True)
    signed = go("sign", master).result
    assert signed["test_certificate"] is True
    assert master.read_bytes() == before
    assert go("show", master).result["embedded"] is False
    assert "exists already" in go("sign", master).sentence
    copy = tmp_path / "signed.mp4"
    assert go("sign", master, "-o", copy).code == 0
    said = go("show", copy).result
    assert (said["embedded"], said["title"]) == (True, "signed.mp4")
    assert said["shares"] == pytest.approx(read_shares(master))
    # The log goes on, and the master and its sidecar are what it says.
    verified = command(capsys, "verify", master).result
    assert "m.mp4.c2pa" in verified["files"]
    (tmp_path / "m.mp4.c2pa").write_bytes(b"other")
    assert "m.mp4.c2pa" in command(capsys, "verify", master).sentence
    assert "damaged" in go("show", master).sentence
    wrong = go("sign", master, "-o", tmp_path / "x.mkv")
    assert (wrong.code, "ends in .mp4" in wrong.sentence) == (1, True)
    assert "--key is missing" in go("sign", master, "--certificate", copy, "--force").sentence
    assert sorted(path.name for path in tmp_path.glob("*signed*")) == ["signed.mp4"]


def test_every_still_carries_its_own(still_series: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    master = tmp_path / "out" / "%04d.png"
    master.parent.mkdir()
    assert render_here(still_series, "-o", master, "--frames", "0-2").code == 0
    signed = tmp_path / "signed"
    assert command(capsys, "credentials", "sign", master, "-o", signed).code == 0
    shown = command(capsys, "credentials", "show", signed).result
    assert (shown["files"], shown["embedded"]) == (3, True)
    stills = sorted(signed.iterdir())
    held = bytearray(stills[1].read_bytes())
    held[-30] ^= 1
    stills[1].write_bytes(held)
    spoilt = command(capsys, "credentials", "show", signed)
    assert (spoilt.code, f"of {stills[1].name} does not hold" in spoilt.sentence) == (1, True)
    timeline = tmp_path / "out.otio"
    command(capsys, "timeline", "export", master, "-o", timeline)
    assert '"name": "out 001"' in timeline.read_text()


def read_shares(master: Path) -> dict[str, float]:
    from app.export.manifest import read_manifest

    return dict(read_manifest(master.with_name(f"{master.name}.tratteggio.json")).shares)


def test_exact_rates_survive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rate = Fraction(30000, 1001)
    source = write_clip(
        tmp_path / "n.mov", frames=40, codec="libx264", pix_fmt="yuv420p", timecode="00:59:59;20", rate=rate
    )
    document, clip_id = add_clip(Document(), open_media(source).media)
    save_project(set_cuts(document, clip_id, [10, 30]), tmp_path / "p.tratteggio")
    edl = tmp_path / "x.edl"
    command(capsys, "timeline", "export", tmp_path / "p.tratteggio", "-o", edl)
    # Over the hour, where drop-frame timecode leaves nothing out: 29.97 frames have passed per second of it.
    assert "00:59:59;20 01:00:00;00 01:00:00;00 01:00:00;10" in edl.read_text()
    said = command(capsys, "timeline", "import", edl, "-o", tmp_path / "q.tratteggio").result
    assert said["clips"][0]["cuts"] == [0, 10, 30]
    assert load_project(tmp_path / "q.tratteggio").clips[0].media.rate == rate
