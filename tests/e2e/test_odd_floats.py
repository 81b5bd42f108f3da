"""EXR with NaN, infinite and negative samples: bit for bit where nothing is done, safe numbers and a note otherwise."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from numpy.typing import NDArray

from tests.e2e.harness import render_here

ODD = np.array([np.nan, np.inf, -np.inf, -1.5, -0.0, 6e4, 1e-7], np.float16)


def _write(folder: Path, frames: int = 2) -> list[NDArray[np.float16]]:
    folder.mkdir()
    written = []
    for number in range(frames):
        noise = np.random.default_rng(number).uniform(0.05, 0.9, (3, 40, 64)).astype(np.float16)
        noise[:, 3, : len(ODD)] = ODD
        noise[0, 7, : len(ODD)] = ODD[::-1]
        channels = dict(zip("RGB", noise, strict=True))
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, channels).write(str(folder / f"f_{number:04d}.exr"))
        written.append(noise)
    return written


def _read(path: Path) -> NDArray[np.float16]:
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return np.stack([np.array(file.channels()[name].pixels) for name in "RGB"])


def _render(tmp_path: Path, *stages: str) -> tuple[list[NDArray[np.float16]], tuple[str, ...]]:
    arguments = [text for stage in stages for text in ("--stage", stage)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outcome = render_here(tmp_path / "in", "-o", tmp_path / "out", *arguments)
    assert outcome.code == 0, outcome.sentence
    return [_read(path) for path in sorted((tmp_path / "out").glob("*.exr"))], tuple(outcome.result["notes"])


def test_they_pass_untouched(tmp_path: Path) -> None:
    written = _write(tmp_path / "in")
    for stages in ((), ("convert:primaries=as_is",), ("grade:gain=1",)):
        answer, notes = _render(tmp_path, *stages)
        assert [frame.tobytes() for frame in answer] == [frame.tobytes() for frame in written]
        assert not any("no numbers" in note for note in notes)
        for path in tmp_path.iterdir():
            if path.name.startswith("out"):
                path.rename(tmp_path / f"done-{len(list(tmp_path.iterdir()))}-{path.name}")


@pytest.mark.parametrize(
    "stage",
    [
        "convert:primaries=bt2020",
        "convert:primaries=smpte432,gamut=compress",
        "convert:transfer=bt709",
        "convert:transfer=smpte2084,primaries=bt2020",
        "convert:transfer=arib-std-b67,primaries=bt2020",
        "grade:gain=1.2,saturation=1.4",
        "grade:curve=0,0 0.5,0.6 1,1",
        "fade:strength=1",
    ],
)
def test_where_a_stage_computes_they_are_made_safe_and_said_once(stage: str, tmp_path: Path) -> None:
    written = _write(tmp_path / "in")
    answer, notes = _render(tmp_path, stage)
    touched = answer[0].tobytes() != written[0].tobytes()
    assert touched or stage.startswith("fade")
    if touched:
        assert all(np.isfinite(frame).all() for frame in answer)
        assert sum("no numbers" in note for note in notes) == 1


@pytest.mark.parametrize("stage", ["hdr", "sdr"])
def test_stages_for_video_refuse_floats_in_one_sentence(stage: str, tmp_path: Path) -> None:
    _write(tmp_path / "in")
    outcome = render_here(tmp_path / "in", "-o", tmp_path / "out", "--stage", stage)
    assert outcome.code == 1
    assert "floats" in outcome.sentence
    assert not (tmp_path / "out").exists()


def test_tables_are_given_numbers(tmp_path: Path) -> None:
    _write(tmp_path / "in")
    corners = [f"{r} {g} {b}" for b in (0.1, 0.9) for g in (0, 1) for r in (0, 0.8)]
    (tmp_path / "look.cube").write_text("\n".join(("LUT_3D_SIZE 2", *corners)))
    answer, notes = _render(tmp_path, f"lut:file={tmp_path / 'look.cube'}")
    assert all(np.isfinite(frame).all() for frame in answer)
    assert sum("no numbers" in note for note in notes) == 1
