from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from engines.plain_file import check_plain, loaded, read_json, read_whole


def test_ordinary_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"é": [1, 2.5]}', "utf-8")
    assert read_json(path) == {"é": [1, 2.5]}
    assert read_whole(path, path.stat().st_size) == path.read_bytes()


def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    os.truncate(path, 2**40)
    with pytest.raises(OSError, match=r"too large \(1,099,511,627,776 bytes\)"):
        read_whole(path)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pipes and devices of POSIX systems")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_nothing_but_files_is_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    with pytest.raises(OSError, match="it is"):
        check_plain(path)
    with pytest.raises(OSError, match="it is"):
        read_whole(path)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "[" * 100_000, "9" * 5000, "{", b"\xff"])
def test_improper_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own, or ours
        loaded(text)


def test_json_that_goes_too_deep_is_refused() -> None:
    assert loaded("[" * 100 + "1" + "]" * 100)
    for text in ("[" * 101 + "1" + "]" * 101, "[" * 100_000, '{"a":' * 150 + "1" + "}" * 150):
        with pytest.raises(ValueError, match=r"too deeply|Expecting"):
            loaded(text)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="holes in files as POSIX systems make them")
def test_a_file_of_holes_is_refused_whatever_may_be_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    os.truncate(path, 2**40)
    with pytest.raises(OSError, match="hardly anything in them"):
        check_plain(path)
