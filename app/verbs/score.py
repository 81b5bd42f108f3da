"""`tratteggio score`: measures of a clip against a reference, frame by frame."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from typing import Any

from app.progress import Reporter, as_result
from app.score_csv import refuse_existing, write_scores
from engines.detect.cuts import detect_shots
from engines.detect.shots import ShotList
from engines.media.open import open_source
from engines.media.source import Source
from engines.metrics.measures import USUAL, Measure, chosen
from engines.metrics.pairing import pair_clips
from engines.metrics.perceptual import Search, find_perceptual
from engines.metrics.score import FrameScore, MeanScore, Tally, score


def run(args: argparse.Namespace) -> int:
    """Print every frame's measures, then the means and where each is worst."""
    measures = chosen(args.measures or USUAL)
    if args.csv is not None:
        refuse_existing(args.csv, force=args.force)
    result, reference = open_source(args.out.absolute()), open_source(args.reference.absolute())
    try:
        # Sizes and lengths are compared before the slow search for cuts.
        pairs = pair_clips(result, reference, args.frames, versus_source=args.versus == "source")
        search = _search(measures, args)
        with Reporter(args.json) as reporter:
            for text in filter(None, (pairs.note, search.reason if search.meter is None else "")):
                reporter.show({"event": "note", "text": text})
            printer = _Printer(measures, search.meter.name if search.meter else None)
            tally = Tally(measures)
            rows: list[FrameScore] = []
            scores = score(
                pairs,
                measures,
                border=args.border,
                scale=args.scale,
                perceptual=search.meter,
                shots=_shots(measures, reference),
            )
            for one in scores:
                tally.add(one)
                if args.csv is not None:
                    rows.append(one)
                if args.json:
                    reporter.show({"event": "frame", "frame": one.frame, **printer.json(one)})
                else:
                    print(f"frame {one.frame:6d}  {printer.line(one)}")
            if args.csv is not None:
                write_scores(args.csv, rows, measures, force=args.force)
            mean = tally.mean()
            worst = {key: {"frame": frame, "value": _finite(value)} for key, (frame, value) in tally.worst.items()}
            reporter.show(
                as_result(
                    frames=mean.frames,
                    **printer.json(mean),
                    pooled_psnr_y=_finite(mean.pooled_psnr_y),
                    worst=worst,
                    perceptual_measure=printer.meter,
                    perceptual_reason=search.reason,
                )
            )
        if not args.json:
            print(f"mean of {mean.frames:4d}  {printer.line(mean)}")
            found = (
                f"{m.key} {m.text(tally.worst[m.key][1])} at {tally.worst[m.key][0]}"
                for m in measures
                if m.key in tally.worst
            )
            print(f"worst         {'  '.join(found)}")
        return 0
    finally:
        result.close()
        reference.close()


def _search(measures: Sequence[Measure], args: argparse.Namespace) -> Search:
    """No backbone is loaded where nobody asked for it."""
    if not any(measure.key == "perceptual" for measure in measures):
        return Search(None, "")
    return find_perceptual(args.lpips_folder)


def _shots(measures: Sequence[Measure], reference: Source) -> ShotList | None:
    """Only the warping error must know where cuts are."""
    return detect_shots(reference) if any(measure.key == "warping_error" for measure in measures) else None


class _Printer:
    """Only LPIPS itself is called lpips."""

    def __init__(self, measures: Sequence[Measure], meter: str | None) -> None:
        self._measures = measures
        self.meter = meter

    def json(self, scored: FrameScore | MeanScore) -> Mapping[str, Any]:
        """JSON knows no infinity: equal pictures say null."""
        held = {key: _finite(value) for key, value in scored.values.items()}
        if "perceptual" in held:
            distance = held.pop("perceptual")
            real = self.meter is not None and self.meter.startswith("LPIPS")
            held |= {"lpips": distance if real else None, "perceptual_stand_in": None if real else distance}
        return held | {f"{key}_reference": _finite(value) for key, value in scored.own.items()}

    def line(self, scored: FrameScore | MeanScore) -> str:
        parts = []
        for measure in self._measures:
            value = scored.values[measure.key]
            if measure.key != "perceptual":
                own = f" (reference {measure.text(scored.own[measure.key])})" if measure.own else ""
                parts.append(f"{measure.key} {measure.text(value)}{own}")
            elif value is not None:
                parts.append(f"{self.meter} {measure.text(value)}")
        return "  ".join(parts)


def _finite(value: float | None) -> float | None:
    return None if value is None or math.isinf(value) else value
