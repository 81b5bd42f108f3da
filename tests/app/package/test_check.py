"""Whatever happens to a package after it was made is found, and the file is named."""

from __future__ import annotations

import hashlib
import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.export.verify import verify
from app.package.check import check_package
from engines.errors import Cancelled, MediaError, RenderError
from tests.app.package.conftest import nothing
from tests.flips import bag_again, change_sample, flip, tell_framemd5


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_was_just_packaged_is_whole(package: Path) -> None:
    read: list[int] = []
    check_package(package, read.append)
    assert sum(read) >= sum(path.stat().st_size for path in files_of(package / "data"))


@pytest.mark.parametrize("seed", range(40))
def test_any_bit_of_any_file_is_missed(copied: Path, seed: int) -> None:
    rng = random.Random(seed)
    path = rng.choice(files_of(copied))
    flip(path, rng.randrange(path.stat().st_size * 8))
    with pytest.raises(RenderError) as caught:
        check_package(copied)
    assert path.name in caught.value.sentence


@pytest.mark.parametrize("name", ["tagmanifest-sha256.txt", "manifest-sha256.txt"])
def test_every_bit_of_a_manifests_line_counts(copied: Path, name: str) -> None:
    path = copied / name
    whole = path.read_bytes()
    # A line's digest, its spaces, its name and its end.
    for bit in range(8 * 50, 8 * (whole.index(b"\n") + 1)):
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


def larger(folder: Path) -> None:
    """More than what its bag-info says, by far."""
    path = folder / "bag-info.txt"
    text = path.read_text("utf-8")
    path.write_text(re.sub("Payload-Oxum: .*", "Payload-Oxum: 1.1", text), encoding="utf-8")
    for name in ("tagmanifest-sha256.txt", "tagmanifest-sha512.txt"):
        algorithm = name[12:18]
        digest = hashlib.new(algorithm, path.read_bytes()).hexdigest()
        listed = (folder / name).read_text("utf-8")
        (folder / name).write_text(re.sub("[0-9a-f]+( +bag-info.txt)", rf"{digest}\1", listed), encoding="utf-8")
    os.truncate(folder / "data" / "reel.mkv", 1 << 30)


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
        (longer, "data/reel.mkv has 1,099,511,627,776 bytes and hardly"),
        (larger, "data/reel.mkv is far larger"),
        (shorter, "data/reel.mkv was changed"),
        (odd_name, r"a\\nb"),
    ],
)
def test_what_does_not_belong_there_is_refused(copied: Path, spoil: Callable[[Path], None], word: str) -> None:
    spoil(copied)
    with pytest.raises(RenderError, match=word):
        check_package(copied)


@pytest.mark.parametrize("name", ["reel.mkv", "timeline.otio", "metadata/ebucore.xml", "masks/000003.png"])
def test_manifests_made_anew_do_not_hide_a_change(copied: Path, name: str) -> None:
    """Whoever changes a file and bags it again has not changed the log's chain."""
    flip(copied / "data" / name, 8 * 60 + 1)
    bag_again(copied)
    with pytest.raises(RenderError, match=f"data/{name} is not what the audit log"):
        check_package(copied)


def test_a_file_that_was_added_or_removed_before_bagging_again_is_named(copied: Path) -> None:
    (copied / "data" / "timeline.otio").unlink()
    (copied / "data" / "more.txt").write_text("x", encoding="ascii")
    bag_again(copied)
    with pytest.raises(RenderError, match=r"data/more.txt, data/timeline.otio is not what"):
        check_package(copied)


@pytest.mark.parametrize("told", [False, True])
def test_one_sample_that_was_changed_is_found_behind_new_manifests(copied: Path, told: bool) -> None:
    master = copied / "data" / "reel.mkv"
    frame = change_sample(master, random.Random(3))
    if told:
        tell_framemd5(master.with_name("reel.mkv.framemd5"), master, frame)
    bag_again(copied)
    with pytest.raises(RenderError, match=r"data/reel.mkv") as caught:
        verify(copied, None, nothing)
    assert ("framemd5" in caught.value.sentence) == told


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
