"""OpenVINO as runtime: float32, bfloat16 and INT8 on processors; compiled for each size of tile."""

from __future__ import annotations

import importlib
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np

from engines.models.answer import Answer
from engines.models.export_onnx import onnx_model
from engines.models.quantise import Range
from engines.models.runtime import Choice, Planes, thread_count

# Tiles of one picture come in at most nine sizes: corners, rims and the middle.
_KEPT = 12
_TELEMETRY = "openvino_telemetry"


@lru_cache(maxsize=1)
def openvino() -> ModuleType:
    """The package, imported so that it reports nothing: its `__init__` sends usage data unless told otherwise.

    Without the package `openvino_telemetry` it uses a stub of its own; so that package is hidden while it loads.
    """
    hidden = sys.modules.get(_TELEMETRY)
    # None makes `import` raise ImportError.
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    try:
        package = importlib.import_module("openvino")
    finally:
        del sys.modules[_TELEMETRY]
        if hidden is not None:
            sys.modules[_TELEMETRY] = hidden
    return package


@lru_cache(maxsize=1)
def _core() -> Any:
    return openvino().Core()


def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 by itself."""
    return "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class OpenVinoRuntime:
    """See `engines.models.runtime.Runtime`. INT8 where `ranges` are given; what stays float then is bfloat16 where the
    processor has that (measured: 0.002 dB, a tenth of the time).
    """

    def __init__(self, answer: Answer, choice: Choice, ranges: Mapping[str, Range] | None) -> None:
        self.choice = choice
        self._model = onnx_model(answer, ranges).SerializeToString()
        narrow = choice.precision == "half" or (choice.precision == "int8" and has_bfloat16())
        self._settings = {
            # Without a word OpenVINO computes float32 models in bfloat16.
            "INFERENCE_PRECISION_HINT": "bf16" if narrow else "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": thread_count(),
        }
        self._requests: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    def run(self, planes: Planes) -> Planes:
        batch = np.ascontiguousarray(planes[None])
        with self._lock:
            result = self._request(batch.shape).infer([batch], share_inputs=True)
            return np.array(result[0][0])

    def _request(self, shape: tuple[int, ...]) -> Any:
        """Compiled for this size: with free sizes INT8 answers zeros (OpenVINO 2026.4.1)."""
        request = self._requests.pop(shape, None)
        if request is None:
            model = _core().read_model(self._model)
            model.reshape(list(shape))
            request = _core().compile_model(model, "CPU", self._settings).create_infer_request()
        self._requests[shape] = request
        if len(self._requests) > _KEPT:
            self._requests.popitem(last=False)
        return request
