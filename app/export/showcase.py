"""The before/after picture beside a master: the frame where most was repaired, as the finished files hold it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from engines.media.open import open_source
from engines.media.source import Source
from engines.picture import before_after
from engines.provenance import Origin
from engines.provenance_track import unpack
from engines.types import FrameNo


def write_showcase(
    source: Source, first: FrameNo, master: Path, track: Path, counts: np.ndarray[Any, np.dtype[np.int64]], path: Path
) -> Path:
    """`counts`: frames x labels; frame 0 of `master` and `track` is frame `first` of `source`.

    Raises RenderError, MediaError, FrameError.
    """
    repaired = counts[:, Origin.TRANSPORTED] + counts[:, Origin.SYNTHESISED]
    index = int(np.argmax(repaired)) if repaired.any() else len(counts) // 2
    with closing(open_source(master)) as restored, closing(open_source(track)) as labels:
        before_after(source.read(first + index), restored.read(index), unpack(labels.read(index)), path)
    return path
