"""What forensic mode finds in the way, and what puts it right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from app.commands import set_forensic
from app.document import Document, ShotWork, StageUse
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.forensic.rules import OFF, SLIDER, obstacles, refuse_job, refuse_obstacles, refused, without_obstacles
from engines.errors import SettingError
from engines.stages.catalogue import STAGES
from tests.app.works import one_clip


def use(name: str, /, *, on: bool = True, **settings: str) -> StageUse:
    return StageUse(name, on, MappingProxyType(settings))


def treated(*shots: tuple[float, tuple[StageUse, ...]]) -> Document:
    made = tuple(ShotWork(20 * index, stages=stages, slider=slider) for index, (slider, stages) in enumerate(shots))
    return set_forensic(one_clip(shots=made), True)


INVENTIVE = [
    (0.0, use("inpaint"), "spatial=leave"),
    (0.4, use("detail"), SLIDER),
    (0.0, use("detail", perceptual="0.01"), "perceptual=0"),
    (0.0, use("detail", weights="mine"), "weights="),
    (0.0, use("detail", fast="on"), "fast=false"),
    (0.0, use("grain"), "add=own"),
    (0.0, use("stabilise", borders="edge"), "borders=black"),
    (0.0, use("model", name="sharp"), OFF),
]


@pytest.mark.parametrize(("slider", "one", "cure"), INVENTIVE, ids=lambda value: getattr(value, "name", ""))
def test_every_way_to_invent_is_found_named_and_put_right(slider: float, one: StageUse, cure: str) -> None:
    document = treated((0.0, ()), (slider, (one,)))
    (found,) = obstacles(document)
    assert (found.clip_id, found.shot, found.stage) == ("c1", 1, one.name)
    assert found.cure == cure
    assert one.name in found.reason
    mended = without_obstacles(document)
    assert obstacles(mended) == ()
    assert mended.clips[0].shots[0] == document.clips[0].shots[0]


def test_what_is_off_or_lacks_what_it_needs_is_in_nobodys_way() -> None:
    document = treated((0.0, (use("model"), use("inpaint", on=False), use("detail", scale="2"))))
    assert obstacles(document) == ()
    assert without_obstacles(document) is document


def test_putting_right_changes_nothing_else() -> None:
    before = treated((0.7, (use("dirt"), use("inpaint", search="7"), use("detail", scale="2", noise="3"))))
    (shot,) = without_obstacles(before).clips[0].shots
    assert shot.slider == 0
    assert [dict(one.settings) for one in shot.stages] == [
        {},
        {"search": "7", "spatial": "leave"},
        {"scale": "2", "noise": "3"},
    ]


def test_a_slider_that_acts_on_nothing_stays() -> None:
    document = treated((0.7, (use("detail", on=False),)))
    assert without_obstacles(document) is document


def test_every_honest_setting_of_every_stage_is_let_through() -> None:
    for name, kind in STAGES.items():
        if kind.honest:
            assert refused(name, {key: text for key, text in kind.honest.items() if text}) == ""


def test_what_cannot_be_read_is_refused_too() -> None:
    assert "out of range" in refused("detail", {"perceptual": "nan"})


def test_only_what_is_new_is_refused_in_a_document_that_held_some_before() -> None:
    before = treated((0.0, (use("inpaint"),)))
    after = treated((0.5, (use("inpaint"), use("detail"))))
    refuse_obstacles(before, before)
    refuse_obstacles(replace(after, forensic=False))
    with pytest.raises(SettingError, match="Stage detail"):
        refuse_obstacles(after, before)
    with pytest.raises(SettingError, match="Stage inpaint"):
        refuse_obstacles(before, replace(before, forensic=False))


def job(**values: object) -> RenderJob:
    return replace(RenderJob(Path("/a.mkv"), Path("/b.mkv"), forensic=True), **values)  # type: ignore[arg-type]


def test_jobs_are_refused_before_anything_is_made() -> None:
    inventive = StageSpec("inpaint")
    shots = (ShotSpec(0, (StageSpec("detail"),)), ShotSpec(5, (StageSpec("detail"),), 0.2))
    for one in (job(stages=(inventive,)), job(stages=(StageSpec("detail"),), slider=0.1), job(shots=shots)):
        with pytest.raises(SettingError, match="forensic"):
            refuse_job(one)
        refuse_job(replace(one, forensic=False))
    with pytest.raises(SettingError, match="processor"):
        refuse_job(job(device="cuda"))
    refuse_job(job(stages=(StageSpec("inpaint", enabled=False), StageSpec("detail"))))


def test_a_thousand_shots_are_looked_through_at_every_step() -> None:
    stages = (use("inpaint", spatial="leave"), use("detail", scale="2"))
    document = treated(*((0.0, stages) for _ in range(2)))
    shots = tuple(ShotWork(index, stages=stages) for index in range(1000))
    many = document.with_clip(replace(document.clips[0], shots=shots))
    after = many.with_clip(replace(many.clips[0], shots=(*shots[:-1], replace(shots[-1], slider=0.5))))
    with pytest.raises(SettingError, match="Stage detail"):
        refuse_obstacles(after, many)
