"""Archive packages of real films, judged by the tools of others, and 200 smallest changes to them: is each one found?

    python -m tests.benchmarks.package_flips DATA [--flips 200] [--seed 1] [--frames 12] [--keep FOLDER]

DATA holds the public clips and sequences (`oldfilm`, `lowbitrate`). Prints a table of the packages, one of the changes,
and a line for each change that was missed or blamed on another file; ends with 1 where there is one.

A change is one bit of a payload file, of a line of the log, of a tag file; or one sample of the master by one code,
decoded and encoded again: in the package as it is, or with all its manifests made anew, and there half of the times
with the frame's checksum told as well.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TRATTEGGIO_HOME", tempfile.mkdtemp(prefix="tratteggio-packages-"))

from app.export.job import RenderJob, StageSpec
from app.export.render import render
from app.export.verify import verify
from app.package.certificate_trial import trial_signatory
from app.package.credential_assets import files_of
from app.package.credential_reading import read_credential
from app.package.layout import DATA, PREMIS, TAG_FILES, TAG_MANIFESTS, TIMELINE, master_of
from app.package.make import Choices, make_package
from app.package.premis_schema import validate_premis
from engines.cancel import CancelToken
from engines.errors import TratteggioError
from tests.flips import bag_again, change_sample, flip, flip_in_line, tell_framemd5

DIRT = (StageSpec("deflicker"), StageSpec("dirt"), StageSpec("inpaint"))
STEADY = (StageSpec("stabilise"),)
WORKS = (
    ("oldfilm/his_girl_friday_1940.mp4", "friday.mkv", DIRT),
    ("oldfilm/abomb_blast_effects.mp4", "blast.mkv", (StageSpec("deflicker"),)),
    ("oldfilm/winter_scenes_in_holland.mp4", "holland.mp4", (StageSpec("deflicker"),)),
    ("oldfilm/saturn_launch_colour.mp4", "saturn.mkv", STEADY),
    ("lowbitrate/highway_cctv_320x240.avi", "highway.mkv", (StageSpec("detail", {"scale": "1"}),)),
    ("oldfilm/london_street", "london.mkv", DIRT),
    ("oldfilm/market_street_1906", "market_%06d.dpx", (StageSpec("deflicker"),)),
    ("oldfilm/great_train_robbery_1903", "robbery_%06d.png", ()),
)
"""Five clips and three sequences: source, master, what is done."""


@dataclass(frozen=True)
class Change:
    """How something was spoilt, and the names of which one has to be told."""

    kind: str
    names: tuple[str, ...]


def nothing(_event: object) -> None:
    """Nobody listens."""


def made(data: Path, into: Path, frames: int) -> list[Path]:
    """Render and package every work; prints a line for each."""
    print("| package | files | MB | render | package | bagit.py | PREMIS 3 | otiotool | C2PA | verify |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    folders = []
    for source, name, stages in WORKS:
        started = time.monotonic()
        preset = "h264" if name.endswith(".mp4") else None
        job = RenderJob(
            data / source, into / name, preset, stages, frames=(0, frames - 1), reversible=name.endswith(".mkv")
        )
        render(job, nothing, CancelToken())
        rendered = time.monotonic()
        folder = into / name.split("%")[0].split(".")[0].rstrip("_")
        choices = Choices(rerun=2, seed=1, signatory=trial_signatory(into))
        result = make_package(into / name, folder, nothing, choices)
        packaged = time.monotonic()
        judged = " | ".join(judgements(folder))
        size = f"{result['files']} | {result['bytes'] / 1e6:.1f}"
        times = f"{rendered - started:.1f} s | {packaged - rendered:.1f} s"
        print(f"| {name} | {size} | {times} | {judged} |", flush=True)
        folders.append(folder)
    return folders


def judgements(folder: Path) -> list[str]:
    """Of bagit.py, the schema, otiotool, the C2PA library, and our own check; "good" or what is not."""
    paths, _ = master_of(folder)
    sidecar = paths.c2pa if paths.c2pa.exists() else None

    def premis() -> None:
        validate_premis((folder / DATA / PREMIS).read_bytes())

    def credential() -> None:
        # Of stills with a sidecar the pattern is what it is bound to.
        read_credential(paths.master if sidecar else files_of(paths.master)[0], sidecar)

    return [
        _tool(sys.executable, "-m", "bagit", "--validate", "--quiet", str(folder)),
        _judged(premis),
        _tool(str(Path(sys.executable).with_name("otiotool")), "--list-clips", "-i", str(folder / DATA / TIMELINE)),
        _judged(credential),
        _judged(lambda: verify(folder, None, nothing)),
    ]


def _tool(*command: str) -> str:
    return "good" if subprocess.run(command, capture_output=True, check=False).returncode == 0 else "BAD"


def _judged(check: Callable[[], object]) -> str:
    try:
        check()
    except TratteggioError as error:
        return str(error)
    return "good"


def spoil(folder: Path, kind: str, rng: random.Random) -> Change:
    """Change one small thing of a package in place."""
    paths, _ = master_of(folder)
    if kind == "payload":
        path = rng.choice(sorted(p for p in (folder / DATA).rglob("*") if p.is_file() and p.stat().st_size))
        flip(path, rng.randrange(8 * path.stat().st_size))
        return Change(kind, (path.relative_to(folder).as_posix(),))
    if kind == "log line":
        flip_in_line(paths.audit, rng)
        return Change(kind, (paths.audit.name,))
    if kind == "tag file":
        path = folder / rng.choice((*TAG_FILES, *TAG_MANIFESTS))
        flip(path, rng.randrange(8 * path.stat().st_size))
        return Change(kind, (path.name,))
    file = rng.choice(files_of(paths.master))
    frame = change_sample(file, rng)
    name = file.relative_to(folder).as_posix()
    if kind == "sample":
        return Change(kind, (name,))
    if kind == "sample, checksum told, bagged again" and len(files_of(paths.master)) == 1:
        tell_framemd5(paths.framemd5, file, frame)
    bag_again(folder)
    return Change(kind, (name,))


KINDS = {
    "payload": 70,
    "log line": 40,
    "tag file": 40,
    "sample": 20,
    "sample, bagged again": 15,
    "sample, checksum told, bagged again": 15,
}
"""Of 200."""


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="leave masters and packages in this folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tratteggio-packages-") as held:
        into = args.keep or Path(held)
        into.mkdir(parents=True, exist_ok=True)
        folders = made(args.data.absolute(), into.absolute(), args.frames)
        return _flips(folders, Path(held), args.flips, random.Random(args.seed))


def _flips(folders: list[Path], scratch: Path, count: int, rng: random.Random) -> int:
    kinds = [kind for kind, of_200 in KINDS.items() for _ in range(round(of_200 * count / 200))]
    tried, caught, named, missed = Counter[str](), Counter[str](), Counter[str](), []
    started = time.monotonic()
    for number, kind in enumerate(kinds):
        able = [f for f in folders if "sample" not in kind or files_of(master_of(f)[0].master)[0].suffix in _ENCODED]
        folder = Path(shutil.copytree(able[number % len(able)], scratch / "spoilt"))
        change = spoil(folder, kind, rng)
        tried[kind] += 1
        try:
            verify(folder, None, nothing)
            missed.append(f"{change}: not found")
        except TratteggioError as error:
            caught[kind] += 1
            good = any(name in str(error) for name in change.names)
            named[kind] += good
            if not good:
                missed.append(f"{change}: {error}")
        shutil.rmtree(folder)
    print("\n| change | tried | found | the file named |\n|---|---|---|---|")
    for kind in tried:
        print(f"| {kind} | {tried[kind]} | {caught[kind]} | {named[kind]} |")
    print(f"| all | {tried.total()} | {caught.total()} | {named.total()} |")
    print(f"\n{time.monotonic() - started:.0f} s for {tried.total()} changes")
    print("\n".join(missed))
    return 1 if missed else 0


_ENCODED = (".mkv", ".png")

if __name__ == "__main__":
    sys.exit(main())
