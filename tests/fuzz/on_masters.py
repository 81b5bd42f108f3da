"""Masters, what stands beside them, and archive packages, spoilt."""

from __future__ import annotations

import json
import random
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.audit.entry import START, Entry
from tests.flips import bag_again
from tests.fuzz.sandbox import Room, Work
from tests.fuzz.spoil import PLACES, TEXTS, emptied, json_file, json_text, long_text, mangled, spoil, text_lines
from tests.fuzz.targets import copied, target, verb

MANIFEST, LOG = "out.mkv.tratteggio.json", "out.mkv.audit.jsonl"
_REPORT = ("out.mkv.report.html", "out.mkv.report.pdf", "out.mkv.before-after.png")


def _asked(master: Path, room: Room, rng: random.Random, packaged: bool = False) -> Work:
    """One of the verbs that read masters."""
    given: dict[str, Callable[[], str]] = {
        "verify": verb("verify", master),
        "rerun": verb("verify", master, "--rerun", 1, "--seed", 1),
        "original": verb("original", master, "-o", room.out / rng.choice(("back.mkv", "back", "back/%04d.dpx"))),
        "report": verb("report", master, "--force"),
        "timeline": verb("timeline", "export", master, "-o", room.out / rng.choice(("t.otio", "t.edl"))),
        "credentials": verb("credentials", "show", master),
        "package": verb("package", master, "-o", room.out / "package", "--rerun", 0, "--unsigned"),
    }
    names = ("verify", "original", "timeline", "credentials") if packaged else tuple(given)
    name = rng.choice(("verify", "original", *names))
    # A log that was opened says so, whatever comes of it.
    return Work(
        given[name],
        writes=lambda rest: name == "report" and rest.endswith(_REPORT),
        keeps=lambda rest: name == "report" and rest == LOG,
    )


def _master(corpus: Path, room: Room, rng: random.Random) -> Path:
    return copied(corpus / rng.choice(("film", "scans")), room.given, "out.mkv*") / "out.mkv"


@target("beside a master")
def beside(corpus: Path, room: Room, rng: random.Random) -> Work:
    master = _master(corpus, room, rng)
    chosen = rng.choice(sorted(room.given.iterdir()))
    spoil(chosen, rng, *((json_file,) if chosen.suffix == ".json" else ()))
    return _asked(master, room, rng)


@target("manifest")
def manifest(corpus: Path, room: Room, rng: random.Random) -> Work:
    master = _master(corpus, room, rng)
    (long_text if rng.random() < 0.01 else json_file)(room.given / MANIFEST, rng)
    return _asked(master, room, rng)


@target("audit log")
def log(corpus: Path, room: Room, rng: random.Random) -> Work:
    """Spoilt as it lies there, or told anew with a proper chain that the manifest knows."""
    master = _master(corpus, room, rng)
    path = room.given / LOG
    if rng.random() < 0.3:
        spoil(path, rng, text_lines)
        return _asked(master, room, rng)
    held = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    chosen = rng.randrange(len(held))
    if rng.random() < 0.8:
        held[chosen]["facts"] = mangled(held[chosen]["facts"], rng)
    else:
        held = mangled(held, rng)
    head, count = _chained(path, held)
    beside = json.loads((room.given / MANIFEST).read_text("utf-8"))
    if rng.random() < 0.7:
        beside["audit"] = {"name": LOG, "entries": rng.randrange(count + 1), "head": head}
        (room.given / MANIFEST).write_bytes(
            json_text(beside, rng) if rng.random() < 0.1 else json.dumps(beside).encode()
        )
    return _asked(master, room, rng)


def _chained(path: Path, held: Any) -> tuple[str, int]:
    """Writes what can be said in a log; answers its head and length."""
    lines: list[bytes] = []
    previous = START
    for entry in held if isinstance(held, list) else []:
        if not isinstance(entry, dict):
            continue
        facts = entry.get("facts", {})
        try:
            made = Entry.made(
                len(lines), str(entry.get("time")), str(entry.get("who")), str(entry.get("event")), facts, previous
            )
            lines.append(made.line())
        except (ValueError, TypeError, RecursionError):
            continue
        previous = made.digest
    path.write_bytes(b"".join(lines))
    return previous, len(lines)


@target("headers of stills")
def headers(corpus: Path, room: Room, rng: random.Random) -> Work:
    master = copied(corpus / "scans", room.given, "out.mkv*") / "out.mkv"
    path = room.given / "out.mkv.headers.zip"
    rng.choice((spoil, _zip, _zip, _zip))(path, rng)
    out = room.out / rng.choice(("back", "back/%04d.dpx", "back.mkv"))
    return Work(verb("original", master, "-o", out) if rng.random() < 0.8 else verb("verify", master))


