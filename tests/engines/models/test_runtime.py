"""Every runtime answers what PyTorch answers, at any size, the same bits every time, and says why it was chosen."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engines.errors import ModelError
from engines.models import runtime as module
from engines.models.answer import Answer
from engines.models.quantise import Range, measure_ranges
from engines.models.runtime import Choice, Precision, choose_runtime, make_runtime
from engines.nets.fidelity import FidelityConfig, FidelityNet

pytest.importorskip("onnx", reason="the extra `fast` is not installed")
pytest.importorskip("onnxruntime", reason="the extra `fast` is not installed")
from engines.models.runtime_openvino import openvino

Planes = NDArray[np.float32]
ROOT = Path(__file__).resolve().parents[3]
HOLDS = {"float32": 1e-5, "half": 0.02, "int8": 0.1}


@pytest.fixture(scope="module")
def net() -> FidelityNet:
    torch.manual_seed(3)
    made = FidelityNet(FidelityConfig(channels=16, blocks=2, extra=2, doubt=True)).eval().requires_grad_(False)
    for head in made.heads.parameters():
        head.mul_(100.0)
    return made


@pytest.fixture(scope="module")
def ranges(net: FidelityNet) -> dict[str, Range]:
    return measure_ranges(Answer(net, 1), [planes(64, 64, seed) for seed in range(4)])


def planes(height: int, width: int, seed: int = 9) -> Planes:
    return np.random.default_rng(seed).random((5, height, width), dtype=np.float32)


def expected(net: FidelityNet, given: Planes, scale: int) -> Planes:
    with torch.inference_mode():
        features = net.features(torch.from_numpy(given)[None])
        parts = net.correction(features, scale), net.log_variance(features, scale)
        return np.asarray(torch.cat(parts, dim=1)[0].numpy())


@pytest.mark.parametrize(
    ("backend", "precision"),
    [
        ("torch", "float32"),
        ("torch", "half"),
        ("onnxruntime", "float32"),
        ("openvino", "float32"),
        ("openvino", "half"),
        ("openvino", "int8"),
    ],
)
@pytest.mark.parametrize("scale", [1, 2, 4])
def test_answers_as_the_network_does_at_any_size(
    net: FidelityNet, ranges: dict[str, Range], backend: module.Backend, precision: Precision, scale: int
) -> None:
    runtime = make_runtime(net, scale, Choice(backend, "cpu", precision, "as asked"), ranges, doubt=True)
    assert runtime.choice.backend == backend
    for size in ((33, 47), (64, 20)):
        given = planes(*size)
        truth, found = expected(net, given, scale), runtime.run(given)
        assert found.shape == (2, scale * size[0], scale * size[1])
        assert found.dtype == np.float32
        for plane in range(2):
            error = np.sqrt(np.mean((found[plane] - truth[plane]) ** 2))
            assert error < HOLDS[precision] * np.sqrt(np.mean(truth[plane] ** 2))


@pytest.mark.parametrize(
    ("backend", "precision"), [("onnxruntime", "float32"), ("openvino", "float32"), ("openvino", "int8")]
)
def test_a_network_that_looks_far_answers_the_same(backend: module.Backend, precision: Precision) -> None:
    torch.manual_seed(4)
    far = FidelityNet(FidelityConfig(channels=16, blocks=1, extra=2, doubt=True, far=True)).eval().requires_grad_(False)
    for part in (*far.heads.parameters(), *far.far.out.parameters()):
        part.normal_(0, 0.05)
    known = measure_ranges(Answer(far, 1), [planes(64, 64, seed) for seed in range(4)])
    runtime = make_runtime(far, 2, Choice(backend, "cpu", precision, "as asked"), known, doubt=True)
    assert runtime.choice.backend == backend
    for size in ((61, 83), (64, 48)):
        given = planes(*size)
        truth, found = expected(far, given, 2), runtime.run(given)
        assert np.sqrt(np.mean((found[0] - truth[0]) ** 2)) < HOLDS[precision] * np.sqrt(np.mean(truth[0] ** 2))


@pytest.mark.parametrize("precision", ["float32", "half", "int8"])
def test_two_runtimes_answer_the_same_bits(net: FidelityNet, ranges: dict[str, Range], precision: Precision) -> None:
    choice = Choice("openvino", "cpu", precision, "as asked")
    first, second = (make_runtime(net, 2, choice, ranges) for _ in range(2))
    given = planes(80, 72)
    answer = first.run(given)
    assert np.array_equal(answer, first.run(given))
    assert np.array_equal(answer, second.run(given))


def test_an_answer_is_not_overwritten_by_the_next(net: FidelityNet) -> None:
    runtime = make_runtime(net, 2, Choice("openvino", "cpu", "float32", "as asked"))
    answer = runtime.run(planes(16, 16))
    kept = answer.copy()
    runtime.run(planes(16, 16, seed=1))
    assert np.array_equal(answer, kept)


def test_a_runtime_that_fails_its_trial_gives_way(net: FidelityNet, ranges: dict[str, Range]) -> None:
    # Ranges a thousand times too narrow: everything is clipped.
    crushed = {name: Range(r.low / 1000, r.high / 1000) for name, r in ranges.items()}
    runtime = make_runtime(net, 2, Choice("openvino", "cpu", "int8", "as asked"), crushed)
    assert (runtime.choice.backend, runtime.choice.precision) == ("torch", "float32")
    assert runtime.choice.sentence == "PyTorch on the processor, float32: OpenVINO failed its trial."


def test_int8_without_ranges_or_with_those_of_another_network_is_refused(
    net: FidelityNet, ranges: dict[str, Range]
) -> None:
    choice = Choice("openvino", "cpu", "int8", "as asked")
    with pytest.raises(ModelError, match="no INT8 ranges"):
        make_runtime(net, 2, choice)
    with pytest.raises(ModelError, match="another network"):
        make_runtime(net, 2, choice, dict(list(ranges.items())[:4]))


def test_a_scale_without_head_is_refused(net: FidelityNet) -> None:
    with pytest.raises(KeyError):
        make_runtime(net, 3, choose_runtime("cpu", exact=True))


def test_openvino_is_imported_without_its_telemetry() -> None:
    openvino()
    assert not [name for name in sys.modules if name.startswith("openvino_telemetry")]


def test_onnx_runtime_keeps_and_sends_no_usage_data(tmp_path: Path) -> None:
    """What it would send it first lays down in the cache, as soon as it is loaded."""
    program = (
        "from engines.models.runtime_onnx import session; from onnx import TensorProto, helper;"
        "x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in 'xy');"
        "graph = helper.make_graph([helper.make_node('Neg', ['x'], ['y'])], 'g', [x], [y]);"
        "made = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8);"
        "session(made.SerializeToString())"
    )
    homes = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    environment = {key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"}
    subprocess.run([sys.executable, "-c", program], env=environment | homes, cwd=ROOT, check=True)
    assert list(tmp_path.iterdir()) == []


def test_exact_work_runs_on_pytorch_in_float32() -> None:
    choice = choose_runtime("cpu", exact=True, ranges=True)
    assert (choice.backend, choice.precision) == ("torch", "float32")
    assert choice.sentence == "PyTorch on the processor, float32: the same answer whatever else is installed."


def test_the_fastest_is_chosen_and_says_why() -> None:
    assert choose_runtime("cpu", ranges=True).precision == "int8"
    assert "no INT8 ranges" in choose_runtime("cpu").sentence
    assert choose_runtime("cuda") == Choice("torch", "cuda", "half", "it is the fastest there")


def test_what_is_asked_for_is_given_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_runtime("cpu", "float32", ranges=True).precision == "float32"
    for asked, device, words in (
        ("int4", "cpu", "no precision"),
        ("int8", "cuda", "processor"),
        ("int8", "cpu", "ran"),
    ):
        with pytest.raises(ModelError, match=words):
            choose_runtime(device, asked)
    monkeypatch.setattr(module, "installed", lambda name: name != "openvino")
    assert choose_runtime("cpu", ranges=True).backend == "onnxruntime"
    with pytest.raises(ModelError, match="openvino"):
        choose_runtime("cpu", "int8", ranges=True)
    monkeypatch.setattr(module, "installed", lambda name: False)
    assert replace(choose_runtime("cpu"), reason="") == Choice("torch", "cpu", "float32", "")
