"""`tratteggio probe`: everything that is known of a clip, interlacing measured."""

from __future__ import annotations

import argparse

from app.progress import Reporter, as_result
from engines.detect.interlace import measure_interlacing
from engines.media.describe import as_dict, as_text
from engines.media.open import open_source


def run(args: argparse.Namespace) -> int:
    """Print the clip's facts."""
    with Reporter(args.json) as reporter:
        # Gaps are facts here, not failures.
        source = open_source(args.source.absolute(), missing="hold")
        try:
            interlacing = measure_interlacing(source)
            if args.json:
                reporter.show(as_result(**as_dict(source.info, interlacing)))
            else:
                print(as_text(source.info, interlacing))
        finally:
            source.close()
    return 0
