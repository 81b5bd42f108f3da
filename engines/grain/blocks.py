"""Blocks of a picture that hold grain and little else, and what can be read off them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from engines.grain.model import BINS, LAGS, Table
from engines.luma import Luma
from engines.masks import Mask

Blocks = NDArray[np.float64]

# Structure is looked for in a picture smoothed by so much (pixels): grain of any size has mostly gone from it.
_SMOOTH = 2.5
_CALM = 0.4
# Per brightness bin, at most.
_MOST = 16
# Codes so close to black or white (nominal) may be clipped: their grain says nothing.
_CLIPPED = 0.015


def calm_places(luma: Luma, side: int, known: Mask | None = None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Tops and lefts of the calmest blocks of `side` pixels at every brightness.

    luma: H x W, nominal 0..1. known: H x W, blocks that are not known wholly are passed over. What decides is the
    slope of the smoothed picture, not the strength of the grain: that would favour blocks with little of it.
    """
    rows, columns = luma.shape[0] // side, luma.shape[1] // side
    if rows == 0 or columns == 0:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    area = luma[: rows * side, : columns * side]
    smooth = cv2.GaussianBlur(area, (0, 0), _SMOOTH)
    slope = np.square(cv2.Sobel(smooth, cv2.CV_32F, 1, 0)) + np.square(cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    cells = (columns, rows)
    texture = cv2.resize(slope, cells, interpolation=cv2.INTER_AREA)
    brightness = np.asarray(cv2.resize(area, cells, interpolation=cv2.INTER_AREA), np.float32)
    safe = (smooth > _CLIPPED) & (smooth < 1.0 - _CLIPPED)
    if known is not None:
        safe &= known[: rows * side, : columns * side]
    usable = cv2.resize(safe.astype(np.float32), cells, interpolation=cv2.INTER_AREA) > 0.999
    chosen = []
    for index in np.unique(bins_of(brightness[usable])):
        inside = np.flatnonzero((usable & (bins_of(brightness) == index)).ravel())
        keep = min(_MOST, max(1, round(len(inside) * _CALM)))
        chosen.append(inside[np.argsort(texture.ravel()[inside], kind="stable")[:keep]])
    places = np.sort(np.concatenate(chosen)) if chosen else np.empty(0, np.intp)
    return places // columns * side, places % columns * side


def bins_of(brightness: NDArray[np.floating]) -> NDArray[np.intp]:
    """Which of the BINS each brightness (nominal) is in."""
    return np.asarray(np.clip(np.floor(brightness * BINS), 0, BINS - 1), np.intp)


def levelled(blocks: Blocks, slopes: bool) -> Blocks:
    """N x S x S blocks without their mean and, where asked, without a plane fitted to them."""
    answer = blocks - blocks.mean(axis=(1, 2), keepdims=True)
    if slopes:
        side = blocks.shape[1]
        ramp = np.linspace(-1.0, 1.0, side)
        norm = float(np.square(ramp).sum() * side)
        across = (answer * ramp).sum(axis=(1, 2)) / norm
        down = (answer * ramp[:, None]).sum(axis=(1, 2)) / norm
        answer = answer - across[:, None, None] * ramp - down[:, None, None] * ramp[:, None]
    return np.asarray(answer)


def unmoved(difference: Blocks, picture: Blocks) -> Blocks:
    """N x S x S differences of aligned blocks without their mean, gain, and what a residual shift of `picture` makes.

    A shift of a fraction of a pixel adds a share of the picture's slopes; they are fitted and taken off. Slopes of the
    mean of both frames do not depend on the difference of their grain.
    """
    side = picture.shape[1]
    base = np.empty((len(picture), side * side, 4))
    base[..., 0] = 1.0
    base[..., 1] = levelled(picture, slopes=False).reshape(len(picture), -1)
    down, across = np.gradient(picture, axis=(1, 2))
    base[..., 2], base[..., 3] = across.reshape(len(picture), -1), down.reshape(len(picture), -1)
    target = difference.reshape(len(picture), -1, 1)
    turned = base.transpose(0, 2, 1)
    # A little of the identity keeps flat blocks, which have no slopes, solvable.
    square = turned @ base
    square += np.eye(4) * (1e-9 * np.trace(square, axis1=1, axis2=2)[:, None, None] + 1e-12)
    return np.asarray((target - base @ np.linalg.solve(square, turned @ target)).reshape(difference.shape))


def correlation_of(blocks: Blocks) -> Table:
    """(2 LAGS + 1)^2 mean correlation of levelled blocks, each counted alike; 1 in the middle."""
    side = blocks.shape[1]
    lags = min(LAGS, side // 2 - 1)
    scaled = blocks / np.sqrt(np.maximum(np.square(blocks).mean(axis=(1, 2), keepdims=True), 1e-20))
    power = np.square(np.abs(np.fft.fft2(scaled, s=(2 * side, 2 * side)))).mean(axis=0)
    whole = np.fft.ifft2(power).real
    reach = np.arange(-lags, lags + 1)
    overlap = np.outer(side - np.abs(reach), side - np.abs(reach))
    found = whole[np.ix_(reach, reach)] / overlap
    answer = np.zeros((2 * LAGS + 1, 2 * LAGS + 1))
    inner = slice(LAGS - lags, LAGS + lags + 1)
    answer[inner, inner] = found / max(float(found[lags, lags]), 1e-20)
    # What is left far away is structure or chance; cut off sharply it would make a weave of crossed lines.
    far = np.hypot(*np.mgrid[-LAGS : LAGS + 1, -LAGS : LAGS + 1]) / (LAGS + 1)
    return np.asarray(answer * np.cos(np.pi * np.clip(far - 0.5, 0.0, 0.5)) ** 2)


def freedom(correlation: Table, side: int) -> float:
    """How many independent samples a block of `side` pixels of such grain is worth."""
    return side * side / max(1.0, float(np.square(correlation).sum()))


def typical(variances: NDArray[np.float64], free: float, quantile: float) -> float:
    """The variance behind sample variances of blocks (each of `free` degrees of freedom) of which some hold structure.

    Structure only adds, so it is read off the lower part: a `quantile` over what that quantile of a chi-square is.
    """
    if len(variances) == 0:
        return 0.0
    free = max(free, 2.0)
    # The quantile of chi-squared (scipy.stats has it by name, and takes half a second to import).
    chi_squared = 2 * gammaincinv(free / 2, quantile)
    return float(np.quantile(variances, quantile) / (chi_squared / free))
