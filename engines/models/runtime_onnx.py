"""ONNX Runtime in float32: faster than PyTorch where OpenVINO is not installed.

Its INT8 is not used: measured on AVX-512 VNNI it needs every sum rounded to 8 bits, too, for 61 ms where OpenVINO takes
44 ms, and reads our graph, which keeps sums exact, slower than float32.
"""

from __future__ import annotations

import os

# Its builds send usage data unless told otherwise before they are loaded; from then on it is not read again.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime

from engines.models.answer import Answer
from engines.models.export_onnx import INPUT, onnx_model
from engines.models.runtime import Choice, Planes, thread_count

_ERRORS_ONLY = 3


class OnnxRuntime:
    """See `engines.models.runtime.Runtime`."""

    def __init__(self, answer: Answer, choice: Choice) -> None:
        self.choice = choice
        self._session = session(onnx_model(answer).SerializeToString())

    def run(self, planes: Planes) -> Planes:
        return np.asarray(self._session.run(None, {INPUT: np.ascontiguousarray(planes[None])})[0][0])


def session(model: bytes) -> onnxruntime.InferenceSession:
    """A model on the processor."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = thread_count()
    options.log_severity_level = _ERRORS_ONLY
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
