from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import tune_job
from app.cli import main
from app.tune_job import TuneRequest, forget, run_tuning, unfinished
from app.verbs.train_tune import lines
from engines.cancel import CancelToken
from engines.errors import Cancelled, SettingError
from engines.models.collection import shelf
from engines.models.weights import load_weights, save_weights
from engines.training import tune, tune_data
from engines.training.tune import Tuned, TuneOrder
from engines.training.tune_data import Footage, FootageItem
from engines.training.tune_score import Row

_ROWS = (Row("x2", 30.0, 33.0, 33.5), Row("x4", 25.0, 27.0, 27.1))


@pytest.fixture(autouse=True)
def footage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Footage without files: what is tested here is what happens around the networks."""
    still = np.zeros((128, 128), np.uint8)
    held = Footage((still,) * 8, (still,) * 2, "by hand", (FootageItem(Path("a.mkv"), "ab", 10),), ())
    monkeypatch.setattr(tune_data, "load_footage", lambda *_: held)


def _tuned(better: bool) -> Any:
    def run(order: TuneOrder, *_: object) -> Tuned:
        out = order.work / "tuned.safetensors"
        weights = load_weights(order.start)
        if better:
            save_weights(out, weights.tensors, weights.statement)
        digest = load_weights(out).sha256 if better else ""
        return Tuned(out if better else None, digest, weights.sha256, 5, _ROWS, 1.0, -0.1, 120, 10.0, False)

    return run


def _request(folder: Path, **values: Any) -> TuneRequest:
    return TuneRequest(**{"name": "mine", "data": (Path("a.mkv"),), "minutes": 10.0, "folder": folder, **values})


def test_a_better_result_becomes_a_model_with_a_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune, "tune_detail", _tuned(better=True))
    event = run_tuning(_request(tmp_path), lambda _: None, CancelToken())
    (card,) = shelf(tmp_path).cards
    assert (card.name, card.kind) == ("mine", "tuned")
    assert card.told["table"][0] == {"task": "x2", "degraded": 30.0, "before": 33.0, "after": 33.5, "change": 0.5}
    assert card.told["data"] == [{"file": "a.mkv", "fingerprint": "ab", "frames": 10}]
    assert load_weights(Path(event["weights"])).sha256 == card.sha256
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.json", "mine.safetensors"]
    with pytest.raises(SettingError, match="already"):
        run_tuning(_request(tmp_path), lambda _: None, CancelToken())


def test_a_tuned_model_can_be_tuned_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune, "tune_detail", _tuned(better=True))
    first = run_tuning(_request(tmp_path), lambda _: None, CancelToken())
    run_tuning(_request(tmp_path, name="again", start="mine"), lambda _: None, CancelToken())
    again = next(card for card in shelf(tmp_path).cards if card.name == "again")
    assert again.told["from_sha256"] == first["sha256"]


def test_a_result_that_is_no_better_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune, "tune_detail", _tuned(better=False))
    event = run_tuning(_request(tmp_path), lambda _: None, CancelToken())
    assert event["weights"] is None
    assert not list(tmp_path.iterdir())
    assert lines(event)[-1].startswith("Nothing better was found")


def test_a_stopped_run_is_listed_and_can_be_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise Cancelled

    monkeypatch.setattr(tune, "tune_detail", stop)
    request = _request(tmp_path, minutes=1.0)
    said: list[Mapping[str, Any]] = []
    with pytest.raises(Cancelled):
        run_tuning(request, said.append, CancelToken())
    assert "seldom" in said[0]["text"]
    assert unfinished(tmp_path) == (request,)
    with pytest.raises(SettingError, match="unfinished"):
        run_tuning(request, lambda _: None, CancelToken())
    monkeypatch.setattr(tune, "tune_detail", _tuned(better=True))
    forget(request)
    assert unfinished(tmp_path) == ()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "a/b"}, "no name"),
        ({"start": "nowhere.safetensors"}, "no weights"),
        ({"resume": True}, "no unfinished run"),
    ],
)
def test_bad_requests_are_refused_and_leave_nothing(tmp_path: Path, values: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        run_tuning(_request(tmp_path, **values), lambda _: None, CancelToken())
    assert not list(tmp_path.iterdir())


def test_a_request_survives_its_way_to_the_process(tmp_path: Path) -> None:
    request = _request(tmp_path, resume=True)
    assert TuneRequest.from_json(request.to_json()) == request


def test_the_command_tells_events_and_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tune, "tune_detail", _tuned(better=True))
    command = ["train", "detail", "--data", "a.mkv", "b.mkv", "--minutes", "10", "--out", str(tmp_path), "--from"]
    assert main([*command, "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["footage", "result"]
    assert main([*command, "shipped", "--name", "second"]) == 0
    table = capsys.readouterr().out
    assert "x2                           30.00     33.00     33.50     +0.50" in table
    assert tune_job.SHIPPED == "shipped"
