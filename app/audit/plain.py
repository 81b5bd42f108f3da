"""Facts as JSON holds them, so that an entry read again equals the entry written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass


def plain(fact: object) -> object:
    """Mappings, sequences, data classes, texts, numbers; anything else becomes its text.

    A float that JSON has no number for becomes text; letters that UTF-8 cannot hold (names of files) are escaped.
    """
    if fact is None or isinstance(fact, bool | int):
        return fact
    if isinstance(fact, float):
        return fact if math.isfinite(fact) else str(fact)
    if isinstance(fact, Mapping):
        return {_text(name): plain(value) for name, value in fact.items()}
    if isinstance(fact, list | tuple):
        return [plain(one) for one in fact]
    if is_dataclass(fact) and not isinstance(fact, type):
        return plain(asdict(fact))
    return _text(fact)


def _text(fact: object) -> str:
    return str(fact).encode("utf-8", "backslashreplace").decode("utf-8")
