"""The render process: reads a job from its first line of input, renders it, reports in JSON lines, exits 0 or 1.

A second line of input ("cancel"), or the end of the input (the parent died), stops it between two frames.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from app.export.events import error, print_event
from app.export.job import RenderJob
from app.export.paths import crash_log
from app.obedience import take_order
from engines.errors import TratteggioError


def main() -> int:
    """Run the job given on standard input."""
    order, cancel = take_order()
    job = RenderJob.from_json(order)
    # Heavy imports only now, so that the parent sees a process at once.
    from app.export.render import render

    try:
        print_event(render(job, print_event, cancel))
    except TratteggioError as failure:
        print_event(error(str(failure)))
        return 1
    except OSError as failure:
        print_event(error(f"The system refused: {failure}. What was finished is kept; run it again to go on."))
        return 1
    except MemoryError as failure:
        print_event(error(f"Memory ran out: {failure}. Close other programs and run it again; finished work is kept."))
        return 1
    except Exception:  # noqa: BLE001 - the last line of defence: the trace is kept, the user gets a sentence
        print_event(error(_unexpected(job)))
        return 1
    return 0


def _unexpected(job: RenderJob) -> str:
    trace = traceback.format_exc()
    log = crash_log(job.out)
    try:
        log.write_text(trace, encoding="utf-8")
    except OSError:
        sys.stderr.write(trace)
        log = Path("standard error")
    last = trace.strip().splitlines()[-1]
    return f"An unexpected failure stopped the render ({last}). The details are in {log}; please report them."


if __name__ == "__main__":
    sys.exit(main())
