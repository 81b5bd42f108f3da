"""`tratteggio probe`: everything that is known of a clip, interlacing and range measured."""

from __future__ import annotations

import argparse

from app.progress import Reporter, as_result
from engines.colour.tag_samples import range_doubt
from engines.detect.interlace import measure_interlacing
from engines.media.describe import as_dict, as_text
from engines.media.open import open_source


def run(args: argparse.Namespace) -> int:
    """Print the clip's facts."""
    with Reporter(args.json) as reporter:
        # Gaps are facts here, not failures.
        source = open_source(args.source.absolute(), missing="hold")
        try:
            interlacing, doubt = measure_interlacing(source), range_doubt(source)
            if args.json:
                reporter.show(as_result(**as_dict(source.info, interlacing, doubt)))
            else:
                print(as_text(source.info, interlacing, doubt))
        finally:
            source.close()
    return 0
