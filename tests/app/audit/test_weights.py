"""Every stage that asks a network names the file and what is stated of its training."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.audit.weights import weights_of
from engines.models.importing import import_model
from engines.models.registry import weights_folder
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.stages.per_shot import per_shot
from tests.tiny_models import needs_spandrel, srvgg


@pytest.mark.parametrize(
    ("stage", "settings", "names"),
    [
        ("detail", {}, ["detail", "hallucination"]),
        ("detail", {"tier": "draft", "perceptual": "0.5"}, ["draft", "hallucination", "perceptual"]),
        ("inpaint", {}, ["fill"]),
        ("inpaint", {"spatial": "leave"}, []),
        ("dirt", {}, ["dirt"]),
        ("scratch", {}, ["scratch"]),
        ("fade", {}, ["fade"]),
        ("grain", {}, ["grain"]),
        ("deflicker", {}, []),
        ("grade", {}, []),
    ],
)
def test_shipped_weights_are_named_with_digest_and_statement(
    stage: str, settings: dict[str, str], names: list[str]
) -> None:
    used = weights_of(make_stage(stage, settings, StageContext()), None)
    assert [one.name for one in used] == names
    for one in used:
        data = (weights_folder() / f"{one.name}.safetensors").read_bytes()
        assert one.sha256 == hashlib.sha256(data).hexdigest()
        assert one.statement["recipe"]


def test_shots_that_differ_name_what_any_of_them_uses() -> None:
    context = StageContext()
    variants = {
        0: make_stage("detail", {"tier": "draft"}, context),
        24: None,
        48: make_stage("detail", {}, context),
    }
    stage = per_shot(variants)
    assert stage is not None
    assert {one.name for one in weights_of(stage, None)} == {"draft", "detail", "hallucination"}


@needs_spandrel
def test_the_users_own_model_is_named_as_its_file_is_now(tmp_path: Path) -> None:
    source = srvgg(tmp_path / "sharp.safetensors")
    models = tmp_path / "models"
    card = import_model(models, source, licence="CC0").card
    stage = make_stage("model", {"name": card.name}, StageContext(models=models))
    (used,) = weights_of(stage, models)
    assert (used.name, used.sha256, used.licence) == (card.name, card.sha256, "CC0")
    assert used.card["kind"] == "imported"
    path = models / card.file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert weights_of(stage, models)[0].sha256 == hashlib.sha256(content).hexdigest() != card.sha256
