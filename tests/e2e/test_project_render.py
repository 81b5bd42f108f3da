"""`tratteggio render PROJECT`: everything comes out of the project, the master is verified, the rest is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.document import ClipWork, Document, Media, ShotWork, StageUse
from app.mask_plane import MaskPlane
from app.project_io import save_project
from engines.media.framemd5 import read_framemd5
from engines.media.open import open_source
from tests.app.report.report_kit import Elements
from tests.clips import write_clip
from tests.e2e.harness import command, render_here

FRAMES, WIDTH, HEIGHT = 14, 96, 64


def _clip(path: Path, clip_id: str, *shots: ShotWork) -> ClipWork:
    source = open_source(path)
    info = source.info
    source.close()
    media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    soft = np.zeros((HEIGHT, WIDTH), np.uint8)
    soft[20:34, 30:44], soft[22:32, 32:42] = 120, 255
    back = np.zeros((HEIGHT, WIDTH), np.uint8)
    back[26:40, 36:50] = 255
    painted = dict.fromkeys((3, 60) if info.frame_count > 60 else (3,), MaskPlane.of(soft))
    clip = ClipWork(clip_id, media, shots, cuts_known=True).with_layer("damage", painted)
    return clip.with_layer("original", {3: MaskPlane.of(back)})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one clip of two shots, soft damage and brought-back source on frame 3."""
    path = write_clip(tmp_path / "in.mkv", frames=FRAMES, pix_fmt="yuv420p")
    shots = (
        ShotWork(0, stages=(StageUse("inpaint"), StageUse("detail", enabled=False))),
        ShotWork(8, stages=(StageUse("inpaint"), StageUse("detail")), slider=0.5),
    )
    save_project(Document((_clip(path, "a", *shots),)), tmp_path / "work.tratteggio")
    return tmp_path / "work.tratteggio"


def test_a_project_renders_into_a_master_that_verifies(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = project.with_name("out.mkv")
    outcome = render_here(project, "-o", out)
    assert outcome.code == 0, outcome.sentence
    verified = command(capsys, "verify", out)
    assert verified.code == 0, verified.sentence
    shares = verified.result["shares"]
    assert shares["ESTIMATED"] + shares["SYNTHESISED"] == pytest.approx(6 / 14)
    assert 0 < verified.result["shares"]["TRANSPORTED"] < 0.1
    manifest = json.loads(out.with_name("out.mkv.tratteggio.json").read_text())
    assert manifest["shots"] == [0, 8]
    assert [stage["name"] for stage in manifest["stages"]] == ["painted", "inpaint", "detail", "original"]
    detail = manifest["stages"][2]
    assert detail["settings"]["from frame 0"] is None
    assert list(detail["computed"]) == ["from frame 8"]
    assert detail["settings"]["from frame 8"]["perceptual"] == 0.5
    assert manifest["project"] == str(project)
    report = Elements(out.with_name("out.mkv.report.html").read_text()).text
    assert "from frame 0off" in report
    assert "from frame 8as above" in report
    assert sorted(p.name for p in project.parent.iterdir() if p.name.endswith((".parts", ".lock"))) == []


def test_one_shot_edited_renders_one_shot_again(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "in.mkv", frames=96)
    project, out = tmp_path / "work.tratteggio", tmp_path / "out.mkv"
    shots = (ShotWork(0, stages=(StageUse("inpaint"),)), ShotWork(48, stages=(StageUse("inpaint"),)))
    save_project(Document((_clip(path, "a", *shots),)), project)
    first = render_here(project, "-o", out)
    edited = (shots[0], ShotWork(48, stages=(StageUse("inpaint", settings={"search": "2"}),)))
    save_project(Document((_clip(path, "a", *edited),)), project)
    again = render_here(project, "-o", out, "--force")
    assert first.result["segments"] == {"rendered": 4, "reused": 0}
    assert again.result["segments"] == {"rendered": 1, "reused": 3}


def test_one_of_several_clips_is_chosen_by_number(project: Path) -> None:
    folder = project.parent
    other = write_clip(folder / "other.mkv", frames=5)
    save_project(
        Document((_clip(folder / "in.mkv", "a", ShotWork(0)), _clip(other, "b", ShotWork(0)))),
        folder / "two.tratteggio",
    )
    asked = render_here(folder / "two.tratteggio", "-o", folder / "out.mkv")
    assert "holds 2 clips. Choose one with --clip: 1 in.mkv, 2 other.mkv" in asked.sentence
    assert "has no clip 3" in render_here(folder / "two.tratteggio", "-o", folder / "out.mkv", "--clip", 3).sentence
    done = render_here(folder / "two.tratteggio", "-o", folder / "out.mkv", "--clip", 2, "--frames", "1-3")
    assert done.code == 0, done.sentence
    assert len(read_framemd5(folder / "out.mkv.framemd5")) == 3


@pytest.mark.parametrize(
    "option", [("--stage", "detail"), ("--masks", "."), ("--slider", "0.5"), ("--missing", "hold"), ("--deinterlace",)]
)
def test_what_the_project_says_cannot_be_said_again(project: Path, option: tuple[str, ...]) -> None:
    refused = render_here(project, "-o", project.with_name("out.mkv"), *option)
    assert refused.sentence.startswith(f"A project says itself what {option[0]} would say.")
    assert not list(project.parent.glob("out.mkv*"))


def test_a_clip_number_needs_a_project(project: Path) -> None:
    refused = render_here(project.with_name("in.mkv"), "-o", project.with_name("out.mkv"), "--clip", 1)
    assert "--clip chooses among the clips of a project" in refused.sentence
