"""OpenColorIO for the view: configurations, what they offer, and their display transforms baked into tables."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.colour.automatic import transfer_of
from engines.colour.lattice import Shown, half_curve, in_turn, lattice, lattice_points
from engines.colour.screen import Screen
from engines.errors import SettingError
from engines.plain_file import check_plain
from engines.types import ColourSpec, PixelFormat

BUILT_IN = ("ocio://default", "ocio://cg-config-latest", "ocio://studio-config-latest")
"""Configurations that come with OpenColorIO."""

# Light for the table: logarithmic from 1/256 of white to 64 times white.
_FINE, _STOPS = 256.0, 14.0
_VIDEO = ("rec1886_rec709_display", "Rec.1886 Rec.709 - Display", "g24_rec709", "rec709_display", "Rec.709", "rec709")
_LARGEST = 256 * 2**20
_HINT = "Choose another configuration, or the automatic view."
# By transfer and primaries, "" = all others: names and aliases that the ACES configurations and older ones use.
_NAMES: dict[tuple[str, str], tuple[str, ...]] = {
    ("linear", "bt2020"): ("lin_rec2020", "Linear Rec.2020"),
    ("linear", "smpte432"): ("lin_p3d65", "Linear P3-D65"),
    ("linear", ""): ("lin_rec709", "lin_rec709_srgb", "Linear Rec.709 (sRGB)", "lin_srgb", "linear"),
    ("cineon", ""): ("ADX10", "adx10", "cineon", "Cineon", "lg10"),
    ("smpte2084", "smpte432"): ("st2084_p3d65_display", "ST2084-P3-D65 - Display"),
    ("smpte2084", ""): ("rec2100_pq_display", "Rec.2100-PQ - Display", "Rec.2100-PQ"),
    ("arib-std-b67", ""): ("rec2100_hlg_display", "Rec.2100-HLG - Display", "Rec.2100-HLG"),
    ("iec61966-2-1", ""): ("srgb_display", "sRGB - Display", "srgb_rec709_scene", "srgb_texture", "sRGB"),
    ("", "bt2020"): ("rec1886_rec2020_display", "Rec.1886 Rec.2020 - Display"),
    ("", "smpte431"): ("g26_p3d65_display", "Gamma 2.6 P3-D65 - Display", "P3-D65 - Display"),
    ("", "smpte432"): ("displayp3_display", "Display P3 - Display"),
    ("", ""): _VIDEO,
}


@dataclass(frozen=True)
class ConfigFacts:
    """What a configuration offers. views: by display, as it orders them; the first of either is its default."""

    name: str
    spaces: tuple[str, ...]
    views: tuple[tuple[str, tuple[str, ...]], ...]


def config_facts(where: str) -> ConfigFacts:
    """Raises SettingError: no such file, no configuration, nothing to choose from."""
    config = _config(where, stamp_of(where))
    displays = _first(config.getDefaultDisplay(), list(config.getDisplays()))
    views = tuple(
        (display, tuple(_first(config.getDefaultView(display), list(config.getViews(display))))) for display in displays
    )
    if not views or not views[0][1]:
        raise SettingError(f"The OpenColorIO configuration {_title(where)} names no display and view.", _HINT)
    return ConfigFacts(config.getName() or _title(where), tuple(config.getColorSpaceNames()), views)


def guessed_space(where: str, layout: PixelFormat, colour: ColourSpec) -> str:
    """The colour space for such pictures, its default where none is known. Raises SettingError."""
    return str(_space(_config(where, stamp_of(where)), layout, colour).getName())


def config_shown(screen: Screen, layout: PixelFormat, colour: ColourSpec) -> Shown:
    """The display transform that `screen` names. Raises SettingError: unknown names, files that are missing."""
    import PyOpenColorIO as ocio  # noqa: N813

    config = _config(screen.config, stamp_of(screen.config))
    facts = config_facts(screen.config)
    space = config.getColorSpace(screen.space) if screen.space else _space(config, layout, colour)
    device = _named(screen.device, [name for name, _ in facts.views], "display", screen)
    view = _named(screen.view, list(dict(facts.views)[device]), "view", screen)
    if space is None:
        raise SettingError(
            f"The OpenColorIO configuration {_title(screen.config)} has no colour space {screen.space}.",
            "Choose one that it has, or let it be guessed.",
        )
    light = transfer_of(layout, colour) == "linear" or space.getEncoding() == "scene-linear"
    points = lattice_points()
    if light:
        points = np.asarray((np.exp2(points * np.float32(_STOPS)) - 1.0) / np.float32(_FINE), np.float32)
    try:
        whole = _transform(ocio, space.getName(), device, view, screen.exposure)
        config.getProcessor(whole).getDefaultCPUProcessor().applyRGB(points)
    except (ocio.Exception, ocio.ExceptionMissingFile) as error:
        raise SettingError(
            f"The OpenColorIO configuration {_title(screen.config)} cannot show {space.getName()} on {device} "
            f"({view}): {_short(error)}",
            _HINT,
        ) from error
    answers = np.clip(np.nan_to_num(points), 0.0, 1.0) ** np.float32(1.0 / screen.gamma)
    return Shown(in_turn(half_curve(_shaped), lattice(answers)) if light else lattice(answers))


def _shaped(light: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.log2(1.0 + np.maximum(light, 0.0) * _FINE) / _STOPS, np.float32)


def _transform(ocio: Any, space: str, device: str, view: str, exposure: float) -> Any:
    if not exposure:
        return ocio.DisplayViewTransform(src=space, display=device, view=view)
    trim = ocio.ExposureContrastTransform(style=ocio.EXPOSURE_CONTRAST_LINEAR, exposure=exposure)
    return in_turn(
        ocio.ColorSpaceTransform(src=space, dst=ocio.ROLE_SCENE_LINEAR),
        trim,
        ocio.DisplayViewTransform(src=ocio.ROLE_SCENE_LINEAR, display=device, view=view),
    )


def _space(config: Any, layout: PixelFormat, colour: ColourSpec) -> Any:
    transfer = transfer_of(layout, colour)
    keys = [(transfer, colour.primaries), (transfer, "")]
    if not any(key[0] == transfer for key in _NAMES):
        keys += [("", colour.primaries), ("", "")]
    for name in (name for key in keys for name in _NAMES.get(key, ())):
        found = config.getColorSpace(name)
        if found is not None:
            return found
    default = config.getColorSpace("default") or config.getColorSpace("scene_linear")
    names = list(config.getColorSpaceNames())
    return default or config.getColorSpace(names[0])


def _named(wanted: str, there: list[str], what: str, screen: Screen) -> str:
    if wanted and wanted not in there:
        raise SettingError(
            f"The OpenColorIO configuration {_title(screen.config)} has no {what} {wanted}.",
            f"It has {', '.join(there)}.",
        )
    return wanted or there[0]


def stamp_of(where: str) -> int:
    """Changes when the configuration's file does."""
    path = where or os.environ.get("OCIO", "")
    try:
        return 0 if path.startswith("ocio://") or not path else Path(path).stat().st_mtime_ns
    except OSError:
        return -1


