"""The file of small pictures: kept between openings, cut off where it was torn, pruned by age."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from engines.media.proxies import ProxyFile, proxy_size, prune


def picture(level: int) -> np.ndarray:
    return np.full((27, 48, 3), level, np.uint8)


def test_pictures_are_there_again_after_opening(tmp_path: Path) -> None:
    file = ProxyFile(tmp_path / "a.proxies")
    for number in (3, 0, 7):
        file.put(number, picture(number * 20))
    file.close()
    again = ProxyFile(tmp_path / "a.proxies")
    assert len(again) == 3
    found = again.get(7)
    assert found is not None
    assert abs(int(found.mean()) - 140) <= 2
    assert again.get(1) is None
    again.close()


def test_a_torn_end_is_cut_off_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.proxies"
    file = ProxyFile(path)
    file.put(0, picture(10))
    whole = path.stat().st_size
    file.put(1, picture(200))
    file.close()
    os.truncate(path, path.stat().st_size - 5)
    again = ProxyFile(path)
    assert len(again) == 1
    assert path.stat().st_size == whole
    again.put(1, picture(90))
    again.close()
    last = ProxyFile(path)
    found = last.get(1)
    assert found is not None
    assert abs(int(found.mean()) - 90) <= 2
    last.close()


def test_the_files_used_longest_ago_go_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old", "kept")):
        path = tmp_path / f"{name}.proxies"
        path.write_bytes(bytes(1000))
        os.utime(path, (10_000 - age * 100,) * 2)
    prune(tmp_path, 2000, tmp_path / "kept.proxies")
    assert {path.stem for path in tmp_path.iterdir()} == {"new", "kept"}


def test_small_pictures_keep_the_shape() -> None:
    assert proxy_size(1920, 1080) == (400, 225)
    assert proxy_size(96, 64) == (96, 64)
    assert proxy_size(4000, 10) == (400, 1)
