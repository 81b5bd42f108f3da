"""Single bits of signed files and sidecars flipped at random: which are found, and where those lie that are not.

    python -m tests.benchmarks.credential_flips [--flips 200] [--seed 1]

Bits that fall into what C2PA leaves out of every hash (the zeros that keep room for the signature, flags of its boxes,
the brand of an MP4) change neither the picture nor what the credential says; a package's checksums find them, too.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from app.package.certificate_trial import trial_signatory
from app.package.credential_reading import read_credential
from app.package.credentials import sign_beside, sign_inside
from engines.errors import MediaError, RenderError
from engines.media.readback import stored_hashes
from tests.app.package.signing import MANIFEST, make_master


def main() -> None:
    """Print a row per kind of master."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    print("| file flipped | bytes | flips | found | pictures that changed unfound | ms per check |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        who = trial_signatory(Path(folder))
        for name in ("reel.mp4", "reel.mov", "still.tif", "still.png"):
            master, hashes = make_master(Path(folder), name)
            sign_inside(master, MANIFEST, who, hashes)
            _row(name, master, master, None, hashes, args)
        master, hashes = make_master(Path(folder), "reel.mkv")
        sidecar = Path(folder) / "reel.c2pa"
        sign_beside(master, sidecar, MANIFEST, who)
        _row("reel.mkv", master, master, sidecar, hashes, args)
        _row("reel.mkv's .c2pa", sidecar, master, sidecar, hashes, args)


def _row(
    name: str, flipped: Path, master: Path, sidecar: Path | None, hashes: tuple[str, ...], args: argparse.Namespace
) -> None:
    chance, held, kinds = random.Random(args.seed), flipped.read_bytes(), Counter[str]()
    unfound, begin = 0, time.perf_counter()
    for _ in range(args.flips):
        spoilt, at = bytearray(held), chance.randrange(len(held))
        spoilt[at] ^= 1 << chance.randrange(8)
        flipped.write_bytes(spoilt)
        try:
            read_credential(master, sidecar)
        except (RenderError, MediaError):
            kinds["found"] += 1
        else:
            unfound += tuple(stored_hashes(master, 0, len(hashes))) != hashes
    spent = (time.perf_counter() - begin) / args.flips * 1000
    flipped.write_bytes(held)
    print(f"| {name} | {len(held):,} | {args.flips} | {kinds['found']} | {unfound} | {spent:.1f} |")


if __name__ == "__main__":
    main()
