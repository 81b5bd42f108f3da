"""Runtimes that are kept: compiling a network takes a while, and every tile of every frame asks for it."""

from __future__ import annotations

import threading
from functools import lru_cache

from engines.models.quantise import load_ranges
from engines.models.registry import LumaModel, weights_folder
from engines.models.runtime import Choice, Runtime, choose_runtime, make_runtime

_LOCK = threading.Lock()


def runtime_for(network: LumaModel, device: str, scale: int, fast: bool) -> Runtime:
    """The network at one scale, with its log variance as second plane where it predicts one.

    fast: whatever is fastest there, INT8 where it was calibrated; otherwise PyTorch in float32, whose answer does not
    depend on what else is installed. Raises ModelError.
    """
    with _LOCK:
        return _made(network, scale, running_choice(network, device, fast))


def running_choice(network: LumaModel, device: str, fast: bool) -> Choice:
    """What runs it, and why. Raises ModelError."""
    return choose_runtime(device, exact=not fast, ranges=_ranges_known(network))


@lru_cache(maxsize=24)
def _made(network: LumaModel, scale: int, choice: Choice) -> Runtime:
    ranges = load_ranges(weights_folder() / f"{network.name}.int8.json", network.sha256)
    return make_runtime(network.network, scale, choice, ranges, doubt=network.network.config.doubt)


@lru_cache(maxsize=24)
def _ranges_known(network: LumaModel) -> bool:
    return load_ranges(weights_folder() / f"{network.name}.int8.json", network.sha256) is not None
