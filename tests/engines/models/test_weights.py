"""Weight files and the register of what ships."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engines.errors import ModelError
from engines.models import registry
from engines.models.devices import check_device, out_of_memory
from engines.models.weights import load_weights, save_weights


def test_weights_come_back_with_statement_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_weights(path, {"a": torch.arange(6.0).reshape(2, 3)}, {"steps": "7"})
    back = load_weights(path)
    assert torch.equal(back.tensors["a"], torch.arange(6.0).reshape(2, 3))
    assert back.statement["steps"] == "7"
    assert len(back.sha256) == 64


def test_missing_and_broken_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"w.safetensors is missing"):
        load_weights(tmp_path / "w.safetensors")
    (tmp_path / "w.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="cannot be read"):
        load_weights(tmp_path / "w.safetensors")


def test_weights_of_another_network_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "weights_folder", lambda: tmp_path)
    save_weights(tmp_path / "detail.safetensors", {"x": torch.zeros(1)}, {"config.channels": "8", "config.blocks": "1"})
    registry.load_detail.cache_clear()
    with pytest.raises(ModelError, match="another network"):
        registry.load_detail("cpu")
    registry.load_detail.cache_clear()


def test_everything_that_ships_loads_and_says_how_it_was_trained() -> None:
    for name in registry.model_names():
        entry = registry.describe_model(name)
        assert entry.parameters > 0
        assert int(entry.statement["steps"]) > 0
        assert (entry.path.parent / f"{name}.md").is_file(), "every weight has a card"
        assert entry.sha256 in (entry.path.parent / f"{name}.md").read_text(encoding="utf-8")


def test_unknown_models_and_devices_are_named() -> None:
    with pytest.raises(ModelError, match="no model 'magic'"):
        registry.describe_model("magic")
    with pytest.raises(ModelError, match="no device 'tpu'"):
        check_device("tpu")


def test_memory_errors_are_told_from_others() -> None:
    assert out_of_memory(MemoryError())
    assert out_of_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"))
    assert not out_of_memory(RuntimeError("size mismatch"))
