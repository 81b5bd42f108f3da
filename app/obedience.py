"""How a child process obeys the one that started it: it goes on until told to stop, or until the parent is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from engines.cancel import CancelToken

# A frame at the largest tile, or judging weights, may take this long before the token is looked at again.
_GRACE_SECONDS = 120.0


def take_order() -> tuple[str, CancelToken]:
    """The first line of standard input, and a token that a further line, or the end of the input, cancels."""
    # Ctrl-C reaches every process of a terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    order, cancel = sys.stdin.readline(), CancelToken()
    threading.Thread(target=_listen, args=(cancel,), daemon=True).start()
    return order, cancel


def _listen(cancel: CancelToken) -> None:
    sys.stdin.readline()
    cancel.cancel()
    leave_if_stuck()


def leave_if_stuck() -> None:
    """To be called on a thread of its own once the work was told to stop."""
    # Should the work be stuck where no token is looked at, nobody is left who wants its answer.
    time.sleep(_GRACE_SECONDS)
    os._exit(1)
