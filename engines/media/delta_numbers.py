"""Whole numbers in few bytes: small ones take one (zigzag, then groups of seven bits, the lowest first; LEB128)."""

from __future__ import annotations

from collections.abc import Iterable

_MOST_BYTES = 9


def packed(numbers: Iterable[int]) -> bytes:
    """At least a byte each."""
    found = bytearray()
    for number in numbers:
        rest = number * 2 if number >= 0 else -number * 2 - 1
        while rest > 127:
            found.append(rest & 127 | 128)
            rest >>= 7
        found.append(rest)
    return bytes(found)


def unpacked(data: bytes, count: int) -> tuple[list[int], bytes]:
    """`count` numbers, and the bytes after them. Raises ValueError where there are not as many."""
    found, at = [], 0
    for _ in range(count):
        rest, shift = 0, 0
        while True:
            if at >= len(data) or shift > 7 * _MOST_BYTES:
                raise ValueError("a number is cut short")
            rest |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if data[at - 1] < 128:
                break
        found.append(rest // 2 if rest % 2 == 0 else -(rest + 1) // 2)
    return found, data[at:]
