"""Finding a command by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

_WORD, _RUN = 8, 10
"""What a letter at the start of a word, and one right after the letter before it, are worth more than others."""


def score(wanted: str, text: str) -> int | None:
    """How well the letters of `wanted` are found in `text` in their order; None where they are not."""
    wanted, text = wanted.lower().replace(" ", ""), text.lower()
    total, last = 0, -2
    for letter in wanted:
        place = _next(letter, text, last)
        if place < 0:
            return None
        total += 1 + _WORD * _starts_word(text, place) + _RUN * (place == last + 1)
        last = place
    # Of equals the shorter text is meant.
    return total * 100 - len(text)


def best(wanted: str, items: Iterable[T], text: Callable[[T], str]) -> list[T]:
    """Those that match, best first; equals stay in their order. All of them where nothing is wanted."""
    if not wanted.strip():
        return list(items)
    scored = [(found, item) for item in items if (found := score(wanted, text(item))) is not None]
    return [item for _, item in sorted(scored, key=lambda pair: -pair[0])]


def _next(letter: str, text: str, last: int) -> int:
    """Right after the last one, else where a word starts with it, else anywhere behind."""
    if text[last + 1 : last + 2] == letter and last >= 0:
        return last + 1
    places = [i for i in range(max(last + 1, 0), len(text)) if text[i] == letter]
    return next((i for i in places if _starts_word(text, i)), places[0] if places else -1)


def _starts_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()
