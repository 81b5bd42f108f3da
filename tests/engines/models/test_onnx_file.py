"""The ONNX file answers what PyTorch answers in another program, says what it is, and is whole or absent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.errors import ModelError
from engines.models.answer import Answer
from engines.models.deploy import deployed
from engines.models.quantise import Range, load_ranges, measure_ranges, save_ranges
from engines.nets.fidelity import FidelityConfig, FidelityNet

pytest.importorskip("onnx", reason="the extra `fast` is not installed")
pytest.importorskip("onnxruntime", reason="the extra `fast` is not installed")
import onnx
import onnxruntime

from engines.models import onnx_file
from engines.models.export_onnx import onnx_model
from engines.models.onnx_file import write_onnx

FACTS = {"what": "A network.", "licence": "Apache-2.0", "weights_sha256": "ab"}


@pytest.fixture(scope="module")
def answer() -> Answer:
    torch.manual_seed(5)
    return Answer(FidelityNet(FidelityConfig(8, 1, extra=2, doubt=True)).eval().requires_grad_(False), 2, doubt=True)


def test_another_program_reads_it(answer: Answer, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    assert write_onnx(path, answer, None, FACTS) < 1e-4
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    planes = np.random.default_rng(0).random((1, 5, 21, 34), dtype=np.float32)
    found = session.run(["answer"], {"planes": planes})[0]
    with torch.inference_mode():
        assert np.abs(found - answer(torch.from_numpy(planes)).numpy()).max() < 1e-4
    assert session.get_modelmeta().custom_metadata_map == FACTS
    assert onnx.load(path).opset_import[0].version >= 17


def test_int8_holds_its_weights_in_bytes(answer: Answer, tmp_path: Path) -> None:
    planes = [np.random.default_rng(n).random((5, 48, 48), dtype=np.float32) for n in range(2)]
    write_onnx(tmp_path / "net.onnx", answer, measure_ranges(answer, planes), FACTS)
    held = {t.name: t.data_type for t in onnx.load(tmp_path / "net.onnx").graph.initializer}
    assert held["head.weight.int"] == onnx.TensorProto.INT8
    assert held["net_stem.weight"] == onnx.TensorProto.FLOAT


def test_nothing_is_written_where_another_program_answers_otherwise(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(given: Answer, ranges: Mapping[str, Range] | None) -> onnx.ModelProto:
        model = onnx_model(given, ranges)
        weight = next(t for t in model.graph.initializer if t.name == "net_stem.weight")
        weight.raw_data = np.flip(np.frombuffer(weight.raw_data, np.float32)).tobytes()
        return model

    monkeypatch.setattr(onnx_file, "onnx_model", wrong)
    with pytest.raises(ModelError, match="apart from PyTorch"):
        write_onnx(tmp_path / "net.onnx", answer, None, FACTS)
    assert not list(tmp_path.iterdir())


def test_ranges_come_back_for_their_own_weights_only(tmp_path: Path) -> None:
    path = tmp_path / "net.int8.json"
    save_ranges(path, {"stem": Range(-1.5, 2.25)}, "ab", "a test")
    assert load_ranges(path, "ab") == {"stem": Range(-1.5, 2.25)}
    assert load_ranges(path, "cd") is None
    assert load_ranges(tmp_path / "none.json", "ab") is None
    path.write_text('{"weights": "ab", "ranges": {"stem": 3}}', "utf-8")
    with pytest.raises(ModelError, match="cannot be read"):
        load_ranges(path, "ab")


def test_rare_extremes_do_not_widen_a_range(answer: Answer) -> None:
    planes = np.random.default_rng(0).random((5, 120, 120), dtype=np.float32)
    planes[0, 0, 0] = 1000.0
    assert measure_ranges(answer, [planes])["planes"].high <= 1.0


def test_planes_are_named_for_every_input() -> None:
    one = deployed("detail")
    assert len(one.planes) == 3 + one.network.config.extra
    with pytest.raises(ModelError, match="no network"):
        deployed("nothing")
