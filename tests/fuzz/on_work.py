"""Projects, masks, timelines, journals, settings and half-finished renders, spoilt."""

from __future__ import annotations

import json
import random
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from app.export.case import CaseFacts
from app.jobs.store import JobStore
from app.journal_folder import journals
from app.project_io import load_project, save_project
from app.recent import recent
from app.recovery import find_recoverable, recover
from app.settings import load_settings, settings_path
from tests.fuzz.corpus import HALF, sealed
from tests.fuzz.sandbox import Room, Work
from tests.fuzz.spoil import TEXTS, json_file, json_text, long_text, mangled, spoil, text_lines
from tests.fuzz.targets import copied, rendered, sentences, target, verb


def _project(corpus: Path, room: Room) -> Path:
    copied(corpus / "film", room.given, "work.*")
    return room.given / "work.tratteggio"


def _read(project: Path, room: Room, rng: random.Random) -> Work:
    kind = rng.randrange(6)
    if kind == 0:
        return Work(rendered(project, "-o", room.out / "new.mkv"))
    if kind == 1:
        return Work(verb("masks", "export", project, "-o", room.out / "masks"))
    if kind == 2:
        return Work(verb("timeline", "export", project, "-o", room.out / "t.otio"))

    def again() -> str:
        save_project(load_project(project), room.out / "again.tratteggio", like=project)
        return ""

    return Work(again)


@target("project")
def project(corpus: Path, room: Room, rng: random.Random) -> Work:
    path = _project(corpus, room)
    if rng.random() < 0.01:
        long_text(path, rng)
    elif rng.random() < 0.9:
        json_file(path, rng)
    else:
        spoil(path, rng)
    return _read(path, room, rng)


@target("masks of a project")
def project_masks(corpus: Path, room: Room, rng: random.Random) -> Work:
    path = _project(corpus, room)
    spoil_mask(rng.choice(sorted((room.given / "work.masks").rglob("*.png"))), rng)
    return _read(path, room, rng)


@target("folder of masks")
def mask_folder(corpus: Path, room: Room, rng: random.Random) -> Work:
    folder = copied(corpus / "film" / "masks", room.given / "masks")
    spoil_mask(folder / "000001.png", rng)
    if rng.random() < 0.5:
        options = ("--stage", "inpaint", "--masks", folder)
        return Work(rendered(corpus / "film" / "in.mkv", "-o", room.out / "new.mkv", *options))
    project = _project(corpus, room)
    return Work(verb("masks", "import", project, "--damage", folder, "-o", room.out / "new.tratteggio"))


def spoil_mask(path: Path, rng: random.Random) -> None:
    """Of another kind, another size, another format, far too large, or damaged."""
    height, width = 48, 64
    kind = rng.randrange(11)
    if kind == 0:
        Image.fromarray(np.zeros((height, width), np.uint16)).save(path)
    elif kind == 1:
        Image.new(rng.choice(("RGBA", "LA", "P", "1", "RGB")), (width, height)).save(path)
    elif kind == 2:
        Image.new("L", rng.choice(((1, 1), (width + 1, height), (5000, 1)))).save(path)
    elif kind == 3:
        frames = [Image.new("L", (width, height), shade) for shade in range(0, 200, 20)]
        frames[0].save(path, save_all=True, append_images=frames[1:])
    elif kind == 4:
        path.write_bytes(bomb(*rng.choice(((60000, 60000), (2**31 - 1, 1), (30000, 30000), (0, 0), (64, 2**31 - 1)))))
    elif kind == 5:
        Image.new("L", (width, height)).save(
            path, format=rng.choice(("TIFF", "JPEG", "GIF", "BMP", "WEBP", "PPM", "ICNS"))
        )
    elif kind == 6:
        extra = (b"zTXt", b"iCCP", b"iTXt", b"tEXt", b"eXIf", b"tRNS", b"acTL", b"PLTE")
        data = path.read_bytes()
        body = b"a\0\0" + zlib.compress(bytes(2**28), 9) if rng.random() < 0.5 else rng.randbytes(50)
        path.write_bytes(data[:33] + chunk(rng.choice(extra), body) + data[33:])
    elif kind == 7:
        data = path.read_bytes()
        head = struct.pack(
            ">IIBBBBB", width, height, *rng.choice(((8, 0, 0, 0, 1), (8, 0, 0, 1, 0), (8, 0, 9, 0, 0), (3, 0, 0, 0, 0)))
        )
        path.write_bytes(data[:8] + chunk(b"IHDR", head) + data[33:])
    else:
        spoil(path, rng)


