"""Pulling frames in order, the next ones already under way on other threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from engines.graph import Puller
from engines.stages.base import Rendered
from engines.types import FrameNo


def pulled(puller: Puller, numbers: Sequence[FrameNo], workers: int) -> Iterator[Rendered]:
    """Frames `numbers` in order; `workers` of them are worked on at the same time (1: none ahead).

    The source must stand being read from several threads (`engines.media.shared`). Raises what pulling raises, for
    the frame it belongs to; then, or when the caller stops early, what is under way is waited for.
    """
    if workers <= 1:
        for number in numbers:
            yield puller.pull(number)
        return
    waiting: deque[Future[Rendered]] = deque()
    left = iter(numbers)
    with ThreadPoolExecutor(workers, "pull") as pool:
        try:
            for number in left:
                waiting.append(pool.submit(puller.pull, number))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
