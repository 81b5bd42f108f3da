"""OpenColorIO on the view: tables against its own processors, spaces guessed from tags, configurations that are bad."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from engines import viewing
from engines.colour.look import transform_of
from engines.colour.ocio import BUILT_IN, config_facts, config_shown, guessed_space
from engines.colour.screen import Screen
from engines.errors import SettingError
from engines.types import ColourSpec, Frame, PixelFormat
from engines.viewing import Window

_RGB10 = PixelFormat("rgb", 10)
_FLOAT = PixelFormat("rgb", 16, floating=True)
_DEFAULT = Screen("ocio", config="ocio://default")
_SMALL = """ocio_profile_version: 2
roles: {{default: code, scene_linear: light}}
displays:
  Desk:
    - !<View> {{name: Plain, colorspace: code}}
    - !<View> {{name: Film, colorspace: film}}
colorspaces:
  - !<ColorSpace> {{name: light, encoding: scene-linear}}
  - !<ColorSpace>
    name: code
    from_scene_reference: !<ExponentTransform> {{value: 2.0, direction: inverse}}
  - !<ColorSpace>
    name: film
    from_scene_reference: !<FileTransform> {{src: {lut}}}
"""


def _small(folder: Path, lut: str = "none.cube") -> str:
    path = folder / "small.ocio"
    path.write_text(_SMALL.format(lut=lut), encoding="utf-8")
    return str(path)


def _cube(path: Path) -> None:
    """Red and blue change places."""
    ends = ("0 0 0", "0 0 1", "0 1 0", "0 1 1", "1 0 0", "1 0 1", "1 1 0", "1 1 1")
    path.write_text("\n".join(["LUT_3D_SIZE 2", *ends]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_configurations_say_what_they_offer(name: str) -> None:
    facts = config_facts(name)
    assert facts.views[0][0] == "sRGB - Display"
    assert all(views for _, views in facts.views)
    assert "ACEScg" in facts.spaces


@pytest.mark.parametrize(
    ("layout", "colour", "expected"),
    [
        (_RGB10, ColourSpec(), "Rec.1886 Rec.709 - Display"),
        (_RGB10, ColourSpec(primaries="bt709", transfer="bt709"), "Rec.1886 Rec.709 - Display"),
        (_RGB10, ColourSpec(primaries="bt2020", transfer="smpte2084"), "Rec.2100-PQ - Display"),
        (_RGB10, ColourSpec(primaries="smpte432", transfer="iec61966-2-1"), "sRGB - Display"),
        (_RGB10, ColourSpec(primaries="smpte432", transfer="bt709"), "Display P3 - Display"),
        (_FLOAT, ColourSpec(), "Linear Rec.709 (sRGB)"),
        (_FLOAT, ColourSpec(primaries="bt2020", transfer="linear"), "Linear Rec.2020"),
    ],
)
def test_the_clip_s_space_is_guessed_from_its_tags(layout: PixelFormat, colour: ColourSpec, expected: str) -> None:
    assert guessed_space("ocio://default", layout, colour) == expected


@pytest.mark.parametrize(
    ("screen", "layout", "space"),
    [
        (Screen("ocio", config="ocio://default", view="Un-tone-mapped"), _RGB10, "Rec.1886 Rec.709 - Display"),
        (Screen("ocio", config="ocio://default", space="ACEScg"), _FLOAT, "ACEScg"),
        (Screen("ocio", config="ocio://default", space="ACEScct"), _RGB10, "ACEScct"),
    ],
)
def test_tables_agree_with_the_configuration_s_own_processor(screen: Screen, layout: PixelFormat, space: str) -> None:
    rng = np.random.default_rng(7)
    grey = rng.random((1, 1, 4000)) * (1.0 if layout is _RGB10 else 3.0)
    rgb = np.clip(grey + rng.normal(0, 0.02, (3, 1, 4000)), 0.02, None).astype(np.float32)
    config = ocio.Config.CreateFromFile("ocio://default")
    display = config.getDefaultDisplay()
    view = screen.view or config.getDefaultView(display)
    exact = np.ascontiguousarray(rgb[:, 0].T)
    config.getProcessor(
        ocio.DisplayViewTransform(src=space, display=display, view=view)
    ).getDefaultCPUProcessor().applyRGB(exact)
    found = config_shown(screen, layout, ColourSpec()).apply(rgb)[0].astype(float)
    gap = np.abs(found - np.clip(exact, 0, 1) * 255)
    assert np.percentile(gap, 99) < 1.5
    assert gap.max() < 6


def test_exposure_doubles_light_and_gamma_follows(tmp_path: Path) -> None:
    where = _small(tmp_path)
    rgb = np.full((3, 1, 1), 0.5, np.float32)
    shown = {}
    for stops, gamma in ((0.0, 1.0), (1.0, 1.0), (0.0, 2.0)):
        screen = Screen("ocio", config=where, exposure=stops, gamma=gamma)
        shown[stops, gamma] = int(config_shown(screen, _RGB10, ColourSpec()).apply(rgb.copy())[0, 0, 0])
    assert shown[0.0, 1.0] == pytest.approx(127.5, abs=1)
    assert shown[1.0, 1.0] == pytest.approx(255 * (2 * 0.25) ** 0.5, abs=1)
    assert shown[0.0, 2.0] == pytest.approx(255 * 0.5**0.5, abs=1)


@pytest.mark.parametrize(
    ("screen", "said"),
    [
        (Screen("ocio", config="/nowhere/at/all.ocio"), "There is no OpenColorIO configuration"),
        (Screen("ocio", config="ocio://nonsense"), "no OpenColorIO configuration"),
        (Screen("ocio", config="ocio://default", space="Nonsense"), "no colour space Nonsense"),
        (Screen("ocio", config="ocio://default", device="Nonsense"), "no display Nonsense"),
        (Screen("ocio", config="ocio://default", view="Nonsense"), "no view Nonsense"),
    ],
)
def test_what_is_not_there_is_said(screen: Screen, said: str) -> None:
    with pytest.raises(SettingError, match=said) as caught:
        config_shown(screen, _RGB10, ColourSpec())
    assert caught.value.hint


def test_files_that_are_no_configuration_or_miss_others_are_said(tmp_path: Path) -> None:
    for name, text in (("text.ocio", "hello"), ("list.ocio", "- a\n- b\n"), ("empty.ocio", "")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(SettingError, match=f"{name} is no OpenColorIO configuration"):
            config_facts(str(tmp_path / name))
    with pytest.raises(SettingError, match=r"none\.cube"):
        config_shown(Screen("ocio", config=_small(tmp_path), view="Film"), _RGB10, ColourSpec())


def test_the_environment_s_configuration_is_used_or_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCIO", raising=False)
    with pytest.raises(SettingError, match="OCIO is not set"):
        config_facts("")
    monkeypatch.setenv("OCIO", _small(tmp_path))
    assert config_facts("").views == (("Desk", ("Plain", "Film")),)


def test_a_cube_is_applied_to_codes_and_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "swap.cube"
    _cube(path)
    planes = tuple(np.full((4, 4), value, np.uint8) for value in (200, 100, 50))
    frame = Frame(planes, PixelFormat("rgb", 8), ColourSpec())
    screen = Screen("lut", lut=str(path))
    shown = viewing.show(frame, Window(0, 0, 4, 4, 4, 4), screen)
    assert np.abs(shown[0, 0, :3].astype(int) - (200, 100, 50)).max() <= 1
    path.write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    shown = viewing.show(frame, Window(0, 0, 4, 4, 4, 4), screen)
    assert np.abs(shown[0, 0, :3].astype(int) - (205, 155, 55)).max() <= 1
    with pytest.raises(SettingError, match=r"There is no look-up table"):
        transform_of(Screen("lut", lut=str(tmp_path / "none.cube")), _RGB10, ColourSpec())
