"""Half an hour of scripted work in the real window on ten minutes of 1080p film: is memory within budget and flat?

    python -m tests.benchmarks.soak [--minutes 30] [--seed 1] [--clip FILM]

Prints a sample every 30 seconds as CSV (memory in MiB, deafness in ms), then a verdict; ends with 1 where it is bad.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TRATTEGGIO_HOME", tempfile.mkdtemp(prefix="tratteggio-soak-"))

import av

from app.cli import parse
from app.memory import stated_bytes
from tests.benchmarks.hands import Act, Hands, Player
from tests.benchmarks.vitals import Ear, Vitals, grown, over_budget, slope, take
from tests.benchmarks.window import make_clip
from tests.clips import write_clip
from ui.application import build

_EVERY = 30.0
_FRAMES, _TURNS = 1200, 12
_FLAT = 4.0
"""MiB per minute: over a working day less than what pictures may hold."""


def make_film(path: Path) -> Path:
    """Ten minutes at 24 fps, once; the same fifty seconds again and again, so that it has shots."""
    if path.exists():
        return path
    with tempfile.TemporaryDirectory() as folder:
        part = make_clip(Path(folder) / "part.mp4", _FRAMES)
        whole = Path(folder) / "whole.mp4"
        with av.open(str(whole), "w") as sink:
            stream = None
            for turn in range(_TURNS):
                with av.open(str(part)) as source:
                    held = source.streams.video[0]
                    stream = stream or sink.add_stream_from_template(held)
                    for packet in source.demux(held):
                        if packet.dts is not None and packet.pts is not None and held.duration is not None:
                            packet.pts, packet.dts = (
                                packet.pts + turn * held.duration,
                                packet.dts + turn * held.duration,
                            )
                            packet.stream = stream
                            sink.mux(packet)
        path.write_bytes(whole.read_bytes())
    return path


def soak(film: Path, minutes: float, seed: int, folder: Path) -> tuple[list[Vitals], int, int]:
    """Samples, how many acts were done, how often the window was deaf for more than 50 ms."""
    station = build(parse(["open"]))
    station.window.resize(1680, 1000)
    station.window.show()
    second = write_clip(folder / "second.mkv", frames=120, width=480, height=320)
    hands = Hands(station, film, second, folder / "work.tratteggio", seed)
    player, ear, taken = Player(), Ear(), list[Vitals]()
    started = time.monotonic()

    def script() -> Act:
        yield from hands.begin()
        while time.monotonic() < started + minutes * 60:
            until = time.monotonic() + _EVERY
            yield from hands.work(partial(_before, until))
            yield from hands.rest()
            taken.append(take(station, started, ear))
            print(taken[-1].row(), flush=True)

    print(",".join(Vitals.columns()), flush=True)
    player.play(script())
    station.close()
    return taken, hands.done, ear.often


def _before(until: float) -> bool:
    return time.monotonic() < until


def verdict(taken: list[Vitals]) -> list[str]:
    """What is wrong, in words."""
    rise = slope(taken[len(taken) // 2 :])
    steep = [f"memory grows by {rise:.1f} MiB per minute"] if rise > _FLAT else []
    return [*over_budget(taken), *steep, *grown(taken)]


def main() -> int:
    """Print the table and the verdict."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clip", type=Path, default=Path(tempfile.gettempdir()) / "tratteggio-soak.mp4")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        taken, done, deaf = soak(make_film(args.clip), args.minutes, args.seed, Path(folder))
    most = max(v.rss for v in taken)
    stated = stated_bytes(taken[-1].budget)
    print(f"{done} acts; at most {most / 2**20:.0f} MiB of {stated / 2**20:.0f} MiB stated")
    print(f"without pictures, slope of the second half {slope(taken[len(taken) // 2 :]):+.2f} MiB/min")
    print(f"longest deafness {max(v.deaf for v in taken):.0f} ms; over 50 ms {deaf} times")
    wrong = verdict(taken)
    print("\n".join(wrong) if wrong else "within budget and flat")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
