"""The tuning process: reads a request from its first line of input, tunes, reports in JSON lines, exits 0 or 1.

A second line of input ("cancel"), or the end of the input (the parent died), stops it after the current step.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback

from app.export.events import error, print_event
from app.tune_job import TuneRequest, run_tuning
from engines.cancel import CancelToken
from engines.errors import TratteggioError

MODULE = "app.tune_worker"

# Judging a step takes this long at the most, on a machine that is busy with other things.
_GRACE_SECONDS = 120.0


def main() -> int:
    """Run the request given on standard input."""
    # Ctrl-C reaches every process of a terminal; here the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    request = TuneRequest.from_json(sys.stdin.readline())
    cancel = CancelToken()
    threading.Thread(target=_listen, args=(cancel,), daemon=True).start()
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


def _listen(cancel: CancelToken) -> None:
    sys.stdin.readline()
    cancel.cancel()
    # Should the work be stuck where no token is looked at, nobody is left who wants its answer.
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
