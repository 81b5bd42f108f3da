"""Data classes out of JSON that anybody may have written: each value is of the type its field says, or refused."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Made = TypeVar("Made")


def typed(kind: type[Made], held: Any) -> Made:
    """`held` as a data class of `kind`, its lists as tuples; fields that are not there have their defaults.

    Raises TypeError or ValueError, in a clause that names the field.
    """
    if not isinstance(held, Mapping):
        raise TypeError(f"{kind.__name__} is no table of values")
    hints = _hints(kind)
    unknown = [name for name in held if name not in hints]
    if unknown:
        raise TypeError(f"there is no {str(unknown[0])[:40]!r} in a {kind.__name__}")
    return kind(**{name: _value(hints[name], value, name) for name, value in held.items()})


def _hints(kind: type[Any]) -> Mapping[str, Any]:
    hints = _resolved(kind)  # type: ignore[arg-type]
    return {field.name: hints[field.name] for field in fields(kind)}


_resolved = lru_cache(maxsize=32)(get_type_hints)


def _value(hint: Any, value: Any, name: str) -> Any:
    if hint is Any:
        return value
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in args:
            return None
        (inner,) = (arg for arg in args if arg is not type(None))
        return _value(inner, value, name)
    if origin is Literal:
        if value not in args:
            raise ValueError(f"{name} is none of {', '.join(map(str, args))}")
        return value
    if origin is tuple:
        return _items(args, value, name)
    if origin is not None:
        if not isinstance(value, dict):
            raise TypeError(f"{name} is no table of values")
        return {key: _value(args[1], one, name) for key, one in value.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        return typed(hint, value)
    return _plain(hint, value, name)


def _items(args: tuple[Any, ...], value: Any, name: str) -> tuple[Any, ...]:
    # A tuple is what a worker on another machine hands over as it is.
    if not isinstance(value, list | tuple):
        raise TypeError(f"{name} is no list")
    kinds = [args[0]] * len(value) if args[-1] is Ellipsis else list(args)
    if len(kinds) != len(value):
        raise TypeError(f"{name} has {len(value)} values instead of {len(kinds)}")
    return tuple(_value(kind, one, name) for kind, one in zip(kinds, value, strict=True))


def _plain(hint: Any, value: Any, name: str) -> Any:
    if hint is Path and isinstance(value, str) and "\0" not in value:
        return Path(value)
    # JSON's true is an int to Python, and a whole float is written as an int by others.
    if type(value) is hint or (hint is float and type(value) is int):
        return value
    raise TypeError(f"{name} is of another type than it should be")
