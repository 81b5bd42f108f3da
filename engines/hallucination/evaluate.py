"""Judges the risk map on pictures it was not fitted on, against the plain measures that it must beat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.hallucination.answers import CLEAN, Judged, Pair
from engines.hallucination.calibrator import DEFAULT_RISK, Calibrator, risk_maps
from engines.hallucination.lettering import LetteringResult, judge_lettering, words
from engines.hallucination.scores import auc, average_precision, calibration_error, recall_at
from engines.hallucination.visible import local_error, smooth, visibly_wrong
from engines.resample import enlarge_plane
from engines.training.degradations import DegradationRange

Picture = NDArray[np.float32]
Flags = NDArray[np.bool_]

_Sample = TypeVar("_Sample", bound=np.generic)

SLIDER = (0.0, 0.25, 0.5, 0.75, 1.0)
# Every n-th pixel of every n-th row is looked at: neighbours tell nearly the same.
_STRIDE = 3


@dataclass(frozen=True)
class RiskRow:
    """The map at one position of the slider, all pictures together; shares and errors 0..1."""

    slider: float
    wrong: float
    """Share of the area that is visibly wrong."""
    auc: float
    precision: float
    """Average precision."""
    recall: float
    """Share of the wrong area flagged when 5 % of the right area is flagged, too."""
    calibration: float
    """Expected calibration error."""
    flagged: float
    """Share of the area above the threshold of the risk level."""
    missed: float
    """Mean over pictures of the share of the wrong area without a flag: what the risk level bounds."""


@dataclass(frozen=True)
class PlainRow:
    """A plain measure as if it were a risk, at slider 1; AUC and recall as in `RiskRow`."""

    name: str
    auc: float
    recall: float


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found at one scale and risk level."""

    scale: int
    risk: float
    pictures: int
    rows: tuple[RiskRow, ...]
    plain: tuple[PlainRow, ...]


def evaluate(
    pictures: Iterable[Picture],
    pair: Pair,
    calibrator: Calibrator,
    scale: int = 4,
    risk: float = DEFAULT_RISK,
    reach: DegradationRange = CLEAN,
    second: bool = True,
) -> Evaluation:
    """Restore every picture (H x W luma, 0..1) from its degraded self; compare the risk with what is visibly wrong.

    second: whether the map is given another seed of P. Raises MediaError where there are no pictures.
    """
    rng = np.random.default_rng(2026)
    risks, wrong, plain = [], [], []
    for picture in pictures:
        judged = pair.judged(picture, scale, rng, reach)
        plain.append({name: _thin(values) for name, values in _plain(judged).items()})
        evidence = judged.evidence if second else replace(judged.evidence, second=None)
        low, high = risk_maps(evidence, calibrator)
        answers = [evidence.faithful + np.float32(alpha) * judged.change for alpha in SLIDER]
        risks.append([_thin(calibrator.between(low, high, alpha)) for alpha in SLIDER])
        wrong.append([_thin(visibly_wrong(answer, judged.truth)) for answer in answers])
    if not wrong:
        raise MediaError("There are no pictures to judge the risk map on.", "Give a folder that holds some.")
    threshold = calibrator.threshold(risk, scale)
    rows = [_row(a, [r[i] for r in risks], [w[i] for w in wrong], threshold) for i, a in enumerate(SLIDER)]
    event = np.concatenate([one[-1] for one in wrong])
    measures = {name: np.concatenate([one[name] for one in plain]) for name in plain[0]}
    judged_plain = [PlainRow(name, auc(score, event), recall_at(score, event)) for name, score in measures.items()]
    return Evaluation(scale, risk, len(wrong), tuple(rows), tuple(judged_plain))


def evaluate_lettering(
    count: int,
    grounds: Sequence[Picture],
    pair: Pair,
    calibrator: Calibrator,
    risk: float = DEFAULT_RISK,
    seed: int = 1,
) -> LetteringResult:
    """`count` words reduced by four, restored at slider 1 and flagged at `risk`; grounds: pictures they stand on."""
    rng = np.random.default_rng(seed)
    threshold = calibrator.threshold(risk, 4)

    def restore(picture: Picture) -> tuple[Picture, Flags]:
        judged = pair.judged(picture, 4, rng, seeds=1)
        answer = judged.evidence.faithful + judged.change
        return answer, risk_maps(judged.evidence, calibrator)[1] > threshold

    return judge_lettering(words(count, seed, grounds), restore)


def _thin(picture: NDArray[_Sample]) -> NDArray[_Sample]:
    return picture[_STRIDE // 2 :: _STRIDE, _STRIDE // 2 :: _STRIDE].ravel()


def _row(alpha: float, risks: Sequence[Picture], wrong: Sequence[Flags], threshold: float) -> RiskRow:
    risk, event = np.concatenate(risks), np.concatenate(wrong)
    missed = [
        float((one[hit] <= threshold).mean()) if hit.any() else 0.0 for one, hit in zip(risks, wrong, strict=True)
    ]
    return RiskRow(
        slider=alpha,
        wrong=float(event.mean()),
        auc=auc(risk, event),
        precision=average_precision(risk, event),
        recall=recall_at(risk, event),
        calibration=calibration_error(risk, event),
        flagged=float((risk > threshold).mean()),
        missed=float(np.mean(missed)),
    )


def _plain(judged: Judged) -> dict[str, Picture]:
    """Baselines at slider 1; pixel by pixel and over the window in which errors are judged, which is kinder to them."""
    evidence = judged.evidence
    f = evidence.faithful
    p = f + judged.change
    bicubic = enlarge_plane(evidence.source, evidence.scale)
    down, across = np.gradient(p)
    slope = np.square(down) + np.square(across)
    assert evidence.second is not None
    found = {"gradient": np.sqrt(slope), "gradient, local": np.sqrt(smooth(slope))}
    for name, other in (("bicubic", bicubic), ("seeds apart", evidence.second), ("P - F", f)):
        found |= {name: np.abs(p - other), f"{name}, local": local_error(p, other)}
    return found
