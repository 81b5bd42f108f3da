"""FarSight as ONNX nodes: its sizes follow from the picture's, so they are computed in the graph; always float."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import nn

from engines.nets.fidelity import FarSight


class Sink(Protocol):
    """Takes nodes and constants; both methods return the name of the value."""

    def emit(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str: ...

    def constant(self, name: str, value: NDArray[Any]) -> str: ...


def write_far(sink: Sink, far: FarSight, source: str, output: str) -> None:
    """`output` = far(`source`), for any height and width."""

    def named(part: str) -> str:
        return f"{output}.{part}"

    def whole(part: str, *values: int) -> str:
        return sink.constant(named(part), np.array(values, np.int64))

    cell = far.CELL
    shape = sink.emit("Shape", [source], named("shape"))
    size = sink.emit("Slice", [shape, whole("two", 2), whole("four", 4)], named("size"))
    spare = sink.emit("Mod", [sink.emit("Neg", [size], named("minus")), whole("cell", cell)], named("spare"))
    pads = sink.emit("Concat", [whole("before", 0, 0, 0, 0, 0, 0), spare], named("pads"), axis=0)
    padded = sink.emit("Pad", [source, pads], named("padded"), mode="edge")
    cells = sink.emit("AveragePool", [padded], named("cells"), kernel_shape=[cell, cell], strides=[cell, cell])
    for number, layer in enumerate(far.layers):
        assert isinstance(layer, nn.Conv2d)
        seen = _conv(sink, layer, cells, named(f"seen{number}"))
        kept = sink.emit("Relu", [seen], named(f"kept{number}"))
        cells = sink.emit("Add", [cells, kept], named(f"cells{number}"))
    out = _conv(sink, far.out, cells, named("out"))
    scales = sink.constant(named("scales"), np.array([1, 1, cell, cell], np.float32))
    grown = sink.emit(
        "Resize", [out, "", scales], named("grown"), mode="linear", coordinate_transformation_mode="half_pixel"
    )
    sink.emit("Slice", [grown, whole("origin", 0, 0), size, whole("axes", 2, 3)], output)


def _conv(sink: Sink, layer: nn.Conv2d, source: str, output: str) -> str:
    assert layer.bias is not None
    held = [
        sink.constant(f"{output}.weight", layer.weight.detach().cpu().numpy()),
        sink.constant(f"{output}.bias", layer.bias.detach().cpu().numpy()),
    ]
    rows, columns = (int(side) for side in layer.padding)
    return sink.emit(
        "Conv",
        [source, *held],
        output,
        kernel_shape=list(layer.kernel_size),
        dilations=list(layer.dilation),
        pads=[rows, columns, rows, columns],
    )
