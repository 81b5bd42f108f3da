"""Ways to make a good file a hostile one. Each takes a path and a random source, and changes what lies there."""

from __future__ import annotations

import copy
import json
import os
import random
import socket
import stat
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

Spoil = Callable[[Path, random.Random], None]

TEXTS = (
    *(
        "",
        " ",
        ".",
        "..",
        "../../outside/precious.txt",
        "../outside/precious.txt",
        "/etc/passwd",
        "/dev/zero",
        "/proc/self/mem",
    ),
    *(
        "\0",
        "a\0b",
        "a\nb",
        "\x1b[2J\x1b[31m",
        "\u202egnp.exe",
        "\u2066x",
        "\ud800",
        "\ufeffx",
        "%s%s%n",
        "%09999999d.png",
    ),
    *(
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
        "{% for x in y %}",
        "<img src=file:///etc/passwd>",
        "&xxe;",
        "http://127.0.0.1:9/x",
    ),
    *(
        "con",
        "nul:",
        "C:\\x",
        "\\\\server\\share",
        "~root",
        "$HOME",
        "-o",
        "--force",
        "NaN",
        "1e400",
        "0x10",
        "٣",
        "١/٠",
        "1/0",
    ),
    *(
        "a" * 300,
        "/".join("a" * 5000),
        "é" * 200,
        "🎞" * 100,
        "9" * 4000,
        "-1",
        "1.5",
        "true",
        "null",
        "2026-13-45T99:99:99Z",
    ),
)
NUMBERS = (
    *(
        0,
        -1,
        1,
        2,
        3,
        255,
        256,
        65535,
        2**31 - 1,
        2**31,
        2**32,
        2**53 + 1,
        2**63 - 1,
        2**63,
        2**64,
        -(2**63),
        10**30,
        10**400,
    ),
    *(0.5, -0.0, 1e-320, 1e308, -1e308, 1.0000000001, True, False),
)
_RAW = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "[" * 200_000,
    '{"a":' * 100_000,
    "9" * 100_000,
    '"' + "a" * 10**6 + '"',
)
_DEEPEST = 20
_DENSE = (
    b"\x00",
    b"\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\x00\x00\x00",
    b"\x00\x00\x00\x00\x00\x00\x00\x80",
)


def value(rng: random.Random) -> Any:
    """Something that nobody expects there."""
    kind = rng.randrange(9)
    if kind < 3:
        return rng.choice(TEXTS)
    if kind < 6:
        return rng.choice(NUMBERS)
    if kind == 6:
        return rng.choice((None, [], {}, [[]], [None], {"": None}, [0] * 100_000, {"a": {"b": {"c": []}}}))
    if kind == 7:
        return rng.choice(TEXTS) * rng.choice((1, 2, 1000))
    deep: Any = 0
    for _ in range(rng.choice((10, 400, 900))):
        deep = [deep] if rng.random() < 0.5 else {"a": deep}
    return deep


