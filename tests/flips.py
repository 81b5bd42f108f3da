"""Ways to spoil a master, an archive package and what stands beside them, by the smallest possible change."""

from __future__ import annotations

import random
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.stream import VideoStream

from app.package.bag import make_bag
from app.package.layout import BAG_INFO, DATA, README
from engines.media.framemd5 import picture_md5, read_framemd5


def flip(path: Path, bit: int) -> None:
    """Turn one bit of a file round."""
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def flip_in_line(path: Path, rng: random.Random) -> int:
    """Turn a random bit of a random line round; answers the line, counted from 1."""
    lines = path.read_bytes().splitlines(keepends=True)
    number = rng.randrange(len(lines))
    before = sum(map(len, lines[:number]))
    flip(path, 8 * before + rng.randrange(8 * len(lines[number])))
    return number + 1


def change_sample(path: Path, rng: random.Random) -> int:
    """Decode a master of FFV1 or PNG, change one sample by one code, and encode it again; answers the frame."""
    if path.suffix == ".png":
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert picture is not None
        picture.ravel()[rng.randrange(picture.size)] ^= 1
        cv2.imwrite(str(path), picture)
        return 0
    changed = path.with_name(f"changed{path.suffix}")
    with av.open(str(path)) as source, av.open(str(changed), "w") as sink:
        held = source.streams.video[0]
        chosen = rng.randrange(sum(1 for packet in source.demux(held) if packet.size))
        source.seek(0)
        stream = sink.add_stream("ffv1", rate=held.average_rate, options={"level": "3", "slicecrc": "1"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = held.width, held.height, held.pix_fmt
        if held.sample_aspect_ratio:
            stream.codec_context.sample_aspect_ratio = held.sample_aspect_ratio
        for number, frame in enumerate(source.decode(held)):
            if number == chosen:
                _change(frame, rng)
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    changed.replace(path)
    return chosen


def tell_framemd5(path: Path, master: Path, frame: int) -> None:
    """Let the checksums beside a master say of a frame what it is by now."""
    with av.open(str(master)) as source:
        for number, picture in enumerate(source.decode(video=0)):
            if number == frame:
                text = path.read_text("ascii").replace(read_framemd5(path)[frame], picture_md5(picture))
                path.write_text(text, "ascii")


def bag_again(folder: Path) -> None:
    """What somebody does who changed files of a package: all its manifests are made anew, and agree."""
    readme, info = (folder / README).read_text("utf-8"), (folder / BAG_INFO).read_text("utf-8")
    for path in folder.iterdir():
        if path.name != DATA:
            path.unlink()
    payload = folder / DATA
    for path in list(payload.iterdir()):
        path.rename(folder / path.name)
    payload.rmdir()
    held = dict(line.split(": ", 1) for line in info.splitlines())
    make_bag(folder, {label: text for label, text in held.items() if label != "Payload-Oxum"}, readme)


def _change(frame: av.VideoFrame, rng: random.Random) -> None:
    plane = frame.planes[0]
    samples = np.frombuffer(plane, np.uint8).copy()
    deep = (frame.format.components[0].bits + 7) // 8
    across = rng.randrange(frame.width)
    samples[rng.randrange(frame.height) * plane.line_size + deep * across] ^= 1
    plane.update(samples.tobytes())
