from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engines.benchmark.bench import Bench
from engines.benchmark.row_edges import colour_picture, shrunk_by_area, step_picture
from engines.benchmark.row_perceptual import worst_ratio
from engines.benchmark.rows import ROWS, chosen, measure
from engines.errors import SettingError
from engines.metrics.chroma_error import chroma_error
from engines.metrics.overshoot import overshoot


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of soft stripes and discs where Set5 and Set14 would be."""
    found = tmp_path_factory.mktemp("bench")
    picture = np.stack(colour_picture(96).planes, axis=-1)
    for name in ("set5", "set14"):
        (found / name).mkdir()
        Image.fromarray(picture).save(found / name / "discs.png")
    return found


def test_rows_are_chosen_by_name() -> None:
    assert chosen(None) == tuple(ROWS)
    assert chosen("sr, edges") == ("sr", "edges")
    with pytest.raises(SettingError, match="no row 'psnr'"):
        chosen("sr,psnr")


def test_enlargement_is_measured_beside_its_peers(folder: Path) -> None:
    (table,) = measure("sr", Bench(folder))
    assert [(row[0], row[1]) for row in table.rows] == [(s, f"x{n}") for s in ("set5", "set14") for n in (2, 4)]
    for row in table.rows:
        bicubic, own, gain = row[3], row[5], row[6]
        assert isinstance(bicubic, float)
        assert isinstance(own, float)
        assert gain == pytest.approx(own - bicubic)
        assert own > bicubic > 15
    assert len(table.bars) == 4
    assert any("kodak24" in note for note in table.notes)


def test_one_pass_is_measured_against_two(folder: Path) -> None:
    table, missing = sorted(measure("joint", Bench(folder)), key=lambda t: not t.rows)
    (row,) = table.rows
    bicubic, apart, joint = (float(cell) for cell in row[2:5] if cell is not None)
    assert min(apart, joint) > bicubic
    assert table.bars[0].value == pytest.approx(joint - apart)
    assert "kodak24" in missing.notes[0]


@pytest.mark.parametrize("name", ["compression", "temporal", "peers", "perceptual"])
def test_a_row_without_its_data_says_why_and_does_not_end_the_run(name: str, tmp_path: Path) -> None:
    (table,) = measure(name, Bench(tmp_path))
    assert not table.rows
    assert table.notes[0].startswith("Skipped: There are no")


def test_generated_steps_are_clean_and_ring_only_by_shrinking() -> None:
    for angle in (0, 20, 45, 90):
        step = step_picture(64, 160, angle, 192)
        assert overshoot(step) == pytest.approx(0, abs=0.6)
        assert overshoot(shrunk_by_area(step, 2)) == pytest.approx(0, abs=0.6)


def test_generated_colours_have_edges_to_judge_at() -> None:
    picture = colour_picture(128)
    assert chroma_error(picture, picture) == 0
    smaller = shrunk_by_area(picture, 2)
    blocky = picture.with_planes(tuple(p.repeat(2, 0).repeat(2, 1) for p in smaller.planes))
    error = chroma_error(blocky, picture)
    assert error is not None
    assert error > 1


def test_the_worst_ring_is_found_on_either_side_up_to_four_fifths() -> None:
    truth = torch.ones(24)
    power = truth.clone()
    power[5], power[7], power[22] = 1.2, 0.7, 9.0
    assert worst_ratio(power, truth) == pytest.approx(0.7)
