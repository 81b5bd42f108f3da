"""The chain: repeatable, truthful conditions, the right order, and a sheet that people can look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engines.errors import MediaError
from engines.nets.condition import NOISE_UNIT, condition_step
from engines.training.simulator.chain import degrade
from engines.training.simulator.codecs import Codec
from engines.training.simulator.levels import Levels
from engines.training.simulator.reach import WILD, DegradationRange
from engines.training.simulator.sheet import main, sheet
from engines.training.simulator.transfer import Transfer

CODECS: tuple[Codec, ...] = ("jpeg", "mjpeg", "h264", "hevc", "mpeg2")
NOTHING = DegradationRange(noisy_share=0, compressed_share=0)


def _patches(count: int = 8, size: int = 64) -> torch.Tensor:
    rng = np.random.default_rng(1)
    soft = [cv2.GaussianBlur(rng.random((size, size)).astype(np.float32), (0, 0), 1.5) for _ in range(count)]
    return torch.from_numpy(np.clip((np.stack(soft) - 0.5) * 2 + 0.5, 0.1, 0.9))[:, None]


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_everything_repeats_with_its_seed(scale: int) -> None:
    wild = replace(WILD, noisy_share=1, compressed_share=1, slipped_share=0.5)
    once = degrade(_patches(), scale, np.random.default_rng(5), wild)
    again = degrade(_patches(), scale, np.random.default_rng(5), wild)
    assert torch.equal(once.luma, again.luma)
    assert torch.equal(once.condition, again.condition)
    assert once.luma.shape == (8, 1, 64 // scale, 64 // scale)
    assert once.target.shape == (8, 1, 64, 64)
    assert 0 <= float(once.luma.min()) <= float(once.luma.max()) <= 1
    assert 0 <= float(once.condition.min()) <= float(once.condition.max()) <= 1


def test_nothing_asked_for_is_nothing_but_quantisation() -> None:
    same = degrade(_patches(), 1, np.random.default_rng(5), NOTHING)
    assert float((same.luma - _patches()).abs().max()) <= 0.5 / 255 + 1e-6
    assert float(same.condition.max()) == float(same.step.max()) == float(same.blur.max()) == 0
    assert torch.equal(same.target, _patches())


def test_noise_alone_is_as_strong_as_the_condition_says() -> None:
    for seed in range(5):
        noisy = degrade(_patches(), 1, np.random.default_rng(seed), replace(NOTHING, noisy_share=1, max_sigma=0.08))
        true = (noisy.luma - _patches()).std(dim=(1, 2, 3))
        assert torch.allclose(noisy.condition[:, 0] * NOISE_UNIT, true, rtol=0.1, atol=0.002)
        assert torch.allclose(noisy.planted.float(), true, rtol=0.1, atol=0.002)


@pytest.mark.parametrize("codec", CODECS)
def test_half_the_patches_of_a_coded_batch_are_coded_and_say_so(codec: Codec) -> None:
    reach = replace(NOTHING, compressed_share=1, still_codecs=((codec, 1.0),), again_share=0)
    coded = degrade(_patches(), 1, np.random.default_rng(3), reach)
    harmed = (coded.luma - _patches()).abs().amax(dim=(1, 2, 3)) > 0.6 / 255
    assert torch.equal(harmed, coded.step > 0)
    assert 0 < int(harmed.sum()) < 8
    assert condition_step(float(coded.condition[:, 1].max())) == pytest.approx(
        min(float(coded.step.max()), 127.0), rel=1e-4
    )


def test_equal_conditions_mean_equal_damage_whatever_the_codec() -> None:
    ratios = []
    for codec in CODECS:
        reach = replace(NOTHING, compressed_share=1, still_codecs=((codec, 1.0),), again_share=0)
        for seed in range(6):
            coded = degrade(_patches(), 1, np.random.default_rng(seed), reach)
            chosen = coded.step > 0
            error = float((coded.luma - _patches())[chosen].square().mean().sqrt() * 255)
            step = float(coded.step[chosen][0])
            if 8 < step < 60:
                ratios.append(np.log(error) - 0.6 * np.log(step))
    assert len(ratios) > 10
    # Nominal steps of these codecs differ by a factor of 2 and more at equal error.
    assert float(np.std(ratios)) < 0.2


def test_slips_of_tone_are_in_the_target_too() -> None:
    slipped = degrade(_patches(), 1, np.random.default_rng(0), replace(NOTHING, slipped_share=1))
    assert float((slipped.luma - slipped.target).abs().max()) <= 0.5 / 255 + 1e-6
    assert float((slipped.target - _patches()).abs().mean()) > 0.01


def test_a_transfer_treats_its_patches_separately() -> None:
    transfer = Transfer(np.array([0.0, 1.0, -1.0]), np.array([0, 1, 1]), (Levels(gain=0.5), None, None))
    luma = _patches(3, 16)
    answer = transfer.applied(luma, torch.full((3, 2), 2.0))
    assert torch.allclose(answer[0], luma[0] * 0.5)
    assert torch.equal(answer[1:, :, ::2], luma[1:, :, ::2])
    assert not torch.equal(answer[1, :, 1::2], answer[2, :, 1::2])
    assert transfer.of(np.array([2, 0])).comb.tolist() == [-1.0, 0.0]


def test_ten_bits_are_finer_than_eight() -> None:
    deep = degrade(_patches(), 1, np.random.default_rng(0), replace(NOTHING, deep_share=1))
    assert float((deep.luma - _patches()).abs().max()) <= 0.5 / 1023 + 1e-6


def test_the_sheet_shows_a_row_each_and_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.rint(_patches(1, 200)[0, 0].numpy() * 255).astype(np.uint8)
    picture[90:110, 90:110] = 255
    drawn = sheet([picture])
    rows = drawn.reshape(-1, 352, drawn.shape[1])[:, :, 190:].astype(int)
    assert len(rows) == 29
    assert all(np.abs(row - rows[0]).mean() > 0.2 for row in rows[1:24])
    cv2.imwrite(str(tmp_path / "one.png"), picture)
    monkeypatch.setattr("sys.argv", ["sheet", str(tmp_path / "out.png"), "--data", str(tmp_path), "--pictures", "1"])
    main()
    written = cv2.imread(str(tmp_path / "out.png"), cv2.IMREAD_GRAYSCALE)
    assert written is not None
    assert written.shape == drawn.shape
    with pytest.raises(MediaError, match="exists already"):
        main()
    monkeypatch.setattr("sys.argv", ["sheet", str(tmp_path / "new.png"), "--data", str(tmp_path), "--pictures", "9"])
    with pytest.raises(MediaError, match="fewer than 9"):
        main()
