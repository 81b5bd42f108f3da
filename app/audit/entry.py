"""One line of an audit log: canonical JSON that holds the digest of the line before and its own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

START = "0" * 64
"""`previous` of the first entry."""

LONGEST_LINE = 32 * 2**20
"""Bytes of a line with its end; long lists are spread over several entries long before."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_TYPES: Mapping[str, type] = {
    "n": int,
    "time": str,
    "who": str,
    "event": str,
    "facts": dict,
    "previous": str,
    "digest": str,
}


@dataclass(frozen=True)
class Entry:
    """n counts from 0; time is ISO 8601 UTC with microseconds, never earlier than the entry's before; who is
    login@host; previous and digest are SHA-256 in hexadecimal digits.
    """

    n: int
    time: str
    who: str
    event: str
    facts: Mapping[str, Any]
    previous: str
    digest: str

    @classmethod
    def made(cls, n: int, time: str, who: str, event: str, facts: Mapping[str, Any], previous: str) -> Entry:
        """With its digest: SHA-256 of the canonical line without it. Raises TypeError or ValueError for facts that
        JSON cannot hold.
        """
        held: dict[str, Any] = {"n": n, "time": time, "who": who, "event": event, "facts": facts, "previous": previous}
        return cls(**held, digest=hashlib.sha256(_canonical(held)).hexdigest())

    def line(self) -> bytes:
        """UTF-8 with the newline."""
        return _canonical({name: getattr(self, name) for name in _TYPES}) + b"\n"


def parsed(line: bytes) -> Entry:
    """The entry of a line with its newline. Raises ValueError, in a clause, where it is none or was edited."""
    try:
        held = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is not an entry") from None
    if not isinstance(held, dict) or held.keys() != _TYPES.keys():
        raise ValueError("is not an entry")
    for name, kind in _TYPES.items():
        # JSON's true is an int to Python.
        if type(held[name]) is not kind:
            raise ValueError(f"has no proper {name!r}")
    if not (
        _TIME.fullmatch(held["time"]) and _DIGEST.fullmatch(held["previous"]) and _DIGEST.fullmatch(held["digest"])
    ):
        raise ValueError("has no proper time or digests")
    found = Entry(**held)
    try:
        proper = Entry.made(found.n, found.time, found.who, found.event, found.facts, found.previous)
        same = proper == found and proper.line() == line
    except (ValueError, TypeError, RecursionError):
        same = False
    if not same:
        raise ValueError("was edited: it does not give its own digest")
    return found


def _canonical(held: Mapping[str, Any]) -> bytes:
    text = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")
