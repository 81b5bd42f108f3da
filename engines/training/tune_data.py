"""The user's own clean footage: evenly spaced frames, split into what is learnt from and what is held out."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.errors import MediaError, SettingError
from engines.luma import luma_of
from engines.media.naming import STILL_SUFFIXES
from engines.media.open import open_source
from engines.media.source import Source

Picture = NDArray[np.uint8]

SMALLEST_SIDE = 96
"""Pixels: two source patches side by side at x1."""
CLIP_SUFFIXES = frozenset(
    {".mp4", ".mkv", ".mov", ".avi", ".mxf", ".m4v", ".webm", ".mpg", ".mpeg", ".ts", ".m2ts", ".dv", ".vob", ".wmv"}
)

# Frames and bytes of luma held in memory at the most, of all footage together.
_MOST_FRAMES, _MOST_BYTES = 240, 512 * 2**20
_LEAST_TRAINING, _LEAST_HELD_OUT = 8, 2
# A picture without contrast (a fade, leader) teaches nothing; standard deviation in 8-bit code values.
_FLAT = 3.0
# Sampled neighbours of which small, contrast-free copies correlate less show different scenes.
_SAME_SCENE, _THUMB = 0.6, 32
# Held out: at least and at most this share of the frames; no frame within so many seconds of it is learnt from.
_SHARE, _MOST_SHARE, _GUARD_SECONDS = 0.15, 0.3, 1.0


@dataclass(frozen=True, eq=False)
class Sample:
    """One frame of luma, H x W uint8, full range. time: seconds from the start of its reel."""

    picture: Picture
    reel: int
    time: float


@dataclass(frozen=True)
class FootageItem:
    """A file that was read. fingerprint: as in `engines.media.source.ClipInfo`. frames: how many were sampled."""

    path: Path
    fingerprint: str
    frames: int


@dataclass(frozen=True, eq=False)
class Footage:
    """What is learnt from, what is held out, in which way it was split (a sentence), and where it all came from."""

    training: tuple[Picture, ...]
    held_out: tuple[Picture, ...]
    rule: str
    items: tuple[FootageItem, ...]
    skipped: tuple[str, ...]
    """A sentence for every file that was passed over."""

    @property
    def digest(self) -> str:
        """SHA-256 over all fingerprints: the same footage has the same digest."""
        return hashlib.sha256("".join(sorted(item.fingerprint for item in self.items)).encode()).hexdigest()


def load_footage(
    paths: Sequence[Path],
    note: Callable[[str], None] = lambda _: None,
    cancel: CancelToken | None = None,
) -> Footage:
    """Read clips and stills, files or folders (searched to the bottom), at most 240 frames, evenly spaced.

    All stills of one folder are one reel in the order of their names; each clip is a reel. What cannot be read is
    told to `note` and passed over. Raises SettingError where a path is missing or too little is left, Cancelled.
    """
    cancel = cancel or CancelToken()
    reels = _reels(paths)
    if not reels:
        raise SettingError(f"There are no clips or stills in {paths[0]}.", "Give clean clips or stills to tune to.")
    quota = max(1, _MOST_FRAMES // len(reels))
    samples: list[Sample] = []
    items: list[FootageItem] = []
    skipped: list[str] = []

    def skip(sentence: str) -> None:
        skipped.append(sentence)
        note(sentence)

    # Of very many reels every n-th is taken, so that all of the archive has its say.
    for index, reel in enumerate(reels[:: -(-len(reels) // _MOST_FRAMES)]):
        read = _sampled_stills if len(reel) > 1 or reel[0].suffix.lower() in STILL_SUFFIXES else _sampled_clip
        for sample, item in read(reel, index, quota, _MOST_BYTES // len(reels), skip, cancel):
            items.append(item)
            samples.extend(sample)
    training, held_out, rule = _split(samples)
    if len(training) < _LEAST_TRAINING or len(held_out) < _LEAST_HELD_OUT:
        raise SettingError(
            f"That is too little to tune to: {len(samples)} usable frames, of which {len(held_out)} would be held out.",
            f"Give at least {_LEAST_TRAINING + _LEAST_HELD_OUT} different stills, or a clip of a few seconds, with a "
            f"shorter side of {SMALLEST_SIDE} pixels or more. " + " ".join(skipped[:3]),
        )
    return Footage(training, held_out, rule, tuple(items), tuple(skipped))


def _reels(paths: Sequence[Path]) -> list[tuple[Path, ...]]:
    """Clips by themselves, stills by folder; each file once."""
    clips: dict[Path, None] = {}
    stills: dict[Path, list[Path]] = {}
    for given in paths:
        path = given.absolute()
        if not path.exists():
            raise SettingError(f"There is no file or folder {given}.", "Check the path given with --data.")
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix.lower() in STILL_SUFFIXES:
                held = stills.setdefault(file.parent, [])
                if file not in held:
                    held.append(file)
            elif file.suffix.lower() in CLIP_SUFFIXES or file == path:
                clips[file] = None
    return [(clip,) for clip in clips if clip.is_file()] + [tuple(held) for held in stills.values()]


_Read = Iterator[tuple[list[Sample], FootageItem]]


def _sampled_clip(
    reel: tuple[Path, ...],
    index: int,
    quota: int,
    most_bytes: int,
    skip: Callable[[str], None],
    cancel: CancelToken,
) -> _Read:
    path = reel[0]
    try:
        with _opened(path) as source:
            info = source.info
            refusal = _refusal(source)
            if refusal:
                skip(f"{path.name} is left out: {refusal}.")
                return
            count = min(quota, info.frame_count, max(1, most_bytes // (info.width * info.height)))
            found = []
            for number in np.unique(np.linspace(0, info.frame_count - 1, count).round().astype(int)):
                cancel.check()
                picture = _picture(source, int(number))
                if picture is not None:
                    found.append(Sample(picture, index, float(number / info.rate)))
            yield found, FootageItem(path, info.fingerprint, len(found))
    except MediaError as error:
        skip(f"{path.name} is left out: {error}")


def _sampled_stills(
    reel: tuple[Path, ...],
    index: int,
    quota: int,
    most_bytes: int,
    skip: Callable[[str], None],
    cancel: CancelToken,
) -> _Read:
    count, spent = min(quota, len(reel)), 0
    for place in np.unique(np.linspace(0, len(reel) - 1, count).round().astype(int)):
        cancel.check()
        path = reel[int(place)]
        try:
            with _opened(path) as source:
                refusal = _refusal(source)
                picture = None if refusal else _picture(source, 0)
                if refusal:
                    skip(f"{path.name} is left out: {refusal}.")
                if picture is None or spent + picture.size > most_bytes:
                    continue
                spent += picture.size
                # Stills tell no times: numbered ones may be a film, at the 24 frames per second that is usual.
                found = [Sample(picture, index, float(place) / 24.0)]
                yield found, FootageItem(path, source.info.fingerprint, 1)
        except MediaError as error:
            skip(f"{path.name} is left out: {error}")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Source]:
    source = open_source(path, missing="hold")
    try:
        yield source
    finally:
        source.close()


def _refusal(source: Source) -> str:
    info = source.info
    if min(info.width, info.height) < SMALLEST_SIDE:
        return f"its {info.width}x{info.height} pixels are too few, {SMALLEST_SIDE} on the shorter side are needed"
    if info.format.floating:
        return "it is scene-linear; give it as display-coded integers"
    return ""


def _picture(source: Source, number: int) -> Picture | None:
    """None for a frame without contrast."""
    codes = np.rint(np.clip(luma_of(source.read(number)), 0.0, 1.0) * np.float32(255)).astype(np.uint8)
    return codes if float(codes.std()) >= _FLAT else None


def _split(samples: Sequence[Sample]) -> tuple[tuple[Picture, ...], tuple[Picture, ...], str]:
    """What is learnt from, what is held out, and the rule in words.

    Whole scenes are held out, chosen by the hash of their own pictures, where that gives 15 to 30 % of the frames;
    otherwise the last fifth of every reel. Frames within a second of held-out ones of the same reel are dropped
    (within a twentieth of the reel where that is less).
    """
    scenes = _scenes(samples)
    held = _held_scenes(samples, scenes)
    rule = "whole scenes, chosen by the hash of their pictures"
    if not held:
        held = _tails(samples)
        rule = "the last fifth of every reel"
    lengths = {s.reel: max(o.time for o in samples if o.reel == s.reel) for s in samples}
    kept: list[Picture] = []
    for place, sample in enumerate(samples):
        guard = min(_GUARD_SECONDS, lengths[sample.reel] * 0.05)
        near = (samples[h] for h in held if samples[h].reel == sample.reel)
        if place not in held and all(abs(other.time - sample.time) > guard for other in near):
            kept.append(sample.picture)
    words = f"{rule}; frames within {_GUARD_SECONDS:g} s (or 5 % of the reel) of held-out ones are not learnt from"
    return tuple(kept), tuple(samples[h].picture for h in sorted(held)), words


def _scenes(samples: Sequence[Sample]) -> list[list[int]]:
    scenes: list[list[int]] = []
    before: Sample | None = None
    for place, sample in enumerate(samples):
        if before is None or sample.reel != before.reel or _likeness(before, sample) < _SAME_SCENE:
            scenes.append([])
        scenes[-1].append(place)
        before = sample
    return scenes


def _likeness(a: Sample, b: Sample) -> float:
    small = [cv2.resize(s.picture, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA).astype(np.float32) for s in (a, b)]
    flat = [(thumb - thumb.mean()) / (np.linalg.norm(thumb - thumb.mean()) + 1e-6) for thumb in small]
    return float((flat[0] * flat[1]).sum())


def _held_scenes(samples: Sequence[Sample], scenes: Sequence[Sequence[int]]) -> set[int]:
    """Empty where the scenes are too few or too unequal."""
    held: set[int] = set()
    for scene in sorted(scenes, key=lambda s: hashlib.sha256(samples[s[len(s) // 2]].picture.tobytes()).digest()):
        if len(held) + len(scene) <= _MOST_SHARE * len(samples):
            held.update(scene)
        if len(held) >= _SHARE * len(samples):
            return held
    return set()


def _tails(samples: Sequence[Sample]) -> set[int]:
    held: set[int] = set()
    for reel in {sample.reel for sample in samples}:
        places = [place for place, sample in enumerate(samples) if sample.reel == reel]
        held.update(places[len(places) - len(places) // 5 :])
    return held
