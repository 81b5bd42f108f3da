"""Import, range check and library: what is taken in, what is refused, that nothing is left half done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engines.errors import ModelError, RenderError
from engines.models import collection, community
from engines.models.collection import Card, add, find, proper_name, remove, shelf
from engines.models.importing import import_model
from engines.models.range_check import check_range
from engines.models.range_check import test_scene as scene
from engines.models.registry import weights_folder
from tests.tiny_models import needs_spandrel, save, srvgg


class _Code:
    """Would write a file when a careless reader unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def _card(name: str = "mine", **given: Any) -> Card:
    return Card(**{"name": name, "kind": "imported", "file": f"{name}.pth", "sha256": "0" * 64, **given})


@needs_spandrel
@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_a_model_is_taken_in_with_its_card(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "models"
    source = srvgg(tmp_path / f"my model{suffix}", scale=2, sharpen=0.1)
    taken = import_model(folder, source, licence="CC0").card
    assert (taken.name, taken.scale, taken.channels, taken.licence) == ("my-model", 2, 3, "CC0")
    assert taken.architecture == "RealESRGAN Compact"
    assert (folder / taken.file).read_bytes() == source.read_bytes()
    assert find(folder, "my-model") == taken
    # It looks two pixels far: a Laplacian, then a convolution whose middle alone counts.
    assert 2 <= taken.reach <= 4
    with pytest.raises(ModelError, match="a model my-model already"):
        import_model(folder, source)
    assert remove(folder, "my-model") == taken
    assert list(folder.iterdir()) == []


@needs_spandrel
def test_what_no_image_model_is_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    text = tmp_path / "a.pth"
    text.write_text("not a model")
    code = tmp_path / "code.pth"
    torch.save({"params": _Code(tmp_path / "ran")}, code)
    unknown, video, empty = (tmp_path / n for n in ("u.pth", "v.safetensors", "e.pth"))
    save(unknown, {"strange.weight": torch.zeros(3, 3)})
    save(video, {"spynet.basic_module.0.weight": torch.zeros(3, 3)})
    torch.save([1, 2], empty)
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(srvgg(tmp_path / "whole.safetensors").read_bytes()[:-50])
    for path, words in (
        (text, "can be read safely"),
        (code, "can be read safely"),
        (cut, "can be read safely"),
        (unknown, "architecture of u.pth is not known"),
        (video, "several frames"),
        (empty, "no named tensors"),
        (tmp_path / "none.pth", "cannot be read"),
        (tmp_path, "cannot be read"),
        (weights_folder() / "detail.safetensors", "a model that ships"),
    ):
        with pytest.raises(ModelError, match=words):
            import_model(folder, path)
    with pytest.raises(ModelError, match="weight file of stage detail"):
        import_model(folder, weights_folder() / "detail.safetensors", "other")
    assert not (tmp_path / "ran").exists()
    assert not folder.exists()


@needs_spandrel
def test_a_file_too_large_for_an_image_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = srvgg(tmp_path / "a.safetensors")
    monkeypatch.setattr(community, "LARGEST_FILE", 100)
    with pytest.raises(ModelError, match="too large"):
        import_model(tmp_path / "models", source)


@needs_spandrel
@pytest.mark.parametrize(
    ("bias", "sharpen", "words"),
    [
        (0.2, 0.0, "brightness of a flat picture by 20% of white"),
        (0.0, 6.0, "brightness of a detailed picture|with another one"),
        (float("nan"), 0.0, "no numbers"),
    ],
)
def test_answers_out_of_range_are_refused(tmp_path: Path, bias: float, sharpen: float, words: str) -> None:
    source = srvgg(tmp_path / "a.safetensors", bias=bias, sharpen=sharpen)
    with pytest.raises(ModelError, match=words):
        import_model(tmp_path / "models", source)
    assert not (tmp_path / "models").exists()


@needs_spandrel
def test_the_weights_at_hand_pass(shared_data: Path) -> None:
    weights = shared_data.parent / "weights"
    path = weights / "sr" / "realesr-animevideov3_x4_fp16.safetensors"
    if not path.is_file():
        pytest.skip("needs ../shared/weights")
    model = community.load_community(path, "cpu", community.file_digest(path))
    seen = check_range(model, path.name)
    assert (model.scale, model.channels) == (4, 3)
    assert seen.brightness < 0.02
    assert 8 <= seen.reach <= 20


def test_the_test_scene_is_a_picture() -> None:
    assert scene().min() >= 0.0
    assert scene().max() <= 1.0
    assert scene().std() > 0.1


def test_a_card_is_written_with_its_file_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, folder = tmp_path / "a.pth", tmp_path / "models"
    source.write_bytes(b"weights")
    with pytest.raises(ModelError, match="changed while it was read"):
        add(folder, source, _card())
    digest = community.file_digest(source)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(RenderError, match="disk is full"):
            add(folder, source, _card(sha256=digest))
    assert list(folder.iterdir()) == []
    add(folder, source, _card(sha256=digest, told={"minutes": 3}))
    assert find(folder, "mine").told == {"minutes": 3}
    with pytest.raises(ModelError, match="already"):
        add(folder, source, _card("MINE", sha256=digest))


def test_damaged_and_straying_cards_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text(json.dumps({"name": "b", "kind": "imported", "sha256": "0", "file": "../x.pth"}))
    (tmp_path / "c.json").write_text(json.dumps({"name": "c", "kind": "tuned", "sha256": "0", "minutes": 4}))
    held = shelf(tmp_path)
    assert [card.name for card in held.cards] == ["c"]
    assert not held.cards[0].usable_as_stage
    assert len(held.problems) == 2
    with pytest.raises(ModelError, match="are missing"):
        find(tmp_path, "c")
    with pytest.raises(ModelError, match="no model 'z' of yours"):
        remove(tmp_path, "z")


def test_names_hold_nothing_that_settings_read_otherwise() -> None:
    assert proper_name("4x Ultra,Sharp:v=2") == "4x-Ultra-Sharp-v-2"
    with pytest.raises(ModelError, match="no name for a model"):
        proper_name("///")


def test_a_changed_folder_has_another_stamp(tmp_path: Path) -> None:
    assert collection.stamp(None) == collection.stamp(tmp_path / "absent") == ""
    assert collection.stamp(tmp_path) != ""
