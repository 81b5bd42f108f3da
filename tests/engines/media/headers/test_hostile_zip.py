"""Zips that were made to harm: refused with one sentence, whatever they say."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.errors import MediaError
from engines.media.headers.keep import keep_headers
from engines.media.headers.restore import KeptHeaders
from tests.engines.media.headers import stills_kit as kit
from tests.engines.media.headers.test_keep_and_restore import frame_of

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, Path]:
    """A still and what was kept of it."""
    path = kit.swapped_dpx(tmp_path / "a.dpx", (48, 16))
    keep_headers({0: path}, tmp_path / "h.zip")
    return path, tmp_path / "h.zip"


def edited(archive: Path, edit: Edit) -> Path:
    """A copy whose index was changed."""
    out = archive.with_name("edited.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "index.json":
                index = json.loads(data)
                edit(index)
                data = json.dumps(index).encode()
            new.writestr(name, data)
    return out


EDITS: dict[str, Edit] = {
    "a name that leads out": lambda i: i["files"][0].update(name="../../etc/passwd"),
    "a name that is absolute": lambda i: i["files"][0].update(name="/tmp/x"),
    "a name that is no text": lambda i: i["files"][0].update(name=7),
    "a size beyond all": lambda i: i["files"][0].update(size=2**60),
    "a size below zero": lambda i: i["files"][0].update(size=-1),
    "a digest of another kind": lambda i: i["files"][0].update(sha256="0"),
    "no digest": lambda i: i["files"][0].pop("sha256"),
    "a template that is not there": lambda i: i["files"][0].update(template=9),
    "a recipe that is not there": lambda i: i["files"][0].update(recipe=9),
    "a change outside": lambda i: i["files"][0].update(changes=[[2**40, "00"]]),
    "a change that is no hex": lambda i: i["files"][0].update(changes=[[0, "zz"]]),
    "a block as large as a town": lambda i: i["recipes"][0][0].update(width=2**20, height=2**20),
    "a block beyond the picture": lambda i: i["recipes"][0][0].update(x=4000),
    "a block with a fifth plane": lambda i: i["recipes"][0][0].update(planes=[0, 1, 2, 3, 4]),
    "a plane that is not there": lambda i: i["recipes"][0][0].update(planes=[0, 1, 3]),
    "blocks that overlap": lambda i: i["recipes"][0].append(dict(i["recipes"][0][0])),
    "a word of another kind": lambda i: i["recipes"][0][0].update(word="O"),
    "a field of its own": lambda i: i["recipes"][0][0].update(evil=1),
    "no list of files": lambda i: i.update(files=None),
    "a frame twice": lambda i: i["files"].append(dict(i["files"][0])),
    "another format": lambda i: i.update(format="tratteggio footers"),
    "a later version": lambda i: i.update(version=2),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edited_index_is_refused(kept: tuple[Path, Path], edit: Edit) -> None:
    still, archive = kept
    with pytest.raises(MediaError), KeptHeaders(edited(archive, edit)) as headers:
        headers.rebuilt(0, frame_of(still))


def test_a_bomb_is_not_unpacked(kept: tuple[Path, Path], tmp_path: Path) -> None:
    still, archive = kept
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("index.json", old.read("index.json"))
        new.writestr("patch/00000000", old.read("patch/00000000"))
        new.writestr("template/00000000", bytes(2**26))
    with KeptHeaders(bomb) as headers, pytest.raises(MediaError, match="larger than it can be"):
        headers.rebuilt(0, frame_of(still))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_one_flipped_bit_never_gives_another_file(kept: tuple[Path, Path], place: int, bit: int) -> None:
    still, archive = kept
    data = bytearray(archive.read_bytes())
    data[place % len(data)] ^= 1 << bit
    broken = archive.with_name("broken.zip")
    broken.write_bytes(bytes(data))
    try:
        with KeptHeaders(broken) as headers:
            rebuilt = headers.rebuilt(0, frame_of(still))
    except MediaError:
        return
    assert rebuilt == still.read_bytes()
