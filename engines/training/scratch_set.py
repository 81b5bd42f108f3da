"""Lines to learn from: windows of moving pictures with planted scratches, and what the search finds in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from engines.scratch.evidence import evidence_of
from engines.scratch.moving import moments
from engines.scratch.patches import patches
from engines.scratch.profile import kernels
from engines.scratch.search import search
from engines.scratch.trace import Traces, traced
from engines.training.datasets import CLIPS, STILLS
from engines.training.plant.scratches import Scratched, plant_scratches
from engines.types import ColourSpec, Frame, PixelFormat

Stack = NDArray[np.uint8]

WINDOW = 16
_WIDEST, _STEEPEST_DEGREES = 4.0, 1.5
_BOX = (640, 360)
_HELD_OUT = 0.12
_SHORT = 0.15
"""Share of the windows that a cut makes shorter."""
_HIT, _MISS = 1.2, 3.0
_GREY = PixelFormat("gray", 8)


@dataclass(frozen=True, eq=False)
class Lines:
    """Of one window. patches: K x C x R x W float16; facts: K x F float32; truth: K, 1 planted, 0 not."""

    patches: NDArray[np.float16]
    facts: NDArray[np.float32]
    truth: NDArray[np.uint8]


def sources(folder: Path, held_out: bool) -> list[Path]:
    """Clips and stills below `folder` of one of the two parts, split by the hash of their names."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (*CLIPS, *STILLS) and "overlays" not in p.parts)
    return [p for p in paths if (hashlib.sha256(p.name.encode()).digest()[0] / 256.0 < _HELD_OUT) == held_out]


def lines(paths: Sequence[Path], count: int, seed: int) -> Iterator[Lines]:
    """`count` windows drawn from `paths`: half of them from clips, half from stills that a camera moves over."""
    rng = np.random.default_rng(seed)
    clips = [p for p in paths if p.suffix.lower() in CLIPS]
    stills = [p for p in paths if p.suffix.lower() in STILLS]
    held: dict[Path, Stack] = {}
    while count > 0:
        if clips and (not stills or rng.random() < 0.6):
            path = clips[int(rng.integers(len(clips)))]
            if path not in held:
                held[path] = _clip(path)
            stack = _cut_from_clip(held[path], rng)
        else:
            stack = _camera_over(_still(stills[int(rng.integers(len(stills)))]), rng)
        if rng.random() < _SHORT:
            stack = stack[: int(rng.integers(1, len(stack) + 1))]
        found = judged(_aged(stack, rng), rng)
        if found is not None:
            count -= 1
            yield found


def judged(stack: Stack, rng: np.random.Generator) -> Lines | None:
    """What the search finds in a window (N x H x W luma) that scratches were planted in; None where it is nothing."""
    frames = [Frame((np.ascontiguousarray(picture),), _GREY, ColourSpec(range="tv")) for picture in stack]
    planted = list(plant_scratches(frames, int(rng.integers(0, 13)), int(rng.integers(2**31)))) if len(frames) else []
    with_kernels = kernels(_WIDEST)
    window = moments([evidence_of(one.frame, with_kernels) for one in planted], with_kernels)
    bands = window[0].cells.shape[1]
    found = search(window, float(np.tan(np.radians(_STEEPEST_DEGREES))) * stack.shape[1] / bands)
    if not found:
        return None
    traces = traced(window, found)
    truth = matches(traces, planted)
    keep = truth >= 0
    if not keep.any():
        return None
    seen, facts = patches(window, traces)
    return Lines(seen[keep].astype(np.float16), facts[keep], truth[keep].astype(np.uint8))


def matches(traces: Traces, planted: Sequence[Scratched]) -> NDArray[np.int8]:
    """By trace: 1 where it follows a planted line of its sign, 0 where there is none near, -1 where it is doubtful."""
    middle = len(planted) // 2
    bands = traces.paths.shape[1]
    height = planted[0].frame.height
    rows = (np.arange(bands) + 0.5) * height / bands - 0.5
    truth = np.zeros(len(traces), np.int8)
    known = {line.identity: (number, line) for number, one in enumerate(planted) for line in one.lines
             if abs(number - middle) <= 2}  # fmt: skip
    for index in range(len(traces)):
        covered = (np.arange(bands) >= traces.first[index]) & (np.arange(bands) < traces.last[index])
        for number, line in known.values():
            centres = line.x + line.slope * (rows - line.middle)
            x = traces.paths[index] + traces.shifts[index, number]
            both = covered & (rows >= line.top) & (rows < line.bottom)
            if not both.any():
                continue
            away = float(np.abs(x - centres)[both].mean())
            if away < _HIT and both.sum() >= 0.5 * covered.sum() and (traces.sign[index] > 0) == line.bright:
                truth[index] = 1
                break
            if away < _MISS + line.width:
                truth[index] = -1
    return truth


