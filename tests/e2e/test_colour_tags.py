"""What a person says the codes mean is what the master says; samples stay, and nonsense is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.media.open import open_source
from engines.media.readback import decoded_hashes
from tests.clips import write_clip
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


def test_probe_says_what_is_missing_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=2)
    found = {one["tag"]: one for one in command(capsys, "probe", source).result["color_findings"]}
    assert all(one["kind"] in ("missing", "contradicts") and one["choices"] for one in found.values())
    assert all(one["sentence"].count(".") >= 1 for one in found.values())