def places(held: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where values lie in JSON, the whole first, as deep as a file of ours goes."""
    found = [way]
    if len(way) > _DEEPEST:
        return found
    if isinstance(held, dict):
        found += [inner for key, one in held.items() for inner in places(one, (*way, key))]
    elif isinstance(held, list):
        found += [inner for key, one in enumerate(held[:200]) for inner in places(one, (*way, key))]
    return found


def at(held: Any, way: Sequence[Any]) -> Any:
    for key in way:
        held = held[key]
    return held


def mangled(held: Any, rng: random.Random) -> Any:
    """JSON with one to three of its values replaced, removed, exchanged, repeated or renamed."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        held = _once(held, rng)
    return held


def _once(held: Any, rng: random.Random) -> Any:
    # By depth first: or long lists would get all the attention.
    ways = places(held)
    by_depth = sorted({len(way) for way in ways})
    depth = rng.choice(by_depth)
    way = rng.choice([way for way in ways if len(way) == depth])
    if not way:
        return value(rng) if rng.random() < 0.3 else held
    home, key = at(held, way[:-1]), way[-1]
    kind = rng.randrange(8)
    if kind == 0:
        del home[key]
    elif kind == 1:
        with suppress(RecursionError):
            home[key] = copy.deepcopy(at(held, rng.choice([way for way in ways if way])))
    elif kind == 2 and isinstance(home, list):
        home[:] = home * rng.choice((2, 3, 1000 if len(home) < 50 else 4))
    elif kind == 2 or (kind == 3 and isinstance(home, dict)):
        home[rng.choice(TEXTS)] = home.pop(key)
    elif kind == 3:
        home[key] = [home[key]] if rng.random() < 0.5 else str(home[key])
    elif kind == 4 and isinstance(home[key], int | float):
        home[key] = home[key] + rng.choice((-1, 1, 0.5, 10**9))
    elif kind == 4 and isinstance(home[key], str):
        text = home[key]
        cut = rng.randrange(len(text) + 1)
        home[key] = text[:cut] + rng.choice(TEXTS) + text[cut:]
    else:
        home[key] = value(rng)
    return held


def json_text(held: Any, rng: random.Random) -> bytes:
    """As a file of odd encodings and syntax, sometimes."""
    text = json.dumps(held, ensure_ascii=rng.random() < 0.7)
    kind = rng.randrange(40)
    if kind < 4:
        text = _raw(text, rng)
    encodings = {4: "utf-8-sig", 5: "utf-16", 6: "utf-32"}
    if kind in encodings:
        return text.encode(encodings[kind], "surrogatepass")
    data = text.encode("utf-8", "surrogatepass")
    if kind == 7:
        return data[: rng.randrange(len(data))]
    if kind == 8:
        return data + data
    if kind == 9:
        return data + rng.randbytes(20)
    return data + b"\n"


def _raw(text: str, rng: random.Random) -> str:
    """A value replaced by something that only text can say."""
    starts = [number for number, sign in enumerate(text) if sign == ":"]
    if not starts:
        return rng.choice(_RAW)
    start = rng.choice(starts[:2000]) + 1
    ends = [found for sign in ",}]" if (found := text.find(sign, start)) > 0]
    return text[:start] + rng.choice(_RAW) + text[min(ends, default=len(text)) :]


def json_file(path: Path, rng: random.Random) -> None:
    path.write_bytes(json_text(mangled(json.loads(path.read_text("utf-8")), rng), rng))


def long_text(path: Path, rng: random.Random) -> None:
    """A text of 100 MB where there was a short one."""
    held = json.loads(path.read_text("utf-8"))
    ways = [way for way in places(held) if way and isinstance(at(held, way), str)]
    way = rng.choice(ways)
    at(held, way[:-1])[way[-1]] = rng.choice(("a", "../", "é", "\\")) * (100_000_000 // 3)
    path.write_text(json.dumps(held))


def some_bytes(path: Path, rng: random.Random) -> None:
    """Flipped, cut, inserted, repeated, made extreme."""
    data = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        if not data:
            break
        # Headers say more than samples do.
        at_byte = rng.randrange(min(len(data), rng.choice((16, 64, 512, 4096, len(data)))))
        kind = rng.randrange(8)
        if kind < 2:
            data[at_byte] ^= 1 << rng.randrange(8)
        elif kind == 2:
            data[at_byte : at_byte + 1] = rng.choice(_DENSE)
        elif kind == 3:
            new = rng.choice(_DENSE)
            data[at_byte : at_byte + len(new)] = new
        elif kind == 4:
            del data[at_byte : at_byte + rng.choice((1, 4, 100, len(data)))]
        elif kind == 5:
            data[at_byte:at_byte] = rng.randbytes(rng.choice((1, 4, 100)))
        elif kind == 6:
            data[at_byte:at_byte] = data[at_byte : at_byte + 200]
        else:
            data[at_byte : at_byte + 4] = struct.pack(
                rng.choice("<>") + "I", rng.choice((0, 1, 2**31 - 1, 2**32 - 1, 60000))
            )
    path.write_bytes(data)


def text_lines(path: Path, rng: random.Random) -> None:
    """Lines removed, repeated, exchanged, or with odd words in them."""
    lines = path.read_text("utf-8", "replace").splitlines(keepends=True)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if not lines:
            break
        number = rng.randrange(len(lines))
        kind = rng.randrange(7)
        if kind == 0:
            del lines[number]
        elif kind == 1:
            lines.insert(number, lines[rng.randrange(len(lines))])
        elif kind == 2:
            lines[number] *= rng.choice((2, 1000))
        elif kind == 3:
            other = rng.randrange(len(lines))
            lines[number], lines[other] = lines[other], lines[number]
        else:
            words = lines[number].split(" ")
            words[rng.randrange(len(words))] = str(rng.choice((*TEXTS, *NUMBERS)[:-8])) if kind < 6 else "x" * 10**6
            lines[number] = " ".join(words) + "\n"
    encoding = rng.choice(("utf-8",) * 8 + ("utf-16", "utf-8-sig"))
    path.write_bytes("".join(lines).encode(encoding, "surrogatepass"))


def cut(path: Path, rng: random.Random) -> None:
    os.truncate(path, rng.randrange(path.stat().st_size + 1))


def emptied(path: Path, rng: random.Random) -> None:
    path.write_bytes(b"")


def noise(path: Path, rng: random.Random) -> None:
    path.write_bytes(rng.randbytes(rng.choice((1, 100, 10_000))))


def gone(path: Path, rng: random.Random) -> None:
    path.unlink()


def a_folder(path: Path, rng: random.Random) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path, rng: random.Random) -> None:
    """Whoever opens it waits for ever."""
    path.unlink()
    os.mkfifo(path)


def a_socket(path: Path, rng: random.Random) -> None:
    here = Path.cwd()
    path.unlink()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(path.name)
    finally:
        os.chdir(here)


def a_device(path: Path, rng: random.Random) -> None:
    path.unlink()
    with suppress(PermissionError):
        os.mknod(path, 0o644 | stat.S_IFCHR, os.makedev(1, 5))
        return
    path.symlink_to("/dev/zero")


def a_link(path: Path, rng: random.Random) -> None:
    """To files of others, to devices, to itself, to nowhere, or to what it was."""
    kind = rng.randrange(6)
    moved = path.with_name(f"moved-{path.name}")
    path.rename(moved)
    aims = ("../" * 3 + "outside/precious.txt", "/dev/zero", "/etc/passwd", path.name, "nowhere", moved.name)
    path.symlink_to(aims[kind])


def a_hard_link(path: Path, rng: random.Random) -> None:
    """Another name of somebody else's file, three folders up or less."""
    found = next(
        (parent / "outside" / "precious.txt" for parent in path.parents if (parent / "outside").is_dir()), None
    )
    path.unlink()
    os.link(found or path.parent / "nowhere", path)


def a_terabyte(path: Path, rng: random.Random) -> None:
    """Sparse: it takes no room."""
    os.truncate(path, 2**40)


def another(path: Path, rng: random.Random) -> None:
    """What a file beside it holds."""
    others = [one for one in path.parent.iterdir() if one.is_file() and one != path and one.stat().st_size < 2**24]
    if others:
        path.write_bytes(rng.choice(sorted(others)).read_bytes())


BYTES: tuple[Spoil, ...] = (some_bytes, some_bytes, some_bytes, some_bytes, cut, emptied, noise, another)
PLACES: tuple[Spoil, ...] = (gone, a_folder, a_pipe, a_socket, a_device, a_link, a_link, a_hard_link, a_terabyte)


def spoil(path: Path, rng: random.Random, *more: Spoil) -> str:
    """One of these, of `more` twice as often; answers its name."""
    chosen = rng.choice((*more, *more, *more, *BYTES, *(PLACES if rng.random() < 0.5 else ())))
    chosen(path, rng)
    return chosen.__name__
