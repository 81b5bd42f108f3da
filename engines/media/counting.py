"""Builds the frame table: from packet times where a look at the first pictures confirms them, else by decoding all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engines.errors import MediaError
from engines.media.decoder import Decoder
from engines.media.demux import Packets, list_packets, open_container, video_stream
from engines.media.index import FrameIndex, Serial, in_decoded_order, in_display_order, times_tell_order

# Enough for several mini-groups of any usual encoder, short enough not to be felt when a clip is opened.
_HEAD = 48
# Here one packet may hold no shown picture, or two, anywhere in the stream.
_UNEVEN = frozenset({"vp8", "mpeg4", "msmpeg4v3", "msmpeg4v2", "rv30", "rv40", "vc1", "wmv3"})


def build_index(path: Path, note: Callable[[str], None]) -> FrameIndex:
    """The frame table of the file's picture stream. Raises MediaError where there is none."""
    packets = list_packets(path)
    if packets.broken_off:
        note(f"{path.name} breaks off after {len(packets)} pictures; what is there can be used.")
    with open_container(path) as container:
        stream = video_stream(container, path.name)
        codec, intra = stream.codec_context.codec, stream.codec_context.codec.intra_only
        reordered = stream.codec_context.has_b_frames or codec.name in ("h264", "hevc", "mpeg2video", "mpeg1video")
        rate = stream.guessed_rate or stream.average_rate
        step = max(1, round(1 / (rate * stream.time_base))) if rate and stream.time_base else 1
    if intra:
        return in_display_order(packets, ~packets.discard, step)
    if codec.name not in _UNEVEN and times_tell_order(packets, reordered=reordered):
        index = _from_head(path, packets, step)
        if index is not None:
            return index
    note(f"{path.name} does not say which pictures it shows; counting them by decoding it once.")
    return _from_all(path, packets, step)


def _from_head(path: Path, packets: Packets, step: int) -> FrameIndex | None:
    """The table if the first packets decode to one picture each, but for undecodable ones before the first keyframe."""
    head = min(_HEAD, len(packets))
    seen: dict[Serial, bool] = {}
    failed: set[Serial] = set()
    for serial, is_key, damaged in _decode(path, packets, head):
        if damaged:
            failed.add(serial)
        else:
            seen[serial] = is_key
    shown = ~packets.discard
    first_key = int(np.argmax(packets.key)) if packets.key.any() else 0
    silent = [s for s in range(head) if shown[s] and s not in seen and s not in failed]
    if any(seen.get(int(key)) is False for key in np.flatnonzero(packets.key[:head])):
        return None  # flagged as a keyframe, but none
    if np.any(np.diff(packets.pts[list(seen)]) <= 0):
        return None  # AVI: the demuxer made the times up, the decoder knows the order
    for serial in set(silent) - _aftermath(packets, failed):
        leading = serial < first_key or packets.pts[serial] < packets.pts[first_key]
        if not leading:
            return None
        shown[serial] = False
    return in_display_order(packets, shown, step) if shown.any() else None


def _from_all(path: Path, packets: Packets, step: int) -> FrameIndex:
    order: list[Serial] = []
    keys: list[Serial] = []
    lost: list[Serial] = []
    for serial, is_key, damaged in _decode(path, packets, len(packets)):
        if damaged:
            lost.append(serial)
        else:
            order.append(serial)
            keys += [serial] if is_key else []
    if not order:
        raise MediaError(f"No picture of {path.name} can be decoded.", "Copy the file again from its origin.")
    place = {serial: at for at, serial in enumerate(order)}
    # A damaged packet, and what a decoder then withholds, keeps its place: after the picture stored before it.
    for serial in sorted(_aftermath(packets, set(lost)) - set(order)):
        before = next((s for s in range(serial - 1, -1, -1) if s in place), None)
        place[serial] = -1 if before is None else place[before]
    order = sorted(place, key=lambda s: (place[s], s))
    return in_decoded_order(packets, np.array(order, np.int64), np.array(sorted(keys), np.int64), step)


def _aftermath(packets: Packets, failed: set[Serial]) -> set[Serial]:
    """The packets that failed, and those up to the next keyframe, which may have been withheld for lack of them."""
    keys = np.flatnonzero(packets.key)
    after: set[Serial] = set()
    for serial in failed:
        at = int(np.searchsorted(keys, serial, side="right"))
        after.update(range(serial, int(keys[at]) if at < len(keys) else len(packets)))
    return after


def _decode(path: Path, packets: Packets, count: int) -> list[tuple[Serial, bool, bool]]:
    """(serial, decodes as a keyframe, damaged) of the pictures in the first `count` packets, in output order."""
    found: list[tuple[Serial, bool, bool]] = []
    decoder = Decoder(path, packets, intra=False, threads=1)
    try:
        while (step := decoder.step(last=count)) is not None:
            found += [(serial, False, True) for serial in step.damaged]
            found += [(serial, bool(picture.key_frame), False) for serial, picture in step.pictures]
    finally:
        decoder.close()
    return found
