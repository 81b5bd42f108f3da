"""Tables of both dialects are read and applied as plain interpolation says; every bad file gets its sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.colour.cube import UNIT, read_cube
from engines.colour.cube_map import CubeMap, cube_map
from engines.errors import SettingError

SIDE = 5


def _text(*header: str, rows: NDArray[np.float64]) -> str:
    return "\n".join([*header, *(" ".join(f"{value:.6f}" for value in row) for row in rows)]) + "\n"


def _table(side: int = SIDE) -> NDArray[np.float64]:
    """side^3 x 3, red fastest: something linear, so that tetrahedral interpolation gives it back everywhere."""
    steps = np.linspace(0, 1, side)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([0.8 * red + 0.1 * green, green, 0.5 * blue + 0.2 * red + 0.1], -1).reshape(-1, 3)


def _line(length: int = 9, power: float = 2.0) -> NDArray[np.float64]:
    return np.asarray(np.linspace(0, 1, length)[:, None] ** np.array([power, 1.0, power]))


def _written(folder: Path, text: str | bytes) -> Path:
    path = folder / "look.cube"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _noise(shape: tuple[int, ...] = (3, 7, 31)) -> NDArray[np.float32]:
    return np.random.default_rng(1).random(shape).astype(np.float32)


def test_a_table_of_three_channels(tmp_path: Path) -> None:
    head = ('TITLE "Warm evening"', "# made by hand", "", f"LUT_3D_SIZE {SIDE}", "DOMAIN_MIN 0 0 0", "DOMAIN_MAX 1 1 1")
    cube = read_cube(_written(tmp_path, _text(*head, rows=_table())))
    assert (cube.title, cube.side, cube.line, cube.table_domain) == ("Warm evening", SIDE, None, UNIT)
    red, green, blue = rgb = _noise()
    expected = np.stack([0.8 * red + 0.1 * green, green, 0.5 * blue + 0.2 * red + 0.1])
    np.testing.assert_allclose(CubeMap(cube).apply(rgb), expected, atol=2e-6)


def test_curves_alone(tmp_path: Path) -> None:
    cube = read_cube(_written(tmp_path, _text("LUT_1D_SIZE 9", rows=_line())))
    rgb, steps = _noise(), np.linspace(0, 1, 9)
    expected = np.stack([np.interp(rgb[0], steps, steps**2), rgb[1], np.interp(rgb[2], steps, steps**2)])
    np.testing.assert_allclose(CubeMap(cube).apply(rgb), expected, atol=2e-6)


def test_resolves_curves_before_a_table_with_their_ranges(tmp_path: Path) -> None:
    head = ("LUT_1D_SIZE 9", "LUT_1D_INPUT_RANGE -0.5 1.5", f"LUT_3D_SIZE {SIDE}", "LUT_3D_INPUT_RANGE 0.0 1.0")
    path = _written(tmp_path, _text(*head, rows=np.concatenate([_line(power=1.0), _table()])))
    red, green, blue = rgb = _noise() * 2 - 0.5
    answer = CubeMap(read_cube(path)).apply(rgb)
    red, green, blue = ((channel + 0.5) / 2 for channel in (red, green, blue))
    np.testing.assert_allclose(
        answer, np.stack([0.8 * red + 0.1 * green, green, 0.5 * blue + 0.2 * red + 0.1]), atol=2e-6
    )


def test_domains_differ_by_channel_and_end(tmp_path: Path) -> None:
    head = (f"LUT_3D_SIZE {SIDE}", "DOMAIN_MIN -1 0 0", "DOMAIN_MAX 1 2 1")
    cube = read_cube(_written(tmp_path, _text(*head, rows=_table())))
    at = np.array([[0.0, 1.0, 9.0], [1.0, 1.0, 9.0], [0.5, 0.0, -9.0]], np.float32)[:, None]
    red, green, blue = np.clip((at - [[[-1]], [[0]], [[0]]]) / [[[2]], [[2]], [[1]]], 0, 1)
    expected = np.stack([0.8 * red + 0.1 * green, green, 0.5 * blue + 0.2 * red + 0.1])
    np.testing.assert_allclose(CubeMap(cube).apply(at), expected, atol=2e-6)


def test_a_pixels_answer_does_not_depend_on_what_is_beside_it(tmp_path: Path) -> None:
    rows = np.random.default_rng(2).random((SIDE**3, 3))
    table = CubeMap(read_cube(_written(tmp_path, _text(f"LUT_3D_SIZE {SIDE}", rows=rows))))
    rgb = _noise((3, 40, 61))
    whole = table.apply(rgb)
    for x in range(1, 14):
        np.testing.assert_array_equal(table.apply(rgb[:, 3:17, x : x + 2 * x]), whole[:, 3:17, x : x + 2 * x])


def test_what_is_no_number_gives_a_colour(tmp_path: Path) -> None:
    table = CubeMap(read_cube(_written(tmp_path, _text(f"LUT_3D_SIZE {SIDE}", rows=_table()))))
    odd = np.full((3, 1, 4), [np.nan, np.inf, -np.inf, 1e30], np.float32)
    assert np.isfinite(table.apply(odd)).all()


def test_windows_lines_tabs_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    text = _text(f"LUT_3D_SIZE\t{SIDE}", rows=_table()).replace("\n", "\r\n").replace(" ", "\t")
    assert read_cube(_written(tmp_path, b"\xef\xbb\xbf" + text.encode())).side == SIDE


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    first = read_cube(_written(tmp_path, _text("LUT_1D_SIZE 9", rows=_line()))).digest
    assert read_cube(_written(tmp_path, _text("LUT_1D_SIZE 9", rows=_line(power=1.5)))).digest != first


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"  \n", r"look.cube is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not a text file"),
        (b"# nothing here\n", "holds no look-up table"),
        (b"0 0 0\n1 1 1\n", "says no LUT_1D_SIZE"),
        (b"LUT_3D_SIZE 2\n" + b"0 0 0\n" * 7, "says 2 x 2 x 2 colours, 8 in all, but holds 7"),
        (b"LUT_1D_SIZE 2\n" + b"0 0 0\n" * 3, "says 2 colours, 2 in all, but holds 3"),
        (b"LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n0 0 0\n", "says 2 and 2 x 2 x 2 colours, 10 in all, but holds 1"),
        (b"LUT_1D_SIZE 2\n0 0 0\nnan 1 1\n", "has no colour in line 3: 'nan 1 1'"),
        (b"LUT_1D_SIZE 2\n0 0 0\n1 1 inf\n", "has no colour in line 3"),
        (b"LUT_1D_SIZE 2\n0 0 0\n1 1\n", "has no colour in line 3: '1 1'"),
        (b"LUT_1D_SIZE 2\n0 0 0\n1 1 1e60\n", "has no colour in line 3"),
        (b"LUT_1D_SIZE 2\n\n0 0 0\n1 1 x\n", "has no colour in line 4: '1 1 x'"),
        (b"LUT_3D_SIZE 500\n", "says a size of '500' in line 1. Possible are 2 to 129"),
        (b"LUT_3D_SIZE -2\n", "says a size of '-2'"),
        (b"LUT_3D_SIZE \xc2\xb2\n", "says a size of"),
        (b"LUT_1D_SIZE 2\nDOMAIN_MAX 0 0 0\n0 0 0\n1 1 1\n", "DOMAIN_MAX that is not above"),
        (b"LUT_1D_SIZE 2\nDOMAIN_MAX 1 1\n0 0 0\n1 1 1\n", "does not say 3 numbers in line 2"),
        (b"LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 1 0\n0 0 0\n1 1 1\n", "range in line 2 that does not rise"),
        (b"LUT_1D_SIZE 2\nLUT_IN_VIDEO_RANGE\n0 0 0\n1 1 1\n", "says 'LUT_IN_VIDEO_RANGE' in line 2"),
    ],
)
def test_every_bad_file_gets_its_sentence(tmp_path: Path, text: bytes, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        read_cube(_written(tmp_path, text))


def test_files_that_are_not_there_and_folders(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="There is no look-up table"):
        read_cube(tmp_path / "gone.cube")
    with pytest.raises(SettingError, match="cannot be read"):
        read_cube(tmp_path)


def test_a_file_is_taken_apart_once_while_it_stays_the_same(tmp_path: Path) -> None:
    path = _written(tmp_path, _text("LUT_1D_SIZE 9", rows=_line()))
    first = read_cube(path)
    assert read_cube(path) is first
    assert cube_map(first) is cube_map(read_cube(path))
    _written(tmp_path, _text("LUT_1D_SIZE 9", rows=_line(power=1.5)))
    assert read_cube(path) is not first
