"""Renders windows of a job through the export's own pipeline and encoder, and takes their time and size."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import torch

from app.build import build_graph, build_stages, shots_of
from app.export.job import RenderJob
from app.export.render import render
from app.export.segment_delta import delta_kitchen, with_delta
from app.export.segment_render import SegmentKitchen, render_segment
from app.export.segments import LONG_GOP_FRAMES, PlannedSegment
from app.jobs.sampling import Window
from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.graph import Puller
from engines.masks import MaskFolder
from engines.media.demux import list_packets
from engines.media.presets import choose_preset
from engines.media.readback import decoded_hashes, stored_hashes
from engines.media.source import Source
from engines.policy import EXPORT
from engines.types import FrameNo

# Windows grow until one takes about so long: what a segment costs beside its frames weighs less then.
_WINDOW_SECONDS = 1.2
_LONGEST = 24
# Long-GOP codecs need some length to show what frames between keyframes take.
_LONG_GOP_LONGEST = 16


class Taster:
    """Works below the folder of the job's `out`, which must be a folder of its own."""

    def __init__(self, job: RenderJob, source: Source, cancel: CancelToken, say: Callable[[str], None]) -> None:
        """Raises what a render raises before its first frame."""
        if job.threads:
            torch.set_num_threads(job.threads)
            cv2.setNumThreads(job.threads)
        self._job = job
        graph = build_graph(build_stages(job, source), source, lambda: _shots(job, source))
        self._preset = choose_preset(job.out, job.preset, source.info.format)
        puller = Puller(graph, replace(EXPORT, device=job.device), cancel, say)
        folder, layout = job.out.parent, graph.geometry().format
        self._kitchen = SegmentKitchen(
            puller, source.info, self._preset, layout, folder, job.threads, lambda: None, lambda _: ""
        )
        self.length = 1
        """How many frames the next window should have."""

    def masked(self) -> frozenset[FrameNo]:
        """Frames that have a mask of any layer."""
        info = self._kitchen.clip
        folders = [folder for folder in (self._job.masks, self._job.protect, self._job.original) if folder]
        layers = [MaskFolder(folder, info.width, info.height, info.frame_count).numbers() for folder in folders]
        return frozenset(number for numbers in layers for number in numbers)

    def rehearse(self, number: FrameNo) -> float:
        """Seconds that a whole export of this one frame takes: what every export pays once is in them."""
        started = time.monotonic()
        aside = self._job.out.parent / "whole"
        aside.mkdir()
        job = replace(self._job, out=aside / self._job.out.name, frames=(number, number))
        render(job, lambda _: None, self._kitchen.puller.cancel)
        shutil.rmtree(aside)
        return time.monotonic() - started

    def taste(self, window: Window) -> tuple[float, float]:
        """Seconds and bytes that each frame of `window` takes."""
        planned = PlannedSegment(
            window.first, window.first + window.count - 1, f"window-{window.first:09d}-of-estimate"
        )
        kitchen = self._kitchen
        with delta_kitchen(self._job, self._preset, kitchen.folder, kitchen.puller.cancel) as deltas:
            # In a whole render the frame before was just made, so its neighbours are at hand.
            kitchen.puller.pull(max(window.first - 1, 0))
            started = time.monotonic()
            done = render_segment(planned, kitchen)
            if deltas is not None:
                done = with_delta(done, deltas)
        picture, *others = (kitchen.folder / name for name in done.files)
        # The export decodes the whole master and all that stands beside it once more.
        for hashes in (stored_hashes(picture, 0, window.count), *map(decoded_hashes, others)):
            for _ in hashes:
                pass
        seconds = (time.monotonic() - started) / window.count
        size = self._frame_bytes(picture, window.count) + sum(file.stat().st_size for file in others) / window.count
        for made in (picture, *others):
            _remove(made)
        longest = _LONGEST if self._preset.intra else _LONG_GOP_LONGEST
        self.length = min(max(round(_WINDOW_SECONDS / max(seconds, 1e-3)), 1), longest)
        return seconds, size

    def _frame_bytes(self, picture: Path, count: int) -> float:
        if picture.is_dir():
            return sum(still.stat().st_size for still in picture.iterdir()) / count
        if self._preset.intra:
            return picture.stat().st_size / count
        packets = list_packets(picture)
        keys, others = packets.size[packets.key], packets.size[~packets.key]
        if not len(others):
            return float(keys.mean())
        share = 1 / LONG_GOP_FRAMES
        return float(keys.mean() * share + others.mean() * (1 - share))


def _shots(job: RenderJob, source: Source) -> ShotList:
    count = source.info.frame_count
    return shots_of(job.shots, count) if job.shots else ShotList((0,), count)


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()
