"""What a master's manifest says of the fade that was brought back in it, so that it can be undone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engines.errors import MediaError, SettingError
from engines.fade.parameters import LIMITS, FadeParameters
from engines.plain_file import loaded, read_whole
from engines.types import FrameNo

_FADE = "fade"
_KEPT_COLOURS = ("primaries", "transfer")
"""Settings of stage convert that change R'G'B'; its others only change how that is stored."""

_LARGEST = 256 * 2**20


@dataclass(frozen=True)
class _Shot:
    first: FrameNo
    last: FrameNo
    parameters: FadeParameters


@dataclass(frozen=True, eq=False)
class Undo:
    """The parameters that were applied, by frame of the master. key: content key of all that is held here."""

    name: str
    width: int
    height: int
    count: int
    key: str
    shots: tuple[_Shot, ...]

    def at(self, number: FrameNo) -> FadeParameters | None:
        """What was applied to frame `number` of the master, from 0; None where nothing was."""
        return next((shot.parameters for shot in self.shots if shot.first <= number <= shot.last), None)

    def check(self, width: int, height: int, count: int, reduction: int = 1) -> None:
        """Raises SettingError where a clip whose pictures, reduced so much, have that size is not the master."""
        ours = f"{self.count} frames of {-(-self.width // reduction)}x{-(-self.height // reduction)} pixels"
        theirs = f"{count} frames of {width}x{height} pixels"
        if ours != theirs:
            raise SettingError(
                f"{self.name} tells of a master of {ours}, but this clip has {theirs}.",
                "Take the manifest that was written beside this very master.",
            )


def read_undo(path: Path) -> Undo:
    """The fade of the master whose manifest is at `path`.

    Raises MediaError where it is missing or damaged, SettingError where there is nothing in it that can be undone.
    """
    try:
        text = read_whole(path, _LARGEST)
    except FileNotFoundError:
        raise MediaError(f"The manifest {path} is missing.", "Name the .tratteggio.json beside the master.") from None
    except OSError as error:
        raise MediaError(f"The manifest {path} cannot be read ({error}).", "Choose another file.") from error
    try:
        held = loaded(text)
        first, last = int(held["first"]), int(held["last"])
        stages: list[Mapping[str, Any]] = [dict(stage) for stage in held["stages"]]
        place = next((at for at, stage in enumerate(stages) if stage["name"] == _FADE), len(stages))
        after = [stage for stage in stages[place + 1 :] if _changes_colours(stage)]
        applied = stages[place].get("applied", ()) if place < len(stages) else ()
        shots = tuple(_shot(one, first) for one in applied)
        size = int(held["width"]), int(held["height"]), last - first + 1
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise MediaError(
            f"{path} is no manifest of a master, or is damaged.", "Restore the one that was written beside the master."
        ) from error
    if not shots:
        raise SettingError(
            f"{path.name} tells of no fade that was brought back.", "There is nothing to undo: leave undo out."
        )
    if after:
        raise SettingError(
            f"{path.name}: stage {after[0]['name']} came after fade, which cannot be undone through it.",
            "Undo needs a master that fade was the last to change.",
        )
    return Undo(path.name, *size, key=hashlib.sha256(text).hexdigest(), shots=shots)


def _shot(held: Mapping[str, Any], start: FrameNo) -> _Shot:
    """Of the manifest's `applied`; frames as the master counts them. Raises ValueError, KeyError, TypeError."""
    usual = FadeParameters().arrays()
    arrays = {name: np.asarray(held["parameters"][name], np.float64) for name in usual}
    if any(arrays[name].shape != usual[name].shape for name in usual):
        raise ValueError("parameters of other shapes")
    if not ((arrays["gain"] > 0.0).all() and (arrays["toe"] > 0.0).all()):
        raise ValueError("parameters without sense")
    parameters = FadeParameters.from_arrays(arrays)
    # Written so that a NaN is refused.
    if not (np.abs(parameters.vector()) <= LIMITS * (1.0 + 1e-9)).all():
        raise ValueError("parameters out of bounds")
    return _Shot(int(held["first"]) - start, int(held["last"]) - start, parameters)


def _changes_colours(stage: Mapping[str, Any]) -> bool:
    return stage["name"] != "convert" or not all(
        settings[key] == "as_is" for settings in _by_shot(stage["settings"]) for key in _KEPT_COLOURS
    )


def _by_shot(settings: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The settings of every shot that has the stage, where shots differ."""
    parts = [value for value in settings.values() if isinstance(value, Mapping)]
    return parts or [settings]
