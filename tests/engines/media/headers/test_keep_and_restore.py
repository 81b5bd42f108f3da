"""Every still comes back byte for byte from its samples and what was kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import OpenEXR
import pytest

from engines.cancel import CancelToken
from engines.errors import Cancelled, MediaError
from engines.media.headers.keep import Kept, keep_headers
from engines.media.headers.restore import KeptHeaders, restore_file
from engines.media.stills import read_still
from engines.types import Frame
from tests.engines.media.headers import stills_kit as kit
from tests.engines.media.write_helpers import picture


def frame_of(path: Path) -> Frame:
    still = read_still(path)
    return Frame(still.planes, still.format, still.colour)


def round_trip(folder: Path, files: Mapping[int, Path]) -> tuple[Kept, Mapping[int, bool]]:
    """Keeps and rebuilds all; returns what was said and which were kept whole."""
    kept = keep_headers(files, folder / "headers.zip")
    with KeptHeaders(folder / "headers.zip") as headers:
        for number, path in files.items():
            whole = headers.files[number].whole
            assert headers.files[number].name == path.name
            assert headers.rebuilt(number, None if whole else frame_of(path)) == path.read_bytes(), path.name
        return kept, {number: file.whole for number, file in headers.files.items()}


@pytest.mark.parametrize("size", kit.SIZES)
@pytest.mark.parametrize("name", kit.DPX)
def test_dpx_of_every_packing(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    files = {0: kit.dpx(tmp_path / "ours.dpx", name, size)}
    if name in kit.FFMPEGS_DPX:
        files[1] = kit.ffmpeg_still(tmp_path / "ffmpeg.dpx", "dpx", name, picture(name, 2, size))
    kept, whole = round_trip(tmp_path, files)
    assert not any(whole.values())
    assert kept.patched == 0


@pytest.mark.parametrize("size", kit.SIZES)
def test_odd_dpx(tmp_path: Path, size: tuple[int, int]) -> None:
    files = {
        0: kit.swapped_dpx(tmp_path / "swapped.dpx", size),
        1: kit.packed_12_bits(tmp_path / "packed.dpx", size),
        2: kit.cineon(tmp_path / "log.cin", size),
    }
    kept, whole = round_trip(tmp_path, files)
    assert whole == {0: False, 1: False, 2: False}
    assert kept.patched == 1


@pytest.mark.parametrize("name", ["rgb48le", "gray16le", "gray", "rgb24", "rgba64le"])
def test_tiff_of_every_layout(tmp_path: Path, name: str) -> None:
    ways: dict[str, dict[str, Any]] = {
        "little": {"byteorder": "<"},
        "big": {"byteorder": ">"},
        "strips": {"rowsperstrip": 5},
        "tiles": {"tile": (16, 16)},
        "bigtiff": {"bigtiff": True, "byteorder": ">"},
        "described": {"description": "leader", "resolution": (300, 300), "extratags": [(65000, 1, 900, b"x" * 900)]},
    }
    if name in ("rgb48le", "rgb24"):
        ways["separate"] = {"planarconfig": "separate"}
    paths = [kit.tiff(tmp_path / f"{way}.tif", name, (37, 23), **options) for way, options in ways.items()]
    paths.append(kit.ffmpeg_still(tmp_path / "f.tif", "tiff", name, picture(name, 2, (37, 23)), compression_algo="raw"))
    kept, whole = round_trip(tmp_path, dict(enumerate(paths)))
    assert not any(whole.values())
    assert kept.patched == 0


@pytest.mark.parametrize("name", ["gbrpf16le", "gbrpf32le", "grayf16le", "gbrapf16le"])
def test_exr_with_another_channel(tmp_path: Path, name: str) -> None:
    _, whole = round_trip(tmp_path, {0: kit.exr(tmp_path / "a.exr", name, (37, 23))})
    assert whole == {0: False}


def test_what_samples_do_not_give_back_is_kept_whole_and_told(tmp_path: Path) -> None:
    cut = kit.dpx(tmp_path / "cut.dpx", "gbrp10le", (48, 16))
    cut.write_bytes(cut.read_bytes()[:1500])
    files = {
        0: kit.tiff(tmp_path / "a.tif", "rgb24", (48, 16), compression="zlib"),
        1: kit.exr(tmp_path / "b.exr", "gbrpf16le", (48, 16), OpenEXR.PIZ_COMPRESSION),
        2: kit.ffmpeg_still(tmp_path / "c.png", "png", "rgb24", picture("rgb24", 1, (48, 16))),
        3: cut,
    }
    kept, whole = round_trip(tmp_path, files)
    assert all(whole.values())
    assert "0 of 4 stills" in kept.sentence
    for reason in ("adobe deflate", "piz", "png stores no plain samples", "cannot be read"):
        assert reason in kept.sentence


def test_a_sequence_shares_one_template(tmp_path: Path) -> None:
    files = {n: kit.dpx(tmp_path / f"{n:06d}.dpx", "gbrp10le", (48, 16), n, b"u" * 3000) for n in range(40)}
    kept, _ = round_trip(tmp_path, files)
    assert kept.size < 40 * 250


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    files = {n: kit.swapped_dpx(tmp_path / f"{n}.dpx", (48, 16)) for n in range(3)}
    keep_headers(files, tmp_path / "one.zip")
    keep_headers(dict(reversed(files.items())), tmp_path / "other.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_other_samples_are_refused(tmp_path: Path) -> None:
    path = kit.dpx(tmp_path / "a.dpx", "gbrp10le", (48, 16))
    keep_headers({5: path}, tmp_path / "h.zip")
    with KeptHeaders(tmp_path / "h.zip") as headers:
        with pytest.raises(MediaError, match="could not be rebuilt"):
            headers.rebuilt(5, picture("gbrp10le", 9, (48, 16)))
        with pytest.raises(MediaError, match="rebuilt from gbrp10 samples, not from gbrp12"):
            headers.rebuilt(5, picture("gbrp12le", 9, (48, 16)))
        with pytest.raises(MediaError, match="not from none"):
            headers.rebuilt(5, None)
        with pytest.raises(MediaError, match="nothing of frame 4"):
            headers.rebuilt(4, frame_of(path))


def test_a_file_is_written_whole_and_never_over_another(tmp_path: Path) -> None:
    path = kit.dpx(tmp_path / "a.dpx", "gbrp10le", (48, 16))
    keep_headers({0: path}, tmp_path / "h.zip")
    with KeptHeaders(tmp_path / "h.zip") as headers:
        restore_file(headers, 0, frame_of(path), tmp_path / "b.dpx")
        assert (tmp_path / "b.dpx").read_bytes() == path.read_bytes()
        with pytest.raises(MediaError, match="exists already"):
            restore_file(headers, 0, frame_of(path), path)


def test_a_cancelled_run_leaves_nothing(tmp_path: Path) -> None:
    cancel = CancelToken()
    files = {n: kit.dpx(tmp_path / f"{n}.dpx", "gray", (48, 16), n) for n in range(3)}
    with pytest.raises(Cancelled):
        keep_headers(files, tmp_path / "h.zip", cancel=cancel, step=cancel.cancel)
    assert not list(tmp_path.glob("h.zip*"))
