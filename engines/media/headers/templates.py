"""Parts that many files share, stored once: a template and what each file has otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Changes = tuple[tuple[int, bytes], ...]
"""Offset, and the bytes that stand there instead."""

_JOIN = 8
"""Changes that lie this near are one."""
_TRIED = 3
_MOST = 4096
"""Bytes of changes; more make a template of their own."""


class Templates:
    """What was seen so far of one sequence: digests of the data would not find headers that differ in a timecode."""

    def __init__(self) -> None:
        self._of_length: dict[int, list[tuple[int, bytes]]] = {}
        self.count = 0

    def place(self, data: bytes) -> tuple[int, Changes, bool]:
        """Number of the template, what differs from it, and whether it is new."""
        known = self._of_length.setdefault(len(data), [])
        for number, template in known:
            changes = _changes(template, data)
            if sum(len(text) for _, text in changes) <= min(_MOST, len(data) // 4):
                return number, changes, False
        number = self.count
        self.count += 1
        # The first and the latest: a sequence changes its headers for good, or back and forth.
        self._of_length[len(data)] = [*known[: _TRIED - 1], (number, data)]
        return number, (), True


def _changes(template: bytes, data: bytes) -> Changes:
    differing = np.flatnonzero(np.frombuffer(template, np.uint8) != np.frombuffer(data, np.uint8))
    if not differing.size:
        return ()
    runs = np.split(differing, np.flatnonzero(np.diff(differing) > _JOIN) + 1)
    return tuple((int(run[0]), data[int(run[0]) : int(run[-1]) + 1]) for run in runs)


def changed(template: bytes, changes: Sequence[tuple[int, bytes]]) -> bytes:
    """Raises ValueError where a change lies outside."""
    out = bytearray(template)
    for offset, text in changes:
        if offset < 0 or offset + len(text) > len(out):
            raise ValueError("a change lies outside its template")
        out[offset : offset + len(text)] = text
    return bytes(out)
