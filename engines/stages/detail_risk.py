"""How likely a visible error is, pixel by pixel, at both ends of stage `detail`'s slider."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.detect.degradation import Degradation
from engines.hallucination.calibrator import load_calibrator, risk_maps
from engines.hallucination.evidence import Evidence
from engines.provenance import FlagRule
from engines.stages.detail_answers import Answers

Picture = NDArray[np.float32]


def risks(answers: Answers, source: Picture, scale: int, told: Degradation) -> tuple[Picture, ...]:
    """Risk (0..1) of the faithful answer and, where there is one, of the perceptual one.

    source: luma of the same region, h x w. Raises ModelError.
    """
    evidence = Evidence(
        source=np.ascontiguousarray(source),
        faithful=np.ascontiguousarray(answers.faithful),
        perceptual=None if answers.perceptual is None else np.ascontiguousarray(answers.perceptual),
        scale=scale,
        noise=told.noise,
        step=told.step,
        log_variance=None if answers.log_variance is None else np.ascontiguousarray(answers.log_variance),
    )
    low, high = risk_maps(evidence, load_calibrator())
    return (low,) if answers.perceptual is None else (low, high)


def flag_rule(risk: float, scale: int) -> FlagRule:
    """What of the perceptual answer is flagged at a risk level. Raises ModelError, SettingError for a level that
    cannot be promised.
    """
    calibrator = load_calibrator()
    return FlagRule(round((1.0 - calibrator.threshold(risk, scale)) * 255), calibrator.bend)
