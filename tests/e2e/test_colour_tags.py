"""What a person says the codes mean is what the master says; samples stay, and nonsense is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from engines.media.open import open_source
from engines.media.planes import to_av
from engines.media.readback import decoded_hashes
from tests.clips import clip_frame, write_clip
from tests.e2e.harness import command, render_here


def test_chosen_tags_are_written_and_change_no_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=4)
    master = tmp_path / "out.mkv"
    chosen = "matrix=bt470bg,range=pc,primaries=bt470bg,transfer=smpte170m,chroma_location=topleft"
    outcome = render_here(source, "-o", master, "--tags", chosen)
    assert outcome.code == 0, outcome.sentence
    assert list(decoded_hashes(master)) == list(decoded_hashes(source))
    colour = open_source(master).info.colour
    assert (colour.range, colour.matrix, colour.primaries) == ("pc", "bt470bg", "bt470bg")
    assert (colour.transfer, colour.chroma_location) == ("smpte170m", "topleft")
    assert outcome.result["shares"]["SOURCE"] == 1.0
    verified = command(capsys, "verify", master)
    assert verified.code == 0, verified.sentence


def test_a_choice_is_part_of_what_decides_the_picture(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=3)
    plain, chosen = tmp_path / "plain.mkv", tmp_path / "chosen.mkv"
    for master, tags in ((plain, "range=tv"), (chosen, "range=pc")):
        outcome = render_here(source, "-o", master, "--stage", "deflicker", "--tags", tags)
        assert outcome.code == 0, outcome.sentence
    again = render_here(source, "-o", plain, "--stage", "deflicker", "--tags", "range=pc", "--force")
    assert again.result["segments"]["reused"] == 0
    assert list(decoded_hashes(plain)) == list(decoded_hashes(chosen))


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ("matrix=bt999", "matrix=bt999 is not possible"),
        ("colour=red", "'colour=red' is not understood"),
        ("matrix=bt709", "has no matrix bt709"),
        ("chroma_location=left", "not subsampled"),
    ],
)
def test_tags_that_make_no_sense_are_refused(tags: str, words: str, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=2, pix_fmt="gbrp10le")
    outcome = render_here(source, "-o", tmp_path / "out.mkv", "--tags", tags)
    assert outcome.code == 1
    assert words in outcome.sentence
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mkv"]


def _tagged(path: Path, tags: dict[str, str], pix_fmt: str = "yuv420p") -> Path:
    options = {"level": "3", "g": "1", "slicecrc": "1", "slices": "4", **tags}
    return write_clip(path, frames=2, width=720, height=480, pix_fmt=pix_fmt, options=options)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"colorspace": "bt2020nc", "color_primaries": "bt709", "color_trc": "bt709"}, "matrix is of BT.2020"),
        ({"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709"}, "HD matrix"),
        ({"colorspace": "smpte170m", "color_primaries": "bt709", "color_trc": "arib-std-b67"}, "primaries are BT.709"),
    ],
)
def test_contradictory_tags_are_said_and_kept_until_somebody_chooses(
    tags: dict[str, str], words: str, tmp_path: Path
) -> None:
    source = _tagged(tmp_path / "in.mkv", {**tags, "color_range": "tv"}, "yuv420p10le")
    outcome = render_here(source, "-o", tmp_path / "out.mkv")
    assert outcome.code == 0, outcome.sentence
    assert any(words in note and "--tags" in note for note in outcome.result["notes"])
    ours, theirs = (open_source(path).info.colour for path in (tmp_path / "out.mkv", source))
    assert ours == theirs
    assert list(decoded_hashes(tmp_path / "out.mkv")) == list(decoded_hashes(source))


def test_pq_of_8_bits_is_refused_until_somebody_says_what_it_is(tmp_path: Path) -> None:
    tags = {"colorspace": "bt2020nc", "color_primaries": "bt2020", "color_trc": "smpte2084", "color_range": "tv"}
    source = _tagged(tmp_path / "in.mkv", tags)
    outcome = render_here(source, "-o", tmp_path / "out.mkv")
    assert outcome.code == 1
    assert "10 bits" in outcome.sentence
    assert "--tags transfer=bt709" in outcome.events[0]["text"]
    outcome = render_here(source, "-o", tmp_path / "out.mkv", "--tags", "transfer=bt709")
    assert outcome.code == 0, outcome.sentence
    assert open_source(tmp_path / "out.mkv").info.colour.transfer == "bt709"


def test_sound_tags_are_not_talked_about(tmp_path: Path) -> None:
    tags = {"colorspace": "smpte170m", "color_primaries": "smpte170m", "color_trc": "bt709", "color_range": "tv"}
    outcome = render_here(_tagged(tmp_path / "in.mkv", tags), "-o", tmp_path / "out.mkv")
    assert not any("--tags" in note for note in outcome.result["notes"])


def test_film_log_is_said_in_dpx_and_left_unsaid_with_a_word_elsewhere(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=2, pix_fmt="gbrp10le")
    log = ("--tags", "transfer=cineon,primaries=bt709")
    outcome = render_here(source, "-o", tmp_path / "dpx", "--preset", "dpx", *log)
    assert outcome.code == 0, outcome.sentence
    assert open_source(tmp_path / "dpx").info.colour.transfer == "cineon"
    assert not any("Film log" in note for note in outcome.result["notes"])
    outcome = render_here(source, "-o", tmp_path / "out.mkv", *log)
    assert open_source(tmp_path / "out.mkv").info.colour.transfer == "unknown"
    assert sum("Film log has no tag" in note for note in outcome.result["notes"]) == 1
    assert list(decoded_hashes(tmp_path / "out.mkv")) == list(decoded_hashes(source))


@pytest.mark.parametrize(
    ("asked", "tags"),
    [
        ("matrix=bt709,range=tv,primaries=bt709,transfer=bt709", ("tv", "bt709", "bt709", "bt709")),
        ("matrix=bt2020nc,primaries=bt2020,transfer=bt2020-10,range=pc", ("pc", "bt2020nc", "bt2020", "bt2020-10")),
    ],
)
def test_converted_masters_say_what_they_are(
    asked: str, tags: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=3)
    outcome = render_here(source, "-o", tmp_path / "out.mkv", "--stage", f"convert:{asked}")
    assert outcome.code == 0, outcome.sentence
    colour = open_source(tmp_path / "out.mkv").info.colour
    assert (colour.range, colour.matrix, colour.primaries, colour.transfer) == tags
    assert outcome.result["shares"]["ADJUSTED"] == 1.0
    verified = command(capsys, "verify", tmp_path / "out.mkv")
    assert verified.code == 0, verified.sentence


def test_saying_what_was_meant_keeps_every_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=3)
    asked = "convert:matrix=smpte170m,range=tv,primaries=bt709,transfer=smpte170m"
    outcome = render_here(source, "-o", tmp_path / "out.mkv", "--stage", asked)
    assert outcome.result["shares"]["SOURCE"] == 1.0
    assert list(decoded_hashes(tmp_path / "out.mkv")) == list(decoded_hashes(source))
    assert open_source(tmp_path / "out.mkv").info.colour.matrix == "smpte170m"
    assert command(capsys, "verify", tmp_path / "out.mkv").code == 0


def test_probe_says_what_is_missing_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=2)
    found = {one["tag"]: one for one in command(capsys, "probe", source).result["color_findings"]}
    assert all(one["kind"] in ("missing", "contradicts") and one["choices"] for one in found.values())
    assert all(one["sentence"].count(".") >= 1 for one in found.values())


def test_probe_looks_at_codes_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.mkv"
    frame = clip_frame(0, 64, 48, "yuv420p")
    luma = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    frame = frame.with_planes((luma, *frame.planes[1:]))
    with av.open(str(source), "w") as sink:
        stream = sink.add_stream("ffv1", rate=24, options={"color_range": "tv"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        sink.mux(stream.encode(to_av(frame, "yuv420p")))
        sink.mux(stream.encode(None))
    found = command(capsys, "probe", source).result["color_findings"]
    assert [one["choices"][0] for one in found if one["tag"] == "range"] == ["pc"]
