"""Small pictures of every frame of a clip in one file, to show at once what takes long to decode. Never for output."""

from __future__ import annotations

import struct
import threading
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Bgr = NDArray[np.uint8]

WIDTH = 400
"""Pixels across, at most; heights follow the clip's."""
_HEAD = struct.Struct("<ii")
_QUALITY = 75


def proxy_size(width: int, height: int) -> tuple[int, int]:
    """Size of the small pictures of a clip."""
    across = min(WIDTH, width)
    return across, max(1, round(height * across / width))


class ProxyFile:
    """Records of frame number, length and JPEG, appended as they are made. Thread-safe; a torn last record is cut off.

    Raises OSError where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[int, tuple[int, int]] = {}
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")
        self._end = self._scan()
        self._file.truncate(self._end)

    def __contains__(self, number: object) -> bool:
        return number in self._places

    def __len__(self) -> int:
        return len(self._places)

    def get(self, number: int) -> Bgr | None:
        """H x W x 3, B G R; None where it was not made yet or cannot be read."""
        with self._lock:
            place = self._places.get(number)
            if place is None or self._file.closed:
                return None
            self._file.seek(place[0])
            data = self._file.read(place[1])
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        return None if picture is None else np.asarray(picture, dtype=np.uint8)

    def put(self, number: int, picture: Bgr) -> None:
        """Raises OSError where the disk is full."""
        _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        data = coded.tobytes()
        with self._lock:
            if self._file.closed:
                return
            self._file.seek(self._end)
            self._file.write(_HEAD.pack(number, len(data)) + data)
            self._file.flush()
            self._places[number] = (self._end + _HEAD.size, len(data))
            self._end += _HEAD.size + len(data)

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _scan(self) -> int:
        """Find the records; the end of the last whole one."""
        size, place = self._path.stat().st_size, 0
        while place + _HEAD.size <= size:
            self._file.seek(place)
            number, length = _HEAD.unpack(self._file.read(_HEAD.size))
            if length <= 0 or place + _HEAD.size + length > size:
                break
            self._places[number] = (place + _HEAD.size, length)
            place += _HEAD.size + length
        return place


def prune(folder: Path, budget: int, keep: Path) -> None:
    """Remove the files used longest ago until the folder holds at most `budget` bytes. Raises OSError."""
    files = sorted((f for f in folder.glob("*.proxies") if f != keep), key=lambda f: f.stat().st_mtime)
    held = sum(file.stat().st_size for file in folder.glob("*.proxies"))
    for file in files:
        if held <= budget:
            return
        held -= file.stat().st_size
        file.unlink(missing_ok=True)
