"""Whatever happens to a package after it was made is found, and the file is named."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from app.package.bag import make_bag
from app.package.check import check_package
from engines.errors import Cancelled, MediaError, RenderError


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def test_what_was_just_packaged_is_whole(package: Path) -> None:
    read: list[int] = []
    check_package(package, read.append)
    assert sum(read) >= sum(path.stat().st_size for path in files_of(package / "data"))


@pytest.mark.parametrize("seed", range(60))
def test_any_bit_of_any_file_is_missed(copied: Path, seed: int) -> None:
    rng = random.Random(seed)
    path = rng.choice(files_of(copied))
    flip(path, rng.randrange(path.stat().st_size * 8))
    with pytest.raises(RenderError) as caught:
        check_package(copied)
    assert path.name in caught.value.sentence


@pytest.mark.parametrize("name", ["tagmanifest-sha256.txt", "tagmanifest-sha512.txt", "manifest-sha256.txt"])
def test_every_bit_of_a_manifests_line_counts(copied: Path, name: str) -> None:
    path = copied / name
    whole = path.read_bytes()
    for bit in range(8 * (whole.index(b"\n") + 1)):
        flip(path, bit)
        with pytest.raises(RenderError, match=name):
            check_package(copied)
        path.write_bytes(whole)
    check_package(copied)


def add(folder: Path) -> None:
    (folder / "data" / "more.txt").write_text("x", encoding="ascii")


def add_beside(folder: Path) -> None:
    (folder / "more.txt").write_text("x", encoding="ascii")


def remove(folder: Path) -> None:
    (folder / "data" / "timeline.otio").unlink()


def link_file(folder: Path) -> None:
    path = folder / "data" / "timeline.otio"
    path.rename(folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def link_folder(folder: Path) -> None:
    path = folder / "data" / "metadata"
    path.rename(folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def fetch(folder: Path) -> None:
    (folder / "fetch.txt").write_text("https://example.org/x 1 data/x\n", encoding="ascii")


def leave(folder: Path) -> None:
    path = folder / "manifest-sha256.txt"
    (folder.parent / "x").write_text("", encoding="ascii")
    path.write_text(path.read_text("utf-8") + "0" * 64 + "  data/../../x\n", encoding="utf-8")


def absolute(folder: Path) -> None:
    path = folder / "tagmanifest-sha256.txt"
    path.write_text(path.read_text("utf-8") + "0" * 64 + " /etc/passwd\n", encoding="utf-8")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "data" / "pipe")


def deep(folder: Path) -> None:
    (folder / "data").joinpath(*"abcdefghijklm").mkdir(parents=True)


def enormous(folder: Path) -> None:
    os.truncate(folder / "bag-info.txt", 1 << 40)


def longer(folder: Path) -> None:
    os.truncate(folder / "data" / "reel.mkv", 1 << 40)


def shorter(folder: Path) -> None:
    path = folder / "data" / "reel.mkv"
    os.truncate(path, path.stat().st_size - 1)


def odd_name(folder: Path) -> None:
    (folder / "data" / "a\nb").write_text("x", encoding="ascii")


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (add, "data/more.txt"),
        (add_beside, "more.txt"),
        (remove, "data/timeline.otio"),
        (link_file, "data/timeline.otio is a link"),
        (link_folder, "data/metadata is a link"),
        (fetch, "fetch.txt"),
        (leave, "manifest-sha256.txt"),
        (absolute, "/etc/passwd"),
        (pipe, "data/pipe"),
        (deep, "deeper"),
        (enormous, "bag-info.txt"),
        (longer, "data/reel.mkv is far larger"),
        (shorter, "data/reel.mkv was changed"),
        (odd_name, r"a\\nb"),
    ],
)
def test_what_does_not_belong_there_is_refused(copied: Path, spoil: Callable[[Path], None], word: str) -> None:
    spoil(copied)
    with pytest.raises(RenderError, match=word):
        check_package(copied)


@pytest.mark.parametrize("name", ["reel.mkv", "reel.mkv.tratteggio.json", "timeline.otio", "metadata/ebucore.xml"])
def test_manifests_made_anew_do_not_hide_a_change(copied: Path, name: str) -> None:
    """Whoever changes a file and bags it again has not changed the log's chain."""
    flip(copied / "data" / name, 8 * 200 + 1)
    readme = (copied / "README.txt").read_text("utf-8")
    anew = copied.parent / "anew"
    (copied / "data").rename(anew)
    make_bag(anew, {"Contact-Name": "Somebody"}, readme)
    with pytest.raises((RenderError, MediaError), match=r"audit log|manifest|tratteggio.json"):
        check_package(anew)


def test_no_package_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"holds no bagit.txt"):
        check_package(tmp_path)
    with pytest.raises(MediaError, match="is no folder"):
        check_package(tmp_path / "nothing")


def test_checking_stops_when_asked(package: Path) -> None:
    def stop(_bytes: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        check_package(package, stop)
