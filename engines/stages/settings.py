"""Typed stage settings: a frozen dataclass per stage, its fields carrying range, unit and help."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from engines.errors import SettingError
from engines.stages.setting_texts import parsed_colour, parsed_curve, parsed_points


@dataclass(frozen=True)
class Described:
    """What a panel shows and a parser enforces. Bounds are inclusive; None = unbounded.

    names: the kind of the user's models whose names may be given ("stage" or "tuned"); empty for other settings.
    needed: without it the stage has nothing to do. rare: most people never touch it. another: what the next number
    gives, where one number is as good as the next; empty for numbers that mean something. draws: "rect" for a text
    `x,y,width,height` in source pixels that is drawn in the viewer, "points" for spots picked there
    (`frame:x,y frame:x,y`), empty for none. keyed: a text `frame:value frame:value`, keyframes. file: a path to a file
    of that kind: "cube" (a look-up table), "manifest" (of a master) or "still" (a picture, or `frame:N` for one of
    the clip's own). curve: a text `x,y x,y`, points of a curve over 0..1; empty = a straight line. colour: a text
    `r,g,b`, each within `low` to `high`.
    """

    label: str
    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: tuple[Any, ...] = ()
    names: str = ""
    needed: bool = False
    rare: bool = False
    another: str = ""
    draws: str = ""
    keyed: bool = False
    file: str = ""
    curve: bool = False
    colour: bool = False


def setting(default: Any, label: str, help: str, **bounds: Any) -> Any:  # noqa: A002 - the reader's word
    """A dataclass field with its description: `sigma: float = setting(0.1, "Noise", "...", low=0, high=1)`."""
    return field(default=default, metadata={"described": Described(label, help, **bounds)})


S = TypeVar("S")


def described(settings_type: type[Any]) -> Mapping[str, Described]:
    """Descriptions of every field by name, in order."""
    return {f.name: f.metadata["described"] for f in fields(settings_type)}


def lacking(settings_type: type[Any], text: Mapping[str, str]) -> str:
    """Label of a needed setting that `text` leaves out; empty where nothing is lacking."""
    return next(
        (about.label for key, about in described(settings_type).items() if about.needed and not text.get(key)), ""
    )


def parse_settings(stage: str, settings_type: type[S], text: Mapping[str, str]) -> S:
    """Settings from `key=value` texts. Raises SettingError that names the keys, the type or the range expected."""
    known = described(settings_type)
    hints = typing.get_type_hints(settings_type)
    values: dict[str, Any] = {}
    for key, value in text.items():
        if key not in known:
            raise SettingError(f"Stage {stage} has no setting {key!r}.", f"Known: {', '.join(known) or 'none'}.")
        values[key] = _convert(stage, key, value, hints[key])
    settings = settings_type(**values)
    check_settings(stage, settings)
    return settings


def check_settings(stage: str, settings: Any) -> None:
    """Raises SettingError where a value is outside its described range or choices."""
    for key, about in described(type(settings)).items():
        value = getattr(settings, key)
        if about.choices and value not in about.choices:
            allowed = ", ".join(str(c) for c in about.choices)
            raise SettingError(f"Stage {stage}: {key}={value} is not possible.", f"Choose one of {allowed}.")
        if about.draws == "points":
            parsed_points(stage, value, key)
        if about.curve:
            parsed_curve(stage, value, key)
        if about.colour:
            parsed_colour(stage, value, key, about.low, about.high)
        if value is None or isinstance(value, str | bool):
            continue
        low, high = about.low, about.high
        # Written so that a NaN, which compares false with everything, is out of range.
        if not ((low is None or value >= low) and (high is None or value <= high)):
            raise SettingError(f"Stage {stage}: {key}={value} is out of range.", f"Give a value from {low} to {high}.")


def _convert(stage: str, key: str, text: str, hint: Any) -> Any:
    optional = isinstance(hint, types.UnionType) and type(None) in typing.get_args(hint)
    if optional and text == "auto":
        return None
    kind = next(a for a in typing.get_args(hint) if a is not type(None)) if optional else hint
    try:
        if kind is bool:
            return {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}[text.lower()]
        return kind(text)
    except (KeyError, ValueError):
        expected = {bool: "on or off", int: "a whole number", float: "a number"}.get(kind, "a text")
        also = ' or "auto"' if optional else ""
        raise SettingError(f"Stage {stage}: {key}={text!r} is not understood.", f"Give {expected}{also}.") from None
