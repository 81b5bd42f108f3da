"""The blotch segmenter at work: logits of a frame from its evidence."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from engines.dirt.evidence import Evidence, rank_order
from engines.nets.blotch import CELL, GRID, PLANES, SCALES, BlotchNet

Logits = NDArray[np.float32]
"""H x W: the logarithm of the odds that a pixel is dirt."""


@dataclass(frozen=True)
class Sureness:
    """How logits become detections, fitted on clips that the network did not learn from.

    least: the logit that a candidate's pixels must reach. weights: of 1 and of `engines.dirt.components.FEATURES`.
    """

    least: float
    weights: tuple[float, ...]

    def confidence(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """N x FEATURES features -> N probabilities that a candidate is dirt."""
        odds = self.weights[0] + features @ np.asarray(self.weights[1:])
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))


@dataclass(frozen=True, eq=False)
class BlotchModel:
    """network: in bfloat16, in evaluation. sha256: of the weight file."""

    network: BlotchNet
    sureness: Sureness
    sha256: str


def logits_of(network: BlotchNet, evidence: Evidence) -> Logits:
    """The network's answer in its own precision, without its planes at full size: they are laid out in cells at once.

    Pictures whose sides are no multiple of the grid are continued at the edge.
    """
    height, width = evidence.current.shape
    cells = _cells(evidence)
    rows, columns = cells.shape[:2]
    area = CELL * CELL
    stem = network.stem
    # Whole numbers up to 255 are exact in bfloat16, and so is a power of two within the weights.
    scales = torch.tensor(SCALES, dtype=stem.weight.dtype).repeat_interleave(area)[None, :, None, None]
    with torch.inference_mode():
        codes = torch.from_numpy(cells).to(stem.weight.dtype).permute(2, 0, 1)[None]
        said = network.said(functional.conv2d(codes, stem.weight * scales, stem.bias, padding=1))
        told = said[0].permute(1, 2, 0).float().numpy()
    pixels, weights = told[..., :area], told[..., area:]
    rank = np.abs(cells[..., 5 * area :])
    least = np.minimum(np.abs(cells[..., area : 2 * area]), np.abs(cells[..., 2 * area : 3 * area]))
    logits = (
        pixels + weights[..., :1] * (rank * np.float32(SCALES[5])) + weights[..., 1:] * (least * np.float32(SCALES[1]))
    )
    laid = logits.reshape(rows, columns, CELL, CELL).transpose(0, 2, 1, 3).reshape(rows * CELL, columns * CELL)
    return np.ascontiguousarray(laid[:height, :width], np.float32)


def _cells(evidence: Evidence) -> NDArray[np.int16]:
    """Rows x columns x (PLANES * CELL**2): `planes_of` before scaling, a cell's pixels of one plane side by side."""
    height, width = evidence.current.shape
    down, right = -height % GRID, -width % GRID
    rows, columns = (height + down) // CELL, (width + right) // CELL
    centre = np.full_like(evidence.current, 128)
    planes = [cv2.subtract(evidence.current, centre, dtype=cv2.CV_16S)]
    planes += [cv2.subtract(neighbour, evidence.current, dtype=cv2.CV_16S) for neighbour in evidence.neighbours]
    planes.append(rank_order(evidence))
    # The four samples of a cell's row move as one number: a quarter of the work.
    cells = np.empty((rows, columns, PLANES, CELL), np.int64)
    for index, plane in enumerate(planes):
        grown = cv2.copyMakeBorder(plane, 0, down, 0, right, cv2.BORDER_REPLICATE) if down or right else plane
        fours = np.ascontiguousarray(grown, np.int16).view(np.int64)
        cells[:, :, index] = fours.reshape(rows, CELL, columns).transpose(0, 2, 1)
    return cells.view(np.int16).reshape(rows, columns, -1)
