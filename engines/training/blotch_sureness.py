"""Fits, on clips that the segmenter did not learn from, which logits make a candidate and how sure each is."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from engines.dirt.components import FEATURES, candidates
from engines.dirt.evidence import Evidence
from engines.dirt.judge import Sureness, logits_of
from engines.nets.blotch import BlotchNet

# Logits that may be the least of a candidate's pixels.
_LEAST = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
_MARKED = 5
_ON_DIRT, _SURE, _PRECISION = 0.5, 0.7, 0.87
_RIDGE, _ROUNDS = 1e-2, 50


def fit_sureness(network: BlotchNet, examples: NDArray[np.uint8]) -> tuple[Sureness, float]:
    """The lowest least logit at which enough of the marked area is dirt, its weights, and the pixel F1 there.

    Marked is what is surer than the stage's default. examples: K x 6 x H x W as `engines.training.blotch_bank` makes
    them; network: in the precision it will run in.
    """
    evidences = [Evidence(np.array(example[0]), np.array(example[1:5])) for example in examples]
    logits = [logits_of(network, evidence) for evidence in evidences]
    changed = [np.asarray(example[5]) for example in examples]
    sureness, score = Sureness(_LEAST[-1], (0.0,) * (FEATURES + 1)), 0.0
    for least in _LEAST:
        found = [candidates(said, evidence, least) for said, evidence in zip(logits, evidences, strict=True)]
        features = np.concatenate([one.features for one in found])
        hits = [
            np.bincount(one.labels.ravel(), (change > 0).ravel(), len(one.boxes) + 1)[1:]
            for one, change in zip(found, changed, strict=True)
        ]
        areas = np.concatenate([one.areas for one in found])
        sureness = Sureness(least, _logistic(features, np.concatenate(hits) >= _ON_DIRT * areas))
        right = wrong = missed = 0
        for one, change in zip(found, changed, strict=True):
            chosen = np.concatenate(([False], sureness.confidence(one.features) >= _SURE))[one.labels]
            right += int((chosen & (change >= _MARKED)).sum())
            wrong += int((chosen & (change == 0)).sum())
            missed += int((~chosen & (change >= _MARKED)).sum())
        score = 2 * right / max(2 * right + wrong + missed, 1)
        if right >= _PRECISION * (right + wrong):
            break
    return sureness, score


def _logistic(features: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, ...]:
    """Logistic regression by Newton's method with a little ridge; weights of 1 and of each feature."""
    inputs = torch.from_numpy(np.concatenate((np.ones((len(features), 1)), features), axis=1))
    wanted = torch.from_numpy(truth.astype(np.float64))
    weights = torch.zeros(FEATURES + 1, dtype=torch.float64)
    ridge = _RIDGE * torch.eye(FEATURES + 1, dtype=torch.float64)
    for _ in range(_ROUNDS):
        said = torch.sigmoid(inputs @ weights)
        slope = inputs.T @ (said - wanted) + ridge @ weights
        curve = (inputs * (said * (1 - said))[:, None]).T @ inputs + ridge
        step = torch.linalg.solve(curve, slope)
        # Newton's step may leap where nearly everything is certain.
        weights = weights - step.clamp(-2, 2)
        if float(step.abs().max()) < 1e-9:
            break
    return tuple(weights.tolist())
