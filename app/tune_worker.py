"""The tuning process: reads a request from its first line of input, tunes, reports in JSON lines, exits 0 or 1.

A second line of input ("cancel"), or the end of the input (the parent died), stops it after the current step.
"""

from __future__ import annotations

import sys
import traceback

from app.export.events import error, print_event
from app.obedience import take_order
from app.tune_job import TuneRequest, run_tuning
from engines.errors import TratteggioError

MODULE = "app.tune_worker"


def main() -> int:
    """Run the request given on standard input."""
    order, cancel = take_order()
    request = TuneRequest.from_json(order)
    try:
        print_event(run_tuning(request, print_event, cancel))
    except TratteggioError as failure:
        print_event(error(str(failure)))
        return 1
    except (OSError, MemoryError) as failure:
        print_event(error(f"The system refused: {failure}. The last checkpoint is kept; resume to go on."))
        return 1
    except Exception as failure:  # noqa: BLE001 - the last line of defence: the trace goes to the log, the user gets a sentence
        traceback.print_exc()
        print_event(error(f"An unexpected failure stopped the tuning ({failure}). The last checkpoint is kept."))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
