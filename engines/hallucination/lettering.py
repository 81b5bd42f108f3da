"""The check a court would understand: words too small to resolve must not come back readable without a flag."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.float32]

SIDE = 160
"""Pixels a side of the picture that a word stands in."""
CRISP = 0.5
"""An answer is crisp where its edges hold at least this share of the real lettering's gradient energy."""
COVERED = 0.5
"""A word counts as flagged where more than this share of its area is."""

# Height of the letters in pixels, before the reduction by four: two to four source pixels, unreadable.
_HEIGHTS = (8, 17)
_HERSHEY = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)


@dataclass(frozen=True, eq=False)
class Word:
    """A picture (SIDE x SIDE, 0..1) and where the word stands in it (bool, same size)."""

    picture: Picture
    area: NDArray[np.bool_]


def words(count: int, seed: int, grounds: Sequence[Picture] = ()) -> Iterator[Word]:
    """`count` invented words and number plates in turn on plain, textured and (where given) real ground.

    grounds: pictures of at least SIDE x SIDE, 0..1. Fonts: four of OpenCV's Hershey faces and Pillow's own.
    """
    rng = np.random.default_rng(seed)
    for index in range(count):
        ground = _ground(index % (3 if grounds else 2), grounds, rng)
        ink = _ink(_text(rng), int(rng.integers(*_HEIGHTS)), int(rng.integers(5)))
        top, left = (int(rng.integers(16, SIDE - 16 - side)) for side in ink.shape)
        place = (slice(top, top + ink.shape[0]), slice(left, left + ink.shape[1]))
        mean = float(ground[place].mean())
        tone = rng.uniform(0.0, mean - 0.35) if mean > 0.5 else rng.uniform(mean + 0.35, 1.0)
        picture, area = ground.copy(), np.zeros((SIDE, SIDE), dtype=np.bool_)
        picture[place] += ink * (np.float32(tone) - picture[place])
        area[place] = True
        yield Word(picture, area)


def is_crisp(answer: Picture, word: Word) -> bool:
    """Whether the answer at the word has edges like real lettering, readable or not."""
    return _edges(answer, word.area) >= CRISP * _edges(word.picture, word.area)


def covered(flags: NDArray[np.bool_], word: Word) -> float:
    """Share of the word's area that is flagged, 0..1."""
    return float(flags[word.area].mean())


@dataclass(frozen=True)
class LetteringResult:
    """words: how many; crisp: of these with a crisp answer; flagged: of the crisp ones, mostly flagged."""

    words: int
    crisp: int
    flagged: int
    least: float
    """Smallest flagged share of a crisp word's area, 0..1."""


def judge_lettering(
    cases: Iterator[Word], restore: Callable[[Picture], tuple[Picture, NDArray[np.bool_]]]
) -> LetteringResult:
    """restore: from the true picture to the answer at slider 1 and its flags, both SIDE x SIDE."""
    count, shares = 0, []
    for word in cases:
        answer, flags = restore(word.picture)
        count += 1
        if is_crisp(answer, word):
            shares.append(covered(flags, word))
    return LetteringResult(count, len(shares), sum(share > COVERED for share in shares), min(shares, default=1.0))


def _text(rng: np.random.Generator) -> str:
    letters = list(string.ascii_uppercase if rng.random() < 0.5 else string.ascii_lowercase)
    if rng.random() < 0.4:
        digits = "".join(rng.choice(list(string.digits), 3))
        return "".join(rng.choice(list(string.ascii_uppercase), 3)) + " " + digits
    return "".join(rng.choice(letters, int(rng.integers(4, 9))))


def _ink(text: str, height: int, face: int) -> Picture:
    """How much of each pixel the letters cover, 0..1, with a pixel of margin."""
    if face < len(_HERSHEY):
        # Drawn large, then averaged down, so that strokes have soft edges as optics give them.
        size, line = cv2.getTextSize(text, _HERSHEY[face], 4.0, 8)
        canvas = np.zeros((size[1] + line + 16, size[0] + 16), dtype=np.uint8)
        cv2.putText(canvas, text, (8, size[1] + 8), _HERSHEY[face], 4.0, 255, 8, cv2.LINE_AA)
    else:
        font = ImageFont.load_default(size=96)
        box = font.getbbox(text)
        image = Image.new("L", (int(box[2]) + 16, int(box[3]) + 16))
        ImageDraw.Draw(image).text((8, 8), text, fill=255, font=font)
        canvas = np.asarray(image)
    rows, columns = np.flatnonzero(canvas.any(axis=1)), np.flatnonzero(canvas.any(axis=0))
    tight = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    width = min(round(tight.shape[1] * height / tight.shape[0]), SIDE - 40)
    small = cv2.resize(tight, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return np.pad(small, 1)


def _ground(kind: int, grounds: Sequence[Picture], rng: np.random.Generator) -> Picture:
    if kind == 2:
        picture = grounds[int(rng.integers(len(grounds)))]
        top, left = (int(rng.integers(side - SIDE + 1)) for side in picture.shape)
        return np.ascontiguousarray(picture[top : top + SIDE, left : left + SIDE], dtype=np.float32)
    plain = np.full((SIDE, SIDE), rng.uniform(0.1, 0.9), dtype=np.float32)
    if kind == 0:
        return plain
    grain = rng.standard_normal((SIDE, SIDE)).astype(np.float32)
    grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), float(rng.uniform(0.8, 3.0))), np.float32)
    return np.clip(plain + grain * np.float32(rng.uniform(0.02, 0.08) / grain.std()), 0.0, 1.0)


def _edges(picture: Picture, area: NDArray[np.bool_]) -> float:
    """Mean squared gradient (central differences, nominal luma per pixel) inside `area`."""
    down, across = np.gradient(picture)
    return float((np.square(down) + np.square(across))[area].mean())
