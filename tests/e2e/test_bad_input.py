"""Bad input ends with exit code 1 and one clear sentence: no trace, nothing half-written, nothing overwritten."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from engines.masks import write_mask
from tests.clips import write_clip
from tests.e2e.harness import command, process, render_here

WIDTH, HEIGHT, FRAMES = 96, 64, 10


def _good(folder: Path) -> Path:
    return write_clip(folder / "good.mkv", frames=FRAMES)


def _empty(folder: Path) -> Path:
    (folder / "empty.mkv").touch()
    return folder / "empty.mkv"


def _text(folder: Path) -> Path:
    (folder / "notes.mkv").write_text("Reel 4, can 12: vinegar smell, see letter of 3 May.\n" * 50)
    return folder / "notes.mkv"


def _truncated_mp4(folder: Path) -> Path:
    whole = write_clip(folder / "whole.mp4", codec="libx264", pix_fmt="yuv420p")
    data = whole.read_bytes()
    whole.unlink()
    (folder / "cut.mp4").write_bytes(data[: len(data) // 2])
    return folder / "cut.mp4"


def _sound_only(folder: Path) -> Path:
    with av.open(str(folder / "sound.wav"), "w") as sink:
        stream = sink.add_stream("pcm_s16le", rate=48000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 48000
        sink.mux(stream.encode(frame))
    return folder / "sound.wav"


def _empty_folder(folder: Path) -> Path:
    (folder / "nothing").mkdir()
    return folder / "nothing"


def _folder_without_stills(folder: Path) -> Path:
    (folder / "papers").mkdir()
    (folder / "papers" / "readme.txt").write_text("no pictures here")
    return folder / "papers"


def _stills(folder: Path, numbers: range, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Path:
    scan = folder / "scan"
    scan.mkdir(exist_ok=True)
    for number in numbers:
        grey = np.full((size[1], size[0]), number * 9 % 256, np.uint8)
        Image.fromarray(grey).save(scan / f"{number:05d}.png")
    return scan


def _gap(folder: Path) -> Path:
    scan = _stills(folder, range(1, 9))
    (scan / "00004.png").unlink()
    return scan


def _odd_size(folder: Path) -> Path:
    scan = _stills(folder, range(1, 9))
    _stills(folder, range(5, 6), (WIDTH + 2, HEIGHT))
    return scan


def _broken_still(folder: Path) -> Path:
    scan = _stills(folder, range(1, 9))
    path = scan / "00004.png"
    path.write_bytes(path.read_bytes()[:60])
    return scan


def _corrupt_frame(folder: Path) -> Path:
    """One FFV1 packet in the middle with flipped bytes; the container is fine."""
    good, bad = _good(folder), folder / "corrupt.mkv"
    with av.open(str(good)) as source, av.open(str(bad), "w") as sink:
        stream = sink.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(p for p in source.demux(video=0) if p.size):
            if number == 5:
                data = bytearray(bytes(packet))
                data[len(data) // 2 : len(data) // 2 + 40] = b"\xa5" * 40
                damaged = av.Packet(bytes(data))
                damaged.pts, damaged.dts, damaged.time_base = packet.pts, packet.dts, packet.time_base
                damaged.is_keyframe = True
                damaged.stream = stream
                sink.mux(damaged)
                continue
            packet.stream = stream
            sink.mux(packet)
    good.unlink()
    return bad


SOURCES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing file": (lambda folder: folder / "nowhere.mkv", "nowhere.mkv"),
    "empty file": (_empty, "empty"),
    "text renamed .mkv": (_text, "notes.mkv"),
    "truncated mp4": (_truncated_mp4, "cut.mp4"),
    "sound without pictures": (_sound_only, "no pictures|no video|no picture"),
    "empty folder": (_empty_folder, "no stills"),
    "folder without stills": (_folder_without_stills, "no stills"),
    "pattern without files": (lambda folder: folder / "s_%06d.dpx", "No file matches"),
    "missing sequence frame": (_gap, "(?i)frame 3|00004"),
    "still of another size": (_odd_size, "00005.png"),
    "still cut short": (_broken_still, "(?i)frame 3|00004"),
    "corrupt frame in the middle": (_corrupt_frame, "(?i)frame 5"),
}


def _left_behind(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*")}


@pytest.mark.parametrize("case", SOURCES)
def test_bad_sources(case: str, tmp_path: Path) -> None:
    make, sentence = SOURCES[case]
    source = make(tmp_path)
    before = _left_behind(tmp_path)
    outcome = render_here(source, "-o", tmp_path / "out.mkv")
    assert outcome.code == 1
    _is_one_sentence(outcome.sentence)
    assert re.search(sentence, outcome.sentence), outcome.sentence
    assert _left_behind(tmp_path) == before


def _is_one_sentence(text: str) -> None:
    assert text
    assert "\n" not in text
    assert text.endswith((".", "?"))
    assert "Error" not in text
    assert "Traceback" not in text


def _masks(folder: Path, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Path:
    mask = np.zeros(size, bool)
    mask[10:14, 10:14] = True
    write_mask(folder / "masks", 2, mask)
    return folder / "masks"


def _mask_named(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        masks = _masks(folder)
        (masks / "000002.png").rename(masks / name)
        return masks

    return make


def _torn_mask(folder: Path) -> Path:
    masks = _masks(folder)
    path = masks / "000002.png"
    path.write_bytes(path.read_bytes()[:70])
    return masks


def _deep_mask(folder: Path) -> Path:
    masks = _masks(folder)
    Image.fromarray(np.zeros((HEIGHT, WIDTH), np.uint16)).save(masks / "000002.png")
    return masks


MASKS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "masks of another size": (lambda folder: _masks(folder, (HEIGHT, WIDTH + 2)), "000002.png"),
    "mask that is no number": (_mask_named("left.png"), "left.png"),
    "mask beyond the clip": (_mask_named("000099.png"), "000099.png"),
    "mask cut short": (_torn_mask, "000002.png"),
    "16-bit mask": (_deep_mask, "000002.png"),
    "no mask folder": (lambda folder: folder / "nomasks", "nomasks"),
    "mask folder without masks": (_empty_folder, "nothing"),
}


@pytest.mark.parametrize("case", MASKS)
def test_bad_masks(case: str, tmp_path: Path) -> None:
    make, sentence = MASKS[case]
    source, masks = _good(tmp_path), make(tmp_path)
    before = _left_behind(tmp_path)
    outcome = render_here(source, "-o", tmp_path / "out.mkv", "--stage", "inpaint", "--masks", masks)
    assert outcome.code == 1
    _is_one_sentence(outcome.sentence)
    assert sentence in outcome.sentence
    assert _left_behind(tmp_path) == before


OPTIONS: dict[str, tuple[list[str], str]] = {
    "unknown stage": (["--stage", "sharpen"], "no stage 'sharpen'"),
    "unknown setting": (["--stage", "detail:size=2"], "no setting 'size'"),
    "setting out of range": (["--stage", "detail:noise=900"], "out of range"),
    "setting of the wrong kind": (["--stage", "detail:scale=big"], "whole number"),
    "setting not offered": (["--stage", "detail:scale=3"], "Choose one of 1, 2, 4"),
    "setting without value": (["--stage", "detail:scale"], "not key=value"),
    "inpaint without masks": (["--stage", "inpaint"], "masks"),
    "slider without detail": (["--slider", "0.5"], "Add --stage detail"),
    "unknown preset": (["--preset", "betamax"], "no preset 'betamax'"),
    "preset that does not fit the name": (["--preset", "h264"], ".mp4"),
    "frames beyond the clip": (["--frames", "5-99"], "frames are 0-9"),
    "device that is not there": (["--stage", "detail", "--device", "mps"], "mps"),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_bad_options(case: str, tmp_path: Path) -> None:
    options, sentence = OPTIONS[case]
    source = _good(tmp_path)
    before = _left_behind(tmp_path)
    outcome = render_here(source, "-o", tmp_path / "out.mkv", *options)
    assert outcome.code == 1
    _is_one_sentence(outcome.sentence)
    assert sentence in outcome.sentence
    assert _left_behind(tmp_path) == before


def test_masks_that_no_stage_uses(tmp_path: Path) -> None:
    outcome = render_here(_good(tmp_path), "-o", tmp_path / "out.mkv", "--masks", _masks(tmp_path))
    assert outcome.code == 1
    assert "no stage uses them" in outcome.sentence


def test_an_existing_master_is_left_alone(tmp_path: Path) -> None:
    source = _good(tmp_path)
    (tmp_path / "out.mkv").write_bytes(b"forty years of work")
    outcome = render_here(source, "-o", tmp_path / "out.mkv")
    assert "exists already" in outcome.sentence
    assert (tmp_path / "out.mkv").read_bytes() == b"forty years of work"


def test_an_existing_sequence_is_left_alone(tmp_path: Path) -> None:
    scan = _stills(tmp_path, range(1, 4))
    (tmp_path / "master").mkdir()
    (tmp_path / "master" / "m_00001.png").write_bytes(b"work")
    outcome = render_here(scan, "-o", tmp_path / "master" / "m_%05d.png")
    assert "exists already" in outcome.sentence
    assert (tmp_path / "master" / "m_00001.png").read_bytes() == b"work"


def test_the_source_is_never_overwritten_even_by_force(tmp_path: Path) -> None:
    source = _good(tmp_path)
    data = source.read_bytes()
    outcome = render_here(source, "-o", source, "--force")
    assert "overwrite its own source" in outcome.sentence
    assert source.read_bytes() == data


def test_many_frames_into_one_still(tmp_path: Path) -> None:
    outcome = render_here(_good(tmp_path), "-o", tmp_path / "one.tif")
    assert "do not fit into the one still" in outcome.sentence


def test_no_such_out_folder(tmp_path: Path) -> None:
    outcome = render_here(_good(tmp_path), "-o", tmp_path / "no" / "out.mkv")
    assert "does not exist" in outcome.sentence


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind this user")
def test_no_write_permission(tmp_path: Path) -> None:
    source = _good(tmp_path)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    outcome = render_here(source, "-o", locked / "out.mkv")
    assert "No permission to write" in outcome.sentence


def test_no_write_permission_as_the_system_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    outcome = render_here(_good(tmp_path), "-o", tmp_path / "out.mkv")
    assert "No permission to write" in outcome.sentence


def test_float_pictures_into_ffv1(tmp_path: Path) -> None:
    import OpenEXR

    half = np.zeros((HEIGHT, WIDTH), np.float16)
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, dict.fromkeys("RGB", half)).write(str(tmp_path / "a.0001.exr"))
    outcome = render_here(tmp_path / "a.0001.exr", "-o", tmp_path / "out.mkv")
    assert outcome.code == 1
    assert "Choose exr, which holds floats" in outcome.sentence


def test_sound_of_no_length_is_kept_as_it_is(tmp_path: Path) -> None:
    source = tmp_path / "in.mkv"
    with av.open(str(_good(tmp_path))) as good, av.open(str(source), "w") as sink:
        picture = sink.add_stream_from_template(good.streams.video[0])
        sink.add_stream("pcm_s16le", rate=48000, layout="mono")
        for packet in good.demux(video=0):
            if packet.size:
                packet.stream = picture
                sink.mux(packet)
    outcome = render_here(source, "-o", tmp_path / "out.mkv")
    assert outcome.code == 0, outcome.sentence


def test_held_frames_are_named_aloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = render_here(_gap(tmp_path), "-o", tmp_path / "out.mkv", "--missing", "hold")
    assert outcome.code == 0, outcome.sentence
    notes = [str(event["text"]) for event in outcome.events if event["event"] == "note"]
    assert any("3" in note for note in notes), notes
    # One frame of eight is not what the scan holds there, and says so.
    assert outcome.result["shares"]["TRANSPORTED"] == pytest.approx(1 / 8)
    assert command(capsys, "verify", tmp_path / "out.mkv").code == 0


def test_black_stand_ins_count_as_invented(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = render_here(_gap(tmp_path), "-o", tmp_path / "out.mkv", "--missing", "black")
    assert outcome.code == 0, outcome.sentence
    assert outcome.result["shares"]["SYNTHESISED"] == pytest.approx(1 / 8)
    assert command(capsys, "verify", tmp_path / "out.mkv").code == 0


def test_deinterlaced_pictures_are_not_called_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = render_here(_good(tmp_path), "-o", tmp_path / "out.mkv", "--deinterlace")
    assert outcome.code == 0, outcome.sentence
    assert outcome.result["shares"]["ADJUSTED"] == 1.0
    assert command(capsys, "verify", tmp_path / "out.mkv").code == 0


def test_a_corrupt_frame_may_be_held_aloud(tmp_path: Path) -> None:
    outcome = render_here(_corrupt_frame(tmp_path), "-o", tmp_path / "out.mkv", "--missing", "hold")
    assert outcome.code == 0, outcome.sentence
    assert any("5" in str(note) for note in outcome.result["notes"])


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["probe", "nowhere.mkv"], "nowhere.mkv"),
        (["score", "nowhere.mkv", "nowhere.mkv"], "nowhere.mkv"),
        (["verify", "nowhere.mkv"], "not beside the master"),
        (["train", "flow", "--data", ".", "--minutes", "1"], "no recipe 'flow'"),
        (["train", "detail", "--data", "nowhere", "--minutes", "1"], "not a folder"),
    ],
)
def test_other_verbs_fail_in_a_sentence(
    argv: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = command(capsys, *argv)
    assert outcome.code == 1
    assert sentence in outcome.sentence
    assert outcome.result["event"] == "error"
    assert _left_behind(tmp_path) == set()


def test_clips_of_different_sizes_are_not_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = write_clip(tmp_path / "small.mkv", width=48)
    outcome = command(capsys, "score", small, _good(tmp_path))
    assert outcome.code == 1
    assert "differ in size" in outcome.sentence


def test_a_damaged_manifest_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert render_here(_good(tmp_path), "-o", tmp_path / "out.mkv").code == 0
    manifest = tmp_path / "out.mkv.tratteggio.json"
    manifest.write_text(manifest.read_text()[:100])
    outcome = command(capsys, "verify", tmp_path / "out.mkv")
    assert outcome.code == 1
    assert "out.mkv.tratteggio.json cannot be read" in outcome.sentence


def test_the_real_command_says_it_on_standard_error_and_exits_with_1(tmp_path: Path) -> None:
    running = process("render", _text(tmp_path), "-o", tmp_path / "out.mkv")
    out, err = running.communicate(timeout=120)
    assert running.returncode == 1
    assert out == ""
    assert err.startswith("tratteggio: ")
    assert err.count("\n") == 1
