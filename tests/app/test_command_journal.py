"""Tests of the journal's lines: what changed, and what a crash leaves of them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from app import commands
from app.command_journal import JournalFile, change, changed, line, read_journal
from app.document import Document
from tests.app.works import disc, one_clip, random_document


@pytest.mark.parametrize("seed", range(30))
def test_a_change_leads_from_any_document_to_any_other(seed: int) -> None:
    before, after = random_document(seed), random_document(seed + 500)
    values = change(before, after)
    assert changed(before, values) == after
    assert changed(changed(before, values), values) == after
    assert changed(after, change(after, before)) == before


def test_a_stroke_costs_its_tiles_and_no_more() -> None:
    before = commands.set_mask(one_clip(), "c1", "damage", 4, disc(30, 30))
    after = commands.set_mask(before, "c1", "damage", 4, disc(300, 30))
    values = change(before, after)
    entry = values["clips"]["c1"]
    assert set(entry) == {"damage"}
    assert (list(entry["damage"]["4"]["put"]), entry["damage"]["4"]["drop"]) == (["0,1"], ["0,0"])
    assert change(after, after)["clips"] == {}


def test_a_torn_last_line_is_ignored_and_a_damaged_one_before_others_is_said(tmp_path: Path) -> None:
    path = tmp_path / "steps.journal"
    lines = [line({"kind": "step", "number": number}) for number in range(5)]
    for cut in range(1, len(lines[4])):
        path.write_bytes(b"".join(lines[:4]) + lines[4][:-1][:cut][: len(lines[4]) - 2])
        assert (len(read_journal(path).entries), read_journal(path).broken) == (4, 0)
    damaged = lines[2].replace(b"step", b"stop")
    path.write_bytes(b"".join([*lines[:2], damaged, *lines[3:]]))
    contents = read_journal(path)
    assert (len(contents.entries), contents.broken) == (2, 3)


def test_a_line_the_disk_refused_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "steps.journal"
    journal = JournalFile(path)
    journal.append([line({"n": 1})])
    real = os.write

    def half(handle: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[:-8])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        journal.append([line({"n": 2, "long": "x" * 30})])
    monkeypatch.undo()
    journal.append([line({"n": 3})])
    journal.close()
    assert read_journal(path).entries == ({"n": 1}, {"n": 3})


def test_a_change_that_does_not_fit_is_refused() -> None:
    values = change(one_clip(), commands.set_mask(one_clip(), "c1", "damage", 4, disc(30, 30)))
    with pytest.raises(KeyError):
        changed(Document(), values)
