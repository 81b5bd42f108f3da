"""All stages by name."""

from __future__ import annotations

from collections.abc import Mapping

from engines.errors import SettingError
from engines.stages.base import Stage, StageContext, StageType
from engines.stages.convert import CONVERT
from engines.stages.defects import DEFECTS
from engines.stages.deflicker import DEFLICKER
from engines.stages.detail import DETAIL
from engines.stages.dirt import DIRT
from engines.stages.fade import FADE
from engines.stages.grade import GRADE
from engines.stages.grain import GRAIN
from engines.stages.hdr import HDR
from engines.stages.inpaint import INPAINT
from engines.stages.lut import LUT
from engines.stages.model import MODEL
from engines.stages.scratch import SCRATCH
from engines.stages.sdr import SDR
from engines.stages.settings import parse_settings
from engines.stages.stabilise import STABILISE

STAGES: Mapping[str, StageType] = {
    stage.name: stage
    for stage in (
        DEFECTS,
        STABILISE,
        DEFLICKER,
        DIRT,
        SCRATCH,
        INPAINT,
        GRAIN,
        DETAIL,
        FADE,
        MODEL,
        GRADE,
        LUT,
        HDR,
        SDR,
        CONVERT,
    )
}

ORDER = (
    "stabilise",
    "deflicker",
    "defects",
    "dirt",
    "scratch",
    "inpaint",
    "grain",
    "detail",
    "fade",
    "grade",
    "lut",
    "hdr",
    "sdr",
    "convert",
)
"""Where a stage usually stands in a chain: the picture is steadied before damage is looked for in time, and repaired
before anything enlarges it."""


def make_stage(name: str, text: Mapping[str, str], context: StageContext) -> Stage:
    """A stage from its name and `key=value` texts. Raises SettingError for an unknown stage, key or value."""
    stage_type = STAGES.get(name)
    if stage_type is None:
        raise SettingError(f"There is no stage {name!r}.", f"Known stages: {', '.join(STAGES)}.")
    return stage_type.make(parse_settings(name, stage_type.settings_type, text), context)
