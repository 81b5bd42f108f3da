"""One hostile case in a process of its own: what it may write, say, and take of time and memory."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import signal
import stat
import sys
import tempfile
import time
import traceback
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from engines.errors import TratteggioError

MOST_SECONDS = 10.0
"""Of processor time."""
MOST_MEMORY = 1536 * 2**20
"""Bytes above what the process held before."""
LONGEST_SENTENCE = 1000
_PATIENCE = 240.0
_IDLE = 8.0
_TICK = 0.01
# Compilers of PyTorch make an empty folder for what they might keep.
_TORCH = "tmp/torchinductor"
_DIGESTED = 1 << 20


@dataclass(frozen=True)
class Room:
    """The folders of a case. given: hostile input; out: the only place that may be written to, besides the program's
    own `home`; outside: files of somebody else.
    """

    root: Path

    @property
    def given(self) -> Path:
        return self.root / "given"

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def outside(self) -> Path:
        return self.root / "outside"

    def furnish(self) -> None:
        for folder in (self.given, self.out, self.home, self.outside, self.root / "tmp"):
            folder.mkdir(parents=True)
        (self.outside / "precious.txt").write_text("forty years of work\n" * 100)
        (self.outside / "precious.png").write_bytes(b"no picture")


@dataclass(frozen=True)
class Work:
    """What is done with hostile input: returns a sentence where it was refused, "" where it succeeded.

    writes: which names in `given` a success may have written. keeps: which in `given` and `out` may change in any case.
    """

    run: Callable[[], str]
    writes: Callable[[str], bool] = lambda _: False
    keeps: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True)
class Verdict:
    """fault: "" where all is well, otherwise what went wrong, in words; said: the sentence, or the trace."""

    fault: str
    said: str
    seconds: float = 0.0
    memory: int = 0

    @property
    def refused(self) -> bool:
        return not self.fault and bool(self.said)


def judge(room: Room, work: Work) -> Verdict:
    """Do the work in a child of this process, and say what became of it and of the room."""
    before = _listing(room.root)
    report = room.root.with_name(f"{room.root.name}.said")
    held = _resident()
    began = time.monotonic()
    child = os.fork()
    if not child:
        _in_child(room, work, report)
    status, usage, hung = _await(child, began)
    seconds, memory = usage.ru_utime + usage.ru_stime, max(usage.ru_maxrss * 1024 - held, 0)
    kind, _, said = (report.read_text("utf-8", "replace") if report.exists() else "").partition("\n")
    report.unlink(missing_ok=True)
    if hung:
        fault = "hangs"
    elif os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        fault = "takes too long" if number in (signal.SIGXCPU, signal.SIGKILL) else f"dies of signal {number}"
    elif kind not in ("done", "refused"):
        fault = kind or "dies without a word"
    else:
        fault = _fault_of(kind, said, seconds, memory) or _changed(room, before, work, kind == "refused")
    return Verdict(fault, said, seconds, memory)


def _fault_of(kind: str, said: str, seconds: float, memory: int) -> str:
    if kind == "refused" and (why := odd_sentence(said)):
        return why
    if seconds > MOST_SECONDS:
        return "takes too long"
    return "takes too much memory" if memory > MOST_MEMORY else ""


def odd_sentence(said: str) -> str:
    """What is wrong with an error's text, "" where nothing is."""
    if not said.strip() or not said.rstrip().endswith((".", "?", ")")):
        return "says no sentence"
    if len(said) > LONGEST_SENTENCE:
        return "says far too much"
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in said):
        return "says control characters"
    return "shows a trace" if "Traceback" in said else ""


def _changed(room: Room, before: dict[str, tuple[Any, ...]], work: Work, refused: bool) -> str:
    after = _listing(room.root)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) == after.get(name):
            continue
        top, _, rest = name.partition("/")
        if top == "home" or work.keeps(rest) or (top == "out" and not refused):
            continue
        if top == "given" and not refused and work.writes(rest):
            continue
        if name in ("given", "out", "tmp") or name.startswith(_TORCH):
            continue
        how = "removed" if name not in after else "written" if name not in before else "changed"
        if top in ("out", "tmp"):
            return f"leaves {_kind(name)} behind in {top}"
        return f"{how} {_kind(name)} outside the target"
    return ""


def _kind(name: str) -> str:
    return Path(name).suffix or Path(name).name


def _await(child: int, began: float) -> tuple[int, Any, bool]:
    """Waits for a child; ends it where it sleeps without doing anything, or never ends."""
    moved, spent = began, -1.0
    while True:
        found, status, usage = os.wait4(child, os.WNOHANG)
        if found:
            return status, usage, False
        now = time.monotonic()
        state, ticks = _state(child)
        if ticks != spent or state not in "St":
            moved, spent = now, ticks
        if now - moved > _IDLE or now - began > _PATIENCE:
            os.killpg(child, signal.SIGKILL)
            _, status, usage = os.wait4(child, 0)
            return status, usage, now - moved > _IDLE
        time.sleep(_TICK)


