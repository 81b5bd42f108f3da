"""Writes a network as an .onnx file for other programs and accelerators, tried against PyTorch before it is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch

from engines.errors import ModelError
from engines.models.answer import Answer
from engines.models.export_onnx import INPUT, onnx_model
from engines.models.quantise import Range
from engines.models.runtime import agree, probe
from engines.models.runtime_onnx import session

# Largest difference between two float32 runtimes (nominal range); a hundredth of an 8-bit step.
_SAME = 4e-5


def write_onnx(path: Path, answer: Answer, ranges: Mapping[str, Range] | None, facts: Mapping[str, str]) -> float:
    """Write `path` whole or not at all; an older file is replaced. facts: become the model's metadata.

    Returns the largest difference from PyTorch on the trial picture (nominal range). Raises ModelError where ONNX
    Runtime computes something else, OSError where the file cannot be written.
    """
    model = onnx_model(answer, ranges)
    model.producer_name = "tratteggio"
    onnx.helper.set_model_props(model, dict(facts))
    model.graph.doc_string = facts.get("what", "")
    data = model.SerializeToString()
    planes = probe(answer.inputs)
    found = np.asarray(session(data).run(None, {INPUT: planes[None]})[0][0])
    with torch.inference_mode():
        expected = answer(torch.from_numpy(planes)[None])[0].numpy()
    apart = float(np.abs(found - expected).max())
    if not (apart <= _SAME * max(1.0, float(np.abs(expected).max())) or (ranges and agree(found[0], expected[0]))):
        raise ModelError(
            f"ONNX Runtime answers {apart:.2g} apart from PyTorch, so nothing was written.",
            "Try it with another version of onnxruntime.",
        )
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return apart