def _clip(path: Path) -> Stack:
    with av.open(str(path)) as container:
        frames = [_fitted(frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]
    return np.asarray(frames[:120], np.uint8)


def _fitted(picture: NDArray[np.generic]) -> Stack:
    height, width = picture.shape
    share = min(1.0, 1.5 * _BOX[0] / width, 1.5 * _BOX[1] / height)
    if share < 1.0:
        size = (round(width * share), round(height * share))
        picture = cv2.resize(np.asarray(picture, np.uint8), size, interpolation=cv2.INTER_AREA)
    return np.asarray(picture, np.uint8)


def _still(path: Path) -> Stack:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise FileNotFoundError(f"{path} cannot be read")
    height, width = picture.shape
    share = 1.25 * max(_BOX[0] / width, _BOX[1] / height)
    method = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (round(width * share), round(height * share)), interpolation=method))


def _cut_from_clip(clip: Stack, rng: np.random.Generator) -> Stack:
    step = 2 if len(clip) >= 2 * WINDOW and rng.random() < 0.3 else 1
    length = min(WINDOW, len(clip))
    start = int(rng.integers(len(clip) - (length - 1) * step)) if len(clip) > length * step else 0
    stack = clip[start::step][:length]
    share = float(rng.uniform(0.5, 1.0))
    size = (round(stack.shape[2] * share), round(stack.shape[1] * share))
    return _flipped(np.stack([cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in stack]), rng)


def _camera_over(still: Stack, rng: np.random.Generator) -> Stack:
    """A still with posts and wires drawn into it, under a camera that stands, pans or weaves."""
    scene = still.copy()
    for _ in range(int(rng.integers(0, 7))):
        _post(scene, rng)
    size = tuple(round(side * float(rng.uniform(0.75, 1.0))) for side in _BOX)
    span_x, span_y = max(scene.shape[1] - size[0], 2) / 2, max(scene.shape[0] - size[1], 2) / 2
    speed = 0.0 if rng.random() < 0.4 else float(np.exp(rng.uniform(np.log(0.1), np.log(4.0))))
    heading = float(rng.uniform(0, 2 * np.pi))
    weave = 0.0 if rng.random() < 0.5 else float(rng.uniform(0.1, 1.2))
    frames = []
    for number in range(WINDOW):
        away = speed * (number - WINDOW / 2)
        x = np.clip(span_x + away * np.cos(heading) + weave * rng.standard_normal(), 0, 2 * span_x)
        y = np.clip(span_y + away * np.sin(heading) + weave * rng.standard_normal(), 0, 2 * span_y)
        move = np.array([[1.0, 0.0, -x], [0.0, 1.0, -y]])
        flags, border = cv2.INTER_LINEAR, cv2.BORDER_REFLECT_101
        frames.append(cv2.warpAffine(scene, move, size, flags=flags, borderMode=border))
    return _flipped(np.stack(frames), rng)


def _post(scene: Stack, rng: np.random.Generator) -> None:
    """An upright thing of the scene: opaque, of its own tone, shaded across, between two heights."""
    height, width = scene.shape
    thick = float(np.exp(rng.uniform(np.log(1.0), np.log(7.0))))
    x = float(rng.uniform(0, width))
    lean = float(rng.normal(0.0, 0.01))
    top = int(rng.uniform(-0.3, 0.7) * height)
    bottom = int(top + rng.uniform(0.15, 1.2) * height)
    tone, shade = float(rng.uniform(20, 235)), float(rng.normal(0.0, 12.0))
    rows = np.arange(max(top, 0), min(bottom, height))
    texture = cv2.GaussianBlur(rng.normal(0, 10, (max(len(rows), 1), 1)).astype(np.float32), (1, 0), 2.0)
    for row, rough in zip(rows, texture[:, 0], strict=False):
        centre = x + lean * (row - height / 2)
        reach = int(thick) + 2
        columns = np.arange(int(centre) - reach, int(centre) + reach + 1)
        columns = columns[(columns >= 0) & (columns < width)]
        cover = np.clip(thick / 2 + 0.5 - np.abs(columns - centre), 0.0, 1.0)
        own = tone + rough + shade * (columns - centre) / thick
        scene[row, columns] = np.clip(scene[row, columns] * (1 - cover) + own * cover, 0, 255)


def _flipped(stack: Stack, rng: np.random.Generator) -> Stack:
    return stack[:, :, ::-1] if rng.random() < 0.5 else stack


def _aged(stack: Stack, rng: np.random.Generator) -> Stack:
    """Grain, flicker and a still codec, each only sometimes."""
    noise = 0.0 if rng.random() < 0.3 else float(np.exp(rng.uniform(np.log(0.7), np.log(10.0))))
    size = float(rng.uniform(0.0, 1.1))
    flicker = 0.0 if rng.random() < 0.6 else float(rng.uniform(0.0, 0.08))
    quality = int(rng.integers(35, 96)) if rng.random() < 0.25 else 0
    answers = []
    for picture in stack:
        aged = picture.astype(np.float32) * np.float32(1 + flicker * rng.standard_normal())
        if noise:
            grain = rng.standard_normal(picture.shape, dtype=np.float32)
            if size > 0.4:
                grain = cv2.GaussianBlur(grain, (0, 0), size)
                grain /= max(float(grain.std()), 1e-6)
            aged += noise * grain
        done = np.clip(np.rint(aged), 0, 255).astype(np.uint8)
        if quality:
            packed = cv2.imencode(".jpg", done, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            done = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
        answers.append(done)
    return np.stack(answers)
