"""Where the samples of a still lie: ways that its header allows, the likeliest first."""

from __future__ import annotations

from pathlib import Path

from engines.media.headers.block import Recipe
from engines.media.headers.film import cineon_recipes, dpx_recipes
from engines.media.headers.find_exr import exr_recipes
from engines.media.headers.find_tiff import tiff_recipes
from engines.media.headers.unknown import Unknown
from engines.media.still import Still
from engines.media.stills import codec_of

_FINDERS = {"dpx": dpx_recipes, "cineon": cineon_recipes, "tiff": tiff_recipes, "exr": exr_recipes}


def recipes_of(path: Path, data: bytes, still: Still) -> tuple[Recipe, ...]:
    """Of the file `path`, which holds `data` and was read as `still`. Raises Unknown, which says why there is none."""
    kind = codec_of(path)
    finder = _FINDERS.get(kind)
    if finder is None:
        raise Unknown(f"{kind} stores no plain samples")
    return finder(data, still)
