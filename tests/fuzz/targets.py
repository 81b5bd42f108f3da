"""What is fed to which part of the program: a target lays hostile input into a room and says what is done with it."""

from __future__ import annotations

import importlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path

from app.cli import parse
from app.export.render import render
from app.verbs.render import job_for
from engines.cancel import CancelToken
from engines.errors import TratteggioError
from tests.fuzz.sandbox import Room, Work

Target = Callable[[Path, Room, random.Random], Work]
"""From (corpus, room, random source)."""

TARGETS: dict[str, Target] = {}


def target(name: str) -> Callable[[Target], Target]:
    """Registers one."""

    def add(function: Target) -> Target:
        TARGETS[name] = function
        return function

    return add


def verb(*argv: object) -> Callable[[], str]:
    """`tratteggio ARGV`, as a person would call it: its sentence where it refuses."""

    def run() -> str:
        # The verb itself, not `main`: what it raises is to be seen.
        args = parse([*map(str, argv), "--json"])
        importlib.import_module(f"app.verbs.{args.verb}").run(args)
        return ""

    return run


def rendered(*argv: object) -> Callable[[], str]:
    """`tratteggio render ARGV` with the worker's work done here."""

    def run() -> str:
        with job_for(parse(["render", *map(str, argv)])) as job:
            render(job, lambda _: None, CancelToken())
        return ""

    return run


def sentences(*steps: Callable[[], object]) -> Callable[[], str]:
    """Steps that know how to refuse by themselves; the last refusal's sentence, "" where there was none."""

    def run() -> str:
        said = ""
        for step in steps:
            try:
                step()
            except TratteggioError as error:
                said = str(error)
        return said

    return run


def copied(source: Path, folder: Path, pattern: str = "*") -> Path:
    """Files of a folder of the corpus, its folders too; answers `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob(pattern)):
        if path.is_dir():
            shutil.copytree(path, folder / path.name, symlinks=True)
        else:
            shutil.copyfile(path, folder / path.name)
    return folder
