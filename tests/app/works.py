"""Documents for tests: small made ones, and random ones that use everything a document can hold."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import numpy as np

from app.document import ClipWork, Document, Marker, Media, ShotWork, StageUse
from app.mask_plane import MaskPlane
from engines.colour.chosen import ChosenTags


def media(name: str = "reel.mov", frames: int = 40, width: int = 320, height: int = 270) -> Media:
    return Media(Path("/films") / name, "f" * 64, width, height, frames, Fraction(24))


def disc(x: int, y: int, radius: int = 9, width: int = 320, height: int = 270) -> MaskPlane:
    """A painted dot with a soft edge."""
    rows, columns = np.ogrid[:height, :width]
    far = np.hypot(columns - x, rows - y)
    return MaskPlane.of(np.clip((radius - far) * 128, 0, 255).astype(np.uint8))


def one_clip(**changes: object) -> Document:
    stages = (StageUse("inpaint"), StageUse("detail", enabled=False))
    values: dict[str, object] = {"shots": (ShotWork(0, stages=stages), ShotWork(20, "B", stages)), **changes}
    return Document((ClipWork("c1", media(), **values),))  # type: ignore[arg-type]


def painted(frames: int = 3, x: int = 50) -> Document:
    """`one_clip` with a dot on each of the first frames."""
    (clip,) = one_clip().clips
    return Document((clip.with_layer("damage", {frame: disc(x + frame, 60) for frame in range(frames)}),))


def random_document(seed: int) -> Document:
    rng = random.Random(seed)
    return Document(tuple(_random_clip(rng, f"{index:08x}") for index in range(rng.randint(0, 3))))


def _random_clip(rng: random.Random, clip_id: str) -> ClipWork:
    width, height, count = rng.randint(1, 600), rng.randint(1, 600), rng.randint(1, 60)
    rate = Fraction(rng.choice((24000, 30000, 18000)), 1001)
    name = rng.choice(("plain.mov", "été à la mer.mkv", "scan_%06d.dpx", 'a "b" \\ c.avi'))
    reel = Media(
        Path("/films") / name,
        f"{rng.getrandbits(256):064x}",
        width,
        height,
        count,
        rate,
        rng.choice(("stop", "hold", "black")),
        rng.random() < 0.5,
        ChosenTags.parse(rng.choice(("", "matrix=bt709,range=pc", "transfer=cineon"))),
    )
    starts = sorted({0} | {rng.randrange(count) for _ in range(rng.randint(0, 4))})
    names = rng.sample(("inpaint", "detail"), rng.randint(0, 2))
    clip = ClipWork(
        clip_id,
        reel,
        tuple(
            ShotWork(start, rng.choice(("", "Shot é 1")), tuple(_random_use(rng, name) for name in names), rng.random())
            for start in starts
        ),
        rng.random() < 0.5,
        in_point=rng.choice((None, 0)),
        out_point=rng.choice((None, count - 1)),
        markers=tuple(
            Marker(frame, rng.choice(("", "tear\nhere"))) for frame in sorted(rng.sample(range(count), count // 20))
        ),
    )
    clip = clip.with_layer("damage", _random_masks(rng, reel)).with_layer("protect", _random_masks(rng, reel))
    return clip.with_layer("original", _random_masks(rng, reel))


def _random_use(rng: random.Random, name: str) -> StageUse:
    settings = {"inpaint": {"search": "5"}, "detail": {"noise": "auto", "perceptual": "0.25"}}[name]
    return StageUse(name, rng.random() < 0.5, MappingProxyType(settings if rng.random() < 0.5 else {}))


def _random_masks(rng: random.Random, reel: Media) -> dict[int, MaskPlane]:
    frames = rng.sample(range(reel.frame_count), min(reel.frame_count, rng.randint(0, 4)))
    pixels = np.random.default_rng(rng.getrandbits(32))
    planes = {}
    for frame in frames:
        coverage = np.zeros((reel.height, reel.width), np.uint8)
        y, x = rng.randrange(reel.height), rng.randrange(reel.width)
        part = coverage[y : y + 40, x : x + 40]
        part[:] = pixels.integers(0, 256, part.shape)
        planes[frame] = MaskPlane.of(coverage)
    return planes
