"""Proposals become one step of the document, and only those that were chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from app.automatic_plan import apply_plans, everything, stage_argument, with_plans
from app.document import ClipWork, Document, ShotWork, StageUse
from app.export.job import StageSpec
from engines.analysis.finding import Finding
from engines.detect.shots import Shot
from engines.stages.proposing import ShotPlan
from tests.app.jobs_kit import small_document

_DIRT = Finding("dirt", 0.5, 0.9, "12 specks per frame.", {"confidence": "0.4"})
_REPAIR = Finding("inpaint", 0.5, 0.9, "Repairs what dirt marks.")
_DETAIL = Finding("detail", 0.8, 0.7, "Compressed.", {"scale": "1", "noise": "0"})


def _clip(tmp_path: Path) -> ClipWork:
    (clip,) = small_document(tmp_path).clips
    repair = StageUse("inpaint", settings=MappingProxyType({"search": "2"}))
    both = (ShotWork(0, stages=(repair, StageUse("model", False))), ShotWork(2, stages=(repair, StageUse("model"))))
    return replace(clip, shots=both)


def test_every_shot_lists_the_same_stages_in_the_order_of_a_chain(tmp_path: Path) -> None:
    clip = _clip(tmp_path)
    plans = {0: ShotPlan(Shot(0, 1), (_DIRT, _REPAIR), 0), 1: ShotPlan(Shot(2, 5), (_DETAIL,), 3)}
    made = with_plans(clip, plans, everything(plans.items()))
    first, second = made.shots
    assert [use.name for use in first.stages] == ["dirt", "inpaint", "detail", "model"]
    assert [use.name for use in second.stages] == ["dirt", "inpaint", "detail", "model"]
    assert [use.enabled for use in first.stages] == [True, True, False, False]
    assert [use.enabled for use in second.stages] == [False, True, True, True]
    assert first.stages[0].settings == {"confidence": "0.4"}
    assert second.stages[2].settings == {"scale": "1", "noise": "0"}


def test_what_was_set_by_hand_stays(tmp_path: Path) -> None:
    clip = _clip(tmp_path)
    found = replace(_REPAIR, settings={"search": "6", "grain": "0.5"})
    made = with_plans(clip, {0: ShotPlan(Shot(0, 1), (found,), 0)}, {0: {"inpaint"}})
    assert made.shots[0].stages[0].settings == {"search": "2", "grain": "0.5"}
    assert made.shots[1] == clip.shots[1]


def test_nothing_chosen_changes_nothing(tmp_path: Path) -> None:
    clip = _clip(tmp_path)
    document = Document((clip,))
    plans = {0: ShotPlan(Shot(0, 1), (_DIRT, _REPAIR), 0)}
    assert apply_plans(document, clip.id, plans, {0: set()}) is document
    assert apply_plans(document, clip.id, {}, {}) is document


def test_a_finding_can_be_typed(tmp_path: Path) -> None:
    assert stage_argument(_REPAIR) == "inpaint"
    spec = StageSpec.parse(stage_argument(_DETAIL))
    assert (spec.name, spec.settings) == ("detail", {"scale": "1", "noise": "0"})


def test_a_value_may_hold_commas() -> None:
    spec = StageSpec.parse("stabilise:region=10,20,300,200,strength=0.5")
    assert spec.settings == {"region": "10,20,300,200", "strength": "0.5"}
