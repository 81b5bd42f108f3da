"""Stage `model`: identity stays the source bit for bit, regions, layouts, labels, strength, keys, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.detect.shots import ShotList
from engines.errors import ModelError, SettingError
from engines.graph import Graph, Puller
from engines.models.importing import import_model
from engines.policy import EXPORT
from engines.provenance import Origin
from engines.resample import enlarge_plane
from engines.stages import model as stage_model
from engines.stages.base import Stage, StageContext
from engines.stages.settings import parse_settings
from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import MemorySource, random_frame
from tests.tiny_models import needs_spandrel, save, srvgg

pytestmark = needs_spandrel

YUV420 = PixelFormat("yuv", 8, 2, 2)
LAYOUTS = [
    YUV420,
    PixelFormat("yuv", 10, 4, 1),
    PixelFormat("yuv", 8, alpha=True),
    PixelFormat("rgb", 16),
    PixelFormat("rgb", 8, alpha=True),
    PixelFormat("gray", 8),
    PixelFormat("rgb", 16, floating=True),
]


@pytest.fixture(autouse=True)
def _small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_model, "TILE", 48)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an identity (`same`), a sharpener (`sharp`) and two enlargers (`twice`, `near`)."""
    made = tmp_path_factory.mktemp("made")
    folder = made / "models"
    import_model(folder, srvgg(made / "same.safetensors", scale=1))
    import_model(folder, srvgg(made / "sharp.safetensors", scale=1, sharpen=0.1))
    import_model(folder, srvgg(made / "twice.safetensors", scale=2, sharpen=0.1))
    import_model(folder, srvgg(made / "near.safetensors", scale=2))
    return folder


def _stage(text: dict[str, str], context: StageContext) -> Stage:
    kind = stage_model.MODEL
    return kind.make(parse_settings(kind.name, kind.settings_type, text), context)


def _puller(folder: Path, frame: Frame, name: str, **settings: str) -> Puller:
    stage = _stage({"name": name, **settings}, StageContext(models=folder))
    return Puller(Graph(MemorySource([frame]), ShotList((0,), 1), (stage,)), EXPORT)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_a_model_leaves_alone_stays_the_source(models: Path, layout: PixelFormat) -> None:
    frame = random_frame(layout, 131, 70)
    answer = _puller(models, frame, "same").pull(0)
    assert answer.provenance.shares()["SOURCE"] == 1.0
    for before, after in zip(frame.planes, answer.frame.quantised().planes, strict=True):
        assert np.array_equal(before, after)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["sharp", "twice"])
def test_a_region_is_the_same_cut_of_the_whole(models: Path, layout: PixelFormat, name: str) -> None:
    puller = _puller(models, random_frame(layout, 131, 90), name)
    scale = 2 if name == "twice" else 1
    bounds = Rect(0, 0, 131 * scale, 90 * scale)
    region = Rect(36, 20, 50, 44).aligned(layout.chroma_x, layout.chroma_y, bounds)
    part, whole = puller.pull(0, region), puller.pull(0).crop(region)
    for a, b in zip(part.frame.planes, whole.frame.planes, strict=True):
        assert np.array_equal(a, b)
    assert np.array_equal(part.provenance.labels, whole.provenance.labels)
    assert np.array_equal(part.provenance.confidence, whole.provenance.confidence)


def test_what_it_changes_is_synthesised_and_vouched_for_by_nothing(models: Path) -> None:
    frame = random_frame(YUV420, 64, 64, seed=1)
    answer = _puller(models, frame, "sharp").pull(0)
    luma_moved = answer.frame.quantised().planes[0] != frame.planes[0]
    assert luma_moved.mean() > 0.9
    assert (answer.provenance.labels[luma_moved] == Origin.SYNTHESISED).all()
    assert (answer.provenance.confidence[answer.provenance.labels == Origin.SYNTHESISED] == 0).all()
    # A pixel that is still called source has its own luma and its own chroma.
    kept = answer.provenance.labels == Origin.SOURCE
    assert not luma_moved[kept].any()
    for index in (1, 2):
        moved = answer.frame.quantised().planes[index] != frame.planes[index]
        assert not moved.repeat(2, 0).repeat(2, 1)[kept].any()


def test_a_flat_picture_is_only_enlarged(models: Path) -> None:
    flat = Frame((np.full((40, 60), 100, np.uint8),), PixelFormat("gray", 8), ColourSpec())
    answer = _puller(models, flat, "near").pull(0)
    assert answer.provenance.shares()["ADJUSTED"] == 1.0
    assert (answer.frame.planes[0] == 100).all()
    assert answer.frame.width == 120


