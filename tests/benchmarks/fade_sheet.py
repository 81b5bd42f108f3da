"""Pictures for the documents: simulated fades of photographs, and a real faded film, before and after stage fade.

    python -m tests.benchmarks.fade_sheet ../shared/data/bench resources/pictures/fade.jpg

A row per photograph of kodak24: the simulated scan, white balance by its truth's neutral patch, stage fade at its
defaults, the truth. Below, frames of a real film (NASA, public domain): as scanned, and through stage fade.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import av  # noqa: F401 - before OpenCV
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engines.benchmark.colour.baselines import white_balance_coded, with_levels
from engines.benchmark.colour.fade_set import as_frame, as_picture, read_photograph
from engines.benchmark.ours import puller, restored
from engines.colour.mapped import Rgb
from engines.detect.shots import ShotList
from engines.media.display import to_rgb8
from engines.media.open import open_source
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.training.simulator.fade.draw import draw_fade
from engines.training.simulator.fade.fading import faded

PHOTOGRAPHS = (
    ("kodim23", 0.95, 3),
    ("kodim15", 0.75, 8),
    ("kodim05", 0.6, 1),
    ("kodim19", 0.85, 4),
    ("kodim03", 0.4, 6),
)
"""Name, heaviness and seed; drawn once and kept, however well the stage does on them."""
FILM = Path("oldfilm/saturn_launch_colour.mp4")
MOMENTS = (0.3, 0.85)
"""Of the film, as shares of its length."""
TILE = (300, 200)
HEADINGS = ("Faded (simulated)", "White balance and levels", "Stage fade", "The film when new")
FILM_HEADINGS = ("Saturn, as scanned", "Stage fade") * 2
MOST = 250_000
_BAND = 22

Rgb8 = NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="the folder that holds kodak24 and oldfilm")
    parser.add_argument("out", type=Path, help="JPEG to write")
    args = parser.parse_args()
    rows = [headed(HEADINGS), *(beside(tiles) for tiles in photographs(args.bench)), headed(FILM_HEADINGS)]
    found = list(film(args.bench / FILM))
    rows += [beside([*found[at], *found[at + 1]]) for at in range(0, len(found), 2)]
    print(f"{args.out}: {written(np.concatenate(rows), args.out)} bytes")


def photographs(bench: Path) -> Iterator[list[Rgb8]]:
    """Scan, white balance, stage fade, truth."""
    for name, heaviness, seed in PHOTOGRAPHS:
        truth = read_photograph(bench / "kodak24" / f"{name}.webp").picture
        scan = faded(truth, draw_fade(np.random.default_rng(seed), heaviness))
        ours = as_picture(restored(as_frame(scan), make_stage("fade", {}, StageContext()), device="cpu"))
        balanced = with_levels(white_balance_coded(scan, truth))
        yield [tile(shown(picture)) for picture in (scan, balanced, ours, truth)]


def film(path: Path) -> Iterator[tuple[Rgb8, Rgb8]]:
    """Frames before and after."""
    source = open_source(path)
    try:
        count = source.info.frame_count
        pull = puller(source, [make_stage("fade", {}, StageContext())], ShotList((0,), count), device="cpu")
        for moment in MOMENTS:
            number = round(moment * (count - 1))
            yield tile(to_rgb8(source.read(number))), tile(to_rgb8(pull(number)))
    finally:
        source.close()


def shown(picture: Rgb) -> Rgb8:
    return np.asarray(np.rint(np.clip(picture, 0.0, 1.0) * 255.0).transpose(1, 2, 0), dtype=np.uint8)


def tile(picture: Rgb8) -> Rgb8:
    """The picture's middle at the tile's shape."""
    height, width = picture.shape[:2]
    share = max(TILE[0] / width, TILE[1] / height)
    size = (max(TILE[0], round(width * share)), max(TILE[1], round(height * share)))
    scaled = cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_AREA)
    left, top = (size[0] - TILE[0]) // 2, (size[1] - TILE[1]) // 2
    return np.asarray(scaled[top : top + TILE[1], left : left + TILE[0]], dtype=np.uint8)


def beside(tiles: Sequence[Rgb8]) -> Rgb8:
    return np.concatenate(list(tiles), axis=1)


def headed(texts: Sequence[str]) -> Rgb8:
    """A dark band that names the columns below it."""
    band = Image.new("RGB", (TILE[0] * len(texts), _BAND), (24, 24, 26))
    pen = ImageDraw.Draw(band)
    for column, text in enumerate(texts):
        pen.text((column * TILE[0] + 6, 4), text, fill=(220, 220, 220), font=ImageFont.load_default(13))
    return np.asarray(band)


def written(sheet: Rgb8, out: Path) -> int:
    """The best JPEG of at most `MOST` bytes."""
    for quality in range(92, 40, -4):
        Image.fromarray(sheet).save(out, quality=quality, optimize=True)
        if out.stat().st_size <= MOST:
            break
    return out.stat().st_size


if __name__ == "__main__":
    main()
