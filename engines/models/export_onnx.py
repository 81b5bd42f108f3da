"""A network's steps as an ONNX graph: float32, or INT8 in QDQ form with the ranges that its activations take."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import fx, nn
from torch.nn import functional

from engines.errors import ModelError
from engines.models.answer import Answer, steps
from engines.models.export_far import write_far
from engines.models.quantise import Range, quantiser
from engines.nets.fidelity import FarSight

OPSET = 17
INPUT, OUTPUT = "planes", "answer"
# Read by every runtime of the last years; written down so that a newer onnx package does not raise it.
_IR_VERSION = 8

_SUMS = {operator.add, operator.iadd, torch.add, "add", "add_"}
_RELUS = {functional.relu, torch.relu, "relu", "relu_"}


def onnx_model(answer: Answer, ranges: Mapping[str, Range] | None = None) -> onnx.ModelProto:
    """`answer` as a checked ONNX model with one input `planes`, 1 x C x height x width float32, and one output
    `answer`, 1 x M x s*height x s*width float32; height and width are free.

    With `ranges` (see `engines.models.quantise`) it is quantised: weights in 8 bits per output channel, activations in
    unsigned 8 bits per tensor where a convolution reads them, biases in 32 bits. The first convolution, the sums of
    the residual blocks and the answer stay float32: that costs a few per cent of speed, and the planes may then take
    any values. Raises ModelError for a step that
    has no counterpart here, and for ranges that belong to another network.
    """
    writer = _Writer(steps(answer), ranges)
    writer.write()
    told = [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [1, answer.inputs, "height", "width"])]
    planes = answer.head.out_channels // answer.scale**2
    given = [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, planes, "height_out", "width_out"])]
    graph = helper.make_graph(writer.nodes, "tratteggio", told, given, writer.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION)
    onnx.checker.check_model(model)
    return model


class _Writer:
    """Turns fx nodes into ONNX nodes, in their order."""

    def __init__(self, traced: fx.GraphModule, ranges: Mapping[str, Range] | None) -> None:
        self._traced = traced
        self._modules = dict(traced.named_modules())
        self._ranges = ranges
        self._rounded: dict[str, str] = {}
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def write(self) -> None:
        for node in self._traced.graph.nodes:
            if node.op not in ("placeholder", "output"):
                self._step(node)

    def _step(self, node: fx.Node) -> None:
        module = self._modules[str(node.target)] if node.op == "call_module" else None
        if isinstance(module, nn.Conv2d):
            self._conv(node, module)
        elif isinstance(module, FarSight):
            write_far(self, module, self._name(node.args[0]), self._name(node))
        elif isinstance(module, nn.ReLU) or node.target in _RELUS:
            self._node("Relu", [self._name(node.args[0])], node)
        elif node.target in _SUMS:
            self._node("Add", [self._name(side) for side in node.args[:2]], node)
        elif node.target is functional.pixel_shuffle:
            self._shuffle(node)
        else:
            raise ModelError(
                f"The network's step {node.name!r} cannot be written as ONNX.", "Run it with precision float32 instead."
            )

    def _conv(self, node: fx.Node, module: nn.Conv2d) -> None:
        source = self._source(node.args[0])
        taken = self._taken(source)
        kernel = module.weight.detach().cpu().numpy()
        bias = np.zeros(len(kernel), np.float32) if module.bias is None else module.bias.detach().cpu().numpy()
        if not self._rounds(source):
            held = [self.constant(f"{node.name}.weight", kernel), self.constant(f"{node.name}.bias", bias)]
        else:
            sizes = np.maximum(np.abs(kernel).max(axis=(1, 2, 3)), 1e-12) / np.float32(127)
            whole = np.rint(kernel / sizes[:, None, None, None]).astype(np.int8)
            sums = sizes * np.float32(quantiser(self._range(source)).size)
            held = [
                self._stored(f"{node.name}.weight", whole, sizes),
                self._stored(f"{node.name}.bias", np.rint(bias / sums).astype(np.int32), sums),
            ]
        rows, columns = (int(p) for p in module.padding)
        self._node(
            "Conv",
            [taken, *held],
            node,
            kernel_shape=list(module.kernel_size),
            strides=list(module.stride),
            dilations=list(module.dilation),
            group=module.groups,
            pads=[rows, columns, rows, columns],
        )

    def _shuffle(self, node: fx.Node) -> None:
        factor = int(str(node.args[1]))
        if factor == 1:
            self._node("Identity", [self._name(node.args[0])], node)
        else:
            self._node("DepthToSpace", [self._name(node.args[0])], node, blocksize=factor, mode="CRD")

    def _node(self, kind: str, inputs: list[str], node: fx.Node, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [self._name(node)], name=node.name, **attributes))

    def emit(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def _rounds(self, source: fx.Node) -> bool:
        """Whether what reads `source` reads it in 8 bits."""
        return self._ranges is not None and source.op != "placeholder"

    def _taken(self, source: fx.Node) -> str:
        """`source` as a convolution reads it: through 8 bits, or as it is."""
        name = self._name(source)
        if not self._rounds(source):
            return name
        if name not in self._rounded:
            grid = quantiser(self._range(source))
            pair = [
                self.constant(f"{name}.size", np.float32(grid.size)),
                self.constant(f"{name}.zero", np.uint8(grid.zero)),
            ]
            whole, back = f"{name}.int8", f"{name}.rounded"
            self.nodes.append(helper.make_node("QuantizeLinear", [name, *pair], [whole], name=whole))
            self.nodes.append(helper.make_node("DequantizeLinear", [whole, *pair], [back], name=back))
            self._rounded[name] = back
        return self._rounded[name]

    def _range(self, node: fx.Node) -> Range:
        assert self._ranges is not None
        try:
            return self._ranges[node.name]
        except KeyError:
            raise ModelError(
                f"The INT8 ranges know nothing of the step {node.name!r}.",
                "They belong to another network; measure them again: tratteggio models calibrate.",
            ) from None

    def _source(self, argument: object) -> fx.Node:
        assert isinstance(argument, fx.Node)
        return argument

    def _name(self, argument: object) -> str:
        node = self._source(argument)
        if node.op == "placeholder":
            return INPUT
        return OUTPUT if any(user.op == "output" for user in node.users) else node.name

    def _stored(self, name: str, whole: NDArray[Any], sizes: NDArray[np.float32]) -> str:
        """A constant as integers and the size of their steps, per output channel."""
        parts = [
            self.constant(f"{name}.int", whole),
            self.constant(f"{name}.size", sizes.astype(np.float32)),
            self.constant(f"{name}.zero", np.zeros(len(sizes), dtype=whole.dtype)),
        ]
        self.nodes.append(helper.make_node("DequantizeLinear", parts, [name], name=name, axis=0))
        return name

    def constant(self, name: str, value: NDArray[Any] | np.generic) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name
