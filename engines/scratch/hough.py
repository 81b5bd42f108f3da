"""Sums along near-vertical lines of every position and slope: the fast discrete Radon transform.

Brady, "A fast discrete approximation algorithm for the Radon transform", SIAM J. Comput. 1998.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Sums = NDArray[np.float32]


def line_sums(cells: Sums, levels: int, steepest: float) -> list[tuple[int, Sums]]:
    """Sums over straight digital lines through the 2 ** k bands of every block, for the last `levels` values of k.

    cells: B x W, B a power of two. steepest: |slope| in px per band. Answers, the longest last, the largest lean
    M of the level (px from a block's first band to its last) and blocks x (2 M + 1) x W sums, by lean -M..M and by x
    in the block's first band; beyond the sides nothing is added.
    """
    count = cells.shape[0]
    depth = int(np.log2(count))
    leans = [0] + [int(np.ceil(min(steepest, 1.0) * (2**k - 1))) for k in range(1, depth + 1)]
    sums: Sums = cells[:, None, :]
    found = []
    for level in range(1, depth + 1):
        sums = _joined(sums, leans[level - 1], leans[level])
        if level > depth - levels:
            found.append((leans[level], sums))
    return found


def _joined(sums: Sums, inner: int, outer: int) -> Sums:
    """Blocks of twice the bands: `inner` is the largest lean of the halves, `outer` that of the whole."""
    upper, lower = sums[0::2], sums[1::2]
    width = sums.shape[2]
    joined = np.empty((upper.shape[0], 2 * outer + 1, width), np.float32)
    for lean in range(-outer, outer + 1):
        size = abs(lean)
        half, step = size // 2, size - size // 2
        half = min(half, inner)
        if lean < 0:
            half, step = -half, -step
        target = joined[:, lean + outer]
        target[...] = upper[:, half + inner]
        if step >= 0:
            target[:, : width - step] += lower[:, half + inner, step:]
        else:
            target[:, -step:] += lower[:, half + inner, : width + step]
    return joined
