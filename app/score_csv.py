"""Scores as a table: one row per frame, one column per measure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.atomic import write_atomically
from engines.errors import RenderError
from engines.metrics.measures import Measure
from engines.metrics.score import FrameScore


def write_scores(path: Path, scores: Iterable[FrameScore], measures: Sequence[Measure], *, force: bool = False) -> None:
    """Comma-separated UTF-8: frame, then each measure's key, and `KEY_reference` for the reference's own figures.

    Empty where a frame has no figure, `inf` for the PSNR of equal pictures. Raises RenderError where the file exists,
    unless `force`, or cannot be written.
    """
    refuse_existing(path, force=force)
    own = [measure.key for measure in measures if measure.own is not None]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["frame", *(measure.key for measure in measures), *(f"{key}_reference" for key in own)])
    for one in scores:
        figures = [one.values.get(measure.key) for measure in measures] + [one.own.get(key) for key in own]
        table.writerow([one.frame, *("" if figure is None else repr(figure) for figure in figures)])
    try:
        write_atomically(path, text.getvalue().encode())
    except OSError as error:
        raise RenderError(
            f"The table {path} could not be written: {error.strerror}.", "Choose a folder you may write to."
        ) from error


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raises RenderError before long work whose table would replace a file unasked."""
    if path.exists() and not force:
        raise RenderError(f"{path} exists already.", "Name another file, or add --force to replace it.")
