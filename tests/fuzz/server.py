"""Runs cases for another process: a line of JSON for each, target and seed, and a line for its verdict."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from tests.fuzz.cases import Bench, Case
from tests.fuzz.targets import TARGETS


def main() -> None:
    """Says first what targets there are; ends with its input."""
    with Bench() as bench:
        print(json.dumps(list(TARGETS)), flush=True)
        for line in sys.stdin:
            print(json.dumps(asdict(bench.run(Case(*json.loads(line))))), flush=True)


if __name__ == "__main__":
    main()
