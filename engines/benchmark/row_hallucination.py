"""Row `hallucination`: how well the risk map ranks, is calibrated and keeps its promise, and unreadable words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.pictures import pictures_in, read_picture
from engines.benchmark.table import Bar, Column, Table
from engines.errors import TratteggioError
from engines.hallucination.answers import Pair, load_pair
from engines.hallucination.calibrator import DEFAULT_RISK, Calibrator, load_calibrator
from engines.hallucination.evaluate import Evaluation, evaluate, evaluate_lettering
from engines.hallucination.lettering import COVERED, LetteringResult
from engines.luma import luma_of
from engines.models.registry import weights_folder

SCALE = 4
WORDS = 500
_TITLE = "The hallucination map: Kodak24, Set14 and Urban100 (subset) x4"
_SETS = ("kodak24", "set14", "urban100_sub")
_AUC, _RECALL, _OFF, _FLAGGED = 0.85, 0.5, 0.05, 0.95
_NOTE = (
    "{count} pictures, none of them fitted on; every third pixel of every third row. Wrong: local RMS error "
    "(Gaussian of 2 pixels) above 10 codes and half of the truth's local contrast. Flagged and missed at risk level "
    "{risk:g}: missed is the mean over pictures of the share of the wrong area without a flag, which the level bounds. "
    "Of each plain measure the better of two: pixel by pixel, and over the same Gaussian window."
)


def row_hallucination(bench: Bench) -> Iterator[Table]:
    """The map along the slider beside the plain measures at its end, then the lettering."""
    try:
        paths = [path for name in _SETS for path in pictures_in(bench.folder / name, bench.limit)]
        lumas = [luma_of(read_picture(path, SCALE)) for path in paths]
        folder = weights_folder()
        pair = load_pair(folder / "detail.safetensors", folder / "perceptual.safetensors")
        calibrator = load_calibrator()
    except TratteggioError as error:
        yield skipped(_TITLE, error)
        return
    bench.say(f"hallucination: {len(lumas)} pictures")
    yield _map_table(evaluate(lumas, pair, calibrator, SCALE))
    yield _lettering_table(*_lettering(bench, lumas, pair, calibrator))


def _map_table(found: Evaluation) -> Table:
    columns = (
        Column("slider", digits=2),
        Column("visibly wrong", "% of area", digits=1),
        Column("ROC-AUC", digits=3),
        Column("average precision", digits=3),
        Column("recall at 5 % false area", "%", digits=1),
        Column("calibration error", digits=3),
        Column("flagged", "% of area", digits=1),
        Column("missed", "% of wrong area", digits=1),
    )
    rows = tuple(
        (r.slider, r.wrong * 100, r.auc, r.precision, r.recall * 100, r.calibration, r.flagged * 100, r.missed * 100)
        for r in found.rows
    )
    plain: dict[str, tuple[float, float]] = {}
    for one in found.plain:
        name = one.name.removesuffix(", local")
        best = plain.get(name, (0.0, 0.0))
        plain[name] = (max(best[0], one.auc), max(best[1], one.recall))
    others = tuple((name, None, a, None, r * 100, None, None, None) for name, (a, r) in plain.items())
    half, full = found.rows[2], found.rows[-1]
    rising = sum(b.flagged > a.flagged for a, b in pairwise(found.rows[1:]))
    bars = (
        Bar("ROC-AUC at slider 1", full.auc, _AUC, ""),
        Bar("recall at 5 % false area at slider 1", full.recall, _RECALL, ""),
        Bar("ROC-AUC above the best plain measure by", full.auc - max(a for a, _ in plain.values()), 0.0, ""),
        Bar("recall above the best plain measure by", full.recall - max(r for _, r in plain.values()), 0.0, ""),
        Bar("calibration error at slider 1", full.calibration, _OFF, "", at_most=True),
        Bar("calibration error at slider 0.5", half.calibration, _OFF, "", at_most=True),
        Bar("missed at slider 1", full.missed, found.risk, "", at_most=True),
        Bar("steps of the slider on which the flagged area grows", rising, 3, "of 3"),
    )
    return Table(_TITLE, columns, (*rows, *others), (_NOTE.format(count=found.pictures, risk=found.risk),), bars)


def _lettering(
    bench: Bench, lumas: list[NDArray[np.float32]], pair: Pair, calibrator: Calibrator
) -> tuple[LetteringResult, int]:
    count = bench.at_most(WORDS)
    bench.say(f"hallucination: {count} words")
    return evaluate_lettering(count, lumas, pair, calibrator), count


def _lettering_table(found: LetteringResult, count: int) -> Table:
    columns = (
        Column("words"),
        Column("crisp"),
        Column("of these flagged"),
        Column("flagged", "% of crisp", digits=1),
        Column("least share of a word's area", "%", digits=1),
    )
    share = found.flagged / found.crisp if found.crisp else 1.0
    row = (found.words, found.crisp, found.flagged, share * 100, found.least * 100)
    note = (
        f"{count} invented words and number plates, letters of 8 to 16 pixels, reduced by four; on plain, textured and "
        "real ground. Crisp: the answer at slider 1 has at least half of the gradient energy of the real lettering. "
        f"Flagged: more than {COVERED:.0%} of the word's area, at risk level {DEFAULT_RISK:g}."
    )
    bars = (Bar("crisp words flagged", share, _FLAGGED, ""),)
    return Table("Words too small to read, x4", columns, (row,), (note,), bars)
