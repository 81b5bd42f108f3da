from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engines.benchmark import row_sight, row_speed
from engines.benchmark.bench import Bench
from engines.benchmark.clips import write_x264
from engines.benchmark.ours import OURS
from engines.benchmark.row_edges import colour_picture, shrunk_by_area, step_picture
from engines.benchmark.row_perceptual import worst_ratio
from engines.benchmark.rows import DETAIL_ROWS, chosen, measure
from engines.errors import SettingError
from engines.metrics.chroma_error import chroma_error
from engines.metrics.overshoot import overshoot
from tests.clips import clip_frame


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
    assert chosen("detail", None) == tuple(DETAIL_ROWS)
    assert chosen("detail", "sr, edges") == ("sr", "edges")
    with pytest.raises(SettingError, match="no row 'psnr'"):
        chosen("detail", "sr,psnr")


def test_enlargement_is_measured_beside_its_peers(folder: Path) -> None:
    (table,) = measure("detail", "sr", Bench(folder))
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
    table, missing = sorted(measure("detail", "joint", Bench(folder)), key=lambda t: not t.rows)
    (row,) = table.rows
    bicubic, apart, joint = (float(cell) for cell in row[2:5] if cell is not None)
    assert min(apart, joint) > bicubic
    assert table.bars[0].value == pytest.approx(joint - apart)
    assert "kodak24" in missing.notes[0]


@pytest.mark.parametrize("name", ["compression", "temporal", "peers", "perceptual"])
def test_a_row_without_its_data_says_why_and_does_not_end_the_run(name: str, tmp_path: Path) -> None:
    (table,) = measure("detail", name, Bench(tmp_path))
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


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny clip where the clean ones would be."""
    found = tmp_path_factory.mktemp("clips")
    (found / "clean_video").mkdir()
    write_x264(found / "clean_video" / "pan.mp4", [clip_frame(n, 64, 48, "yuv420p") for n in range(16)], 4)
    return found


def test_compressed_clips_are_measured_beside_filters(clips: Path) -> None:
    (table,) = measure("detail", "compression", Bench(clips))
    assert {row[0] for row in table.rows} == {28, 35, 40}
    first = [row for row in table.rows if row[0] == 40]
    assert first[0][1] == "untouched"
    assert first[0][3] == 0.0
    assert first[-1][1] == OURS
    names = " ".join(str(row[1]) for row in first)
    assert all(peer in names for peer in ("FFmpeg deblock", "OpenCV fast", "FFmpeg nlmeans", "FFmpeg bm3d"))
    assert len(table.bars) == 9


def test_steadiness_is_measured_with_and_without_neighbours(clips: Path) -> None:
    faithful, perceptual = measure("detail", "temporal", Bench(clips))
    clean, *rows = faithful.rows
    assert clean[2] == "clean clip"
    assert [row[2] for row in rows] == ["frame by frame", "with neighbours"] * 2
    assert all(isinstance(row[3], float) and row[3] > 0 for row in rows)
    assert [row[2] for row in perceptual.rows[1:]] == ["a seed per frame", "one seed"] * 2
    assert len(faithful.bars) == len(perceptual.bars) == 4


def test_settings_for_all_rows_reach_the_stage(folder: Path) -> None:
    (standard,), (draft,) = (
        measure("detail", "sr", Bench(folder, limit=1, common=held)) for held in ({}, {"tier": "draft"})
    )
    assert standard.rows[0][5] != draft.rows[0][5]
    (refused,) = measure("detail", "sr", Bench(folder, common={"tier": "huge"}))
    assert "huge" in refused.notes[0]


def test_tiers_are_timed_in_every_runtime(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_WIDTH", 48), ("_HEIGHT", 32), ("_RUNS", 2), ("TIERS", {"draft": "draft"})):
        monkeypatch.setattr(row_speed, name, value)
    speed, quality = measure("detail", "speed", Bench(folder))
    assert {row[0] for row in speed.rows} == {"draft"}
    assert "torch float32" in [row[2] for row in speed.rows]
    assert all(float(row[4] or 0) > 0 for row in speed.rows)
    assert "48x32" in speed.notes[0]
    assert [row[0] for row in quality.rows] == ["x2", "x4"]


def test_a_network_without_far_sight_sees_no_farther_than_its_trunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_SIDE", 96), ("_DISTANCES", (8, 24)), ("TIERS", {"standard": "detail"})):
        monkeypatch.setattr(row_sight, name, value)
    (tmp_path / "urban100_sub").mkdir()
    picture = np.random.default_rng(3).integers(0, 255, (120, 120, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "urban100_sub" / "one.png")
    (found,) = measure("detail", "sight", Bench(tmp_path))
    _, near, far, field = found.rows[0]
    assert isinstance(near, float)
    assert near > 0.05
    assert far == 0.0
    assert field == 16
