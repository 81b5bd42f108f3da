"""The list of shipped weights holds them all, and notices every other file."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.errors import ModelError
from engines.models.registry import model_names, weights_folder
from engines.models.shipped import LIST, check_shipped, digest_of_weights, shipped_digests


def test_what_is_shipped_is_what_is_listed() -> None:
    check_shipped()
    assert {f"{name}.safetensors" for name in model_names()} <= set(shipped_digests(weights_folder()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.safetensors").write_bytes(b"weights")
    digest = "9e4f1d73e2f1ee11c17f8d1f8bb8d6a8b7e0bd9d4d4f4b5e1e2b3f1a0c9d8e7f"
    (tmp_path / LIST).write_text(f"{digest}  a.safetensors\n")
    return tmp_path


def test_a_changed_a_missing_and_an_unlisted_file_are_named(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"a\.safetensors"):
        check_shipped(folder)
    (folder / "a.safetensors").unlink()
    with pytest.raises(ModelError, match=r"a\.safetensors"):
        check_shipped(folder)
    (folder / "a.safetensors").write_bytes(b"weights")
    (folder / LIST).write_text(f"{digest_of_weights(folder / 'a.safetensors')}  a.safetensors\n")
    check_shipped(folder)
    (folder / "b.safetensors").write_bytes(b"others")
    with pytest.raises(ModelError, match=r"b\.safetensors"):
        check_shipped(folder)


@pytest.mark.parametrize("text", ["", "abc  a.safetensors\n", "\xff"])
def test_a_list_that_is_missing_or_torn_is_refused(folder: Path, text: str) -> None:
    (folder / LIST).write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError, match="list of weights"):
        check_shipped(folder)
    (folder / LIST).unlink()
    with pytest.raises(ModelError, match="list of weights"):
        check_shipped(folder)