@lru_cache(maxsize=4)
def _config(where: str, _stamp: int) -> Any:
    import PyOpenColorIO as ocio  # noqa: N813

    path = where or os.environ.get("OCIO", "")
    if not path:
        raise SettingError(
            "No OpenColorIO configuration is named: the environment variable OCIO is not set.",
            "Choose one that is built in, or a file.",
        )
    # It would write to the terminal what is raised as well.
    ocio.SetLoggingLevel(ocio.LOGGING_LEVEL_NONE)
    _check_readable(path)
    try:
        config = ocio.Config.CreateFromFile(path)
        _names(config)
    except ocio.ExceptionMissingFile as error:
        raise SettingError(f"There is no OpenColorIO configuration {path}.", _HINT) from error
    except ocio.Exception as error:
        raise SettingError(f"{_title(where)} is no OpenColorIO configuration: {_short(error)}", _HINT) from error
    except UnicodeDecodeError as error:
        # In a name, or in what the library has to say of it.
        raise SettingError(f"The OpenColorIO configuration {_title(where)} is not in UTF-8.", _HINT) from error
    if not list(config.getColorSpaceNames()):
        raise SettingError(f"The OpenColorIO configuration {_title(where)} has no colour spaces.", _HINT)
    return config


def _names(config: Any) -> list[str]:
    """Everything by which a configuration is asked later. Raises UnicodeDecodeError."""
    views = [view for display in config.getDisplays() for view in config.getViews(display)]
    return [config.getName(), config.getDefaultDisplay(), *config.getColorSpaceNames(), *views]


def _check_readable(path: str) -> None:
    if path.startswith("ocio://"):
        return
    try:
        check_plain(Path(path), _LARGEST)
    except FileNotFoundError as error:
        raise SettingError(f"There is no OpenColorIO configuration {path}.", _HINT) from error
    except OSError as error:
        raise SettingError(
            f"The OpenColorIO configuration {Path(path).name} cannot be read: {error.strerror or error}.", _HINT
        ) from error


def _title(where: str) -> str:
    path = where or os.environ.get("OCIO", "") or "$OCIO"
    return path if path.startswith("ocio://") else Path(path).name


def _first(preferred: str, names: list[str]) -> list[str]:
    return [name for name in names if name == preferred] + [name for name in names if name != preferred]


def _short(error: Exception) -> str:
    """One line of what OpenColorIO says."""
    line = " ".join(str(error).split())
    return (line if len(line) <= 160 else f"{line[:157]}...").rstrip(".") + "."
