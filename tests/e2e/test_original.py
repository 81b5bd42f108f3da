"""Reversible masters as their users make them: whatever was done, `original` gives the source's very frames again."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import tifffile

from app.cli import parse
from app.export.render import render
from app.export.segment_delta import summed_layout
from app.verbs.render import job_for
from engines.cancel import CancelToken
from engines.errors import Cancelled
from engines.masks import write_mask
from engines.media.dpx_write import new_header, write_dpx
from engines.media.framemd5 import frame_md5
from engines.media.open import open_source
from engines.media.readback import decoded_hashes
from tests.clips import clip_frame, write_clip
from tests.e2e.harness import Outcome, command, render_here

FRAMES = 4
GRADE = ("--stage", "grade:gain_rgb=1.1,1,0.9,gamma=1.2")
Capsys = pytest.CaptureFixture[str]


def dpx(folder: Path) -> Path:
    folder.mkdir()
    for n in range(FRAMES):
        header = new_header(Fraction(18), f"01:00:00:{n:02}") + b"scanner's own" * 30
        write_dpx(folder / f"scan_{n + 40:05d}.dpx", clip_frame(n, 64, 48, "gbrp10le"), header)
    return folder


def tiff(folder: Path) -> Path:
    folder.mkdir()
    for n in range(FRAMES):
        samples = np.stack(clip_frame(n, 64, 48, "rgb48le").planes, axis=-1)
        tifffile.imwrite(folder / f"{n:04d}.tif", samples, photometric="rgb", rowsperstrip=7)
    return folder


def source_of(kind: str, folder: Path) -> Path:
    if kind == "dpx":
        return dpx(folder / "scans")
    if kind == "tiff":
        return tiff(folder / "scans")
    return write_clip(
        folder / "in.mkv", frames=FRAMES, pix_fmt=kind, audio=True, timecode="01:00:00:00", width=64, height=48
    )


def sums(path: Path) -> list[str]:
    """MD5 of every frame in the layout that the file has."""
    with closing(open_source(path)) as source:
        layout = summed_layout(source.info)
        return [frame_md5(source.read(number), layout) for number in range(source.info.frame_count)]


def original(capsys: Capsys, master: Path, out: Path, *more: str) -> Outcome:
    return command(capsys, "original", master, "-o", out, *more)


def masks(folder: Path) -> Path:
    folder.mkdir()
    for number in range(FRAMES):
        mask = np.zeros((48, 64), dtype=np.uint8)
        mask[10 + number : 16 + number, 20:30] = 255
        write_mask(folder, number, mask)
    return folder


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["yuv420p", "yuv422p10le", "gbrp16le", "dpx", "tiff"])
def test_the_source_comes_back_after_repair_deflicker_fade_and_detail(
    kind: str, tmp_path: Path, capsys: Capsys
) -> None:
    source = source_of(kind, tmp_path)
    stages = [part for name in ("deflicker", "inpaint", "fade", "detail:scale=1") for part in ("--stage", name)]
    done = render_here(
        source, "-o", tmp_path / "out.mkv", *stages, "--masks", masks(tmp_path / "masks"), "--reversible"
    )
    assert done.code == 0, done.sentence
    assert done.result["shares"]["SOURCE"] < 0.5
    delta = done.result["delta"]
    assert delta["bytes"] == (tmp_path / "out.mkv.delta.mkv").stat().st_size
    assert delta["share"] == pytest.approx(delta["bytes"] / delta["master_bytes"], abs=1e-5)
    moved = tmp_path / "gone"
    source.rename(moved)
    back = tmp_path / ("back.mkv" if source.suffix else "back")
    outcome = original(capsys, tmp_path / "out.mkv", back)
    assert outcome.code == 0, outcome.sentence
    assert sums(back) == sums(moved)
    if not source.suffix:
        assert {p.name: p.read_bytes() for p in back.iterdir()} == {p.name: p.read_bytes() for p in moved.iterdir()}
        assert outcome.result["byte_identical_files"] == FRAMES


@pytest.mark.parametrize(
    ("out", "stages"),
    [
        ("out.mkv", ("--stage", "detail:scale=2,noise=3,compression=0")),
        ("out.mkv", ("--deinterlace",)),
        ("out.mp4", GRADE),
        ("out.mov", GRADE),
        ("out.tif", GRADE),
        ("out%04d.png", GRADE),
    ],
)
def test_another_size_layout_or_a_lossy_master_can_go_back_as_well(
    out: str, stages: tuple[str, ...], tmp_path: Path, capsys: Capsys
) -> None:
    count = 1 if out == "out.tif" else FRAMES
    width, height = (256, 128) if out == "out.mov" else (64, 48)
    source = write_clip(tmp_path / "in.mkv", frames=count, pix_fmt="yuv420p", width=width, height=height)
    done = render_here(source, "-o", tmp_path / out, *stages, "--reversible")
    assert done.code == 0, done.sentence
    outcome = original(capsys, tmp_path / out, tmp_path / "back.mkv")
    assert outcome.code == 0, outcome.sentence
    assert sums(tmp_path / "back.mkv") == sums(source)


def test_times_sound_timecode_and_tags_are_the_sources(tmp_path: Path, capsys: Capsys) -> None:
    source = source_of("yuv422p10le", tmp_path)
    assert render_here(source, "-o", tmp_path / "out.mkv", *GRADE, "--reversible").code == 0
    assert original(capsys, tmp_path / "out.mkv", tmp_path / "back.mkv").code == 0
    ours, theirs = open_source(tmp_path / "back.mkv").info, open_source(source).info
    for name in ("pts", "time_base", "timecode", "sar", "colour", "rate", "native_format", "field_order"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert _sound(tmp_path / "back.mkv") == _sound(source)


def _sound(path: Path) -> list[tuple[int | None, bytes]]:
    with av.open(str(path)) as file:
        return [(packet.pts, bytes(packet)) for packet in file.demux(file.streams.audio[0]) if packet.size]


def test_some_frames_come_back_as_those_frames(tmp_path: Path, capsys: Capsys) -> None:
    scans = dpx(tmp_path / "scans")
    done = render_here(scans, "-o", tmp_path / "out.mkv", *GRADE, "--reversible", "--frames", "1-2")
    assert done.code == 0, done.sentence
    outcome = original(capsys, tmp_path / "out.mkv", tmp_path / "back")
    assert outcome.code == 0, outcome.sentence
    assert any("1-2 of the source's 4" in event.get("text", "") for event in outcome.events)
    found = {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()}
    assert found == {f"scan_{n:05d}.dpx": (scans / f"scan_{n:05d}.dpx").read_bytes() for n in (41, 42)}
    refused = original(capsys, tmp_path / "out.mkv", tmp_path / "back", "--force")
    assert refused.code == 1
    assert "not empty" in refused.sentence


def test_a_missing_still_stays_missing(tmp_path: Path, capsys: Capsys) -> None:
    scans = dpx(tmp_path / "scans")
    (scans / "scan_00041.dpx").unlink()
    done = render_here(scans, "-o", tmp_path / "out.mkv", *GRADE, "--reversible", "--missing", "hold")
    assert done.code == 0, done.sentence
    outcome = original(capsys, tmp_path / "out.mkv", tmp_path / "back")
    assert outcome.code == 0, outcome.sentence
    assert any("Frame 1 of the source could not be read" in event.get("text", "") for event in outcome.events)
    assert {p.name: p.read_bytes() for p in (tmp_path / "back").iterdir()} == {
        p.name: p.read_bytes() for p in scans.iterdir()
    }


def test_stills_of_any_kind_come_back_as_files_or_as_other_stills(tmp_path: Path, capsys: Capsys) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for n in range(FRAMES):
        grey = np.rint(clip_frame(n, 64, 48, "gray").planes[0])
        assert cv2.imwrite(str(photos / f"{n:04d}.jpg"), grey)
    assert render_here(photos, "-o", tmp_path / "out.mkv", *GRADE, "--reversible").code == 0
    assert original(capsys, tmp_path / "out.mkv", tmp_path / "back").code == 0
    assert {p.name: p.read_bytes() for p in (tmp_path / "back").iterdir()} == {
        p.name: p.read_bytes() for p in photos.iterdir()
    }
    scans = tiff(tmp_path / "scans")
    assert render_here(scans, "-o", tmp_path / "graded.mkv", *GRADE, "--reversible").code == 0
    for name in ("again%03d.png", "again.mkv"):
        outcome = original(capsys, tmp_path / "graded.mkv", tmp_path / name)
        assert outcome.code == 0, outcome.sentence
        assert _samples(tmp_path / name) == _samples(scans)


def _samples(path: Path) -> list[list[bytes]]:
    with closing(open_source(path)) as source:
        return [[plane.tobytes() for plane in source.read(n).planes] for n in range(source.info.frame_count)]


def test_untouched_masters_need_no_delta_and_others_are_refused(tmp_path: Path, capsys: Capsys) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=3, pix_fmt="yuv420p", width=64, height=48)
    assert render_here(source, "-o", tmp_path / "same.mkv").code == 0
    assert original(capsys, tmp_path / "same.mkv", tmp_path / "back.mkv").code == 0
    assert sums(tmp_path / "back.mkv") == sums(source)
    assert render_here(source, "-o", tmp_path / "graded.mkv", *GRADE).code == 0
    assert (
        render_here(source, "-o", tmp_path / "large.mkv", "--stage", "detail:scale=2,noise=3,compression=0").code == 0
    )
    for name, words in (("graded", "not the source's"), ("large", "128x96 yuv420p, the source's 64x48 yuv420p")):
        refused = original(capsys, tmp_path / f"{name}.mkv", tmp_path / "no.mkv")
        assert refused.code == 1
        assert words in refused.sentence
        assert "--reversible" in refused.sentence
        assert not (tmp_path / "no.mkv").exists()


def test_little_changed_is_little_kept(tmp_path: Path) -> None:
    source = source_of("yuv422p10le", tmp_path)
    stages = ("--stage", "inpaint", "--masks", str(masks(tmp_path / "masks")))
    done = render_here(source, "-o", tmp_path / "out.mkv", *stages, "--reversible")
    assert done.code == 0, done.sentence
    assert done.result["delta"]["share"] < 0.06


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graded")
    source = write_clip(folder / "in.mkv", frames=FRAMES, pix_fmt="yuv420p", width=64, height=48)
    assert render_here(source, "-o", folder / "out.mkv", *GRADE, "--reversible").code == 0
    return folder


def test_any_flipped_bit_of_the_delta_is_found_and_named(graded: Path, tmp_path: Path, capsys: Capsys) -> None:
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    delta = tmp_path / "out.mkv.delta.mkv"
    whole = delta.read_bytes()
    rng = random.Random(7)
    for _ in range(20):
        at, bit = rng.randrange(len(whole)), rng.randrange(8)
        delta.write_bytes(whole[:at] + bytes((whole[at] ^ 1 << bit,)) + whole[at + 1 :])
        refused = original(capsys, tmp_path / "out.mkv", tmp_path / "back.mkv")
        assert refused.code == 1
        assert "out.mkv.delta.mkv was changed" in refused.sentence
        assert not list(tmp_path.glob("*back*"))
    delta.unlink()
    assert "missing" in original(capsys, tmp_path / "out.mkv", tmp_path / "back.mkv").sentence


def test_a_package_gives_the_source_as_its_master_does(graded: Path, tmp_path: Path, capsys: Capsys) -> None:
    bag = tmp_path / "bag"
    (bag / "data").mkdir(parents=True)
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    for path in graded.glob("out.mkv*"):
        shutil.copy(path, bag / "data")
    for number, master in enumerate((bag, bag / "data" / "out.mkv")):
        outcome = original(capsys, master, tmp_path / f"back{number}.mkv")
        assert outcome.code == 0, outcome.sentence
        assert sums(tmp_path / f"back{number}.mkv") == sums(graded / "in.mkv")


def test_a_changed_master_gives_no_source(graded: Path, tmp_path: Path, capsys: Capsys) -> None:
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    other = write_clip(tmp_path / "other.mkv", frames=FRAMES, pix_fmt="yuv420p", width=64, height=48)
    other.replace(tmp_path / "out.mkv")
    refused = original(capsys, tmp_path / "out.mkv", tmp_path / "back.mkv")
    assert refused.code == 1
    assert "out.mkv was changed" in refused.sentence
    assert not list(tmp_path.glob("*back*"))


def test_what_a_manifest_says_is_not_trusted(graded: Path, tmp_path: Path, capsys: Capsys) -> None:
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "out.mkv.tratteggio.json"
    held = json.loads(path.read_text())
    changes: tuple[dict[str, object], ...] = (
        {"width": 1 << 40},
        {"width": "96"},
        {"names": ["../x"] * FRAMES},
        {"pts": []},
        {"rate": "1/0"},
        {"layout": {"family": "rgb", "depth": 99}},
        {"md5": ["x"] * FRAMES},
        {"unknown": 1},
        {"sar": 5},
    )
    for change in changes:
        path.write_text(json.dumps(held | {"reversal": held["reversal"] | change}))
        refused = original(capsys, tmp_path / "out.mkv", tmp_path / "back.mkv")
        assert refused.code == 1
        assert "damaged" in refused.sentence, change
        assert not list(tmp_path.glob("*back*"))


def test_nothing_is_overwritten_unasked(graded: Path, tmp_path: Path, capsys: Capsys) -> None:
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    back = tmp_path / "back.mkv"
    back.write_text("mine")
    assert "--force" in original(capsys, tmp_path / "out.mkv", back).sentence
    assert back.read_text() == "mine"
    assert original(capsys, tmp_path / "out.mkv", back, "--force").code == 0
    assert sums(back) == sums(graded / "in.mkv")
    for name, words in (
        ("out.mkv", "of the master itself"),
        ("back.mov", ".mkv"),
        ("back.dpx", "yuv420p"),
        ("no/back.mkv", "does not exist"),
    ):
        refused = original(capsys, tmp_path / "out.mkv", tmp_path / name, "--force")
        assert refused.code == 1
        assert words in refused.sentence, name
    assert sums(tmp_path / "out.mkv") == sums(graded / "out.mkv")


def test_a_stopped_render_goes_on_and_older_pictures_get_their_delta(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=52, pix_fmt="yuv420p", width=64, height=48)
    assert render_here(source, "-o", tmp_path / "whole.mkv", *GRADE, "--reversible").code == 0
    cancel = CancelToken()

    def stop(event: object) -> None:
        if isinstance(event, dict) and event.get("phase") == "render" and event["n"] >= 40:
            cancel.cancel()

    arguments = ["render", str(source), "-o", str(tmp_path / "stopped.mkv"), *GRADE, "--reversible"]
    with job_for(parse(arguments)) as job, pytest.raises(Cancelled):
        render(job, stop, cancel)
    journal = tmp_path / "stopped.mkv.parts" / "journal.jsonl"
    assert any(json.loads(line)["delta"] for line in journal.read_text().splitlines())
    went_on = render_here(source, "-o", tmp_path / "stopped.mkv", *GRADE, "--reversible")
    assert went_on.result["segments"]["reused"] >= 1
    assert render_here(source, "-o", tmp_path / "later.mkv", *GRADE).code == 0
    assert not (tmp_path / "later.mkv.delta.mkv").exists()
    later = render_here(source, "-o", tmp_path / "later.mkv", *GRADE, "--reversible", "--force")
    assert later.result["segments"] == {"rendered": 0, "reused": 3}
    wanted = _digest(tmp_path / "whole.mkv.delta.mkv")
    assert _digest(tmp_path / "stopped.mkv.delta.mkv") == wanted
    assert _digest(tmp_path / "later.mkv.delta.mkv") == wanted


def _digest(delta: Path) -> str:
    return hashlib.sha256("".join(decoded_hashes(delta)).encode()).hexdigest()
