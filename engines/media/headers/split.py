"""One still taken apart into what is samples and what is not, and proved to go together again."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.errors import MediaError
from engines.media.headers.block import Recipe, check_picture, check_recipe, joined_file, split_file
from engines.media.headers.find import recipes_of
from engines.media.headers.unknown import Unknown
from engines.media.stills import read_still
from engines.types import Plane

_MOST_ODD = 0.25
"""Share of the sample bytes that may differ from packed samples (bits that nobody reads) to be noted as a patch."""


@dataclass(frozen=True)
class Split:
    """rest: what is not samples. patch: what stored samples differ in from packed ones, exclusive-or, zlib; or none.

    layout: name of the pixel format whose planes give the samples back.
    """

    rest: bytes
    recipe: Recipe
    layout: str
    patch: bytes | None = None


def split_still(path: Path, data: bytes, last: Recipe | None) -> Split:
    """`data` is what the file holds. last: how the file before it was stored, tried first. Raises Unknown."""
    try:
        still = read_still(path)
    except MediaError as error:
        raise Unknown("it cannot be read") from error
    recipes = recipes_of(path, data, still)
    likely = sorted(recipes, key=lambda recipe: recipe != last)
    nearest: tuple[int, Split] | None = None
    for recipe in likely:
        try:
            check_recipe(recipe)
            check_picture(recipe, still.planes)
            rest, stored = split_file(data, recipe)
        except ValueError:
            continue
        packed = packed_samples(still.planes, recipe)
        found = Split(rest, recipe, still.format.name)
        if packed != stored:
            odd = np.frombuffer(stored, np.uint8) ^ np.frombuffer(packed, np.uint8)
            count = int(np.count_nonzero(odd))
            if count <= _MOST_ODD * len(stored) and (nearest is None or count < nearest[0]):
                nearest = count, Split(rest, recipe, still.format.name, zlib.compress(odd.tobytes(), 6))
            continue
        if rebuilt(found.rest, found.recipe, None, still.planes) == data:
            return found
    if nearest is None or rebuilt(nearest[1].rest, nearest[1].recipe, nearest[1].patch, still.planes) != data:
        raise Unknown("its samples are packed in a way that is not known")
    return nearest[1]


def packed_samples(planes: Sequence[Plane], recipe: Recipe) -> bytes:
    """Raises IndexError where the recipe speaks of planes that are not there."""
    return b"".join(block.packed(planes) for block in recipe)


def rebuilt(rest: bytes, recipe: Recipe, patch: bytes | None, planes: Sequence[Plane]) -> bytes:
    """The file's bytes. Raises ValueError, IndexError where the parts do not fit together."""
    samples = packed_samples(planes, recipe)
    if patch is not None:
        undo = zlib.decompressobj()
        odd = undo.decompress(patch, len(samples) + 1)
        if len(odd) != len(samples):
            raise ValueError("the patch is of another size")
        samples = (np.frombuffer(samples, np.uint8) ^ np.frombuffer(odd, np.uint8)).tobytes()
    return joined_file(rest, samples, recipe)
