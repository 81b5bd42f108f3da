"""What worker processes of this package share: a request on the first line of input, events out, a stop when asked."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from app.export.events import Emit, Event, error, print_event
from engines.cancel import CancelToken
from engines.errors import TratteggioError

# These workers only read the user's files: one that does not look at its token may be ended at any moment.
_GRACE_SECONDS = 5.0


def serve(work: Callable[[str, Emit, CancelToken], Event]) -> int:
    """Hand the request to `work` and report its result or its error; the exit code is 0 or 1.

    A second line of input, or its end (the parent died), cancels.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    request = sys.stdin.readline()
    cancel = CancelToken()
    threading.Thread(target=_listen, args=(cancel,), daemon=True).start()
    try:
        print_event(work(request, print_event, cancel))
    except (TratteggioError, OSError, MemoryError) as failure:
        print_event(error(str(failure)))
        return 1
    except Exception as failure:
        print_event(error(f"An unexpected failure ({type(failure).__name__}: {failure}). Please report it."))
        raise
    return 0


def _listen(cancel: CancelToken) -> None:
    sys.stdin.readline()
    cancel.cancel()
    time.sleep(_GRACE_SECONDS)
    os._exit(1)
