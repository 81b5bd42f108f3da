"""What a source is, byte for byte, against the digests that other programs compute."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from engines.cancel import CancelToken
from engines.errors import Cancelled, MediaError
from engines.media.identity import SourceIdentity, identify
from engines.media.open import open_source
from tests.clips import write_clip, write_stills


def _identity(path: Path) -> SourceIdentity:
    source = open_source(path)
    try:
        return identify(path, source.info)
    finally:
        source.close()


def test_a_file_has_the_digests_of_its_bytes(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "reel.mkv", frames=2)
    data = clip.read_bytes()
    found = _identity(clip)
    assert [(f.name, f.size) for f in found.files] == [("reel.mkv", len(data))]
    assert found.files[0].md5 == hashlib.md5(data).hexdigest()
    assert found.sha256 == found.files[0].sha256 == hashlib.sha256(data).hexdigest()


def test_stills_are_known_by_what_sha256sum_prints(tmp_path: Path) -> None:
    write_stills(tmp_path / "scan", frames=3)
    (tmp_path / "scan" / "notes.txt").write_text("not a still")
    found = _identity(tmp_path / "scan")
    printed = subprocess.run(
        ["sha256sum", *(f.name for f in found.files)], cwd=tmp_path / "scan", capture_output=True, check=True
    ).stdout
    assert len(found.files) == 3
    assert found.sha256 == hashlib.sha256(printed).hexdigest()
    assert found.size == sum((tmp_path / "scan" / f.name).stat().st_size for f in found.files)


def test_one_changed_bit_changes_it(tmp_path: Path) -> None:
    folder = write_stills(tmp_path / "scan", frames=3)
    before = _identity(folder)
    still = sorted(folder.iterdir())[1]
    data = bytearray(still.read_bytes())
    data[-20] ^= 1
    still.write_bytes(data)
    source = open_source(folder)
    after = identify(folder, source.info)
    assert after.sha256 != before.sha256
    assert [a == b for a, b in zip(after.files, before.files, strict=True)] == [True, False, True]


def test_it_stops_when_asked(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "reel.mkv", frames=2)
    source = open_source(clip)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        identify(clip, source.info, lambda _: cancel.check())


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "reel.mkv", frames=2)
    source = open_source(clip)
    source.close()
    clip.unlink()
    with pytest.raises(MediaError, match=r"reel\.mkv cannot be read"):
        identify(clip, source.info)


def test_it_comes_back_from_json(tmp_path: Path) -> None:
    found = _identity(write_stills(tmp_path / "scan", frames=2))
    assert SourceIdentity.from_json(found.to_json()) == found


@pytest.mark.parametrize(
    "change",
    [
        {"files": []},
        {"files": "all"},
        {"sha256": "0" * 64},
        {"files": [{"name": "../a", "size": 1, "md5": "0" * 32, "sha256": "0" * 64}], "sha256": "0" * 64},
        {"files": [{"name": "a", "size": "1", "md5": "0" * 32, "sha256": "0" * 64}], "sha256": "0" * 64},
        {"files": [{"name": "a", "size": 1, "md5": "x", "sha256": "0" * 64}], "sha256": "0" * 64},
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    held = _identity(write_clip(tmp_path / "reel.mkv", frames=2)).to_json()
    with pytest.raises(MediaError):
        SourceIdentity.from_json({**held, **change})
