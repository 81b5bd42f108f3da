"""Which runtime computes a network's correction, at which precision, and why: one interface for all of them.

choice = choose_runtime(policy.device, ranges=ranges is not None, exact=forensic)
runtime = make_runtime(model.fidelity, scale, choice, ranges, doubt=True)   # keep it: compiling takes a while
answer = enlarge(luma, scale) + runtime.run(planes)[0]                      # enlarging stays float32, outside
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol, get_args

import numpy as np
import torch
from numpy.typing import NDArray

from engines.errors import ModelError
from engines.models.answer import Answer
from engines.models.quantise import Range
from engines.nets.fidelity import FidelityNet

Backend = Literal["torch", "openvino", "onnxruntime"]
Precision = Literal["float32", "half", "int8"]
Planes = NDArray[np.float32]

_NAMES = {"torch": "PyTorch", "openvino": "OpenVINO", "onnxruntime": "ONNX Runtime"}
_SHOWN = {"float32": "float32", "half": "half precision", "int8": "INT8"}
_EXTRA = "Install them: pip install 'tratteggio[fast]'."
# A runtime whose probe is off by more than this share of the correction computes something else. Rounding to 8 bits
# is off by 2 to 5 %; the defect this was met for (OpenVINO 2026.4, INT8 with free sizes) answered zeros, 100 %.
_WRONG = 0.25
# ... and by more than this in absolute terms (nominal range): untrained heads answer nearly nothing.
_VISIBLE = 1 / 1024
_PROBE = (48, 40)


class Runtime(Protocol):
    """Maps planes to the network's answer. May be called from several threads; calls then wait for one another."""

    @property
    def choice(self) -> Choice:
        """What it runs on."""

    def run(self, planes: Planes) -> Planes:
        """planes: (3 + config.extra) x h x w float32; returns M x s*h x s*w float32: the correction to the enlarged
        luma and, where asked for, the log variance. Any size; bit-identical from run to run on one machine with the
        same number of threads. Each new size costs OpenVINO about 0.2 s once; the last twelve are kept.
        """


@dataclass(frozen=True)
class Choice:
    """`reason` is a clause for people. `half` means bfloat16 on processors and CUDA, float16 on MPS."""

    backend: Backend
    device: str
    precision: Precision
    reason: str

    @property
    def short(self) -> str:
        """For a line that has little room."""
        return f"{_NAMES[self.backend]} {_SHOWN[self.precision]}"

    @property
    def sentence(self) -> str:
        """For the screen and for reports."""
        where = {"cpu": "the processor", "cuda": "the graphics card", "mps": "the graphics processor"}[self.device]
        return f"{_NAMES[self.backend]} on {where}, {_SHOWN[self.precision]}: {self.reason}."


def choose_runtime(device: str, precision: str = "auto", exact: bool = False, ranges: bool = False) -> Choice:
    """What runs a network on `device` ("cpu", "cuda", "mps").

    precision: "auto" or one of `Precision`. exact: the answer must not depend on what is installed (forensic work):
    PyTorch in float32. ranges: whether INT8 ranges for these weights are at hand. Raises ModelError for a wish that
    this machine or these weights cannot grant.
    """
    if precision != "auto" and precision not in get_args(Precision):
        raise ModelError(f"There is no precision {precision!r}.", f"Choose auto, {', '.join(get_args(Precision))}.")
    if exact:
        return Choice("torch", device, "float32", "the same answer whatever else is installed")
    if device != "cpu":
        if precision == "int8":
            raise ModelError("INT8 runs on the processor only.", "Choose half or float32 for this device.")
        wanted: Precision = "float32" if precision == "float32" else "half"
        return Choice("torch", device, wanted, "it is the fastest there" if precision == "auto" else "as asked")
    return _on_processor(precision, ranges)


def _on_processor(precision: str, ranges: bool) -> Choice:
    if not installed("openvino"):
        return _without_openvino(precision)
    if precision == "float32":
        return Choice("openvino", "cpu", "float32", "as asked")
    if precision == "half":
        return Choice("openvino", "cpu", "half", "as asked")
    if ranges:
        reason = "as asked" if precision == "int8" else "the fastest way, at most 0.1 dB from float32"
        return Choice("openvino", "cpu", "int8", reason)
    if precision == "int8":
        raise ModelError(
            "These weights have no INT8 ranges.", "Measure them: tratteggio models calibrate. Or choose another."
        )
    from engines.models.runtime_openvino import has_bfloat16

    if has_bfloat16():
        return Choice("openvino", "cpu", "half", "these weights have no INT8 ranges, and the processor has bfloat16")
    return Choice("openvino", "cpu", "float32", "these weights have no INT8 ranges")


def _without_openvino(precision: str) -> Choice:
    if precision == "int8":
        raise ModelError("INT8 needs the package openvino, which is not installed.", _EXTRA)
    if precision == "half":
        return Choice("torch", "cpu", "half", "as asked")
    if installed("onnxruntime") and installed("onnx"):
        return Choice("onnxruntime", "cpu", "float32", "OpenVINO, which is faster, is not installed")
    return Choice("torch", "cpu", "float32", "faster runtimes are not installed")


def installed(backend: str) -> bool:
    """Whether the package is here; it is not imported."""
    return importlib.util.find_spec(backend) is not None


def make_runtime(
    net: FidelityNet, scale: int, choice: Choice, ranges: Mapping[str, Range] | None = None, doubt: bool = False
) -> Runtime:
    """`net` (in eval mode) at one scale. ranges: for INT8. doubt: the log variance as second plane of the answer.

    Runs on as many threads as PyTorch is set to. A compiled runtime is tried on a small picture first; where it
    answers something else than PyTorch, PyTorch takes its place and `choice` of what comes back says so.
    Raises ModelError where the network or its ranges do not fit, KeyError for a scale or doubt it has no head for.
    """
    from engines.models.runtime_torch import TorchRuntime

    answer = Answer(net, scale, doubt)
    if choice.backend == "torch":
        return TorchRuntime(answer, choice)
    runtime = _compiled(answer, choice, ranges)
    plain = replace(choice, backend="torch", precision="float32", reason=f"{_NAMES[choice.backend]} failed its trial")
    truth = TorchRuntime(answer, plain)
    trial = probe(answer.inputs)
    return runtime if agree(runtime.run(trial)[0], truth.run(trial)[0]) else truth


def _compiled(answer: Answer, choice: Choice, ranges: Mapping[str, Range] | None) -> Runtime:
    if choice.backend == "onnxruntime":
        from engines.models.runtime_onnx import OnnxRuntime

        return OnnxRuntime(answer, choice)
    from engines.models.runtime_openvino import OpenVinoRuntime

    if choice.precision == "int8" and ranges is None:
        raise ModelError("These weights have no INT8 ranges.", "Measure them: tratteggio models calibrate.")
    return OpenVinoRuntime(answer, choice, ranges if choice.precision == "int8" else None)


def probe(inputs: int) -> Planes:
    """A small picture of grain on mid grey, without any degradation told: inputs x 48 x 40."""
    planes = np.zeros((inputs, *_PROBE), np.float32)
    planes[0] = np.random.default_rng(0).normal(0.5, 0.08, _PROBE)
    return planes


def agree(found: Planes, expected: Planes) -> bool:
    """Whether two corrections are the same, up to rounding to 8 bits."""
    error, size = (float(np.sqrt(np.mean(part**2))) for part in (found - expected, expected))
    return error <= max(_WRONG * size, _VISIBLE)


def thread_count() -> int:
    """Threads for one inference: PyTorch's setting holds for every runtime."""
    return torch.get_num_threads()
