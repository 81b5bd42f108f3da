"""`tratteggio package` and `render --package`: from a project to a package that others validate and we render again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.data_folder import HOME_VARIABLE
from app.document import ClipWork, Document, Media, ShotWork, StageUse
from app.mask_plane import MaskPlane
from app.project_io import load_project, save_project
from engines.media.open import open_source
from tests.clips import write_clip
from tests.e2e.harness import command, render_here


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test certificates are kept in a data folder of the test's own."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))


def paint(project: Path, source: Path, size: int) -> None:
    """A project of one clip with a damaged square of `size` pixels on frame 3, and one that is protected."""
    held = open_source(source)
    info = held.info
    held.close()
    damage, protect = np.zeros((64, 96), np.uint8), np.zeros((64, 96), np.uint8)
    damage[20 : 20 + size, 30 : 30 + size], protect[40:50, 40:50] = 255, 255
    media = Media(source, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    clip = ClipWork("a", media, (ShotWork(0, stages=(StageUse("inpaint"),)),), cuts_known=True)
    clip = clip.with_layer("damage", {3: MaskPlane.of(damage)}).with_layer("protect", {3: MaskPlane.of(protect)})
    save_project(Document((clip,)), project)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    source = write_clip(tmp_path / "in.mkv", frames=8)
    paint(tmp_path / "work.tratteggio", source, 8)
    return tmp_path / "work.tratteggio"


def test_a_project_is_packaged_with_its_masks(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project.parent
    assert render_here(project, "-o", folder / "out.mkv", "--case", "7/26", "--examiner", "A. B.").code == 0
    made = command(capsys, "package", folder / "out.mkv", "-o", folder / "package", "--rerun", 2, "--seed", 4)
    assert made.code == 0, made.sentence
    assert made.result["verified"]["rerun"]["seed"] == 4
    data = folder / "package" / "data"
    assert (data / "masks" / "000003.png").is_file()
    assert (data / "protect" / "000003.png").is_file()
    packed = load_project(data / "project" / "work.tratteggio")
    assert packed == load_project(project)
    assert "External-Identifier: 7/26" in (folder / "package" / "bag-info.txt").read_text("utf-8")
    for path in (project, folder / "work.masks"):
        path.rename(path.with_name(f"gone-{path.name}"))
    again = command(capsys, "verify", folder / "package", "--rerun", 8)
    assert again.code == 0, again.sentence
    assert again.result["rerun"]["frames"] == list(range(8))


def test_a_project_that_was_painted_on_since_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project.parent
    assert render_here(project, "-o", folder / "out.mkv").code == 0
    paint(project, folder / "in.mkv", 9)
    made = command(capsys, "package", folder / "out.mkv", "-o", folder / "package")
    assert made.code == 1
    assert "was changed since" in made.sentence
    assert not (folder / "package").exists()


def test_rendered_and_packaged_in_one_action(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project.parent
    made = command(
        capsys, "render", project, "-o", folder / "out.mkv", "--package", folder / "package", "--move", "--unsigned"
    )
    assert made.code == 0, made.sentence
    assert made.result["package"] == str(folder / "package")
    assert not list(folder.glob("out.mkv*"))
    assert not list((folder / "package" / "data").glob("*.c2pa"))
    original = command(capsys, "verify", folder / "package")
    assert original.code == 0, original.sentence


def test_what_cannot_be_is_refused_before_anything_is_rendered(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project.parent
    (folder / "there").mkdir()
    for told in (["there"], ["no/where"], ["package", "--unsigned", "--key", "x"]):
        made = command(capsys, "render", project, "-o", folder / "out.mkv", "--package", folder / told[0], *told[1:])
        assert made.code == 1
        assert not list(folder.glob("out.mkv*"))
    lacking = command(capsys, "package", folder / "none.mkv", "-o", folder / "package")
    assert "is not beside the master" in lacking.sentence
