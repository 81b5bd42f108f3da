"""`tratteggio score`: PSNR, SSIM, perceptual distance and warping error of a clip against a reference."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.progress import Reporter, as_result
from engines.detect.cuts import detect_shots
from engines.media.open import open_source
from engines.metrics.perceptual import find_perceptual
from engines.metrics.score import FrameScore, MeanScore, mean_scores, score


def run(args: argparse.Namespace) -> int:
    """Print every frame's measures, then the means."""
    result, reference = open_source(args.out.absolute()), open_source(args.reference.absolute())
    try:
        search = find_perceptual()
        # Sizes and lengths are compared before the slow search for cuts.
        score(result, reference)
        shots = detect_shots(reference)
        with Reporter(args.json) as reporter:
            if search.meter is None:
                reporter.show({"event": "note", "text": search.reason})
            name = search.meter.name if search.meter else None
            every: list[FrameScore] = []
            for one in score(result, reference, perceptual=search.meter, shots=shots):
                every.append(one)
                if args.json:
                    reporter.show({"event": "frame", **_json(one, name)})
                else:
                    print(f"frame {one.frame:6d}  {_line(one, name)}")
            mean = mean_scores(every)
            reporter.show(as_result(**_json(mean, name), perceptual_measure=name, perceptual_reason=search.reason))
        if not args.json:
            print(f"mean of {mean.frames:4d}  {_line(mean, name)}")
        return 0
    finally:
        result.close()
        reference.close()


def _json(scored: FrameScore | MeanScore, measure: str | None) -> Mapping[str, Any]:
    """JSON knows no infinity: equal pictures say null. Only LPIPS itself is called lpips."""
    held = asdict(scored)
    distance = held.pop("perceptual")
    real = measure is not None and measure.startswith("LPIPS")
    held |= {"lpips": distance if real else None, "perceptual_stand_in": None if real else distance}
    return {k: None if isinstance(v, float) and math.isinf(v) else v for k, v in held.items()}


def _line(scored: FrameScore | MeanScore, measure: str | None) -> str:
    parts = [f"psnr_y {scored.psnr_y:7.3f} dB", f"ssim_y {scored.ssim_y:.5f}"]
    if scored.perceptual is not None:
        parts.append(f"{measure} {scored.perceptual:.4f}")
    parts.append(f"warping_error {scored.warping_error:.3e}" if scored.warping_error is not None else "warping_error -")
    return "  ".join(parts)
