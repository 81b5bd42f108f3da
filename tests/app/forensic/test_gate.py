"""Forensic renders refuse invention: stage by stage with the reason, and frame by frame at the end."""

from __future__ import annotations

import pytest

from app.forensic.gate import refuse_invented, refuse_invention
from engines.errors import SettingError
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Stage, StageContext
from engines.stages.catalogue import make_stage
from engines.stages.per_shot import per_shot


def _stage(name: str, **settings: str) -> Stage:
    return make_stage(name, settings, StageContext())


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        (("detail", {"perceptual": "0.1"}), "detail:perceptual"),
        (("inpaint", {}), "inpaint:spatial=leave"),
    ],
)
def test_what_may_invent_is_refused_with_the_way_out(stage: tuple[str, dict[str, str]], reason: str) -> None:
    inventive = _stage(stage[0], **stage[1])
    for stages in ((inventive,), (per_shot({0: None, 5: inventive}),)):
        with pytest.raises(SettingError, match="forensic") as refused:
            refuse_invention([one for one in stages if one is not None])
        assert reason in str(refused.value)


def test_what_only_estimates_is_let_through() -> None:
    refuse_invention((_stage("inpaint", spatial="leave"), _stage("detail", scale="2")))


def test_no_synthesised_pixel_leaves() -> None:
    refuse_invented(ProvenanceMap.uniform(8, 8, Origin.ESTIMATED))
    with pytest.raises(SettingError, match="SYNTHESISED"):
        refuse_invented(ProvenanceMap.uniform(8, 8, Origin.SYNTHESISED))
