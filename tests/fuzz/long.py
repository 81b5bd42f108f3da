"""`python -m tests.fuzz.long MINUTES [TARGET ...]`: every target in turn with fresh seeds, and a table of what came."""

from __future__ import annotations

import argparse
import collections
import random
import time

from tests.fuzz.cases import Bench, Case
from tests.fuzz.sandbox import Verdict
from tests.fuzz.targets import TARGETS

_SLOW = 15.0
"""Seconds by the clock."""


def main() -> int:
    """Returns 1 where anything is at fault. `--seed N TARGET` runs one case and shows what it says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seed", type=int, help="only this case of TARGET, its room kept")
    parser.add_argument("--cases", type=int, default=10**9, help="at most so many")
    args = parser.parse_args()
    names = args.targets or list(TARGETS)
    with Bench() as bench:
        if args.seed is not None:
            verdict = bench.run(Case(names[0], args.seed), keep=True)
            print(verdict.fault or "no fault", f"{verdict.seconds:.1f} s, {verdict.memory / 2**20:.0f} MiB")
            print(verdict.said)
            return 0
        return _rotate(bench, names, args.minutes, args.cases)


def _rotate(bench: Bench, names: list[str], minutes: float, most: int) -> int:
    found: dict[str, list[Verdict]] = collections.defaultdict(list)
    faults: dict[tuple[str, str, str], list[int]] = collections.defaultdict(list)
    began, fresh, count = time.monotonic(), random.SystemRandom(), 0
    while time.monotonic() - began < 60 * minutes and count < most:
        case = Case(names[count % len(names)], fresh.randrange(2**32))
        count += 1
        since = time.monotonic()
        verdict = bench.run(case)
        if time.monotonic() - since > _SLOW:
            print(f"slow {case}: {time.monotonic() - since:.0f} s in all, {verdict}"[:300], flush=True)
        found[case.target].append(verdict)
        if verdict.fault:
            where = _where(verdict.said)
            if not faults[case.target, verdict.fault, where]:
                print(f"FAULT {case.target!r} --seed {case.seed}: {verdict.fault} {where}", flush=True)
            faults[case.target, verdict.fault, where].append(case.seed)
    _table(found, time.monotonic() - began)
    for (name, fault, where), seeds in sorted(faults.items()):
        print(f"{name}: {fault} {where}: {len(seeds)} times, --seed {seeds[0]}")
    return 1 if faults else 0


def _where(said: str) -> str:
    """The last line of our own in a trace, or what was said."""
    lines = said.splitlines()
    ours = [line.strip() for line in lines if line.lstrip().startswith("File ") and "/tests/" not in line]
    ours = [line for line in ours if any(f"/{part}/" in line for part in ("app", "engines"))] or ours
    place = ours[-1].replace("File ", "").rpartition("/main/")[2] if ours else ""
    return f"{place}: {lines[-1][:160]}" if place else said[:160]


def _table(found: dict[str, list[Verdict]], seconds: float) -> None:
    print(f"{'target':28} {'cases':>6} {'done':>6} {'refused':>8} {'faults':>7} {'longest':>8} {'memory':>9}")
    for name, verdicts in found.items():
        refused, bad = sum(v.refused for v in verdicts), sum(bool(v.fault) for v in verdicts)
        longest, most = max(v.seconds for v in verdicts), max(v.memory for v in verdicts) / 2**20
        done = len(verdicts) - refused - bad
        print(f"{name:28} {len(verdicts):6} {done:6} {refused:8} {bad:7} {longest:6.1f} s {most:5.0f} MiB")
    every = [v for verdicts in found.values() for v in verdicts]
    print(f"{len(every)} cases in {seconds / 60:.1f} minutes, {sum(bool(v.fault) for v in every)} at fault")


if __name__ == "__main__":
    raise SystemExit(main())
