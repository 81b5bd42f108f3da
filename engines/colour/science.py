"""colour-science, imported where a simulator, a recipe, a benchmark or a test asks: it takes seconds and warns."""

from __future__ import annotations

import warnings
from functools import cache
from types import ModuleType


@cache
def science() -> ModuleType:
    """The package `colour`. Its one warning at import concerns plots, which nobody makes here.

    Never call this where the window waits.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message='"Matplotlib" related API features are not available')
        import colour
    module: ModuleType = colour
    return module
