"""Grades and tables through the command: adjusted, never invented; neutral ones leave every bit; bad ones are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.media.open import open_source
from tests.clips import write_clip
from tests.e2e.harness import render_here

FRAMES = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("grade")
    write_clip(made / "in.mkv", frames=FRAMES, width=64, height=48)
    rows = (f"{r:.4f} {g:.4f} {b:.4f}" for b in (0, 1) for g in (0, 1) for r in (0, 0.5))
    (made / "half red.cube").write_text("\n".join(["LUT_3D_SIZE 2", *rows]) + "\n")
    return made


def _lumas(path: Path) -> list[float]:
    source = open_source(path)
    try:
        return [float(np.mean(source.read(number).planes[0])) for number in range(FRAMES)]
    finally:
        source.close()


def test_a_grade_and_a_table_are_baked_in_and_labelled_adjusted(folder: Path) -> None:
    stages = ("--stage", "grade:gain_rgb=1.1,1,0.9,gamma=1.3", "--stage", f"lut:file={folder / 'half red.cube'}")
    outcome = render_here(folder / "in.mkv", "-o", folder / "out.mkv", *stages, "--forensic")
    assert outcome.code == 0
    assert outcome.result["shares"]["ADJUSTED"] == pytest.approx(1.0)
    assert _lumas(folder / "out.mkv") != _lumas(folder / "in.mkv")


def test_a_neutral_grade_leaves_every_bit(folder: Path) -> None:
    outcome = render_here(folder / "in.mkv", "-o", folder / "same.mkv", "--stage", "grade:curve=0,0 1,1")
    assert outcome.code == 0
    assert outcome.result["shares"]["SOURCE"] == pytest.approx(1.0)
    first, second = open_source(folder / "in.mkv"), open_source(folder / "same.mkv")
    try:
        for number in range(FRAMES):
            for ours, theirs in zip(first.read(number).planes, second.read(number).planes, strict=True):
                np.testing.assert_array_equal(ours, theirs)
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        ("lut", "has no look-up table"),
        ("lut:file=/nowhere/look.cube", "There is no look-up table"),
        ("lut:file={folder}/in.mkv", "is not a text file"),
        ("grade:curve=1,1 0,0", "from left to right"),
        ("grade:gain_rgb=1,1", "Give three numbers r,g,b from 0 to 4"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(folder: Path, stage: str, sentence: str) -> None:
    outcome = render_here(folder / "in.mkv", "-o", folder / "never.mkv", "--stage", stage.format(folder=folder))
    assert outcome.code == 1
    assert sentence in outcome.sentence
    assert not list(folder.glob("never*"))
