"""Weights, tables, colour configurations, stills and films, signed files and XML, spoilt."""

from __future__ import annotations

import json
import os
import pickle
import random
import struct
import zipfile
from pathlib import Path

from lxml import etree

from app.package.xml_reading import parse_xml
from engines.colour.ocio import config_facts, config_shown
from engines.colour.screen import Screen
from engines.fade.parameters import FadeParameters
from engines.fade.undo import read_undo
from engines.media.framemd5 import read_framemd5
from engines.models.collection import shelf
from engines.models.weights import load_weights
from engines.types import ColourSpec, PixelFormat
from tests.fuzz.sandbox import Room, Work
from tests.fuzz.spoil import TEXTS, json_text, mangled, spoil, text_lines
from tests.fuzz.targets import copied, rendered, sentences, target, verb


class _Evil:
    """A pickle of this runs a program."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch /tmp/a-pickle-was-run",)


@target("weights")
def weights(corpus: Path, room: Room, rng: random.Random) -> Work:
    name = rng.choice(("small.safetensors", "small.pth", "ours.safetensors"))
    copied(corpus / "weights", room.given, name)
    path = room.given / name
    kind = rng.randrange(6)
    if kind == 0:
        path.write_bytes(pickle.dumps(rng.choice((_Evil(), {"params": _Evil()}, [_Evil()] * 3, {"a": b"x" * 10**6}))))
    elif kind == 1 and path.suffix == ".pth":
        _spoil_torch(path, rng)
    elif kind < 4 and path.suffix == ".safetensors":
        _spoil_safetensors(path, rng)
    else:
        spoil(path, rng)
    if name.startswith("ours"):
        return Work(sentences(lambda: load_weights(path)))
    return Work(verb("models", "import", path, "--name", rng.choice(("mine", "mine", *TEXTS[:30]))))


def _spoil_safetensors(path: Path, rng: random.Random) -> None:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json_text(mangled(json.loads(data[8 : 8 + length]), rng), rng)
    told = len(header) if rng.random() < 0.8 else rng.choice((0, 1, 2**31, 2**40, 2**63, 2**64 - 1, length - 1))
    path.write_bytes(struct.pack("<Q", told) + header + data[8 + length :])


def _spoil_torch(path: Path, rng: random.Random) -> None:
    with zipfile.ZipFile(path) as archive:
        members = [(one.filename, archive.read(one)) for one in archive.infolist()]
    chosen = rng.randrange(len(members))
    name, data = members[chosen]
    evil = pickle.dumps({"params": _Evil()}, 2)
    pickled = next(number for number, one in enumerate(members) if one[0].endswith("data.pkl"))
    kind = rng.randrange(4)
    if kind == 0:
        members[pickled] = (members[pickled][0], evil)
    elif kind == 1:
        members[chosen] = (f"../../../outside/{Path(name).name}", data)
    elif kind == 2:
        members[chosen] = (name, data[: rng.randrange(len(data) + 1)] + rng.randbytes(9))
    else:
        members[chosen] = (name, bytes(2**28))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if kind == 3 else zipfile.ZIP_STORED) as sink:
        for told, held in members:
            sink.writestr(told, held)


@target("model cards")
def model_cards(corpus: Path, room: Room, rng: random.Random) -> Work:
    folder = copied(corpus / "weights", room.home / "models", "small.safetensors")
    held = {
        "name": "small",
        "kind": "imported",
        "file": "small.safetensors",
        "sha256": "0" * 64,
        "scale": 2,
        "channels": 3,
    }
    held |= {"architecture": "SRVGG", "parameters": 9, "licence": "unknown", "data": "none", "more": {"a": [1]}}
    path = folder / "small.json"
    path.write_bytes(json_text(mangled(held, rng), rng))
    if rng.random() < 0.2:
        spoil(path, rng)
    options = ("--stage", "model:name=small")
    work = (
        verb("models", "list")
        if rng.random() < 0.8
        else rendered(corpus / "film/in.mkv", "-o", room.out / "n.mkv", *options)
    )
    return Work(sentences(lambda: shelf(folder), work))


@target("look-up table")
def table(corpus: Path, room: Room, rng: random.Random) -> Work:
    name = rng.choice(("look.cube", "curve.cube"))
    path = copied(corpus / "tables", room.given, name) / name
    spoil(path, rng, text_lines)
    return Work(
        rendered(corpus / "film" / "in.mkv", "-o", room.out / "n.mkv", "--frames", "0-0", "--stage", f"lut:file={path}")
    )


@target("colour configuration")
def configuration(corpus: Path, room: Room, rng: random.Random) -> Work:
    folder = copied(corpus / "tables", room.given)
    path = folder / "show.ocio"
    text = path.read_text()
    if rng.random() < 0.5:
        name = rng.choice(("look.cube", "look.cdl"))
        path.write_text(text.replace("src: look.cube", f"src: {name}"))
        spoil(folder / "luts" / name, rng, xml_spoilt if name.endswith("cdl") else text_lines)
    elif rng.random() < 0.2:
        path.write_text(
            text.replace("look.cube", rng.choice(("/etc/passwd", "/dev/zero", "../../outside/precious.txt")))
        )
    elif rng.random() < 0.2:
        path.write_text(
            "a: &a [x, x]\n"
            + "".join(f"a{n}: &a{n} [*a{n - 1 if n else ''}, *a{n - 1 if n else ''}]\n" for n in range(30))
        )
    else:
        spoil(path, rng, text_lines)
    screen = Screen("ocio", str(path))
    layout = PixelFormat("rgb", 10)
    return Work(
        sentences(lambda: config_facts(str(path)), lambda: config_shown(screen, layout, ColourSpec())),
    )


ENTITIES = (
    '<!DOCTYPE a [<!ENTITY b "ha">%s]>',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">%s]>',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "http://127.0.0.1:9/">%s]>',
    '<!DOCTYPE a [<!ENTITY %% b SYSTEM "file:///dev/zero"> %%b;%s]>',
    '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">%.0s',
)


def xml_spoilt(path: Path, rng: random.Random) -> None:
    """With entities that swell, read files or ask the network; deep; long; or mangled."""
    data = path.read_bytes()
    start = data.find(b"?>") + 2
    swelling = "".join(f'<!ENTITY b{n} "{f"&b{n - 1 or str()};" * 10}">' for n in range(1, 12))
    kind = rng.randrange(6)
    if kind < 3:
        entity = (rng.choice(ENTITIES) % swelling).encode()
        close = data.find(b">", start + 30) + 1
        data = data[:start] + entity + data[start:close] + rng.choice((b"&b;", b"&b11;")) + data[close:]
    elif kind == 3:
        data = b"<a>" * 10**6
    elif kind == 4:
        data = data[:start] + b"<a b='" + b"x" * 20_000_000 + b"'/>"
    else:
        data = (
            data[:start] + b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></a>'
        )
    path.write_bytes(data)


@target("XML")
def xml(corpus: Path, room: Room, rng: random.Random) -> Work:
    name = rng.choice(("premis.xml", "ebucore.xml", "mediainfo.xml"))
    copied(corpus / "film" / "package" / "data" / "metadata", room.given, name)
    path = room.given / name
    rng.choice((xml_spoilt, xml_spoilt, spoil))(path, rng)

    def run() -> str:
        if not path.is_file() or path.stat().st_size > 2**26 or path.is_symlink():
            return ""
        try:
            root = parse_xml(path.read_bytes())
        except etree.XMLSyntaxError:
            return ""
        held = etree.tostring(root)
        assert b"root:" not in held
        assert len(held) < 2**27
        return ""

    return Work(run)


@target("still or film")
def media(corpus: Path, room: Room, rng: random.Random) -> Work:
    chosen = rng.choice(sorted(path.name for path in (corpus / "stills").iterdir()))
    path = copied(corpus / "stills", room.given, chosen) / chosen
    spoil(path, rng)
    if rng.random() < 0.5:
        return Work(verb("probe", path))
    return Work(
        rendered(
            path,
            "-o",
            room.out / rng.choice(("n.mkv", "n_%04d.dpx", "n_%04d.tif")),
            "--missing",
            rng.choice(("stop", "black")),
        )
    )


@target("content credential")
def credential(corpus: Path, room: Room, rng: random.Random) -> Work:
    copied(corpus / "film", room.given, "out.mkv*")
    spoil(room.given / "out.mkv.c2pa", rng)
    return Work(verb("credentials", "show", room.given / "out.mkv"))


@target("checksums")
def checksums(corpus: Path, room: Room, rng: random.Random) -> Work:
    path = copied(corpus / "film", room.given, "out.mkv.framemd5") / "out.mkv.framemd5"
    spoil(path, rng, text_lines)
    return Work(sentences(lambda: read_framemd5(path)))


@target("fade to undo")
def undo(corpus: Path, room: Room, rng: random.Random) -> Work:
    path = room.given / "a.tratteggio.json"
    held = json.loads((corpus / "film" / "out.mkv.tratteggio.json").read_text("utf-8"))
    parameters = {name: array.tolist() for name, array in FadeParameters().arrays().items()}
    applied = [{"first": 0, "last": 3, "parameters": parameters}]
    stage = {"name": "fade", "settings": {}, "key": "a", "computed": {}, "applied": applied}
    held["stages"] = [stage]
    path.write_bytes(
        json_text(
            mangled({key: held[key] for key in ("stages", "version", "first", "last", "width", "height")}, rng), rng
        )
    )
    if rng.random() < 0.1:
        spoil(path, rng)
    return Work(sentences(lambda: read_undo(path)))
