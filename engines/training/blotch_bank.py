"""Examples for the blotch segmenter: dirty frames of clips, neighbours moved onto them, and what was planted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from engines.dirt.compensate import motion, sight
from engines.dirt.evidence import gathered
from engines.dirt.neighbours import slots
from engines.motion import Flow
from engines.training.datasets import CLIPS
from engines.training.plant.dirt import DirtReach, Matte, covered, spots
from engines.training.plant.dirt_decoys import decoys
from engines.training.simulator.codecs import CodecSetting, code

Example = NDArray[np.uint8]
"""6 x SIDE x SIDE: the frame, four neighbours moved onto it, and by how many codes what was planted changed it."""

SIDE = 224
_HELD_SHARE = 0.15
_REACH = DirtReach(spots=(0.7, 60.0), thin=3.0, diameter=(1.0, 48.0))


def examples(clips: Sequence[Path], mattes: Sequence[Matte], seed: int, each: int = 48) -> Iterator[Example]:
    """At most `each` examples of every clip under one random look: size, speed, grain, flicker, weave, codec."""
    for index, path in enumerate(clips):
        rng = np.random.default_rng((seed, index))
        yield from _of_clip(_frames(path), mattes, rng, each)


def split_clips(folder: Path) -> tuple[list[Path], list[Path]]:
    """Clips below `folder`: to learn from, and held out by hash of the name. Raises FileNotFoundError."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in CLIPS)
    held = [p for p in paths if hashlib.sha256(p.name.encode()).digest()[1] < _HELD_SHARE * 256]
    training = [p for p in paths if p not in held]
    if not training:
        raise FileNotFoundError(f"no clips to train on in {folder}")
    return training, held or training[:1]


def _of_clip(
    clean: list[NDArray[np.uint8]], mattes: Sequence[Matte], rng: np.random.Generator, each: int
) -> Iterator[Example]:
    scene = decoys(_looked(clean, rng), rng)
    dirty, changed = _dirtied(scene, mattes, rng)
    factor = int(rng.integers(1, 3))
    reduced = [sight(frame, factor) for frame in dirty]
    flows: dict[tuple[int, int], Flow] = {}

    def flow(a: int, b: int) -> Flow:
        if (a, b) not in flows:
            flows[a, b] = motion(reduced[a], reduced[b])
        return flows[a, b]

    numbers = list(range(len(dirty)))
    rng.shuffle(numbers)
    for number in numbers[:each]:
        offsets = _offsets(number, len(dirty), rng)
        found = gathered(
            dirty[number],
            offsets,
            lambda o, n=number: dirty[n + o],  # type: ignore[misc]
            lambda a, b, n=number: flow(n + a, n + b),  # type: ignore[misc]
        )
        height, width = found.current.shape
        top, left = int(rng.integers(height - SIDE + 1)), int(rng.integers(width - SIDE + 1))
        stack = np.concatenate((found.current[None], found.neighbours, changed[number][None]))
        yield np.ascontiguousarray(stack[:, top : top + SIDE, left : left + SIDE])


def _offsets(number: int, count: int, rng: np.random.Generator) -> tuple[int, ...]:
    before, after = list(range(-1, -min(2, number) - 1, -1)), list(range(1, min(2, count - 1 - number) + 1))
    # Ends of shots are rarer in clips than in what people bring.
    if rng.random() < 0.08:
        before, after = (before, []) if rng.random() < 0.5 and before else ([], after) if after else (before, after)
    return slots(before, after)


def _looked(frames: list[NDArray[np.uint8]], rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """Resized, faster or backwards at random; 0..255 float."""
    step = int(rng.choice((1, 1, 2)))
    frames = frames[::step]
    if rng.random() < 0.5:
        frames = frames[::-1]
    least = (SIDE + 1) / min(frames[0].shape)
    scale = float(rng.uniform(max(least, 0.85), max(least * 1.1, 1.6))) if rng.random() < 0.6 else max(least, 1.0)
    size = round(frames[0].shape[1] * scale), round(frames[0].shape[0] * scale)
    method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return [cv2.resize(frame, size, interpolation=method).astype(np.float32) for frame in frames]


def _dirtied(
    scene: list[NDArray[np.float32]], mattes: Sequence[Matte], rng: np.random.Generator
) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.uint8]]]:
    """Weave, flicker and grain under the dirt, noise over it, then perhaps a codec; and what the dirt changed."""
    grain, noise = _strength(rng, 0.75, 12.0), _strength(rng, 0.3, 4.0)
    clump = float(rng.uniform(0.4, 1.3)) if rng.random() < 0.6 else 0.0
    weave, flicker = (
        (float(rng.uniform(0, 1.5)) if rng.random() < 0.4 else 0.0),
        float(rng.uniform(0, 0.08)) * (rng.random() < 0.4),
    )
    dirty, changes = [], []
    for picture in scene:
        picture = _woven(picture, weave, rng) * np.float32(1 + flicker * rng.standard_normal())
        picture = picture + grain * _grain(picture.shape, clump, rng)
        luma = np.clip(picture, 0, 255) / np.float32(255)
        cover, tone = covered(luma.shape[0], luma.shape[1], tuple(spots(luma, rng, mattes, _REACH)))
        marked = luma + cover * (tone - luma)
        changes.append(np.minimum(np.ceil(np.abs(marked - luma) * 255 - 0.25), 255).astype(np.uint8))
        marked = marked * 255 + (noise * rng.standard_normal(luma.shape) if noise else 0)
        dirty.append(np.clip(np.rint(marked), 0, 255).astype(np.uint8))
    return _coded(dirty, rng), changes


def _coded(frames: list[NDArray[np.uint8]], rng: np.random.Generator) -> list[NDArray[np.uint8]]:
    draw = rng.random()
    if draw < 0.3:
        return list(code(np.stack(frames), CodecSetting("h264", int(rng.integers(12, 29)), True)))
    if draw < 0.4:
        return list(code(np.stack(frames), CodecSetting("jpeg", int(rng.integers(70, 97)))))
    return frames


def _strength(rng: np.random.Generator, share: float, most: float) -> float:
    return float(rng.uniform(0.5, most)) if rng.random() < share else 0.0


def _grain(shape: tuple[int, ...], clump: float, rng: np.random.Generator) -> NDArray[np.float32]:
    field = rng.standard_normal(shape, dtype=np.float32)
    if clump:
        field = np.asarray(cv2.GaussianBlur(field, (0, 0), clump), np.float32)
        field /= np.float32(field.std())
    return field


def _woven(picture: NDArray[np.float32], weave: float, rng: np.random.Generator) -> NDArray[np.float32]:
    if not weave:
        return picture
    shift = np.array([[1, 0, rng.normal(0, weave)], [0, 1, rng.normal(0, weave)]], np.float32)
    return np.asarray(
        cv2.warpAffine(picture, shift, picture.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )


def _frames(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="gray"), np.uint8) for frame in container.decode(video=0)]
