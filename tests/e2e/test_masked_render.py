"""With a mask: everything outside it is bit-identical, `verify` proves that and catches a single flipped sample."""

from __future__ import annotations

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from engines.masks import Mask, write_mask
from engines.media.framemd5 import frame_md5
from engines.media.open import open_source
from engines.media.planes import to_av
from engines.provenance import Origin, chroma_cells
from engines.provenance_track import unpack
from engines.types import Frame
from tests.clips import write_clip
from tests.e2e.harness import command, render_here
from tests.fakes import sharing_chroma
from tests.forgery import forge

FRAMES, WIDTH, HEIGHT = 14, 96, 64


def _blob(x: int, y: int, radius: int) -> Mask:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(mask, (x, y), radius, 255, -1)
    return np.asarray(mask > 0)


def _masks(folder: Path) -> dict[int, Mask]:
    masks = {3: _blob(31, 21, 5), 4: _blob(60, 45, 7), 9: _blob(5, 5, 6)}
    for number, mask in masks.items():
        write_mask(folder, number, mask)
    return masks


@pytest.fixture(params=["yuv420p", "yuv422p10le", "gbrp16le", "gray16le"])
def rendered(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with in.mkv, masks and the restored out.mkv."""
    write_clip(tmp_path / "in.mkv", frames=FRAMES, pix_fmt=request.param)
    _masks(tmp_path / "masks")
    outcome = render_here(
        tmp_path / "in.mkv", "-o", tmp_path / "out.mkv", "--masks", tmp_path / "masks", "--stage", "inpaint"
    )
    assert outcome.code == 0, outcome.sentence
    return tmp_path


def test_every_sample_outside_the_mask_is_the_sources(rendered: Path) -> None:
    source, master = open_source(rendered / "in.mkv"), open_source(rendered / "out.mkv")
    track = open_source(rendered / "out.mkv.provenance.mkv")
    masks = {int(p.stem): np.asarray(Image.open(p)) > 127 for p in (rendered / "masks").iterdir()}
    changed = 0
    for number in range(FRAMES):
        ours, theirs = master.read(number), source.read(number)
        layout = theirs.format
        mask = masks.get(number, np.zeros((HEIGHT, WIDTH), bool))
        for index, (a, b) in enumerate(zip(ours.planes, theirs.planes, strict=True)):
            sub = layout.family == "yuv" and index in (1, 2)
            inside = chroma_cells(mask, layout.chroma_x, layout.chroma_y) if sub else mask
            assert np.array_equal(a[~inside], b[~inside]), (number, index)
            changed += int(np.count_nonzero(a != b))
        labels = unpack(track.read(number)).labels
        assert (labels[~sharing_chroma(mask, layout)] == Origin.SOURCE).all()
        assert (labels[mask] >= Origin.TRANSPORTED).all()
    # A pan by whole pixels: many samples come back exactly.
    assert changed > 30


def test_the_hole_is_given_back_what_other_frames_show(rendered: Path) -> None:
    labels = np.concatenate([unpack(open_source(rendered / "out.mkv.provenance.mkv").read(n)).labels for n in (3, 4)])
    repaired = labels[labels != Origin.SOURCE]
    assert (repaired == Origin.TRANSPORTED).mean() > 0.9


def test_verify_proves_it(rendered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verified = command(capsys, "verify", rendered / "out.mkv")
    assert verified.code == 0, verified.sentence
    assert 0 < verified.result["shares"]["TRANSPORTED"] < 0.1


def _with_one_sample_flipped(folder: Path) -> tuple[int, Frame]:
    """Rewrite the master as a forger would: one sample of frame 7, outside every mask, off by one code."""
    source = open_source(folder / "out.mkv")
    info = source.info
    frames = [source.read(n) for n in range(FRAMES)]
    planes = [plane.copy() for plane in frames[7].planes]
    planes[0][50, 80] ^= 1
    frames[7] = frames[7].with_planes(tuple(planes))
    source.close()
    with av.open(str(folder / "forged.mkv"), "w") as sink:
        stream = sink.add_stream("ffv1", rate=24, options={"level": "3", "g": "1"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, info.native_format
        for frame in frames:
            sink.mux(stream.encode(to_av(frame, info.native_format)))
        sink.mux(stream.encode(None))
    (folder / "forged.mkv").replace(folder / "out.mkv")
    return 7, frames[7]


def test_one_flipped_sample_is_caught_by_the_checksums(rendered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _with_one_sample_flipped(rendered)
    verified = command(capsys, "verify", rendered / "out.mkv")
    assert verified.code == 1
    assert "Frame 7 of the master differs from its checksum" in verified.sentence


def test_one_flipped_sample_is_caught_by_the_source_even_with_forged_checksums_and_log(
    rendered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number, frame = _with_one_sample_flipped(rendered)
    sums = rendered / "out.mkv.framemd5"
    lines = sums.read_text().splitlines()
    first = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    row = lines[first + number].rsplit(",", 1)[0]
    lines[first + number] = f"{row}, {frame_md5(frame, open_source(rendered / 'out.mkv').info.native_format)}"
    sums.write_text("\n".join(lines) + "\n")
    verified = command(capsys, "verify", rendered / "out.mkv")
    assert verified.code == 1
    assert "out.mkv.framemd5 was changed or is damaged" in verified.sentence
    forge(rendered)
    verified = command(capsys, "verify", rendered / "out.mkv")
    assert verified.code == 1
    assert "Frame 7, plane 0, column 80, row 50: the sample is labelled SOURCE" in verified.sentence
    assert "was changed or is damaged" not in verified.sentence


def test_a_changed_source_is_noticed(rendered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_clip(rendered / "in.mkv", frames=FRAMES + 1)
    verified = command(capsys, "verify", rendered / "out.mkv")
    assert verified.code == 1
    assert "its content is another" in verified.sentence


def test_a_moved_source_is_named_on_the_command_line(rendered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rendered / "in.mkv").rename(rendered / "moved.mkv")
    alone = command(capsys, "verify", rendered / "out.mkv")
    assert any(
        "nothing was compared" in event.get("text", "") and "--source" in event["text"] for event in alone.events
    )
    assert not alone.result["source_identified"]
    assert alone.result["source_samples_compared"] == 0
    named = command(capsys, "verify", rendered / "out.mkv", "--source", rendered / "moved.mkv")
    assert named.code == 0, named.sentence
    assert named.result["source_identified"]
    assert named.result["source_samples_compared"] > 0


def test_the_manifest_says_what_was_done(rendered: Path) -> None:
    manifest = json.loads((rendered / "out.mkv.tratteggio.json").read_text())
    assert [stage["name"] for stage in manifest["stages"]] == ["painted", "inpaint"]
    assert manifest["lossless"] is True
    report = (rendered / "out.mkv.report.html").read_text()
    assert "TRANSPORTED" in report
    assert (rendered / "out.mkv.before-after.png").is_file()


def test_one_changed_mask_renders_only_its_neighbourhood(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=120)
    _masks(tmp_path / "masks")
    argv = (source, "--masks", tmp_path / "masks", "--stage", "inpaint:search=2")
    first = render_here(*argv, "-o", tmp_path / "one.mkv")
    write_mask(tmp_path / "masks", 108, _blob(40, 40, 4))
    again = render_here(*argv, "-o", tmp_path / "one.mkv", "--force")
    assert first.result["segments"] == {"rendered": 5, "reused": 0}
    assert again.result["segments"] == {"rendered": 1, "reused": 4}