def chunk(kind: bytes, body: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(width: int, height: int) -> bytes:
    """A PNG of such a size, as far as its header says; what it packs is 200 MB of zeros."""
    packed = zlib.compressobj(9)
    body = b"".join(packed.compress(bytes(2**20)) for _ in range(200)) + packed.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@target("timeline")
def timeline(corpus: Path, room: Room, rng: random.Random) -> Work:
    name = rng.choice(("t.otio", "t.edl", "p.otio"))
    copied(corpus / "film", room.given, name)
    path = room.given / name
    if name.endswith("edl"):
        spoil(path, rng, text_lines, text_lines)
    elif rng.random() < 0.01:
        long_text(path, rng)
    else:
        if rng.random() < 0.3:
            _schema(path, rng)
        if rng.random() < 0.9:
            json_file(path, rng)
        else:
            spoil(path, rng)
    media = corpus / "film" / ("in.mkv" if name == "p.otio" else "out.mkv")
    return Work(verb("timeline", "import", path, "--media", media, "-o", room.out / "new.tratteggio"))


def _schema(path: Path, rng: random.Random) -> None:
    """Another kind of thing somewhere, of plugins or of later versions."""
    names = (
        "Timeline.1",
        "Clip.99",
        "LinearTimeWarp.1",
        "Hook.1",
        "PluginManifest.1",
        "SerializableCollection.1",
        "Evil.1",
        "Stack.1",
        "Gap.1",
        "Transition.1",
        "MissingReference.1",
        "ImageSequenceReference.1",
        "",
        "Clip",
        "Clip.-1",
    )
    parts = path.read_text("utf-8").split('"OTIO_SCHEMA": "')
    if len(parts) > 1:
        chosen = rng.randrange(1, len(parts))
        parts[chosen] = rng.choice(names) + parts[chosen][parts[chosen].index('"') :]
        path.write_text('"OTIO_SCHEMA": "'.join(parts), "utf-8")


@target("journal of a crash")
def journal(corpus: Path, room: Room, rng: random.Random) -> Work:
    folder = room.home / "journals" / "1-1"
    copied(corpus / "journal", folder)
    path = folder / "000001.journal"
    if rng.random() < 0.2:
        spoil(path, rng)
    else:
        held = [json.loads(line[9:]) for line in path.read_bytes().splitlines()]
        told = mangled(held, rng)
        path.write_bytes(b"".join(sealed(one) for one in told) if isinstance(told, list) else sealed(told))

    def run() -> None:
        assert journals().is_dir()
        for found in find_recoverable():
            recover(found)

    return Work(sentences(run))


@target("settings")
def settings(corpus: Path, room: Room, rng: random.Random) -> Work:
    """Damaged entries are their defaults: nothing is refused."""
    held = {"surround": "dark", "text_size": 9, "autosave_minutes": 1.0, "cost_per_hour": 1, "screen": {"kind": "ocio"}}
    held |= {"keys": {"undo": ["Ctrl+Z"]}, "window": {"edit": "AAAA"}, "examiner": "A", "audio": True}
    for name, values in (("settings.json", held), ("recent.json", ["/a", "/b"])):
        (room.home / name).write_bytes(json_text(mangled(json.loads(json.dumps(values)), rng), rng))
        if rng.random() < 0.1:
            spoil(room.home / name, rng)

    def run() -> None:
        assert settings_path().parent == room.home
        load_settings()
        recent()

    return Work(sentences(run))


@target("queue of exports")
def queue(corpus: Path, room: Room, rng: random.Random) -> Work:
    folder = room.home / "jobs"
    held = json.loads((corpus / "record.json").read_text("utf-8"))
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "job.json").write_bytes(json_text(mangled(held, rng), rng))
    if rng.random() < 0.1:
        spoil(folder / "a" / "job.json", rng)

    def run() -> None:
        store = JobStore(folder)
        said: list[str] = []
        store.load(said.append)
        store.close()

    return Work(sentences(run))


@target("half-finished render")
def half(corpus: Path, room: Room, rng: random.Random) -> Work:
    """What a render keeps beside the master while it runs, spoilt; the journal is read as a resumed one reads it."""
    folder = room.out / "new.mkv.parts"
    copied(corpus / "parts" / "out.mkv.parts", folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    chosen = rng.choice((folder / "journal.jsonl", folder / "cuts.json", rng.choice(files)))
    if chosen.name == "journal.jsonl" and rng.random() < 0.8:
        lines = [json.loads(line) for line in chosen.read_text("utf-8").splitlines()]
        told = mangled(lines, rng)
        chosen.write_bytes(
            b"\n".join(json_text(one, rng).strip() for one in (told if isinstance(told, list) else [told]))
        )
    elif chosen.suffix == ".json" and rng.random() < 0.8:
        json_file(chosen, rng)
    else:
        spoil(chosen, rng)
    return Work(
        rendered(corpus / "film" / "in.mkv", "-o", room.out / "new.mkv", *HALF),
        keeps=lambda rest: rest.startswith("new.mkv.parts"),
    )


@target("texts of a case")
def case(corpus: Path, room: Room, rng: random.Random) -> Work:
    """On the command line and in a manifest, from where they go into the report."""
    text = rng.choice(TEXTS) * rng.choice((1, 1, 10, 10**6))
    master = copied(corpus / "film", room.given, "out.mkv*") / "out.mkv"
    path = room.given / "out.mkv.tratteggio.json"
    held = json.loads(path.read_text("utf-8"))
    name = rng.choice(("case", "exhibit", "collection", "examiner", "organisation", "other"))
    held["case"][name] = text
    held["notes"] = [text[:5000]]
    path.write_bytes(json.dumps(held).encode())
    if rng.random() < 0.3:
        options = (f"--case={text}",) if "\0" not in text else ()
        return Work(rendered(corpus / "film" / "in.mkv", "-o", room.out / "new.mkv", *options))

    def run() -> str:
        if name != "other":
            CaseFacts(**{name: text})
        return verb("report", master, "--force")()

    written = ("out.mkv.report.html", "out.mkv.report.pdf", "out.mkv.before-after.png")
    return Work(run, writes=lambda rest: rest.endswith(written), keeps=lambda rest: rest == "out.mkv.audit.jsonl")
