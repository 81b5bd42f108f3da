"""Runs cases of every target, each in a fresh room and a child process of this one, which starts no thread."""

from __future__ import annotations

import os
import platform
import random
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path

import av  # noqa: F401 - before cv2
import cv2
import torch

import app.verbs.credentials
import app.verbs.masks
import app.verbs.models
import app.verbs.models_import
import app.verbs.models_list
import app.verbs.original
import app.verbs.package
import app.verbs.probe
import app.verbs.report
import app.verbs.timeline
import app.verbs.verify  # noqa: F401
from tests.fuzz import on_files, on_masters, on_work  # noqa: F401 - they register their targets
from tests.fuzz.corpus import make_corpus
from tests.fuzz.sandbox import Room, Verdict, clear, judge
from tests.fuzz.targets import TARGETS


@dataclass(frozen=True)
class Case:
    """A target with the seed of everything that is random in it."""

    target: str
    seed: int


class Bench:
    """Holds the corpus for as long as it is open."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        # Asks a program once, and remembers.
        platform.processor()
        self._folder = tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True)
        self.root = Path(os.path.realpath(self._folder.name))
        self._made = 0

    def __enter__(self) -> Bench:
        # Made in a child: whoever forks must not have threads.
        child = os.fork()
        if not child:
            code = 1
            try:
                os.environ["TRATTEGGIO_HOME"] = str(self.root / "corpus-home")
                nothing = os.open(os.devnull, os.O_RDWR)
                os.dup2(nothing, 1)
                (self.root / "corpus").mkdir()
                make_corpus(self.root / "corpus")
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        assert status == 0, "the corpus could not be made"
        return self

    def __exit__(self, *_: object) -> None:
        clear(self.root)
        self._folder.cleanup()

    def run(self, case: Case, keep: bool = False) -> Verdict:
        """The same case is the same every time. keep: leave its room."""
        self._made += 1
        room = Room(self.root / f"room-{self._made}")
        room.furnish()
        try:
            # Text seeds: neighbours have nothing in common.
            try:
                work = TARGETS[case.target](self.root / "corpus", room, random.Random(f"{case.target} {case.seed}"))
            except Exception:  # noqa: BLE001 - a case that cannot be made is told like any fault, and others go on
                return Verdict("was not prepared", traceback.format_exc())
            return judge(room, work)
        finally:
            if not keep:
                clear(room.root)
