"""A worker process: reads a brief, then keys of segments, one per line; reports in JSON lines.

The end of its input (the render stopped or died) stops it between two frames.
"""

from __future__ import annotations

import queue
import signal
import sys
import threading
import traceback
from contextlib import closing
from dataclasses import asdict

from app.export.events import error, note, print_event
from app.farm.brief import Brief
from app.obedience import leave_if_stuck
from engines.cancel import CancelToken
from engines.errors import TratteggioError


def main() -> int:
    """Render what comes until nothing comes any more."""
    # Ctrl-C reaches every process of a terminal; the render decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    brief, cancel = Brief.from_json(sys.stdin.readline()), CancelToken()
    keys: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(keys, cancel), daemon=True).start()
    # Heavy imports only now, so that the render sees a process at once.
    from app.farm.bench import Bench

    try:
        with closing(Bench(brief, cancel, _say, lambda: print_event({"event": "frame"}))) as bench:
            print_event({"event": "ready"})
            while key := keys.get():
                print_event({"event": "segment", **asdict(bench.render(key))})
    except TratteggioError as failure:
        print_event(error(str(failure)))
        return 1
    except OSError as failure:
        print_event(error(f"The system refused: {failure}. What was finished is kept; run it again to go on."))
        return 1
    except MemoryError as failure:
        print_event(error(f"Memory ran out: {failure}. Use fewer --workers; finished work is kept."))
        return 1
    except Exception:  # noqa: BLE001 - the last line of defence: the trace is kept, the user gets a sentence
        trace = traceback.format_exc()
        sys.stderr.write(trace)
        print_event(error(f"An unexpected failure stopped a worker ({trace.strip().splitlines()[-1]})."))
        return 1
    return 0


def _say(sentence: str) -> None:
    print_event(note(sentence))


def _listen(keys: queue.SimpleQueue[str], cancel: CancelToken) -> None:
    for line in sys.stdin:
        keys.put(line.strip())
    keys.put("")
    cancel.cancel()
    leave_if_stuck()


if __name__ == "__main__":
    sys.exit(main())