def _state(child: int) -> tuple[str, float]:
    try:
        held = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "R", -1.0
    return held[0], float(held[11]) + float(held[12])


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _in_child(room: Room, work: Work, report: Path) -> NoReturn:
    code = 1
    try:
        os.setsid()
        _enter(room)
        faults: list[str] = []
        sink = report.open("w", encoding="utf-8", errors="replace")
        sys.addaudithook(_warden(room.root, faults))
        kind, said = _done(work)
        # What was tried counts, whatever became of it.
        kind = faults[0] if faults else kind
        sink.write(f"{kind}\n{said[:20000]}")
        sink.close()
        code = 0
    finally:
        os._exit(code)


def _done(work: Work) -> tuple[str, str]:
    try:
        said = work.run()
        return ("refused" if said else "done"), said
    except TratteggioError as error:
        return "refused", str(error)
    except MemoryError:
        return "takes too much memory", traceback.format_exc()
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is a fault, and is told
        return f"trace: {type(error).__name__}", traceback.format_exc()


def _enter(room: Room) -> None:
    for name in ("HOME", "TRATTEGGIO_HOME"):
        os.environ[name] = str(room.home)
    os.environ["TMPDIR"] = tempfile.tempdir = str(room.root / "tmp")
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        os.environ[name] = str(room.home / name.lower())
    os.chdir(room.given)
    nothing = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nothing, handle)
    with Path("/proc/self/status").open() as status:
        data = next(int(line.split()[1]) for line in status if line.startswith("VmData")) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (data + 4 * 2**30, data + 4 * 2**30))
    resource.setrlimit(resource.RLIMIT_CPU, (40, 45))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**30, 2**30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


_WRITING = {"os.mkdir": (0,), "os.rename": (0, 1), "os.remove": (0,), "os.rmdir": (0,), "os.link": (1,)}
_WRITING |= {"os.symlink": (1,), "os.truncate": (0,), "os.chmod": (0,), "os.chown": (0,), "os.utime": (0,)}
_NEVER = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.connect",
    "socket.getaddrinfo",
)
_HARMLESS = ("/dev/null", "/dev/shm", "/proc/self/")
_READ = os.O_RDONLY


def _warden(root: Path, faults: list[str]) -> Callable[[str, tuple[Any, ...]], None]:
    """Stops and notes whatever would write outside the room, start a program, reach a network or run a pickle."""
    inside = os.path.realpath(root)
    asking = False

    def check(event: str, args: tuple[Any, ...]) -> None:
        nonlocal asking
        if asking:
            return
        asking = True
        try:
            why = _forbidden(event, args, inside)
        finally:
            asking = False
        if why:
            faults.append(why)
            raise PermissionError(1, why)

    return check


def _forbidden(event: str, args: tuple[Any, ...], inside: str) -> str:
    if event == "open":
        path, mode, flags = args
        writes = any(sign in (mode or "") for sign in "wax+") or bool((flags or 0) & (os.O_WRONLY | os.O_RDWR))
        return f"writes to {_where(path)}" if writes and not _within(path, inside) else ""
    if event in _WRITING:
        for place in _WRITING[event]:
            if not _within(args[place], inside, parent=True):
                return f"{event} on {_where(args[place])}"
    # The report's pages are set in an interpreter of its own.
    if event in _NEVER and args[0] != sys.executable:
        return f"{event} {args[0]!s:.60}"
    if event == "pickle.find_class" and not str(args[0]).startswith(
        ("numpy", "torch", "collections", "app.", "engines.")
    ):
        return f"a pickle finds {args[0]}.{args[1]}"
    return ""


def _where(path: Any) -> str:
    return "a file outside" if "outside" in str(path) else str(path)


def _within(path: Any, inside: str, parent: bool = False) -> bool:
    if isinstance(path, int) or not isinstance(path, str | bytes | os.PathLike):
        return True
    text = os.fsdecode(path)
    found = os.path.realpath(Path(text).parent) if parent else os.path.realpath(text)
    return (found + "/").startswith(inside + "/") or text.startswith(_HARMLESS)


def _listing(root: Path) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for folder, _, names in os.walk(root):
        for path in (Path(folder), *(Path(folder, name) for name in names)):
            held = path.lstat()
            what = stat.S_IFMT(held.st_mode)
            facts: tuple[Any, ...] = (what, stat.S_IMODE(held.st_mode))
            if stat.S_ISREG(held.st_mode):
                facts += (held.st_size, held.st_mtime_ns, held.st_ino, _digest(path, held))
            elif stat.S_ISLNK(held.st_mode):
                facts += (str(path.readlink()),)
            found[path.relative_to(root).as_posix()] = facts
    return found


def _digest(path: Path, held: os.stat_result) -> str:
    if held.st_size > _DIGESTED or not held.st_mode & 0o400:
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def clear(folder: Path) -> None:
    """Remove a room whatever is in it."""
    for found, _, _ in os.walk(folder):
        Path(found).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