def test_the_model_sees_nominal_rgb_of_the_tagged_matrix_and_range(models: Path) -> None:
    """A Laplacian of RGB is one of Y'CbCr: 4:4:4 luma must move by exactly that, whatever the range."""
    full = ColourSpec(range="pc", matrix="bt709")
    rng = np.random.default_rng(2)
    planes = tuple((110 + 25 * rng.random((64, 64))).astype(np.uint8) for _ in range(3))
    for colour in (full, replace(full, range="tv"), ColourSpec()):
        answer = _puller(models, Frame(planes, PixelFormat("yuv", 8), colour), "sharp").pull(0).frame
        luma = np.pad(planes[0].astype(np.float32), 1)
        moved = 4 * luma[1:-1, 1:-1] - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]
        expected = planes[0] + 0.1 * moved
        inner = np.s_[2:-2, 2:-2]
        assert np.abs(answer.planes[0][inner] - expected[inner]).max() < 0.51


def test_strength_is_a_share_of_the_change(models: Path) -> None:
    frame = random_frame(PixelFormat("gray", 16), 64, 48, seed=3)
    whole, half, none = (_puller(models, frame, "sharp", strength=s).pull(0) for s in ("1", "0.5", "0"))
    source = frame.planes[0].astype(np.float32)
    assert np.abs((whole.frame.planes[0] - source) - 2 * (half.frame.planes[0] - source)).max() < 1.5
    assert np.array_equal(none.frame.planes[0], source)
    assert none.provenance.shares()["SOURCE"] == 1.0


def test_light_beyond_white_survives(models: Path) -> None:
    """The model sees 0..1; what scene-linear floats hold beyond it is enlarged as it is."""
    layout = PixelFormat("gray", 32, floating=True)
    bright = Frame((np.full((40, 40), 6.5, np.float32),), layout, ColourSpec(transfer="linear"))
    answer = _puller(models, bright, "twice").pull(0).frame
    assert np.abs(answer.planes[0] - 6.5).max() < 1e-4


def test_grey_models_leave_chroma_alone(tmp_path: Path, shared_data: Path) -> None:
    weights = shared_data.parent / "weights" / "denoise" / "dncnn_25.pth"
    if not weights.is_file():
        pytest.skip("needs ../shared/weights")
    folder = tmp_path / "models"
    assert import_model(folder, weights, "dncnn").card.channels == 1
    frame = random_frame(YUV420, 40, 36)
    answer = _puller(folder, frame, "dncnn").pull(0).frame.quantised()
    assert np.array_equal(answer.planes[1], frame.planes[1])
    assert not np.array_equal(answer.planes[0], frame.planes[0])


def test_an_enlarging_model_with_nothing_to_add_is_the_enlargement_it_computes(models: Path) -> None:
    """Nearest neighbours of a plane, in code values."""
    frame = random_frame(PixelFormat("gray", 8), 30, 20, seed=4)
    answer = _puller(models, frame, "near").pull(0).frame.planes[0]
    assert np.abs(answer - frame.planes[0].repeat(2, 0).repeat(2, 1)).max() < 0.51
    assert np.abs(answer - enlarge_plane(frame.planes[0], 2)).max() > 1


def test_the_key_holds_the_digest_and_forensic_mode_can_tell(models: Path) -> None:
    context = StageContext(models=models)
    key = _stage({"name": "sharp"}, context).key()
    assert key == _stage({"name": "sharp"}, context).key()
    others = [{"name": "same"}, {"name": "sharp", "strength": "0.5"}]
    assert key not in [_stage(other, context).key() for other in others]
    assert "sharp" in _stage({"name": "sharp"}, context).invents


def test_refusals_are_sentences(models: Path) -> None:
    context = StageContext(models=models)
    with pytest.raises(SettingError, match="no model is named"):
        _stage({}, context)
    with pytest.raises(ModelError, match="no imported model 'absent'"):
        _stage({"name": "absent"}, context)
    with pytest.raises(ModelError, match="no imported model"):
        _stage({"name": "same"}, StageContext())


def test_weights_that_were_swapped_are_refused(models: Path) -> None:
    import_model(models, models / "sharp.safetensors", "swapped")
    puller = _puller(models, random_frame(YUV420, 32, 32), "swapped")
    save(models / "swapped.safetensors", {"other": torch.zeros(3)})
    with pytest.raises(ModelError, match="has changed since it was imported"):
        puller.pull(0)
