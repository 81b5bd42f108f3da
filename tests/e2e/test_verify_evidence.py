"""A master explains itself: its log says everything, `verify` finds whatever was changed and renders frames again."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.audit.entry import Entry
from app.audit.log import read_log
from app.document import ClipWork, Document, Media, ShotWork, StageUse
from app.export.events import Event
from app.export.paths import master_paths
from app.export.verify import verify
from app.mask_plane import MaskPlane
from app.project_io import save_project
from engines.errors import MediaError, RenderError, TratteggioError
from engines.masks import write_mask
from engines.media.open import open_source
from engines.models.registry import weights_folder
from tests.clips import write_clip
from tests.e2e.harness import command, render_here
from tests.forgery import forge

FRAMES, WIDTH, HEIGHT = 12, 96, 64


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with in.mkv, masks and a reversible, forensic-free out.mkv whose damage was repaired."""
    folder = tmp_path_factory.mktemp("evidence")
    write_clip(folder / "in.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)
    for number in (3, 7):
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        cv2.circle(mask, (30 + number, 25), 5, 255, -1)
        write_mask(folder / "masks", number, mask > 0)
    outcome = render_here(*_argv(folder, "out.mkv"), "--case", "2026/7", "--reversible")
    assert outcome.code == 0, outcome.sentence
    return folder


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    """The same in a folder of the test's own; the source and the masks still are where the job says."""
    for path in made.iterdir():
        if path.is_file():
            shutil.copy2(path, tmp_path)
    return tmp_path


def _argv(folder: Path, out: str) -> list[object]:
    masks = ["--masks", folder / "masks", "--stage", "inpaint"]
    return [folder / "in.mkv", "-o", folder / out, *masks]


def _quiet(_event: Event) -> None:
    return None


def _of(entries: tuple[Entry, ...], event: str) -> list[Any]:
    return [entry.facts for entry in entries if entry.event == event]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_log_says_what_was_asked_what_computed_it_what_was_read_and_what_was_written(made: Path) -> None:
    log = read_log(made / "out.mkv.audit.jsonl")
    (started,) = _of(log, "started")
    assert started["case"]["case"] == "2026/7"
    assert started["job"]["stages"] == [{"name": "inpaint", "settings": {}, "enabled": True}]
    assert {"torch", "numpy", "av", "ffmpeg", "opencv", "processor", "device", "torch threads"} <= set(
        started["environment"]
    )
    (masks,) = _of(log, "masks")
    assert (masks["layer"], masks["count"]) == ("masks", 2)
    (listed,) = _of(log, "masks files")
    assert listed["files"] == {p.name: _sha256(p) for p in (made / "masks").iterdir()}
    (source,) = _of(log, "source")
    assert source["sha256"] == _sha256(made / "in.mkv")
    assert source["md5"] == hashlib.md5((made / "in.mkv").read_bytes(), usedforsecurity=False).hexdigest()
    painted, inpaint = _of(log, "stage")
    assert painted["weights"] == []
    assert inpaint["settings"]["search"] > 0
    (weights,) = inpaint["weights"]
    assert weights["sha256"] == _sha256(weights_folder() / "fill.safetensors")
    assert weights["statement"]["recipe"] == "engines/training/fill.py"
    assert inpaint["frames"] == [0, FRAMES - 1]
    assert [facts["frames"] for facts in _of(log, "segment")] == [[0, FRAMES - 1]]
    (finished,), (sealed,) = _of(log, "finished"), _of(log, "sealed")
    written = {**finished["files"], **sealed["files"]}
    assert written == {name: _sha256(made / name) for name in written}
    beside = {path.name for path in made.iterdir() if path.name.startswith("out.mkv")}
    assert set(written) == beside - {"out.mkv.audit.jsonl"}


def test_the_manifest_knows_the_log_and_the_whole_job(made: Path) -> None:
    manifest = json.loads((made / "out.mkv.tratteggio.json").read_text())
    log = read_log(made / "out.mkv.audit.jsonl")
    assert manifest["audit"]["head"] == log[manifest["audit"]["entries"] - 1].digest
    assert log[-1].event == "sealed"
    assert manifest["job"] == _of(log, "started")[0]["job"]
    assert manifest["identity"]["sha256"] == _sha256(made / "in.mkv")
    assert manifest["environment"] == _of(log, "started")[0]["environment"]


def test_everything_is_verified_and_frames_are_rendered_again(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = command(capsys, "verify", made / "out.mkv", "--rerun", 4, "--seed", 5)
    assert outcome.code == 0, outcome.sentence
    result = outcome.result
    assert result["source_identified"]
    assert result["delta_frames"] == FRAMES
    assert "out.mkv.report.html" in result["files"]
    assert result["rerun"]["seed"] == 5
    assert result["rerun"]["pixels"]
    assert len(set(result["rerun"]["frames"])) == 4
    again = command(capsys, "verify", made / "out.mkv", "--rerun", 4, "--seed", 5)
    assert again.result["rerun"] == result["rerun"]
    # As many as there are: the repaired ones among them.
    assert verify(made / "out.mkv", None, _quiet, rerun=99)["rerun"]["frames"] == tuple(range(FRAMES))


def test_any_bit_of_any_file_beside_a_master_is_found_and_the_file_named(copied: Path) -> None:
    files = [path for path in sorted(copied.iterdir()) if path.name.startswith("out.mkv")]
    assert len(files) == 9
    rng = random.Random(2)
    for path in files:
        content = path.read_bytes()
        for _ in range(3):
            place, bit = rng.randrange(len(content)), rng.randrange(8)
            path.write_bytes(content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :])
            with pytest.raises(TratteggioError) as refused:
                verify(copied / "out.mkv", None, _quiet)
            assert path.name in str(refused.value), (path.name, place, bit)
        path.write_bytes(content)
    assert verify(copied / "out.mkv", None, _quiet)["verified"]


def test_a_file_that_is_missing_is_named(copied: Path) -> None:
    for name in ("out.mkv.audit.jsonl", "out.mkv.delta.mkv", "out.mkv.report.html", "out.mkv.framemd5"):
        (copied / name).rename(copied / "away")
        with pytest.raises(MediaError, match=name):
            verify(copied / "out.mkv", None, _quiet)
        (copied / "away").rename(copied / name)


def test_a_log_cut_after_any_line_is_refused(copied: Path) -> None:
    path = copied / "out.mkv.audit.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for kept in range(len(lines)):
        path.write_bytes(b"".join(lines[:kept]))
        with pytest.raises(RenderError, match=r"out\.mkv\.audit\.jsonl was truncated: line"):
            verify(copied / "out.mkv", None, _quiet)


def test_another_whole_log_is_refused(copied: Path) -> None:
    assert render_here(*_argv_of(copied), "-o", copied / "other.mkv").code == 0
    shutil.copy2(copied / "other.mkv.audit.jsonl", copied / "out.mkv.audit.jsonl")
    with pytest.raises(RenderError, match=r"is not the one that out\.mkv\.tratteggio\.json names|was truncated"):
        verify(copied / "out.mkv", None, _quiet)


def _argv_of(folder: Path) -> list[object]:
    return [folder / "in.mkv"]


def test_a_log_that_leads_elsewhere_is_refused(copied: Path) -> None:
    forge(copied, change=lambda entry: entry.update(files={"../in.mkv": "0" * 64}) if "files" in entry else None)
    with pytest.raises(RenderError, match="names no proper file"):
        verify(copied / "out.mkv", None, _quiet)


def test_another_source_is_refused_and_named_and_a_missing_one_is_told(copied: Path) -> None:
    other = write_clip(copied / "other.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT, pix_fmt="yuv420p")
    with pytest.raises(RenderError, match=r"other\.mkv is not the file"):
        verify(copied / "out.mkv", other, _quiet)
    with pytest.raises(MediaError, match="--source"):
        verify(copied / "out.mkv", copied / "nowhere.mkv", _quiet)
    manifest = json.loads((copied / "out.mkv.tratteggio.json").read_text())
    manifest["source"] = str(copied / "nowhere.mkv")
    forge(copied, manifest=manifest)
    said: list[Event] = []
    result = verify(copied / "out.mkv", None, said.append)
    assert any("nowhere.mkv is gone" in event.get("text", "") for event in said)
    assert not result["source_identified"]
    assert result["source_samples_compared"] == 0


def test_a_source_whose_beginning_and_end_are_the_same_is_still_another(copied: Path) -> None:
    manifest = json.loads((copied / "out.mkv.tratteggio.json").read_text())
    identity = manifest["identity"]
    identity["sha256"] = identity["files"][0]["sha256"] = "0" * 64
    forge(copied, manifest=manifest)
    with pytest.raises(RenderError, match=r"in\.mkv is not the file that was restored: its SHA-256"):
        verify(copied / "out.mkv", None, _quiet)


def test_masks_are_found_beside_a_moved_master_and_changed_ones_are_refused(copied: Path, made: Path) -> None:
    elsewhere = str(copied / "gone")
    manifest = json.loads((copied / "out.mkv.tratteggio.json").read_text())
    manifest["job"]["masks"] = manifest["masks"] = elsewhere
    forge(
        copied, change=lambda facts: facts["job"].update(masks=elsewhere) if "job" in facts else None, manifest=manifest
    )
    with pytest.raises(RenderError, match=r"The masks that out\.mkv was made with are gone or were changed"):
        verify(copied / "out.mkv", None, _quiet, rerun=1)
    shutil.copytree(made / "masks", copied / "masks")
    assert verify(copied / "out.mkv", None, _quiet, rerun=FRAMES)["rerun"]["pixels"]
    write_mask(copied / "masks", 3, np.ones((HEIGHT, WIDTH), np.bool_))
    with pytest.raises(RenderError, match=r"The masks that out\.mkv was made with are gone or were changed"):
        verify(copied / "out.mkv", None, _quiet, rerun=1)


def test_what_was_painted_in_a_project_is_painted_again_out_of_it(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "in.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)
    with closing(open_source(path)) as source:
        info = source.info
    media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    spot = np.zeros((HEIGHT, WIDTH), np.uint8)
    spot[20:30, 30:40] = 255
    shots = (ShotWork(0, stages=(StageUse("inpaint"),)),)
    clip = ClipWork("a", media, shots, cuts_known=True).with_layer("damage", {3: MaskPlane.of(spot)})
    save_project(Document((clip,)), tmp_path / "work.tratteggio")
    assert render_here(tmp_path / "work.tratteggio", "-o", tmp_path / "out.mkv").code == 0
    (masks,) = _of(read_log(tmp_path / "out.mkv.audit.jsonl"), "masks")
    assert not Path(masks["folder"]).exists()
    assert verify(tmp_path / "out.mkv", None, _quiet, rerun=FRAMES)["rerun"]["pixels"]
    spot[0, 0] = 255
    save_project(Document((clip.with_layer("damage", {3: MaskPlane.of(spot)}),)), tmp_path / "work.tratteggio")
    with pytest.raises(RenderError, match=r"work\.tratteggio was changed since"):
        verify(tmp_path / "out.mkv", None, _quiet, rerun=1)


def test_other_weights_are_refused_and_named(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(weights_folder(), tmp_path / "weights")
    changed = tmp_path / "weights" / "fill.safetensors"
    content = bytearray(changed.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    monkeypatch.setattr("engines.models.registry.weights_folder", lambda: tmp_path / "weights")
    with pytest.raises(RenderError, match=r"Stage inpaint computed with weights fill of SHA-256"):
        verify(made / "out.mkv", None, _quiet, rerun=1)


def test_another_setting_is_refused_even_where_manifest_and_log_were_forged_alike(copied: Path) -> None:
    manifest = json.loads((copied / "out.mkv.tratteggio.json").read_text())
    stages = [{"name": "inpaint", "settings": {"search": "1"}, "enabled": True}]
    manifest["job"]["stages"] = stages
    forge(
        copied, change=lambda facts: facts["job"].update(stages=stages) if "job" in facts else None, manifest=manifest
    )
    with pytest.raises(RenderError, match="Stage inpaint is not what it was"):
        verify(copied / "out.mkv", None, _quiet, rerun=1)


def test_pictures_of_another_render_are_found_by_rendering_again(copied: Path) -> None:
    """Whoever changes pixels and then forges every checksum and the whole log is found out by the pipeline itself."""
    plain = render_here(copied / "in.mkv", "-o", copied / "plain.mkv", "--stage", "grade:gamma=1.1")
    assert plain.code == 0, plain.sentence
    genuine = render_here(copied / "in.mkv", "-o", copied / "genuine.mkv", "--stage", "grade:gamma=1.2")
    assert genuine.code == 0, genuine.sentence
    paths, other = master_paths(copied / "genuine.mkv"), master_paths(copied / "plain.mkv")
    shutil.copy2(other.master, paths.master)
    shutil.copy2(other.framemd5, paths.framemd5)
    forge(copied, "genuine.mkv")
    assert verify(paths.master, None, _quiet)["verified"]
    with pytest.raises(RenderError, match=r"Frame \d+, rendered again, differs from the master: [\d,]+ samples"):
        verify(paths.master, None, _quiet, rerun=1)


def test_a_lossy_master_is_rendered_again_by_its_provenance(tmp_path: Path) -> None:
    write_clip(tmp_path / "in.mkv", frames=FRAMES, pix_fmt="yuv420p")
    outcome = render_here(
        tmp_path / "in.mkv", "-o", tmp_path / "out.mp4", "--preset", "h264", "--stage", "grade:gamma=1.2"
    )
    assert outcome.code == 0, outcome.sentence
    result = verify(tmp_path / "out.mp4", None, _quiet, rerun=2)
    assert not result["rerun"]["pixels"]
    assert result["source_identified"]


@pytest.mark.parametrize("out", ["stills/frame_%06d.tif", "folder"])
def test_every_still_of_a_sequence_is_in_the_log(tmp_path: Path, out: str) -> None:
    write_clip(tmp_path / "in.mkv", frames=5, pix_fmt="gbrp16le")
    (tmp_path / "stills").mkdir()
    outcome = render_here(tmp_path / "in.mkv", "-o", tmp_path / out, "--preset", "tiff", "--stage", "grade:gamma=1.2")
    assert outcome.code == 0, outcome.sentence
    result = verify(tmp_path / out, None, _quiet, rerun=2)
    assert sum(name.endswith(".tif") for name in result["files"]) == 5
    still = next((tmp_path / out).parent.glob("**/*3.tif"))
    content = bytearray(still.read_bytes())
    content[len(content) // 2] ^= 16
    still.write_bytes(content)
    with pytest.raises(TratteggioError, match=still.name):
        verify(tmp_path / out, None, _quiet)


def test_a_replaced_masters_log_is_known_by_its_head(copied: Path) -> None:
    before = read_log(copied / "out.mkv.audit.jsonl")
    outcome = render_here(copied / "in.mkv", "-o", copied / "out.mkv", "--force")
    assert outcome.code == 0, outcome.sentence
    (replaced,) = _of(read_log(copied / "out.mkv.audit.jsonl"), "replaces")
    assert (replaced["head"], replaced["entries"]) == (before[-1].digest, len(before))
    # What only the older master had is not left beside the new one.
    assert not (copied / "out.mkv.delta.mkv").exists()
    assert verify(copied / "out.mkv", None, _quiet)["verified"]


def test_older_masters_without_a_log_still_verify_and_say_so(copied: Path) -> None:
    manifest = json.loads((copied / "out.mkv.tratteggio.json").read_text())
    for name in ("audit", "job", "identity", "environment"):
        manifest.pop(name)
    (copied / "out.mkv.tratteggio.json").write_text(json.dumps(manifest))
    with pytest.raises(RenderError, match="names no audit log"):
        verify(copied / "out.mkv", None, _quiet)
    (copied / "out.mkv.audit.jsonl").unlink()
    said: list[Event] = []
    assert verify(copied / "out.mkv", None, said.append)["verified"]
    assert any("no audit log" in event.get("text", "") for event in said)
    with pytest.raises(MediaError, match="Without an audit log"):
        verify(copied / "out.mkv", None, _quiet, rerun=1)
