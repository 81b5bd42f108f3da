"""How a report writes names, shares, sizes and times; no text it is given can change how a page reads."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST = 4000


def clean(text: object) -> str:
    """One line as it may be shown: what is not printable (controls, marks that turn the direction of writing, halves
    of letters) is written as its escape, and no text is endless.
    """
    shown = printable(str(text)[:_LONGEST]).replace("\n", "\\n")
    return shown if len(str(text)) <= _LONGEST else f"{shown} ... ({len(str(text)):,} characters)"


def printable(text: str) -> str:
    """The same of any length; ends of lines stay."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign == "\n" else _escape(sign) for sign in text)


def cleaned(value: Any) -> Any:
    """The same for every text inside mappings and sequences."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(name): cleaned(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [cleaned(one) for one in value]
    return value


def percent(share: float) -> str:
    """Never "0 %" for something that is there, never "100 %" for what is not all."""
    if share <= 0.0 or share >= 1.0:
        return f"{min(max(share, 0.0), 1.0) * 100:.0f} %"
    if share < 0.0001:
        return "under 0.01 %"
    return "over 99.99 %" if share > 0.9999 else f"{share * 100:.2f} %"


def size(count: int) -> str:
    """Bytes, exactly, and in a unit that people read."""
    exact = f"{count:,} bytes"
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{exact} ({count / factor:.1f} {unit})"
    return exact


def clock(seconds: float) -> str:
    """Hours, minutes, seconds."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:06.3f} (h:min:s)"


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 frame", "1,200 frames"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def frames(first: int, last: int) -> str:
    return f"frame {first}" if first == last else f"frames {first} to {last}"


def value_text(value: Any) -> str:
    """A setting as a person reads it."""
    if value is None:
        return "auto"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {value_text(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(value_text(one) for one in value)
    return clean(value) if value != "" else "none"


def command(words: Sequence[str]) -> str:
    """As a POSIX shell reads it."""
    return clean(shlex.join(words))


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape", "backslashreplace").decode("ascii")
