"""A clip's identity survives copying and changes with its content."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from engines.media import fingerprint as module
from engines.media.fingerprint import fingerprint


def test_copies_are_the_same_clip(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(os.urandom(5000))
    shutil.copy(tmp_path / "a", tmp_path / "b")
    os.utime(tmp_path / "b", (1, 1))
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


@pytest.mark.parametrize("place", [0, 2500, 4999])
def test_small_files_count_whole(place: int, tmp_path: Path) -> None:
    data = bytearray(os.urandom(5000))
    (tmp_path / "a").write_bytes(data)
    before = fingerprint(tmp_path / "a")
    data[place] ^= 1
    (tmp_path / "a").write_bytes(data)
    assert fingerprint(tmp_path / "a") != before


def test_large_files_count_by_size_head_tail_and_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WHOLE", 1000)
    monkeypatch.setattr(module, "_BLOCK", 100)
    monkeypatch.setattr(module, "_BLOCKS", 4)
    data = bytearray(os.urandom(10_000))
    path = tmp_path / "a"

    def after(place: int) -> str:
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(changed)
        return fingerprint(path)

    path.write_bytes(data)
    before = fingerprint(path)
    assert before not in (after(0), after(9_999), after(3_350))
    assert after(500) == before  # between the samples
    path.write_bytes(data + b"x")
    assert fingerprint(path) != before


def test_sequences_count_names_sizes_and_contents(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.png" for number in range(3)]
    for number, file in enumerate(files):
        file.write_bytes(bytes([number]) * 100)
    before = fingerprint(files)
    assert fingerprint(files[:2]) != before
    files[1].write_bytes(b"\x07" * 100)
    assert fingerprint(files) != before
    files[1].write_bytes(bytes([1]) * 100)
    assert fingerprint(files) == before
    renamed = files[2].rename(tmp_path / "3.png")
    assert fingerprint([*files[:2], renamed]) != before