def _zip(path: Path, rng: random.Random) -> None:
    """The zip, with members renamed, repeated, swollen, encrypted, turned to links, or told anew."""
    with zipfile.ZipFile(path) as archive:
        members = [(one.filename, archive.read(one)) for one in archive.infolist()]
    chosen = rng.randrange(len(members))
    name, data = members[chosen]
    kind = rng.randrange(9)
    info = zipfile.ZipInfo(name)
    if kind < 3:
        index = next(number for number, one in enumerate(members) if b"{" in one[1][:1])
        members[index] = (members[index][0], json_text(mangled(json.loads(members[index][1]), rng), rng))
    elif kind == 3:
        members[chosen] = (rng.choice([one for one in TEXTS if one.strip("\0") and "\ud800" not in one]), data)
    elif kind == 4:
        members.append((name, data if rng.random() < 0.5 else b"another"))
    elif kind == 5:
        members[chosen] = (name, bytes(rng.choice((2**28, 2**20, 1))))
    elif kind == 6:
        del members[chosen]
    elif kind == 7:
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        members[chosen] = (name, b"../../outside/precious.txt")
    else:
        members[chosen] = (name, rng.randbytes(len(data)))
    import warnings

    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(path, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as sink,
    ):
        warnings.simplefilter("ignore")
        for number, (told, held) in enumerate(members):
            sink.writestr(info if kind == 7 and number == chosen else told[:60000], held)
    if rng.random() < 0.15:
        _encrypted(path)


def _encrypted(path: Path) -> None:
    """Every member says that it needs a password."""
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    path.write_bytes(data)


@target("delta")
def delta(corpus: Path, room: Room, rng: random.Random) -> Work:
    master = _master(corpus, room, rng)
    spoil(room.given / "out.mkv.delta.mkv", rng)
    return Work(verb("original", master, "-o", room.out / "back.mkv") if rng.random() < 0.7 else verb("verify", master))


def _package(corpus: Path, room: Room, rng: random.Random) -> Path:
    copied(corpus / rng.choice(("film", "scans")), room.given, "package")
    return room.given / "package"


@target("package")
def package(corpus: Path, room: Room, rng: random.Random) -> Work:
    folder = _package(corpus, room, rng)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for _ in range(rng.choice((1, 1, 2))):
        chosen = rng.choice(files)
        if chosen.is_file() and not chosen.is_symlink():
            spoil(chosen, rng, *PLACES, *((text_lines,) * 3 if chosen.suffix == ".txt" else ()))
    return _asked(folder, room, rng, packaged=True)


@target("names in a package")
def names(corpus: Path, room: Room, rng: random.Random) -> Work:
    """Paths out of it in manifests and tag manifests, and files of odd names in it."""
    folder = _package(corpus, room, rng)
    for name in rng.sample(sorted(path.name for path in folder.glob("*manifest-*.txt")), rng.randrange(1, 5)):
        lines = (folder / name).read_text("utf-8").splitlines()
        chosen = rng.randrange(len(lines))
        digest = lines[chosen].partition(" ")[0]
        told = rng.choice([one for one in TEXTS if "\ud800" not in one])
        lines[chosen] = f"{digest}  {rng.choice(('', 'data/', '../', 'data/../../'))}{told}"
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    if rng.random() < 0.5:
        odd = rng.choice(
            [one for one in TEXTS if one and not {"\0", "/"} & set(one) and len(one.encode("utf-8", "replace")) < 250]
        )
        place = (
            folder
            / rng.choice(("", "data"))
            / odd.encode("utf-8", "surrogateescape" if "\ud800" not in odd else "replace").decode()
        )
        if not place.exists():
            place.write_text("odd")
    return _asked(folder, room, rng, packaged=True)


@target("package bagged again")
def bagged_again(corpus: Path, room: Room, rng: random.Random) -> Work:
    """What somebody does who knows bags: files of the payload are spoilt, and all manifests agree with that."""
    folder = _package(corpus, room, rng)
    files = sorted(path for path in (folder / "data").rglob("*") if path.is_file())
    chosen = rng.choice(files)
    spoil(chosen, rng, *((json_file,) * 3 if chosen.suffix in (".json", ".otio", ".tratteggio") else (emptied,)))
    if all(path.is_file() or path.is_dir() for path in folder.rglob("*")) and _small(folder):
        bag_again(folder)
    return _asked(folder, room, rng, packaged=True)


def _small(folder: Path) -> bool:
    return all(not path.is_symlink() and path.stat().st_size < 2**26 for path in folder.rglob("*"))


@target("result of a verification")
def result(corpus: Path, room: Room, rng: random.Random) -> Work:
    master = copied(corpus / "film", room.given, "out.mkv*") / "out.mkv"
    held = {"event": "result", "verified": True, "master": str(master), "frames": 4, "source_samples_compared": 5}
    held |= {"shares": {"SOURCE": 1.0}, "files": ["a"], "audit": {"entries": 3, "head": "0"}, "source_identified": True}
    held |= {"rerun": {"frames": [1], "seed": 3, "pixels": 9}, "delta_frames": 0, "package": None}
    path = room.given / "result.json"
    told = mangled(held, rng)
    if isinstance(told, dict) and rng.random() < 0.7:
        told |= {"event": "result", "verified": True}
    path.write_bytes(json_text(told, rng))
    if rng.random() < 0.15:
        spoil(path, rng)
    return Work(
        verb("report", master, "--verify", path, "--force"),
        writes=lambda rest: rest.endswith(_REPORT),
        keeps=lambda rest: rest == LOG,
    )
